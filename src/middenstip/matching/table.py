# SPDX-License-Identifier: EUPL-1.2
"""Records in columns, and how often each value occurs: what comparing many pairs needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from middenstip.matching.letters import SCRIPTS
from middenstip.matching.names import Word, skeleton
from middenstip.matching.records import Person
from middenstip.matching.words import Vocabulary, rarity

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

NAMES, ALIASES = 4, 2
VALUES = ("sex", "nationality", "phone", "place", "source", "birth", "year")


def _value(person: Person, kind: str) -> str:
    if kind == "birth":
        return str(person.birth) if person.birth else ""
    if kind == "year":
        return str(person.birth.year) if person.birth else ""
    return str(getattr(person, kind))


@dataclass
class Frequencies:
    """In how many records each word, sound and value occurs. Rare agreement says more."""

    n: int = 0
    words: Counter[str] = field(default_factory=Counter)
    sounds: Counter[str] = field(default_factory=Counter)
    values: dict[str, Counter[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, persons: Iterable[Person]) -> Frequencies:
        """Count all records."""
        made = cls()
        for person in persons:
            made.add(person)
        return made

    def add(self, person: Person) -> None:
        """Count one more record."""
        self.n += 1
        words = {w for w, _ in person.names} | set(person.alias)
        self.words.update({word_key(w) for w in words})
        self.sounds.update({skeleton(w.latin) for w in words})
        for kind in VALUES:
            if value := _value(person, kind):
                self.values.setdefault(kind, Counter())[value] += 1
        for i, value in enumerate(person.also):
            if value:
                self.values.setdefault(f"also:{i}", Counter())[value] += 1

    def count(self, kind: str, counts: Mapping[str, int]) -> None:
        """Say in how many records values of a kind are, where somebody else has counted."""
        known = self.values.setdefault(kind, Counter())
        known.update({value: number for value, number in counts.items() if value not in known})

    def rarity(self, kind: str, values: Sequence[str]) -> Floats:
        """Return how rare each value is; 0 for an empty one."""
        count = self.values.get(kind, Counter())
        return rarity(np.array([count[v] for v in values]), self.n, kind)


def word_key(word: Word) -> str:
    """Return what words have in common that count as the same word."""
    return word.written if word.script in SCRIPTS else word.latin


class Table:
    """Records in columns. Rows are places in ``persons``; -1 and 0 mean nothing stated."""

    def __init__(
        self, persons: Sequence[Person], counts: Frequencies, to_ask: bool = False
    ) -> None:
        """Lay out the records; with ``to_ask`` one more row is kept for `ask`."""
        if to_ask:
            persons = [*persons, Person("")]
        self.persons, self.counts, self._to_ask = persons, counts, to_ask
        n = len(persons)
        self.vocabulary = Vocabulary()
        if to_ask:
            self.vocabulary.reserve(NAMES + ALIASES)
        self.names = np.full((n, NAMES), -1, dtype=np.int64)
        self.family = np.zeros((n, NAMES), dtype=bool)
        self.alias = np.full((n, ALIASES), -1, dtype=np.int64)
        self.birth = np.zeros((n, 3), dtype=np.int64)
        for i, person in enumerate(persons):
            for k, (word, family) in enumerate(person.names):
                self.names[i, k] = self.vocabulary.number(word)
                self.family[i, k] = bool(family)
            for k, word in enumerate(person.alias):
                self.alias[i, k] = self.vocabulary.number(word)
            if person.birth:
                self.birth[i] = (person.birth.year, person.birth.month, person.birth.day)
        self.vocabulary.freeze(counts.words, counts.sounds, counts.n)
        self.values: dict[str, Ints] = {}
        self.texts: dict[str, npt.NDArray[np.object_]] = {}
        self.rarity: dict[str, Floats] = {}
        self._numbers: dict[str, dict[str, int]] = {}
        for kind in VALUES:
            self._column(kind, [_value(p, kind) for p in persons])
        for i in range(max((len(p.also) for p in persons), default=0)):
            self._column(f"also:{i}", [p.also[i] for p in persons])

    def _column(self, kind: str, values: list[str]) -> None:
        number: dict[str, int] = {}
        places = [number.setdefault(v, len(number)) if v else -1 for v in values]
        if self._to_ask:
            number["\0"] = len(number)
            self._numbers[kind] = number
        self.values[kind] = np.array(places, dtype=np.int64)
        texts = np.empty(len(number) + 1, dtype=object)
        texts[:] = [*number, ""]
        self.texts[kind] = texts
        self.rarity[kind] = np.append(self.counts.rarity(kind, list(number)), 0.0)

    def ask(self, person: Person) -> int:
        """Put one record in the row kept for it, and return that row. Not for two at once."""
        row = len(self.persons) - 1
        words = [word for word, _ in person.names] + list(person.alias)
        counts = self.counts
        numbers = self.vocabulary.lend(words, counts.words, counts.sounds, counts.n)
        size = len(person.names)
        self.names[row], self.alias[row], self.birth[row] = -1, -1, 0
        self.names[row, :size] = numbers[:size]
        self.alias[row, : len(person.alias)] = numbers[size:]
        self.family[row, :size] = [bool(family) for _, family in person.names]
        if person.birth:
            self.birth[row] = (person.birth.year, person.birth.month, person.birth.day)
        for kind in VALUES:
            self._ask_value(kind, row, _value(person, kind))
        for i, text in enumerate(person.also):
            self._ask_value(f"also:{i}", row, text)
        return row

    def _ask_value(self, kind: str, row: int, value: str) -> None:
        place = self._numbers[kind].get(value, -1 if not value else self._numbers[kind]["\0"])
        self.values[kind][row] = place
        if value and place == self._numbers[kind]["\0"]:
            self.texts[kind][place] = value
            self.rarity[kind][place] = self.counts.rarity(kind, [value])[0]
