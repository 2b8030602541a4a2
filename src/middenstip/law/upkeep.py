# SPDX-License-Identifier: EUPL-1.2
"""What keeps the law in the system true: what was checked when, what lapses, what is missing.

Reads the country pack and its files only, no person's data.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from django.urls import reverse
from django.utils.translation import gettext as _

from middenstip.access.actors import Actor
from middenstip.law.wording import Wording
from middenstip.pack.coverage import Coverage, coverage
from middenstip.pack.directory import CHECK_AGAIN_AFTER, contacts_to_check, months_before
from middenstip.pack.files import read_folder
from middenstip.pack.load import pack_folder
from middenstip.pack.model import Pack
from middenstip.pack.refs import refs_of
from middenstip.pack.translations import guide_texts, languages_of, standing
from middenstip.thread.country import coordinates, pack
from middenstip.web.words import confidence_words

SOON = timedelta(days=365)
# From the least to the most sure; an item is as sure as the least of its sources.
_SURENESS = ("unverified", "seen", "house_rule", "verified")


@dataclass(frozen=True, slots=True)
class Checked:
    """An item with the day its least lately checked source was looked at, and how sure it is.

    `old` tells that this is longer than six months ago, `sure` that somebody saw the text.
    """

    kind: str
    id: str
    label: str
    href: str
    checked_on: date
    confidence: str
    sure: bool
    old: bool


@dataclass(frozen=True, slots=True)
class Lapse:
    """Something that ends on a day while nothing follows; `late` where that day has passed."""

    day: date
    label: str
    href: str
    late: bool


@dataclass(frozen=True, slots=True)
class ContactLine:
    """A contact that nobody checked for six months; `checked_on` None is never."""

    id: str
    label: str
    phone: str
    site: str
    checked_on: date | None


@dataclass(frozen=True, slots=True)
class LanguageLine:
    """How far one language is, of `total` texts; `checked_by` a sworn translator, or empty."""

    lang: str
    done: int
    total: int
    missing: int
    stale: int
    checked_by: str
    checked_on: date | None


def keeps_the_law(actor: Actor) -> bool:
    """Tell whether this actor keeps the law true: a manager, or somebody who coordinates."""
    return actor.is_administrator or coordinates(actor.organisation_kind)


def checked_items(*, today: date) -> list[Checked]:
    """Return every item that rests on sources, longest unchecked and least sure first."""
    country, words = pack(), Wording(pack())
    limit = months_before(today, CHECK_AGAIN_AFTER)
    days: dict[tuple[str, str], date] = {}
    marks: dict[tuple[str, str], str] = {}
    for kind, item_id, ref in refs_of(country):
        if kind == "directory":
            continue  # these have a check of their own
        key, day = (kind, item_id), ref.checked_on or country.sources[ref.source].checked_on
        days[key] = min(days.get(key, day), day)
        marks[key] = min(marks.get(key, ref.confidence), ref.confidence, key=_SURENESS.index)
    found = [
        Checked(
            kind=_kinds()[kind],
            id=item_id,
            label=_label(country, words, kind, item_id),
            href=_address(kind, item_id),
            checked_on=days[kind, item_id],
            confidence=confidence_words(marks[kind, item_id]),
            sure=marks[kind, item_id] != "unverified",
            old=days[kind, item_id] < limit,
        )
        for kind, item_id in days
    ]
    return sorted(found, key=lambda item: (item.checked_on, item.sure, item.kind, item.id))


def lapses(*, today: date) -> list[Lapse]:
    """Return what ends within a year, and what has ended, with nothing after it.

    Law that ended more than a year ago is history. A calendar that ran out, or a figure that
    law of today names, stays until somebody looks up what followed.
    """
    return sorted(_lapses(pack(), today), key=lambda lapse: (lapse.day, lapse.label))


def _lapses(country: Pack, today: date) -> Iterator[Lapse]:
    words = Wording(country)
    for kind, items in (("schemes", country.schemes), ("duties", country.duties)):
        for key, item in items.items():
            last = max((v.valid_to or date.max) for v in item.versions)
            if today - SOON <= last <= today + SOON:
                yield Lapse(last, words.text(item.label), _address(kind, key), last < today)
    wanted = _amounts_in_force(country, today)
    for key, amount in country.amounts.items():
        last = max((v.valid_to or date.max) for v in amount.values)
        if key in wanted and last <= today + SOON:
            yield Lapse(last, words.text(amount.label), _address("amounts", key), last < today)
    until = country.header.holidays_until
    if until is not None and until <= today + SOON:
        yield Lapse(until, _("Public holidays"), "", until < today)


def _amounts_in_force(country: Pack, today: date) -> set[str]:
    """Return the amounts that law of today names; those no law ever names count as well."""
    ever = {a for item in country.schemes.values() for v in item.versions for a in v.amounts}
    now = {a for version in country.schemes_on(today).values() for a in version.amounts}
    return now | (set(country.amounts) - ever)


def old_contacts(*, today: date) -> list[ContactLine]:
    """Return the contacts to call or look up again, longest ago first."""
    words = Wording(pack())
    return [
        ContactLine(
            c.contact_id,
            words.text(c.contact.label),
            c.contact.phone or "",
            c.contact.site or "",
            c.checked_on,
        )
        for c in contacts_to_check(pack(), today)
    ]


@lru_cache(maxsize=4)
def _languages(country: str) -> tuple[LanguageLine, ...]:
    """Files do not change while the program runs; counting them takes a while."""
    folder, total = pack_folder(country), len(guide_texts(pack()))
    found = standing(pack(), folder, *languages_of(folder))
    return tuple(
        LanguageLine(
            one.lang,
            one.done,
            total,
            len(one.missing),
            len(one.stale),
            one.checked_by or "",
            one.checked_on,
        )
        for one in found
    )


def languages() -> tuple[LanguageLine, ...]:
    """Return how far the guide is in each language that has translations, by language code."""
    return _languages(pack().header.country)


@lru_cache(maxsize=4)
def _coverage(country: str) -> Coverage | None:
    return coverage(read_folder(pack_folder(country)))


def covered() -> Coverage | None:
    """Return what the pack covers of what was asked; None where it does not say."""
    return _coverage(pack().header.country)


def _kinds() -> dict[str, str]:
    return {
        "schemes": _("Right or help"),
        "duties": _("Duty"),
        "guards": _("What is refused"),
        "flags": _("Deviation"),
        "purposes": _("Purpose"),
        "retention": _("Term of keeping"),
        "consent_forms": _("Consent form"),
        "events": _("Event"),
        "code_lists": _("List"),
        "holidays": _("Public holidays"),
        "amounts": _("Amount"),
        "sectors": _("Sector of the guide"),
        "sheets": _("Sheet of paper"),
    }


def _label(country: Pack, words: Wording, kind: str, item_id: str) -> str:
    if kind in ("guards", "flags"):
        return item_id
    return words.text(getattr(country, kind)[item_id].label)


def _address(kind: str, item_id: str) -> str:
    """Return where an item is shown; empty where it has no page of its own."""
    if kind == "schemes":
        return reverse("law:scheme", args=[item_id])
    if kind == "duties":
        return reverse("law:duty", args=[item_id])
    if kind in ("guards", "flags"):
        return f"{reverse(f'law:{kind}')}#{item_id}"
    pages = {"purposes": "purposes", "retention": "keeping", "consent_forms": "keeping"}
    return reverse(f"law:{pages[kind]}") if kind in pages else ""
