# SPDX-License-Identifier: EUPL-1.2
"""How good scores are from which chance on, and how a weights file keeps that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

EVEN = 0.5
CHANCES = (0.1, 0.3, EVEN, 0.7, 0.9, 0.99)


@dataclass(frozen=True, slots=True)
class Level:
    """Of the pairs scored above a chance (0 to 1) how many are right, and of the right ones how
    many are above it.
    """

    chance: float
    precision: float
    recall: float


def level_entries(levels: Sequence[Level]) -> dict[str, float]:
    """Return levels as a weights file keeps them; `levels_in` reads them back."""
    found: dict[str, float] = {}
    for each in levels:
        found[f"precision above {each.chance:g}"] = each.precision
        found[f"recall above {each.chance:g}"] = each.recall
    return found


def levels_in(measured: Mapping[str, float]) -> list[Level]:
    """Return the levels that a weights file says were measured; none when it says nothing."""
    return [
        Level(chance, measured[f"precision above {chance:g}"], measured[name])
        for chance in CHANCES
        if (name := f"recall above {chance:g}") in measured
        and f"precision above {chance:g}" in measured
    ]
