# SPDX-License-Identifier: EUPL-1.2
"""The control that shows a case as it stood on an earlier day."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from middenstip import clock
from middenstip.thread.country import pack
from middenstip.web.forms import DateField


class LookBackForm(forms.Form):
    """A day, and whether to use all that is known now or only what was known then."""

    on = DateField(label=gettext_lazy("On which day?"), required=False)
    known = forms.ChoiceField(
        label=gettext_lazy("With what knowledge?"),
        choices=[
            ("then", gettext_lazy("What was known on that day")),
            ("now", gettext_lazy("What we know now about that day")),
        ],
        widget=forms.RadioSelect,
        initial="then",
        required=False,
    )

    def clean_on(self) -> Any:
        """Refuse a day to come, and one before the law that the pack knows."""
        day = self.cleaned_data["on"]
        first = pack().header.first_day
        if day is not None and not first <= day <= clock.today():
            raise ValidationError(
                _("Choose a day between %(first)s and today.")
                % {"first": formats.date_format(first, "j F Y")}
            )
        return day

    def clean_known(self) -> str:
        """What was known then, unless the other was chosen."""
        return str(self.cleaned_data["known"] or "then")
