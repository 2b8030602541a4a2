# SPDX-License-Identifier: EUPL-1.2
"""The thread as people read it: what holds after corrections, and one line per event. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from middenstip.clock import legal_day
from middenstip.desk.needs import Happened
from middenstip.thread.country import CORRECTED, FACTS_RECORDED
from middenstip.thread.selectors import EventView
from middenstip.web.words import PackWords


@dataclass(frozen=True, slots=True)
class Entry:
    """What an event says: its type, day and stored fields."""

    type: str
    on: date
    fields: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Line:
    """One event of the thread, ready to show.

    `state` is empty, `corrected` (a later event replaces it or takes it back) or `deviation`
    (practice left the rule). `late_on` is the day it was recorded, where that is a later one.
    """

    id: UUID
    seq: int
    on: date
    what: str
    details: tuple[str, ...]
    organisation: str
    recorded_by: str
    recorded_at: datetime
    late_on: date | None
    state: str
    replaces: str
    correct_href: str = ""


def entry_of(event: EventView) -> Entry | None:
    """Return what an event says itself; for a correction what it puts in the place.

    None for a correction that takes an event back.
    """
    if event.type != CORRECTED:
        return Entry(event.type, event.on, event.fields)
    replacement = event.fields["replaced_by"]
    if replacement is None:
        return None
    day = date.fromisoformat(replacement["on"])
    return Entry(replacement["type"], day, replacement["fields"])


def holding(thread: Sequence[EventView]) -> list[Entry]:
    """Return what holds after all corrections, in the order in which it was recorded.

    The latest correction of an event counts; a correction that was itself corrected says what
    its own correction says, and one that was taken back counts no more.
    """
    found = []
    for event in thread:
        if event.type != CORRECTED:
            said = _said(event, thread)
            if said is not None:
                found.append(said)
    return found


def _said(event: EventView, thread: Sequence[EventView]) -> Entry | None:
    corrections = [each for each in thread if each.corrects == event.seq]
    for correction in sorted(corrections, key=lambda each: each.seq, reverse=True):
        if not _taken_back(correction, thread):
            return _said(correction, thread)
    return entry_of(event)


def _taken_back(event: EventView, thread: Sequence[EventView]) -> bool:
    own = [each for each in thread if each.corrects == event.seq]
    for correction in sorted(own, key=lambda each: each.seq, reverse=True):
        if not _taken_back(correction, thread):
            return correction.fields["replaced_by"] is None
    return False


def happened(thread: Sequence[EventView]) -> list[Happened]:
    """Return what holds after corrections as the state of the needs wants it."""
    return [
        Happened(entry.type, entry.on, entry.fields)
        for entry in holding(thread)
        if entry.type != FACTS_RECORDED
    ]


def title(entry: Entry, words: PackWords) -> str:
    """Return what happened in a few words."""
    return _("Facts recorded") if entry.type == FACTS_RECORDED else words.event(entry.type)


def details(entry: Entry, words: PackWords) -> tuple[str, ...]:
    """Return the fields, or the facts, as "label: value"."""
    if entry.type == FACTS_RECORDED:
        facts = words.country.facts
        return tuple(
            _pair(words.fact(name), words.value(value, facts.get(name)))
            for name, value in entry.fields["facts"].items()
        )
    event = words.country.events.get(entry.type)
    declared = event.fields if event else {}
    return tuple(
        _pair(
            words.text(declared[name].label) if name in declared else name,
            words.value(value, declared.get(name)),
        )
        for name, value in entry.fields.items()
    )


def _pair(label: str, value: str) -> str:
    return f"{capfirst(label)}: {value}"


def lines(
    thread: Sequence[EventView], words: PackWords, deviating: frozenset[int]
) -> list[Line]:
    """Return the whole thread, newest first: by day, and within a day by when it was recorded.

    `deviating` holds the `seq` of events that raised a deviation.
    """
    by_seq = {event.seq: event for event in thread}
    shown = [_line(event, by_seq, words, deviating) for event in thread]
    return sorted(shown, key=lambda line: (line.on, line.seq), reverse=True)


def _line(
    event: EventView,
    by_seq: Mapping[int, EventView],
    words: PackWords,
    deviating: frozenset[int],
) -> Line:
    entry = entry_of(event)
    replaces = ""
    on = event.on if entry is None else entry.on
    if event.type == CORRECTED:
        replaces, on = _replaced(event, by_seq, words), legal_day(event.recorded_at)
    state = "deviation" if event.seq in deviating else ""
    if event.corrected_by is not None:
        state = "corrected"
    day = legal_day(event.recorded_at)
    return Line(
        id=event.id,
        seq=event.seq,
        on=on,
        what=_("Taken back") if entry is None else title(entry, words),
        details=() if entry is None else _with_day(event, entry, words),
        organisation=event.organisation,
        recorded_by=event.recorded_by,
        recorded_at=event.recorded_at,
        late_on=day if day > on else None,
        state=state,
        replaces=replaces,
    )


def _with_day(event: EventView, entry: Entry, words: PackWords) -> tuple[str, ...]:
    told = details(entry, words)
    if event.type != CORRECTED:
        return told
    return (_pair(_("day"), words.value(entry.on)), *told)


def _replaced(
    event: EventView,
    by_seq: Mapping[int, EventView],
    words: PackWords,
) -> str:
    """Return in words what a correction corrects: what that said, and of which day it was."""
    wrong = by_seq.get(event.corrects) if event.corrects is not None else None
    said = entry_of(wrong) if wrong is not None else None
    if said is None:
        return _("an earlier correction")
    parts = (words.value(said.on), *details(said, words))
    return f"{title(said, words)} ({'; '.join(parts)})"
