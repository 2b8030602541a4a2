# SPDX-License-Identifier: EUPL-1.2
"""Do conditions, formulas and effects speak of things that exist, and of the right kind?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from operator import itemgetter
from typing import Any

from middenstip.pack import conditions as c
from middenstip.pack.model import CodeList, Fact, Formula, Scheme
from middenstip.pack.problems import nearest
from middenstip.pack.shape import Key

LISTS = ("codes", "countries")
NUMBERS = ("integer", "money")
SINGLE_CODES = ("code", "country")
ORDERED = ("date", *NUMBERS)


@dataclass(frozen=True, slots=True)
class Typed:
    """The type of a value and, for codes, the list that its values come from."""

    type: str
    code_list: str | None = None


YES_NO, DATE, INTEGER = Typed("yes_no"), Typed("date"), Typed("integer")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a condition stands: its item, its key path and the fields of the event at hand.

    ``fields`` is None where no event is at hand.
    """

    kind: str
    item_id: str
    keys: tuple[Key, ...] = ()
    fields: Mapping[str, Typed] | None = None

    def at(self, *keys: Key) -> Place:
        """Return the place some keys deeper."""
        return Place(self.kind, self.item_id, (*self.keys, *keys), self.fields)


@dataclass(slots=True)
class Meaning:
    """The vocabulary of a pack, and what was found to be wrong against it.

    ``known`` holds every id per kind, those of misshapen items too: a reference to an item that
    exists but is broken is not a second problem. ``uses`` collects which facts and schemes an
    item looks at, as (kind, id), for the search of cycles.
    """

    known: Mapping[str, Sequence[str]]
    facts: Mapping[str, Fact]
    schemes: Mapping[str, Scheme]
    code_lists: Mapping[str, CodeList]
    found: list[tuple[Place, str]] = field(default_factory=list)
    uses: dict[tuple[str, str], set[tuple[str, str]]] = field(default_factory=dict)

    def say(self, place: Place, message: str) -> None:
        """Note a problem at a place."""
        self.found.append((place, message))

    def refer(self, place: Place, kind: str, item_id: str) -> bool:
        """Note a problem when a kind has no such id; return whether it has."""
        if item_id in self.known[kind]:
            self.uses.setdefault((place.kind, place.item_id), set()).add((kind, item_id))
            return True
        words = {"facts": "fact", "events": "event type", "schemes": "scheme", "needs": "need"}
        words |= {"duties": "duty", "code_lists": "code list", "sources": "source"}
        words |= {"data_categories": "data category", "organisation_kinds": "organisation kind"}
        words |= {
            "purposes": "purpose",
            "directory": "contact in the directory",
            "amounts": "amount",
        }
        advice = nearest(item_id, self.known[kind])
        self.say(place, f"{item_id} is no {words[kind]} of this pack{advice}")
        return False

    def spans(self, place: Place, spans: Sequence[tuple[date, date | None]]) -> None:
        """Note versions that end before they start or hold on the same day; days inclusive."""
        for index, (start, end) in enumerate(spans):
            if end is not None and end < start:
                self.say(place.at(index), f"it ends on {end}, before it starts on {start}")
        for (_, end), (start, _) in pairwise(sorted(spans, key=itemgetter(0))):
            if end is None or end >= start:
                message = f"two versions hold on {start}; end the earlier one the day before"
                self.say(place, message)

    def codes(self, list_id: str | None) -> set[str]:
        """Return the codes of a list and of those it includes; unknown lists add nothing."""
        codes: set[str] = set()
        seen: set[str] = set()
        waiting = [list_id] if list_id else []
        while waiting:
            name = waiting.pop()
            if name in seen or name not in self.code_lists:
                continue
            seen.add(name)
            codes |= set(self.code_lists[name].items)
            waiting += self.code_lists[name].include
        return codes

    def typed_fact(self, fact_id: str) -> Typed | None:
        """Return the type of a fact; None when it is unknown or misshapen."""
        fact = self.facts.get(fact_id)
        return None if fact is None else Typed(fact.type, fact.code_list)

    # Operands and plain values

    def operand(self, operand: c.Operand, place: Place) -> Typed | None:
        """Check an operand and return its type, None when it cannot be told."""
        typed: Typed | None = DATE
        if operand.fact is not None:
            known = self.refer(place.at("fact"), "facts", operand.fact)
            typed = self.typed_fact(operand.fact) if known else None
        elif operand.event is not None:
            typed = self._event_field(operand.event, place.at("event"))
        for key in ("plus", "minus"):
            if getattr(operand, key) is not None and typed is not None and typed.type != "date":
                self.say(place.at(key), f"only a day can be shifted, and this is {typed.type}")
        return typed

    def _event_field(self, name: str, place: Place) -> Typed | None:
        if place.fields is None:
            self.say(place, f"no event is at hand here, so there is no field {name}")
            return None
        if name not in place.fields:
            advice = nearest(name, place.fields)
            self.say(place, f"the event at hand has no field {name}{advice}")
            return None
        return place.fields[name]

    def scalar(self, value: Any, typed: Typed, place: Place) -> None:
        """Check a plain value against a type; for lists it is one of the values in the list."""
        wanted = typed.type
        good = {
            "yes_no": isinstance(value, bool),
            "integer": isinstance(value, int) and not isinstance(value, bool),
            "money": isinstance(value, int | float) and not isinstance(value, bool),
            "date": isinstance(value, date),
        }.get(wanted, isinstance(value, str))
        if not good:
            self.say(place, f"{value!r} is not of the type {wanted}")
        elif typed.code_list in self.code_lists:
            codes = self.codes(typed.code_list)
            if value not in codes:
                advice = nearest(value, codes)
                self.say(place, f"{value} is no code of {typed.code_list}{advice}")

    def value(self, value: Any, typed: Typed | None, place: Place) -> None:
        """Check a plain value or an operand against the type it must have."""
        if isinstance(value, c.Operand):
            self.fits(self.operand(value, place), typed, place)
        elif typed is not None:
            self.scalar(value, typed, place)

    def fits(self, given: Typed | None, wanted: Typed | None, place: Place) -> None:
        """Check that values of one type can stand where another type is wanted."""
        if given is None or wanted is None:
            return
        same = given.type == wanted.type or {given.type, wanted.type} <= {*NUMBERS}
        same = same or {given.type, wanted.type} <= {*SINGLE_CODES}
        if not same:
            self.say(place, f"this is {given.type}, and {wanted.type} is needed")
        elif given.code_list in self.code_lists and wanted.code_list in self.code_lists:
            strange = sorted(self.codes(given.code_list) - self.codes(wanted.code_list))
            if strange and given.code_list != wanted.code_list:
                words = ", ".join(strange[:3])
                self.say(
                    place,
                    f"{given.code_list} has codes ({words}) that {wanted.code_list} has not",
                )

    # Conditions

    def condition(self, condition: Any, place: Place) -> None:
        """Check a condition and all under it."""
        if isinstance(condition, c.Comparison):
            self._comparison(condition, place)
        elif isinstance(condition, c.SchemeHolds):
            self.refer(place.at("scheme"), "schemes", condition.scheme)
        elif isinstance(condition, c.All | c.AnyOf):
            key = "all" if isinstance(condition, c.All) else "any"
            for index, part in enumerate(getattr(condition, key)):
                self.condition(part, place.at(key, index))
        else:
            key = "certainly" if isinstance(condition, c.Certainly) else "possibly"
            key = "not" if isinstance(condition, c.Not) else key
            inner = getattr(condition, "not_" if key == "not" else key)
            self.condition(inner, place.at(key))

    def _comparison(self, leaf: c.Comparison, place: Place) -> None:
        left = self.operand(leaf, place)
        (operator, right), *_ = leaf.comparisons()
        here = place.at(operator)
        if left is None or operator == "known":
            return
        if operator in ("has", "has_any"):
            self._membership(left, operator, right, here)
        elif left.type in LISTS:
            self.say(here, f"this is a list; use has or has_any, not {operator}")
        elif operator == "in":
            for index, value in enumerate(right):
                self.scalar(value, left, here.at(index))
        elif operator != "is" and left.type not in ORDERED:
            self.say(here, f"{left.type} has no order; use is or in, not {operator}")
        else:
            self._side(left, right, here)

    def _side(self, left: Typed, right: Any, place: Place) -> None:
        """Compare with either side the wider one: a part of a code list may meet the whole."""
        if not isinstance(right, c.Operand):
            self.scalar(right, left, place)
            return
        typed = self.operand(right, place)
        if typed is None or not (typed.code_list and left.code_list):
            self.fits(typed, left, place)
        elif not self.codes(typed.code_list) & self.codes(left.code_list):
            self.say(place, f"{typed.code_list} and {left.code_list} have no code in common")

    def _membership(self, left: Typed, operator: str, right: Any, place: Place) -> None:
        if left.type not in LISTS:
            self.say(place, f"{operator} looks into a list, and this is {left.type}")
            return
        for index, value in enumerate((right,) if operator == "has" else right):
            self.scalar(value, left, place if operator == "has" else place.at(index))

    # Formulas

    def formula(self, formula: Formula, wanted: Typed | None, place: Place) -> None:
        """Check a formula and whether its outcome is of the wanted type."""
        (way, content), *_ = ((k, v) for k, v in formula if v is not None and k != "otherwise")
        if way == "condition":
            self.fits(YES_NO, wanted, place.at(way))
            self.condition(content, place.at(way))
        elif way in ("years_between", "days_between"):
            self.fits(INTEGER, wanted, place.at(way))
            self._operands(content, DATE, place.at(way))
        elif way == "value":
            self.value(content, wanted, place.at(way))
        elif way == "group_of":
            self._group_of(content, wanted, place.at(way))
        elif way == "cases":
            self.cases(formula, wanted, place)
        else:
            self._same_type(way, content, wanted, place.at(way))

    def cases(self, choice: Any, wanted: Typed | None, place: Place) -> None:
        """Check the branches of a choice (a formula's or an owner's) and its last resort."""
        for index, case in enumerate(choice.cases):
            here = place.at("cases", index)
            self.condition(case.when, here.at("when"))
            self.value(case.then, wanted, here.at("then"))
        if choice.otherwise is not None:
            self.value(choice.otherwise, wanted, place.at("otherwise"))

    def _operands(self, operands: Sequence[c.Operand], wanted: Typed, place: Place) -> None:
        for index, operand in enumerate(operands):
            self.value(operand, wanted, place.at(index))

    def _same_type(
        self, way: str, content: Sequence[c.Operand], wanted: Typed | None, place: Place
    ) -> None:
        allowed: tuple[str, ...] = NUMBERS if way in ("sum", "difference") else ()
        allowed = ("date",) if way in ("earliest", "latest") else allowed
        if wanted is not None and allowed and wanted.type not in allowed:
            self.say(place, f"{way} gives {' or '.join(allowed)}, and this is {wanted.type}")
        elif wanted is None or way == "first_known":
            for index, operand in enumerate(content):
                self.value(operand, wanted, place.at(index))
        else:
            self._operands(content, wanted, place)

    def _group_of(self, fact_id: str, wanted: Typed | None, place: Place) -> None:
        if not self.refer(place, "facts", fact_id):
            return
        typed = self.typed_fact(fact_id)
        if typed is None:
            return
        if typed.code_list is None:
            self.say(place, f"{fact_id} is {typed.type}, and groups belong to codes")
            return
        groups = self.groups(typed.code_list)
        if wanted is not None and wanted.code_list in self.code_lists:
            for group in sorted(groups - self.codes(wanted.code_list)):
                self.say(place, f"the group {group} is no code of {wanted.code_list}")

    def groups(self, list_id: str) -> set[str]:
        """Return every group that the codes of a list can fall in, its last resort too."""
        found: set[str] = set()
        if list_id not in self.code_lists:
            return found
        for name in {list_id, *self.code_lists[list_id].include} & set(self.code_lists):
            for item in self.code_lists[name].items.values():
                found |= {item.group} if item.group else set()
                found |= {dated.group for dated in item.groups}
        last = self.code_lists[list_id].otherwise
        return found | ({last} if last else set())


__all__ = ["DATE", "INTEGER", "YES_NO", "Meaning", "Place", "Typed"]
