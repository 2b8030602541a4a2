# SPDX-License-Identifier: EUPL-1.2
"""What a third record says of two: if both are surely the person of that record, they are one.

One step only. The weaker of the two links counts, so a chain is never stronger than its weakest
link, and what two records say against each other stays in the sum.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from middenstip.matching.table import Floats, Ints
from middenstip.matching.weights import THROUGH, Weights

_FLOOR = -3.0  # log-odds below which a link says nothing of a third record
_MOST_LINKS = 60
_PATHS = 1_000_000  # looked at together: some 100 MB


@dataclass(frozen=True)
class Links:
    """For each pair the best third record (-1: none) and the weaker of the two links to it."""

    third: Ints
    score: Floats


def best_links(size: int, a: Ints, b: Ints, score: Floats) -> tuple[Ints, Ints, Links]:
    """Return pairs of rows with a common third record, and the best such record.

    ``size`` is the number of records; pairs come as (lower, higher), each once. Of pairs that
    did not come along only those are returned that both links speak for.
    """
    kept = score > _FLOOR
    left = np.concatenate([a[kept], b[kept]])
    right = np.concatenate([b[kept], a[kept]])
    value = np.concatenate([score[kept], score[kept]])
    order = np.lexsort((-value, left))
    left, right, value = left[order], right[order], value[order]
    few = np.arange(len(left)) - _begin(left, size)[left] < _MOST_LINKS
    left, right, value = left[few], right[few], value[few]
    begin, degree = _begin(left, size), np.bincount(left, minlength=size)
    asked = np.sort(a * size + b)
    paths = np.cumsum(degree[left])
    found: list[tuple[Ints, Floats, Ints]] = []
    start = 0
    while start < len(left):
        done = paths[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(paths, done + _PATHS, "right")))
        part = slice(start, stop)
        first = np.repeat(np.arange(start, stop), degree[left[part]])
        second = _within(degree[left[part]]) + begin[left[first]]
        one, two = right[first], right[second]
        key, weaker = one * size + two, np.minimum(value[first], value[second])
        use = np.flatnonzero((one < two) & ((weaker > 0) | _among(key, asked)))
        found.append(_best_of(key[use], weaker[use], left[first][use]))
        start = stop
    if not found:
        found = [(asked[:0], score[:0], asked[:0])]
    keys, links, thirds = zip(*found, strict=True)
    key, weaker, third = _best_of(*map(np.concatenate, (keys, links, thirds)))
    return key // max(size, 1), key % max(size, 1), Links(third, weaker)


def _begin(left: Ints, size: int) -> Ints:
    """Return where the sorted links of each record begin."""
    degree = np.bincount(left, minlength=size)
    found: Ints = np.cumsum(degree) - degree
    return found


def _within(counts: Ints) -> Ints:
    """Return 0, 1, 2 ... for each count, one after the other."""
    total = int(counts.sum())
    found: Ints = np.arange(total) - np.repeat(np.cumsum(counts) - counts, counts)
    return found


def _among(key: Ints, ordered: Ints) -> npt.NDArray[np.bool_]:
    if not len(ordered):
        return np.zeros(len(key), dtype=bool)
    place = np.minimum(np.searchsorted(ordered, key), len(ordered) - 1)
    found: npt.NDArray[np.bool_] = ordered[place] == key
    return found


def _best_of(key: Ints, weaker: Floats, third: Ints) -> tuple[Ints, Floats, Ints]:
    """Return each key once, sorted, with the highest link and the lowest record of those."""
    order = np.lexsort((third, -weaker, key))
    key, weaker, third = key[order], weaker[order], third[order]
    new = np.ones(len(key), dtype=bool)
    new[1:] = key[1:] != key[:-1]
    return key[new], weaker[new], third[new]


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
