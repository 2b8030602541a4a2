# SPDX-License-Identifier: EUPL-1.2
"""The next question: the fact that, once known, settles most open outcomes.

Every fact that can be asked and is missing somewhere is tried with the values that could
matter: yes and no, the codes and the boundary values that conditions name. What counts is the
number of open schemes that each value settles, on average.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from datetime import date, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any

from middenstip.pack.conditions import Comparison, Operand, Term
from middenstip.rules.conditions import Leaf
from middenstip.rules.dates import DayOutOfRange, add_term
from middenstip.rules.facts import Facts

if TYPE_CHECKING:
    from middenstip.rules.engine import Engine, Provision

_MOST_VALUES = 6

Open = Sequence[tuple["Provision", tuple[str, ...]]]


class Trials:
    """The values worth trying for each fact that can be asked, gathered once per pack."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        pack = engine.pack
        self.order = {fact: place for place, fact in enumerate(pack.facts)}
        self.askable = frozenset(
            fact for fact, item in pack.facts.items() if item.anybody_may_answer
        )
        self.dependents: dict[str, list[str]] = {}
        for fact, inputs in engine.inputs.items():
            for name in inputs:
                self.dependents.setdefault(name, []).append(fact)
        self._constants: dict[str, dict[Any, None]] = {}
        self._terms: dict[str, dict[Term, int]] = {}
        for leaf in engine.leaves():
            self._gather(leaf)
        self._fixed = {fact: self._fixed_values(fact) for fact in self.askable}

    def values(self, fact: str, today: date) -> Sequence[Any]:
        """Return the values to try for a fact on a day, at most a handful."""
        if self.engine.pack.facts[fact].type != "date":
            return self._fixed[fact]
        days = dict.fromkeys(self._fixed[fact])
        for day in self._shifted(fact, today):
            days[day] = None
        return list(days)[:_MOST_VALUES] or [today]

    def plan(self, fact: str) -> tuple[Sequence[Any], Sequence[Term]]:
        """Return the values to try on any day, and terms before the day asked."""
        return self._fixed[fact], self._shifts(fact)

    def _gather(self, leaf: Leaf) -> None:
        item = leaf.item
        if not isinstance(item, Comparison):
            return
        sides = [side for side in (item, leaf.value) if isinstance(side, Operand)]
        for side in sides:
            for term in (side.plus, side.minus):
                if side.fact is not None and term is not None:
                    self._terms.setdefault(side.fact, {})[term] = 1
                    for other in sides:
                        if other.fact is not None and other is not side:
                            self._terms.setdefault(other.fact, {})[term] = 1
        if item.fact is not None and leaf.right is None and leaf.op != "known":
            values = leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
            self._constants.setdefault(item.fact, {}).update(dict.fromkeys(values))

    def _fixed_values(self, fact: str) -> list[Any]:
        item = self.engine.pack.facts[fact]
        named = list(self._constants.get(fact, {}))
        match item.type:
            case "yes_no":
                return [True, False]
            case "code":
                codes = list(self.engine.codes(item.code_list)) or named
                other = next((c for c in codes if c not in named and c != "unknown"), None)
                return [*named, *([other] if other is not None else [])][: 2 * _MOST_VALUES]
            case "codes" | "countries":
                return self._lists(fact, named)
            case "date":
                return [d for day in named if isinstance(day, date) for d in _around_day(day)]
        around = dict.fromkeys(chain.from_iterable((n - 1, n, n + 1) for n in sorted(named)))
        low, high = item.minimum, item.maximum
        kept = [n for n in around if (low is None or n >= low) and (high is None or n <= high)]
        return kept[: 2 * _MOST_VALUES] or [low or 0]

    def _lists(self, fact: str, named: list[Any]) -> list[Any]:
        """Return one list per code that conditions name or group that codes fall into."""
        list_id = self.engine.pack.facts[fact].code_list
        codes = self.engine.codes(list_id)
        groups: dict[str | None, str] = {}
        for code, item in codes.items():
            if code != "unknown":
                dated = item.groups[-1].group if item.groups else None
                groups.setdefault(item.group or dated, code)
        singles = dict.fromkeys([*groups.values(), *named])
        lists: list[tuple[Any, ...]] = [(code,) for code in singles]
        return lists[:_MOST_VALUES] or [()]

    def _shifts(self, fact: str) -> list[Term]:
        terms = dict(self._terms.get(fact, {}))
        for dependent in self.dependents.get(fact, ()):
            formula = self.engine.pack.facts[dependent].compute
            if formula is not None and (formula.years_between or formula.days_between):
                for n in self._constants.get(dependent, {}):
                    if isinstance(n, int) and n > 0 and not isinstance(n, bool):
                        term = Term(years=n) if formula.years_between else Term(days=n)
                        terms[term] = 1
        return list(terms)

    def _shifted(self, fact: str, today: date) -> Iterator[date]:
        for term in self._shifts(fact):
            try:
                day = add_term(today, term, -1)
                yield day
                yield day + timedelta(days=1)
            except (DayOutOfRange, OverflowError):
                continue
        yield today


def _around_day(day: date) -> Iterator[date]:
    for days in (-1, 0, 1):
        if date.min.toordinal() <= day.toordinal() + days <= date.max.toordinal():
            yield day + timedelta(days=days)


def next_question(
    trials: Trials, view: Facts, undecided: Open, *, skip: Container[str] = ()
) -> str | None:
    """Return the fact to ask next, None when nothing is open or nothing can be asked.

    ``undecided`` are the open schemes with what each misses, in the order of the pack; of
    equally good facts the one that the first scheme misses is taken. Facts in ``skip`` are not
    asked: somebody did not know them, or would rather not say.
    """
    candidates: dict[str, list[Provision]] = {}
    for provision, names in undecided:
        for name in names:
            if name in trials.askable and name not in skip:
                candidates.setdefault(name, []).append(provision)
    places = {name: place for place, name in enumerate(candidates)}
    best, best_score = None, -1.0
    # Most promising first: a fact cannot settle more schemes than miss it.
    for name in sorted(candidates, key=lambda n: (-len(candidates[n]), places[n])):
        if len(candidates[name]) < best_score:
            break
        score = _score(trials, view, name, candidates[name])
        if score > best_score or (
            best is not None and score == best_score and places[name] < places[best]
        ):
            best, best_score = name, score
    return best


def _score(trials: Trials, view: Facts, fact: str, provisions: list[Provision]) -> float:
    settled = 0
    values = trials.values(fact, view.today)
    known = view.without(trials.dependents.get(fact, ()))
    for value in values:
        known[fact] = value
        trial = view.trial(known)
        for provision in provisions:
            if trial.settles(provision):
                settled += 1
    return settled / len(values)
