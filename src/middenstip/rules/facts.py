# SPDX-License-Identifier: EUPL-1.2
"""What is known about a person at one moment: told, set by events, or derived on demand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from middenstip.rules.engine import Engine, Provision

NO_EVENT: dict[str, Any] = {}


class Facts(dict[str, Any]):
    """A view of the facts on a day; reading a fact that is not known gives None.

    A dictionary, because a lookup that is already answered then runs in C. A fact that is not
    there yet is derived on its first reading and kept: computed first, then what was told
    beside it (``beside``), then the default unless an event left it uncertain (``unsure``).
    """

    __slots__ = ("beside", "engine", "event", "outcomes", "today", "unsure")

    def __init__(
        self,
        engine: Engine,
        values: dict[str, Any],
        beside: dict[str, Any],
        unsure: frozenset[str] | set[str],
        today: date,
        event: dict[str, Any] = NO_EVENT,
    ) -> None:
        dict.__init__(self, values)
        self.engine = engine
        self.beside = beside
        self.unsure = unsure
        self.today = today
        self.event = event
        self.outcomes: dict[str, bool | None] = {}

    def with_event(self, event: dict[str, Any]) -> Facts:
        """Return this view, on the same day, with an event at hand."""
        view = Facts(self.engine, self, self.beside, self.unsure, self.today, event)
        view.outcomes = self.outcomes
        return view

    def __missing__(self, fact: str) -> Any:
        formula = self.engine.formulas.get(fact)
        value = None
        if formula is not None:
            self[fact] = None  # a circle, which a checked pack does not have, ends as unknown
            value = formula.get(self)
        if value is None:
            value = self.beside.get(fact)
        if value is None and fact not in self.unsure:
            value = self.engine.defaults.get(fact)
        self[fact] = value
        return value

    def settles(self, provision: Provision) -> bool:
        """Return whether a version is certain to hold, or not to hold, in this view."""
        return provision.node.judge(self) is not None

    def without(self, facts: Iterable[str]) -> dict[str, Any]:
        """Return the facts a trial starts from, without those that must be computed again."""
        known = dict(self)
        for fact in facts:
            known.pop(fact, None)
        return known

    def trial(self, known: dict[str, Any]) -> Facts:
        """Return the same day with other facts known."""
        return Facts(self.engine, known, self.beside, self.unsure, self.today)

    def scheme(self, scheme: str) -> bool | None:
        """Return whether a scheme holds on this day; False when no law of it is in force."""
        if scheme in self.outcomes:
            return self.outcomes[scheme]
        self.outcomes[scheme] = None
        version = self.engine.law_on(self.today).by_id.get(scheme)
        outcome = version.node.judge(self) if version is not None else False
        self.outcomes[scheme] = outcome
        return outcome
