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
from threading import Lock

import numpy as np

from middenstip.matching.also import ColumnWeights, contribution, learn_columns, levels_of
from middenstip.matching.blocking import Blocking, keys_of
from middenstip.matching.engine import score_own
from middenstip.matching.explain import Evidence, explain
from middenstip.matching.records import Person
from middenstip.matching.table import Floats, Frequencies, Ints, Table
from middenstip.matching.weights import Weights

_REBUILD_AFTER = 500  # records added later that are looked through one by one
_LATER = 20  # of them, those that share most with what is asked are compared
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
        self._one_at_a_time = Lock()
        self._rebuild()

    def _rebuild(self) -> None:
        self.counts = Frequencies.of(self._persons)
        self._blocking = Blocking(self._persons)
        self._table = Table(self._persons, self.counts, to_ask=True)
        self._columns: list[ColumnWeights] = []
        if self.also:
            learnt = learn_columns(self._table, self.also, _NONE, _NONE, np.zeros(0))
            self._columns = learnt
        self._size = len(self._persons)
        self._later: list[tuple[Person, frozenset[str]]] = []

    def __len__(self) -> int:
        return len(self._persons)

    def add(self, person: Person) -> None:
        """Make one more record findable. After 500 the index is made anew: some seconds."""
        with self._one_at_a_time:
            self._later.append((person, frozenset(keys_of(person))))
            self._persons.append(person)
            if len(self._later) > _REBUILD_AFTER:
                self._rebuild()

    def find(self, asked: Person, best: int = 10, look_at: int = 150) -> list[Found]:
        """Return the records that may be the person, the likeliest first.

        ``look_at`` records share most with what is asked and are compared in full. The record
        with the same rec_id is left out. A person of whom nothing is known finds nobody.
        """
        with self._one_at_a_time:
            rows = self._blocking.candidates(asked, max(look_at, best))
            near = [self._persons[row] for row in rows.tolist()]
            score = self._score(self._table, self._table.ask(asked), rows)
            if later := self._near_later(asked):
                table = Table([asked, *later], self.counts)
                places = np.arange(1, len(later) + 1, dtype=np.int64)
                score = np.concatenate([score, self._score(table, 0, places)])
                near += later
        order = [int(i) for i in np.argsort(-score, kind="stable")]
        order = [i for i in order if near[i].rec_id != asked.rec_id][:best]
        return [
            Found(near[i].rec_id, float(score[i]), asked, near[i], self.counts, self.weights)
            for i in order
        ]

    def _score(self, table: Table, asked: int, rows: Ints) -> Floats:
        a = np.full(len(rows), asked, dtype=np.int64)
        score = score_own(table, a, rows, self.weights)
        for i, learnt in enumerate(self._columns):
            score += contribution(table, i, learnt, a, levels_of(table, i, a, rows))
        return score

    def _near_later(self, asked: Person) -> list[Person]:
        """Return the records added later that share most keys with what is asked."""
        keys = keys_of(asked).keys()
        shared = [(len(keys & theirs), i) for i, (_, theirs) in enumerate(self._later)]
        most = sorted((s for s in shared if s[0]), key=lambda s: (-s[0], s[1]))[:_LATER]
        return [self._later[i][0] for _, i in most]
