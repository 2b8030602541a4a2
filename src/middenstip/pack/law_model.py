# SPDX-License-Identifier: EUPL-1.2
"""The law in a pack: schemes, duties, guards and flags."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from middenstip.pack.conditions import Condition, Item, Operand, Term
from middenstip.pack.guide_model import ForYou
from middenstip.pack.parts import Case, EventMatch, Formula, SourceRef, StartByCondition, Text

Basis = Literal["law", "policy", "practice", "target", "house_rule"]


class SchemeVersion(Item):
    """A scheme as it stood between two days (inclusive), with the amounts shown beside it."""

    valid_from: date
    valid_to: date | None = None
    applies_when: Condition
    gives: Text
    amounts: tuple[str, ...] = ()
    changed: Text | None = None
    sources: tuple[SourceRef, ...] = Field(min_length=1)


class Arrangement(EventMatch):
    """An event that arranges a scheme for some of its needs (``for``), else for its own need.

    ``when`` looks at the fields of the event only.
    """

    needs: tuple[str, ...] = Field(default=(), alias="for")


class Scheme(Item):
    """A right or provision: for whom, what it gives, what to do, who decides.

    It belongs to ``need`` and to ``also_needs``. ``arranged_by`` are events after which it is
    arranged for a need, until one of ``undone_by``, which end that for all of them.
    ``contacts``: whom of the directory to call, national ones first. ``to_arrange: false``:
    good to know or a choice of the person, no case waits for it. ``do_first``: its place among
    what the guide tells to do first, 1 most pressing (house rule); without it never.
    """

    label: Text
    for_you: ForYou | None = None
    need: str
    also_needs: tuple[str, ...] = ()
    decides: tuple[str, ...] = ()
    steps: tuple[Text, ...] = ()
    deadline: Text | None = None
    contact: Text | None = None
    contacts: tuple[str, ...] = ()
    conflicts: tuple[Text, ...] = ()
    arranged_by: tuple[Arrangement, ...] = ()
    undone_by: tuple[EventMatch, ...] = ()
    to_arrange: bool = True
    do_first: int | None = None
    versions: tuple[SchemeVersion, ...] = Field(min_length=1)


class Due(Item):
    """When a duty is due: start + ``term``, or the day ``date`` gives. First match counts.

    ``when`` is judged on the facts right after the start; a rule whose condition is not certain
    does not match. ``how`` is filled in as the message of a guard is.
    """

    when: Condition | None = None
    term: Term | None = None
    after: Operand | None = None
    date: Operand | None = None
    how: Text | None = None


class DutyVersion(Item):
    """The term of a duty as it stood between two days (inclusive)."""

    valid_from: date
    valid_to: date | None = None
    due: tuple[Due, ...]
    basis: Basis
    sources: tuple[SourceRef, ...] = Field(min_length=1)


class Owner(Item):
    """Who must act: the organisation kind in a field of the starting event, or by cases."""

    event: str | None = None
    cases: tuple[Case, ...] = ()
    otherwise: str


class Duty(Item):
    """A clock: who must do what by when.

    ``category``: what it tells about a person that this duty is there; who may not see that
    category does not see the duty, unless the duty is their own.
    ``repeat``: ``each`` start makes one; ``after_met`` makes a new one only when none is
    running; ``once`` makes one at all. ``law_of`` says which day chooses the version: the day
    the duty started or the day asked.
    """

    label: Text
    need: str
    category: str
    owner: str | Owner
    starts: tuple[EventMatch | StartByCondition, ...] = Field(min_length=1)
    met_by: tuple[EventMatch, ...] = ()
    met_when: Condition | None = None
    void_by: tuple[EventMatch, ...] = ()
    void_when: Condition | None = None
    repeat: Literal["each", "after_met", "once"] = "each"
    law_of: Literal["start", "day_asked"] = "start"
    versions: tuple[DutyVersion, ...] = Field(min_length=1)


class Guard(Item):
    """What is refused: an event of a type for which ``refuse_when`` certainly holds.

    ``message`` may name what is filled in: ``{fact}``, ``{event.field}`` and ``{today}``.
    """

    rule: str
    event: str
    refuse_when: Condition
    message: Text
    valid_from: date | None = None
    valid_to: date | None = None
    sources: tuple[SourceRef, ...] = Field(min_length=1)


class Flag(Item):
    """A deviation that is shown, never refused.

    Raised by a duty that is overdue (``duty``), by an event for which ``when`` certainly holds
    (``event``), or by facts (``when`` alone). ``since`` gives its first day where facts do.
    ``message`` is filled in as a guard's is. ``category`` as with a duty: what it tells about a
    person that this flag is there.
    """

    rule: str
    category: str
    duty: str | None = None
    event: str | None = None
    when: Condition | None = None
    since: Formula | None = None
    need: str | None = None
    message: Text
    sources: tuple[SourceRef, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _some_ground(self) -> Flag:
        if self.duty is None and self.event is None and self.when is None:
            raise ValueError("a flag needs a duty, an event or a condition")
        return self
