# SPDX-License-Identifier: EUPL-1.2
"""The whole register compared with itself, as far as one actor may know who people are.

Reads and writes in short transactions; in between it only calculates. What it finds stands on
the list of pairs to decide about. Nothing is decided and nothing is shown here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from middenstip import clock
from middenstip.access.acting import as_actor
from middenstip.access.actors import Actor
from middenstip.audit.looks import looked
from middenstip.linkage import weights
from middenstip.linkage.known import files_of
from middenstip.linkage.selectors import may_decide
from middenstip.linkage.services import Alike, forget_likenesses, keep_likenesses
from middenstip.matching.engine import match
from middenstip.matching.records import Person
from middenstip.matching.weights import Weights
from middenstip.thread.errors import NotAllowed
from middenstip.thread.visibility import named_cases

Progress = Callable[[str, int, int], None]  # what is done, how far, of how much
READING, COMPARING, STORING = "reading", "comparing", "storing"
AT_ONCE = 500
EVEN = 0.0  # log-odds: as likely one person as two


@dataclass(frozen=True, slots=True)
class Searched:
    """How many persons were compared, and how many pairs were alike and now stand stored."""

    persons: int
    pairs: int


def search(*, actor: Actor, above: float = EVEN, progress: Progress) -> Searched:
    """Compare everybody whom the actor may know by name, and store the pairs scored ``above``.

    ``above`` in log-odds. What stood of the same pairs is replaced, and pairs that stood above
    it and are alike no more are forgotten. Each file that is read is told to the read log.
    NotAllowed for who may not decide about pairs.
    """
    began = clock.now()
    persons = whole_register(actor=actor, progress=progress)
    progress(COMPARING, 0, 1)
    found = _alike(persons, weights.current(), above)
    progress(COMPARING, 1, 1)
    stored = 0
    for start in range(0, len(found), AT_ONCE):
        part = found[start : start + AT_ONCE]
        stored += keep_likenesses(actor=actor, found=part)
        progress(STORING, start + len(part), len(found))
    forget_likenesses(actor=actor, above=above, before=began)
    return Searched(len(persons), stored)


def whole_register(*, actor: Actor, progress: Progress) -> list[Person]:
    """Return everybody whom the actor may know by name, cut to what the actor may see.

    One record for each person, of the file opened last; `rec_id` is the id of the person.
    NotAllowed for who may not decide about pairs.
    """
    cases = _case_ids(actor=actor)
    found: dict[str, Person] = {}
    for start in range(0, len(cases), AT_ONCE):
        part = cases[start : start + AT_ONCE]
        for person in _read(actor=actor, cases=part):
            found.setdefault(person.rec_id, person)
        progress(READING, start + len(part), len(cases))
    return sorted(found.values(), key=lambda person: person.rec_id)


@as_actor
def _case_ids(*, actor: Actor) -> list[UUID]:
    if not may_decide(actor):
        raise NotAllowed(
            "this organisation does not decide whether two files are of one person"
        )
    found = named_cases(actor).filter(person__identity__isnull=False)
    return list(found.order_by("-opened_on", "pk").values_list("pk", flat=True))


@as_actor
def _read(*, actor: Actor, cases: Sequence[UUID]) -> list[Person]:
    place = {case_id: i for i, case_id in enumerate(cases)}
    files = sorted(files_of(actor, pk__in=cases), key=lambda file: place[file.case_id])
    categories = {category for file in files for category in file.known.categories}
    looked(actor=actor, cases=[file.case_id for file in files], categories=categories)
    return [file.known.cut(str(file.person_id)) for file in files]


def _alike(persons: Sequence[Person], used: Weights, above: float) -> list[Alike]:
    """Return the pairs scored above, the most alike first."""
    scored = match(persons, used)
    best = np.argsort(-scored.score, kind="stable")
    best = best[scored.score[best] > above]
    columns = (column[best].tolist() for column in (scored.a, scored.b, scored.score))
    return [
        Alike(UUID(persons[a].rec_id), UUID(persons[b].rec_id), score, used.name)
        for a, b, score in zip(*columns, strict=True)
    ]
