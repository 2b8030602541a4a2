# SPDX-License-Identifier: EUPL-1.2
"""The kinds of question of the notification form."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from middenstip.thread.values import clean_text

YES, NO, UNKNOWN = "yes", "no", "unknown"
TEXT_LIMIT = 200


class OneLine(forms.CharField):
    """One line of text in any script, without control characters."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=TEXT_LIMIT, **kwargs)

    def clean(self, value: Any) -> str:
        """Return the text without surrounding space; ValidationError tells what to change."""
        return clean_text(super().clean(value), longest=TEXT_LIMIT, lines=False)


class YesNo(forms.TypedChoiceField):
    """Yes, no, or not known: True, False, None. Not answering means not known."""

    widget = forms.RadioSelect
    answers = "short"  # how the step lays them out

    def __init__(self, *, unknown: bool = True, **kwargs: Any) -> None:
        choices = [(YES, _("Yes")), (NO, _("No"))]
        if unknown:
            choices.append((UNKNOWN, _("I do not know")))
        kwargs.setdefault("required", False)
        super().__init__(
            choices=choices,
            coerce={YES: True, NO: False, UNKNOWN: None}.get,
            empty_value=None,
            **kwargs,
        )


class OneOf(forms.ChoiceField):
    """One of a few answers, all in view: side by side (`short`) or in a column (`wide`)."""

    widget = forms.RadioSelect

    def __init__(self, *, answers: str, **kwargs: Any) -> None:
        self.answers = answers
        super().__init__(**kwargs)


class Count(forms.IntegerField):
    """A whole number between two bounds, not required, with one message for both."""

    def __init__(self, *, low: int, high: int, **kwargs: Any) -> None:
        message = _("Give a number between %(low)s and %(high)s.") % {"low": low, "high": high}
        super().__init__(
            min_value=low,
            max_value=high,
            required=False,
            error_messages={"min_value": message, "max_value": message},
            **kwargs,
        )
