# SPDX-License-Identifier: EUPL-1.2
"""The program without its walls, showing the same: what `bench.walls` measures against.

Left out: row security (the database is asked as its owner) and telling it who acts; purpose,
basis, person and end of involvements in the filters of the program (an organisation sees the
cases it is involved in, the coordination point all); the read log; and, by remembering each
answer from the first time on, cutting an answer to what may be seen, reading keys and opening
sealed values. The data categories stay in the filters as a plain list, so that both sides show
the same. Finding by keyed tokens stays too: something must find a name.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from threading import local
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Q, QuerySet
from django.urls import get_resolver

SETTINGS = "bench.unwalled_settings"


def take_down() -> None:
    """Put what stands in for each part of the walls in the place of it, in this process.

    ImproperlyConfigured with any settings but those of the measurement, and where a part of
    the walls is not there any more under that name.
    """
    if settings.SETTINGS_MODULE != SETTINGS:
        raise ImproperlyConfigured("walls are taken down for measuring only")
    _load(get_resolver().url_patterns)
    for place, stand_in in {**_silent(), **_open(), **_remembered()}.items():
        _put(place, stand_in)


def _load(patterns: Iterable[Any]) -> None:
    """Import the views of all addresses: they hold names of their own."""
    for pattern in patterns:
        _load(getattr(pattern, "url_patterns", ()))


def part(place: str) -> Any:
    """Return a function of the product by its full name; ImproperlyConfigured without it."""
    module, _, name = place.rpartition(".")
    found = getattr(import_module(module), name, None)
    if found is None:
        raise ImproperlyConfigured(f"there is no {place}: bench.unwalled must follow the code")
    return found


def _put(place: str, stand_in: Callable[..., Any]) -> None:
    """Replace a function in every module that imported it."""
    replaced = part(place)
    for name, module in list(sys.modules.items()):
        if name.startswith("middenstip"):
            for own, value in list(vars(module).items()):
                if value is replaced:
                    setattr(module, own, stand_in)


def _silent() -> dict[str, Callable[..., Any]]:
    """Return what neither enters for an actor nor writes down who looks."""

    @contextmanager
    def entered(_who: object) -> Iterator[None]:
        yield

    def untold(**_look: object) -> None:
        return None

    return {
        "middenstip.access.acting.acting": entered,
        "middenstip.access.acting.deriving": entered,
        "middenstip.audit.looks.looked": untold,
    }


def _open() -> dict[str, Callable[..., Any]]:
    """Return the filters without purpose, basis, person and end of involvements."""
    from middenstip.access.purposes import purpose_of
    from middenstip.thread.models import Case, DutyRun, Event, FlagRun, Involvement
    from middenstip.thread.visibility import Sight, steers

    def involvements(actor: Any) -> QuerySet[Involvement]:
        return Involvement.objects.filter(organisation_id=actor.organisation_id)

    def visible_by(actor: Any) -> Q:
        return Q() if steers(actor) else Q(case__in=involvements(actor).values("case_id"))

    def visible_cases(actor: Any, *, row_by_row: bool = False) -> QuerySet[Case]:
        if steers(actor):
            return Case.objects.all()
        return Case.objects.filter(pk__in=involvements(actor).values("case_id"))

    def named_cases(actor: Any) -> QuerySet[Case]:
        return visible_cases(actor)

    def of_category(actor: Any) -> Q:
        return Q(category__in=purpose_of(actor.purpose).categories)

    def visible_events(actor: Any) -> QuerySet[Event]:
        own = Q(organisation_id=actor.organisation_id)
        return Event.objects.filter(visible_by(actor), of_category(actor) | own)

    def visible_runs(actor: Any) -> QuerySet[DutyRun]:
        own = Q(owner_id=actor.organisation_id)
        own |= Q(owner__isnull=True) if steers(actor) else Q()
        return DutyRun.objects.filter(visible_by(actor), of_category(actor) | own)

    def own_runs(actor: Any) -> QuerySet[DutyRun]:
        return DutyRun.objects.filter(owner_id=actor.organisation_id)

    def visible_flags(actor: Any) -> QuerySet[FlagRun]:
        return FlagRun.objects.filter(visible_by(actor), of_category(actor))

    def sight_of(*, actor: Any, case_id: UUID) -> Sight:
        categories = purpose_of(actor.purpose).categories
        return Sight(categories=frozenset(categories), own=True, name=True)

    return {
        "middenstip.thread.visibility.involvements": involvements,
        "middenstip.thread.visibility.visible_by": visible_by,
        "middenstip.thread.visibility.visible_cases": visible_cases,
        "middenstip.thread.visibility.named_cases": named_cases,
        "middenstip.thread.visibility.visible_events": visible_events,
        "middenstip.thread.visibility.visible_runs": visible_runs,
        "middenstip.thread.visibility.own_runs": own_runs,
        "middenstip.thread.visibility.visible_flags": visible_flags,
        "middenstip.thread.visibility.sight_of": sight_of,
    }


def _remembered() -> dict[str, Callable[..., Any]]:
    """Return what remembers an answer that the walls make dear: cut, or opened with a key.

    Nothing is recorded while this is measured, so an answer stays the right one.
    """
    cut_before: dict[Any, Any] = {}
    opened: dict[Any, Any] = {}
    keys: dict[UUID, Any] = {}
    asked = local()
    assessment, shown, open_event, case_keys = map(
        part,
        (
            "middenstip.thread.selectors._assessment",
            "middenstip.rules.shown.shown",
            "middenstip.thread.sealing.open_event",
            "middenstip.thread.sealing.case_keys",
        ),
    )

    def assessment_of(case_id: UUID, *how: Any) -> Any:
        asked.case = case_id
        return assessment(case_id, *how)

    def cut(pack: Any, whole: Any, categories: Any, **how: Any) -> Any:
        key = (asked.case, whole.on, categories, *how.values())
        if key not in cut_before:
            cut_before[key] = shown(pack, whole, categories, **how)
        return cut_before[key]

    def opened_event(key: Any, event_id: UUID, fields: Any) -> Any:
        if event_id not in opened:
            opened[event_id] = open_event(key, event_id, fields)
        return opened[event_id]

    def keys_of_cases(case_ids: Iterable[UUID]) -> dict[UUID, Any]:
        wanted = list(case_ids)
        if new := [case_id for case_id in wanted if case_id not in keys]:
            found = case_keys(new)
            keys.update({case_id: found.get(case_id) for case_id in new})
        return {case_id: keys[case_id] for case_id in wanted if keys[case_id]}

    return {
        "middenstip.thread.selectors._assessment": assessment_of,
        "middenstip.rules.shown.shown": cut,
        "middenstip.thread.sealing.open_event": opened_event,
        "middenstip.thread.sealing.case_keys": keys_of_cases,
    }
