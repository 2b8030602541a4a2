# SPDX-License-Identifier: EUPL-1.2
"""Further columns that nobody described: how much their agreement says is learnt from the file.

For each column: how often do two records of one person agree (m), how often do two records
picked at random (u)? The second is counted; the first is estimated by expectation-maximisation,
starting from a cautious guess (Fellegi and Sunter 1969; Winkler 1988).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from middenstip.matching.compare import text_likeness
from middenstip.matching.table import Floats, Ints, Table

LEVELS = np.array([0.9999, 0.92, 0.85, 0.7])
LEVEL_NAMES = ("the same", "nearly the same", "alike", "somewhat alike", "different")
_GUESS = np.array([0.75, 0.08, 0.05, 0.05, 0.07])
_CHANCE = np.array([0.02, 0.01, 0.02, 0.1, 0.85])
_GUESS_WORTH = 50.0  # pairs
_RARE = 0.5  # how much rarity of the very value counts beside the column's own rarity
_ROUNDS = 5
_RANDOM_PAIRS = 100_000


@dataclass(frozen=True)
class ColumnWeights:
    """Log-odds of one column by level of likeness, and the mean rarity of what agrees."""

    name: str
    log_odds: Floats
    usual_rarity: float


def levels_of(table: Table, column: int, a: Ints, b: Ints) -> npt.NDArray[np.int8]:
    """Return the level of likeness of a further column for pairs; -1 where not stated."""
    kind = f"also:{column}"
    places = table.values[kind]
    alike = text_likeness(table, kind, places[a], places[b])
    return np.where(alike < 0, -1, np.searchsorted(-LEVELS, -alike)).astype(np.int8)


def contribution(
    table: Table, column: int, learnt: ColumnWeights, a: Ints, levels: npt.NDArray[np.int8]
) -> Floats:
    """Return what the column adds to the score of each pair."""
    kind = f"also:{column}"
    rarity = table.rarity[kind][table.values[kind][a]]
    value = np.where(levels >= 0, learnt.log_odds[levels], 0.0)
    found: Floats = value + np.where(levels == 0, _RARE * (rarity - learnt.usual_rarity), 0.0)
    return found


def learn_columns(
    table: Table, names: Sequence[str], a: Ints, b: Ints, own: Floats
) -> list[ColumnWeights]:
    """Learn the further columns from candidate pairs and the score of their other evidence.

    With no pairs at all (``a`` empty) the cautious guess stands in for what was learnt.
    """
    random = _random_levels(table, len(names))
    levels = [levels_of(table, i, a, b) for i in range(len(names))]
    learnt = [_column(table, i, names, random[i], None, None, a) for i in range(len(names))]
    if not len(a):
        return learnt
    score = own
    for _ in range(_ROUNDS):
        chance = 1 / (1 + np.exp(-np.clip(score, -30, 30)))
        learnt = [
            _column(table, i, names, random[i], levels[i], chance, a) for i in range(len(names))
        ]
        parts = [contribution(table, i, w, a, levels[i]) for i, w in enumerate(learnt)]
        score = own + sum(parts)
    return learnt


def _column(
    table: Table,
    column: int,
    names: Sequence[str],
    random: Floats,
    levels: npt.NDArray[np.int8] | None,
    chance: Floats | None,
    a: Ints,
) -> ColumnWeights:
    same = _GUESS * _GUESS_WORTH
    usual = 0.0
    kind = f"also:{column}"
    if levels is not None and chance is not None:
        stated = levels >= 0
        same = same + np.bincount(levels[stated], weights=chance[stated], minlength=5)
        agree = levels == 0
        rarity = table.rarity[kind][table.values[kind][a[agree]]]
        usual = float(rarity.mean()) if len(rarity) else 0.0
    log_odds = np.log(same / same.sum()) - np.log(random)
    return ColumnWeights(names[column], log_odds, usual or float(-np.log(random[0])))


def _random_levels(table: Table, columns: int) -> list[Floats]:
    """Return how often two records picked at random agree at each level, for each column."""
    source = np.random.default_rng(20261123)
    n = max(len(table.persons), 1)
    a, b = source.integers(0, n, (2, _RANDOM_PAIRS))
    a, b = a[a != b], b[a != b]
    found = []
    for column in range(columns):
        levels = levels_of(table, column, a, b) if len(a) else np.zeros(0, dtype=np.int8)
        count = np.bincount(levels[levels >= 0], minlength=5) + _CHANCE * _GUESS_WORTH
        found.append(count / count.sum())
    return found
