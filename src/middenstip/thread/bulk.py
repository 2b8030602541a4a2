# SPDX-License-Identifier: EUPL-1.2
"""Opening many cases at once, through the same checks as one.

A case that is being opened cannot be seen by anybody yet, so no lock is needed and its rows can
be written with COPY: a country of 50,000 persons in minutes instead of hours.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID, uuid4

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import connection, models, transaction
from django.utils.translation import gettext as _
from psycopg import sql
from psycopg.types.json import Jsonb

from middenstip import clock
from middenstip.access.actors import Actor
from middenstip.access.selectors import active_kinds
from middenstip.thread import pseudonyms, store
from middenstip.thread.checks import (
    check_thread,
    clean_identity,
    correcting_row,
    facts_by_category,
    new_row,
    one_category_each,
)
from middenstip.thread.country import kinds_in_cases
from middenstip.thread.derive import Derivation, Row, derivation_of
from middenstip.thread.errors import EventRefused, NotAllowed, only_coordination
from middenstip.thread.models import (
    Case,
    CaseState,
    DutyRun,
    Event,
    FlagRun,
    Identity,
    Involvement,
    Person,
    Reason,
)
from middenstip.thread.records import (
    NewCase,
    NewIdentity,
    Opened,
    PastCase,
    PastEvent,
)
from middenstip.thread.selectors import sees_every_case

BATCH = 500
T = TypeVar("T")


@dataclass(slots=True)
class _Draft:
    """A case on its way in: checked rows, who recorded each, and what follows from them."""

    opened: Opened
    opened_on: date
    rows: list[Row]
    users: dict[int, UUID]
    identity: dict[str, str] | None
    involve: list[UUID]
    derivation: Derivation


def open_cases(*, actor: Actor, cases: Iterable[NewCase]) -> list[Opened]:
    """Open cases, all or none, and return them in the same order.

    Every check of `services.open_case` holds for each. Raises for the first case that does not
    pass; to learn what is wrong with each beforehand, ask `check_case`.
    """
    active = active_kinds()
    opened: list[Opened] = []
    with transaction.atomic():
        for batch in _batches(cases):
            drafts = [_draft_new(actor, case, active) for case in batch]
            opened += _store(drafts)
    return opened


def check_case(*, actor: Actor, case: NewCase) -> None:
    """Raise what opening this case would raise; store nothing."""
    _draft_new(actor, case, active_kinds())


def fill_history(*, cases: Iterable[PastCase]) -> Iterator[Opened]:
    """Store cases of a fictional history, with the moments at which they were recorded.

    Every check of the ordinary door holds for every event, with the actor named for it; an
    event that a guard refuses is left out, as it would have been. Yields each case once its
    batch is stored; a batch is one transaction. Only where the demo switch is on: nowhere else
    can anybody choose when something was recorded (ImproperlyConfigured).
    """
    if not settings.DEMO:
        raise ImproperlyConfigured("only the demo has a made-up history")
    active = active_kinds()
    for batch in _batches(cases):
        with transaction.atomic():
            yield from _store([_draft_past(case, active) for case in batch])


def check_involved(organisation_ids: Sequence[UUID], active: Mapping[UUID, str]) -> None:
    """Raise ValidationError unless every organisation is active and takes part in cases.

    `active` is every active organisation with its kind (`active_kinds`).
    """
    for organisation_id in organisation_ids:
        if organisation_id not in active:
            raise ValidationError({"involve": _("There is no such organisation.")})
        if active[organisation_id] not in kinds_in_cases():
            raise ValidationError({"involve": _("This organisation takes no part in cases.")})


def _draft_new(actor: Actor, case: NewCase, active: Mapping[UUID, str]) -> _Draft:
    if case.involve and not sees_every_case(actor):
        raise NotAllowed(only_coordination())
    days = [event.on for event in case.events if isinstance(event.on, date)]
    facts_on = case.facts_on or min(days, default=clock.today())
    events = [*facts_by_category(case.facts, facts_on), *one_category_each(case.events)]
    if not events:
        raise ValidationError(_("A case starts with at least one event or fact."))
    rows = [new_row(actor, event, seq=seq) for seq, event in enumerate(events, start=1)]
    return _draft(case, rows, [actor] * len(rows), active)


def _draft_past(case: PastCase, active: Mapping[UUID, str]) -> _Draft:
    left_out: set[int] = set()
    while True:
        rows, places = _past_rows(case, left_out)
        actors = [case.events[place].actor for place in places]
        try:
            return _draft(case, rows, actors, active)
        except EventRefused as refusal:
            left_out.add(places[refusal.seq - 1])


def _past_rows(case: PastCase, left_out: Container[int]) -> tuple[list[Row], list[int]]:
    """Return the rows of a history and the place of each, without the places left out.

    What corrects an event that was left out is left out with it.
    """
    rows: dict[int, Row] = {}
    for place, past in enumerate(case.events):
        if place in left_out or (past.corrects is not None and past.corrects not in rows):
            continue
        row = _past_row(past, rows)
        rows[place] = row._replace(id=past.id or row.id, recorded_at=past.recorded_at)
    return list(rows.values()), list(rows)


def _past_row(past: PastEvent, earlier: Mapping[int, Row]) -> Row:
    if past.corrects is not None:
        wrong = earlier[past.corrects]
        return correcting_row(past.actor, list(earlier.values()), wrong.id, past.event)
    if past.event is None:
        raise ValidationError(_("An event of a history needs its content."))
    return new_row(past.actor, past.event, seq=len(earlier) + 1)


def _draft(
    case: NewCase | PastCase,
    rows: list[Row],
    actors: Sequence[Actor],
    active: Mapping[UUID, str],
) -> _Draft:
    involve = [*dict.fromkeys(case.involve)]
    check_involved(involve, active)
    identity = clean_identity(case.identity)
    opened_on = case.opened_on or clock.today()
    if opened_on > clock.today():
        raise ValidationError({"opened_on": _("A case cannot be opened in the future.")})
    assessment = check_thread(rows, new_from=1, lang=actors[0].language)
    return _Draft(
        opened=Opened(
            case_id=case.case_id or uuid4(),
            person_id=case.person_id or uuid4(),
            pseudonym=case.pseudonym or "",
            version=len(rows),
        ),
        opened_on=opened_on,
        rows=rows,
        users={row.seq: actor.user_id for row, actor in zip(rows, actors, strict=True)},
        identity=identity,
        involve=involve,
        derivation=derivation_of(assessment, rows, involved=involve, active=active),
    )


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, BATCH)):
        yield batch


def _store(drafts: Sequence[_Draft]) -> list[Opened]:
    """Write a batch of drafts in one go; the caller holds a transaction."""
    _name(drafts)
    events = [
        event
        for draft in drafts
        for event in store.events_to_store(
            draft.opened.case_id, draft.rows, draft.rows, draft.users
        )
    ]
    _copy(
        Person, ("id", "pseudonym"), ((d.opened.person_id, d.opened.pseudonym) for d in drafts)
    )
    _copy(
        Identity,
        ("person_id", *NewIdentity.__dataclass_fields__),
        (
            (
                d.opened.person_id,
                *(d.identity[name] for name in NewIdentity.__dataclass_fields__),
            )
            for d in drafts
            if d.identity is not None
        ),
    )
    _copy(
        Case,
        ("id", "person_id", "opened_on", "opened_by_id", "version"),
        (
            (d.opened.case_id, d.opened.person_id, d.opened_on, d.rows[0].organisation_id,
             d.opened.version)
            for d in drafts
        ),
    )  # fmt: skip
    _copy_events(events)
    _copy_derived(drafts)
    return [draft.opened for draft in drafts]


def _name(drafts: Sequence[_Draft]) -> None:
    """Give a pseudonym that nobody has to each draft without one."""
    nameless = [draft for draft in drafts if not draft.opened.pseudonym]
    names: list[str] = []
    while len(names) < len(nameless):
        drawn = {pseudonyms.draw() for _ in range(len(nameless) - len(names))} - set(names)
        taken = Person.objects.filter(pseudonym__in=drawn).values_list("pseudonym", flat=True)
        names += sorted(drawn - set(taken))
    for draft, name in zip(nameless, names, strict=True):
        draft.opened = replace(draft.opened, pseudonym=name)


def _copy_events(events: Sequence[Event]) -> None:
    columns = [
        "id", "case_id", "seq", "type", "on", "recorded_by_id", "organisation_id",
        "organisation_kind", "category", "fields", "corrects_id", "pack_version",
    ]  # fmt: skip
    if events and isinstance(events[0].recorded_at, datetime):
        columns.append("recorded_at")
    rows = ([getattr(event, name) for name in columns] for event in events)
    _copy(Event, columns, rows)


def _copy_derived(drafts: Sequence[_Draft]) -> None:
    _copy(
        CaseState,
        ("case_id", *store.STATE_COLUMNS),
        (
            [d.opened.case_id, *(getattr(d.derivation.state, n) for n in store.STATE_COLUMNS)]
            for d in drafts
        ),
        defaults={"changed_in": 0},
    )
    _copy(
        DutyRun,
        ("case_id", "key", *store.RUN_COLUMNS),
        (
            (d.opened.case_id, key, *run)
            for d in drafts
            for key, run in d.derivation.runs.items()
        ),
    )
    _copy(
        FlagRun,
        ("case_id", *store.FLAG_COLUMNS),
        ((d.opened.case_id, *flag) for d in drafts for flag in d.derivation.flags.elements()),
    )
    _copy(
        Involvement,
        ("case_id", "organisation_id", "reason", "since"),
        (row for draft in drafts for row in _involvements(draft)),
    )


def _involvements(draft: _Draft) -> Iterator[tuple[UUID, UUID, str, datetime]]:
    """Yield who is involved, why, since when: recorders, those brought in, then owners."""
    start = draft.rows[0].recorded_at or clock.now()
    moments = {row.seq: row.recorded_at or start for row in draft.rows}
    known: set[UUID] = set()
    candidates = [
        *((row.organisation_id, Reason.OWN_RECORD, moments[row.seq]) for row in draft.rows),
        *((organisation_id, Reason.NOTIFIED, start) for organisation_id in draft.involve),
        *(
            (run.owner_id, Reason.DUTY_OWNER, moments.get(run.started_by or 0, start))
            for run in draft.derivation.runs.values()
            if run.owner_id is not None
        ),
    ]
    for organisation_id, reason, since in candidates:
        if organisation_id not in known:
            known.add(organisation_id)
            yield draft.opened.case_id, organisation_id, reason.value, since


def _copy(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    defaults: Mapping[str, Any] | None = None,
) -> None:
    """Write rows of a model with COPY; columns left out get the default of the database."""
    fixed = defaults or {}
    json_columns = {
        index
        for index, name in enumerate(columns)
        if isinstance(model._meta.get_field(name.removesuffix("_id")), models.JSONField)
    }
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table),
        sql.SQL(", ").join(map(sql.Identifier, [*columns, *fixed])),
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            values = [
                Jsonb(value) if index in json_columns else value
                for index, value in enumerate(row)
            ]
            copy.write_row([*values, *fixed.values()])
