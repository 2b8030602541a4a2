# SPDX-License-Identifier: EUPL-1.2
"""The one question of the law room: on which day?"""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from middenstip.thread.country import pack
from middenstip.web.forms import DateField


class DayForm(forms.Form):
    """A day to look at the law of; it cannot lie before the first day of the pack."""

    on = DateField(label=gettext_lazy("Law on the day"), required=False, help_text="")

    def clean_on(self) -> Any:
        """Return the day; refuse one of which the pack knows no law, or past 2199."""
        day = self.cleaned_data["on"]
        first = pack().header.first_day
        if day is not None and not first <= day <= date(2199, 12, 31):
            raise ValidationError(
                _("The law in the system begins on %(first)s. Choose that day or a later one.")
                % {"first": formats.date_format(first, "j F Y")}
            )
        return day
