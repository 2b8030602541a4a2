# SPDX-License-Identifier: EUPL-1.2
"""Conditions and terms of a country pack as lists that people can read.

Words between the pack's own texts come from the interface's translations, in the active
language; texts of the pack in the same language.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

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
from middenstip.pack.model import Amount, EventField, EventType, Fact, Pack
from middenstip.rules.dates import plain_term
from middenstip.web.words import PackWords


@dataclass(frozen=True, slots=True)
class Clause:
    """A line of a condition; `parts` stand indented under it; `scheme` is a scheme it names."""

    text: str
    parts: tuple[Clause, ...] = ()
    scheme: str = ""


class Wording(PackWords):
    """The words of one pack and its conditions; `of` gives the names of the event's fields."""

    def __init__(self, country: Pack, of: EventType | None = None) -> None:
        super().__init__(country)
        self.of = of

    def clause(self, condition: Condition, *, negated: bool = False) -> Clause:
        """Return a condition as nested lines that mean the same, unknowns included.

        `possibly` and `certainly` say what an unknown answer counts as, because that decides
        outcomes.
        """
        if isinstance(condition, Not):
            return self.clause(condition.not_, negated=not negated)
        if isinstance(condition, Comparison):
            return Clause(self._comparison(condition, negated))
        if isinstance(condition, SchemeHolds):
            scheme = self.country.schemes.get(condition.scheme)
            name = self.text(scheme.label) if scheme else condition.scheme
            told = _("does not apply: %(scheme)s") if negated else _("applies: %(scheme)s")
            return Clause(told % {"scheme": name}, scheme=condition.scheme)
        if isinstance(condition, Possibly | Certainly):
            return self._shielded(condition, negated)
        return self._branch(condition, negated)

    def _branch(self, condition: All | AnyOf, negated: bool) -> Clause:
        parts = condition.all if isinstance(condition, All) else condition.any
        if len(parts) == 1:
            return self.clause(parts[0], negated=negated)
        if isinstance(condition, All):
            head = _("not all of these together:") if negated else _("all of these:")
        else:
            head = _("none of these:") if negated else _("at least one of these:")
        return Clause(head, tuple(self.clause(part) for part in parts))

    def _shielded(self, condition: Possibly | Certainly, negated: bool) -> Clause:
        inner = condition.possibly if isinstance(condition, Possibly) else condition.certainly
        if isinstance(condition, Possibly):
            head = (
                _("it is certain that this is not so:")
                if negated
                else (_("it may be so (not known counts as yes):"))
            )
        else:
            head = (
                _("it is not certain that:")
                if negated
                else (_("it is certain that (not known counts as no):"))
            )
        return Clause(head, (self.clause(inner),))

    def _comparison(self, leaf: Comparison, negated: bool) -> str:
        ((operator, value),) = leaf.comparisons()
        declared = self._declared(leaf)
        what = self.operand(leaf)
        test = self._test(operator, value, declared, negated)
        return _("%(what)s: %(test)s") % {"what": what, "test": test}

    def _test(
        self, operator: str, value: Any, declared: Fact | EventField | None, negated: bool
    ) -> str:
        if operator == "known":
            return _("not known") if bool(value) == negated else _("known")
        if operator == "is" and isinstance(value, bool):
            return _("yes") if value != negated else _("no")
        shown = self.value(value, declared)
        if operator == "is":
            return _("not %(value)s") % {"value": shown} if negated else shown
        dated = declared is None or declared.type == "date"
        return _tests(operator, dated, negated) % {"value": shown}

    def operand(self, operand: Operand) -> str:
        """Name what is looked at: the label of a fact or field, or today, with its shift."""
        declared = self._declared(operand)
        if operand.today:
            name = _("today")
        elif operand.event == "on":
            name = _("the day of the event")
        else:
            name = self.text(declared.label) if declared else str(operand.event or operand.fact)
        return self._shifted(name, operand.minus, operand.plus)

    def _shifted(self, name: str, minus: Term | None, plus: Term | None) -> str:
        if plus is not None:
            name = _("%(term)s after “%(what)s”") % {"term": self.term(plus), "what": name}
        if minus is not None:
            name = _("%(term)s before “%(what)s”") % {"term": self.term(minus), "what": name}
        return name

    def term(self, term: Term) -> str:
        """Return a length of time in words."""
        return plain_term(term, self.lang) or _("0 days")

    def value(self, value: Any, declared: Fact | EventField | None = None) -> str:
        """Return a value as people read it; an operand by its name."""
        if isinstance(value, Operand):
            return self.operand(value)
        return super().value(value, declared)

    def amount(self, amount: Amount, value: float) -> str:
        """Return a value of an amount with its unit and for how long it is."""
        if amount.unit == "eur":
            whole = value.is_integer()
            exact = int(value) if whole else value
            told = formats.number_format(exact, None if whole else 2, force_grouping=True)
            shown = f"€ {told}"
        else:
            number = formats.number_format(int(value) if value.is_integer() else value)
            shown = _units()[amount.unit] % {"number": number}
        return _per()[amount.per] % {"amount": shown} if amount.per else shown

    def _declared(self, operand: Operand) -> Fact | EventField | None:
        if operand.fact is not None:
            return self.country.facts.get(operand.fact)
        if operand.event is not None and self.of is not None:
            return self.of.fields.get(operand.event)
        return None


def _units() -> dict[str, str]:
    return {
        "percent": _("%(number)s percent"),
        "points": _("%(number)s points"),
        "days": _("%(number)s days"),
        "months": _("%(number)s months"),
        "years": _("%(number)s years"),
    }


def _per() -> dict[str, str]:
    return {
        "hour": _("%(amount)s an hour"),
        "day": _("%(amount)s a day"),
        "week": _("%(amount)s a week"),
        "month": _("%(amount)s a month"),
        "year": _("%(amount)s a year"),
    }


def _tests(operator: str, dated: bool, negated: bool) -> str:
    """Return the words for a comparison. A negated order is the opposite order."""
    opposite = {"lt": "ge", "ge": "lt", "gt": "le", "le": "gt"}
    if operator in opposite:
        operator = opposite[operator] if negated else operator
        words = {
            "lt": (_("less than %(value)s"), _("before %(value)s")),
            "le": (_("at most %(value)s"), _("on or before %(value)s")),
            "gt": (_("more than %(value)s"), _("after %(value)s")),
            "ge": (_("at least %(value)s"), _("on or after %(value)s")),
        }
        return words[operator][dated]
    lists = {
        "in": (_("one of: %(value)s"), _("none of: %(value)s")),
        "has": (_("with %(value)s"), _("without %(value)s")),
        "has_any": (_("with at least one of: %(value)s"), _("with none of: %(value)s")),
    }
    return lists[operator][negated]
