# SPDX-License-Identifier: EUPL-1.2
"""How alike two whole names are, in any scripts, and which of many names is meant."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from rapidfuzz import fuzz, process

from middenstip.matching.letters import SCRIPTS, letters_of, spellings
from middenstip.matching.names import Word, name_words, skeleton
from middenstip.matching.table import Floats
from middenstip.matching.words import Vocabulary

_OPEN_SHARE = 0.55  # what a word without a partner costs on the shorter side, for each letter


def name_scores(pairs: Sequence[tuple[str, str]]) -> Floats:
    """Return for each pair of names how alike they are, 0 to 1; the order of words is free.

    Names without a letter score 0.
    """
    vocabulary = Vocabulary()
    numbers = [
        [vocabulary.number(w) for w in name_words(name)] for pair in pairs for name in pair
    ]
    vocabulary.freeze({}, {}, 1)
    left, right = numbers[::2], numbers[1::2]
    a = [x for xs, ys in zip(left, right, strict=True) for x in xs for _ in ys]
    b = [y for xs, ys in zip(left, right, strict=True) for _ in xs for y in ys]
    likeness = vocabulary.likeness(np.array(a, dtype=np.int64), np.array(b, dtype=np.int64))
    result = np.zeros(len(pairs))
    begin = 0
    for i, (xs, ys) in enumerate(zip(left, right, strict=True)):
        size = len(xs) * len(ys)
        if size:
            grid = likeness[begin : begin + size].reshape(len(xs), len(ys))
            result[i] = _whole(grid, *([vocabulary.words[w] for w in ws] for ws in (xs, ys)))
        begin += size
    return result


def _whole(grid: Floats, xs: list[Word], ys: list[Word]) -> float:
    """Return the likeness of two names from the likeness of their words."""
    lengths_x, lengths_y = ([max(len(w.latin), 2) for w in ws] for ws in (xs, ys))
    grid, open_x, open_y = grid.copy(), set(range(len(xs))), set(range(len(ys)))
    gained = 0.0
    while open_x and open_y:
        x, y = (int(i) for i in np.unravel_index(grid.argmax(), grid.shape))
        if grid[x, y] < 0.7:
            break
        gained += _worth(float(grid[x, y])) * (lengths_x[x] + lengths_y[y])
        grid[x, :] = grid[:, y] = -1.0
        open_x.discard(x)
        open_y.discard(y)
    total = sum(lengths_x) + sum(lengths_y)
    left_x, left_y = sum(lengths_x[x] for x in open_x), sum(lengths_y[y] for y in open_y)
    contrary = min(left_x, left_y)
    extra = max(left_x, left_y) - contrary
    by_words = gained / (total - _OPEN_SHARE * extra)
    joined = _joined(xs, ys)
    return float(min(max(by_words, joined), 1.0))


def _worth(likeness: float) -> float:
    """Return what a likeness of words counts: 0.7 and less nothing, the same word 1."""
    return float(max(0.0, (likeness - 0.7) / 0.3) ** 0.7)


def _joined(xs: list[Word], ys: list[Word]) -> float:
    """Return the likeness of names written together or cut elsewhere."""
    scripts = {w.script for w in (*xs, *ys)}
    if len(scripts) == 1 and scripts <= set(SCRIPTS):
        one, two = ("".join(w.written for w in words) for words in (xs, ys))
        return float(fuzz.ratio(one, two)) / 100 if min(len(one), len(two)) >= 5 else 0.0
    best = 0.0
    for left in _together(xs):
        for right in _together(ys):
            if min(len(left), len(right)) >= 5:
                best = max(best, float(fuzz.ratio(left, right)) / 100)
    return best if best >= 0.88 else 0.0


def _together(words: list[Word]) -> set[str]:
    forms = {"".join(w.latin for w in words), "".join(spellings(w)[0] for w in words)}
    return forms | {"".join(w.latin for w in reversed(words))}


class NamePool:
    """Many names in which one is looked for, also in another script."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = list(names)
        self._words = [name_words(name) for name in self.names]
        self._joined = ["".join(w.latin for w in words) for words in self._words]
        self._bones = [skeleton(joined) for joined in self._joined]

    def find(self, query: str, best: int = 10) -> list[tuple[str, float]]:
        """Return the names most probably meant, with a score from 0 to 1, best first."""
        words = name_words(query)
        if not words or not self.names:
            return []
        places = self._candidates(words)
        if len(words) == 1 and words[0].script in SCRIPTS:
            scores = self._spelt(words[0], places)
        else:
            scores = name_scores([(query, self.names[i]) for i in places])
        order = np.argsort(-scores, kind="stable")[:best]
        return [(self.names[places[i]], float(scores[i])) for i in order if scores[i] > 0]

    def _candidates(self, words: Sequence[Word]) -> list[int]:
        """Return the places of names that may be meant, by letters and by consonants."""
        found: dict[int, None] = {}
        count = 5 if len(words) == 1 else 2
        forms = {"".join(spellings(w, count)[0] for w in words)}
        if len(words) == 1:
            forms = set(spellings(words[0], 5))
        for form in sorted(forms):
            for _, _, i in process.extract(form, self._joined, scorer=fuzz.ratio, limit=80):
                found[i] = None
            if len(bones := skeleton(form)) >= 2:
                near = process.extract(bones, self._bones, scorer=fuzz.ratio, limit=40)
                found.update(dict.fromkeys(i for _, _, i in near))
        return list(found)

    def _spelt(self, word: Word, places: Sequence[int]) -> Floats:
        """Return P(native | Latin) for each letter, from the learnt letters of the script."""
        learnt = letters_of(word.script)
        latin = [self._joined[i] or "?" for i in places]
        both = learnt.likelihood([word.written] * len(latin), latin)
        alone = np.array([learnt.latin_chance(form) for form in latin])
        found: Floats = np.exp(np.minimum((both - alone) / max(len(word.written), 1), 0.0))
        return found
