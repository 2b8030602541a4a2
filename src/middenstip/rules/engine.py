# SPDX-License-Identifier: EUPL-1.2
"""A country pack made ready to run: every condition and formula compiled once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache, partial
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from middenstip.pack.cited import Cited
from middenstip.pack.model import (
    CodeItem,
    Effect,
    Flag,
    Guard,
    Pack,
    Scheme,
    SourceRef,
    StartByCondition,
)
from middenstip.rules.conditions import (
    Get,
    Leaf,
    Node,
    compile_condition,
    get_operand,
    get_value,
)
from middenstip.rules.formulas import Compiled, Groups
from middenstip.rules.question import Trials
from middenstip.rules.results import SchemeResult
from middenstip.rules.words import Words

if TYPE_CHECKING:
    from middenstip.rules.veil import Veil

MOST_KEPT = 4096  # results kept per version and language


@dataclass(slots=True)
class Provision:
    """One version of a scheme, compiled.

    ``sees`` gives what its outcome rests on in a view (None where that is not only facts);
    ``kept`` has, by language and what was seen, a result and the facts that lie behind it.
    """

    id: str
    scheme: Scheme
    valid_from: date
    valid_to: date | None
    node: Node
    sources: tuple[Cited, ...]
    sees: Get | None
    kept: dict[str, dict[Any, tuple[SchemeResult, tuple[str, ...]]]] = field(
        default_factory=dict
    )


@dataclass(slots=True)
class Law:
    """The schemes in force between two turning points of the pack."""

    provisions: tuple[Provision, ...]
    by_id: dict[str, Provision]


@dataclass(slots=True)
class Change:
    """An effect of an event, compiled. ``on_facts``: its condition looks at facts."""

    item: Effect
    get: Get
    node: Node | None
    since: Get | None
    on_facts: bool


@dataclass(slots=True)
class Refusing:
    """A guard, compiled."""

    id: str
    item: Guard
    node: Node
    sources: tuple[Cited, ...]


@dataclass(slots=True)
class Raising:
    """A flag, compiled."""

    id: str
    item: Flag
    node: Node | None
    since: Compiled | None
    sources: tuple[Cited, ...]


@dataclass(slots=True)
class Occasion:
    """All that one event type touches; duties are named by their place in the engine."""

    guards: list[Refusing] = field(default_factory=list)
    flags: list[Raising] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    starts: list[tuple[int, Node | None]] = field(default_factory=list)
    meets: list[tuple[int, Node | None]] = field(default_factory=list)
    voids: list[tuple[int, Node | None]] = field(default_factory=list)
    date_fields: tuple[str, ...] = ()
    list_fields: tuple[str, ...] = ()


class Engine:
    """A compiled pack. Read only once made; one serves any number of assessments."""

    def __init__(self, pack: Pack) -> None:
        from middenstip.rules.duties import Clock

        self.pack = pack
        self.defaults: dict[str, Any] = {
            k: f.default for k, f in pack.facts.items() if f.default is not None
        }
        self.formulas = {
            k: Compiled(f.compute, self._groups(f.compute.group_of))
            for k, f in pack.facts.items()
            if f.compute is not None
        }
        # A computed fact that wins over what was told: its told value is only kept beside it.
        self.beside = frozenset(k for k in self.formulas if pack.facts[k].prefer == "computed")
        self.date_facts = frozenset(k for k, f in pack.facts.items() if f.type == "date")
        self.list_facts = frozenset(
            k for k, f in pack.facts.items() if f.type in ("codes", "countries")
        )
        self.clocks = [Clock(self, key, duty) for key, duty in pack.duties.items()]
        self.by_condition = [
            (place, index, start, compile_condition(start.condition))
            for place, clock in enumerate(self.clocks)
            for index, start in enumerate(clock.duty.starts)
            if isinstance(start, StartByCondition)
        ]
        self.flags = [self._raising(key, flag) for key, flag in pack.flags.items()]
        self.occasions = {key: self._occasion(key) for key in pack.events}
        self.provisions = self._compile_schemes()
        self._turns = self._turning_points()
        self._laws: dict[int, Law] = {}
        self.inputs = self._inputs()
        self.offered = {
            key: compile_condition(event.offered_when) if event.offered_when else None
            for key, event in pack.events.items()
        }
        self.trials = Trials(self)
        self._words: dict[str, Words] = {}
        # What somebody sees who may see these categories only; made when first asked.
        self.veils: dict[frozenset[str], Veil] = {}

    def words(self, lang: str) -> Words:
        """Return the words of a language, with what was once put in words kept."""
        if lang not in self._words:
            self._words[lang] = Words(self, lang)
        return self._words[lang]

    def leaves(self) -> Iterator[Leaf]:
        """Yield every leaf that schemes rest on, those of computed facts included."""
        for provision in self.provisions:
            yield from provision.node.leaves()
        for formula in self.formulas.values():
            for node in formula.nodes:
                yield from node.leaves()

    def law_on(self, day: date) -> Law:
        """Return the schemes in force on a day, in the order of the pack."""
        place = bisect_right(self._turns, day)
        law = self._laws.get(place)
        if law is None:
            held = tuple(
                p
                for p in self.provisions
                if p.valid_from <= day and (p.valid_to is None or day <= p.valid_to)
            )
            law = self._laws[place] = Law(held, {p.id: p for p in held})
        return law

    def cite(self, refs: Iterable[SourceRef]) -> tuple[Cited, ...]:
        """Return sources as they are shown."""
        return tuple(self.pack.cite(ref) for ref in refs)

    def codes(self, list_id: str | None) -> dict[str, CodeItem]:
        """Return the values of a code list; none where there is no list."""
        return self.pack.code_table.get(list_id, {}) if list_id is not None else {}

    def _groups(self, fact: str | None) -> Groups | None:
        """Return the function that groups the codes of a list fact on a day."""
        list_id = self.pack.facts[fact].code_list if fact else None
        if list_id is None:
            return None
        # People share few lists of nationalities, and a day is asked for many people.
        return lru_cache(4096)(partial(self.pack.group_of, list_id))

    def _raising(self, key: str, flag: Flag) -> Raising:
        node = compile_condition(flag.when) if flag.when is not None else None
        since = Compiled(flag.since) if flag.since is not None else None
        return Raising(key, flag, node, since, self.cite(flag.sources))

    def _occasion(self, key: str) -> Occasion:
        event = self.pack.events[key]
        occasion = Occasion(
            guards=[
                Refusing(k, g, compile_condition(g.refuse_when), self.cite(g.sources))
                for k, g in sorted(self.pack.guards.items())
                if g.event == key
            ],
            flags=[f for f in self.flags if f.item.event == key],
            changes=[_change(effect) for effect in event.sets],
            date_fields=tuple(k for k, f in event.fields.items() if f.type == "date"),
            list_fields=tuple(k for k, f in event.fields.items() if f.type == "codes"),
        )
        for place, clock in enumerate(self.clocks):
            for matches, found in (
                (clock.duty.starts, occasion.starts),
                (clock.duty.met_by, occasion.meets),
                (clock.duty.void_by, occasion.voids),
            ):
                for match in matches:
                    if not isinstance(match, StartByCondition) and match.event == key:
                        node = compile_condition(match.when) if match.when else None
                        found.append((place, node))
        return occasion

    def _compile_schemes(self) -> tuple[Provision, ...]:
        found = []
        for key, scheme in self.pack.schemes.items():
            for version in scheme.versions:
                node = compile_condition(version.applies_when)
                span = (version.valid_from, version.valid_to)
                sources = self.cite(version.sources)
                found.append(Provision(key, scheme, *span, node, sources, _seen_by(node)))
        return tuple(found)

    def _turning_points(self) -> list[date]:
        turns = {p.valid_from for p in self.provisions}
        turns |= {
            p.valid_to + timedelta(days=1)
            for p in self.provisions
            if p.valid_to is not None and p.valid_to < date.max
        }
        return sorted(turns)

    def _inputs(self) -> dict[str, tuple[str, ...]]:
        """For every computed fact all facts it rests on, itself first, nearest first."""
        found: dict[str, tuple[str, ...]] = {}
        for key in self.formulas:
            reached = [key]
            for fact in reached:
                formula = self.formulas.get(fact)
                order = (
                    sorted(formula.facts, key=list(self.pack.facts).index) if formula else []
                )
                reached += [f for f in order if f not in reached]
            found[key] = tuple(reached)
        return found


def _seen_by(node: Node) -> Get | None:
    """Return a function that gives all that a condition's outcome rests on in a view."""
    if node.schemes or not node.facts:
        return None
    facts = itemgetter(*sorted(node.facts))
    if any(leaf.sees_today for leaf in node.leaves()):
        return lambda view: (view.today, facts(view))
    return facts


def _change(effect: Effect) -> Change:
    node = compile_condition(effect.when) if effect.when is not None else None
    get = get_value(effect.to if effect.add is None else effect.add)
    since = get_operand(effect.since) if effect.since is not None else None
    values = (effect.to, effect.add, effect.since)
    on_facts = bool(node and (node.facts or node.schemes)) or any(
        getattr(value, "fact", None) for value in values
    )
    return Change(effect, get, node, since, on_facts or effect.if_unknown)


_ENGINES: dict[int, Engine] = {}


def engine_for(pack: Pack) -> Engine:
    """Return the engine of a pack, made once for each pack object."""
    engine = _ENGINES.get(id(pack))
    if engine is None or engine.pack is not pack:
        if len(_ENGINES) >= 16:
            _ENGINES.clear()
        engine = _ENGINES[id(pack)] = Engine(pack)
    return engine
