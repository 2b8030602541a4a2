# SPDX-License-Identifier: EUPL-1.2
"""Deriving the whole register anew: as days pass, after a change of the pack, or to check.

Works in small batches, each under the locks of its cases for a moment only, so that people go
on recording meanwhile.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from middenstip.access.selectors import active_kinds
from middenstip.thread import store
from middenstip.thread.derive import Row, derive, differences
from middenstip.thread.models import Case
from middenstip.thread.services import rederive_locked

BATCH = 100
Progress = Callable[[int], None]
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Outcome:
    """How many cases were looked at, how many changed, and which could not be derived."""

    cases: int = 0
    changed: int = 0
    failed: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """One way in which a stored derivation is not what its thread says."""

    case_id: UUID
    what: str


def count(case_ids: Sequence[UUID] | None = None) -> int:
    """Return the number of cases that `rederive` and `check` would look at."""
    return _wanted(case_ids).count()


def rederive(
    day: date,
    *,
    case_ids: Sequence[UUID] | None = None,
    only_older: bool = False,
    progress: Progress | None = None,
) -> Outcome:
    """Derive all cases (or some) for a day and store what differs.

    With `only_older` a case that was derived for this day already is passed over: a run that
    stopped half-way goes on where it was. A case that fails is logged by its id, stays as it
    was, and does not keep the others from going on.
    """
    outcome = Outcome()
    older = Q(state__isnull=True) | Q(state__derived_for__lt=day) if only_older else Q()
    for batch in _batches(case_ids, older):
        try:
            outcome.changed += _rederive_batch(batch, day)
        except Exception:
            for case_id in batch:
                _rederive_one(case_id, day, outcome)
        outcome.cases += len(batch)
        if progress:
            progress(len(batch))
    return outcome


def check(
    *, case_ids: Sequence[UUID] | None = None, progress: Progress | None = None
) -> Iterator[Difference]:
    """Compare every stored derivation with a fresh one for the day it was derived for.

    Yields each difference: of facts, outcomes, duties, flags, of who is involved, of the
    numbering of events, and of notices that do not fit their duty. Names no value: it may be
    about a person. Changes nothing.
    """
    for batch in _batches(case_ids, Q()):
        with transaction.atomic():
            versions = _locked(batch)
            rows = store.rows_of(batch)
            kept = store.kept_of(batch, as_derived=True)
            active = active_kinds()
            wrong = store.wrongly_settled(batch)
            found = [
                Difference(case_id, what)
                for case_id in batch
                for what in _differences(
                    versions[case_id], rows[case_id], kept[case_id], active
                )
            ]
            found += [
                Difference(case_id, "notices: not in line with their duty")
                for case_id in sorted(wrong)
            ]
        yield from found
        if progress:
            progress(len(batch))


def _rederive_batch(batch: Sequence[UUID], day: date) -> int:
    with transaction.atomic():
        _locked(batch)
        changed = rederive_locked(batch, day)
        store.settle_notices(batch)
        return len(changed)


def _rederive_one(case_id: UUID, day: date, outcome: Outcome) -> None:
    try:
        outcome.changed += _rederive_batch([case_id], day)
    except Exception as error:
        # The id and the kind of error only: the message may hold what is in the thread.
        _log.error("case %s could not be derived: %s", case_id, type(error).__name__)
        outcome.failed += (case_id,)


def _differences(
    version: int, rows: Sequence[Row], kept: store.Kept, active: Mapping[UUID, str]
) -> Iterator[str]:
    if [row.seq for row in rows] != list(range(1, version + 1)):
        yield "events: not numbered 1 to the version of the case"
    stored = kept.derivation()
    if stored is None:
        yield "was never derived"
        return
    day = stored.state.derived_for
    fresh = derive(
        rows,
        involved=kept.brought_in(),
        active=active,
        day=day,
        guests=kept.guests,
        removed=kept.removed,
    )
    yield from differences(stored, fresh)
    if not fresh.owners() <= {held.organisation_id for held in kept.involved}:
        yield "involved: an owner of a duty is missing"


def _wanted(case_ids: Sequence[UUID] | None) -> QuerySet[Case]:
    return Case.objects.all() if case_ids is None else Case.objects.filter(pk__in=case_ids)


def _batches(case_ids: Sequence[UUID] | None, condition: Q) -> Iterator[list[UUID]]:
    """Yield ids in order; each batch is asked anew, so that no long query is open."""
    cases = _wanted(case_ids).filter(condition).order_by("pk").values_list("pk", flat=True)
    batch = list(cases[:BATCH])
    while batch:
        yield batch
        batch = list(cases.filter(pk__gt=batch[-1])[:BATCH])


def _locked(batch: Sequence[UUID]) -> dict[UUID, int]:
    """Lock cases, always in the same order, and return their versions."""
    found = Case.objects.select_for_update().filter(pk__in=batch).order_by("pk")
    return dict(found.values_list("pk", "version"))
