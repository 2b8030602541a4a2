# SPDX-License-Identifier: EUPL-1.2
"""What callers hand in and get back when they write: plain frozen values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from middenstip.access.actors import Actor


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event to record: its type, the day it happened, the fields of the pack.

    Values may be Python values or JSON values (a day as ISO text). The type `facts_recorded`
    takes one field `facts`, a mapping from fact to value.
    """

    type: str
    on: date
    fields: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class NewIdentity:
    """Who a person is, as far as anybody knows. All empty means anonymous."""

    given_name: str = field(default="", repr=False)
    family_name: str = field(default="", repr=False)
    alias: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    note: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class NewConsent:
    """What a person decided about sharing with one organisation for one purpose.

    `categories` empty: all that the purpose allows. `form`, `how` and `explained_by` are codes
    of the pack; `withholding` is what must not be told, in the person's words. `valid_until`
    is the last day it holds.
    """

    recipient_id: UUID
    purpose: str
    on: date
    form: str
    form_version: str
    language: str
    interpreter: bool
    how: str
    explained_by: str
    categories: Sequence[str] = ()
    decision: str = "given"
    withholding: str = field(default="", repr=False)
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class NewCase:
    """A case to open: at least one event or fact.

    `facts` hold from `facts_on`, or from the earliest day among the events, so that what
    happened that day is judged with them. `involve` are organisations that come into the case
    beside those that recorded something, by their statutory task or with one of `consents`;
    only the coordination point brings them in. Ids and pseudonym are drawn by chance unless
    given (fictional data that must always be the same).
    """

    events: Sequence[NewEvent] = ()
    facts: Mapping[str, Any] = field(default_factory=dict, repr=False)
    facts_on: date | None = None
    identity: NewIdentity | None = field(default=None, repr=False)
    opened_on: date | None = None
    involve: Sequence[UUID] = ()
    consents: Sequence[NewConsent] = ()
    case_id: UUID | None = None
    person_id: UUID | None = None
    pseudonym: str | None = None


@dataclass(frozen=True, slots=True)
class PastEvent:
    """An event of fictional history: who recorded it, and when.

    With `corrects` (the place of an earlier event of the case, from 0) it corrects that event,
    and `event` is what is put in its place (None: it is taken back). The id is drawn by chance
    unless given.
    """

    actor: Actor
    event: NewEvent | None
    recorded_at: datetime
    id: UUID | None = None
    corrects: int | None = None


@dataclass(frozen=True, slots=True)
class PastConsent:
    """A decision of fictional history: who wrote it down and when, and when the person took it
    back (None: it was not taken back).
    """

    actor: Actor
    consent: NewConsent
    recorded_at: datetime
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PastCase:
    """A case of fictional history. `events` in the order in which they were recorded."""

    events: Sequence[PastEvent]
    identity: NewIdentity | None = field(default=None, repr=False)
    opened_on: date | None = None
    involve: Sequence[UUID] = ()
    consents: Sequence[PastConsent] = ()
    case_id: UUID | None = None
    person_id: UUID | None = None
    pseudonym: str | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """An event that is now in the thread."""

    id: UUID
    seq: int


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was added to a case; `version` is the case's version after it."""

    case_id: UUID
    version: int
    events: tuple[Stored, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """A case that now exists."""

    case_id: UUID
    person_id: UUID
    pseudonym: str
    version: int
