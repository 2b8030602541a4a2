# SPDX-License-Identifier: EUPL-1.2
"""What a third record says of two: if both are surely the person of that record, they are one.

One step only. The weaker of the two links counts, so a chain is never stronger than its weakest
link, and what two records say against each other stays in the sum.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from middenstip.matching.table import Floats, Ints
from middenstip.matching.weights import THROUGH, Weights

_FLOOR = -3.0  # log-odds below which a link says nothing of a third record
_MOST_LINKS = 60


@dataclass(frozen=True)
class Links:
    """For each pair the best third record (-1: none) and the weaker of the two links to it."""

    third: Ints
    score: Floats


def best_links(size: int, a: Ints, b: Ints, score: Floats) -> tuple[Ints, Ints, Links]:
    """Return every pair of rows with a common third record, and the best such record.

    ``size`` is the number of records; pairs come as (lower, higher), each once, sorted.
    """
    kept = score > _FLOOR
    left = np.concatenate([a[kept], b[kept]])
    right = np.concatenate([b[kept], a[kept]])
    value = np.concatenate([score[kept], score[kept]])
    order = np.lexsort((-value, left))
    left, right, value = left[order], right[order], value[order]
    degree = np.bincount(left, minlength=size)
    begin = np.cumsum(degree) - degree
    within = np.arange(len(left)) - begin[left]
    few = within < _MOST_LINKS
    left, right, value = left[few], right[few], value[few]
    degree = np.bincount(left, minlength=size)
    begin = np.cumsum(degree) - degree
    count = degree[left]
    first = np.repeat(np.arange(len(left)), count)
    offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    second = begin[left[first]] + offset
    one, two = right[first], right[second]
    up = one < two
    weaker = np.minimum(value[first], value[second])[up]
    key = one[up] * size + two[up]
    third = left[first][up]
    order = np.lexsort((third, -weaker, key))
    key, weaker, third = key[order], weaker[order], third[order]
    new = np.ones(len(key), dtype=bool)
    new[1:] = key[1:] != key[:-1]
    key = key[new]
    return key // max(size, 1), key % max(size, 1), Links(third[new], weaker[new])


def links_for(size: int, a: Ints, b: Ints, score: Floats) -> Links:
    """Return the best third record of exactly these pairs."""
    x, y, links = best_links(size, a, b, score)
    found = Links(np.full(len(a), -1, dtype=np.int64), np.zeros(len(a)))
    if len(x):
        have = x * size + y
        place = np.searchsorted(have, a * size + b)
        place[place == len(have)] = 0
        hit = have[place] == a * size + b
        found.third[hit] = links.third[place[hit]]
        found.score[hit] = links.score[place[hit]]
    return found


def link_features(score: Floats, links: Links) -> Floats:
    """Return the features THROUGH of each pair: pairs by five, zeros where nothing links."""
    linked = links.third >= 0
    value = np.where(linked, np.clip(links.score, -3, 8), 0.0)
    vouched = linked & (value > 0)
    columns = (
        linked.astype(np.float64),
        value,
        np.minimum(value, 0),
        np.where(vouched, np.minimum(score, 0), 0.0),
        np.where(vouched, np.minimum(score + 4, 0), 0.0),
    )
    return np.column_stack(columns)


def link_contribution(score: Floats, links: Links, weights: Weights) -> Floats:
    """Return what the third record adds to the score of each pair."""
    row = np.array([weights.through[name] for name in THROUGH])
    found: Floats = link_features(score, links) @ row + weights.through_start
    return found
