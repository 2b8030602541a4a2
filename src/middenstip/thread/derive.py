# SPDX-License-Identifier: EUPL-1.2
"""From a thread to what follows from it. Pure: no database, no clock.

The same thread, parties and day always give the same derivation: `thread.rebuild` rests on
that.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

from middenstip.access.purposes import OWN_RECORD, duty_purposes, register_purpose
from middenstip.rules.assess import assess
from middenstip.rules.fold import corrected_thread
from middenstip.rules.results import Assessment, DutyResult, ThreadEvent
from middenstip.thread.country import (
    COMPLAINT,
    CORRECTED,
    NOTIFIED,
    UNDER_NUMBER,
    pack,
)
from middenstip.thread.values import from_rules

# The language does not matter for what is stored (ids only), but an assessment needs one.
LANGUAGE = "nl"

# Who was let in by consent of the person or without it, since when first; also if that ended.
Guests = Mapping[UUID, datetime]
NO_GUESTS: Guests = MappingProxyType({})


class Row(NamedTuple):
    """An event as it stands in the thread; `corrects` is the `seq` it corrects."""

    seq: int
    id: UUID
    type: str
    on: date
    fields: Mapping[str, Any]
    corrects: int | None
    organisation_id: UUID
    organisation_kind: str
    recorded_at: datetime | None


class Run(NamedTuple):
    """A run of a duty as it is stored, without case and key."""

    duty: str
    need: str
    owner_kind: str
    owner_id: UUID | None
    starts_on: date | None
    due_on: date | None
    met_on: date | None
    state: str
    basis: str
    started_by: int | None
    category: str


class Raised(NamedTuple):
    """A flag as it is stored, without case."""

    flag: str
    rule: str
    since: date | None
    event: int | None
    category: str


class Held(NamedTuple):
    """An involvement that follows from the thread: who, for which purpose, why."""

    organisation_id: UUID
    purpose: str
    basis: str
    reason: str


@dataclass(frozen=True, slots=True)
class State:
    """What is known and which outcomes follow, ready for JSON."""

    facts: dict[str, Any]
    origins: dict[str, str]
    outcomes: dict[str, dict[str, Any]]
    refused: list[int]
    next_question: str
    derived_for: date
    pack_version: str
    seq: int


@dataclass(frozen=True, slots=True)
class Derivation:
    """All that is stored about a case beside its events."""

    state: State
    runs: dict[str, Run]
    flags: Counter[Raised] = field(default_factory=Counter)
    involved: frozenset[Held] = frozenset()
    under_number: bool = False

    def owners(self) -> set[UUID]:
        """Return the organisations that own a run, in whatever state it is."""
        return {run.owner_id for run in self.runs.values() if run.owner_id is not None}


def as_thread(rows: Iterable[Row]) -> list[ThreadEvent]:
    """Return rows, ordered by `seq`, as the rules want them; an event's id is its `seq`.

    A correction holds from the day of what it corrects (or puts in its place): a past day is
    then seen with everything that is known now. What was known earlier is asked by leaving out
    the rows that were recorded later.
    """
    return [
        ThreadEvent(
            id=row.seq,
            type=row.type,
            on=row.on,
            fields=(
                {"corrects": row.corrects, "replaced_by": row.fields["replaced_by"]}
                if row.type == CORRECTED
                else dict(row.fields)
            ),
        )
        for row in rows
    ]


def assess_rows(rows: Sequence[Row], *, on: date, lang: str = LANGUAGE) -> Assessment:
    """Return the assessment of a thread on a day, under the law of that day."""
    return assess(pack(), facts={}, events=as_thread(rows), on=on, lang=lang)


def derive(
    rows: Sequence[Row],
    *,
    involved: Sequence[UUID],
    active: Mapping[UUID, str],
    day: date,
    guests: Guests = NO_GUESTS,
    removed: bool = False,
) -> Derivation:
    """Return everything that is stored about a case, as it is on a day.

    `involved`: organisations brought into the case other than by an event of their own, in the
    order in which they came; `active`: every active organisation with its kind (others own
    nothing); `guests`: see `Guests`. Of who was `removed` nothing must be done any more: no
    duty runs.
    """
    assessment = assess_rows(rows, on=day)
    found = derivation_of(assessment, rows, involved=involved, active=active, guests=guests)
    if not removed:
        return found
    ended = {
        key: run._replace(state="void") if run.state == "running" else run
        for key, run in found.runs.items()
    }
    return replace(found, runs=ended)


def derivation_of(
    assessment: Assessment,
    rows: Sequence[Row],
    *,
    involved: Sequence[UUID],
    active: Mapping[UUID, str],
    guests: Guests = NO_GUESTS,
) -> Derivation:
    """Return what is stored for an assessment of these rows that was made already."""
    choose = _Owners(rows, involved, active)
    runs = {duty.key: _run(duty, choose) for duty in assessment.duties}
    happened = [event for _, event in corrected_thread(as_thread(rows), assessment.on)]
    return Derivation(
        state=State(
            facts={name: from_rules(value) for name, value in assessment.facts.items()},
            origins=dict(assessment.origins),
            outcomes={
                scheme.id: {"outcome": scheme.outcome, "missing": list(scheme.missing)}
                for scheme in assessment.schemes
            },
            refused=sorted({int(refusal.event) for refusal in assessment.refused}),
            next_question=assessment.next_question or "",
            derived_for=assessment.on,
            pack_version=assessment.pack_version,
            seq=rows[-1].seq if rows else 0,
        ),
        runs=runs,
        flags=Counter(
            Raised(
                flag.id, flag.rule, flag.since, _seq(flag.event), pack().flags[flag.id].category
            )
            for flag in assessment.flags
        ),
        involved=frozenset(
            _involved(
                recorders={row.organisation_id: row.organisation_kind for row in rows},
                guests=_still_guests(rows, guests),
                owners={run.owner_id for run in runs.values() if run.owner_id is not None},
                registered=any(event.type == NOTIFIED for event in happened),
                active=active,
            )
        ),
        under_number=any(
            event.type == COMPLAINT and event.fields.get(UNDER_NUMBER) is True
            for event in happened
        ),
    )


def _involved(
    *,
    recorders: Mapping[UUID, str],
    guests: set[UUID],
    owners: set[UUID],
    registered: bool,
    active: Mapping[UUID, str],
) -> Iterator[Held]:
    """Yield the involvements that follow from the thread.

    Who recorded something reads that back; it, and who owns a duty, act by their own statutory
    task, where their kind has one; who keeps the register sees what was notified. Who was let
    in (`guests`) does not come to see more, or for longer, by recording something.
    """
    for organisation_id, kind in recorders.items():
        yield Held(organisation_id, OWN_RECORD, OWN_RECORD, "own_record")
        for purpose in duty_purposes(kind) if organisation_id not in guests else ():
            yield Held(organisation_id, purpose, "legal_duty", "own_record")
    for organisation_id in owners - (recorders.keys() - guests):
        for purpose in duty_purposes(active[organisation_id]):
            yield Held(organisation_id, purpose, "legal_duty", "duty_owner")
    register = register_purpose()
    for organisation_id, kind in active.items() if registered else ():
        if kind in pack().purposes[register].organisation_kinds:
            yield Held(organisation_id, register, "legal_duty", "register")


def _still_guests(rows: Sequence[Row], guests: Guests) -> set[UUID]:
    """Return who recorded nothing before they were let in; who opened the case never is one."""
    first: dict[UUID, datetime | None] = {}
    for row in rows:
        first.setdefault(row.organisation_id, row.recorded_at)
    opener = rows[0].organisation_id if rows else None
    found = set()
    for organisation_id, let_in in guests.items():
        recorded = first.get(organisation_id)
        if organisation_id != opener and (recorded is None or let_in <= recorded):
            found.add(organisation_id)
    return found


class _Owners:
    """Chooses the organisation that must act: see `of`."""

    def __init__(
        self, rows: Sequence[Row], involved: Sequence[UUID], active: Mapping[UUID, str]
    ) -> None:
        self.active = active
        self.recorder = {row.seq: row.organisation_id for row in rows}
        self.first: dict[str, UUID] = {}
        for organisation_id in (*self.recorder.values(), *involved):
            if kind := active.get(organisation_id):
                self.first.setdefault(kind, organisation_id)

    def of(self, kind: str, started_by: int | None) -> UUID | None:
        """Return the organisation of this kind that recorded the start, else that was in the
        case first, else the only one there is, if it acts by a statutory task (others need the
        person's consent first); None when nobody can be named.
        """
        recorder = self.recorder.get(started_by) if started_by is not None else None
        if recorder is not None and self.active.get(recorder) == kind:
            return recorder
        if kind in self.first:
            return self.first[kind]
        if not duty_purposes(kind):
            return None
        candidates = [pk for pk, other in self.active.items() if other == kind]
        return candidates[0] if len(candidates) == 1 else None


def _run(duty: DutyResult, owners: _Owners) -> Run:
    started_by = _seq(duty.started_by)
    running = duty.state in {"open", "overdue"}
    return Run(
        duty=duty.id,
        need=duty.need,
        owner_kind=duty.owner,
        owner_id=owners.of(duty.owner, started_by),
        starts_on=duty.starts_on,
        due_on=duty.due_on,
        met_on=duty.met_on,
        state="running" if running else duty.state,
        basis=duty.basis,
        started_by=started_by,
        category=pack().duties[duty.id].category,
    )


def _seq(event: int | str | None) -> int | None:
    return None if event is None else int(event)


def differences(stored: Derivation, fresh: Derivation) -> list[str]:
    """Return in words where two derivations of one case differ; empty when they are equal.

    Names facts, schemes, duties and flags, never their values: these may be about a person.
    """
    found = [
        f"{name}: stored and fresh differ"
        for name in State.__dataclass_fields__
        if name not in {"facts", "origins", "outcomes"}
        and getattr(stored.state, name) != getattr(fresh.state, name)
    ]
    for name in ("facts", "origins", "outcomes"):
        found += _dict_differences(
            name, getattr(stored.state, name), getattr(fresh.state, name)
        )
    for key in sorted(stored.runs.keys() | fresh.runs.keys()):
        old, new = stored.runs.get(key), fresh.runs.get(key)
        if old is None or new is None:
            found.append(f"duty {key}: {'missing' if old is None else 'not derived any more'}")
        elif old != new:
            parts = [n for n, a, b in zip(Run._fields, old, new, strict=True) if a != b]
            found.append(f"duty {key}: {', '.join(parts)} differ")
    for flag in sorted((stored.flags - fresh.flags) | (fresh.flags - stored.flags), key=str):
        found.append(
            f"flag {flag.flag}: stored {stored.flags[flag]} times, derived {fresh.flags[flag]}"
        )
    if stored.involved != fresh.involved:
        found.append("involved: not those that follow from the thread")
    if stored.under_number != fresh.under_number:
        found.append("under number: stored and fresh differ")
    return found


def _dict_differences(
    name: str, stored: Mapping[str, object], fresh: Mapping[str, object]
) -> list[str]:
    keys = sorted(stored.keys() | fresh.keys())
    return [f"{name}.{key} differs" for key in keys if stored.get(key) != fresh.get(key)]
