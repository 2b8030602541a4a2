# SPDX-License-Identifier: EUPL-1.2
"""Conditions seen through a veil: what they say whatever the hidden facts are.

Of a hidden fact nothing is known, not even whether it is known. A condition then lies between
two bounds: ``low`` takes every hidden leaf as false, ``high`` takes it as true (turned around
below ``not``). All branches keep the order false < not known < true, so the real answer lies
between the two; where they agree, that is the answer, whatever is hidden.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from middenstip.pack.wording import PLACEHOLDER
from middenstip.rules.conditions import Branch, Get, Leaf, Node, Truth, Turn, View
from middenstip.rules.facts import Facts
from middenstip.rules.results import SchemeResult

if TYPE_CHECKING:
    from middenstip.rules.engine import Engine, Provision

NO_FACTS: Mapping[str, Any] = {}


@dataclass(slots=True)
class Bounds:
    """A version of a scheme that looks at hidden facts.

    ``sees`` gives what the bounds rest on in a view; ``kept`` as with a provision.
    """

    low: Node
    high: Node
    sees: Get
    kept: dict[str, dict[Any, tuple[SchemeResult, tuple[str, ...]]]] = field(
        default_factory=dict
    )


class Veil:
    """A compiled pack as it is for who may see some data categories only. Read only."""

    def __init__(self, engine: Engine, categories: frozenset[str]) -> None:
        pack = engine.pack
        self.engine = engine
        self.hidden = frozenset(
            key for key, fact in pack.facts.items() if fact.category not in categories
        )
        self.hidden_events = _not_in(categories, pack.events)
        self.hidden_duties = _not_in(categories, pack.duties)
        self.hidden_flags = _not_in(categories, pack.flags)
        # Computed facts whose every input may be seen: only these may be computed again.
        self.computed = frozenset(
            key for key, inputs in engine.inputs.items() if self.hidden.isdisjoint(inputs)
        )
        self._behind = _facts_of_schemes(engine)
        self._bounds: dict[int, Bounds | None] = {}
        for provision in engine.provisions:
            self._bounds[id(provision)] = self._compile(provision)

    @property
    def hides(self) -> bool:
        """Whether anything at all is hidden."""
        return bool(
            self.hidden or self.hidden_events or self.hidden_duties or self.hidden_flags
        )

    def bounds(self, provision: Provision) -> Bounds | None:
        """Return the bounds of a version; None where it looks at nothing that is hidden."""
        return self._bounds[id(provision)]

    def may_fill(self, texts: Iterable[Mapping[str, str]], event: str | None) -> bool:
        """Return whether all that texts of the pack fill in may be seen."""
        for text in texts:
            for words in text.values():
                for name in PLACEHOLDER.findall(words):
                    if name in self.hidden:
                        return False
                    a_field = name not in self.engine.pack.facts and name != "today"
                    if a_field and event in self.hidden_events:
                        return False
        return True

    def _compile(self, provision: Provision) -> Bounds | None:
        if self._clear(provision.node):
            return None
        facts = _seen(provision.node, self._behind) - self.hidden
        sees = itemgetter(*sorted(facts)) if facts else lambda _view: ()
        dated = provision.node.schemes or any(
            leaf.sees_today for leaf in provision.node.leaves()
        )
        return Bounds(
            self._bound(provision.node, high=False),
            self._bound(provision.node, high=True),
            (lambda view: (view.today, sees(view))) if dated else sees,
        )

    def _clear(self, node: Node) -> bool:
        return self.hidden.isdisjoint(_seen(node, self._behind))

    def _bound(self, node: Node, *, high: bool) -> Node:
        if self._clear(node):
            return node
        if isinstance(node, Branch):
            return Branch(tuple(self._bound(p, high=high) for p in node.parts), node.stops_at)
        if isinstance(node, Turn):
            inner = self._bound(node.inner, high=high is not (node.how == "not"))
            return Turn(inner, node.how)
        if not isinstance(node, Leaf):
            raise TypeError(f"not a part of a condition: {node!r}")
        leaf = Leaf(node.item)
        if node.schemes:
            leaf.judge = _bound_of_scheme(node.value, high)
        else:
            leaf.judge = lambda _view: high
        return leaf


class Seen(Facts):
    """The facts that may be seen on a day. A hidden one is not there, and nothing is computed
    again, unless ``before`` gives the facts from which a trial starts."""

    __slots__ = ("_bounds", "before", "veil")

    def __init__(
        self,
        veil: Veil,
        values: dict[str, Any],
        today: date,
        before: Mapping[str, Any] = NO_FACTS,
    ) -> None:
        super().__init__(veil.engine, values, {}, frozenset(), today)
        self.veil = veil
        self.before = before
        self._bounds: dict[str, tuple[Truth, Truth]] = {}

    def __missing__(self, fact: str) -> Any:
        self[fact] = value = None
        if self.before is not NO_FACTS and fact in self.veil.computed:
            value = self.engine.formulas[fact].get(self)
            if value is None:
                value = self.before.get(fact)
            self[fact] = value
        return value

    def scheme(self, scheme: str) -> Truth:
        """Return the outcome where it is the same whatever is hidden, else None."""
        low, high = self.bounds(scheme)
        return low if low is high else None

    def bounds(self, scheme: str) -> tuple[Truth, Truth]:
        """Return between which two answers a scheme lies; both False without law of it."""
        found = self._bounds.get(scheme)
        if found is None:
            self._bounds[scheme] = None, None
            version = self.engine.law_on(self.today).by_id.get(scheme)
            found = (False, False) if version is None else self._judged(version)
            self._bounds[scheme] = found
        return found

    def _judged(self, version: Provision) -> tuple[Truth, Truth]:
        bounds = self.veil.bounds(version)
        if bounds is None:
            truth = version.node.judge(self)
            return truth, truth
        return bounds.low.judge(self), bounds.high.judge(self)

    def settles(self, provision: Provision) -> bool:
        """Return whether a version is certain to hold, or not to hold, in this view."""
        low, high = self._judged(provision)
        return low is high and low is not None

    def without(self, facts: Iterable[str]) -> dict[str, Any]:
        """Return the facts a trial starts from, without those that must be computed again."""
        known = dict(self)
        for fact in facts:
            if fact in self.veil.computed:
                known.pop(fact, None)
        return known

    def trial(self, known: dict[str, Any]) -> Seen:
        """Return the same day with other facts known."""
        return Seen(self.veil, known, self.today, self)


def _bound_of_scheme(scheme: str, high: bool) -> Any:
    def judge(view: View) -> Truth:
        if not isinstance(view, Seen):
            raise TypeError("bounds are judged on a view of what may be seen")
        return view.bounds(scheme)[high]

    return judge


def _not_in(categories: frozenset[str], items: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(key for key, item in items.items() if item.category not in categories)


def _seen(node: Node, behind: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Return the facts a condition looks at, also by way of other schemes."""
    return node.facts.union(*(behind.get(scheme, frozenset()) for scheme in node.schemes))


def _facts_of_schemes(engine: Engine) -> dict[str, frozenset[str]]:
    """Return for every scheme what all its versions look at, by way of others too."""
    nodes: dict[str, list[Node]] = {}
    for provision in engine.provisions:
        nodes.setdefault(provision.id, []).append(provision.node)
    found: dict[str, frozenset[str]] = {}
    for scheme in nodes:
        reached = [scheme]
        for other in reached:
            for node in nodes.get(other, ()):
                reached += [s for s in node.schemes if s not in reached]
        looked_at = (node.facts for other in reached for node in nodes.get(other, ()))
        found[scheme] = frozenset().union(*looked_at)
    return found
