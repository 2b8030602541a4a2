# SPDX-License-Identifier: EUPL-1.2
"""Does what a pack holds for the guide hold together: contacts, amounts, sectors, sheets?"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import cast

from middenstip import clock
from middenstip.pack import model as m
from middenstip.pack.meaning import Meaning, Place
from middenstip.pack.problems import nearest

REGION = "region"
_PHONE = re.compile(r"\+?[0-9]+( [0-9]+)*")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def check_contact(meaning: Meaning, place: Place, contact: m.Contact) -> None:
    """Note what is wrong with a contact of the directory."""
    meaning.refer(place.at("kind"), "organisation_kinds", contact.kind)
    for index, need in enumerate(contact.needs):
        meaning.refer(place.at("needs", index), "needs", need)
    known = meaning.codes(REGION)
    for index, region in enumerate(contact.regions):
        if region not in known:
            advice = nearest(region, known) or f"; the pack has no code list {REGION}"
            meaning.say(place.at("regions", index), f"{region} is no region{advice}")
    if contact.phone is not None and not _PHONE.fullmatch(contact.phone):
        meaning.say(place.at("phone"), f"{contact.phone!r} is no number such as 033 123 45 67")
    if contact.site is not None and not contact.site.startswith("https://"):
        meaning.say(place.at("site"), f"{contact.site} is no web address (https://...)")
    if contact.email is not None and not _MAIL.fullmatch(contact.email):
        meaning.say(place.at("email"), f"{contact.email} is no mail address")
    if contact.checked_on is not None and contact.checked_on > clock.today():
        message = f"{contact.checked_on} lies in the future; nobody checked it then"
        meaning.say(place.at("checked_on"), message)
    if contact.phone_note is not None and contact.phone is None:
        meaning.say(place.at("phone_note"), "there is no phone number to say this about")


def check_amount(meaning: Meaning, place: Place, amount: m.Amount) -> None:
    """Note what is wrong with the dated values of an amount."""
    spans = [(value.valid_from, value.valid_to) for value in amount.values]
    meaning.spans(place.at("values"), spans)


def check_sector(meaning: Meaning, place: Place, sector: m.Sector) -> None:
    """Note what is wrong with a sector."""
    for index, contact in enumerate(sector.call):
        meaning.refer(place.at("call", index), "directory", contact)


def check_words_for_you(meaning: Meaning, place: Place, scheme: m.Scheme) -> None:
    """Note contacts and amounts beside a scheme that the pack does not have."""
    for index, contact in enumerate(scheme.contacts):
        meaning.refer(place.at("contacts", index), "directory", contact)
    for number, version in enumerate(scheme.versions):
        for index, amount in enumerate(version.amounts):
            meaning.refer(place.at("versions", number, "amounts", index), "amounts", amount)


def check_sheet(meaning: Meaning, place: Place, sheet: m.Sheet) -> None:
    """Note what is wrong with a sheet: its event, its contacts, the days of its versions."""
    if sheet.event is not None:
        meaning.refer(place.at("event"), "events", sheet.event)
    for index, contact in enumerate(sheet.call):
        meaning.refer(place.at("call", index), "directory", contact)
    spans = [(version.valid_from, version.valid_to) for version in sheet.versions]
    meaning.spans(place.at("versions"), spans)


_Checker = Callable[[Meaning, Place, m.Item], None]
CHECKS: Mapping[str, _Checker] = {
    "directory": cast(_Checker, check_contact),
    "amounts": cast(_Checker, check_amount),
    "sectors": cast(_Checker, check_sector),
    "schemes": cast(_Checker, check_words_for_you),
    "sheets": cast(_Checker, check_sheet),
}
