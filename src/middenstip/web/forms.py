# SPDX-License-Identifier: EUPL-1.2
"""How every form looks: one renderer, one bound field, one date field.

With `FORM_RENDERER = "middenstip.web.forms.Renderer"` a plain `{{ form }}` gives an error
summary with links, labels, hints and messages tied to their field (WCAG 2.2: 1.3.1, 3.3.1,
3.3.2, 3.3.3). Rooms write ordinary Django forms and need no markup of their own.
"""

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.forms.renderers import DjangoTemplates
from django.utils.translation import gettext_lazy as _

TEXTBOX = "utrecht-textbox utrecht-textbox--html-input"
DATE_FORMATS = ["%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y", "%d %m %Y", "%Y-%m-%d"]
CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.Textarea, "utrecht-textarea utrecht-textarea--html-textarea"),
    (forms.CheckboxInput, ""),
    (forms.RadioSelect, ""),
    (forms.CheckboxSelectMultiple, ""),
    (forms.FileInput, ""),
    (forms.Select, "utrecht-select utrecht-select--html-select"),
    (forms.widgets.Input, TEXTBOX),
)


class DressedField(BoundField):
    """A field that gives its widget the class of the design system, whatever room made it.

    A number is typed on a text line with the number keyboard: a browser drops what is no
    number from `type=number`, and a form must show again what was typed.
    """

    def __init__(self, form: forms.BaseForm, field: forms.Field, name: str) -> None:
        if isinstance(field.widget, forms.NumberInput):
            field.widget.input_type = "text"
            field.widget.attrs.setdefault("inputmode", "numeric")
            for attribute in ("min", "max", "step"):
                field.widget.attrs.pop(attribute, None)
        super().__init__(form, field, name)

    def build_widget_attrs(
        self, attrs: dict[str, Any], widget: forms.Widget | None = None
    ) -> dict[str, Any]:
        """Add the component class before the classes the room chose itself; keep the rest."""
        widget = widget or self.field.widget
        attrs = super().build_widget_attrs(attrs, widget)
        dressed = next((css for kind, css in CLASSES if isinstance(widget, kind)), "")
        own = attrs.get("class") or widget.attrs.get("class", "")
        if dressed or own:
            attrs["class"] = f"{dressed} {own}".strip()
        return attrs

    @property
    def anchor(self) -> str:
        """The id a link from the error summary goes to: the first control of the field."""
        if self.kind == "group":
            return f"{self.auto_id}_0"
        return self.id_for_label or self.auto_id

    @property
    def kind(self) -> str:
        """Which of three shapes the template draws: `group`, `checkbox` or `line`."""
        widget = self.field.widget
        if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
            return "group"
        return "checkbox" if isinstance(widget, forms.CheckboxInput) else "line"


class Renderer(DjangoTemplates):
    """The form renderer of the product; templates stand in `web/templates/web/forms`."""

    form_template_name = "web/forms/form.html"
    field_template_name = "web/forms/field.html"
    bound_field_class = DressedField


class DateInput(forms.DateInput):
    """A date as one line of text, day first.

    Not `type=date`: an impossible date must stay on the screen as it was typed, and a
    birth date is quicker typed than picked. No number keyboard: on some phones it has no dash.
    """

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        chosen = {"class": "ms-date", "autocomplete": "off", **(attrs or {})}
        super().__init__(attrs=chosen, format="%d-%m-%Y")


class DateField(forms.DateField):
    """A calendar day, typed as 17-11-2014 (or with / . or a space), or as 2014-11-17.

    Day always comes before month, in both languages. Raises `ValidationError` with a message
    that shows an example when the text is no date, so that nobody has to guess the order.
    """

    widget = DateInput
    default_error_messages = {
        "invalid": _("This is not a date. Write day, month and year, like 17-11-2014."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("input_formats", DATE_FORMATS)
        kwargs.setdefault("help_text", _("Day, month and year, for example 17-11-2014"))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> datetime.date | None:
        """Return the day, or `None` for an empty field; spaces around the text do not count."""
        if isinstance(value, str) and len(value) > 20:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value.strip() if isinstance(value, str) else value)


class TellingForm(forms.Form):
    """A form that takes the messages of a service; `told` renames its keys to our fields."""

    use_required_attribute = False  # what is missing is told in our words
    told: dict[str, str] = {}

    def tell(self, error: ValidationError) -> None:
        """Put each message at its field; what has no field here goes to the top."""
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)
            return
        for name, messages in error.message_dict.items():
            field = self.told.get(name, name)
            self.add_error(field if field in self.fields else None, messages)
