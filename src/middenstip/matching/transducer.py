# SPDX-License-Identifier: EUPL-1.2
"""How letters of one spelling become letters of another, learnt from pairs of names.

A spelling pair is cut into steps: one or two signs on the left, none to four on the right. Each
step has a probability; expectation-maximisation learns them from whole names, nobody has to
align letters. The sum over all cuttings says how probable it is that both spell one name, and
the best cutting says letter by letter why (joint multigrams: Deligne and Bimbot 1995).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_BASE = 4096  # room for letters: a segment of up to four signs is one integer
_LONGEST = 24


@dataclass(frozen=True)
class Shape:
    """Which steps there are: at most ``left`` signs become at most ``right`` signs."""

    left: int = 1
    right: int = 3

    def steps(self) -> list[tuple[int, int]]:
        """Return every (signs left, signs right) a step may have."""
        return [(a, b) for a in range(1, self.left + 1) for b in range(self.right + 1)]


class Alphabet:
    """Numbers for the signs of one side; 0 is a sign never seen, numbers never change."""

    def __init__(self, signs: str) -> None:
        self.signs = signs
        self._number = {sign: i + 1 for i, sign in enumerate(signs)}

    @classmethod
    def of(cls, words: Sequence[str], least: int = 1) -> Alphabet:
        """Return the alphabet of the signs that occur at least so often in the words."""
        count: dict[str, int] = {}
        for word in words:
            for sign in word:
                count[sign] = count.get(sign, 0) + 1
        return cls("".join(sorted(s for s, n in count.items() if n >= least)))

    def rows(self, words: Sequence[str], longest: int = _LONGEST) -> tuple[Ints, Ints]:
        """Return the words as numbers, padded with -1, one row a word; and their lengths.

        Of a longer word only the first signs count.
        """
        lengths = np.array([min(len(w), longest) for w in words], dtype=np.int64)
        width = int(lengths.max(initial=0))
        rows = np.full((len(words), width), -1, dtype=np.int64)
        number = self._number
        for i, word in enumerate(words):
            for j, sign in enumerate(word[:width]):
                rows[i, j] = number.get(sign, 0)
        return rows, lengths


def _segments(rows: Ints, longest: int) -> list[Ints]:
    """Return for each length 0..longest the code of the segment that starts at each place."""
    n, width = rows.shape
    found = [np.zeros((n, width + 1), dtype=np.int64)]
    for length in range(1, longest + 1):
        codes = np.full((n, width + 1), -1, dtype=np.int64)
        if width >= length:
            value = np.zeros((n, width - length + 1), dtype=np.int64)
            outside = np.zeros_like(value, dtype=bool)
            for k in range(length):
                part = rows[:, k : width - length + 1 + k]
                outside |= part < 0
                value = value * _BASE + part + 1
            codes[:, : width - length + 1] = np.where(outside, -1, value)
        found.append(codes)
    return found


@dataclass
class Transducer:
    """Learnt steps: sorted ``left`` and ``right`` segment codes with the probability of each.

    ``floor`` is the probability of a step nobody saw, for each sign on either side.
    """

    shape: Shape
    left: Alphabet
    right: Alphabet
    pairs: list[tuple[str, str]] = field(default_factory=list)
    chances: Floats = field(default_factory=lambda: np.zeros(0))
    floor: float = 1e-5

    def __post_init__(self) -> None:
        lefts, rights = self._codes([p[0] for p in self.pairs], [p[1] for p in self.pairs])
        self._lefts = np.unique(lefts)
        self._rights = np.unique(rights)
        keys = np.searchsorted(self._lefts, lefts) * max(len(self._rights), 1)
        keys += np.searchsorted(self._rights, rights)
        order = np.argsort(keys)
        self._keys: Ints = keys[order]
        self._chance: Floats = np.asarray(self.chances, dtype=np.float64)[order]
        self._order = order

    def _codes(self, lefts: Sequence[str], rights: Sequence[str]) -> tuple[Ints, Ints]:
        def code(words: Sequence[str], alphabet: Alphabet) -> Ints:
            codes = []
            for word in words:
                value = 0
                for sign in word:
                    value = value * _BASE + alphabet._number.get(sign, 0) + 1
                codes.append(value)
            return np.array(codes, dtype=np.int64)

        return code(lefts, self.left), code(rights, self.right)

    def _known(self, segments: list[Ints], table: Ints) -> list[Ints]:
        """Return the place in the table of each segment, -1 where it is not there."""
        found = []
        for codes in segments:
            place = np.searchsorted(table, codes)
            place[place == len(table)] = 0
            hit = (table[place] == codes) if len(table) else np.zeros_like(codes, dtype=bool)
            found.append(np.where(hit, place, -1))
        return found

    def _step(self, left: Ints, right: Ints, size: int) -> tuple[Floats, Ints]:
        """Return the chance of a step for broadcast segment places, and its number or -1."""
        key = left * len(self._rights) + right
        unknown = (left < 0) | (right < 0)
        place = np.searchsorted(self._keys, key)
        place[place == len(self._keys)] = 0
        hit = ~unknown & (self._keys[place] == key)
        chance = np.where(hit, self._chance[place], self.floor**size)
        return chance, np.where(hit, place, -1)

    def likelihood(self, lefts: Sequence[str], rights: Sequence[str]) -> Floats:
        """Return log P(left, right) of each pair: both words in full, over all cuttings."""
        result = np.empty(len(lefts))
        for start in range(0, len(lefts), 20_000):
            part = slice(start, start + 20_000)
            result[part] = np.log(self._lattice(lefts[part], rights[part]).total() + 1e-300)
        return result

    def _lattice(self, lefts: Sequence[str], rights: Sequence[str]) -> _Lattice:
        a, la = self.left.rows(lefts)
        b, lb = self.right.rows(rights)
        return _Lattice(self, a, la, b, lb)

    @cached_property
    def right_alone(self) -> dict[str, float]:
        """Return how probable each right segment is, whatever stands left."""
        found: dict[str, float] = {}
        for (_, right), chance in zip(self.pairs, self.chances, strict=True):
            found[right] = found.get(right, 0.0) + float(chance)
        return found

    def latin_chance(self, word: str) -> float:
        """Return log P(word) of a right word over all cuttings, whatever stands left."""
        forward = [1.0] + [0.0] * len(word)
        for end in range(1, len(word) + 1):
            for size in range(1, min(self.shape.right, end) + 1):
                chance = self.right_alone.get(word[end - size : end], self.floor**size)
                forward[end] += forward[end - size] * chance
        return float(np.log(forward[-1] + 1e-300))

    @cached_property
    def options(self) -> dict[str, list[tuple[str, float]]]:
        """Return for each left segment its right segments with P(right | left), best first."""
        found: dict[str, list[tuple[str, float]]] = {}
        for (left, right), chance in zip(self.pairs, self.chances, strict=True):
            found.setdefault(left, []).append((right, float(chance)))
        for chosen in found.values():
            total = sum(chance for _, chance in chosen)
            chosen[:] = sorted(((r, c / total) for r, c in chosen), key=lambda o: (-o[1], o[0]))
            del chosen[12:]
        return found

    def spell(self, word: str, best: int = 3, beam: int = 12) -> list[str]:
        """Return the most probable right spellings of a left word, best first.

        Signs that were never seen are left out. Empty when nothing is known of the word.
        """
        states: list[dict[str, float]] = [{} for _ in range(len(word) + 1)]
        states[0][""] = 1.0
        for i in range(len(word)):
            kept = sorted(states[i].items(), key=lambda s: -s[1])[:beam]
            for text, chance in kept:
                known = False
                for size in range(1, self.shape.left + 1):
                    for right, share in self.options.get(word[i : i + size], ()):
                        if i + size > len(word):
                            continue
                        known = True
                        to = states[i + size]
                        to[text + right] = to.get(text + right, 0.0) + chance * share
                if not known:
                    to = states[i + 1]
                    to[text] = to.get(text, 0.0) + chance * self.floor
        ranked = sorted(states[-1].items(), key=lambda s: (-s[1], s[0]))
        return [text for text, _ in ranked[:best] if text]

    def align(self, left: str, right: str) -> list[tuple[str, str, float]]:
        """Return the best cutting: (signs left, signs right, log chance), from begin to end."""
        left, right = left[:_LONGEST], right[:_LONGEST]
        known = {p: float(c) for p, c in zip(self.pairs, self.chances, strict=True)}
        best: dict[tuple[int, int], tuple[float, tuple[int, int] | None]] = {
            (0, 0): (0.0, None)
        }
        for i in range(len(left)):
            for j in range(len(right) + 1):
                if (i, j) not in best:
                    continue
                for a, b in self.shape.steps():
                    to = (i + a, j + b)
                    if to[0] > len(left) or to[1] > len(right):
                        continue
                    chance = known.get((left[i : i + a], right[j : j + b]))
                    step = np.log(chance) if chance else (a + b) * np.log(self.floor)
                    value = best[i, j][0] + float(step)
                    if to not in best or value > best[to][0]:
                        best[to] = (value, (i, j))
        place: tuple[int, int] | None = (len(left), len(right))
        if place not in best:
            return []
        steps = []
        while place is not None and (before := best[place][1]) is not None:
            cost = best[place][0] - best[before][0]
            steps.append((left[before[0] : place[0]], right[before[1] : place[1]], cost))
            place = before
        return steps[::-1]


class _Lattice:
    """All cuttings of a batch of pairs: forward and backward sums."""

    def __init__(self, learnt: Transducer, a: Ints, la: Ints, b: Ints, lb: Ints) -> None:
        self.shape = learnt.shape
        self.learnt = learnt
        self.la, self.lb = la, lb
        self.n, self.height, self.width = len(a), a.shape[1], b.shape[1]
        self.left = learnt._known(_segments(a, self.shape.left), learnt._lefts)
        self.right = learnt._known(_segments(b, self.shape.right), learnt._rights)
        self._cache: dict[tuple[int, int, int], tuple[Floats, Ints]] = {}
        self._forward: Floats | None = None

    def step(self, i: int, a: int, b: int) -> tuple[Floats, Ints]:
        """Return chance and number of the steps from row i, for every start place right."""
        if (i, a, b) not in self._cache:
            right = self.right[b][:, : self.width + 1 - b]
            left = np.broadcast_to(self.left[a][:, i, None], right.shape)
            self._cache[i, a, b] = self.learnt._step(left, right, a + b)
        return self._cache[i, a, b]

    def forward(self) -> Floats:
        if self._forward is None:
            f = np.zeros((self.height + 1, self.n, self.width + 1))
            f[0, :, 0] = 1.0
            for i in range(self.height):
                for a, b in self.shape.steps():
                    if i + a <= self.height:
                        f[i + a, :, b:] += f[i, :, : self.width + 1 - b] * self.step(i, a, b)[0]
            self._forward = f
        return self._forward

    def total(self) -> Floats:
        """Return P(left, right) of each pair."""
        found: Floats = self.forward()[self.la, np.arange(self.n), self.lb]
        return found

    def counts(self, size: int) -> tuple[Floats, float]:
        """Return how often each step was expected, and the log likelihood of the batch."""
        f, total = self.forward(), self.total()
        back = np.zeros_like(f)
        back[self.la, np.arange(self.n), self.lb] = 1.0 / np.maximum(total, 1e-280)
        counts = np.zeros(size)
        for i in range(self.height - 1, -1, -1):
            for a, b in self.shape.steps():
                if i + a > self.height:
                    continue
                chance, number = self.step(i, a, b)
                after = back[i + a, :, b:] * chance
                weight = f[i, :, : self.width + 1 - b] * after
                back[i, :, : self.width + 1 - b] += after
                hit = (number >= 0) & (weight > 0)
                counts += np.bincount(number[hit], weights=weight[hit], minlength=size)
        return counts, float(np.log(np.maximum(total, 1e-280)).sum())


def learn(
    pairs: Sequence[tuple[str, str]],
    shape: Shape,
    rounds: int = 8,
    least: float = 0.7,
    size_cost: float = 0.0,
) -> Transducer:
    """Learn the steps from pairs that spell one name, by expectation-maximisation.

    ``least`` is how often a step must be expected to stay; ``size_cost`` is the log cost of
    each sign beyond the first in a step: short steps win where they explain as much.
    The same pairs give the same steps.
    """
    lefts, rights = [p[0] for p in pairs], [p[1] for p in pairs]
    now = _start(lefts, rights, shape)
    for turn in range(rounds):
        counts = np.zeros(len(now._keys))
        for begin in range(0, len(pairs), 4_000):
            part = slice(begin, begin + 4_000)
            counts += now._lattice(lefts[part], rights[part]).counts(len(counts))[0]
        by_pair = np.empty_like(counts)
        by_pair[now._order] = counts
        if size_cost:
            sizes = np.array([max(len(a), 1) + max(len(b), 1) - 2 for a, b in now.pairs])
            by_pair *= np.exp(-size_cost * sizes)
        keep = by_pair >= (least if turn >= 2 else least / 5)
        kept = [p for p, k in zip(now.pairs, keep, strict=True) if k]
        now = Transducer(
            shape, now.left, now.right, kept, by_pair[keep] / by_pair[keep].sum(), now.floor
        )
    return now


def _start(lefts: Sequence[str], rights: Sequence[str], shape: Shape) -> Transducer:
    """Return all steps that lie near the diagonal of some pair, as often as they do."""
    count: dict[tuple[str, str], float] = {}
    for left, right in zip(lefts, rights, strict=True):
        ratio = len(right) / len(left)
        for i in range(len(left)):
            for a in range(1, min(shape.left, len(left) - i) + 1):
                middle = int((i + (a - 1) / 2) * ratio)
                for j in range(max(0, middle - 3), min(len(right), middle + 3) + 1):
                    for b in range(min(shape.right, len(right) - j) + 1):
                        key = (left[i : i + a], right[j : j + b])
                        count[key] = count.get(key, 0.0) + 1.0
    kept = {k: v for k, v in count.items() if v >= 2}
    total = sum(kept.values())
    return Transducer(
        shape,
        Alphabet.of(lefts),
        Alphabet.of(rights),
        list(kept),
        np.array([v / total for v in kept.values()]),
    )
