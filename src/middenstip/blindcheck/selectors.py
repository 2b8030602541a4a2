# SPDX-License-Identifier: EUPL-1.2
"""Reads of the blind check: the own questions, and for the coordination point who asked.

No name of a person stands in what an organisation reads here. The coordination point sees who
may be meant by a wish to be called back, as far as it may know these persons itself.
"""

import json
from base64 import b64decode
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Max, Q

from middenstip import clock
from middenstip.access.acting import as_actor
from middenstip.access.actors import Actor
from middenstip.blindcheck import codes
from middenstip.blindcheck.models import REFUSALS, Answer, CallBack, Question
from middenstip.matching.blind import Code
from middenstip.thread.country import NOTIFIED, coordinates, pack
from middenstip.thread.errors import NotThere
from middenstip.thread.selectors import IdentityView, identity_of
from middenstip.thread.visibility import in_emergency, named_cases, steers

LENGTH: Final = 25
COUNTED: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Asking:
    """A question of the own organisation. `can_call`: one may still ask to be called back;
    `call`: "", `waiting` or `done`.
    """

    id: UUID
    at: datetime
    by: str
    answer: str
    alike: int
    again_at: datetime | None
    can_call: bool
    call: str


@dataclass(frozen=True, slots=True)
class Tally:
    """What one organisation asked in the last thirty days, counted by answer."""

    organisation: str
    kind: str
    known: int
    perhaps: int
    not_known: int
    same_person: int
    full_day: int
    last_at: datetime

    @property
    def refused(self) -> int:
        """How many got no answer."""
        return self.same_person + self.full_day

    @property
    def asked(self) -> int:
        """How many there were in all."""
        return self.known + self.perhaps + self.not_known + self.refused


@dataclass(frozen=True, slots=True)
class Refused:
    """That an organisation was refused because it asked too often for one person."""

    organisation: str
    by: str
    at: datetime
    number: int


@dataclass(frozen=True, slots=True)
class Calling:
    """A wish to be called back, without whom to call."""

    id: UUID
    organisation: str
    at: datetime
    answer: str


@dataclass(frozen=True, slots=True)
class LikelyCase:
    """A case whose person may be meant."""

    case_id: UUID
    pseudonym: str
    identity: IdentityView | None = field(repr=False)
    strong: bool


@dataclass(frozen=True, slots=True)
class Call:
    """A wish to be called back: whom to call, and who may be meant, the likest first."""

    id: UUID
    organisation: str
    asked_at: datetime
    at: datetime
    answer: str
    name: str = field(repr=False)
    phone: str = field(repr=False)
    likely: tuple[LikelyCase, ...]


def may_ask(actor: Actor) -> bool:
    """Tell whether this actor may ask: its kind of organisation notifies, and does not keep the
    register itself. Not who manages accounts, nor who looks in an emergency.
    """
    notifies = actor.organisation_kind in pack().events[NOTIFIED].recorded_by
    acts = bool(actor.purpose) and not actor.is_administrator and not in_emergency(actor)
    return notifies and acts and not coordinates(actor.organisation_kind)


def may_call(actor: Actor) -> bool:
    """Tell whether this actor calls back: who works for the coordination point."""
    return steers(actor) and bool(actor.purpose)


def takes_part(actor: Actor) -> bool:
    """Tell whether this actor asks or calls back, and so has this room in the menu."""
    return may_ask(actor) or may_call(actor)


@as_actor
def questions(*, actor: Actor, length: int = LENGTH) -> list[Asking]:
    """Return the latest questions of the own organisation; none for who may not ask."""
    if not may_ask(actor):
        return []
    mine = Question.objects.filter(organisation_id=actor.organisation_id)
    return [_asking(row) for row in mine.select_related("by", "call").order_by("-at")[:length]]


@as_actor
def question_of(*, actor: Actor, question_id: UUID) -> Asking:
    """Return one of `questions`; NotThere when it is not there for this actor."""
    found = Question.objects.select_related("by", "call").filter(
        pk=question_id, organisation_id=actor.organisation_id
    )
    row = found.first() if may_ask(actor) else None
    if row is None:
        raise NotThere
    return _asking(row)


@as_actor
def calls(*, actor: Actor) -> list[Calling]:
    """Return who waits to be called back, the longest first; none for who does not call."""
    if not may_call(actor):
        return []
    waiting = CallBack.objects.filter(done_at__isnull=True).order_by("at")
    return [
        Calling(*values)
        for values in waiting.values_list("pk", "organisation__name", "at", "question__answer")
    ]


@as_actor
def call_of(*, actor: Actor, call_id: UUID) -> Call:
    """Return one wish to be called back that waits; NotThere for who does not call.

    Each case that is shown is a look in the read log.
    """
    found = CallBack.objects.select_related("question", "organisation")
    row = found.filter(pk=call_id, done_at__isnull=True).first() if may_call(actor) else None
    if row is None:
        raise NotThere
    told = json.loads(codes.open_text(row.sealed, place_of_call(row.pk)))
    code = Code(b64decode(told["names"]), b64decode(told["birth"]))
    return Call(
        id=row.pk,
        organisation=row.organisation.name,
        asked_at=row.question.at,
        at=row.at,
        answer=row.question.answer,
        name=told["name"],
        phone=told["phone"],
        likely=_likely(actor, code),
    )


@as_actor
def tallies(*, actor: Actor) -> list[Tally]:
    """Return what each organisation asked, who asked most first; none for who does not call."""
    if not may_call(actor):
        return []
    since = Question.objects.filter(at__gt=clock.now() - COUNTED)
    counted: dict[str, Any] = {
        f"number_{answer}": Count("pk", filter=Q(answer=answer)) for answer in Answer
    }
    rows = since.values_list("organisation__name", "organisation__kind").annotate(
        **counted, last_at=Max("at")
    )
    found = [Tally(*row) for row in rows]
    return sorted(found, key=lambda tally: (-tally.asked, tally.organisation))


@as_actor
def refused(*, actor: Actor, length: int = LENGTH) -> list[Refused]:
    """Return who was refused in thirty days for asking for one person too often, by person who
    asked, the latest first; none for who does not call.
    """
    if not may_call(actor):
        return []
    found = Question.objects.filter(at__gt=clock.now() - COUNTED, answer=Answer.SAME_PERSON)
    rows = found.values_list("organisation__name", "by__display_name").annotate(
        latest=Max("at"), number=Count("pk")
    )
    return [Refused(*row) for row in rows.order_by("-latest")[:length]]


def place_of_call(call_id: UUID) -> bytes:
    """Return what a sealed wish to be called back is bound to."""
    return b"blindcheck call back " + call_id.bytes


def _asking(row: Question) -> Asking:
    call: CallBack | None = getattr(row, "call", None)
    found = row.answer in {Answer.KNOWN, Answer.PERHAPS}
    return Asking(
        id=row.pk,
        at=row.at,
        by=row.by.display_name,
        answer=row.answer,
        alike=row.alike,
        again_at=row.again_at if row.answer in REFUSALS else None,
        can_call=found and call is None and bool(row.code),
        call="" if call is None else "done" if call.done_at else "waiting",
    )


def _likely(actor: Actor, code: Code) -> tuple[LikelyCase, ...]:
    """Return the cases of who may be meant, of whom this actor may know who they are."""
    found = codes.register().likely(code)
    persons = [each.person_id for each in found]
    rows = named_cases(actor).filter(person_id__in=persons)
    cases = {person: (case, name) for case, person, name in rows.values_list(
        "pk", "person_id", "person__pseudonym")}  # fmt: skip
    return tuple(
        LikelyCase(
            *cases[each.person_id],
            identity=identity_of(actor=actor, case_id=cases[each.person_id][0]),
            strong=each.strong,
        )
        for each in found
        if each.person_id in cases
    )
