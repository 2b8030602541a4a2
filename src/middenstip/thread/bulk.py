# SPDX-License-Identifier: EUPL-1.2
"""Opening many cases at once, through the same checks as one.

A case that is being opened cannot be seen by anybody yet, so no lock is needed and its rows can
be written a table at a time: a country of 50,000 persons in minutes instead of hours.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import islice
from json import dumps
from typing import Any, TypeVar
from uuid import UUID, uuid4

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import connection, models, transaction
from django.utils.translation import gettext as _
from psycopg import sql

from middenstip import clock
from middenstip.access.acting import acting, deriving
from middenstip.access.actors import Actor
from middenstip.access.selectors import active_kinds
from middenstip.thread import pseudonyms, store
from middenstip.thread.bulk_sharing import (
    Said,
    brought_in,
    check_carried,
    check_involved,
    consent_row,
    in_now,
    past_said,
    withdrawal_row,
)
from middenstip.thread.checks import (
    check_thread,
    clean_identity,
    correcting_row,
    facts_by_category,
    is_anonymous,
    new_row,
    one_category_each,
)
from middenstip.thread.derive import Derivation, Row, derivation_of
from middenstip.thread.errors import EventRefused, NotAllowed, only_coordination, only_looking
from middenstip.thread.models import (
    AccessNotice,
    AccessNoticeKind,
    Case,
    CaseState,
    Consent,
    Decision,
    DutyRun,
    Event,
    FlagRun,
    Identity,
    Involvement,
    Person,
)
from middenstip.thread.records import (
    NewCase,
    NewIdentity,
    Opened,
    PastCase,
    PastEvent,
)
from middenstip.thread.sealing import Keys, seal_identity, tokens_of
from middenstip.thread.visibility import in_emergency, steers
from middenstip.vault.services import make_keys, store_many_tokens

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
    said: Sequence[Said]
    derivation: Derivation
    stored: list[tuple[Said, Consent]] = field(default_factory=list)


def open_cases(*, actor: Actor, cases: Iterable[NewCase]) -> list[Opened]:
    """Open cases, all or none, and return them in the same order.

    Every check of `services.open_case` holds for each. Raises for the first case that does not
    pass; to learn what is wrong with each beforehand, ask `check_case`.
    """
    active = active_kinds()
    opened: list[Opened] = []
    with acting(actor):
        for batch in _batches(cases):
            drafts = [_draft_new(actor, case, active) for case in batch]
            with deriving(draft.opened.case_id for draft in drafts):
                opened += _store(drafts, active)
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
            yield from _store([_draft_past(case, active) for case in batch], active)


def _draft_new(actor: Actor, case: NewCase, active: Mapping[UUID, str]) -> _Draft:
    if in_emergency(actor):
        raise NotAllowed(only_looking())
    if case.involve and not steers(actor):
        raise NotAllowed(only_coordination())
    days = [event.on for event in case.events if isinstance(event.on, date)]
    facts_on = case.facts_on or min(days, default=clock.today())
    events = [*facts_by_category(case.facts, facts_on), *one_category_each(case.events)]
    if not events:
        raise ValidationError(_("A case starts with at least one event or fact."))
    rows = [new_row(actor, event, seq=seq) for seq, event in enumerate(events, start=1)]
    said = [Said(actor.user_id, actor.organisation_id, each) for each in case.consents]
    return _draft(case, rows, [actor] * len(rows), said, active)


def _draft_past(case: PastCase, active: Mapping[UUID, str]) -> _Draft:
    said = [past_said(each) for each in case.consents]
    left_out: set[int] = set()
    while True:
        rows, places = _past_rows(case, left_out)
        actors = [case.events[place].actor for place in places]
        try:
            return _draft(case, rows, actors, said, active)
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
    said: Sequence[Said],
    active: Mapping[UUID, str],
) -> _Draft:
    involve = [*dict.fromkeys(case.involve)]
    check_involved(involve, active)
    check_carried(involve, said, active)
    identity = clean_identity(case.identity)
    opened_on = case.opened_on or clock.today()
    if opened_on > clock.today():
        raise ValidationError({"opened_on": _("A case cannot be opened in the future.")})
    if identity is not None and is_anonymous(rows, clock.today()):
        message = _("An anonymous notification holds no name or phone number.")
        raise ValidationError({name: message for name, value in identity.items() if value})
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
        said=said,
        derivation=derivation_of(
            assessment, rows, involved=in_now(involve, said, active), active=active
        ),
    )


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, BATCH)):
        yield batch


def _store(drafts: Sequence[_Draft], active: Mapping[UUID, str]) -> list[Opened]:
    """Write a batch of drafts in one go; the caller holds a transaction."""
    _name(drafts)
    keys = make_keys(draft.opened.person_id for draft in drafts)
    events = [
        event
        for draft in drafts
        for event in store.events_to_store(
            draft.opened.case_id,
            draft.rows,
            draft.rows,
            draft.users,
            keys[draft.opened.person_id],
        )
    ]
    _insert(
        Person, ("id", "pseudonym"), ((d.opened.person_id, d.opened.pseudonym) for d in drafts)
    )
    _insert(
        Case,
        ("id", "person_id", "opened_on", "opened_by_id", "version", "under_number"),
        (
            (d.opened.case_id, d.opened.person_id, d.opened_on, d.rows[0].organisation_id,
             d.opened.version, d.derivation.under_number)
            for d in drafts
        ),
    )  # fmt: skip
    _insert(
        Identity,
        ("person_id", *NewIdentity.__dataclass_fields__),
        (
            (
                d.opened.person_id,
                *seal_identity(keys[d.opened.person_id], d.identity).values(),
            )
            for d in drafts
            if d.identity is not None
        ),
    )
    store_many_tokens(
        {
            draft.opened.person_id: tokens_of(draft.identity, draft.derivation.state.facts)
            for draft in drafts
        }
    )
    _insert_events(events)
    _insert_consents(drafts, keys)
    _insert_derived(drafts, keys, active)
    _insert_withdrawals(drafts)
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


def _insert_events(events: Sequence[Event]) -> None:
    columns = [
        "id", "case_id", "seq", "type", "on", "recorded_by_id", "organisation_id",
        "organisation_kind", "category", "fields", "corrects_id", "pack_version",
    ]  # fmt: skip
    if events and isinstance(events[0].recorded_at, datetime):
        columns.append("recorded_at")
    rows = ([getattr(event, name) for name in columns] for event in events)
    _insert(Event, columns, rows)


def _insert_consents(drafts: Sequence[_Draft], keys: Keys) -> None:
    for draft in drafts:
        for said in draft.said:
            key = keys[draft.opened.person_id]
            who = (said.user_id, said.organisation_id)
            row = consent_row(draft.opened.case_id, said.consent, *who, key)
            if said.recorded_at is not None:
                row.recorded_at = said.recorded_at
            draft.stored.append((said, row))
    Consent.objects.bulk_create(row for draft in drafts for _said, row in draft.stored)


def _insert_withdrawals(drafts: Sequence[_Draft]) -> None:
    """Write what was taken back, and the message about it, with the moments of a history."""
    taken_back = [
        (draft, said, row, said.withdrawn_at)
        for draft in drafts
        for said, row in draft.stored
        if said.withdrawn_at is not None
    ]
    withdrawn = []
    for _draft, _said, row, moment in taken_back:
        withdrawal = withdrawal_row(
            row,
            on=clock.legal_day(moment),
            user_id=row.recorded_by_id,
            organisation_id=row.organisation_id,
            interpreter=row.interpreter,
        )
        withdrawal.recorded_at = moment
        withdrawn.append(withdrawal)
    Consent.objects.bulk_create(withdrawn)
    AccessNotice.objects.bulk_create(
        AccessNotice(
            organisation_id=row.recipient_id,
            case_id=row.case_id,
            pseudonym=draft.opened.pseudonym,
            kind=AccessNoticeKind.CONSENT_WITHDRAWN,
            purpose=row.purpose,
            created_at=moment,
        )
        for draft, _said, row, moment in taken_back
        if row.recipient_id in draft.involve
    )


def _insert_derived(drafts: Sequence[_Draft], keys: Keys, active: Mapping[UUID, str]) -> None:
    _insert(
        CaseState,
        ("case_id", *store.STATE_COLUMNS, "changed_in"),
        (
            [
                d.opened.case_id,
                *store.state_columns(d.derivation.state, keys[d.opened.person_id]).values(),
                0,
            ]
            for d in drafts
        ),
    )
    _insert(
        DutyRun,
        ("case_id", "key", *store.RUN_COLUMNS),
        (
            (d.opened.case_id, key, *run)
            for d in drafts
            for key, run in d.derivation.runs.items()
        ),
    )
    _insert(
        FlagRun,
        ("case_id", *store.FLAG_COLUMNS),
        ((d.opened.case_id, *flag) for d in drafts for flag in d.derivation.flags.elements()),
    )
    columns = ("case_id", "organisation_id", "purpose", "basis", "categories", "reason",
               "since", "until", "consent_id")  # fmt: skip
    rows = [row for draft in drafts for row in _involvements(draft, active)]
    _insert(Involvement, columns, ([getattr(row, name) for name in columns] for row in rows))


def _involvements(draft: _Draft, active: Mapping[UUID, str]) -> Iterator[Involvement]:
    """Yield who is involved, why, since when: what follows from the thread, and who was
    brought in: by a statutory task, or with consent.
    """
    start = draft.rows[0].recorded_at or clock.now()
    first: dict[UUID, datetime] = {}
    for row in draft.rows:
        first.setdefault(row.organisation_id, row.recorded_at or start)
    for run in draft.derivation.runs.values():
        if run.owner_id is not None:
            began = draft.rows[run.started_by - 1].recorded_at if run.started_by else None
            first.setdefault(run.owner_id, began or start)
    case_id = draft.opened.case_id
    for held in store.involvements(case_id, sorted(draft.derivation.involved)):
        held.since = first.get(held.organisation_id, start)
        yield held
    for organisation_id in draft.involve:
        agreed = [
            (said, row)
            for said, row in draft.stored
            if row.recipient_id == organisation_id and row.decision == Decision.GIVEN
        ]
        kind = active[organisation_id]
        for said, consent in agreed:
            for each in brought_in(case_id, organisation_id, kind, consent):
                each.since, each.until = said.recorded_at or start, said.until()
                yield each
        for each in () if agreed else brought_in(case_id, organisation_id, kind, None):
            each.since = start
            yield each


def _insert(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Write rows of a model in one statement; columns left out get the default of the database.

    Not with COPY, which PostgreSQL refuses where row security holds.
    """
    declared = {field.attname: field.column for field in model._meta.concrete_fields}
    names = [declared[name] or name for name in columns]
    found = [dict(zip(names, row, strict=True)) for row in rows]
    if not found:
        return
    listed = sql.SQL(", ").join(map(sql.Identifier, names))
    statement = sql.SQL(
        "INSERT INTO {table} ({columns})"
        " SELECT {columns} FROM jsonb_populate_recordset(NULL::{table}, %s::jsonb)"
    ).format(table=sql.Identifier(model._meta.db_table), columns=listed)
    with connection.cursor() as cursor:
        cursor.execute(statement, [dumps(found, default=str)])
