# SPDX-License-Identifier: EUPL-1.2
"""Whom to call: contacts of a pack by need and region, and those nobody checked for long."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from middenstip.pack.model import Contact, Pack

NATIONAL = "national"
CHECK_AGAIN_AFTER = 6  # months


def contacts_near(pack: Pack, needs: Collection[str], region: str) -> dict[str, Contact]:
    """Return the contacts of a region for any of some needs, by id, in the order of the pack.

    `NATIONAL` gives those of the whole country; an unknown need or region gives none.
    """
    return {
        contact_id: contact
        for contact_id, contact in pack.directory.items()
        if region in contact.regions and not set(contact.needs).isdisjoint(needs)
    }


@dataclass(frozen=True, slots=True)
class ToCheck:
    """A contact that should be called or looked up again; ``checked_on`` None is never."""

    contact_id: str
    contact: Contact
    checked_on: date | None


def contacts_to_check(pack: Pack, day: date) -> tuple[ToCheck, ...]:
    """Return the contacts not checked within six months before a day, longest ago first.

    A check on the very day six months before still counts.
    """
    limit = months_before(day, CHECK_AGAIN_AFTER)
    old = [
        ToCheck(contact_id, contact, contact.checked_on)
        for contact_id, contact in pack.directory.items()
        if contact.checked_on is None or contact.checked_on < limit
    ]
    return tuple(sorted(old, key=lambda c: (c.checked_on or date.min, c.contact_id)))


def months_before(day: date, months: int) -> date:
    """Return the day some months earlier, the last of its month where it does not exist."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
