# SPDX-License-Identifier: EUPL-1.2
"""Values on their way into the thread: checked, and ready for JSON.

In the database a date is ISO text, money a number of euros, a list a JSON list. Messages are in
the active language and never repeat the value: it may be about a person.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from middenstip.pack.model import EventField, Fact
from middenstip.rules.results import Value
from middenstip.thread.country import pack

MAX_TEXT = 10_000
MAX_LIST = 300
MAX_MONEY = Decimal("1e12")
FIRST_YEAR, LAST_YEAR = 1900, 2199
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)  # fromisoformat also reads week dates

Declared = EventField | Fact
Stored = bool | int | float | str | list[str]


def clean_fields(
    declared: Mapping[str, Declared], given: Mapping[str, Any]
) -> dict[str, Stored]:
    """Return given values as they are stored; None and empty text mean unknown: left out.

    Raises ValidationError keyed by field, with every problem at once: a field that does not
    exist, a value of the wrong type or outside its bounds, a code that is not on its list.
    """
    problems: dict[str, list[str]] = {}
    cleaned: dict[str, Stored] = {}
    for name, value in given.items():
        if name not in declared:
            known = ", ".join(sorted(declared)) or "-"
            problems[name] = [
                _("There is no field %(name)s here; known are: %(known)s.")
                % {"name": str(name)[:60], "known": known}
            ]
        elif value is not None and value != "":
            try:
                cleaned[name] = clean_value(declared[name], value)
            except ValidationError as error:
                problems[name] = error.messages
    for name, field in declared.items():
        if isinstance(field, EventField) and field.required and name not in cleaned:
            problems.setdefault(name, [_("Fill this in.")])
    if problems:
        raise ValidationError({name: problems[name] for name in problems})
    return cleaned


def clean_value(declared: Declared, value: Any) -> Stored:
    """Return one value as it is stored; ValidationError when it is not what was declared."""
    return _CLEANERS[declared.type](declared, value)


def clean_day(value: Any) -> date:
    """Return a calendar day between 1900 and 2199; ValidationError for anything else."""
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value) if _DAY.fullmatch(value) else None
        except ValueError:
            value = None
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ValidationError(_("Give a date, for example 2024-06-28."))
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValidationError(
            _("Give a date between %(first)s and %(last)s.")
            % {"first": FIRST_YEAR, "last": LAST_YEAR}
        )
    return value


def clean_text(value: Any, *, longest: int = MAX_TEXT, lines: bool = True) -> str:
    """Return text without surrounding space, any script, with `\\n` for a new line.

    ValidationError for text that is too long or holds control characters (NUL among them:
    PostgreSQL cannot store it). New lines and tabs are allowed unless `lines` is False.
    """
    if not isinstance(value, str):
        raise ValidationError(_("Give a text."))
    if len(value) > longest:
        raise ValidationError(
            _("This text has %(length)s characters; at most %(longest)s are kept.")
            % {"length": len(value), "longest": longest}
        )
    text = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    allowed = "\n\t" if lines else ""
    if any((ord(sign) < 32 or 127 <= ord(sign) < 160) and sign not in allowed for sign in text):
        raise ValidationError(_("This text holds control characters; remove them."))
    if any(0xD800 <= ord(sign) <= 0xDFFF for sign in text):
        raise ValidationError(_("This text holds broken characters; type it again."))
    return text


@cache
def codes_of(list_id: str) -> dict[str, dict[str, str]]:
    """Return the codes of a list with their labels, those of included lists among them."""
    code_list = pack().code_lists[list_id]
    codes: dict[str, dict[str, str]] = {}
    for included in code_list.include:
        codes |= codes_of(included)
    return codes | {code: item.label for code, item in code_list.items.items()}


def from_rules(value: Value) -> Stored:
    """Return a value of an assessment as it is stored."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    return value


def _date(declared: Declared, value: Any) -> Stored:
    return clean_day(value).isoformat()


def _integer(declared: Declared, value: Any) -> Stored:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValidationError(_("Give a whole number."))
    _within(declared, value, minimum=-(10**9), maximum=10**9)
    return value


def _yes_no(declared: Declared, value: Any) -> Stored:
    if not isinstance(value, bool):
        raise ValidationError(_("Answer yes or no."))
    return value


def _code(declared: Declared, value: Any) -> Stored:
    codes = codes_of(declared.code_list) if declared.code_list else {}
    if not isinstance(value, str) or value not in codes:
        language = get_language() or "nl"
        labels = [label.get(language[:2], code) for code, label in codes.items()]
        shown = ", ".join(labels[:20]) + (" …" if len(labels) > 20 else "")
        raise ValidationError(_("Choose one of: %(choices)s.") % {"choices": shown})
    return value


def _codes(declared: Declared, value: Any) -> Stored:
    if not isinstance(value, list | tuple | set | frozenset) or len(value) > MAX_LIST:
        raise ValidationError(_("Give a list of choices."))
    ordered = sorted(value, key=str) if isinstance(value, set | frozenset) else value
    return list(dict.fromkeys(str(_code(declared, item)) for item in ordered))


def _text(declared: Declared, value: Any) -> Stored:
    return clean_text(value)


def _money(declared: Declared, value: Any) -> Stored:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValidationError(_("Give an amount in euros."))
    try:
        amount = Decimal(str(value))
        if not amount.is_finite() or abs(amount) > MAX_MONEY:
            raise InvalidOperation
        if amount != amount.quantize(Decimal("0.01")):
            raise ValidationError(_("Give an amount in euros with at most two decimals."))
    except InvalidOperation:
        raise ValidationError(_("Give an amount in euros.")) from None
    _within(declared, amount, minimum=0, maximum=float(MAX_MONEY))
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _within(
    declared: Declared, value: int | Decimal, *, minimum: float, maximum: float
) -> None:
    low = minimum if declared.minimum is None else declared.minimum
    high = maximum if declared.maximum is None else declared.maximum
    if not low <= value <= high:
        raise ValidationError(
            _("Give a number between %(low)s and %(high)s.")
            % {"low": f"{low:g}", "high": f"{high:g}"}
        )


_CLEANERS: dict[str, Callable[[Declared, Any], Stored]] = {
    "date": _date,
    "integer": _integer,
    "yes_no": _yes_no,
    "code": _code,
    "codes": _codes,
    "country": _code,
    "countries": _codes,
    "text": _text,
    "money": _money,
}
