# SPDX-License-Identifier: EUPL-1.2
"""Why two records may be one person: every kind of evidence with its share of the score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import Levenshtein

from middenstip.matching.compare import KINDS, assign, compare, word_grid
from middenstip.matching.letters import SCRIPTS, letters_of, spellings
from middenstip.matching.names import Word
from middenstip.matching.records import Person
from middenstip.matching.table import Frequencies, Table
from middenstip.matching.through import Links, link_features
from middenstip.matching.weights import THROUGH, Weights
from middenstip.matching.words import LEVEL_NAMES, LEVELS


@dataclass(frozen=True)
class Step:
    """A piece of a word on both sides; ``same`` when both write the same."""

    left: str
    right: str
    same: bool


@dataclass(frozen=True)
class WordPair:
    """Two words taken for one: how alike (0..1), in a word, and letter by letter."""

    left: str
    right: str
    likeness: float
    level: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Contribution:
    """What one kind of evidence adds to the score, in log-odds, and the features behind it."""

    kind: str
    log_odds: float
    because: tuple[str, ...]


@dataclass(frozen=True)
class Evidence:
    """All that was weighed. ``start`` and the contributions add up to ``score``."""

    score: float
    start: float
    contributions: tuple[Contribution, ...]
    words: tuple[WordPair, ...]


def explain(
    one: Person,
    two: Person,
    counts: Frequencies,
    weights: Weights,
    own_and_link: tuple[float, float] | None = None,
) -> Evidence:
    """Return the evidence for and against two records being one person.

    ``counts`` say how rare each value is in the register. ``own_and_link`` are, when a third
    record is the person of both, the own score of the pair and the weaker link to that record.
    """
    table = Table([one, two], counts)
    a, b = np.array([0]), np.array([1])
    features = compare(table, a, b)
    values = features.matrix()[0].astype(np.float64) * weights.row(features.names)
    contributions = []
    for kind in KINDS:
        parts = [
            (name, value)
            for name, of, value in zip(features.names, features.kinds, values, strict=True)
            if of == kind and value
        ]
        if parts:
            names = tuple(name for name, _ in sorted(parts, key=lambda p: -abs(p[1])))
            contributions.append(Contribution(kind, float(sum(v for _, v in parts)), names))
    if own_and_link is not None:
        contributions.append(_through(*own_and_link, weights))
    total = weights.start + sum(part.log_odds for part in contributions)
    return Evidence(total, weights.start, tuple(contributions), _words(table))


def _through(own: float, link: float, weights: Weights) -> Contribution:
    links = Links(np.array([0]), np.array([link]))
    row = link_features(np.array([own]), links)[0]
    value = sum(weights.through[n] * float(x) for n, x in zip(THROUGH, row, strict=True))
    return Contribution(
        "through another record", value + weights.through_start, ("linked by a third record",)
    )


def _words(table: Table) -> tuple[WordPair, ...]:
    a, b = np.array([0]), np.array([1])
    pairs = assign(word_grid(table, table.names[a], table.names[b]))
    found = []
    for x, y, likeness in zip(pairs.left, pairs.right, pairs.likeness, strict=True):
        value = float(likeness[0])
        if value >= LEVELS[-1]:
            left = table.vocabulary.words[table.names[0, x[0]]]
            right = table.vocabulary.words[table.names[1, y[0]]]
            level = LEVEL_NAMES[int(np.searchsorted(-LEVELS, -value))]
            found.append(
                WordPair(left.written, right.written, value, level, letters(left, right))
            )
    return tuple(found)


def letters(left: Word, right: Word) -> tuple[Step, ...]:
    """Return two words cut into pieces that stand for each other, from begin to end.

    A word in Arabic, Cyrillic or Chinese script beside a Latin one is cut by the learnt letters
    of its script; two words in one script by the fewest changes.
    """
    for native, latin, turned in ((left, right, False), (right, left, True)):
        if native.script in SCRIPTS and latin.script not in SCRIPTS:
            steps = letters_of(native.script).align(native.written, latin.latin)
            plain = spellings(native)
            pieces = [(b, a) if turned else (a, b) for a, b, _ in steps]
            return tuple(Step(a, b, latin.latin in plain) for a, b in pieces)
    one, two = left.latin, right.latin
    if left.script == right.script and left.script in SCRIPTS:
        one, two = left.written, right.written
    return tuple(
        Step(
            one[op.src_start : op.src_end],
            two[op.dest_start : op.dest_end],
            op.tag == "equal",
        )
        for op in Levenshtein.opcodes(one, two)
    )
