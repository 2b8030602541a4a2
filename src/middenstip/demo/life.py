# SPDX-License-Identifier: EUPL-1.2
"""One fictional person in the making: draws, events, and the case they become.

Everything is drawn from the person's own source of chance, so a person is the same however many
others there are. What would lie after the last day is not recorded: it has not happened.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, TypeVar
from uuid import UUID

from middenstip.access.actors import Actor
from middenstip.clock import AMSTERDAM
from middenstip.demo import sharing
from middenstip.demo.parties import Parties
from middenstip.pack.conditions import Term
from middenstip.rules.dates import add_term
from middenstip.thread.bulk_sharing import shareable
from middenstip.thread.country import FACTS_RECORDED, pack
from middenstip.thread.records import NewEvent, NewIdentity, PastCase, PastEvent

T = TypeVar("T")
FIRST_MINUTE, LAST_MINUTE = 8 * 60, 19 * 60
MINUTES_ON_LAST_DAY = 20


@dataclass(slots=True)
class Note:
    """An event that was recorded, or what is recorded in the place of `corrects`."""

    actor: Actor
    event: NewEvent | None
    recorded_on: date
    id: UUID
    order: float
    corrects: "Note | None" = None


@dataclass(slots=True)
class Life:
    """A person from the first sign on, up to and including the day `until`."""

    number: int
    seed: int
    parties: Parties
    region: str
    until: date
    draw: Random = field(init=False)
    notes: list[Note] = field(default_factory=list)
    identity: NewIdentity | None = None
    involve: list[UUID] = field(default_factory=list)
    pseudonym: str = ""
    wishes: dict[str, dict[str, Any]] = field(default_factory=dict)
    decisions: list[sharing.Decision] = field(default_factory=list)
    _ids: Random = field(init=False)
    _offices: dict[str, Actor] = field(default_factory=dict)
    _delays: dict[date, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.draw = Random(f"{self.seed}:{self.number}")  # noqa: S311 - fiction, no secret
        self._ids = Random(f"{self.seed}:{self.number}:ids")  # noqa: S311 - made up

    def chance(self, share: float) -> bool:
        """Return True in this share (0 to 1) of draws."""
        return self.draw.random() < share

    def pick(self, weights: dict[T, float]) -> T:
        """Return one of the keys, by weight."""
        return self.draw.choices(list(weights), list(weights.values()))[0]

    def after(self, day: date, least: int, most: int) -> date:
        """Return a day between `least` and `most` days after a day."""
        return day + timedelta(days=self.draw.randint(least, most))

    def recent(self, day: date, days: int) -> bool:
        """Tell whether a day lies in the last days before the end."""
        return (self.until - day).days < days

    def office(self, kind: str) -> Actor:
        """Return the organisation of a kind in this person's case: always the same one."""
        if kind not in self._offices:
            self._offices[kind] = self.parties.choose(kind, self.region, self.draw)
        return self._offices[kind]

    def settle_in_first_offices(self) -> None:
        """Let the first office of each kind have this case: those of the demo accounts."""
        for kind in self.parties.by_kind:
            self._offices[kind] = self.parties.first(kind, self.region)

    def offices(self) -> list[tuple[str, Actor]]:
        """Return the organisations that were chosen for this person, by kind, in order."""
        return list(self._offices.items())

    def agrees(
        self, on: date, by: str, kind: str, purpose: str, known_after: int | None = None
    ) -> None:
        """Let the person say yes to one organisation that acts by its own task as well."""
        fields = {
            "recipient": kind,
            "purpose": purpose,
            "categories": list(shareable(purpose)),
        }
        if note := self.happens(on, by, sharing.GIVEN, known_after=known_after, **fields):
            decision = sharing.agree(
                self, self.office(kind), by, note.recorded_on, purpose, note
            )
            self.decisions.append(decision)

    def bring_in(self, *kinds: str) -> None:
        """Let organisations take part that have recorded nothing yet."""
        for kind in kinds:
            if (office := self.office(kind).organisation_id) not in self.involve:
                self.involve.append(office)

    def happens(
        self, on: date, who: str, type_: str, *, known_after: int | None = None, **fields: Any
    ) -> Note | None:
        """Record an event and return it; None when it, or its recording, lies in the future.

        Recorded the same day, or some days later: always the same for one day, so that the
        order within a day stands; or `known_after` days later, for what nothing rests on.
        """
        delay = self._delay(on) if known_after is None else known_after
        recorded_on = on + timedelta(days=delay)
        if known_after is None:
            recorded_on = min(recorded_on, max(on, self.until))
        if recorded_on > self.until:
            return None
        values = {name: value for name, value in fields.items() if value is not None}
        return self.note(self.office(who), NewEvent(type_, on, values), recorded_on)

    def told(
        self, on: date, who: str, known_after: int | None = None, **facts: Any
    ) -> list[Note]:
        """Record facts that somebody told, one event for each data category."""
        groups: dict[str, dict[str, Any]] = {}
        for name, value in facts.items():
            if value is not None:
                groups.setdefault(pack().facts[name].category, {})[name] = value
        notes = [
            self.happens(on, who, FACTS_RECORDED, known_after=known_after, facts=group)
            for group in groups.values()
        ]
        return [note for note in notes if note is not None]

    def correct(self, wrong: Note, recorded_on: date, right: NewEvent | None) -> Note | None:
        """Take back what was recorded, or put something in its place."""
        if recorded_on > self.until or recorded_on < wrong.recorded_on:
            return None
        note = Note(wrong.actor, right, recorded_on, self._id(), len(self.notes), wrong)
        self.notes.append(note)
        return note

    def note(
        self, actor: Actor, event: NewEvent, recorded_on: date, order: float | None = None
    ) -> Note:
        """Write down that an organisation recorded something on a day, last on it or at a
        place between others.
        """
        place = len(self.notes) if order is None else order
        note = Note(actor, event, recorded_on, self._id(), place)
        self.notes.append(note)
        return note

    def case(self) -> PastCase:
        """Return the case, with the notes in the order in which they were recorded."""
        self.decisions += sharing.ask_everybody(self, self.wishes)
        notes = sorted(self.notes, key=lambda note: (note.recorded_on, note.order))
        places = {id(note): place for place, note in enumerate(notes)}
        moments = self._moments(notes)
        of_note = {id(note): moment for note, moment in zip(notes, moments, strict=True)}
        events = [
            PastEvent(
                actor=note.actor,
                event=note.event,
                recorded_at=moment,
                id=note.id,
                corrects=None if note.corrects is None else places[id(note.corrects)],
            )
            for note, moment in zip(notes, moments, strict=True)
        ]
        return PastCase(
            events=events,
            identity=self.identity,
            opened_on=notes[0].recorded_on,
            involve=self.involve,
            consents=[
                sharing.past(decision, of_note, moments[0]) for decision in self.decisions
            ],
            case_id=self._id(),
            person_id=self._id(),
            pseudonym=self.pseudonym,
        )

    def _moments(self, notes: list[Note]) -> list[datetime]:
        """Return a moment for each note, rising; on the last day soon after midnight."""
        moments: list[datetime] = []
        for note in notes:
            last = note.recorded_on == self.until
            minute = (
                self.draw.randrange(1, MINUTES_ON_LAST_DAY)
                if last
                else self.draw.randrange(FIRST_MINUTE, LAST_MINUTE)
            )
            moment = datetime.combine(
                note.recorded_on, time(minute // 60, minute % 60), AMSTERDAM
            )
            moments.append(max([moment, *moments[-1:]]) + timedelta(seconds=1))
        return moments

    def _delay(self, on: date) -> int:
        if on not in self._delays:
            self._delays[on] = self.pick({0: 88, 1: 7, 2: 3, 5: 2})
        return self._delays[on]

    def _id(self) -> UUID:
        return UUID(int=self._ids.getrandbits(128), version=4)


def months_after(day: date, months: int) -> date:
    """Return the day a term of months ends, counted as the law does."""
    return add_term(day, Term(months=months))
