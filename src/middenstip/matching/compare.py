# SPDX-License-Identifier: EUPL-1.2
"""What speaks for and against two records being one person, as numbers, kind by kind.

Every feature belongs to one kind of evidence; the score is a weighted sum of features, so that
the contribution of each kind can be shown and all of them add up to the score.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import JaroWinkler
from rapidfuzz.process import cpdist

from middenstip.matching.table import ALIASES, NAMES, Floats, Ints, Table
from middenstip.matching.words import LEVELS, STRONG

Bools = npt.NDArray[np.bool_]
KINDS = ("names", "alias", "birth date", "sex", "nationality", "birth place", "phone", "source")
_GAPS = ((0, 0), (1, 1), (2, 2), (3, 3), (4, 5), (6, 999))


@dataclass
class Features:
    """Columns of one row a pair; each with the kind of evidence it belongs to."""

    names: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    columns: list[npt.NDArray[np.float32]] = field(default_factory=list)

    def add(self, kind: str, name: str, values: npt.NDArray[np.generic]) -> None:
        """Add one column, with 0 where it says nothing."""
        self.names.append(name)
        self.kinds.append(kind)
        self.columns.append(values.astype(np.float32))

    def matrix(self) -> npt.NDArray[np.float32]:
        """Return all columns side by side: pairs by features."""
        return np.column_stack(self.columns)


def compare(table: Table, a: Ints, b: Ints) -> Features:
    """Return the features of the pairs of rows (a[i], b[i]); the same columns for any table."""
    found = Features()
    one, two = (np.hstack([table.names[rows], table.alias[rows]]) for rows in (a, b))
    grid = word_grid(table, one, two)  # names and aliases at once: each call costs
    _names(found, table, a, b, grid[:, :NAMES, :NAMES])
    _alias(found, table, a, b, grid)
    _birth(found, table, a, b)
    for kind in ("sex", "nationality", "source"):
        _equality(found, table, kind, a, b)
    _phone(found, table, a, b)
    _place(found, table, a, b)
    return found


def word_grid(table: Table, left: Ints, right: Ints) -> Floats:
    """Return the likeness of each word left with each word right; -1 where one is missing."""
    shape = (len(left), left.shape[1], right.shape[1])
    grid = np.full(shape, -1.0)
    x = np.broadcast_to(left[:, :, None], shape)
    y = np.broadcast_to(right[:, None, :], shape)
    both = (x >= 0) & (y >= 0)
    grid[both] = table.vocabulary.likeness(x[both], y[both])
    return grid


@dataclass
class Assignment:
    """The best partner of words, best first: places left and right, and likeness."""

    left: list[Ints]
    right: list[Ints]
    likeness: list[Floats]


def assign(grid: Floats, rounds: int = 3) -> Assignment:
    """Pair words greedily, the most alike first; a word has at most one partner."""
    grid = grid.copy()
    n, height, width = grid.shape
    every = np.arange(n)
    made = Assignment([], [], [])
    for _ in range(rounds):
        best = grid.reshape(n, height * width).argmax(1)
        x, y = best // width, best % width
        made.left.append(x)
        made.right.append(y)
        made.likeness.append(grid[every, x, y])
        grid[every, x, :] = -1
        grid[every, :, y] = -1
    return made


def _names(found: Features, table: Table, a: Ints, b: Ints, grid: Floats) -> None:
    """Words of given and family name as one bag: organisations swap them."""
    left, right = table.names[a], table.names[b]
    n, words = len(a), table.vocabulary
    pairs = assign(grid)
    levels = len(LEVELS)
    count, rare, rare_sound = (np.zeros((levels, n)) for _ in range(3))
    open_left, open_right = left >= 0, right >= 0
    strong, crossed = np.zeros(n), np.zeros(n, dtype=bool)
    for x, y, likeness in zip(pairs.left, pairs.right, pairs.likeness, strict=True):
        good = np.flatnonzero(likeness >= LEVELS[-1])
        level = np.searchsorted(-LEVELS, -likeness[good])
        one, two = left[good, x[good]], right[good, y[good]]
        count[level, good] += 1
        rare[level, good] += np.minimum(words.rarity[one], words.rarity[two])
        rare_sound[level, good] += np.minimum(words.sound_rarity[one], words.sound_rarity[two])
        firm = likeness >= STRONG
        strong += firm
        crossed |= firm & (table.family[a, x] != table.family[b, y])
        open_left[good, x[good]] = False
        open_right[good, y[good]] = False
    for i in range(levels):
        found.add("names", f"words {i}", count[i])
        found.add("names", f"words {i} rare", rare[i])
        found.add("names", f"words {i} rare sound", rare_sound[i])
    _names_whole(found, strong, crossed, open_left, open_right)
    size = np.minimum((left >= 0).sum(1), (right >= 0).sum(1))
    found.add("names", "one word only", size == 1)
    found.add("names", "no word", size == 0)
    found.add("names", "left over", np.abs((left >= 0).sum(1) - (right >= 0).sum(1)))


def _names_whole(
    found: Features, strong: Floats, crossed: Bools, open_left: Bools, open_right: Bools
) -> None:
    found.add("names", "none alike", strong == 0)
    for least in (1, 2, 3):
        alike = strong == least if least == 1 else strong >= least
        found.add("names", f"{least} alike", alike)
    found.add("names", "crossed", crossed)
    contrary = np.minimum(open_left.sum(1), open_right.sum(1))
    found.add("names", "1 contrary", contrary == 1)
    found.add("names", "2 contrary", contrary >= 2)


def _alias(found: Features, table: Table, a: Ints, b: Ints, grid: Floats) -> None:
    """Alias with alias, and alias with name: an alias is often taken down as a name."""
    n, every, rarity = len(a), np.arange(len(a)), table.vocabulary.rarity
    aliases = grid[:, NAMES:, NAMES:].reshape(n, ALIASES * ALIASES)
    best, place = aliases.max(1), aliases.argmax(1)
    word = table.alias[a][every, place // ALIASES]
    found.add("alias", "the same alias", best >= LEVELS[1])
    found.add("alias", "near alias", (best >= STRONG) & (best < LEVELS[1]))
    found.add("alias", "rare alias", np.where(best >= STRONG, rarity[word], 0))
    found.add("alias", "other alias", (best >= 0) & (best < STRONG))
    one = grid[:, :NAMES, NAMES:].reshape(n, NAMES * ALIASES)
    two = grid[:, NAMES:, :NAMES].reshape(n, NAMES * ALIASES)
    best = np.maximum(one.max(1), two.max(1))
    first = table.names[a][every, one.argmax(1) // ALIASES]
    second = table.names[b][every, two.argmax(1) % NAMES]
    word = np.where(one.max(1) >= two.max(1), first, second)
    found.add("alias", "alias is name", best >= LEVELS[1])
    found.add("alias", "alias near name", (best >= STRONG) & (best < LEVELS[1]))
    found.add("alias", "alias is rare name", np.where(best >= STRONG, rarity[word], 0))
    found.add("alias", "alias is no name", (best >= 0) & (best < STRONG))


def _birth(found: Features, table: Table, a: Ints, b: Ints) -> None:
    """Birth dates as statements: exact with exact by day and month, otherwise by year."""
    one, two = table.birth[a], table.birth[b]
    stated = (one[:, 0] > 0) & (two[:, 0] > 0)
    exact_one, exact_two = (
        (d[:, 2] > 0) & ~((d[:, 1] == 1) & (d[:, 2] == 1)) for d in (one, two)
    )
    exact = stated & exact_one & exact_two
    gap = np.abs(one[:, 0] - two[:, 0])
    month, day = one[:, 1] == two[:, 1], one[:, 2] == two[:, 2]
    same = exact & (gap == 0) & month & day
    rarity = table.rarity["birth"][table.values["birth"][a]]
    found.add("birth date", "the same day", same)
    found.add("birth date", "the same rare day", np.where(same, rarity, 0))
    swapped = (one[:, 1] == two[:, 2]) & (one[:, 2] == two[:, 1]) & ~same & exact & (gap == 0)
    found.add("birth date", "day and month swapped", swapped)
    found.add("birth date", "only day differs", exact & (gap == 0) & month & ~day & ~swapped)
    found.add("birth date", "only month differs", exact & (gap == 0) & ~month & day & ~swapped)
    for low, high in ((1, 1), (2, 3), (4, 10), (11, 999)):
        within = (gap >= low) & (gap <= high)
        found.add("birth date", f"only year {low}-{high}", exact & month & day & within)
    rest = exact & ~same & ~swapped & ~(month & day) & ~((gap == 0) & (month | day))
    for low, high in ((0, 0), (1, 2), (3, 5), (6, 999)):
        found.add("birth date", f"other {low}-{high}", rest & (gap >= low) & (gap <= high))
    found.add("birth date", "other but day or month", rest & (month | day))
    vague = stated & ~exact
    _years(found, vague, exact_one | exact_two, gap)
    rarity = table.rarity["year"][table.values["year"][a]]
    found.add("birth date", "the same rare year", np.where(vague & (gap == 0), rarity, 0))
    found.add("birth date", "not stated", ~stated)


def _years(found: Features, vague: Bools, one_exact: Bools, gap: Ints) -> None:
    for low, high in _GAPS:
        within = vague & (gap >= low) & (gap <= high)
        found.add("birth date", f"year {low}-{high}", within & one_exact)
        found.add("birth date", f"both years {low}-{high}", within & ~one_exact)


def _equality(found: Features, table: Table, kind: str, a: Ints, b: Ints) -> None:
    one, two = table.values[kind][a], table.values[kind][b]
    stated, same = (one >= 0) & (two >= 0), (one == two) & (one >= 0)
    found.add(kind, f"same {kind}", same)
    found.add(kind, f"rare {kind}", np.where(same, table.rarity[kind][one], 0))
    found.add(kind, f"other {kind}", stated & ~same)


def _phone(found: Features, table: Table, a: Ints, b: Ints) -> None:
    """A telephone that many records share proves little: its rarity carries the weight."""
    one, two = table.values["phone"][a], table.values["phone"][b]
    same = (one == two) & (one >= 0)
    found.add("phone", "rare phone", np.where(same, table.rarity["phone"][one], 0))
    found.add("phone", "same phone", same)
    found.add("phone", "other phone", (one >= 0) & (two >= 0) & ~same)


def _place(found: Features, table: Table, a: Ints, b: Ints) -> None:
    one, two = table.values["place"][a], table.values["place"][b]
    alike = text_likeness(table, "place", one, two)
    rarity = table.rarity["place"]
    same = alike >= 0.85
    found.add("birth place", "same place", same)
    found.add(
        "birth place", "rare place", np.where(same, np.minimum(rarity[one], rarity[two]), 0)
    )
    found.add("birth place", "like place", (alike >= 0.7) & (alike < 0.85))
    found.add("birth place", "other place", (alike >= 0) & (alike < 0.7))


def text_likeness(table: Table, kind: str, one: Ints, two: Ints) -> Floats:
    """Return 0..1 for pairs of values of a column, -1 where one of them is not stated."""
    alike = np.where((one == two) & (one >= 0), 1.0, -1.0)
    differ = np.flatnonzero((one >= 0) & (two >= 0) & (one != two))
    if len(differ):
        texts, size = table.texts[kind], len(table.texts[kind])
        pairs, back = np.unique(one[differ] * size + two[differ], return_inverse=True)
        left, right = texts[pairs // size], texts[pairs % size]
        alike[differ] = cpdist(left, right, scorer=JaroWinkler.similarity, dtype=np.float64)[
            back
        ]
    return alike
