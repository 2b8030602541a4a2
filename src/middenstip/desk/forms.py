# SPDX-License-Identifier: EUPL-1.2
"""Forms built from the country pack: for an event, for facts, for one question.

The forms read what was typed; whether it may be recorded is for the thread room to say, whose
messages are put back at the field with `tell`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from middenstip import clock
from middenstip.pack.model import EventField, EventType, Fact
from middenstip.thread.country import pack
from middenstip.thread.values import MAX_TEXT, clean_text
from middenstip.web.forms import DateField
from middenstip.web.words import PackWords

Declared = EventField | Fact
FEW = 8  # up to so many choices stand open; more go into a list to choose from
ROWS = 4  # as many nationalities as anybody has
ON = "on"
VERSION = "version"
TAKE_BACK = "take_back"


class YesNo(forms.TypedChoiceField):
    """Yes, no, or (where it need not be answered) not known: True, False, None."""

    widget = forms.RadioSelect

    def __init__(self, **kwargs: Any) -> None:
        choices = [("yes", _("Yes")), ("no", _("No"))]
        if not kwargs.get("required"):
            choices.append(("", _("Not known")))
        kwargs.setdefault("initial", "")
        super().__init__(
            choices=choices, coerce={"yes": True, "no": False}.get, empty_value=None, **kwargs
        )

    def prepare_value(self, value: Any) -> Any:
        """Return the choice of a value: of what is known already, or of what was typed."""
        if isinstance(value, bool):
            return "yes" if value else "no"
        return value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare as choices."""
        return bool(super().has_changed(self.prepare_value(initial), data))


class Money(forms.DecimalField):
    """An amount in euros, typed as 1500, 1500.50 or 1500,50."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            decimal_places=2, max_digits=14, widget=forms.TextInput(_numeric()), **kwargs
        )

    def to_python(self, value: Any) -> Any:
        """Return the amount; a comma counts as the decimal point."""
        if isinstance(value, str):
            value = value.strip().removeprefix("€").strip().replace(",", ".")
        return super().to_python(value)


_SELECTED = mark_safe(" selected")  # nosec B308 - fixed


class LongSelect(forms.Select):
    """A list to choose from, written at once: a template per option costs 0.3 ms each."""

    def render(
        self, name: str, value: Any, attrs: Any = None, renderer: Any = None
    ) -> SafeString:
        """Return the list with the chosen value marked."""
        chosen = "" if value is None else str(value)
        options = format_html_join(
            "\n",
            '<option value="{}"{}>{}</option>',
            (
                (code, _SELECTED if str(code) == chosen else "", label)
                for code, label in self.choices
            ),
        )
        given = self.build_attrs(self.attrs, {**(attrs or {}), "name": name})
        return format_html("<select{}>{}</select>", flatatt(given), options)


class Countries(forms.MultiWidget):
    """A few lists to choose from under each other, one code each: works by keyboard alone."""

    def __init__(self, choices: Sequence[tuple[str, str]]) -> None:
        super().__init__([LongSelect(choices=choices) for _row in range(ROWS)])

    def decompress(self, value: Any) -> list[str]:
        """Return one code per list."""
        given = [str(code) for code in value] if isinstance(value, list | tuple) else []
        return (given + [""] * ROWS)[:ROWS]

    def render(
        self, name: str, value: Any, attrs: Any = None, renderer: Any = None
    ) -> SafeString:
        """Return the lists, each with a name of its own for screen readers."""
        codes = self.decompress(value)
        first = (attrs or {}).get("id", name)
        lists = [
            (
                widget.render(
                    f"{name}_{row}",
                    codes[row],
                    {
                        **(attrs or {}),
                        "id": f"{first}_{row}",
                        "class": "utrecht-select utrecht-select--html-select",
                        "aria-label": _("Country %(number)s") % {"number": row + 1},
                    },
                ),
            )
            for row, widget in enumerate(self.widgets)
        ]
        return format_html(
            '<div class="ms-stack ms-stack--small">{}</div>', format_html_join("", "{}", lists)
        )

    def id_for_label(self, id_: str) -> str:
        """Return the id of the first list."""
        return f"{id_}_0" if id_ else ""


class CountriesField(forms.MultiValueField):
    """Up to four countries; the answer is a list of codes without doubles."""

    def __init__(self, *, choices: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        parts = [forms.ChoiceField(choices=choices, required=False) for _row in range(ROWS)]
        super().__init__(
            fields=parts, widget=Countries(choices), require_all_fields=False, **kwargs
        )

    def compress(self, data_list: Any) -> list[str]:
        """Return the codes chosen."""
        return list(dict.fromkeys(code for code in data_list or [] if code))

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Tell whether other codes were chosen than were known."""
        known = [str(code) for code in initial or []]
        return known != [code for code in data or [] if code]


class PackForm(forms.Form):
    """A form with fields of the pack, the day, and the version of the case that was seen."""

    few: ClassVar[int] = FEW

    def __init__(self, *args: Any, version: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.words = PackWords(pack())
        self.declared: dict[str, Declared] = {}
        self.fields[VERSION] = forms.IntegerField(
            widget=forms.HiddenInput,
            initial=version,
            min_value=0,
            error_messages=dict.fromkeys(
                ("required", "invalid", "min_value"),
                _("This form is too old. Look at the case and send it again."),
            ),
        )

    def add_day(self, label: str, initial: date | None) -> None:
        """Add the day it happened; days to come are refused, as in the thread room."""
        self.fields[ON] = DateField(label=label, initial=initial or clock.today())

    def clean_on(self) -> Any:
        """Refuse a day that has not come yet."""
        day = self.cleaned_data[ON]
        if day is not None and day > clock.today():
            raise ValidationError(_("This day lies in the future; record it when it happens."))
        return day

    def add(self, name: str, declared: Declared, *, label: str, initial: Any = None) -> None:
        """Add a field of the pack under its own name."""
        self.declared[name] = declared
        self.fields[name] = pack_field(
            declared, self.words, label=label, initial=initial, few=self.few
        )

    def values(self) -> dict[str, Any]:
        """Return what was answered, in the names of the pack; what is not known is left out."""
        return {
            name: value
            for name in self.declared
            if (value := self.cleaned_data.get(name)) not in (None, "", [])
        }

    def tell(self, error: ValidationError) -> None:
        """Put the messages of the thread room at their fields; others go to the top."""
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)
            return
        for name, messages in error.message_dict.items():
            if name in self.fields:
                self.add_error(name, messages)
            else:
                label = self.words.fact(name)
                self.add_error(None, [f"{label}: {message}" for message in messages])


class EventForm(PackForm):
    """Records one event of a type. `before` is what stands there already, for a correction."""

    def __init__(
        self,
        *args: Any,
        event: EventType,
        before: Mapping[str, Any] | None = None,
        day: date | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.add_day(_("On which day did it happen?"), day)
        for name, declared in event.fields.items():
            label = capfirst(self.words.text(declared.label))
            self.add(name, declared, label=label, initial=(before or {}).get(name))


class FactsForm(PackForm):
    """Records facts that somebody told; `known` is what is known now, by fact."""

    def __init__(
        self,
        *args: Any,
        facts: Mapping[str, Fact],
        known: Mapping[str, Any],
        day: date | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.add_day(_("From which day does this hold?"), day)
        for name, declared in facts.items():
            text = self.words.text(declared.question or declared.label)
            self.add(name, declared, label=text, initial=known.get(name))

    def changed(self) -> dict[str, Any]:
        """Return only answers that differ from what is known: the rest is no news."""
        return {
            name: value for name, value in self.values().items() if name in self.changed_data
        }

    def emptied(self) -> list[str]:
        """Return facts whose answer was made empty: those are corrected, not recorded."""
        gone = set(self.declared) - set(self.values())
        return [name for name in self.changed_data if name in gone]

    def groups(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """Return (category, its label, its fields), in the order of the pack's categories."""
        country = pack()
        found = []
        for category, item in country.data_categories.items():
            fields = [
                self[name]
                for name, declared in self.declared.items()
                if isinstance(declared, Fact) and declared.category == category
            ]
            if fields:
                found.append((category, self.words.text(item.label), fields))
        return found


class QuestionForm(FactsForm):
    """One question, answered on the spot and as of today; takes little room."""

    few = 4

    def __init__(self, *args: Any, fact: str, version: int) -> None:
        declared = {fact: pack().facts[fact]}
        super().__init__(*args, facts=declared, known={}, version=version, prefix="question")
        del self.fields[ON]


def pack_field(
    declared: Declared, words: PackWords, *, label: str, initial: Any = None, few: int = FEW
) -> forms.Field:
    """Return the form field for a field or fact of the pack.

    `initial` is a stored value (dates as ISO text) or a value of an assessment. Up to `few`
    codes stand open to choose from; more stand in a list.
    """
    common: dict[str, Any] = {
        "label": label,
        "required": isinstance(declared, EventField) and declared.required,
        "help_text": words.text(declared.hint),
        "initial": initial,
    }
    if common["required"]:
        common["error_messages"] = {"required": _("Fill this in.")}
    if declared.type == "code":
        return _code_field(declared, words, common, few)
    return _BUILDERS[declared.type](declared, words, common)


def _date_field(declared: Declared, words: PackWords, common: dict[str, Any]) -> forms.Field:
    initial = common["initial"]
    if isinstance(initial, str):
        common["initial"] = date.fromisoformat(initial)
    if not common["help_text"]:
        del common["help_text"]
    return DateField(**common)


def _integer_field(declared: Declared, words: PackWords, common: dict[str, Any]) -> forms.Field:
    return forms.IntegerField(
        widget=forms.TextInput(_numeric()),
        min_value=_whole(declared.minimum, -(10**9)),
        max_value=_whole(declared.maximum, 10**9),
        **common,
    )


def _yes_no_field(declared: Declared, words: PackWords, common: dict[str, Any]) -> forms.Field:
    if common["initial"] is None:
        common["initial"] = None if common["required"] else ""
    return YesNo(**common)


def _code_field(
    declared: Declared, words: PackWords, common: dict[str, Any], few: int
) -> forms.Field:
    choices = _choices(declared, words)
    open_ = len(choices) <= few
    if not common["required"]:
        # A list that has a code for "not known" needs no second way to say so.
        said = open_ and any(code == "unknown" for code, _label in choices)
        unknown = [] if said else [("", _("Not known"))]
        choices = [*choices, *unknown] if open_ else [*unknown, *choices]
        common["initial"] = common["initial"] or ""
    elif not open_:
        choices = [("", _("Choose")), *choices]
    widget: forms.Widget = forms.RadioSelect() if open_ else LongSelect()
    return forms.ChoiceField(choices=choices, widget=widget, **common)


def _codes_field(declared: Declared, words: PackWords, common: dict[str, Any]) -> forms.Field:
    choices = _choices(declared, words)
    return forms.MultipleChoiceField(
        choices=choices, widget=forms.CheckboxSelectMultiple(), **common
    )


def _countries_field(
    declared: Declared, words: PackWords, common: dict[str, Any]
) -> forms.Field:
    return CountriesField(choices=[("", _("Choose")), *_by_name(declared, words)], **common)


def _country_field(declared: Declared, words: PackWords, common: dict[str, Any]) -> forms.Field:
    choices = [("", _("Choose")), *_by_name(declared, words)]
    return forms.ChoiceField(choices=choices, widget=LongSelect(), **common)


def _text_field(declared: Declared, words: PackWords, common: dict[str, Any]) -> forms.Field:
    return _Text(widget=forms.Textarea({"rows": 4}), **common)


def _money_field(declared: Declared, words: PackWords, common: dict[str, Any]) -> forms.Field:
    return Money(
        min_value=Decimal(str(declared.minimum or 0)),
        max_value=None if declared.maximum is None else Decimal(str(declared.maximum)),
        **common,
    )


class _Text(forms.CharField):
    """Text in any script; too long or with control characters is told before it is sent on."""

    def clean(self, value: Any) -> str:
        """Return the text as the thread room keeps it; nobody's text is cut off."""
        if isinstance(value, str) and len(value) > MAX_TEXT:
            clean_text(value)
        return clean_text(super().clean(value))


def _choices(declared: Declared, words: PackWords) -> list[tuple[str, str]]:
    if declared.code_list is None:
        return []
    codes = words.country.codes_of(declared.code_list)
    return [(code, capfirst(words.text(item.label))) for code, item in codes.items()]


def _by_name(declared: Declared, words: PackWords) -> list[tuple[str, str]]:
    """Return countries by name, "not known" and "stateless" first."""
    known = dict(_choices(declared, words))
    first = [(code, known.pop(code)) for code in ("unknown", "stateless") if code in known]
    return [*first, *sorted(known.items(), key=lambda entry: entry[1])]


def _numeric() -> dict[str, str]:
    return {"inputmode": "decimal", "autocomplete": "off", "class": "ms-short"}


def _whole(bound: float | None, otherwise: int) -> int:
    return otherwise if bound is None else int(bound)


_BUILDERS: dict[str, Callable[[Declared, PackWords, dict[str, Any]], forms.Field]] = {
    "date": _date_field,
    "integer": _integer_field,
    "yes_no": _yes_no_field,
    "codes": _codes_field,
    "countries": _countries_field,
    "country": _country_field,
    "text": _text_field,
    "money": _money_field,
}
