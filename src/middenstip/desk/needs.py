# SPDX-License-Identifier: EUPL-1.2
"""Where each need of a person stands, derived from an assessment and the thread. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Literal

from middenstip.pack.model import EventMatch, Pack, Scheme
from middenstip.rules.conditions import compile_condition
from middenstip.rules.results import Assessment, DutyResult, FlagResult

State = Literal["urgent", "open", "later", "arranged", "unknown", "none"]

# A duty that is due further away than this does not ask for anything now. The same number of
# days as the first reminder, so that the wheel and the reminders agree.
SOON = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Happened:
    """An event that holds: not taken back, and as it was corrected."""

    type: str
    on: date
    fields: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class NeedState:
    """The state of one need; `count` is the number of things to do, 0 where nothing is."""

    need: str
    state: State
    count: int = 0


def need_states(
    country: Pack, assessment: Assessment, happened: Sequence[Happened]
) -> list[NeedState]:
    """Return the state of every need, in the order of the wheel.

    The first that fits:

    - ``urgent``: a duty is overdue, or a deviation lasts today. A deviation raised by an event
      is history and does not count; one that only says that a duty is overdue counts once.
    - ``open``: a duty is due within 14 days or on a day not known yet, or a scheme of this need
      applies and is not arranged. Both are counted.
    - ``later``: all that is open is due more than 14 days from now.
    - ``arranged``: a scheme of this need is arranged.
    - ``unknown``: a scheme of this need may apply. A duty that was met does not hide that: who
      was told of her rights has no lawyer yet.
    - ``arranged``: a duty of this need was met, and no scheme of it may apply.
    - ``none``: nothing of this need applies.

    What is only good to know (``to_arrange: false``) counts for nothing here: a case neither
    waits for it nor has something to show for it.
    A scheme belongs to its own need and those it names besides; it is arranged need by need,
    so that a reflection period does not pass for somebody to talk to (see `arranged_needs`).
    """
    pages = {need: _Page() for need in country.needs}
    for duty in assessment.duties:
        _add_duty(pages[duty.need], duty, assessment.on)
    for flag in assessment.flags:
        _add_flag(pages, country, flag)
    for result in assessment.schemes:
        scheme = country.schemes[result.id]
        if not scheme.to_arrange:
            continue
        arranged = arranged_needs(scheme, happened)
        for need in {scheme.need, *scheme.also_needs}:
            page = pages[need]
            page.arranged |= need in arranged
            page.waiting += result.outcome == "applies" and need not in arranged
            page.possible |= result.outcome == "unknown"
    ordered = sorted(country.needs, key=lambda need: country.needs[need].order)
    return [pages[need].verdict(need) for need in ordered]


def arranged_needs(scheme: Scheme, happened: Sequence[Happened]) -> set[str]:
    """Return the needs for which a scheme is arranged by what happened.

    An event of ``arranged_by`` arranges it for the needs that stand there, else for the need of
    the scheme; one of ``undone_by`` ends all of that. Of events on one day the one recorded
    later counts as later.
    """
    arranged: set[str] = set()
    for event in sorted(happened, key=lambda each: each.on):
        if any(_fits(match, event) for match in scheme.undone_by):
            arranged.clear()
        for match in scheme.arranged_by:
            if _fits(match, event):
                arranged |= set(match.needs or (scheme.need,))
    return arranged


@dataclass(slots=True)
class _Page:
    """What was found of one need."""

    overdue: int = 0
    lasting: int = 0
    soon: int = 0
    later: int = 0
    met: bool = False
    arranged: bool = False
    waiting: int = 0
    possible: bool = False

    def verdict(self, need: str) -> NeedState:
        if self.overdue or self.lasting:
            return NeedState(need, "urgent", self.overdue + self.lasting)
        if self.soon or self.waiting:
            return NeedState(need, "open", self.soon + self.waiting)
        if self.later:
            return NeedState(need, "later")
        if self.possible and not self.arranged:
            return NeedState(need, "unknown")
        return NeedState(need, "arranged" if self.arranged or self.met else "none")


def _add_duty(page: _Page, duty: DutyResult, on: date) -> None:
    if duty.state == "overdue":
        page.overdue += 1
    elif duty.state == "met":
        page.met = True
    elif duty.state == "open":
        far = duty.due_on is not None and duty.due_on - on > SOON
        page.later += far
        page.soon += not far


def _add_flag(pages: Mapping[str, _Page], country: Pack, flag: FlagResult) -> None:
    declared = country.flags[flag.id]
    if declared.duty is None and declared.event is None and declared.need is not None:
        pages[declared.need].lasting += 1


class _FieldsOnly:
    """What a match looks at: the fields of the event, no facts and no other schemes."""

    def __init__(self, event: Happened) -> None:
        self.today = event.on
        self.event: dict[str, Any] = {**event.fields, "on": event.on}

    def __getitem__(self, fact: str, /) -> None:
        return None

    def scheme(self, scheme: str) -> None:
        return None


def _fits(match: EventMatch, event: Happened) -> bool:
    if match.event != event.type:
        return False
    return match.when is None or _compiled(match.when).judge(_FieldsOnly(event)) is True


# A page asks this for every scheme; a pack has some fifty of them.
_compiled = lru_cache(maxsize=512)(compile_condition)
