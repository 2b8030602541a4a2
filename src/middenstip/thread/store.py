# SPDX-License-Identifier: EUPL-1.2
"""Threads and derivations in and out of the database, for one case or for many at once.

Nothing here asks for rights: services and selectors do. Everything that is read for a batch is
read with a fixed number of queries.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from middenstip import clock
from middenstip.access.selectors import organisations
from middenstip.thread.checks import category_of
from middenstip.thread.country import pack
from middenstip.thread.derive import Derivation, Party, Raised, Row, Run, State
from middenstip.thread.models import (
    CaseState,
    DutyRun,
    Event,
    FlagRun,
    Involvement,
    Reason,
)

STATE_COLUMNS = tuple(State.__dataclass_fields__)
RUN_COLUMNS = Run._fields
FLAG_COLUMNS = Raised._fields


@dataclass(slots=True)
class Kept:
    """What is stored about a case beside its events. Numbers are primary keys."""

    state: State | None = None
    runs: dict[str, Run] = field(default_factory=dict)
    run_ids: dict[str, int] = field(default_factory=dict)
    flags: list[tuple[int, Raised]] = field(default_factory=list)
    involved: list[tuple[Party, str]] = field(default_factory=list)

    def parties(self) -> list[Party]:
        """Return who was brought in by others, those chosen by people first."""
        order = {Reason.NOTIFIED.value: 0, Reason.DUTY_OWNER.value: 1}
        chosen = [pair for pair in self.involved if pair[1] in order]
        return [party for party, reason in sorted(chosen, key=lambda pair: order[pair[1]])]

    def reason(self, organisation_id: UUID) -> str | None:
        """Return why an organisation is involved, None when it is not."""
        return next((why for who, why in self.involved if who.id == organisation_id), None)

    def derivation(self) -> Derivation | None:
        """Return the stored derivation, None when the case was never derived."""
        if self.state is None:
            return None
        return Derivation(self.state, self.runs, Counter(raised for _, raised in self.flags))


def rows_of(
    case_ids: Iterable[UUID], *, known_before: datetime | None = None
) -> dict[UUID, list[Row]]:
    """Return the events of cases by `seq`; only those recorded before a moment when asked."""
    wanted = list(case_ids)
    found = Event.objects.filter(case_id__in=wanted).order_by("case_id", "seq")
    if known_before is not None:
        found = found.filter(recorded_at__lt=known_before)
    rows: dict[UUID, list[Row]] = {case_id: [] for case_id in wanted}
    for case_id, *values in found.values_list(
        "case_id", "seq", "id", "type", "on", "fields", "corrects__seq", "organisation_id",
        "organisation_kind", "recorded_at",
    ):  # fmt: skip
        rows[case_id].append(Row(*values))
    return rows


def kept_of(case_ids: Iterable[UUID]) -> dict[UUID, Kept]:
    """Return what is stored about cases beside their events, in four queries."""
    wanted = list(case_ids)
    kept = {case_id: Kept() for case_id in wanted}
    of_cases = Q(case_id__in=wanted)
    for case_id, *values in CaseState.objects.filter(of_cases).values_list(
        "case_id", *STATE_COLUMNS
    ):
        kept[case_id].state = State(*values)
    for case_id, key, pk, *values in DutyRun.objects.filter(of_cases).values_list(
        "case_id", "key", "id", *RUN_COLUMNS
    ):
        kept[case_id].runs[key] = Run(*values)
        kept[case_id].run_ids[key] = pk
    for case_id, pk, *values in FlagRun.objects.filter(of_cases).values_list(
        "case_id", "id", *FLAG_COLUMNS
    ):
        kept[case_id].flags.append((pk, Raised(*values)))
    for case_id, organisation_id, kind, reason in (
        Involvement.objects.filter(of_cases)
        .order_by("since", "id")
        .values_list("case_id", "organisation_id", "organisation__kind", "reason")
    ):
        kept[case_id].involved.append((Party(organisation_id, kind), reason))
    return kept


def active_parties() -> list[Party]:
    """Return every active organisation."""
    return [Party(*v) for v in organisations().order_by("id").values_list("id", "kind")]


def events_to_store(
    case_id: UUID, rows: Sequence[Row], new: Sequence[Row], user_ids: Mapping[int, UUID]
) -> list[Event]:
    """Return the rows of the event table for new events of a thread.

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
            category=category_of(row, corrected),
            fields=dict(row.fields),
            corrects_id=corrected.id if corrected else None,
            pack_version=version,
        )
        moment = row.recorded_at or clock.held()
        if moment is not None:
            event.recorded_at = moment
        events.append(event)
    return events


def write(changes: Mapping[UUID, tuple[Kept, Derivation]]) -> set[UUID]:
    """Store derivations, touching only rows that differ; return the cases that changed.

    A case whose only change is the day it was derived for is not among them. Owners of duties
    come into their case, and leave it when they own nothing there any more.
    """
    _write_involvements(changes)
    return _write_states(changes) | _write_runs(changes) | _write_flags(changes)


def _write_states(changes: Mapping[UUID, tuple[Kept, Derivation]]) -> set[UUID]:
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
            CaseState(case_id=case_id, **{name: getattr(state, name) for name in STATE_COLUMNS})
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
    leaving = Q()
    coming: list[Involvement] = []
    for case_id, (kept, fresh) in changes.items():
        owners = fresh.owners()
        known = {party.id for party, _ in kept.involved}
        idle = [
            party.id
            for party, reason in kept.involved
            if reason == Reason.DUTY_OWNER and party.id not in owners
        ]
        if idle:
            leaving |= Q(case_id=case_id, organisation_id__in=idle)
        coming += [
            Involvement(case_id=case_id, organisation_id=owner, reason=Reason.DUTY_OWNER)
            for owner in sorted(owners - known)
        ]
    if leaving:
        Involvement.objects.filter(leaving, reason=Reason.DUTY_OWNER).delete()
    Involvement.objects.bulk_create(coming, ignore_conflicts=True)
