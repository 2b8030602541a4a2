# SPDX-License-Identifier: EUPL-1.2
"""What an assessment answers: plain frozen values, ready for screens, database and JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from middenstip.pack.cited import Cited

Outcome = Literal["applies", "does_not_apply", "unknown"]
DutyState = Literal["open", "met", "overdue", "void"]
Origin = Literal["given", "event", "computed", "default"]
Value = bool | int | float | date | str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ThreadEvent:
    """One event as the rules see it. ``fields`` holds the pack's fields, without ``on``.

    ``id`` is how a correction names it: the index in a file, the row's id in the register.
    A correction has type ``corrected`` with ``corrects`` (an id) and ``replaced_by`` (None or
    an event as a mapping with type, on and fields). ``facts_recorded`` has ``facts`` (a
    mapping): what somebody told us, with the force of a given fact.
    """

    id: int | str
    type: str
    on: date
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SchemeResult:
    """Whether a scheme applies on the day, why, and what is missing to know.

    ``hidden``: it is unknown because it rests on what somebody may not see (`rules.shown`).
    """

    id: str
    outcome: Outcome
    because: tuple[str, ...]
    missing: tuple[str, ...]
    sources: tuple[Cited, ...]
    need: str
    version_from: date
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class DutyResult:
    """One run of a clock. ``key`` is stable for the same start, so it can be followed."""

    id: str
    key: str
    owner: str
    need: str
    starts_on: date | None
    due_on: date | None
    state: DutyState
    met_on: date | None
    how: str
    basis: str
    sources: tuple[Cited, ...]
    started_by: int | str | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """An event that a guard refused: it did not enter the thread. ``guard`` is its id."""

    event: int | str
    type: str
    rule: str
    message: str
    sources: tuple[Cited, ...]
    guard: str = ""


@dataclass(frozen=True, slots=True)
class FlagResult:
    """A deviation from a rule, since a day (None when the day is not known)."""

    id: str
    rule: str
    since: date | None
    message: str
    sources: tuple[Cited, ...]
    event: int | str | None = None


@dataclass(frozen=True, slots=True)
class Assessment:
    """All that follows from facts and events on one day, under the law of that day.

    ``facts`` holds only what is known, computed ones included; ``origins`` says where each came
    from; ``notes`` tells where a given fact was set aside, and ``noted`` the fact and the event
    type (None: no event) that each of them speaks of. Duties stand in the order in which
    people need them: overdue, open by due day, then the most recent of met and void.
    """

    country: str
    on: date
    pack_version: str
    facts: dict[str, Value]
    origins: dict[str, Origin]
    schemes: tuple[SchemeResult, ...]
    duties: tuple[DutyResult, ...]
    refused: tuple[Refusal, ...]
    flags: tuple[FlagResult, ...]
    next_question: str | None
    notes: tuple[str, ...]
    noted: tuple[tuple[str, str | None], ...] = ()
