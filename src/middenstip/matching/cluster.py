# SPDX-License-Identifier: EUPL-1.2
"""From scored pairs to persons, without running together through one weak link.

Groups grow by the strongest link first. Two groups become one only when all links between
their records together speak for it; a pair never worth comparing counts against it. One wrong
link between two well-known persons is outvoted by all the links that are not there.
"""

from __future__ import annotations

import heapq

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from middenstip.matching.table import Floats, Ints

MISSING = -1.5  # log-odds of a pair of records that was not worth comparing
_LARGEST = 8.0  # what one pair can say at most for or against


def group(
    size: int,
    a: Ints,
    b: Ints,
    score: Floats,
    missing: float = MISSING,
    apart: Ints | None = None,
) -> Ints:
    """Return for each record the lowest row number of its group.

    ``score`` are log-odds of the pairs (a[i], b[i]). The answer does not depend on the order of
    the pairs. Two records with the same number in ``apart`` never come into one group.
    """
    speaks_for = score > 0
    links = (np.ones(int(speaks_for.sum())), (a[speaks_for], b[speaks_for]))
    graph = sp.coo_matrix(links, shape=(size, size))
    together = connected_components(graph, directed=False)[1]
    kept = together[a] == together[b]  # what no link can join needs no look
    a, b, score = a[kept], b[kept], score[kept]
    order = np.lexsort((b, a))
    bounded = np.clip(score, -_LARGEST, _LARGEST)
    near: list[dict[int, tuple[float, int]]] = [{} for _ in range(size)]
    for i in order:
        x, y, value = int(a[i]), int(b[i]), float(bounded[i])
        near[x][y] = near[y][x] = (value, 1)
    members = [[i] for i in range(size)]
    taken = [1 << int(number) for number in apart] if apart is not None else [0] * size
    queue = [
        (-value, x, y) for x in range(size) for y, (value, _) in near[x].items()
        if x < y and value > 0
    ]  # fmt: skip
    heapq.heapify(queue)
    while queue:
        value, x, y = heapq.heappop(queue)
        if not members[x] or not members[y] or y not in near[x] or taken[x] & taken[y]:
            continue
        now = _mean(near[x][y], len(members[x]) * len(members[y]), missing)
        if now != -value:
            continue  # an older entry; the newer one is in the queue
        taken[x] = taken[y] = taken[x] | taken[y]
        _join(near, members, x, y, missing, queue)
    found = np.zeros(size, dtype=np.int64)
    for rows in members:
        if rows:
            found[rows] = min(rows)
    return found


def _mean(link: tuple[float, int], possible: int, missing: float) -> float:
    total, seen = link
    return (total + (possible - seen) * missing) / possible


def _join(
    near: list[dict[int, tuple[float, int]]],
    members: list[list[int]],
    x: int,
    y: int,
    missing: float,
    queue: list[tuple[float, int, int]],
) -> None:
    """Make group y part of group x, or the other way about: the larger one stays."""
    if len(members[y]) > len(members[x]):
        x, y = y, x
    members[x] += members[y]
    members[y] = []
    del near[x][y]
    for other, (total, seen) in near[y].items():
        if other == x:
            continue
        before = near[x].get(other, (0.0, 0))
        near[x][other] = near[other][x] = (before[0] + total, before[1] + seen)
        del near[other][y]
    near[y] = {}
    for other, link in near[x].items():
        value = _mean(link, len(members[x]) * len(members[other]), missing)
        if value > 0:
            heapq.heappush(queue, (-value, min(x, other), max(x, other)))
