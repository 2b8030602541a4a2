# SPDX-License-Identifier: EUPL-1.2
"""What follows from the answers: the outcome of every scheme in force, and what decided it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import product
from math import prod

from middenstip.guide.answers import Answer, Answers
from middenstip.pack.model import Pack
from middenstip.rules.conditions import Reason
from middenstip.rules.engine import Engine, Provision, engine_for
from middenstip.rules.explain import facts_behind, missing
from middenstip.rules.facts import Facts
from middenstip.rules.fold import fold
from middenstip.rules.results import Value

# How many combinations of possible days are tried at most; beyond it the longest periods count
# as not known. A year holds 366 days, two months 961 combinations.
MOST_TRIED = 1000


@dataclass(frozen=True, slots=True)
class Judged:
    """One scheme: whether it applies (None: not known), why, and which facts are missing.

    ``because`` are the facts that decided, as far as they can be asked, also those not known
    where doubt counts. ``missing`` is empty unless ``truth`` is None.
    """

    provision: Provision
    truth: bool | None
    because: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Settled:
    """All schemes in force on a day as they stand with these answers."""

    engine: Engine
    view: Facts
    schemes: tuple[Judged, ...]
    set_aside: tuple[str, ...]

    @property
    def undecided(self) -> list[tuple[Provision, tuple[str, ...]]]:
        """The schemes that are not known, each with what it misses."""
        return [(j.provision, j.missing) for j in self.schemes if j.truth is None]


def settle(pack: Pack, answers: Answers, on: date) -> Settled:
    """Judge every scheme in force on a day.

    A day known in part settles a scheme only when it does so whichever day it was: every day of
    the period is tried. ``set_aside`` are answered facts for which other answers say otherwise.
    """
    engine = engine_for(pack)
    told = answers.facts
    view = _view(engine, told, on)
    vague = _kept_within(answers.partial)
    found = []
    for provision in engine.law_on(on).provisions:
        judged = _judge(engine, provision, view, told)
        about = [a for a in vague if a.fact in judged.missing]
        if judged.truth is None and about:
            judged = _on_every_day(engine, provision, told, on, about) or judged
        found.append(judged)
    aside = tuple(
        fact for fact, value in told.items() if fact in engine.beside and view[fact] != value
    )
    return Settled(engine, view, tuple(found), aside)


def _view(engine: Engine, told: Mapping[str, Value], on: date) -> Facts:
    return fold(engine, told, (), on).view(on, {})


def _judge(
    engine: Engine, provision: Provision, view: Facts, told: Mapping[str, Value]
) -> Judged:
    truth = view.scheme(provision.id)
    reasons: list[Reason] = []
    provision.node.reasons(view, True, reasons)
    lacking = missing(facts_behind(reasons, view), view) if truth is None else ()
    return Judged(provision, truth, tuple(_askable(engine, reasons, view, told)), lacking)


def _askable(
    engine: Engine, reasons: list[Reason], view: Facts, told: Mapping[str, Value]
) -> Iterator[str]:
    """Yield, each once, the facts somebody can be asked on which deciding leaves rest.

    Behind a computed fact that nobody told stand the known facts that it follows from.
    """
    facts, found = engine.pack.facts, set()
    for reason in reasons:
        for name in reason.leaf.fact_order:
            behind = (name,) if name in told else engine.inputs.get(name, (name,))
            for fact in [f for f in behind if view[f] is not None] or behind[:1]:
                if facts[fact].askable and fact not in found:
                    found.add(fact)
                    yield fact


def _kept_within(partial: tuple[Answer, ...]) -> list[Answer]:
    """Leave the longest periods out until all combinations of days can be tried."""
    kept = sorted(partial, key=_length)
    while prod(_length(a) for a in kept) > MOST_TRIED:
        kept.pop()
    return kept


def _length(answer: Answer) -> int:
    return sum(1 for _ in answer.days)


def _on_every_day(
    engine: Engine,
    provision: Provision,
    told: Mapping[str, Value],
    on: date,
    about: list[Answer],
) -> Judged | None:
    """Return what holds whichever days it were; None where that differs or is not known."""
    first: Judged | None = None
    for days in product(*(a.days for a in about)):
        tried = dict(zip((a.fact for a in about), days, strict=True))
        view = _view(engine, {**told, **tried}, on)
        if first is None:
            first = _judge(engine, provision, view, told)
            if first.truth is None:
                return None
        elif view.scheme(provision.id) is not first.truth:
            return None
    return first
