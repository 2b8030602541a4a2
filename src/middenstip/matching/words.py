# SPDX-License-Identifier: EUPL-1.2
"""How alike two words of names are, for many pairs of words at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import JaroWinkler, Postfix, Prefix
from rapidfuzz.process import cpdist

from middenstip.matching.letters import SCRIPTS, spellings
from middenstip.matching.names import Word, skeleton

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Strings = npt.NDArray[np.object_]

# The best a pair of different words can get, and by what they are alike.
ALIKE = {"letters": 0.97, "sound": 0.955, "short form": 0.93, "ending": 0.9}
LEVELS = np.array([0.999, 0.95, 0.92, 0.87, 0.80, 0.70])
LEVEL_NAMES = ("the same", "same sound", "near", "alike", "somewhat alike", "hardly alike")
STRONG = 0.87
FORMS = 4  # spellings of one word that are compared


# So many records more we imagine without the value: a short list says little of what is rare.
_IMAGINED = {
    "word": 500,
    "sound": 200,
    "birth": 1_000,
    "phone": 500,
    "place": 50,
    "nationality": 10,
}


def rarity(counts: npt.NDArray[np.generic], n: int, kind: str) -> Floats:
    """Return what agreement on a value is worth: log(records / other records that have it).

    ``counts`` say in how many of n records each value is. One of them does not count: two
    records that agree are no proof that others do.
    """
    others = np.maximum(np.asarray(counts, dtype=np.float64) - 1, 1)
    found: Floats = np.log((n + 1 + _IMAGINED.get(kind, 0) / others) / others)
    return found


class Vocabulary:
    """All different words of some records: a number for each, and what is compared of it."""

    def __init__(self) -> None:
        self._number: dict[str, int] = {}
        self.words: list[Word] = []
        self._lent: list[int] = []

    def number(self, word: Word) -> int:
        """Return the number of a word; spellings with and without tone marks share one."""
        key = word.written if word.script in SCRIPTS else word.latin
        found = self._number.get(key)
        if found is None:
            found = self._number[key] = len(self.words)
            self.words.append(word)
        return found

    def freeze(
        self, word_count: Mapping[str, int], sound_count: Mapping[str, int], n: int
    ) -> None:
        """Prepare the columns. The counts say in how many of n records a word or sound is."""
        forms = [spellings(w) for w in self.words]
        most = FORMS if self._lent else max(map(len, forms), default=1)
        self.forms: Strings = np.empty((most, len(forms)), dtype=object)
        for k in range(most):
            self.forms[k] = [f[k] if k < len(f) else f[0] for f in forms]
        self.native = np.array([w.script in SCRIPTS for w in self.words], dtype=bool)
        scripts = [SCRIPTS.index(w.script) if w.script in SCRIPTS else -1 for w in self.words]
        self.script = np.array(scripts, dtype=np.int64)
        self.written: Strings = np.empty(len(self.words), dtype=object)
        self.written[:] = [w.written for w in self.words]
        self._sound_numbers: dict[str, int] = {}
        columns = [self._sounds(column, self._sound_numbers) for column in self.forms]
        self.sounds = np.array(columns, dtype=np.int64)
        self.lengths = np.array([[len(f) for f in column] for column in self.forms])
        keys = list(self._number)
        counts = np.array([word_count.get(key, 1) for key in keys] or [1])
        self.rarity = rarity(counts, n, "word")
        sound_counts = [sound_count.get(skeleton(f), 1) for f in self.forms[0]]
        self.sound_rarity = rarity(np.array(sound_counts or [1]), n, "sound")

    def reserve(self, places: int) -> None:
        """Keep places free for words that come later, one record at a time. Before freeze."""
        for i in range(places):
            self._lent.append(self.number(Word(f"\0{i}", "", "latin")))

    def lend(
        self,
        words: Sequence[Word],
        word_count: Mapping[str, int],
        sound_count: Mapping[str, int],
        n: int,
    ) -> list[int]:
        """Return numbers of words, new ones in the free places; until the next call."""
        numbers, free = [], iter(self._lent)
        for word in words:
            key = word.written if word.script in SCRIPTS else word.latin
            if (known := self._number.get(key)) is not None:
                numbers.append(known)
                continue
            place = next(free)
            numbers.append(place)
            forms = spellings(word)
            for k, column in enumerate(self.forms):
                column[place] = forms[k] if k < len(forms) else forms[0]
                self.sounds[k][place] = self._sounds(column[[place]], self._sound_numbers)[0]
                self.lengths[k][place] = len(column[place])
            self.native[place] = word.script in SCRIPTS
            self.script[place] = SCRIPTS.index(word.script) if self.native[place] else -1
            self.written[place] = word.written
            self.words[place] = word
            self.rarity[place] = rarity(np.array([word_count.get(key, 1)]), n, "word")[0]
            count = sound_count.get(skeleton(forms[0]), 1)
            self.sound_rarity[place] = rarity(np.array([count]), n, "sound")[0]
        return numbers

    @staticmethod
    def _sounds(column: Strings, known: dict[str, int]) -> Ints:
        """Return the number of the skeleton of each word, -1 where it is too short to tell."""
        found = np.full(len(column), -1, dtype=np.int64)
        for i, form in enumerate(column):
            if len(bones := skeleton(form)) >= 2:
                found[i] = known.setdefault(bones, len(known))
        return found

    def likeness(self, a: Ints, b: Ints) -> Floats:
        """Return 0..1 for pairs of word numbers: 1 the same word, 0.97 at most otherwise."""
        size = len(self.words)
        low, high = np.minimum(a, b), np.maximum(a, b)
        pairs, back = np.unique(low * size + high, return_inverse=True)
        x, y = pairs // size, pairs % size
        result = np.ones(len(pairs))
        other = np.flatnonzero(x != y)
        mixed = other[self.native[x[other]] | self.native[y[other]]]
        forms = np.arange(1, len(self.forms)).repeat(len(mixed))
        first, zeros = np.zeros(len(other), dtype=np.int64), np.zeros_like(forms)
        every = np.concatenate([other, np.tile(mixed, 2 * (len(self.forms) - 1))])
        value = self._forms_likeness(
            (np.concatenate([first, forms, zeros]), x[every]),
            (np.concatenate([first, zeros, forms]), y[every]),
        )
        result[other] = value[: len(other)]
        if len(mixed):
            again = value[len(other) :].reshape(-1, len(mixed))
            result[mixed] = np.maximum(result[mixed], again.max(axis=0, initial=0))
        same = other[self.native[x[other]] & (self.script[x[other]] == self.script[y[other]])]
        result[same] = self._written_likeness(x[same], y[same])
        found: Floats = result[back]
        return found

    def _written_likeness(self, x: Ints, y: Ints) -> Floats:
        """Compare words of one script as they are written: one sound may have many signs."""
        if not len(x):
            return np.zeros(0)
        left, right = self.written[x], self.written[y]
        value: Floats = cpdist(left, right, scorer=JaroWinkler.similarity, dtype=np.float64)
        found: Floats = np.minimum(value, ALIKE["letters"])
        return found

    def _forms_likeness(self, one: tuple[Ints, Ints], two: tuple[Ints, Ints]) -> Floats:
        """Compare spellings: each side says which spelling of which word."""
        if not len(one[0]):
            return np.zeros(0)
        left, right = self.forms[one], self.forms[two]
        value = cpdist(left, right, scorer=JaroWinkler.similarity, dtype=np.float64)
        value = np.minimum(value, ALIKE["letters"])
        sound = self.sounds[one]
        alike = (sound == self.sounds[two]) & (sound >= 0)
        value = np.maximum(value, np.where(alike, ALIKE["sound"], 0))
        short = np.minimum(self.lengths[one], self.lengths[two])
        begin = cpdist(left, right, scorer=Prefix.similarity, dtype=np.int32)
        end = cpdist(left, right, scorer=Postfix.similarity, dtype=np.int32)
        value = np.maximum(
            value, np.where((begin == short) & (short >= 3), ALIKE["short form"], 0)
        )
        ending: Floats = np.where((end == short) & (short >= 4), ALIKE["ending"], 0)
        found: Floats = np.maximum(value, ending)
        return found
