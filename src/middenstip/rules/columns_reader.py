# SPDX-License-Identifier: EUPL-1.2
"""Reads conditions and formulas of a pack as column expressions, on one day."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, cast

import ibis
from ibis.expr.types import ArrayValue, BooleanValue, DateValue, FloatingValue, Table, Value

from middenstip.pack.conditions import (
    All,
    AnyOf,
    Certainly,
    Comparison,
    Condition,
    Not,
    Operand,
    Possibly,
    SchemeHolds,
    Term,
)
from middenstip.pack.model import Case, Formula, Pack
from middenstip.rules import columns_calendar as calendar
from middenstip.rules import dates
from middenstip.rules.columns_groups import UNKNOWN_CODE, group_column
from middenstip.rules.columns_logic import (
    Operandish,
    Truth,
    as_column,
    choice,
    every,
    first_known,
    is_known,
    negation,
    settled,
    some,
)

_ORDERS: Mapping[str, Callable[[Any, Any], Any]] = {
    "is": operator.eq,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}
_MIRRORED = {"is": "is", "lt": "gt", "le": "ge", "gt": "lt", "ge": "le"}


class ColumnReader:
    """Turns trees into expressions over ``table``, which its owner lets grow stage by stage.

    ``constants`` holds what is the same in all rows, and goes before a column of that name;
    what is in neither is unknown.
    """

    def __init__(self, pack: Pack, on: date, table: Table) -> None:
        self.pack, self.on, self.table = pack, on, table
        self.constants: dict[str, Operandish] = {}

    def named(self, name: str) -> Operandish:
        """Return the column or the constant of a fact or scheme; None when unknown."""
        if name in self.constants:
            return self.constants[name]
        return self.table[name] if name in self.table.columns else None

    # --- conditions -------------------------------------------------------------------------

    def truth(self, condition: Condition) -> Truth:
        """Return whether the condition holds: true, false or not known, per row."""
        match condition:
            case Comparison():
                return self._comparison(condition)
            case All():
                return every(self.truth(part) for part in condition.all)
            case AnyOf():
                return some(self.truth(part) for part in condition.any)
            case Not():
                return negation(self.truth(condition.not_))
            case Possibly():
                return settled(self.truth(condition.possibly), unknown_as=True)
            case Certainly():
                return settled(self.truth(condition.certainly), unknown_as=False)
            case SchemeHolds():
                return self.named(condition.scheme)

    def _comparison(self, leaf: Comparison) -> Truth:
        ((name, right),) = leaf.comparisons()
        shortcut = self._moved_day(leaf, name, right) if name in _ORDERS else None
        if shortcut is not None:
            return shortcut
        left = self.operand(leaf)
        if isinstance(right, Operand):
            right = self.operand(right)
        if name == "known":
            return is_known(left) if right else negation(is_known(left))
        if left is None or right is None:
            return None
        if name == "in":
            return self._one_of(left, right)
        if name in ("has", "has_any"):
            return _holds_any(left, (right,) if name == "has" else right)
        if isinstance(left, BooleanValue) and isinstance(right, bool) and name == "is":
            return left if right else negation(left)
        return _ORDERS[name](left, right)

    def _moved_day(self, leaf: Operand, name: str, right: Any) -> BooleanValue | None:
        """Compare a fact moved by a term with a day that is the same for all, if that is it."""
        for moved, other, order in ((leaf, right, name), (right, leaf, _MIRRORED[name])):
            if not isinstance(moved, Operand) or (moved.plus is None) == (moved.minus is None):
                continue
            column = self.named(moved.fact) if moved.fact else None
            day = self.operand(other) if isinstance(other, Operand) else other
            if isinstance(column, DateValue) and isinstance(day, date):
                sign, term = (1, moved.plus) if moved.plus else (-1, moved.minus)
                return calendar.moved_compares(column, cast(Term, term), sign, order, day)
        return None

    def _one_of(self, left: Operandish, values: Sequence[Any]) -> Truth:
        if not isinstance(left, Value):
            return left in values
        if not values:
            return ibis.ifelse(left.isnull(), ibis.null("boolean"), False)
        return left.isin(values)

    def operand(self, operand: Operand) -> Operandish:
        """Return the value an operand looks up; ValueError for a field of an event."""
        if operand.event is not None:
            raise ValueError(f"no event is at hand in columns: field {operand.event}")
        value = self.on if operand.fact is None else self.named(operand.fact)
        for term, sign in ((operand.plus, 1), (operand.minus, -1)):
            if term is None or value is None:
                continue
            if isinstance(value, DateValue):
                value = calendar.shifted(value, term, sign)
            else:
                move = dates.add_term if sign == 1 else dates.subtract_term
                value = move(cast(date, value), term)
        return value

    # --- formulas ---------------------------------------------------------------------------

    def value(self, formula: Formula, dtype: str) -> Operandish:
        """Return the value of a formula; unknown where an input it needs is."""
        ((way, content),) = ((k, v) for k, v in formula if v is not None and k != "otherwise")
        match way:
            case "condition":
                return self.truth(content)
            case "value":
                return self.operand(content)
            case "cases":
                return self._cases(content, formula.otherwise, dtype)
            case "group_of":
                return self._group_of(content)
            case "first_known":
                return first_known([self.operand(part) for part in content])
            case "earliest" | "latest":
                return _extreme(way, [self.operand(part) for part in content])
        parts = [self.operand(part) for part in content]
        return None if any(part is None for part in parts) else _arithmetic(way, parts)

    def _cases(self, cases: Sequence[Case], otherwise: Any, dtype: str) -> Operandish:
        branches = [(self.truth(case.when), self._then(case.then)) for case in cases]
        return choice(branches, self._then(otherwise), dtype)

    def _then(self, then: Any) -> Operandish:
        return self.operand(then) if isinstance(then, Operand) else then

    def _group_of(self, fact: str) -> Operandish:
        codes = self.named(fact)
        code_list = self.pack.facts[fact].code_list
        if not isinstance(codes, ArrayValue) or code_list is None:
            return None
        return group_column(self.pack, code_list, codes, self.on)


def _holds_any(held: ArrayValue, wanted: Sequence[str]) -> Truth:
    # A list that says "and something not known" may hold the code after all.
    maybe = ibis.ifelse(held.contains(UNKNOWN_CODE), ibis.null("boolean"), False)
    return some([*(held.contains(code) for code in wanted), maybe])


def _extreme(way: str, parts: Sequence[Operandish]) -> Operandish:
    known = [part for part in parts if part is not None]
    if not any(isinstance(part, Value) for part in known):
        return None if not known else (min if way == "earliest" else max)(cast(Any, known))
    # Backends differ in what least() does with a null: fill each with one that is known.
    some_value = as_column(first_known(known))
    filled = [ibis.coalesce(as_column(part), some_value) for part in known]
    return (ibis.least if way == "earliest" else ibis.greatest)(*filled)


def _arithmetic(way: str, parts: Sequence[Any]) -> Operandish:
    constant = not any(isinstance(part, Value) for part in parts)
    if way == "years_between":
        return (dates.full_years if constant else calendar.full_years)(*parts)
    if way == "days_between":
        return (parts[1] - parts[0]).days if constant else calendar.days_between(*parts)
    if way == "difference":
        return _in_cents(parts[0] - parts[1])
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return _in_cents(total)


def _in_cents(amount: Any) -> Operandish:
    """Round a computed amount, so that 0.1 + 0.2 leaves no rest of 0.3."""
    if isinstance(amount, float):
        return round(amount, 2)
    return amount.round(2) if isinstance(amount, FloatingValue) else amount
