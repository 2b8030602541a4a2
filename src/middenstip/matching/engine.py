# SPDX-License-Identifier: EUPL-1.2
"""All pairs of a set of records that may be one person, scored: records in, pairs out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from middenstip.matching.also import ColumnWeights, contribution, learn_columns, levels_of
from middenstip.matching.blocking import Blocking, in_parts
from middenstip.matching.cluster import group
from middenstip.matching.compare import compare
from middenstip.matching.records import Person
from middenstip.matching.table import Floats, Frequencies, Ints, Table
from middenstip.matching.through import Links, best_links, link_contribution, links_for
from middenstip.matching.weights import Weights

_PART = 100_000  # pairs compared at once: some 200 MB


@dataclass(frozen=True)
class Scored:
    """Pairs of rows (a lower than b) with log-odds; ``own`` without any third record."""

    table: Table
    columns: list[ColumnWeights]
    a: Ints
    b: Ints
    own: Floats
    links: Links
    score: Floats

    @property
    def chance(self) -> Floats:
        """Return the score of each pair between 0 and 1."""
        found: Floats = 1 / (1 + np.exp(-np.clip(self.score, -40, 40)))
        return found

    def groups(self) -> Ints:
        """Return for each record the lowest row of the person it seems to belong to."""
        return group(len(self.table.persons), self.a, self.b, self.score)


def match(persons: Sequence[Person], weights: Weights, also: Sequence[str] = ()) -> Scored:
    """Compare every record with those worth comparing, and score the pairs.

    ``also`` are the names of the further columns that the persons carry. Deterministic.
    """
    table = Table(persons, Frequencies.of(persons))
    a, b = Blocking(persons).pairs()
    base = score_own(table, a, b, weights)
    columns = learn_columns(table, also, a, b, base) if also else []
    own = base + _columns(table, columns, a, b)
    a, b, own = _with_linked(table, columns, weights, a, b, own)
    links = links_for(len(persons), a, b, own)
    return Scored(
        table, columns, a, b, own, links, own + link_contribution(own, links, weights)
    )


def score_own(table: Table, a: Ints, b: Ints, weights: Weights) -> Floats:
    """Return the log-odds of pairs by what the two records say, further columns left out."""
    score = np.zeros(len(a))
    for part in in_parts(len(a), _PART):
        features = compare(table, a[part], b[part])
        score[part] = features.matrix() @ weights.row(features.names) + weights.start
    return score


def _columns(table: Table, columns: list[ColumnWeights], a: Ints, b: Ints) -> Floats:
    total = np.zeros(len(a))
    for i, learnt in enumerate(columns):
        total += contribution(table, i, learnt, a, levels_of(table, i, a, b))
    return total


def _with_linked(
    table: Table,
    columns: list[ColumnWeights],
    weights: Weights,
    a: Ints,
    b: Ints,
    own: Floats,
) -> tuple[Ints, Ints, Floats]:
    """Add the pairs that only a third record brought together; all pairs sorted."""
    size = len(table.persons)
    x, y, links = best_links(size, a, b, own)
    new = (links.score > 0) & ~np.isin(x * size + y, a * size + b)
    x, y = x[new], y[new]
    if len(x):
        more = score_own(table, x, y, weights) + _columns(table, columns, x, y)
        a, b, own = np.concatenate([a, x]), np.concatenate([b, y]), np.concatenate([own, more])
    order = np.lexsort((b, a))
    return a[order], b[order], own[order]
