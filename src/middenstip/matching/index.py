# SPDX-License-Identifier: EUPL-1.2
"""Look up one person among all records: the few that may be the same, with the reasons.

    index = Index(persons, shipped())
    for found in index.find(person, best=10):
        found.rec_id, found.chance, found.evidence()

The index is a picture of the register at one moment. `add` makes a later record findable at
once, without counting it for rarity.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from middenstip.matching.also import ColumnWeights, contribution, learn_columns, levels_of
from middenstip.matching.blocking import Blocking
from middenstip.matching.engine import score_own
from middenstip.matching.explain import Evidence, explain
from middenstip.matching.records import Person
from middenstip.matching.table import Frequencies, Ints, Table
from middenstip.matching.weights import Weights

_REBUILD_AFTER = 500  # records added later that are still looked through one by one
_NONE: Ints = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Found:
    """One record that may be the person asked for; ``score`` is in log-odds."""

    rec_id: str
    score: float
    asked: Person
    record: Person
    counts: Frequencies
    weights: Weights

    @property
    def chance(self) -> float:
        """Return the score between 0 and 1."""
        return float(1 / (1 + np.exp(-np.clip(self.score, -40, 40))))

    def evidence(self) -> Evidence:
        """Return what speaks for and against, kind by kind; further columns left out."""
        return explain(self.asked, self.record, self.counts, self.weights)


class Index:
    """Records that can be looked through for one person in milliseconds."""

    def __init__(
        self, persons: Sequence[Person], weights: Weights, also: Sequence[str] = ()
    ) -> None:
        self.weights, self.also = weights, tuple(also)
        self._persons = list(persons)
        self._later: list[int] = []
        self._rebuild()

    def _rebuild(self) -> None:
        self.counts = Frequencies.of(self._persons)
        self._blocking = Blocking(self._persons)
        self._columns: list[ColumnWeights] = []
        if self.also:
            table = Table(self._persons, self.counts)
            self._columns = learn_columns(table, self.also, _NONE, _NONE, np.zeros(0))
        self._later = []

    def __len__(self) -> int:
        return len(self._persons)

    def add(self, person: Person) -> None:
        """Make one more record findable. After 500 the index is made anew."""
        self._later.append(len(self._persons))
        self._persons.append(person)
        if len(self._later) > _REBUILD_AFTER:
            self._rebuild()

    def find(self, asked: Person, best: int = 10, look_at: int = 80) -> list[Found]:
        """Return the records that may be the person, the likeliest first.

        ``look_at`` records share most with what is asked and are compared in full. The record
        with the same rec_id is left out. A person of whom nothing is known finds nobody.
        """
        rows = self._blocking.candidates(asked, max(look_at, best)).tolist() + self._later
        near = [self._persons[row] for row in rows]
        near = [person for person in near if person.rec_id != asked.rec_id]
        if not near:
            return []
        table = Table([asked, *near], self.counts)
        b = np.arange(1, len(near) + 1, dtype=np.int64)
        a = np.zeros(len(near), dtype=np.int64)
        score = score_own(table, a, b, self.weights)
        for i, learnt in enumerate(self._columns):
            score += contribution(table, i, learnt, a, levels_of(table, i, a, b))
        order = np.argsort(-score, kind="stable")[:best]
        return [
            Found(near[i].rec_id, float(score[i]), asked, near[i], self.counts, self.weights)
            for i in order
        ]
