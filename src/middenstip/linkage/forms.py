# SPDX-License-Identifier: EUPL-1.2
"""The form of a verdict: what it is and what it rests on. Services say whether it may be."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy

from middenstip.linkage.models import Answer
from middenstip.linkage.selectors import GROUNDS
from middenstip.thread.country import pack
from middenstip.web.forms import TellingForm

ANSWERS = {
    Answer.SAME.value: gettext_lazy("Yes, this is one person"),
    Answer.DIFFERENT.value: gettext_lazy("No, these are different people"),
    Answer.UNKNOWN.value: gettext_lazy("I don't know"),
}


class VerdictForm(TellingForm):
    """Same, different or don't know, and the ground; `seen` is the verdict that was shown."""

    verdict = forms.ChoiceField(
        label=gettext_lazy("Are these two files of one person?"),
        choices=list(ANSWERS.items()),
        widget=forms.RadioSelect,
    )
    ground = forms.ChoiceField(
        label=gettext_lazy("What do you base this on?"),
        help_text=gettext_lazy("Not needed when you don't know."),
        error_messages={"required": gettext_lazy("Choose what you base this on.")},
        widget=forms.RadioSelect,
    )
    seen = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lang = (get_language() or "nl")[:2]
        codes = pack().codes_of(GROUNDS)
        labels = [(code, pack().label_of(GROUNDS, code, lang)) for code in codes]
        self.fields["ground"].choices = labels  # type: ignore[attr-defined]
        self.fields["ground"].required = self.data.get("verdict") != Answer.UNKNOWN


class UndoForm(forms.Form):
    """The verdict to take back."""

    verdict = forms.UUIDField(widget=forms.HiddenInput)
