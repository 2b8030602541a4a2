# SPDX-License-Identifier: EUPL-1.2
"""Reads of the thread room. Every one takes the actor and starts from `visible_cases`.

What an organisation finds on its desk is in `thread.worklists`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from middenstip import clock
from middenstip.access.actors import Actor
from middenstip.rules.assess import may_record
from middenstip.rules.results import Assessment
from middenstip.thread.country import coordinates, kinds_in_cases, pack
from middenstip.thread.derive import Row, assess_rows
from middenstip.thread.errors import NotThere
from middenstip.thread.models import Case, CaseState, DutyRun, Event, Identity, Involvement
from middenstip.thread.store import rows_of


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as its page shows it: nothing here tells who the person is."""

    id: UUID
    person_id: UUID
    pseudonym: str
    opened_on: date
    opened_by: str
    version: int


@dataclass(frozen=True, slots=True)
class EventView:
    """One entry of the thread. `corrected_by` is the `seq` of the latest correction of it."""

    id: UUID
    seq: int
    type: str
    on: date
    recorded_at: datetime
    organisation_id: UUID
    organisation: str
    organisation_kind: str
    recorded_by: str
    category: str
    fields: Mapping[str, Any] = field(repr=False)
    corrects: int | None
    corrected_by: int | None


@dataclass(frozen=True, slots=True)
class WholeCase:
    """A case with its thread, what applies on the day asked, and the names of duty owners.

    `thread` holds every event, also those of after that day. `owners` names, by the key of a
    run, the organisation that must act now; None where nobody can be named.
    """

    case: CaseView
    thread: list[EventView]
    assessment: Assessment
    owners: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class IdentityView:
    """Who the person is."""

    given_name: str = field(repr=False)
    family_name: str = field(repr=False)
    alias: str = field(repr=False)
    phone: str = field(repr=False)
    note: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Member:
    """An organisation that is involved in a case, and why."""

    organisation_id: UUID
    name: str
    kind: str
    reason: str
    since: datetime


@dataclass(frozen=True, slots=True)
class FactsRow:
    """The facts of one case as they stood when they were last derived; dates are ISO text.

    `origins` says of each where it came from (`rules.results.Origin`).
    """

    case_id: UUID
    facts: Mapping[str, Any] = field(repr=False)
    origins: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Changed:
    """Facts that changed, and the mark to ask from next time."""

    rows: Iterator[FactsRow]
    mark: int


# The next four functions, and nothing else, decide who sees which case: the coordination point
# sees all, another organisation those it is involved in, an administrator none.


def sees_every_case(actor: Actor) -> bool:
    """Tell whether this actor sees all cases: the coordination point does.

    An administrator does not, whoever employs them: to manage accounts opens no case.
    """
    return not actor.is_administrator and coordinates(actor.organisation_kind)


def visible_cases(actor: Actor) -> QuerySet[Case]:
    """Return the cases this actor may see."""
    return (
        Case.objects.all()
        if sees_every_case(actor)
        else Case.objects.filter(pk__in=_own(actor))
    )


def visible_by(actor: Actor) -> Q:
    """Return `visible_cases` as a condition on a table that has a column `case`."""
    return Q() if sees_every_case(actor) else Q(case__in=_own(actor))


def acts_in_cases(actor: Actor) -> bool:
    """Tell whether this actor may see any case at all.

    Not an administrator, and nobody of a kind that has nothing to do in a case.
    """
    if actor.is_administrator:
        return False
    return actor.organisation_kind in kinds_in_cases() or sees_every_case(actor)


def _own(actor: Actor) -> QuerySet[Involvement, UUID]:
    """Return the ids of the cases in which the actor's organisation is involved."""
    if not acts_in_cases(actor):
        return Involvement.objects.none().values_list("case_id", flat=True)
    mine = Involvement.objects.filter(organisation_id=actor.organisation_id)
    return mine.values_list("case_id", flat=True)


def case_for(*, actor: Actor, case_id: UUID) -> CaseView:
    """Return a case; NotThere when it does not exist or this actor may not see it."""
    found = (
        visible_cases(actor)
        .filter(pk=case_id)
        .values_list(
            "id", "person_id", "person__pseudonym", "opened_on", "opened_by__name", "version"
        )
        .first()
    )
    if found is None:
        raise NotThere
    return CaseView(*found)


def identity_of(*, actor: Actor, case_id: UUID) -> IdentityView | None:
    """Return who the person of a case is, None when anonymous; NotThere as `case_for`."""
    case = case_for(actor=actor, case_id=case_id)
    found = (
        Identity.objects.filter(person_id=case.person_id)
        .values_list("given_name", "family_name", "alias", "phone", "note")
        .first()
    )
    return IdentityView(*found) if found else None


def members_of(*, actor: Actor, case_id: UUID) -> list[Member]:
    """Return the organisations involved in a case, in the order in which they came."""
    case_for(actor=actor, case_id=case_id)
    found = Involvement.objects.filter(case_id=case_id).order_by("since", "id")
    return [
        Member(*values)
        for values in found.values_list(
            "organisation_id", "organisation__name", "organisation__kind", "reason", "since"
        )
    ]


def thread_of(*, actor: Actor, case_id: UUID) -> list[EventView]:
    """Return all events of a case in the order in which they were recorded; NotThere."""
    case_for(actor=actor, case_id=case_id)
    return _thread(case_id)


def _thread(case_id: UUID) -> list[EventView]:
    values = list(
        Event.objects.filter(case_id=case_id)
        .order_by("seq")
        .values_list(
            "id", "seq", "type", "on", "recorded_at", "organisation_id", "organisation__name",
            "organisation_kind", "recorded_by__display_name", "category", "fields",
            "corrects__seq",
        )
    )  # fmt: skip
    corrected_by = {row[-1]: row[1] for row in values if row[-1] is not None}
    return [EventView(*row, corrected_by.get(row[1])) for row in values]


def assessment_of(
    *,
    actor: Actor,
    case_id: UUID,
    on: date | None = None,
    known_on: date | None = None,
    lang: str | None = None,
) -> Assessment:
    """Return what applies on a day (today), given what was known by the end of a day (now).

    `on` chooses the day and its law; `known_on` leaves out what was recorded after that legal
    day, and is also the day asked when `on` is not given. NotThere as `case_for`.
    """
    case_for(actor=actor, case_id=case_id)
    rows = _rows(case_id, known_on)
    return assess_rows(rows, on=on or known_on or clock.today(), lang=lang or actor.language)


def whole_case(
    *,
    actor: Actor,
    case_id: UUID,
    on: date | None = None,
    known_on: date | None = None,
    lang: str | None = None,
) -> WholeCase:
    """Return a case with all that its page shows, in three queries.

    `on`, `known_on` and `lang` as in `assessment_of`. NotThere as `case_for`.
    """
    case = case_for(actor=actor, case_id=case_id)
    thread = _thread(case_id)
    before = end_of(known_on) if known_on is not None else None
    known = [
        Row(
            event.seq, event.id, event.type, event.on, event.fields, event.corrects,
            event.organisation_id, event.organisation_kind, event.recorded_at,
        )
        for event in thread
        if before is None or event.recorded_at < before
    ]  # fmt: skip
    day = on or known_on or clock.today()
    runs = DutyRun.objects.filter(case_id=case_id)
    return WholeCase(
        case=case,
        thread=thread,
        assessment=assess_rows(known, on=day, lang=lang or actor.language),
        owners=dict(runs.values_list("key", "owner__name")),
    )


def recordable_events(*, actor: Actor, case_id: UUID) -> list[str]:
    """Return the event types this actor's organisation may record in a case now, in the order
    of the pack. NotThere as `case_for`.
    """
    case_for(actor=actor, case_id=case_id)
    return recordable_after(actor=actor, rows=_rows(case_id, None))


def recordable_after(*, actor: Actor, rows: Sequence[Row]) -> list[str]:
    """Return the event types this actor may record after these events; a new case has none."""
    assessment = assess_rows(rows, on=clock.today(), lang=actor.language)
    return may_record(pack(), assessment, actor.organisation_kind)


def changed_facts(*, actor: Actor, since: int = 0) -> Changed:
    """Return the facts of every visible case that changed since a mark, and a new mark.

    Start with 0 (all). Read again from the mark of the answer and no change is ever missed; a
    row may come twice. The rows are read from the database as they are asked for.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        mark = cursor.fetchone()[0]
    found = CaseState.objects.filter(visible_by(actor), changed_in__gte=since)
    values = found.order_by("case_id").values_list("case_id", "facts", "origins")
    return Changed((FactsRow(*row) for row in values.iterator(chunk_size=5000)), mark)


def end_of(day: date) -> datetime:
    """Return the moment at which a legal day (Europe/Amsterdam) ends."""
    return datetime.combine(day + timedelta(days=1), time.min, clock.AMSTERDAM)


def _rows(case_id: UUID, known_on: date | None) -> list[Row]:
    before = end_of(known_on) if known_on is not None else None
    return rows_of([case_id], known_before=before)[case_id]
