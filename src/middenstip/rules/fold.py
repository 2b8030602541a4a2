# SPDX-License-Identifier: EUPL-1.2
"""From a thread of events to the facts of a day, event by event.

Corrections are applied first; events after the day asked are left out; the rest is taken in the
order of day and place in the list. A guard may refuse an event, judged on what stood before it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from heapq import heappop, heappush
from typing import Any, NamedTuple

from middenstip.rules.engine import Change, Engine, Raising, Refusing
from middenstip.rules.facts import Facts
from middenstip.rules.formulas import money
from middenstip.rules.results import ThreadEvent

EventId = int | str


class BadThread(ValueError):
    """A thread that cannot be read: an unknown event type, or a correction of nothing."""


class Step(NamedTuple):
    """An event that entered, at its place in the order of the thread."""

    order: int
    event: ThreadEvent
    fields: dict[str, Any]


Waiting = list[tuple[date, int, int, Change, Step]]


@dataclass(slots=True)
class Start:
    """A duty begun by an event: the facts right after it."""

    step: Step
    after: Facts
    ended_before: bool


@dataclass(slots=True)
class Trace:
    """What happened while folding; duties and flags are answered from it.

    ``starts``, ``meets``, ``voids`` hold, by the place of a duty in the engine, what matched.
    ``notes`` are (fact, told value, event, value) where an event set a told fact aside.
    """

    engine: Engine
    on: date
    values: dict[str, Any] = field(default_factory=dict)
    beside: dict[str, Any] = field(default_factory=dict)
    unsure: set[str] = field(default_factory=set)
    origins: dict[str, str] = field(default_factory=dict)
    starts: dict[int, list[Start]] = field(default_factory=dict)
    meets: dict[int, list[Step]] = field(default_factory=dict)
    voids: dict[int, list[Step]] = field(default_factory=dict)
    flags: list[tuple[Raising, Step]] = field(default_factory=list)
    refused: list[tuple[Refusing, Step, Facts]] = field(default_factory=list)
    notes: list[tuple[str, Any, ThreadEvent | None, Any]] = field(default_factory=list)

    def view(self, today: date, event: dict[str, Any]) -> Facts:
        """Return the facts as they stand now, to be used before anything more happens."""
        return Facts(self.engine, self.values, self.beside, self.unsure, today, event)

    def keep(self, today: date, event: dict[str, Any]) -> Facts:
        """Return the facts as they stand now, to be looked at later."""
        beside, unsure = dict(self.beside), frozenset(self.unsure)
        return Facts(self.engine, self.values, beside, unsure, today, event)


def corrected_thread(events: Sequence[ThreadEvent], on: date) -> list[tuple[int, ThreadEvent]]:
    """Return (place, event) in the order of the thread up to the day asked, as corrected.

    A correction made by the day asked replaces or removes the event it names. Correcting a
    correction replaces what that one said; removing it brings back what it had changed. The
    replacement keeps the place and the id of the first event. Raises BadThread for a correction
    of an unknown id, of itself or of a later event.
    """
    if not any(event.type == "corrected" for event in events):
        known = [(place, event) for place, event in enumerate(events) if event.on <= on]
        known.sort(key=lambda item: (item[1].on, item[0]))
        return known
    corrections = _corrections(events)
    # Latest first, so that a correction is itself corrected before it takes effect.
    made = [place for place in corrections if events[place].on <= on]
    said: dict[int, ThreadEvent | None] = {}
    undone: set[int] = set()
    for place in reversed(made):
        if place in undone:
            continue
        target = corrections[place]
        new = said[place] if place in said else _replacement(events[place], events[target].id)
        if target in corrections:
            if target in said or target in undone:
                continue
            if new is None:
                undone.add(target)
            else:
                first = events[corrections[target]].id
                said[target] = ThreadEvent(first, new.type, new.on, new.fields)
        elif target not in said:
            said[target] = new
    thread: list[tuple[int, ThreadEvent]] = []
    for place, original in enumerate(events):
        standing = said.get(place, original)
        if place not in corrections and standing is not None and standing.on <= on:
            thread.append((place, standing))
    thread.sort(key=lambda item: (item[1].on, item[0]))
    return thread


def _corrections(events: Sequence[ThreadEvent]) -> dict[int, int]:
    """Return the place of each correction with the place of what it names."""
    places = {event.id: place for place, event in enumerate(events)}
    found: dict[int, int] = {}
    for place, event in enumerate(events):
        if event.type == "corrected":
            named = event.fields.get("corrects")
            target = places.get(named) if isinstance(named, int | str) else None
            if target is None or target >= place:
                raise BadThread(
                    f"event {event.id}: corrects {named!r}, which is no earlier event"
                )
            found[place] = target
    return found


def _replacement(correction: ThreadEvent, event_id: EventId) -> ThreadEvent | None:
    new = correction.fields.get("replaced_by")
    if new is None:
        return None
    nested = new.get("fields")
    fields = nested if isinstance(nested, Mapping) else new
    kept = {k: v for k, v in fields.items() if k not in ("type", "on")}
    return ThreadEvent(event_id, new["type"], as_day(new["on"]), kept)


def as_day(value: Any) -> Any:
    """Return a stored day (ISO text) as a date; anything else as it is."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def typed(engine: Engine, fact: str, value: Any) -> Any:
    """Return a fact's value as the rules use it: days as dates, lists as tuples."""
    if isinstance(value, list):
        return tuple(value)
    return as_day(value) if fact in engine.date_facts else value


def fold(
    engine: Engine, facts: Mapping[str, Any], events: Sequence[ThreadEvent], on: date
) -> Trace:
    """Fold told facts and events into what stands on a day. Raises BadThread."""
    trace = Trace(engine, on)
    _tell(trace, facts, None)
    waiting: Waiting = []
    for order, (place, event) in enumerate(corrected_thread(events, on)):
        while waiting and waiting[0][:2] < (event.on, place):
            _take_delayed(trace, heappop(waiting))
        if event.type == "facts_recorded":
            _tell(trace, event.fields.get("facts") or {}, event)
        else:
            _enter(trace, Step(order, event, _fields(engine, event)), place, waiting)
    while waiting:
        _take_delayed(trace, heappop(waiting))
    return trace


def _fields(engine: Engine, event: ThreadEvent) -> dict[str, Any]:
    occasion = engine.occasions.get(event.type)
    if occasion is None:
        raise BadThread(f"event {event.id}: there is no event type {event.type!r}")
    fields = {**event.fields, "on": event.on}
    for name in occasion.date_fields:
        if name in fields:
            fields[name] = as_day(fields[name])
    for name in occasion.list_fields:
        if isinstance(fields.get(name), list):
            fields[name] = tuple(fields[name])
    return fields


def _tell(trace: Trace, facts: Mapping[str, Any], event: ThreadEvent | None) -> None:
    """Take in told facts: before all events (``event`` None), or on the day they were told."""
    engine = trace.engine
    for fact, value in facts.items():
        if fact not in engine.pack.facts:
            raise BadThread(f"there is no fact {fact!r}")
        store = trace.beside if fact in engine.beside else trace.values
        value = typed(engine, fact, value)
        if trace.origins.get(fact) == "event":
            if value is not None and store[fact] != value:
                trace.notes.append((fact, value, None, store[fact]))
        elif value is None:
            store.pop(fact, None)
            trace.origins.pop(fact, None)
        else:
            store[fact] = value
            trace.origins[fact] = "told" if event else "given"
            trace.unsure.discard(fact)


def _enter(trace: Trace, step: Step, place: int, waiting: Waiting) -> None:
    event = step.event
    occasion = trace.engine.occasions[event.type]
    before = trace.view(event.on, step.fields)
    for guard in occasion.guards:
        first, last = guard.item.valid_from or event.on, guard.item.valid_to or event.on
        if first <= event.on <= last and guard.node.judge(before) is True:
            trace.refused.append((guard, step, trace.keep(event.on, step.fields)))
            return
    for flag in occasion.flags:
        if flag.node is None or flag.node.judge(before) is True:
            trace.flags.append((flag, step))
    for matches, found in ((occasion.meets, trace.meets), (occasion.voids, trace.voids)):
        for clock, node in matches:
            if node is None or node.judge(before) is True:
                found.setdefault(clock, []).append(step)
    started = {
        clock: trace.engine.clocks[clock].ended_on_facts(before)
        for clock, node in occasion.starts
        if node is None or node.judge(before) is True
    }
    _change_facts(trace, step, place, before, waiting)
    if started:
        after = trace.keep(event.on, step.fields)
        for clock, ended_before in started.items():
            trace.starts.setdefault(clock, []).append(Start(step, after, ended_before))


def _change_facts(trace: Trace, step: Step, place: int, view: Facts, waiting: Waiting) -> None:
    """Let the effects of an event happen one after the other; put off the delayed ones."""
    stale = False
    on = step.event.on
    for change in trace.engine.occasions[step.event.type].changes:
        if stale and change.on_facts:
            view, stale = trace.view(on, step.fields), False
        if change.since is not None:
            since = change.since(view)
            if since is None or since > trace.on:
                continue
            if since > on:
                heappush(waiting, (since, place, len(waiting), change, step))
                continue
        stale = _apply(trace, change, step, view) or stale


def _take_delayed(trace: Trace, item: tuple[date, int, int, Change, Step]) -> None:
    since, _, _, change, step = item
    _apply(trace, change, step, trace.view(since, step.fields))


def _apply(trace: Trace, change: Change, step: Step, view: Facts) -> bool:
    """Do what one effect says; return whether any fact may have changed.

    A value that the event leaves open makes the fact unknown, unless it was told: what was told
    stands until an event says otherwise.
    """
    if change.node is not None and change.node.judge(view) is not True:
        return False
    item, fact = change.item, change.item.fact
    store = trace.beside if fact in trace.engine.beside else trace.values
    if item.if_unknown and _is_known(trace, store, fact, view):
        return False
    origin = trace.origins.get(fact)
    value = None if item.clear else change.get(view)
    if item.add is not None and value is not None:
        value = _added(trace, store, fact, value)
    if value is None:
        if origin != "event" and not item.clear:
            return False
        store.pop(fact, None)
        trace.origins.pop(fact, None)
        (trace.unsure.discard if item.clear else trace.unsure.add)(fact)
        return True
    if origin in ("given", "told") and item.add is None and store[fact] != value:
        trace.notes.append((fact, store[fact], step.event, value))
    if origin == "given" and item.add is not None:
        trace.notes.append((fact, store[fact], step.event, value))
    store[fact] = value
    trace.origins[fact] = "event"
    trace.unsure.discard(fact)
    return True


def _is_known(trace: Trace, store: dict[str, Any], fact: str, view: Facts) -> bool:
    """Return whether a fact has a value of its own; a default is none."""
    if fact in store:
        return True
    formula = trace.engine.formulas.get(fact)
    return formula is not None and formula.get(view) is not None


def _added(trace: Trace, store: dict[str, Any], fact: str, more: Any) -> Any:
    """Return the total, or the longer list; None when an earlier part of it is not known.

    A total that was given beside the thread already counts what the thread tells; the events
    then count alone, so that nothing is counted twice.
    """
    if fact in trace.unsure:
        return None
    start = None if trace.origins.get(fact) == "given" else store.get(fact)
    if start is None:
        start = trace.engine.defaults.get(fact)
    if fact in trace.engine.list_facts:
        return tuple(
            dict.fromkeys([*(start or ()), *([more] if isinstance(more, str) else more)])
        )
    return money((start or 0) + more)
