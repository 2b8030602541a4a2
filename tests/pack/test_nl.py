# SPDX-License-Identifier: EUPL-1.2
"""What must hold for the purposes, categories, organisations and holidays of the Dutch pack."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from middenstip.pack.load import load_pack

NL = load_pack("nl")


def may_see(kind: str, basis: str) -> set[str]:
    return {
        category
        for purpose in NL.purposes.values()
        if kind in purpose.organisation_kinds and basis in purpose.basis
        for category in purpose.categories
    }


def test_the_address_of_a_shelter_stays_with_the_shelter() -> None:
    holders = {
        kind
        for purpose in NL.purposes.values()
        if "shelter_address" in purpose.categories
        for kind in purpose.organisation_kinds
    }
    assert holders == {"shelter"}


def test_nobody_reads_the_address_of_a_shelter_to_save_a_life() -> None:
    assert "shelter_address" not in NL.purposes["save_life"].categories


def test_the_rapporteur_sees_no_person() -> None:
    assert [
        p.categories for p in NL.purposes.values() if "rapporteur" in p.organisation_kinds
    ] == [()]


@pytest.mark.parametrize(
    "kind",
    ["police", "border_police", "labour_inspectorate", "immigration_service", "prosecution"],
)
def test_what_helpers_record_reaches_no_authority_without_consent(kind: str) -> None:
    assert not may_see(kind, "legal_duty") & {
        "care",
        "health",
        "shelter",
        "family",
        "contact",
    } - ({"contact"} if kind in {"police", "border_police", "labour_inspectorate"} else set())


def test_nl_priv_01_others_than_investigators_notify_with_consent_only() -> None:
    assert set(NL.purposes["register_notification"].basis) == {"legal_duty", "consent"}
    assert "legal_duty" not in NL.purposes["place_in_shelter"].basis


def test_every_purpose_has_a_source_and_marks_the_keepers_own_reading() -> None:
    for purpose in NL.purposes.values():
        assert purpose.sources
        assert all(
            (ref.source == "HOUSE") == (ref.confidence == "house_rule")
            for ref in purpose.sources
        )


def test_only_the_coordination_point_keeps_the_national_overview() -> None:
    assert [k for k, o in NL.organisation_kinds.items() if o.coordinates] == [
        "coordination_point"
    ]


def test_every_category_can_be_seen_for_some_purpose() -> None:
    seen = {category for p in NL.purposes.values() for category in p.categories}
    assert seen == set(NL.data_categories)


HOLIDAYS = {
    "new_years_day": ["2011-01-01", "2030-01-01"],
    "good_friday": ["2014-04-18", "2030-04-19"],
    "easter_monday": ["2014-04-21", "2024-04-01"],
    "queens_day": ["2011-04-30", "2013-04-30"],
    "kings_day": ["2014-04-26", "2015-04-27", "2025-04-26", "2026-04-27"],
    "liberation_day": ["2014-05-05"],
    "ascension_day": ["2014-05-29", "2026-05-14"],
    "whit_monday": ["2014-06-09", "2026-05-25"],
    "christmas_day": ["2014-12-25"],
    "boxing_day": ["2030-12-26"],
}


@pytest.mark.parametrize("name", HOLIDAYS)
def test_known_holidays_stand_in_the_calendar(name: str) -> None:
    days = {day.isoformat() for day in NL.holidays[name].days}
    assert set(HOLIDAYS[name]) <= days


def test_the_calendar_is_complete_up_to_its_end() -> None:
    assert NL.header.holidays_until == date(2030, 12, 31)
    for year in range(2011, 2031):
        days = [d for h in NL.holidays.values() for d in h.days if d.year == year]
        # 2016: Ascension Day fell on the fifth of May, two names for one day
        assert len(days) == 9


def test_movable_days_fall_on_their_day_of_the_week() -> None:
    weekday = {"good_friday": 4, "easter_monday": 0, "ascension_day": 3, "whit_monday": 0}
    for name, wanted in weekday.items():
        assert {day.weekday() for day in NL.holidays[name].days} == {wanted}
    for friday, monday in zip(
        NL.holidays["good_friday"].days, NL.holidays["easter_monday"].days, strict=True
    ):
        assert monday - friday == timedelta(days=3)
    assert 6 not in {day.weekday() for day in NL.holidays["kings_day"].days}
