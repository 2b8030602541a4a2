# SPDX-License-Identifier: EUPL-1.2
"""A third opinion on the condition language: the shortest reading of it, for one person.

It shares no code with the engine or the columns except the pack's shapes and its group table.
"""

from __future__ import annotations

import calendar
import operator
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from middenstip.pack import conditions as c
from middenstip.pack.model import Formula, Pack

Truth = bool | None


def moved(day: date, term: c.Term, sign: int) -> date:
    """The day after (or before) a term: months to the month's end, then days."""
    year, month = day.year, day.month
    for _ in range(12 * term.years + term.months):
        month += sign
        year, month = year + (month == 13) - (month == 0), {13: 1, 0: 12}.get(month, month)
    last = calendar.monthrange(year, month)[1]
    return date(year, month, min(day.day, last)) + timedelta(
        sign * (7 * term.weeks + term.days)
    )


def age(born: date, on: date) -> int:
    """Whole years, a birthday of 29 February falling on the 28th in a short year."""
    falls = (
        28 if (born.month, born.day) == (2, 29) and not calendar.isleap(on.year) else born.day
    )
    return on.year - born.year - ((on.month, on.day) < (born.month, falls))


class Person:
    """The facts of one person on a day, as the pack says they follow."""

    def __init__(self, pack: Pack, given: Mapping[str, Any], on: date) -> None:
        self.pack, self.given, self.on = pack, given, on

    def outcome(self, scheme: str) -> Truth:
        """Whether a scheme applies; one that is not in force does not."""
        version = self.pack.schemes_on(self.on).get(scheme)
        return False if version is None else self.holds(version.applies_when)

    def fact(self, name: str) -> Any:
        """The value of a fact, or None."""
        fact = self.pack.facts[name]
        computed = None if fact.compute is None else self.formula(fact.compute)
        ranked = [computed, self.given.get(name)]
        if fact.prefer == "given":
            ranked.reverse()
        return next((v for v in [*ranked, fact.default] if v is not None), None)

    def operand(self, part: Any) -> Any:
        """The value of an operand; a constant is itself."""
        if not isinstance(part, c.Operand):
            return part
        value = self.on if part.fact is None else self.fact(part.fact)
        for term, sign in ((part.plus, 1), (part.minus, -1)):
            if term is not None and value is not None:
                value = moved(value, term, sign)
        return value

    def holds(self, condition: Any) -> Truth:
        """True, false or None: Kleene's logic."""
        match condition:
            case c.All():
                found = [self.holds(part) for part in condition.all]
                return False if False in found else None if None in found else True
            case c.AnyOf():
                found = [self.holds(part) for part in condition.any]
                return True if True in found else None if None in found else False
            case c.Not():
                return {True: False, False: True, None: None}[self.holds(condition.not_)]
            case c.Possibly():
                return self.holds(condition.possibly) in (True, None)
            case c.Certainly():
                return self.holds(condition.certainly) is True
            case c.SchemeHolds():
                return self.outcome(condition.scheme)
        return self.compared(condition)

    def compared(self, leaf: c.Comparison) -> Truth:
        """What a leaf says."""
        ((name, right),) = leaf.comparisons()
        left, other = self.operand(leaf), self.operand(right)
        if name == "known":
            return (left is not None) == right
        if left is None or other is None:
            return None
        if name == "in":
            return left in other
        if name.startswith("has"):
            wanted = {other} if name == "has" else set(other)
            return True if wanted & set(left) else None if "unknown" in left else False
        order = {"is": "eq"}.get(name, name)
        return bool(getattr(operator, order)(left, other))

    def formula(self, formula: Formula) -> Any:
        """The value of a formula, or None."""
        if formula.condition is not None:
            return self.holds(formula.condition)
        if formula.group_of is not None:
            codes = self.fact(formula.group_of)
            code_list = str(self.pack.facts[formula.group_of].code_list)
            return None if codes is None else self.pack.group_of(code_list, codes, self.on)
        if formula.cases is not None:
            for case in formula.cases:
                truth = self.holds(case.when)
                if truth is not False:
                    return self.operand(case.then) if truth else None
            return self.operand(formula.otherwise)
        return self.calculated(formula)

    def calculated(self, formula: Formula) -> Any:
        """The value of a formula over operands, or None."""
        ((way, content),) = ((k, v) for k, v in formula if v is not None)
        parts = [
            self.operand(p) for p in (content if isinstance(content, tuple) else [content])
        ]
        known = [part for part in parts if part is not None]
        if way in ("first_known", "earliest", "latest"):
            pick = {"first_known": lambda v: v[0], "earliest": min, "latest": max}[way]
            return pick(known) if known else None
        if len(known) < len(parts):
            return None
        match way:
            case "value":
                return parts[0]
            case "years_between":
                return age(*parts)
            case "days_between":
                return (parts[1] - parts[0]).days
            case "difference":
                return round(parts[0] - parts[1], 2)
        total = 0.0
        for part in parts:
            total += part
        return round(total, 2)
