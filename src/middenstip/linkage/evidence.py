# SPDX-License-Identifier: EUPL-1.2
"""What speaks for and against two files being of one person, in words.

No number is shown: a score would be taken for a probability, and it is none before it was
measured on the register itself. What is not known, or not for the reader, speaks neither way.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final

from django.utils import formats
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from middenstip.linkage.known import BIRTH, NATIONALITIES, PHONE, SEX, Known
from middenstip.matching.explain import Contribution, Evidence, Step, WordPair
from middenstip.matching.names import script_of
from middenstip.thread.country import pack

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# Log-odds from which a kind of evidence speaks, and how: the same steps for and against.
STRONG, PLAIN, SLIGHT = 3.0, 1.0, 0.25
STRENGTHS: Final[dict[int, StrOrPromise]] = {
    3: gettext_lazy("speaks strongly for"),
    2: gettext_lazy("speaks for"),
    1: gettext_lazy("speaks a little for"),
    0: gettext_lazy("speaks neither way"),
    -1: gettext_lazy("speaks a little against"),
    -2: gettext_lazy("speaks against"),
    -3: gettext_lazy("speaks strongly against"),
}
WHOLE: Final[dict[int, StrOrPromise]] = {
    2: gettext_lazy("Much speaks for one person"),
    1: gettext_lazy("More speaks for one person than against"),
    0: gettext_lazy("Little speaks for one person"),
}
LIKELY, PERHAPS = 3.0, 0.0
KINDS: Final[dict[str, StrOrPromise]] = {
    "names": gettext_lazy("Name"),
    "alias": gettext_lazy("Other name"),
    "birth date": gettext_lazy("Day of birth"),
    "sex": gettext_lazy("Sex"),
    "nationality": gettext_lazy("Nationality"),
    "phone": gettext_lazy("Phone"),
}
# What the comparison found, for those features that say it best; in the order they are tried.
FOUND: Final[dict[str, StrOrPromise]] = {
    "no word": gettext_lazy("there is no name in one of the files"),
    "none alike": gettext_lazy("no part of the name is alike"),
    "crossed": gettext_lazy("given and family name are exchanged"),
    "3 alike": gettext_lazy("three parts of the name are the same or nearly so"),
    "2 alike": gettext_lazy("two parts of the name are the same or nearly so"),
    "1 alike": gettext_lazy("one part of the name is the same or nearly so"),
    "2 contrary": gettext_lazy("two parts of the name differ"),
    "1 contrary": gettext_lazy("one part of the name differs"),
    "the same alias": gettext_lazy("the same other name"),
    "near alias": gettext_lazy("nearly the same other name"),
    "alias is name": gettext_lazy("the other name of one is the name of the other"),
    "alias near name": gettext_lazy("the other name of one is nearly the name of the other"),
    "other alias": gettext_lazy("the other names differ"),
    "alias is no name": gettext_lazy("the other name of one is not in the name of the other"),
    "the same day": gettext_lazy("the same day"),
    "day and month swapped": gettext_lazy("day and month are exchanged"),
    "only day differs": gettext_lazy("only the day differs"),
    "only month differs": gettext_lazy("only the month differs"),
    "only year 1-1": gettext_lazy("the same day, one year apart"),
    "only year 2-3": gettext_lazy("the same day, two or three years apart"),
    "only year 4-10": gettext_lazy("the same day, some years apart"),
    "only year 11-999": gettext_lazy("the same day, many years apart"),
    "other 0-0": gettext_lazy("another day in the same year"),
    "other 1-2": gettext_lazy("another day, one or two years apart"),
    "other 3-5": gettext_lazy("another day, three to five years apart"),
    "other 6-999": gettext_lazy("another day, many years apart"),
    "same sex": gettext_lazy("the same"),
    "other sex": gettext_lazy("another"),
    "same nationality": gettext_lazy("a nationality in common"),
    "other nationality": gettext_lazy("no nationality in common"),
    "same phone": gettext_lazy("the same number"),
    "rare phone": gettext_lazy("the same number"),
    "other phone": gettext_lazy("another number"),
}
YEARS: Final[dict[str, StrOrPromise]] = {
    "0-0": gettext_lazy("1 January often stands for a year only; the year is the same"),
    "1-1": gettext_lazy("1 January often stands for a year only; one year apart"),
    "2-2": gettext_lazy("1 January often stands for a year only; two years apart"),
    "3-3": gettext_lazy("1 January often stands for a year only; three years apart"),
    "4-5": gettext_lazy("1 January often stands for a year only; four or five years apart"),
    "6-999": gettext_lazy("1 January often stands for a year only; many years apart"),
}
LIKENESS: Final[dict[str, StrOrPromise]] = {
    "the same": gettext_lazy("the same word"),
    "same sound": gettext_lazy("nearly the same word, or the same sound"),
    "near": gettext_lazy("nearly the same word"),
    "alike": gettext_lazy("alike"),
    "somewhat alike": gettext_lazy("somewhat alike"),
    "hardly alike": gettext_lazy("hardly alike"),
}


@dataclass(frozen=True, slots=True)
class Side:
    """What one file says of each kind of evidence, as people read it; by the kinds of KINDS."""

    values: dict[str, str] = field(repr=False)

    @classmethod
    def of(cls, known: Known) -> Side:
        """Put what is known of a person in words; empty where it is not known, or not shown."""
        said = known.values
        lang = (get_language() or "nl")[:2]
        country = pack()
        codes = country.facts[NATIONALITIES].code_list or ""
        names = [country.label_of(codes, code, lang) for code in known.nationalities]
        sex, sexes = said[SEX], country.facts[SEX].code_list or ""
        return cls(
            {
                "names": " ".join(filter(None, (said["given_name"], said["family_name"]))),
                "alias": said["alias"],
                "birth date": _day(said[BIRTH]),
                "sex": country.label_of(sexes, sex, lang) if sex else "",
                "nationality": ", ".join(names),
                "phone": said[PHONE],
            }
        )


@dataclass(frozen=True, slots=True)
class Reason:
    """One kind of evidence: what each file says, what was found, and how it speaks.

    `level` from -3 (strongly against) to 3 (strongly for); `strength` is that in words.
    """

    kind: str
    label: str
    left: str = field(repr=False)
    right: str = field(repr=False)
    found: str
    level: int
    strength: str


@dataclass(frozen=True, slots=True)
class Letters:
    """Two words that were taken for one another: how alike, and piece by piece.

    `translated`: in two scripts, so that no piece is the same and each stands for the other.
    """

    left: str = field(repr=False)
    right: str = field(repr=False)
    likeness: str
    translated: bool
    steps: tuple[Step, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reasons:
    """All that was weighed, kind by kind; `whole` sums it up in words, `level` 0 to 2."""

    whole: str
    level: int
    lines: tuple[Reason, ...]
    letters: tuple[Letters, ...]

    @property
    def telling(self) -> tuple[Reason, ...]:
        """Return the kinds that speak for or against, what speaks loudest first."""
        told = [line for line in self.lines if line.level]
        return tuple(sorted(told, key=lambda line: -abs(line.level)))


def whole_words(score: float) -> str:
    """Return in words how much speaks for one person, of a score in log-odds."""
    return str(WHOLE[_whole(score)])


def _whole(score: float) -> int:
    return 2 if score >= LIKELY else 1 if score >= PERHAPS else 0


def reasons(evidence: Evidence, left: Side, right: Side) -> Reasons:
    """Put the evidence about two persons in words, beside what each file says."""
    by_kind = {part.kind: part for part in evidence.contributions}
    level = _whole(evidence.score)
    lines = (
        _reason(kind, by_kind.get(kind), left.values[kind], right.values[kind])
        for kind in KINDS
        if left.values[kind] or right.values[kind]
    )
    return Reasons(
        str(WHOLE[level]), level, tuple(lines), tuple(_letters(pair) for pair in evidence.words)
    )


def _reason(kind: str, part: Contribution | None, left: str, right: str) -> Reason:
    # An other name is compared with the names as well: it may speak where one side has none.
    both = bool(left and right) or kind == "alias"
    level = _level(part.log_odds) if part and both else 0
    found = _found(part.because) if part and both else ""
    if not both:
        found = _("not known in one of the files, or not shown to you")
    return Reason(kind, str(KINDS[kind]), left, right, found, level, str(STRENGTHS[level]))


def _level(log_odds: float) -> int:
    steps = sum(abs(log_odds) >= least for least in (SLIGHT, PLAIN, STRONG))
    return steps if log_odds > 0 else -steps


def _found(because: Iterable[str]) -> str:
    """Return in words what was found: the first of FOUND, or how far years are apart."""
    features = set(because)
    for feature in features:
        if feature.startswith(("year ", "both years ")):
            return str(YEARS[feature.rsplit(" ", 1)[1]])
    said = [str(words) for feature, words in FOUND.items() if feature in features]
    return "; ".join(dict.fromkeys(said))


def _letters(pair: WordPair) -> Letters:
    translated = script_of(pair.left) != script_of(pair.right)
    words = str(LIKENESS[pair.level])
    return Letters(pair.left, pair.right, words, translated, pair.steps)


def _day(text: str) -> str:
    return formats.date_format(date.fromisoformat(text), "j F Y") if text else ""
