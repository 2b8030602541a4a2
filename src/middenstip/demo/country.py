# SPDX-License-Identifier: EUPL-1.2
"""Fills the database with the fictional country: the told stories first, then many more."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from random import Random

from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from middenstip import clock
from middenstip.demo import overrides, stories
from middenstip.demo.parties import Parties, settle
from middenstip.demo.people import live
from middenstip.thread import bulk, pseudonyms, rebuild
from middenstip.thread.records import PastCase

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Filled:
    """How many persons and events the country has."""

    persons: int
    events: int


def persons_there() -> int:
    """Return how many cases the database holds."""
    return rebuild.count()


def fill(*, persons: int, seed: int, until: date, progress: Progress | None = None) -> Filled:
    """Store a fictional country as it is at the end of a day, all of it or nothing.

    The same seed, number and day give the same persons, pseudonyms, events and ids. Every event
    passes the checks of the ordinary door; one that a guard refuses would be a fault of the
    stories, and raises. ImproperlyConfigured when the demo switch is off or the day lies in the
    future.
    """
    if until > clock.today():
        raise ImproperlyConfigured("the last day of the demo cannot lie in the future")
    written: list[int] = []
    stored = 0
    with transaction.atomic(), ExitStack() as held:
        # Whoever records is a member today; what they record lies in the past.
        parties = settle()
        held.enter_context(clock.at(until))
        for opened in bulk.fill_history(
            cases=_noted(cases(persons, seed, parties, until), written)
        ):
            if opened.version != written[stored]:
                raise RuntimeError(f"an event of {opened.pseudonym} was refused")
            stored += 1
            if progress:
                progress(1)
        overrides.happen(parties, until)
    return Filled(persons=stored, events=sum(written))


def cases(persons: int, seed: int, parties: Parties, until: date) -> Iterator[PastCase]:
    """Yield the cases of the country, in a fixed order: the written stories come first."""
    draw = Random(f"{seed}:pseudonyms")  # noqa: S311 - fiction, no secret
    told = list(stories.tell(seed=seed, parties=parties, until=until))
    taken = {life.pseudonym for life in told}
    for life in told[:persons]:
        yield life.case()
    for number in range(1, persons - len(told) + 1):
        life = live(number, seed=seed, parties=parties, until=until)
        while (pseudonym := pseudonyms.draw(draw)) in taken:
            pass
        taken.add(pseudonym)
        life.pseudonym = pseudonym
        yield life.case()


def _noted(cases: Iterator[PastCase], written: list[int]) -> Iterator[PastCase]:
    for case in cases:
        written.append(len(case.events))
        yield case
