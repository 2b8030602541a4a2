# SPDX-License-Identifier: EUPL-1.2
"""What a draft will record, in words, for the page on which it is checked and sent."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from middenstip.access.actors import Actor
from middenstip.intake import basis as grounds
from middenstip.intake import notification as rules
from middenstip.intake.fields import YesNo
from middenstip.intake.forms import StepForm, language, step_labels
from middenstip.intake.notification import as_case
from middenstip.intake.wizard import Reading, notification_of
from middenstip.thread.country import pack
from middenstip.thread.records import NewEvent


@dataclass(frozen=True, slots=True)
class Line:
    """One answer in words."""

    label: str
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Part:
    """The answers of one step; `step` counts from 1."""

    step: int
    title: str
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry that the thread will get."""

    on: date
    label: str


@dataclass(frozen=True, slots=True)
class Summary:
    """Answers by step, entries of the thread to come, and the basis."""

    parts: list[Part]
    entries: list[Entry]
    anonymous: bool
    rights_open: bool


def summary_of(reading: Reading, *, actor: Actor) -> Summary:
    """Return what will be recorded; only for a reading without mistakes."""
    notification = notification_of(reading)
    case = as_case(notification, actor=actor)
    return Summary(
        parts=[
            Part(number, title, list(_lines(form)))
            for number, (title, form) in enumerate(
                zip(step_labels(), reading.forms, strict=False), start=1
            )
        ],
        entries=[Entry(event.on, _label(event)) for event in case.events],
        anonymous=notification.basis == grounds.ANONYMOUS,
        rights_open=notification.explained is None,
    )


def rights_done_by(actor: Actor) -> list[str]:
    """Return who explains rights and offers the reflection period, when the actor does not."""
    country = pack()
    if grounds.may_record(actor.organisation_kind, rules.OFFERED):
        return []
    event = rules.EXPLAINED
    if grounds.may_record(actor.organisation_kind, rules.EXPLAINED):
        event = rules.OFFERED
    return [
        country.text(country.organisation_kinds[kind].label, language())
        for kind in country.events[event].recorded_by
    ]


def _label(event: NewEvent) -> str:
    country = pack()
    label = country.text(country.events[event.type].label, language())
    purpose = event.fields.get("purpose")
    if purpose:
        label = f"{label}: {country.label_of('purpose', purpose, language())}"
    return label


def _lines(form: StepForm) -> Iterator[Line]:
    for section in form.grouped():
        for bound in (*section.fields, *section.more):
            text = _words(bound.field, form.cleaned_data.get(bound.name))
            if text and _counts(form, bound.name):
                yield Line(str(bound.label), text)


def _counts(form: StepForm, name: str) -> bool:
    """Tell whether an answer is recorded: how it was told counts only when it was told."""
    for question in ("told", "offered"):
        if name.startswith(f"{question}_") and not form.cleaned_data.get(question):
            return False
    bed = form.cleaned_data.get("bed_needed")
    if name == "consent_how":
        return bool(bed and form.cleaned_data.get("shelter_consent"))
    return not (name == "shelter_consent" and not bed)


def _words(field_: forms.Field, value: Any) -> str:
    if value is None or value == "" or value == []:
        return ""
    if isinstance(field_, YesNo):
        return _("Yes") if value else _("No")
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    if isinstance(field_, forms.ChoiceField):
        labels = dict(cast(list[tuple[str, str]], field_.choices))
        chosen = value if isinstance(value, list) else [value]
        return ", ".join(str(labels.get(code, code)) for code in chosen)
    return str(value)
