# SPDX-License-Identifier: EUPL-1.2
"""Three-valued logic on columns, with everything that is the same for all rows folded away.

A truth is True, False or None (not known) for all rows alike, or a boolean column in which
null is not known. Kleene's "and" and "or" are those of SQL and of Polars, which the tests
hold; folding constants first keeps the plan small where a fact is unknown for everybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TypeAlias

import ibis
from ibis.expr.types import BooleanValue, Value

Constant: TypeAlias = bool | int | float | date | str | None
Truth: TypeAlias = bool | BooleanValue | None
Operandish: TypeAlias = Constant | Value


def as_column(value: Operandish, dtype: str | None = None) -> Value:
    """Return a column with the value in every row, of the type given (or its own)."""
    if isinstance(value, Value):
        return value
    if value is None:
        return ibis.null(dtype or "boolean")
    return ibis.literal(value, type=dtype)


def negation(part: Truth) -> Truth:
    """Return Kleene's not."""
    if isinstance(part, Value):
        return ~part
    return None if part is None else not part


def every(parts: Iterable[Truth]) -> Truth:
    """Return Kleene's and: false as soon as one is false, true when all are, else unknown."""
    return _join(parts, neutral=True)


def some(parts: Iterable[Truth]) -> Truth:
    """Return Kleene's or: true as soon as one is true, false when all are false, else open."""
    return _join(parts, neutral=False)


def _join(parts: Iterable[Truth], *, neutral: bool) -> Truth:
    columns: list[BooleanValue] = []
    open_constant = False
    for part in parts:
        if isinstance(part, Value):
            columns.append(part)
        elif part is None:
            open_constant = True
        elif part is not neutral:
            return not neutral
    if not columns:
        return None if open_constant else neutral
    if open_constant:
        columns.append(ibis.null("boolean"))
    return ibis.and_(*columns) if neutral else ibis.or_(*columns)


def settled(part: Truth, *, unknown_as: bool) -> Truth:
    """Return the truth with a fixed answer where it is not known."""
    if isinstance(part, Value):
        return part.fill_null(unknown_as)
    return unknown_as if part is None else part


def is_known(value: Operandish) -> Truth:
    """Tell whether there is a value at all; never unknown itself."""
    if isinstance(value, Value):
        return value.notnull()
    return value is not None


def choice(branches: Sequence[tuple[Truth, Operandish]], last: Operandish, dtype: str) -> Value:
    """Return the value of the first branch that holds, unknown where a branch before it is.

    ``last`` is the value where no branch holds. What stands behind an unknown branch is not
    reached: the person might belong to that branch.
    """
    steps: list[tuple[BooleanValue, Value]] = []
    for truth, value in branches:
        if isinstance(truth, Value):
            steps.append((truth, as_column(value, dtype)))
            steps.append((truth.isnull(), ibis.null(dtype)))
        elif truth is None:
            last = None
            break
        elif truth:
            last = value
            break
    rest = as_column(last, dtype)
    return ibis.cases(*steps, else_=rest) if steps else rest


def first_known(parts: Sequence[Operandish]) -> Operandish:
    """Return the first value that is known, per row."""
    kept: list[Operandish] = []
    for part in parts:
        if part is None:
            continue
        kept.append(part)
        if not isinstance(part, Value):
            break
    if not kept:
        return None
    if len(kept) == 1:
        return kept[0]
    return ibis.coalesce(*(as_column(part) for part in kept))
