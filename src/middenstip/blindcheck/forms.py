# SPDX-License-Identifier: EUPL-1.2
"""Asking, and asking to be called back. What is typed to ask with is not kept anywhere."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from middenstip import clock
from middenstip.blindcheck.services import Asked, checked_contact
from middenstip.matching.dates import read_birth
from middenstip.thread.values import clean_text

FIRST_YEAR = 1900
LONGEST_NAME, LONGEST_DAY = 200, 30
FORGOTTEN = {"autocomplete": "off", "spellcheck": "false"}


class _Name(forms.CharField):
    """One line of text in any script, that the browser is asked not to keep."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs=FORGOTTEN)
        super().__init__(required=False, max_length=LONGEST_NAME, widget=widget, **kwargs)

    def clean(self, value: object) -> str:
        """Return the text without surrounding space; ValidationError tells what to change."""
        return clean_text(super().clean(value), longest=LONGEST_NAME, lines=False)


class AskForm(forms.Form):
    """Names and birth date of who is asked for."""

    given_name = _Name(
        label=gettext_lazy("Given name"),
        help_text=gettext_lazy("One of the two names is enough, both are better."),
    )
    family_name = _Name(label=gettext_lazy("Family name"))
    birth_date = forms.CharField(
        label=gettext_lazy("Birth date"),
        help_text=gettext_lazy(
            "Day, month and year, for example 17-11-1992. When you know no more than the year, "
            "give the year."
        ),
        max_length=LONGEST_DAY,
        widget=forms.TextInput(attrs={**FORGOTTEN, "class": "ms-date"}),
        error_messages={
            "required": gettext_lazy("Give the birth date, or the year: a name is not enough.")
        },
    )

    def clean_birth_date(self) -> str:
        """Return the birth date as it was typed; ValidationError when it is none."""
        text = "-".join(self.cleaned_data["birth_date"].replace("-", " ").split())
        try:
            birth = read_birth(text)
        except ValueError:
            birth = None
        if birth is None:
            raise ValidationError(
                _("This is not a date. Write day, month and year, like 17-11-1992.")
            )
        today = clock.today()
        latest = (today.year, today.month, today.day)
        if birth.year < FIRST_YEAR or (birth.year, birth.month, birth.day) > latest:
            raise ValidationError(_("Nobody was born then. Check the year."))
        return text

    def clean(self) -> None:
        """Ask for one name at least."""
        if not self.errors and not self.asked.given_name and not self.asked.family_name:
            self.add_error("given_name", _("Give at least one name."))

    @property
    def asked(self) -> Asked:
        """What was typed, for `services.ask`; only after the form was found to be right."""
        return Asked(**{name: self.cleaned_data[name] for name in Asked.__dataclass_fields__})

    def tell(self, error: ValidationError) -> None:
        """Show what a service refused at the field it is about."""
        self.add_error(None, error)


class CallForm(forms.Form):
    """Whom the coordination point calls back, at the own organisation."""

    name = forms.CharField(
        label=gettext_lazy("Whom to ask for"),
        error_messages={"required": gettext_lazy("Say whom to ask for.")},
    )
    phone = forms.CharField(
        label=gettext_lazy("Telephone number of your organisation"),
        error_messages={
            "required": gettext_lazy("Give a telephone number that can be called.")
        },
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )

    def clean(self) -> None:
        """Tell what is wrong with both at once."""
        told = (str(self.cleaned_data.get(name, "")) for name in ("name", "phone"))
        try:
            checked_contact(*told)
        except ValidationError as error:
            for name, said in error.message_dict.items():
                if name not in self.errors:
                    self.add_error(name, said)
