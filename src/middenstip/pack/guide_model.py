# SPDX-License-Identifier: EUPL-1.2
"""What a pack holds for the public guide: plain words, contacts, amounts, sectors."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from middenstip.pack.conditions import Item
from middenstip.pack.parts import SourceRef, Text


class ForYou(Item):
    """What a scheme is, told to the person it is for: a short title and one to three sentences.

    It says what somebody may be able to get or ask for, and promises nothing.
    """

    title: Text
    words: Text


class Contact(Item):
    """Whom to call or visit. Never an address of a shelter, never a person's own mailbox.

    ``kind`` is an organisation kind, ``needs`` and ``regions`` (codes of the code list
    ``region``) say what and where it helps. ``checked_on``: the day on which somebody last
    tried the phone number and the site; null when nobody noted one.
    """

    label: Text
    kind: str
    needs: tuple[str, ...] = Field(min_length=1)
    regions: tuple[str, ...] = Field(min_length=1)
    what: Text
    phone: str | None = None
    phone_note: Text | None = None
    hours: Text | None = None
    site: str | None = None
    email: str | None = None
    checked_on: date | None
    source: SourceRef


class AmountValue(Item):
    """The value of an amount between two days (inclusive)."""

    valid_from: date
    valid_to: date | None = None
    value: float
    source: SourceRef


class Amount(Item):
    """A figure of the law that changes over the years, such as an allowance for a week.

    ``unit`` says what ``value`` counts, ``per`` for which length of time; none is once.
    """

    label: Text
    unit: Literal["eur", "percent", "points", "days", "months", "years"]
    per: Literal["hour", "day", "week", "month", "year"] | None = None
    values: tuple[AmountValue, ...] = Field(min_length=1)

    def on(self, day: date) -> AmountValue | None:
        """Return the value in force on a day; None when none is."""
        for value in self.values:
            if value.valid_from <= day and (value.valid_to is None or day <= value.valid_to):
                return value
        return None


class Sector(Item):
    """A place where exploitation is seen: signs, what to do, what never to do, whom to call.

    ``call`` names contacts of the directory.
    """

    label: Text
    order: int
    signs: tuple[Text, ...] = Field(min_length=1)
    do: tuple[Text, ...] = Field(min_length=1)
    do_not: tuple[Text, ...] = ()
    call: tuple[str, ...] = Field(min_length=1)
    sources: tuple[SourceRef, ...] = Field(min_length=1)
