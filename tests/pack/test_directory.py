# SPDX-License-Identifier: EUPL-1.2
"""Whom the guide names: by need and region, checked lately, and nothing that must not ship."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date

import pytest

from middenstip.pack.directory import NATIONAL, contacts_near, contacts_to_check, months_before
from middenstip.pack.load import load_pack
from middenstip.pack.model import Contact, Pack

NL = load_pack("nl")
# Known from memory only; each would first have to be seen on a page of the organisation.
NOT_SEEN = "08007000 09000101 08008020 09008020 08001814 0880430430 0887157000 0704142000"
NOT_SEEN += " 0207600809 0703181500"


def with_contact(pack: Pack, **changes: object) -> Pack:
    """The small pack with its one contact changed."""
    line = pack.directory["line"].model_copy(update=changes)
    return pack.model_copy(update={"directory": {"line": line}})


def digits(contact: Contact) -> str:
    """Everything dialable a contact tells, spaces left out."""
    told = [contact.phone or "", *(contact.phone_note or {}).values(), *contact.what.values()]
    return re.sub(r"[^0-9+]", "", " ".join(told))


def test_near_are_the_contacts_of_the_region_for_one_of_the_needs() -> None:
    found = contacts_near(NL, {"shelter", "atlantis"}, "groningen")
    assert "mjd_groningen" in found
    assert all("groningen" in contact.regions for contact in found.values())
    assert all("shelter" in contact.needs for contact in found.values())


@pytest.mark.parametrize(("needs", "region"), [((), "groningen"), (NL.needs, "atlantis")])
def test_without_a_need_or_region_that_is_there_nobody_is_near(
    needs: Collection[str], region: str
) -> None:
    assert contacts_near(NL, needs, region) == {}


@pytest.mark.parametrize("need", NL.needs)
def test_there_is_somebody_to_call_or_visit_for_every_need(need: str) -> None:
    national = contacts_near(NL, {need}, NATIONAL).values()
    reached = [c for c in national if c.phone or c.site]
    assert reached


def test_every_province_is_a_region_that_a_contact_may_have() -> None:
    assert len(NL.codes_of("region")) == 13


def test_no_number_ships_that_was_not_seen() -> None:
    for contact in NL.directory.values():
        for number in NOT_SEEN.split():
            assert number not in digits(contact), contact.label["en"]


def test_no_mobile_number_ships() -> None:
    assert not [c for c in NL.directory.values() if digits(c).startswith(("06", "+316"))]


def test_no_contact_is_a_shelter_with_its_place() -> None:
    assert not [k for k, c in NL.directory.items() if c.kind == "shelter"]


def test_a_contact_is_checked_again_after_six_months(pack: Pack) -> None:
    checked = with_contact(pack, checked_on=date(2026, 5, 23))
    assert contacts_to_check(checked, date(2026, 11, 23)) == ()
    (stale,) = contacts_to_check(checked, date(2026, 11, 24))
    assert (stale.contact_id, stale.checked_on) == ("line", date(2026, 5, 23))


def test_a_contact_nobody_ever_checked_comes_first(pack: Pack) -> None:
    never = with_contact(pack, checked_on=None)
    both = never.model_copy(
        update={"directory": never.directory | {"a": pack.directory["line"]}}
    )
    assert [c.contact_id for c in contacts_to_check(both, date(2026, 1, 1))] == ["line", "a"]


def test_six_months_before_the_end_of_august_is_the_end_of_february() -> None:
    assert months_before(date(2026, 8, 31), 6) == date(2026, 2, 28)
    assert months_before(date(2026, 6, 15), 6) == date(2025, 12, 15)
