# SPDX-License-Identifier: EUPL-1.2
"""Threads and derivations in and out of the database, for one case or for many at once.

Nothing here asks for rights: services and selectors do. Everything that is read for a batch is
read with a fixed number of queries.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from json import loads
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.db.models import F, Q, Value
from django.db.models.functions import Greatest

from middenstip import clock
from middenstip.access.purposes import purpose_of
from middenstip.thread.checks import category_of
from middenstip.thread.country import pack
from middenstip.thread.derive import Derivation, Held, Raised, Row, Run, State
from middenstip.thread.models import (
    Basis,
    Case,
    CaseState,
    DutyRun,
    Event,
    FlagRun,
    Involvement,
    Reason,
)
from middenstip.thread.sealing import (
    Keys,
    case_keys,
    open_event,
    open_facts,
    seal_event,
    seal_facts,
)
from middenstip.vault.services import DataKey

STATE_COLUMNS = tuple(State.__dataclass_fields__)
JSON_COLUMNS = 4  # the first of them
# Involvements that end when the thread carries them no more.
FOLLOWING = (Reason.DUTY_OWNER, Reason.REGISTER)
LET_IN = [Basis.CONSENT.value, Basis.VITAL_INTEREST.value]
RUN_COLUMNS = Run._fields
FLAG_COLUMNS = Raised._fields


@dataclass(slots=True)
class Kept:
    """What is stored about a case beside its events. Numbers are primary keys.

    `involved` is who is involved now and why, in the order in which they came; `guests` as in
    `derive.Guests`. `removed`: the key of the person was destroyed.
    """

    state: State | None = None
    runs: dict[str, Run] = field(default_factory=dict)
    run_ids: dict[str, int] = field(default_factory=dict)
    flags: list[tuple[int, Raised]] = field(default_factory=list)
    involved: dict[Held, int] = field(default_factory=dict)
    guests: dict[UUID, datetime] = field(default_factory=dict)
    under_number: bool = False
    removed: bool = False

    def brought_in(self) -> list[UUID]:
        """Return who came in other than by recording, those chosen by people first."""
        return [
            held.organisation_id
            for wanted in (Reason.NOTIFIED, Reason.DUTY_OWNER)
            for held in self.involved
            if held.reason == wanted
        ]

    def derived_involved(self) -> frozenset[Held]:
        """Return the involvements that follow from the thread; people brought in the others."""
        return frozenset(held for held in self.involved if held.reason != Reason.NOTIFIED)

    def derivation(self) -> Derivation | None:
        """Return the stored derivation, None when the case was never derived."""
        if self.state is None:
            return None
        return Derivation(
            self.state,
            self.runs,
            Counter(raised for _, raised in self.flags),
            self.derived_involved(),
            self.under_number,
        )


def rows_of(
    case_ids: Iterable[UUID],
    *,
    known_before: datetime | None = None,
    keys: Keys | None = None,
) -> dict[UUID, list[Row]]:
    """Return the events of cases by `seq`; only those recorded before a moment when asked.

    `keys` of the cases, where the caller has them already, open what is sealed.
    """
    wanted = list(case_ids)
    keys = case_keys(wanted) if keys is None else keys
    rows: dict[UUID, list[Row]] = {case_id: [] for case_id in wanted}
    ids: dict[UUID, int] = {}
    columns = ("seq", "id", "type", "on", "fields", "corrects_id", "organisation_id",
               "organisation_kind", "recorded_at")  # fmt: skip
    for case_id, seq, pk, type_, on, fields, corrects, *rest in _select(
        Event, columns, wanted, order="seq"
    ):
        ids[pk] = seq
        plain = open_event(keys.get(case_id), pk, loads(fields))
        row = Row(seq, pk, type_, on, plain, ids.get(corrects), *rest)
        if known_before is None or rest[-1] < known_before:
            rows[case_id].append(row)
    return rows


def kept_of(
    case_ids: Iterable[UUID], *, keys: Keys | None = None, as_derived: bool = False
) -> dict[UUID, Kept]:
    """Return what is stored about cases beside their events, in a fixed number of queries.

    With `as_derived` who is involved is who was on the day the case was derived for: a sharing
    that ran out by itself since then is still there, as it was for the derivation.
    """
    wanted = list(case_ids)
    keys = case_keys(wanted) if keys is None else keys
    kept = {case_id: Kept() for case_id in wanted}
    for case_id, *values in _select(CaseState, STATE_COLUMNS, wanted):
        facts, *others = map(loads, values[:JSON_COLUMNS])
        plain = open_facts(keys.get(case_id), facts)
        kept[case_id].state = State(plain, *others, *values[JSON_COLUMNS:])
    for case_id, key, pk, *values in _select(DutyRun, ("key", "id", *RUN_COLUMNS), wanted):
        kept[case_id].runs[key] = Run(*values)
        kept[case_id].run_ids[key] = pk
    for case_id, pk, *values in _select(FlagRun, ("id", *FLAG_COLUMNS), wanted):
        kept[case_id].flags.append((pk, Raised(*values)))
    now = clock.now()
    for case_id, pk, since, until, *values in _select(
        Involvement,
        ("id", "since", "until", *Held._fields),
        wanted,
        where=" AND (until IS NULL OR until > %s OR basis = ANY(%s)) AND user_id IS NULL",
        values=[now, LET_IN],
        order="since, id",
    ):
        held = Held(*values)
        state = kept[case_id].state if as_derived else None
        moment = min(now, _last_moment(state.derived_for)) if state else now
        if until is None or until > moment:
            kept[case_id].involved[held] = pk
        if held.basis in LET_IN:
            kept[case_id].guests.setdefault(held.organisation_id, since)
    for case_id, under_number, removed_at in Case.objects.filter(pk__in=wanted).values_list(
        "pk", "under_number", "person__removed_at"
    ):
        kept[case_id].under_number = under_number
        kept[case_id].removed = removed_at is not None
    return kept


def _last_moment(day: date) -> datetime:
    """Return the last moment of a legal day."""
    return clock.end_of(day) - timedelta(microseconds=1)


def _select(
    model: type[models.Model],
    columns: Sequence[str],
    case_ids: list[UUID],
    *,
    where: str = "",
    values: Sequence[Any] = (),
    order: str = "",
) -> list[tuple[Any, ...]]:
    """Return `case_id` and columns of the rows of cases; JSON comes as text.

    Plain SQL: this runs five times for every event that is recorded, and the query builder
    takes longer over it than the database.
    """
    names = ", ".join(f'"{name}"' for name in ("case_id", *columns))
    statement = f'SELECT {names} FROM "{model._meta.db_table}" WHERE case_id = ANY(%s)'  # noqa: S608 - names of our own columns
    statement += where
    if order:
        statement += f" ORDER BY {order}"
    with connection.cursor() as cursor:
        cursor.execute(statement, [case_ids, *values])
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def events_to_store(
    case_id: UUID,
    rows: Sequence[Row],
    new: Sequence[Row],
    user_ids: Mapping[int, UUID],
    key: DataKey,
) -> list[Event]:
    """Return the rows of the event table for new events of a thread, sealed with a key.

    The database's own clock says when they were recorded, unless a row says so itself or the
    program's clock is held still.
    """
    by_seq = {row.seq: row for row in rows}
    version = pack().header.version
    events = []
    for row in new:
        corrected = by_seq[row.corrects] if row.corrects is not None else None
        event = Event(
            id=row.id,
            case_id=case_id,
            seq=row.seq,
            type=row.type,
            on=row.on,
            recorded_by_id=user_ids[row.seq],
            organisation_id=row.organisation_id,
            organisation_kind=row.organisation_kind,
            category=category_of(row, by_seq),
            fields=seal_event(key, row.id, row.type, row.fields),
            corrects_id=corrected.id if corrected else None,
            pack_version=version,
        )
        moment = row.recorded_at or clock.held()
        if moment is not None:
            event.recorded_at = moment
        events.append(event)
    return events


# A notice holds while its run runs, to that day, with that owner (or with none: the notice then
# went to the coordination point). It comes back when the run does.
_HOLDS = """
EXISTS (
    SELECT FROM thread_dutyrun run
    WHERE run.case_id = notice.case_id AND run.key = notice.key AND run.state = 'running'
        AND run.due_on = notice.due_on
        AND coalesce(run.owner_id, notice.organisation_id) = notice.organisation_id
)
"""
_SETTLE = f"""
UPDATE thread_notice notice SET settled = NOT settled
WHERE notice.case_id = ANY(%s) AND notice.settled = {_HOLDS}
"""  # noqa: S608 - our own text
_WRONGLY_SETTLED = f"""
SELECT DISTINCT notice.case_id FROM thread_notice notice
WHERE notice.case_id = ANY(%s) AND notice.settled = {_HOLDS}
"""  # noqa: S608 - our own text


def settle_notices(case_ids: Iterable[UUID]) -> None:
    """Bring the notices of cases in line with the runs they are about."""
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE, [list(case_ids)])


def wrongly_settled(case_ids: Iterable[UUID]) -> set[UUID]:
    """Return the cases that have a notice which is not in line with its run."""
    with connection.cursor() as cursor:
        cursor.execute(_WRONGLY_SETTLED, [list(case_ids)])
        return {case_id for (case_id,) in cursor.fetchall()}


def write(
    changes: Mapping[UUID, tuple[Kept, Derivation]], *, keys: Keys | None = None
) -> set[UUID]:
    """Store derivations, touching only rows that differ; return the cases that changed.

    A case whose only change is the day it was derived for is not among them. Owners of duties
    come into their case, and leave it when they own nothing there any more.
    """
    _write_involvements(changes)
    _write_cases(changes)
    other_runs = _write_runs(changes)
    if other_runs:
        settle_notices(other_runs)
    keys = case_keys(changes) if keys is None else keys
    return _write_states(changes, keys) | other_runs | _write_flags(changes)


def state_columns(state: State, key: DataKey | None) -> dict[str, Any]:
    """Return the columns of a state, its identifying facts sealed; left out without a key."""
    columns = {name: getattr(state, name) for name in STATE_COLUMNS}
    return columns | {"facts": seal_facts(key, state.facts)}


def _write_states(changes: Mapping[UUID, tuple[Kept, Derivation]], keys: Keys) -> set[UUID]:
    changed = {}
    same: dict[tuple[object, ...], list[UUID]] = defaultdict(list)
    for case_id, (kept, fresh) in changes.items():
        if kept.state is None or _content(kept.state) != _content(fresh.state):
            changed[case_id] = fresh.state
        elif kept.state != fresh.state:
            mark = (fresh.state.derived_for, fresh.state.pack_version, fresh.state.seq)
            same[mark].append(case_id)
    CaseState.objects.bulk_create(
        [
            CaseState(case_id=case_id, **state_columns(state, keys.get(case_id)))
            for case_id, state in changed.items()
        ],
        update_conflicts=True,
        unique_fields=["case"],
        update_fields=list(STATE_COLUMNS),
    )
    for (day, version, seq), case_ids in same.items():
        CaseState.objects.filter(case_id__in=case_ids).update(
            derived_for=day, pack_version=version, seq=seq
        )
    return set(changed)


def _content(state: State) -> tuple[object, ...]:
    return (
        state.facts, state.origins, state.outcomes, state.refused, state.next_question,
    )  # fmt: skip


def _write_runs(changes: Mapping[UUID, tuple[Kept, Derivation]]) -> set[UUID]:
    gone: list[int] = []
    runs: list[DutyRun] = []
    changed: set[UUID] = set()
    for case_id, (kept, fresh) in changes.items():
        lost = [pk for key, pk in kept.run_ids.items() if key not in fresh.runs]
        made = [
            DutyRun(case_id=case_id, key=key, **run._asdict())
            for key, run in fresh.runs.items()
            if kept.runs.get(key) != run
        ]
        if lost or made:
            changed.add(case_id)
        gone += lost
        runs += made
    if gone:
        DutyRun.objects.filter(pk__in=gone).delete()
    DutyRun.objects.bulk_create(
        runs,
        update_conflicts=True,
        unique_fields=["case", "key"],
        update_fields=[name.removesuffix("_id") for name in RUN_COLUMNS],
    )
    return changed


def _write_flags(changes: Mapping[UUID, tuple[Kept, Derivation]]) -> set[UUID]:
    gone: list[int] = []
    flags: list[FlagRun] = []
    changed: set[UUID] = set()
    for case_id, (kept, fresh) in changes.items():
        missing = Counter(fresh.flags)
        for pk, raised in kept.flags:
            if missing[raised] > 0:
                missing[raised] -= 1
            else:
                gone.append(pk)
                changed.add(case_id)
        for raised in missing.elements():
            flags.append(FlagRun(case_id=case_id, **raised._asdict()))
            changed.add(case_id)
    if gone:
        FlagRun.objects.filter(pk__in=gone).delete()
    FlagRun.objects.bulk_create(flags)
    return changed


def _write_involvements(changes: Mapping[UUID, tuple[Kept, Derivation]]) -> None:
    """Begin and end the involvements that follow from the thread.

    Nothing is deleted: one that ends keeps its row, and reading back what one recorded is never
    ended.
    """
    ending: list[int] = []
    coming: list[Involvement] = []
    for case_id, (kept, fresh) in changes.items():
        ending += [
            pk
            for held, pk in kept.involved.items()
            if (held.reason in FOLLOWING or held.basis == Basis.LEGAL_DUTY)
            and held.reason != Reason.NOTIFIED
            and held not in fresh.involved
        ]
        coming += involvements(case_id, sorted(fresh.involved - kept.involved.keys()))
    now = clock.now()
    if ending:
        Involvement.objects.filter(
            Q(until__isnull=True) | Q(until__gt=now), pk__in=ending
        ).update(until=Greatest(Value(now), F("since")))
    Involvement.objects.bulk_create(coming, ignore_conflicts=True)


def involvements(case_id: UUID, held: Iterable[Held]) -> list[Involvement]:
    """Return rows for involvements that follow from the thread, with all their categories."""
    return [
        Involvement(
            case_id=case_id,
            **each._asdict(),
            categories=list(purpose_of(each.purpose).categories),
            since=clock.now(),
        )
        for each in held
    ]


def _write_cases(changes: Mapping[UUID, tuple[Kept, Derivation]]) -> None:
    for hidden in (True, False):
        wrong = [
            case_id
            for case_id, (kept, fresh) in changes.items()
            if fresh.under_number is hidden and kept.under_number is not hidden
        ]
        if wrong:
            Case.objects.filter(pk__in=wrong).update(under_number=hidden)
