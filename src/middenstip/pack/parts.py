# SPDX-License-Identifier: EUPL-1.2
"""The parts that several kinds of items of a pack are made of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from pydantic import StringConstraints, model_validator

from middenstip.pack.conditions import Condition, Item, Operand, Scalar

Text = dict[str, str]  # language code -> text
Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$")]
Confidence = Literal["verified", "seen", "unverified", "house_rule"]


class Source(Item):
    """A document the pack rests on."""

    title: str
    url: str
    checked_on: date


class SourceRef(Item):
    """Where an item comes from: a source, the place in it, and how sure we are.

    ``verified`` read in the text itself, ``seen`` seen in an excerpt, ``unverified`` general
    knowledge that must be shown as such, ``house_rule`` decided by the keepers of the pack.
    """

    source: str
    article: str
    confidence: Confidence
    checked_on: date | None = None


class Case(Item):
    """One branch of a choice: the first branch whose condition holds gives the value."""

    when: Condition
    then: Scalar | Operand


class Formula(Item):
    """How a fact follows from others. Exactly one key; an unknown input gives an unknown.

    ``condition`` yes/no · ``years_between`` full years · ``days_between`` nights (difference
    of dates) · ``value`` an operand as it is · ``difference`` and ``sum`` money or numbers
    (``sum`` and ``difference`` treat nothing specially) · ``first_known`` · ``earliest`` and
    ``latest`` of those known · ``cases``/``otherwise`` choice · ``group_of`` the group of the
    codes in a list fact on the day.
    """

    condition: Condition | None = None
    years_between: tuple[Operand, Operand] | None = None
    days_between: tuple[Operand, Operand] | None = None
    value: Operand | None = None
    difference: tuple[Operand, Operand] | None = None
    sum: tuple[Operand, ...] | None = None
    first_known: tuple[Operand, ...] | None = None
    earliest: tuple[Operand, ...] | None = None
    latest: tuple[Operand, ...] | None = None
    cases: tuple[Case, ...] | None = None
    otherwise: Scalar | Operand | None = None
    group_of: str | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Formula:
        ways = [k for k, v in self if v is not None and k != "otherwise"]
        if len(ways) != 1:
            raise ValueError("a formula has exactly one way to come to its value")
        if self.otherwise is not None and ways != ["cases"]:
            raise ValueError("otherwise belongs to cases")
        return self

    def operands(self) -> Iterator[Operand]:
        """Yield the operands it names outside its conditions, those of its value."""
        for name in ("years_between", "days_between", "difference", "sum", "first_known"):
            yield from getattr(self, name) or ()
        yield from self.earliest or ()
        yield from self.latest or ()
        if self.value is not None:
            yield self.value
        for value in (*(case.then for case in self.cases or ()), self.otherwise):
            if isinstance(value, Operand):
                yield value


class EventMatch(Item):
    """An event of one type, if ``when`` certainly holds for it (facts just before, fields)."""

    event: str
    when: Condition | None = None


class StartByCondition(Item):
    """A duty that starts because facts are so, on the day ``on`` gives (or the day asked)."""

    condition: Condition
    on: Formula | None = None
