# SPDX-License-Identifier: EUPL-1.2
"""The forms of sharing: what a person decided, sharing without consent, an answer to it.

They read what was typed; whether it may be is for the thread room to say, whose messages are
put back at the field with `tell`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from middenstip import clock
from middenstip.access.selectors import organisations
from middenstip.desk.forms import LongSelect, YesNo
from middenstip.thread.bulk_sharing import shareable
from middenstip.thread.country import kinds_in_cases, pack
from middenstip.thread.records import NewConsent
from middenstip.web.forms import DateField, TellingForm
from middenstip.web.words import PackWords

Choices = list[tuple[str, str]]


class RecipientForm(TellingForm):
    """Whom a decision is about, and for what: always one organisation and one purpose."""

    recipient = forms.ChoiceField(
        label=gettext_lazy("Which organisation, and for what?"),
        help_text=gettext_lazy("One at a time: consent is never asked for several at once."),
        widget=LongSelect,
    )

    def __init__(self, choices: Choices, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["recipient"].choices = [("", _("Choose")), *choices]  # type: ignore[attr-defined]


class ConsentForm(TellingForm):
    """What a person decided about one organisation and one purpose."""

    decision = forms.ChoiceField(
        label=gettext_lazy("What did the person say?"),
        choices=[
            ("given", gettext_lazy("Yes, to what is ticked below")),
            ("refused", gettext_lazy("No")),
        ],
        widget=forms.RadioSelect,
    )
    categories = forms.MultipleChoiceField(
        label=gettext_lazy("Which kinds of data may be shared?"),
        help_text=gettext_lazy("Tick only what the person agreed to. A part is fine."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    withholding = forms.CharField(
        label=gettext_lazy("What must not be told, in the person's own words"),
        help_text=gettext_lazy(
            "The organisation that gets the data cannot read this. Who shares it can."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )
    on = DateField(label=gettext_lazy("On which day?"))
    valid_until = DateField(label=gettext_lazy("Until which day does it hold?"), required=False)
    language = forms.ChoiceField(
        label=gettext_lazy("In which language was it explained?"), widget=LongSelect
    )
    how = forms.ChoiceField(
        label=gettext_lazy("How did the person decide?"), widget=forms.RadioSelect
    )
    explained_by = forms.ChoiceField(label=gettext_lazy("Who explained it?"), widget=LongSelect)

    def __init__(self, *args: Any, purpose: str, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        country, words = pack(), PackWords(pack())
        labels = country.data_categories
        allowed = [(name, _described(labels[name], words)) for name in shareable(purpose)]
        self._choose("categories", allowed)
        self._choose("language", [("", _("Choose")), *_codes("language", words)])
        self._choose("how", _codes("consent_how", words))
        self._choose("explained_by", _codes("organisation_kind", words))
        self.fields["explained_by"].initial = kind
        self.fields["on"].initial = clock.today()
        self.fields["interpreter"] = YesNo(
            label=_("Was there an interpreter?"), required=True, widget=forms.RadioSelect
        )
        self.order_fields(
            ["decision", "categories", "withholding", "on", "valid_until", "language",
             "interpreter", "how", "explained_by"]
        )  # fmt: skip

    def _choose(self, name: str, choices: Iterable[tuple[str, str]]) -> None:
        self.fields[name].choices = list(choices)  # type: ignore[attr-defined]

    def consent(self, recipient_id: UUID, purpose: str) -> NewConsent:
        """Return the decision as it was filled in; the form is valid."""
        typed = self.cleaned_data
        return NewConsent(
            recipient_id=recipient_id,
            purpose=purpose,
            categories=typed["categories"] if typed["decision"] == "given" else (),
            decision=typed["decision"],
            on=typed["on"],
            valid_until=typed["valid_until"],
            form="",
            form_version="",
            language=typed["language"],
            interpreter=bool(typed["interpreter"]),
            how=typed["how"],
            explained_by=typed["explained_by"],
            withholding=typed["withholding"],
        )


class WithdrawForm(TellingForm):
    """The day on which somebody took consent back."""

    on = DateField(label=gettext_lazy("On which day did the person say so?"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = clock.today()


class StopForm(WithdrawForm):
    """The organisation that must not be told anything any more."""

    organisation = forms.ChoiceField(
        label=gettext_lazy("With which organisation does the sharing stop?"), widget=LongSelect
    )
    field_order = ("organisation", "on")

    def __init__(self, choices: Choices, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = [("", _("Choose")), *choices]  # type: ignore[attr-defined]


class OverrideForm(TellingForm):
    """Sharing without consent: with whom, for what, on which ground, and why."""

    recipient = forms.ChoiceField(
        label=gettext_lazy("Which organisation must know, and for what?"), widget=LongSelect
    )
    ground = forms.ChoiceField(label=gettext_lazy("Ground"), widget=forms.RadioSelect)
    text = forms.CharField(
        label=gettext_lazy("Why can this not wait for consent?"),
        help_text=gettext_lazy(
            "At least 20 characters. A second person reads this within 24 hours."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    sure = forms.BooleanField(
        label=gettext_lazy(
            "The person cannot be asked, or a life, safety or a child cannot wait for a yes."
        ),
        error_messages={
            "required": gettext_lazy("Only then can you share without consent. Else ask first.")
        },
    )
    told = {"organisation_id": "recipient", "purpose": "recipient"}

    def __init__(self, choices: Choices, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["recipient"].choices = [("", _("Choose")), *choices]  # type: ignore[attr-defined]
        grounds = _codes("override_ground", PackWords(pack()))
        self.fields["ground"].choices = list(grounds)  # type: ignore[attr-defined]


class GlassForm(TellingForm):
    """Opening one case in an emergency. What is typed stands in no address."""

    pseudonym = forms.CharField(
        label=gettext_lazy("The pseudonym, as you were told"),
        help_text=gettext_lazy("Three words, for example Elder-Six-Quay."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    ground = forms.ChoiceField(label=gettext_lazy("Ground"), widget=forms.RadioSelect)
    text = forms.CharField(
        label=gettext_lazy("Why must you look now?"),
        help_text=gettext_lazy("At least 20 characters. Others read this today."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grounds = _codes("override_ground", PackWords(pack()))
        self.fields["ground"].choices = list(grounds)  # type: ignore[attr-defined]


class AnswerForm(TellingForm):
    """What a second person thinks of it."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("What do you think?"), widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=gettext_lazy("In a few words, why"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        outcomes = _codes("review_outcome", PackWords(pack()))
        self.fields["outcome"].choices = list(outcomes)  # type: ignore[attr-defined]


def recipients(purposes_of_kind: Any, *, without: UUID | None = None) -> Choices:
    """Return every organisation with each of its purposes, by name, as choices of a form.

    `purposes_of_kind` gives the purposes to offer for a kind. A value holds both ids.
    """
    words = PackWords(pack())
    found = organisations().values_list("id", "name", "kind")
    return [
        (f"{pk}:{purpose}", f"{name} – {words.text(pack().purposes[purpose].label)}")
        for pk, name, kind in found
        if kind in kinds_in_cases() and pk != without
        for purpose in purposes_of_kind(kind)
    ]


def chosen_recipient(value: str) -> tuple[UUID, str]:
    """Return organisation and purpose of a choice of `recipients`; ValueError for others."""
    pk, _colon, purpose = value.partition(":")
    return UUID(pk), purpose


def _codes(code_list: str, words: PackWords) -> Iterator[tuple[str, str]]:
    for code, item in pack().codes_of(code_list).items():
        yield code, words.text(item.label)


def _described(category: Any, words: PackWords) -> str:
    return f"{words.text(category.label)}: {words.text(category.description)}"
