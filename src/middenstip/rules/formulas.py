# SPDX-License-Identifier: EUPL-1.2
"""How a fact follows from other facts: formulas compiled to functions of a view."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from middenstip.pack.conditions import Operand
from middenstip.pack.model import Formula
from middenstip.rules.conditions import (
    Get,
    View,
    compile_condition,
    get_operand,
    get_value,
)
from middenstip.rules.dates import full_years

Groups = Callable[[tuple[str, ...], date], str | None]


class Compiled:
    """A compiled formula: its function, the facts it looks at, the conditions inside it."""

    __slots__ = ("facts", "get", "nodes")

    def __init__(self, formula: Formula, group_of: Groups | None = None) -> None:
        self.nodes = tuple(compile_condition(when) for when in _conditions(formula))
        self.get: Get = self._compile(formula, group_of)
        facts = {o.fact for o in formula.operands() if o.fact}
        if formula.group_of:
            facts.add(formula.group_of)
        for inner in self.nodes:
            facts |= inner.facts
        self.facts = frozenset(facts)

    def _compile(self, formula: Formula, group_of: Groups | None) -> Get:
        if formula.condition is not None:
            return self.nodes[0].judge
        if formula.cases is not None:
            branches = [
                (node.judge, get_value(case.then))
                for node, case in zip(self.nodes, formula.cases, strict=True)
            ]
            return _choice(branches, get_value(formula.otherwise))
        if formula.group_of is not None:
            if group_of is None:
                raise ValueError(f"{formula.group_of} has no code list to group by")
            return _grouped(formula.group_of, group_of)
        return _arithmetic(formula)


def _conditions(formula: Formula) -> Iterator[Any]:
    if formula.condition is not None:
        yield formula.condition
    for case in formula.cases or ():
        yield case.when


def money(amount: float) -> float:
    """Round a computed amount to cents, so that 0.1 + 0.2 leaves no rest of 0.3."""
    return round(amount, 2) if isinstance(amount, float) else amount


def _arithmetic(formula: Formula) -> Get:
    if formula.years_between is not None:
        return _between(formula.years_between, full_years)
    if formula.days_between is not None:
        return _between(formula.days_between, lambda start, end: (end - start).days)
    if formula.difference is not None:
        return _between(formula.difference, lambda one, other: money(one - other))
    if formula.value is not None:
        return get_operand(formula.value)
    if formula.sum is not None:
        return _gathered(formula.sum, lambda found: money(sum(found)), every=True)
    if formula.first_known is not None:
        return _gathered(formula.first_known, lambda found: found[0])
    if formula.earliest is not None:
        return _gathered(formula.earliest, min)
    return _gathered(formula.latest or (), max)


def _between(pair: tuple[Operand, Operand], how: Callable[[Any, Any], Any]) -> Get:
    first, second = get_operand(pair[0]), get_operand(pair[1])

    def between(view: View) -> Any:
        one = first(view)
        other = None if one is None else second(view)
        return None if other is None else how(one, other)

    return between


def _gathered(
    items: tuple[Operand, ...], how: Callable[[list[Any]], Any], every: bool = False
) -> Get:
    gets = [get_operand(item) for item in items]

    def gathered(view: View) -> Any:
        found = [v for v in (get(view) for get in gets) if v is not None]
        return how(found) if len(found) == len(gets) or (found and not every) else None

    return gathered


def _choice(branches: list[tuple[Callable[[View], bool | None], Get]], otherwise: Get) -> Get:
    def choice(view: View) -> Any:
        for judge, get in branches:
            truth = judge(view)
            if truth:
                return get(view)
            if truth is None:
                return None
        return otherwise(view)

    return choice


def _grouped(fact: str, group_of: Groups) -> Get:
    def grouped(view: View) -> str | None:
        codes = view[fact]
        return None if codes is None else group_of(codes, view.today)

    return grouped
