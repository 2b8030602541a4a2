# SPDX-License-Identifier: EUPL-1.2
"""How good the comparison is: what was measured when it learnt, and what people said since.

Counts only. Nothing here names a person, a file or who decided.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from middenstip.access.acting import as_actor
from middenstip.access.actors import Actor
from middenstip.linkage.evidence import LIKELY, PERHAPS, whole_words
from middenstip.linkage.models import Answer, Verdict
from middenstip.linkage.selectors import Pair, known_persons, may_decide
from middenstip.linkage.weights import current
from middenstip.matching.levels import Level, levels_in
from middenstip.thread.errors import NotThere

_BELOW = PERHAPS - 1


@dataclass(frozen=True, slots=True)
class Judged:
    """What holds of a pair, and what the comparison spoke for then (log-odds), if it did."""

    answer: str
    score: float | None


@dataclass(frozen=True, slots=True)
class Said:
    """How many pairs that the screens put in these words turned out to be what."""

    words: str
    same: int
    different: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Quality:
    """What is known of the weights in use, and of what people decided beside their scores.

    `levels` as measured on persons not learnt from, empty where nothing was measured; `said`
    for each of the words of the screens, and for pairs decided without a comparison in the
    last line (empty words). `decided` counts all of them.
    """

    name: str
    shipped: bool
    learnt_on: date | None
    approved_by: tuple[str, ...]
    levels: tuple[Level, ...]
    said: tuple[Said, ...]
    decided: int


@as_actor
def quality(*, actor: Actor) -> Quality:
    """Return how good the comparison is, by the pairs of whom the actor may know who both are.

    NotThere for who may not decide about pairs.
    """
    if not may_decide(actor):
        raise NotThere
    used, found = current(), judged(actor=actor)
    return Quality(
        used.name,
        used.shipped,
        _day(used.learnt_on),
        used.approved_by,
        tuple(levels_in(used.measured)),
        _said(found.values()),
        len(found),
    )


@as_actor
def judged(*, actor: Actor) -> dict[Pair, Judged]:
    """Return what holds of each judged pair of whom the actor may know who both are."""
    latest = Verdict.objects.order_by("one", "two", "-number").distinct("one", "two")
    rows = list(latest.values_list("one", "two", "verdict", "score"))
    known = known_persons(actor, {person for one, two, *_ in rows for person in (one, two)})
    return {
        (one, two): Judged(answer, score)
        for one, two, answer, score in rows
        if known.issuperset((one, two))
    }


def _said(found: Iterable[Judged]) -> tuple[Said, ...]:
    count = Counter((_words(each.score), each.answer) for each in found)
    lines = [whole_words(score) for score in (LIKELY, PERHAPS, _BELOW)]
    return tuple(
        Said(words, *(count[words, answer.value] for answer in Answer))
        for words in [*lines, ""]
    )


def _words(score: float | None) -> str:
    return "" if score is None else whole_words(score)


def _day(text: str) -> date | None:
    """Return the day that a weights file names; None for what is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
