# SPDX-License-Identifier: EUPL-1.2
"""Lists of several organisations compared by codes: who is on more than one, without a name.

Who compares has the codes and not the key. Two codes are alike in names and in birth date; how
many other codes are as alike tells how rare a name is, without showing it. Weights learnt on
invented persons (`codes.json`) make log-odds of that, and a third record counts as evidence as
it does in the clear.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from middenstip.matching.blind import SIZE, Code, stack
from middenstip.matching.blocking import in_parts
from middenstip.matching.cluster import group
from middenstip.matching.table import Floats, Ints
from middenstip.matching.through import link_contribution, links_for
from middenstip.matching.weights import Weights, weights_of

Words = npt.NDArray[np.uint64]
Progress = Callable[[int, int], None]

CANDIDATES = 25  # of each record, those most alike
_LEAST = 0.08  # likeness of names times that of births, below which a pair is left
_LEAST_BIRTH = 0.2  # births less alike than this are of two people
_UNKNOWN = 0.4  # what a birth date counts that one side does not state
_CROWDED = (0.5, 0.75)  # how alike other names are that make a name common
_CELLS = 1 << 19  # comparisons at once: some 10 MB


@dataclass(frozen=True)
class Alike:
    """Pairs of places in a list of codes (a lower than b), and what they have in common.

    ``names`` and ``birth`` are likenesses of 0 to 1, ``birth`` -1 where a side states none;
    ``crowd`` has for each step of _CROWDED how many other records are so alike to the one of
    the two that has more of them.
    """

    a: Ints
    b: Ints
    names: Floats
    birth: Floats
    crowd: Floats


@dataclass(frozen=True)
class Judged:
    """Scored pairs of places (log-odds) and for each place the lowest of its person."""

    a: Ints
    b: Ints
    score: Floats
    person: Ints


def judge(
    codes: Sequence[Code],
    lists: Sequence[int],
    *,
    one_to_one: bool = False,
    progress: Progress | None = None,
) -> Judged:
    """Compare all codes and say who seems one person. ``lists``: of which list each code is.

    With ``one_to_one`` a list has nobody twice: pairs within a list are left out, and a person
    has at most one record of each list. Deterministic; at most 25 candidates a record.
    """
    found, weights, number = alike(codes, progress), shipped_codes(), np.asarray(lists, int)
    own = features(found) @ weights.row(FEATURES) + weights.start
    a, b = found.a, found.b
    if one_to_one:
        kept = number[a] != number[b]
        a, b, own = a[kept], b[kept], own[kept]
    links = links_for(len(codes), a, b, own)
    score = own + link_contribution(own, links, weights)
    apart = number if one_to_one else None
    return Judged(a, b, score, group(len(codes), a, b, score, apart=apart))


@cache
def shipped_codes() -> Weights:
    """Return the weights for codes that come along; bench/matching_codes.py learns them."""
    text = (files("middenstip.matching") / "codes.json").read_text(encoding="utf-8")
    return weights_of(text, "codes.json")


_STEPS = (0.0, 0.2, 0.35, 0.5, 0.65, 0.8)
FEATURES = (
    *(f"names above {step}" for step in _STEPS),
    *(f"birth above {step}" for step in (*_STEPS, 0.9)),
    "birth not stated",
    "names, birth not stated",
    "names and birth",
    *(f"crowd {step}" for step in _CROWDED),
    "crowd and names",
    "crowd and birth",
)


def features(found: Alike) -> Floats:
    """Return the numbers FEATURES of each pair: pairs by features."""
    unknown = found.birth < 0
    names, birth = found.names, np.where(unknown, 0.0, found.birth)
    crowd = np.log1p(found.crowd)
    columns = [np.maximum(names - step, 0) for step in _STEPS]
    columns += [np.maximum(birth - step, 0) for step in (*_STEPS, 0.9)]
    columns += [unknown.astype(float), names * unknown, names * birth]
    columns += [*crowd, crowd[0] * names, crowd[0] * birth]
    return np.column_stack(columns)


def alike(codes: Sequence[Code], progress: Progress | None = None) -> Alike:
    """Return for each code the 25 others most alike, as pairs; who has no name has none."""
    has_name = np.array([bool(code.names) for code in codes], dtype=bool)
    places = np.flatnonzero(has_name)
    search = _Search([codes[place] for place in places.tolist()])
    found = [_NOTHING]
    for done, value in enumerate(search.values):
        found += search.of_birth(value)
        if progress:
            progress(done + 1, len(search.values))
    row, column, names, birth = (np.concatenate(part) for part in zip(*found, strict=True))
    return _pairs(places, row, column, names, birth, search.crowd)


_NOTHING = (
    np.zeros(0, np.int64),
    np.zeros(0, np.int64),
    np.zeros(0),
    np.zeros(0),
)


def _pairs(
    places: Ints, row: Ints, column: Ints, names: Floats, birth: Floats, crowd: Ints
) -> Alike:
    """Make one pair of what each of the two brought, with the larger crowd of the two."""
    size = max(len(places), 1)
    low, high = np.minimum(row, column), np.maximum(row, column)
    key, first = np.unique(low * size + high, return_index=True)
    a, b = key // size, key % size
    more = np.maximum(crowd[:, a], crowd[:, b]).astype(np.float64)
    return Alike(places[a], places[b], names[first], birth[first], more)


class _Search:
    """Codes sorted by birth, so that only people of about one birth date are compared."""

    def __init__(self, codes: Sequence[Code]) -> None:
        births, stated = stack([code.birth for code in codes])
        text = births.view(f"V{SIZE // 8}").ravel()
        different, first, self._value = np.unique(text, return_index=True, return_inverse=True)
        self.values = range(len(different))
        self._births, self._stated = _words(births[first]), stated[first]
        names = _words(stack([code.names for code in codes])[0])
        self._names, self._columns = names, np.ascontiguousarray(names.T)
        self.crowd = np.zeros((len(_CROWDED), len(codes)), dtype=np.int64)

    def of_birth(self, value: int) -> list[tuple[Ints, Ints, Floats, Floats]]:
        """Return (record, other, names, birth) for the records of one birth date."""
        birth = np.full(len(self._births), -1.0)
        if self._stated[value]:
            differ = np.bitwise_count(self._births ^ self._births[value]).sum(axis=1)
            birth = np.where(self._stated, np.maximum(0.0, 1 - 2 * differ / SIZE), -1.0)
        counts = np.where(birth < 0, _UNKNOWN, birth)
        near = np.flatnonzero(((birth < 0) | (birth >= _LEAST_BIRTH))[self._value])
        counts, birth = counts[self._value[near]], birth[self._value[near]]
        most = np.floor((1 - _LEAST / counts) * SIZE / 2).clip(-1).astype(np.int16)
        columns = np.ascontiguousarray(self._columns[:, near])
        rows = np.flatnonzero(self._value == value)
        part = max(1, _CELLS // max(len(near), 1))
        return [
            self._of_rows(rows[some], near, columns, most, counts, birth)
            for some in in_parts(len(rows), part)
        ]

    def _of_rows(
        self,
        rows: Ints,
        near: Ints,
        columns: Words,
        most: npt.NDArray[np.int16],
        counts: Floats,
        birth: Floats,
    ) -> tuple[Ints, Ints, Floats, Floats]:
        differ = _differ(self._names[rows], columns)
        i, j = np.nonzero(differ <= most)
        other = rows[i] != near[j]
        i, j = i[other], j[other]
        names = np.maximum(0.0, 1 - 2 * differ[i, j] / SIZE)
        for step, least in enumerate(_CROWDED):
            self.crowd[step, rows] = np.bincount(i[names >= least], minlength=len(rows))
        order = np.lexsort((j, -names * counts[j], i))
        begin = np.searchsorted(i[order], np.arange(len(rows)))
        best = order[np.arange(len(order)) - begin[i[order]] < CANDIDATES]
        i, j = i[best], j[best]
        return rows[i], near[j], names[best], birth[j]


def _words(rows: npt.NDArray[np.uint8]) -> Words:
    return rows.view(np.uint64)


def _differ(rows: Words, columns: Words) -> npt.NDArray[np.int16]:
    """Return in how many bits each row differs from each column."""
    shape = (len(rows), columns.shape[1])
    total, bits = np.zeros(shape, dtype=np.int16), np.empty(shape, dtype=np.uint8)
    mixed = np.empty(shape, dtype=np.uint64)
    for word in range(columns.shape[0]):
        np.bitwise_xor(rows[:, word, None], columns[word][None], out=mixed)
        np.bitwise_count(mixed, out=bits)
        total += bits
    return total
