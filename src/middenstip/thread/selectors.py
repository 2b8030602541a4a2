# SPDX-License-Identifier: EUPL-1.2
"""Reads of the thread room. Every one takes the actor and starts from `thread.visibility`.

What an organisation finds on its desk is in `thread.worklists`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from middenstip import clock
from middenstip.access.acting import as_actor, deriving
from middenstip.access.actors import Actor
from middenstip.database.prepared import prepared
from middenstip.rules.assess import may_record
from middenstip.rules.results import Assessment
from middenstip.rules.shown import shown
from middenstip.thread.country import VERDICTS, pack
from middenstip.thread.derive import Row, assess_rows
from middenstip.thread.errors import NotThere
from middenstip.thread.models import Case, CaseState, Identity, Involvement
from middenstip.thread.sealing import (
    IDENTITY_COLUMNS,
    case_keys,
    open_event,
    open_facts,
    open_identity,
)
from middenstip.thread.store import rows_of
from middenstip.thread.under_number import chosen_domicile
from middenstip.thread.visibility import (
    CONTACT,
    COORDINATION,
    IDENTITY,
    Sight,
    events_in,
    holds,
    look,
    runs_in,
    sight_of,
    visible_cases,
    visible_events,
    visible_runs,
)
from middenstip.vault.services import keys_of

READ_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as its page shows it: nothing here tells who the person is.

    `removed_at` and `removed_because` (the id of a retention item, or `own_request`) once the
    data of the person were removed.
    """

    id: UUID
    person_id: UUID
    pseudonym: str
    opened_on: date
    opened_by: str
    version: int
    removed_at: datetime | None = None
    removed_because: str = ""


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

    As far as the actor may see it (`sight`). `thread` holds also events of after that day.
    `owners` names, by the key of a run, the organisation that must act now; None where nobody
    can be named. `recordable` are the event types this actor may record now. `post_via` as in
    `under_number.NameAndPost`, as of today.
    """

    case: CaseView
    sight: Sight
    thread: list[EventView]
    assessment: Assessment
    owners: Mapping[str, str | None]
    recordable: tuple[str, ...]
    post_via: str = ""


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
    """An organisation that is involved in a case now: for which purpose, on which basis."""

    organisation_id: UUID
    name: str
    kind: str
    purpose: str
    basis: str
    reason: str
    since: datetime
    until: datetime | None


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


@as_actor
def case_for(*, actor: Actor, case_id: UUID) -> CaseView:
    """Return a case; NotThere when it does not exist or this actor may not see it.

    The read log is told, as of a line in a list: who may see nothing else learns that there is
    a case.
    """
    case = _case(actor, case_id)
    look(actor, case_id, [COORDINATION])
    return case


def _case(actor: Actor, case_id: UUID) -> CaseView:
    return _viewed(visible_cases(actor).filter(pk=case_id))


def _viewed(found: QuerySet[Case]) -> CaseView:
    """Return the one case of a query; NotThere when it finds none."""
    columns = (
        "id", "person_id", "person__pseudonym", "opened_on", "opened_by__name", "version",
        "person__removed_at", "person__removed_because",
    )  # fmt: skip
    row = found.values_list(*columns).first()
    if row is None:
        raise NotThere
    return CaseView(*row)


@as_actor
def identity_of(*, actor: Actor, case_id: UUID) -> IdentityView | None:
    """Return who the person of a case is; NotThere as `case_for`.

    None when nobody knows, and when this actor may not (`Sight.name`): the same answer.
    """
    case = _case(actor, case_id)
    if not sight_of(actor=actor, case_id=case_id).name:
        return None
    look(actor, case_id, [IDENTITY])
    found = Identity.objects.filter(person_id=case.person_id).values(*IDENTITY_COLUMNS).first()
    if found is None:
        return None
    key = keys_of([case.person_id]).get(case.person_id)
    return IdentityView(**open_identity(key, found))


@as_actor
def members_of(*, actor: Actor, case_id: UUID) -> list[Member]:
    """Return the organisations involved in a case now, in the order in which they came.

    One line for each purpose. Who may not see the category `coordination` is told only of the
    own organisation. NotThere as `case_for`.
    """
    sight = sight_of(actor=actor, case_id=case_id)
    found = Involvement.objects.filter(holds(clock.now()), case_id=case_id)
    look(actor, case_id, [COORDINATION])
    if COORDINATION not in sight.categories:
        found = found.filter(organisation_id=actor.organisation_id)
    return [
        Member(*values)
        for values in found.order_by("since", "id").values_list(
            "organisation_id", "organisation__name", "organisation__kind", "purpose", "basis",
            "reason", "since", "until",
        )
    ]  # fmt: skip


@as_actor
def thread_of(*, actor: Actor, case_id: UUID) -> list[EventView]:
    """Return the events of a case that this actor may read, in the order of recording.

    NotThere as `case_for`.
    """
    _case(actor, case_id)
    thread = _thread(actor, case_id)
    look(actor, case_id, {event.category for event in thread})
    return thread


def _thread(actor: Actor, case_id: UUID) -> list[EventView]:
    found = visible_events(actor).filter(case_id=case_id).order_by("seq")
    rows = list(found.values_list(*EVENT_COLUMNS, "fields"))
    key = case_keys([case_id]).get(case_id)
    fields = {row[0]: open_event(key, row[0], row[-1]) for row in rows}
    return _told([row[:-1] for row in rows], fields)


EVENT_COLUMNS = (
    "id", "seq", "type", "on", "recorded_at", "organisation_id", "organisation__name",
    "organisation_kind", "recorded_by__display_name", "category", "corrects__seq",
)  # fmt: skip


def _told(
    rows: Sequence[tuple[Any, ...]], fields: Mapping[UUID, Mapping[str, Any]]
) -> list[EventView]:
    """Return the events of these rows (EVENT_COLUMNS) with their fields, opened, by id."""
    corrected_by = {row[-1]: row[1] for row in rows if row[-1] is not None}
    whole = [(*row[:-1], fields[row[0]], row[-1], corrected_by.get(row[1])) for row in rows]
    return [EventView(*values) for values in whole]


@as_actor
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
    day, and is also the day asked when `on` is not given. Made from the whole thread, then cut
    to what this actor may know (`rules.shown`). NotThere as `case_for`.
    """
    sight = sight_of(actor=actor, case_id=case_id)
    look(actor, case_id, sight.categories)
    runs = visible_runs(actor).filter(case_id=case_id).values_list("key", flat=True)
    rows = _rows(case_id)
    whole = _assessment(case_id, rows, on, known_on, lang or actor.language)
    return shown(
        pack(), whole, sight.categories, lang=lang or actor.language, own_duties=frozenset(runs)
    )


@as_actor
def whole_case(
    *,
    actor: Actor,
    case_id: UUID,
    on: date | None = None,
    known_on: date | None = None,
    lang: str | None = None,
) -> WholeCase:
    """Return a case with all that its page shows to this actor, in a fixed number of queries.

    `on`, `known_on` and `lang` as in `assessment_of`. NotThere as `case_for`. What may be seen
    is asked of the database before the whole thread is opened for the rules.
    """
    with prepared():
        sight = sight_of(actor=actor, case_id=case_id)
        case = _viewed(Case.objects.filter(pk=case_id))
        runs = runs_in(actor, case_id, sight)
        owners = dict(runs.values_list("key", "owner__name"))
        seen = list(
            events_in(actor, case_id, sight).order_by("seq").values_list(*EVENT_COLUMNS)
        )
        rows = _rows(case_id, case.person_id)
    thread = _told(seen, {row.id: row.fields for row in rows})
    look(actor, case_id, sight.categories | {event.category for event in thread})
    language = lang or actor.language
    assessment = shown(
        pack(),
        _assessment(case_id, rows, on, known_on, language),
        sight.categories,
        lang=language,
        own_duties=frozenset(owners),
    )
    return WholeCase(
        case=case,
        sight=sight,
        thread=thread,
        assessment=assessment,
        owners=owners,
        post_via=chosen_domicile(rows) if CONTACT in sight.categories else "",
        recordable=()
        if case.removed_at
        else tuple(_by_hand(assessment, actor.organisation_kind)),
    )


@as_actor
def recordable_events(*, actor: Actor, case_id: UUID) -> list[str]:
    """Return the event types this actor's organisation may record in a case now, in the order
    of the pack. NotThere as `case_for`.

    As far as the facts it may know tell: what hidden ones forbid, a guard refuses.
    """
    sight = sight_of(actor=actor, case_id=case_id)
    whole = _assessment(case_id, _rows(case_id), None, None, actor.language)
    known = shown(pack(), whole, sight.categories, lang=actor.language)
    return _by_hand(known, actor.organisation_kind)


def recordable_after(*, actor: Actor, rows: Sequence[Row]) -> list[str]:
    """Return the event types this actor may record after these events; a new case has none."""
    assessment = assess_rows(rows, on=clock.today(), lang=actor.language)
    return _by_hand(assessment, actor.organisation_kind)


def _by_hand(assessment: Assessment, organisation_kind: str) -> list[str]:
    """Return what may be recorded; what is decided with two files side by side is not."""
    offered = may_record(pack(), assessment, organisation_kind)
    return [name for name in offered if name not in VERDICTS]


def changed_facts(*, since: int = 0) -> Changed:
    """Return the facts of every case that changed since a mark, and a new mark.

    For figures, by the worker: to the program's role the database shows none of it. Start with
    0 (all). Read again from the mark of the answer and no change is ever missed; a row may come
    twice. The rows are read from the database as they are asked for.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        mark = cursor.fetchone()[0]
    found = CaseState.objects.filter(changed_in__gte=since)
    values = found.order_by("case_id").values_list("case_id", "facts", "origins")
    return Changed(_opened(values.iterator(chunk_size=READ_AT_ONCE)), mark)


def _opened(
    values: Iterator[tuple[UUID, dict[str, Any], dict[str, str]]],
) -> Iterator[FactsRow]:
    while rows := list(islice(values, READ_AT_ONCE)):
        keys = case_keys([case_id for case_id, *_ in rows])
        for case_id, facts, origins in rows:
            yield FactsRow(case_id, open_facts(keys.get(case_id), facts), origins)


def _rows(case_id: UUID, person_id: UUID | None = None) -> list[Row]:
    """Return the whole thread of a case that the actor sees; `person_id` where it is known."""
    keys = None
    if person_id is not None:
        key = keys_of([person_id]).get(person_id)
        keys = {case_id: key} if key else {}
    with deriving([case_id]):
        return rows_of([case_id], keys=keys)[case_id]


def _assessment(
    case_id: UUID, rows: Sequence[Row], on: date | None, known_on: date | None, lang: str
) -> Assessment:
    """Return the assessment of a whole thread, or of what was known by the end of a day."""
    if known_on is not None:
        before = clock.end_of(known_on)
        rows = [row for row in rows if row.recorded_at is None or row.recorded_at < before]
    return assess_rows(rows, on=on or known_on or clock.today(), lang=lang)
