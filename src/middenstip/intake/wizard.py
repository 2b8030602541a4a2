# SPDX-License-Identifier: EUPL-1.2
"""From what was typed in a draft to forms, and from forms to a notification.

A draft keeps texts as they were typed, right or wrong, so that nothing is lost on the way back.
They are read again, all of them, whenever something depends on them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from middenstip.access.actors import Actor
from middenstip.intake import basis as grounds
from middenstip.intake.forms import STEP_NAMES, STEPS, StepForm, WhoForm
from middenstip.intake.notification import Explained, Notification
from middenstip.thread.records import NewIdentity

LONGEST_KEPT = 10_000  # characters of one answer; every field refuses as much
MOST_KEPT = 60  # answers of one field
CHECK = len(STEP_NAMES)
AGREED = frozenset({"shelter_consent", "consent_how"})

Typed = dict[str, dict[str, list[str]]]
Kept = Mapping[str, Mapping[str, Sequence[str]]]


class Incomplete(Exception):
    """A step (counted from 1) is not filled in well enough to send."""

    def __init__(self, step: int) -> None:
        self.step = step
        super().__init__(f"step {step} is not complete")


@dataclass(frozen=True, slots=True)
class Reading:
    """All four forms, read from a draft; `first_bad` is the first step with a mistake."""

    forms: tuple[StepForm, ...]
    first_bad: int | None


def typed_of(post: QueryDict, step: int) -> dict[str, list[str]]:
    """Return what was typed in the fields of a step, as it can be kept.

    The database holds no NUL, so another control character stands for it; a text that is too
    long is cut, still too long for every field. Both stay wrong: nothing bad becomes good, or
    disappears, by being kept.
    """
    names = STEPS[step - 1].names()
    return {
        name: [
            text.replace("\x00", "\x01")[:LONGEST_KEPT]
            for text in post.getlist(name)[:MOST_KEPT]
        ]
        for name in post
        if name in names
    }


def read(typed: Kept, *, actor: Actor) -> Reading:
    """Return the forms of all steps with what was typed; a later step sees the earlier ones."""
    forms: list[StepForm] = []
    earlier: dict[str, Any] = {}
    first_bad: int | None = None
    for number, step in enumerate(STEPS, start=1):
        form = step(bound(typed, number), actor=actor, earlier=dict(earlier))
        forms.append(form)
        if not form.is_valid() and first_bad is None:
            first_bad = number
        earlier |= form.cleaned_data
    return Reading(tuple(forms), first_bad)


def step_form(
    typed: Kept,
    step: int,
    *,
    actor: Actor,
    data: QueryDict | None = None,
    check: bool = False,
) -> StepForm:
    """Return the form of one step: with `data`, or with what was typed before.

    A step that nobody filled in yet is unbound and shows its first values. A step that was is
    shown with what was typed; its mistakes only when `check` is asked.
    """
    earlier: dict[str, Any] = {}
    for number in range(1, step):
        form = STEPS[number - 1](bound(typed, number), actor=actor, earlier=dict(earlier))
        form.is_valid()
        earlier |= form.cleaned_data
    kind = STEPS[step - 1]
    if data is not None:
        return kind(data, actor=actor, earlier=earlier)
    known = typed.get(STEP_NAMES[step - 1])
    if known is None:
        return kind(actor=actor, earlier=earlier)
    form = kind(bound(typed, step), actor=actor, earlier=earlier)
    if check:
        return form
    return kind(actor=actor, earlier=earlier, initial=_as_initial(form, known))


def bound(typed: Kept, step: int) -> MultiValueDict[str, Any]:
    """Return what was typed in a step as a form wants it; empty when the step was not done."""
    known = typed.get(STEP_NAMES[step - 1]) or {}
    return MultiValueDict({name: list(values) for name, values in known.items()})


def without_identity(typed: Typed) -> Typed:
    """Return what was typed without anything that tells who it is (R-33)."""
    kept = dict(typed)
    telling = {*WhoForm.identity_fields, "birth_date"}
    who = {name: value for name, value in kept.get("who", {}).items() if name not in telling}
    if "who" in kept:
        kept["who"] = who
    if "needs" in kept:
        kept["needs"] = {k: v for k, v in kept["needs"].items() if k not in AGREED}
    return kept


def is_anonymous(typed: Typed) -> bool:
    """Tell whether the draft says that nothing may tell who it is."""
    return typed.get("what", {}).get("basis") == [grounds.ANONYMOUS]


def notification_of(reading: Reading) -> Notification:
    """Return the notification a draft tells; Incomplete names the first step with a mistake."""
    if reading.first_bad is not None:
        raise Incomplete(reading.first_bad)
    what, who, needs, rights = (form.cleaned_data for form in reading.forms)
    facts: dict[str, Any] = {}
    for form in reading.forms:
        facts |= form.facts()
    names = {name: who.get(name, "") for name in WhoForm.identity_fields}
    explained = None
    if rights.get("told"):
        explained = Explained(
            rights["told_on"], rights["told_language"], rights["told_interpreter"]
        )
    return Notification(
        by=what["by"],
        basis=what["basis"],
        notified_on=what["notified_on"],
        seen_on=what["seen_on"],
        source=what["source"],
        bed_needed=needs["bed_needed"],
        facts=facts,
        identity=NewIdentity(**names) if any(names.values()) else None,
        explained=explained,
        offered_on=rights["offered_on"] if rights.get("offered") else None,
        shelter_consent=bool(needs.get("bed_needed") and needs.get("shelter_consent")),
        shelter_how=needs.get("consent_how", ""),
    )


def _as_initial(form: StepForm, known: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return typed texts as first values, so that an unbound form shows them untouched."""
    values: dict[str, Any] = {}
    for name, field in form.fields.items():
        typed = list(known.get(name, []))
        many = hasattr(field.widget, "allow_multiple_selected")
        plural = many and field.widget.allow_multiple_selected
        values[name] = typed if plural else (typed[0] if typed else "")
    return values
