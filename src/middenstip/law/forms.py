# SPDX-License-Identifier: EUPL-1.2
"""The questions of the law room: on which day, and between which days?"""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

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


class PeriodForm(forms.Form):
    """Between which days to look for changes; both may be left open."""

    first = DateField(label=pgettext_lazy("period", "From"), required=False, help_text="")
    last = DateField(label=pgettext_lazy("period", "Until"), required=False, help_text="")

    def clean(self) -> dict[str, Any]:
        """Return both days; refuse an end before the beginning."""
        days = super().clean() or self.cleaned_data
        first, last = days.get("first"), days.get("last")
        if first and last and last < first:
            raise ValidationError(
                _("The period ends on %(last)s, before it begins. Turn the days round.")
                % {"last": formats.date_format(last, "j F Y")}
            )
        return days
