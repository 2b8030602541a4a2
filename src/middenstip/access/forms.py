# SPDX-License-Identifier: EUPL-1.2
"""The forms about people and organisations. They check shapes; the services hold the rules."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from middenstip.access.models import Role
from middenstip.access.purposes import pack


class InviteForm(forms.Form):
    """Whom to invite, and as what; `first_manager` leaves no choice of role."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=_("Use a personal address of work. Nobody else should read its mail."),
    )
    role = forms.ChoiceField(
        label=_("Role"),
        choices=Role.choices,
        initial=Role.MEMBER,
        widget=forms.RadioSelect,
        help_text=_("A manager may also invite people and end memberships."),
    )

    def __init__(self, *args: Any, first_manager: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if first_manager:
            self.fields["role"] = forms.CharField(
                initial=Role.MANAGER, widget=forms.HiddenInput
            )


class AcceptForm(forms.Form):
    """Name and password of a new account."""

    display_name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text=_("As colleagues know you."),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters. A sentence is easy to remember."),
    )
    again = forms.CharField(
        label=_("The same password again"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_again(self) -> str:
        """Refuse a second password that differs from the first."""
        again: str = self.cleaned_data["again"]
        if again != self.cleaned_data.get("password", again):
            raise ValidationError(_("The two passwords are not the same."))
        return again


class OrganisationForm(forms.Form):
    """A new organisation; the kinds are those of the country pack."""

    kind = forms.ChoiceField(label=_("Kind of organisation"))
    name = forms.CharField(label=_("Name"), max_length=200)
    region = forms.CharField(label=_("Region"), max_length=120, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)  # noqa: S101 - set five lines up
        kind.choices = [("", _("Choose a kind")), *kinds()]


class RenameForm(forms.Form):
    """Name and region of an organisation that exists."""

    name = forms.CharField(label=_("Name"), max_length=200)
    region = forms.CharField(label=_("Region"), max_length=120, required=False)


def kinds() -> list[tuple[str, str]]:
    """Return the kinds of the country pack with their names in the language of now, by name."""
    language = get_language() or "nl"
    found = [
        (kind, entry.label.get(language) or entry.label["nl"])
        for kind, entry in pack().organisation_kinds.items()
    ]
    return sorted(found, key=lambda pair: pair[1].casefold())
