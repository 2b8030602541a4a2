# SPDX-License-Identifier: EUPL-1.2
"""What goes in and out of the API, and nothing beside it.

What comes out is built from what the selectors return for this actor; a field that they mask is
absent or null there, and so it is here.
"""

from datetime import date, datetime
from typing import Annotated, Any, Generic, Literal, TypeVar
from uuid import UUID

from ninja import Schema
from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema

from middenstip.rules.results import DutyState, Origin, Outcome
from middenstip.thread.values import clean_day

T = TypeVar("T")
LONGEST_WORDS = 200
LONGEST_CODE = 60
MOST_CODES = 10
MOST_FIELDS = 300
MOST_EVENTS = 1000
Value = bool | int | float | str | list[str] | None


def _day(value: Any) -> Any:
    """Take a day as the thread does; its messages are those of the screens."""
    from django.core.exceptions import ValidationError

    try:
        return clean_day(value)
    except ValidationError as error:
        raise ValueError(" ".join(error.messages)) from None


# Not pydantic's own reading of a date: that also takes numbers, as seconds since 1970.
Day = Annotated[
    date,
    BeforeValidator(_day),
    WithJsonSchema(
        {
            "type": "string",
            "format": "date",
            "pattern": "^(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}$",
            "examples": ["2024-06-28"],
        }
    ),
]


Name = Annotated[str, Field(max_length=LONGEST_WORDS)]


class Given(Schema):
    """Something sent to us: a field that we do not know is a mistake."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Page(Schema, Generic[T]):
    """One page of a list. `next` and `previous` are addresses, null where there is none.

    Long lists are counted up to a limit: `more` then says that there are more than `count`.
    """

    count: int = Field(ge=0)
    more: bool
    next: str | None
    previous: str | None
    results: list[T]


class Organisation(Schema):
    """The organisation one acts for; `kind` is an id of the country pack."""

    id: UUID
    kind: str
    name: str


class Me(Schema):
    """Who acts. Send `csrf_token` as header `X-CSRFToken` with every POST."""

    user: UUID
    organisation: Organisation
    purpose: str
    language: str
    administrator: bool
    csrf_token: str


class FoundCase(Schema):
    """A line in the list of cases."""

    case_id: UUID
    pseudonym: str
    opened_on: date
    opened_by: str
    overdue: int


class Words(Given):
    """What to look for, as on the screen: a pseudonym or, to whom may know it, a name."""

    words: Annotated[str, Field(max_length=LONGEST_WORDS)] = ""


class Stated(Given):
    """What is known of somebody who may be in the register already; empty is not known.

    `sex` and `nationalities` are codes of the country pack.
    """

    given_name: Name = ""
    family_name: Name = ""
    alias: Name = ""
    phone: Name = ""
    birth_date: Day | None = None
    sex: Annotated[str, Field(max_length=LONGEST_CODE)] = ""
    nationalities: Annotated[
        list[Annotated[str, Field(max_length=LONGEST_CODE)]], Field(max_length=MOST_CODES)
    ] = []


class Reason(Schema):
    """How one kind of evidence speaks; `level` -3 is strongly against, 3 strongly for."""

    kind: str
    label: str
    found: str
    level: int
    strength: str


class Candidate(Schema):
    """An earlier file that may be of the same person. A human decides whether it is.

    `level`: little (0), more (1) or much (2) speaks for one person; `whole` says it in words.
    It is no probability.
    """

    case_id: UUID
    pseudonym: str
    opened_on: date
    opened_by: str
    level: int
    whole: str
    reasons: list[Reason]


class Case(Schema):
    """A case; nothing here tells who the person is. `version` goes into `If-Match`."""

    id: UUID
    person_id: UUID
    pseudonym: str
    opened_on: date
    opened_by: str
    version: int


class Event(Schema):
    """One entry of the thread. `corrects` and `corrected_by` name others by their `seq`."""

    id: UUID
    seq: int
    type: str
    on: date
    recorded_at: datetime
    organisation_id: UUID
    organisation: str
    organisation_kind: str
    recorded_by: str
    category: str
    fields: dict[str, Any]
    corrects: int | None
    corrected_by: int | None


class NewEvent(Given):
    """An event to record. Types and fields are those of the country pack.

    Type `facts_recorded` takes one field `facts`: an object of facts and what somebody told.
    """

    type: Annotated[str, Field(min_length=1, max_length=100)]
    on: Day
    fields: Annotated[dict[str, Any], Field(max_length=MOST_FIELDS)] = {}


class Stored(Schema):
    """An event that is now in the thread."""

    id: UUID
    seq: int


class Recorded(Schema):
    """What was added to a case, and the version of the case after it."""

    case_id: UUID
    version: int
    events: list[Stored]


class Cited(Schema):
    """Where an answer stands, when that was last checked, and how sure we are."""

    title: str
    article: str
    url: str
    checked_on: date
    confidence: str


class SchemeResult(Schema):
    """Whether a scheme applies, why, and which facts are missing to know."""

    id: str
    label: str
    need: str
    outcome: Outcome
    because: list[str]
    missing: list[str]
    sources: list[Cited]
    version_from: date


class DutyResult(Schema):
    """One run of a duty: who must do what by when."""

    id: str
    label: str
    key: str
    owner: str
    need: str
    starts_on: date | None
    due_on: date | None
    state: DutyState
    met_on: date | None
    how: str
    basis: str
    sources: list[Cited]
    started_by: int | str | None


class Refusal(Schema):
    """An event that the law does not allow as it stands."""

    event: int | str
    type: str
    rule: str
    message: str
    sources: list[Cited]


class FlagResult(Schema):
    """A deviation from a rule."""

    id: str
    rule: str
    since: date | None
    message: str
    sources: list[Cited]
    event: int | str | None


class Assessment(Schema):
    """All that follows on one day from what may be seen, under the law of that day."""

    country: str
    on: date
    pack_version: str
    facts: dict[str, Value]
    origins: dict[str, Origin]
    schemes: list[SchemeResult]
    duties: list[DutyResult]
    refused: list[Refusal]
    flags: list[FlagResult]
    next_question: str | None
    notes: list[str]


class Story(Given):
    """Facts and events to judge, as the command `middenstip assess` takes them."""

    facts: Annotated[dict[str, Any], Field(max_length=MOST_FIELDS)] | None = None
    events: Annotated[list[dict[str, Any]], Field(max_length=MOST_EVENTS)] | None = None


class Duty(Schema):
    """A line of the worklist: a run of a duty in a case. `days_left` is negative when late."""

    case_id: UUID
    pseudonym: str
    key: str
    duty: str
    need: str
    owner_kind: str
    owner: str | None
    starts_on: date | None
    due_on: date | None
    met_on: date | None
    state: Literal["open", "overdue", "met", "void"]
    basis: str
    days_left: int | None


class Purpose(Schema):
    """Why an organisation may look, and at which categories of data."""

    id: str
    label: str
    organisation_kinds: list[str]
    categories: list[str]
    basis: list[str]


class SchemeOfPack(Schema):
    """A scheme of the country pack as it stands on a day."""

    id: str
    label: str
    need: str
    also_needs: list[str]
    decides: list[str]
    gives: str
    valid_from: date
    valid_to: date | None
    sources: list[Cited]
