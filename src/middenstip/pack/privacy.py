# SPDX-License-Identifier: EUPL-1.2
"""What a pack says about sharing and keeping: categories, purposes, consent forms, terms."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from middenstip.pack.conditions import Item, Term
from middenstip.pack.parts import EventMatch, SourceRef, StartByCondition, Text

RetainedThing = Literal[
    "draft", "contact", "case", "unfollowed_signal", "read_log", "import_row", "backup"
]
# What is done at the end: the person's key is destroyed, so that nobody can read again who it
# was; or the thing itself goes.
RetentionAction = Literal["remove_person", "remove_draft", "remove_log", "remove_backup"]


class DataCategory(Item):
    """A kind of personal data that is shared or withheld as a whole.

    ``stays_with``: only these organisation kinds may ever be given it; none named is no limit.
    """

    label: Text
    description: Text | None = None
    stays_with: tuple[str, ...] = ()


class Purpose(Item):
    """Why an organisation may look: kinds, categories and legal basis, as one table row.

    The order of the pack counts: the first purpose of a kind that can be chosen is its usual
    one. ``own_record`` is never chosen but rides along, an ``emergency`` is opened and never
    chosen. ``whole_register`` sees every notified case; ``names_under_number`` the name of
    somebody who filed a complaint under number.
    """

    label: Text
    organisation_kinds: tuple[str, ...]
    categories: tuple[str, ...]
    basis: tuple[Literal["legal_duty", "consent", "vital_interest", "own_record"], ...]
    whole_register: bool = False
    names_under_number: bool = False
    emergency: bool = False
    sources: tuple[SourceRef, ...] = ()


class Retention(Item):
    """How long something is kept, and what happens then.

    ``what``: a ``draft`` of a notification; the ``contact``, who somebody is in a case in which
    no duty is open; the whole ``case``, whatever is open; an ``unfollowed_signal``, a case in
    which nothing followed on the first notice; the ``read_log``; an ``import_row``, the mark by
    which a row is known again; a ``backup``. ``starts``: the last thing that happened to it, or
    the events and conditions named. ``warn`` before the end tells whoever holds it.
    """

    label: Text
    what: RetainedThing
    starts: Literal["last_event"] | tuple[EventMatch | StartByCondition, ...] = "last_event"
    term: Term
    warn: Term | None = None
    action: RetentionAction
    sources: tuple[SourceRef, ...] = Field(min_length=1)


class ConsentVersion(Item):
    """The words of a consent form between two days (inclusive), told to the person.

    ``recipient``, ``purpose`` and ``categories`` may be filled in, between braces. Six
    things are always told: what is shared, with whom, why, how long, that refusing costs
    nothing, and how consent is withdrawn.
    """

    version: str
    valid_from: date
    valid_to: date | None = None
    what: Text
    with_whom: Text
    why: Text
    how_long: Text
    refusing: Text
    withdrawing: Text
    sources: tuple[SourceRef, ...] = Field(min_length=1)


class ConsentForm(Item):
    """What a person is told before consenting; ``purposes`` it is for, none for any purpose."""

    label: Text
    purposes: tuple[str, ...] = ()
    versions: tuple[ConsentVersion, ...] = Field(min_length=1)
