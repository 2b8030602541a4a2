# SPDX-License-Identifier: EUPL-1.2
"""Which earlier files may be of the same person, with what speaks for and against each.

Keyed tokens find at most a few thousand persons; of those whom the actor may know by name some
150 are read and compared in full (`middenstip.matching`). Nothing here decides anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np

from middenstip.access.acting import as_actor
from middenstip.access.actors import Actor
from middenstip.linkage.evidence import Reasons, Side, reasons
from middenstip.linkage.known import (
    File,
    Known,
    Row,
    files_of,
    frequencies,
    opened,
    rows_of,
    searched,
    stated,
)
from middenstip.linkage.selectors import VerdictView, standing_with
from middenstip.linkage.weights import current
from middenstip.matching.engine import score_own
from middenstip.matching.explain import explain
from middenstip.matching.records import Person
from middenstip.matching.table import Frequencies, Table
from middenstip.matching.weights import Weights
from middenstip.thread.errors import NotThere
from middenstip.thread.records import NewIdentity
from middenstip.thread.visibility import look, named_cases
from middenstip.vault.services import nearest_by_tokens

BEST = 10
LOOK_AT = 150
AT_ONCE = 600  # found persons of whom it is asked at once whether the actor may know them
LEAST = -4.6  # log-odds of one in a hundred: what speaks for less is no candidate
_ASKED = "asked"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An earlier file that may be of the same person.

    `score` in log-odds, for services and never shown; `reasons` what speaks for and against, in
    words; `verdict` what holds between the two, where a case was asked for.
    """

    case_id: UUID
    person_id: UUID
    pseudonym: str
    opened_on: date
    opened_by: str
    score: float
    reasons: Reasons = field(repr=False)
    verdict: VerdictView | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two files side by side: `score` in log-odds as in `Candidate`, `reasons` kind by kind."""

    one: File
    two: File
    score: float
    reasons: Reasons = field(repr=False)


@as_actor
def candidates(
    *,
    actor: Actor,
    identity: NewIdentity | None,
    facts: Mapping[str, Any] | None = None,
    limit: int = BEST,
    leave_out: UUID | None = None,
) -> list[Candidate]:
    """Return the files that may be of a person not in the register yet, the likeliest first.

    Of `facts` the keys birth_date, sex and nationalities count. Only files of which the actor
    may know who it is, compared by what the actor may see of each; the case `leave_out` is none
    of them. Each that is returned is told to the read log. Nothing known finds nobody.
    """
    asked = stated(asdict(identity) if identity else {}, facts or {})
    return _candidates(actor, asked, limit, {leave_out} if leave_out else set(), None)


@as_actor
def candidates_for_case(*, actor: Actor, case_id: UUID, limit: int = BEST) -> list[Candidate]:
    """Return the other files that may be of the person of a case, as `candidates`.

    Each with what was decided about it. NotThere when the actor may not know who the person of
    the case is.
    """
    asked = _file(actor, case_id)
    look(actor, case_id, asked.known.categories)
    same = set(named_cases(actor).filter(person=asked.person_id).values_list("pk", flat=True))
    return _candidates(actor, asked.known, limit, same, asked.person_id)


@as_actor
def may_compare(*, actor: Actor, case_id: UUID) -> bool:
    """Tell whether the actor may look for other files of the person of a case: it may know who
    that is, and somebody does.
    """
    named = named_cases(actor).filter(pk=case_id, person__identity__isnull=False)
    return named.filter(person__removed_at__isnull=True).exists()


@as_actor
def compared(*, actor: Actor, one: UUID, two: UUID) -> Comparison:
    """Return two files side by side, compared by what the actor may see of both.

    NotThere when the actor may not know who one of them is, or both are of one record.
    """
    first, second = _file(actor, one), _file(actor, two)
    if first.person_id == second.person_id:
        raise NotThere
    for each in (first, second):
        look(actor, each.case_id, each.known.categories)
    asked = first.known.cut(_ASKED)
    record = second.known.beside(first.known).cut(str(second.case_id))
    counts = frequencies([asked, record], [first.known, second.known])
    evidence = explain(asked, record, counts, weights())
    said = reasons(evidence, Side.of(first.known), Side.of(second.known))
    return Comparison(first, second, evidence.score, said)


def weights() -> Weights:
    """Return the weights that files are compared with."""
    return current()


def _file(actor: Actor, case_id: UUID) -> File:
    found = files_of(actor, pk=case_id)
    if not found:
        raise NotThere
    return found[0]


def _candidates(
    actor: Actor, asked: Known, limit: int, leave_out: set[UUID], person_id: UUID | None
) -> list[Candidate]:
    files = _nearest(actor, asked, leave_out)
    if not files:
        return []
    record = asked.cut(_ASKED)
    records = [file.known.beside(asked).cut(str(file.case_id)) for file in files]
    counts = frequencies([record, *records], [asked, *(file.known for file in files)])
    scores = _scores(record, records, counts)
    order = [int(i) for i in np.argsort(-scores, kind="stable") if scores[i] >= LEAST][:limit]
    chosen = [(files[i], records[i], float(scores[i])) for i in order]
    verdicts: dict[UUID, VerdictView] = {}
    if person_id is not None:
        persons = [file.person_id for file, *_rest in chosen]
        verdicts = standing_with(actor=actor, person_id=person_id, persons=persons)
    return [
        _candidate(actor, asked, record, each, counts, verdicts.get(each[0].person_id))
        for each in chosen
    ]


def _nearest(actor: Actor, asked: Known, leave_out: set[UUID]) -> list[File]:
    """Return the files worth comparing that the actor may know, at most LOOK_AT.

    Who may not be known takes no place from who may.
    """
    persons = nearest_by_tokens(searched(asked))
    chosen: list[Row] = []
    for start in range(0, len(persons), AT_ONCE):
        place = {person: i for i, person in enumerate(persons[start : start + AT_ONCE])}
        found = rows_of(actor, person_id__in=list(place))
        kept = [row for row in found if row[0] not in leave_out]
        chosen += sorted(kept, key=lambda row: (place[row[1]], row[0]))
        if len(chosen) >= LOOK_AT:
            break
    return opened(actor, chosen[:LOOK_AT])


def _scores(
    asked: Person, records: Sequence[Person], counts: Frequencies
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    table = Table([asked, *records], counts)
    places = np.arange(1, len(records) + 1, dtype=np.int64)
    return score_own(table, np.zeros(len(records), dtype=np.int64), places, weights())


def _candidate(
    actor: Actor,
    asked: Known,
    record: Person,
    found: tuple[File, Person, float],
    counts: Frequencies,
    verdict: VerdictView | None,
) -> Candidate:
    file, theirs, score = found
    look(actor, file.case_id, file.known.categories)
    evidence = explain(record, theirs, counts, weights())
    return Candidate(
        file.case_id,
        file.person_id,
        file.pseudonym,
        file.opened_on,
        file.opened_by,
        score,
        reasons(evidence, Side.of(asked), Side.of(file.known)),
        verdict,
    )
