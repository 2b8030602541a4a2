# SPDX-License-Identifier: EUPL-1.2
"""The closed condition language as data: its shapes, not its meaning.

A condition is a small tree. Leaves compare an operand with a value or with another operand;
branches are ``all``, ``any``, ``not``, ``possibly`` and ``certainly``. Schemes, duties, guards,
flags and computed facts all use it. Its meaning (three-valued: true, false, not known yet) is
in :mod:`middenstip.rules`.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

Scalar = bool | int | float | date | str

COMPARISONS = ("is", "in", "lt", "le", "gt", "ge", "has", "has_any", "known")


class Item(BaseModel):
    """Base of every part of a pack: immutable, and an unknown key is an error."""

    # Only the whole pack is ever validated: building a validator per part costs 0.3 s of start.
    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, defer_build=True
    )


class Term(Item):
    """A length of time in calendar units; parts add up (years, months, then weeks, days)."""

    years: int = 0
    months: int = 0
    weeks: int = 0
    days: int = 0

    @model_validator(mode="after")
    def _some_length(self) -> Term:
        if not self.model_fields_set:
            raise ValueError("a term needs years, months, weeks or days")
        return self


class Operand(Item):
    """A value looked up: a fact, a field of the event at hand (``on`` is its day), or today.

    ``plus`` and ``minus`` shift a date by a term; an unknown stays unknown.
    """

    fact: str | None = None
    event: str | None = None
    today: Literal[True] | None = None
    plus: Term | None = None
    minus: Term | None = None

    @model_validator(mode="after")
    def _one_origin(self) -> Operand:
        if sum(x is not None for x in (self.fact, self.event, self.today)) != 1:
            raise ValueError("name exactly one of: fact, event, today")
        return self


class Comparison(Operand):
    """A leaf: an operand and exactly one comparison.

    ``is`` equals; ``in`` is one of a list; ``lt le gt ge`` order numbers and dates; ``has`` and
    ``has_any`` look into a list; ``known`` asks whether there is a value at all and is itself
    never unknown. ``say`` replaces the generated sentence in explanations, per language.
    """

    is_: Scalar | Operand | None = Field(default=None, alias="is")
    in_: tuple[Scalar, ...] | None = Field(default=None, alias="in")
    lt: Scalar | Operand | None = None
    le: Scalar | Operand | None = None
    gt: Scalar | Operand | None = None
    ge: Scalar | Operand | None = None
    has: str | None = None
    has_any: tuple[str, ...] | None = None
    known: bool | None = None
    say: dict[str, str] | None = None

    @model_validator(mode="after")
    def _one_comparison(self) -> Comparison:
        if len(self.comparisons()) != 1:
            raise ValueError(f"use exactly one comparison of: {', '.join(COMPARISONS)}")
        return self

    def comparisons(self) -> list[tuple[str, Any]]:
        """The comparisons given, as (operator, right-hand side); a valid leaf has one."""
        pairs = (
            ("is", self.is_),
            ("in", self.in_),
            ("lt", self.lt),
            ("le", self.le),
            ("gt", self.gt),
            ("ge", self.ge),
            ("has", self.has),
            ("has_any", self.has_any),
            ("known", self.known),
        )
        return [(name, value) for name, value in pairs if value is not None]

    @property
    def left(self) -> Operand:
        """The operand without its comparison."""
        return Operand(
            fact=self.fact, event=self.event, today=self.today, plus=self.plus, minus=self.minus
        )


class All(Item):
    """True when every part is; false as soon as one is false; else not known."""

    all: tuple[Condition, ...] = Field(min_length=1)


class AnyOf(Item):
    """True as soon as one part is; false when every part is false; else not known."""

    any: tuple[Condition, ...] = Field(min_length=1)


class Not(Item):
    """Turns true and false around; not known stays not known."""

    not_: Condition = Field(alias="not")


class Possibly(Item):
    """True unless the inner condition is certainly false (what protects a child uses this)."""

    possibly: Condition


class Certainly(Item):
    """True only when the inner condition is certainly true; never unknown."""

    certainly: Condition


class SchemeHolds(Item):
    """The outcome of another scheme on the same day: applies, does not apply, or unknown."""

    scheme: str


def _kind(value: Any) -> str | None:
    if isinstance(value, dict):
        for key in ("all", "any", "not", "possibly", "certainly", "scheme"):
            if key in value:
                return key
        return "compare"
    return _KINDS.get(type(value))


_KINDS: dict[type[Any], str] = {
    All: "all",
    AnyOf: "any",
    Not: "not",
    Possibly: "possibly",
    Certainly: "certainly",
    SchemeHolds: "scheme",
    Comparison: "compare",
}


Condition = Annotated[
    Annotated[All, Tag("all")]
    | Annotated[AnyOf, Tag("any")]
    | Annotated[Not, Tag("not")]
    | Annotated[Possibly, Tag("possibly")]
    | Annotated[Certainly, Tag("certainly")]
    | Annotated[SchemeHolds, Tag("scheme")]
    | Annotated[Comparison, Tag("compare")],
    Discriminator(_kind),
]
