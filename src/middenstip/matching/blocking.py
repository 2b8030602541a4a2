# SPDX-License-Identifier: EUPL-1.2
"""Which records are worth comparing: an inverted index of keys, weighed by rarity.

Keys are words of names in every spelling, their consonants, their letter triples, the birth
date, the telephone, the place. A key that many records share is dropped; what is left adds up,
and the records with the highest sums are the candidates. No single key has to be right.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from sparse_dot_topn import sp_matmul_topn

from middenstip.matching.letters import spellings
from middenstip.matching.names import Word, skeleton
from middenstip.matching.records import Person

Ints = npt.NDArray[np.int64]

CANDIDATES = 25
LARGEST_SHARE = 0.05  # a key that a larger share of the records has tells nothing
LARGEST_COUNT = 2_000  # and one that so many records have costs more than it finds
_GOOD_PART = 0.2
_WORD, _SOUND, _TRIPLE, _ALIAS = 1.0, 0.8, 0.5, 0.8
_DAY, _BIRTHDAY, _YEAR, _PHONE, _PLACE, _TEXT = 1.2, 0.5, 0.7, 1.2, 0.8, 1.0


@lru_cache(maxsize=200_000)
def _word_keys(word: Word) -> tuple[tuple[str, float], ...]:
    """Return the keys of one word, with the weight of each."""
    keys: dict[str, float] = {}
    for form in spellings(word):
        keys["w" + form] = _WORD
        if len(bones := skeleton(form)) > 1:
            keys["s" + bones] = _SOUND
        framed = f"^{form}$"
        for i in range(len(framed) - 2):
            keys["3" + framed[i : i + 3]] = _TRIPLE
    if word.latin != word.written:
        keys["n" + word.written] = _WORD
    return tuple(keys.items())


def keys_of(person: Person) -> dict[str, float]:
    """Return the keys by which a record is found, with the weight of each before rarity."""
    keys: dict[str, float] = {}
    for word in person.alias:
        for key, weight in _word_keys(word):
            keys[key] = weight * _ALIAS
    for word, _ in person.names:
        keys.update(_word_keys(word))
    if birth := person.birth:
        if birth.exact:
            keys[f"d{birth}"] = _DAY
            keys[f"m{birth.month}-{birth.day}"] = _BIRTHDAY
        keys[f"y{birth.year}|{person.nationality}|{person.sex}"] = _YEAR
    if person.phone:
        keys["p" + person.phone] = _PHONE
    for part in person.place.split():
        keys["b" + (skeleton(part) or part)] = _PLACE
    for i, text in enumerate(person.also):
        if text:
            keys[f"a{i}{text}"] = _TEXT
            for part in text.split():
                keys.setdefault(f"t{part}", _TEXT * 0.6)
    return keys


class Blocking:
    """The index of a set of records; row numbers are places in that set."""

    def __init__(self, persons: Sequence[Person]) -> None:
        self.size = len(persons)
        self._number: dict[str, int] = {}
        rows, columns, weights = self._entries(persons)
        count = np.bincount(columns, minlength=len(self._number))
        most = max(50.0, min(LARGEST_SHARE * self.size, LARGEST_COUNT))
        with np.errstate(divide="ignore"):
            rarity = np.sqrt(np.log(max(self.size, 2) / np.maximum(count, 1)).clip(0.05))
        self._rarity = np.where(count <= most, rarity, 0).astype(np.float32)
        values = weights * self._rarity[columns]
        kept = values > 0
        shape = (self.size, len(self._number))
        self._rows = sp.csr_matrix((values[kept], (rows[kept], columns[kept])), shape=shape)
        self._postings = self._rows.T.tocsr()

    def _entries(self, persons: Sequence[Person]) -> tuple[Ints, Ints, npt.NDArray[np.float32]]:
        number = self._number
        columns: list[int] = []
        weights: list[float] = []
        lengths: list[int] = []
        for person in persons:
            keys = keys_of(person)
            lengths.append(len(keys))
            weights.extend(keys.values())
            columns.extend([number.setdefault(key, len(number)) for key in keys])
        rows = np.repeat(np.arange(len(persons), dtype=np.int64), lengths)
        return rows, np.array(columns, dtype=np.int64), np.array(weights, dtype=np.float32)

    def pairs(self, best: int = CANDIDATES) -> tuple[Ints, Ints]:
        """Return the pairs of rows worth comparing, the lower row first, each once.

        Each record brings its ``best`` candidates; a pair counts when either brings the other.
        """
        if self.size < 2:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        found = sp_matmul_topn(self._rows, self._postings, top_n=best + 1, n_threads=1).tocoo()
        one, two = found.row.astype(np.int64), found.col.astype(np.int64)
        low, high = np.minimum(one, two), np.maximum(one, two)
        pairs = np.unique((low * self.size + high)[low != high])
        return pairs // self.size, pairs % self.size

    def candidates(self, person: Person, best: int = 60) -> Ints:
        """Return the rows most worth comparing with one record, the likeliest first."""
        sums = np.zeros(self.size, dtype=np.float32)
        for key, weight in keys_of(person).items():
            place = self._number.get(key)
            if place is not None and (rarity := self._rarity[place]) > 0:
                part = slice(self._postings.indptr[place], self._postings.indptr[place + 1])
                sums[self._postings.indices[part]] += (
                    self._postings.data[part] * weight * rarity
                )
        # Most records share a key or two: look first at those that share a good part.
        hit = np.flatnonzero(sums > sums.max(initial=0) * _GOOD_PART)
        if len(hit) < best:
            hit = np.flatnonzero(sums > 0)
        if len(hit) > best:
            hit = hit[np.argpartition(-sums[hit], best)[:best]]
        found: Ints = hit[np.argsort(-sums[hit], kind="stable")].astype(np.int64)
        return found


def in_parts(size: int, part: int) -> Iterator[slice]:
    """Yield slices that cover 0..size in parts of at most so many."""
    for start in range(0, size, part):
        yield slice(start, start + part)
