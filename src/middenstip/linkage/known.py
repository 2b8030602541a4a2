# SPDX-License-Identifier: EUPL-1.2
"""What is known of persons, cut to what one actor may see, ready to be compared.

What is cut is not compared either: it cannot show through in a score.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from middenstip.access.acting import deriving
from middenstip.access.actors import Actor
from middenstip.access.purposes import OWN_RECORD
from middenstip.matching.names import skeleton
from middenstip.matching.records import Person, phone_key
from middenstip.matching.records import person as cut
from middenstip.matching.table import Frequencies, word_key
from middenstip.thread.country import pack
from middenstip.thread.models import CaseState, Identity
from middenstip.thread.sealing import open_facts, open_identity
from middenstip.thread.visibility import CONTACT, IDENTITY, involvements, named_cases
from middenstip.vault import tokens
from middenstip.vault.services import how_many_share, keys_of, register_size

NAMES = ("given_name", "family_name", "alias")
BIRTH, SEX, NATIONALITIES, PHONE = "birth_date", "sex", "nationalities", "phone"
FACTS = (BIRTH, SEX, NATIONALITIES)
Row = tuple[UUID, UUID, str, date, str]  # the columns of File, but for what is known
# How many of a hundred in the register share one: counted by nobody, so that nothing but keyed
# tokens need be read. An estimate weighs the same for everybody.
_SHARE = {"sex": 50, "nationality": 5, "year": 3}


@dataclass(frozen=True, slots=True)
class Known:
    """What may be compared of one person: names, phone and three facts, empty where unknown or
    not for this actor. `categories` are those of the data that was read.
    """

    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    nationalities: tuple[str, ...] = field(default=(), repr=False)
    categories: frozenset[str] = frozenset({IDENTITY})

    def cut(self, rec_id: str) -> Person:
        """Return the record to compare, with one nationality: the first."""
        nationality = self.nationalities[0] if self.nationalities else ""
        return cut(rec_id, {**self.values, "nationality": nationality})[0]

    def beside(self, asked: Known) -> Known:
        """Return the same with the nationalities of a person asked for, when they share one:
        comparing takes the first of each.
        """
        if not set(self.nationalities) & set(asked.nationalities):
            return self
        return replace(self, nationalities=asked.nationalities)


@dataclass(frozen=True, slots=True)
class File:
    """A file whose person the actor may know by name, and what may be compared of them."""

    case_id: UUID
    person_id: UUID
    pseudonym: str
    opened_on: date
    opened_by: str
    known: Known = field(repr=False)


def stated(identity: Mapping[str, str], facts: Mapping[str, Any]) -> Known:
    """Return what somebody states of a person themselves: nothing of it is cut."""
    values = {name: identity.get(name) or "" for name in (*NAMES, PHONE)}
    values |= {BIRTH: _iso(facts.get(BIRTH)), SEX: str(facts.get(SEX) or "")}
    return Known(values, tuple(facts.get(NATIONALITIES) or ()), frozenset({IDENTITY, CONTACT}))


def _iso(day: object) -> str:
    """Return a day as ISO text; empty for what is none, which is not compared then."""
    with suppress(ValueError):
        return date.fromisoformat(str(day)).isoformat()
    return ""


def rows_of(actor: Actor, **wanted: Any) -> list[Row]:
    """Return the files that the actor may know by name among `wanted`, a filter on cases; not
    yet what is known of the persons.
    """
    found = named_cases(actor).filter(
        person__identity__isnull=False, person__removed_at__isnull=True, **wanted
    )
    columns = ("pk", "person_id", "person__pseudonym", "opened_on", "opened_by__name")
    return list(found.values_list(*columns))


def files_of(actor: Actor, **wanted: Any) -> list[File]:
    """Return the files of `rows_of`, with what may be compared of each."""
    return opened(actor, rows_of(actor, **wanted))


def opened(actor: Actor, rows: Sequence[Row]) -> list[File]:
    """Return these files, of `rows_of`, with what may be compared of each, in their order."""
    known = _known_of(actor, {row[0]: row[1] for row in rows})
    return [File(*row, known[row[0]]) for row in rows if row[0] in known]


def _known_of(actor: Actor, persons: Mapping[UUID, UUID]) -> dict[UUID, Known]:
    """Return by case what is known, read in a fixed number of queries."""
    shared: dict[UUID, set[str]] = defaultdict(set)
    rows = involvements(actor).filter(case_id__in=persons).exclude(purpose=OWN_RECORD)
    for case_id, categories in rows.values_list("case_id", "categories"):
        shared[case_id].update(categories)
    keys = keys_of(set(persons.values()))
    identities = {
        row.pop("person_id"): row
        for row in Identity.objects.filter(person_id__in=persons.values()).values(
            "person_id", *NAMES, PHONE
        )
    }
    with deriving(persons):
        states = dict(
            CaseState.objects.filter(case_id__in=persons).values_list("case_id", "facts")
        )
    found = {}
    for case_id, person_id in persons.items():
        if person_id in identities:
            key, seen = keys.get(person_id), shared[case_id]
            facts = open_facts(key, _facts_for(states.get(case_id, {}), seen))
            whole = stated(open_identity(key, identities[person_id]), facts)
            found[case_id] = _without_phone(whole) if CONTACT not in seen else whole
    return found


def _facts_for(facts: Mapping[str, Any], categories: set[str]) -> dict[str, Any]:
    return {
        name: facts[name]
        for name in FACTS
        if name in facts and pack().facts[name].category in categories
    }


def _without_phone(whole: Known) -> Known:
    return replace(whole, values={**whole.values, PHONE: ""}, categories=frozenset({IDENTITY}))


def searched(known: Known) -> dict[str, str]:
    """Return what a person is looked for by: `vault.services.nearest_by_tokens`."""
    return {name: known.values[name] for name in (*NAMES, BIRTH, PHONE) if known.values[name]}


def frequencies(persons: Sequence[Person], known: Iterable[Known]) -> Frequencies:
    """Return how rare the words and values of these persons are in the whole register.

    Counted by keyed tokens, so nobody's data is read for it.
    """
    words = {word for each in persons for word, _family in each.names}
    words |= {word for each in persons for word in each.alias}
    by_word = {word_key(word): (tokens.PART, word.latin) for word in words}
    frames = {skeleton(word.latin) for word in words}
    phones = {number for each in known for number in _numbers(each)}
    births = {str(each.birth) for each in persons if each.birth}
    asked = [*by_word.values(), *((tokens.FRAME, frame) for frame in frames)]
    asked += [label for label, _key in phones] + [(BIRTH, birth) for birth in births]
    count, size = how_many_share(asked), register_size()
    made = Frequencies(n=size)
    made.words.update({word: count[label] for word, label in by_word.items()})
    made.sounds.update({frame: count[tokens.FRAME, frame] for frame in frames})
    made.count("birth", {birth: count[BIRTH, birth] for birth in births})
    for label, key in phones:
        made.count(PHONE, {key: count[label]})
    for each in persons:
        year = str(each.birth.year) if each.birth else ""
        for kind, value in (
            ("sex", each.sex),
            ("nationality", each.nationality),
            ("year", year),
        ):
            made.count(kind, {value: max(size * _SHARE[kind] // 100, 1)})
    return made


def _numbers(known: Known) -> set[tuple[tuple[str, str], str]]:
    """Return the numbers of a person as they are counted, each with how they are compared."""
    text = known.values[PHONE]
    key = phone_key(text)
    return {(label, key) for label in tokens.labelled({PHONE: text})} if key else set()
