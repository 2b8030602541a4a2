# SPDX-License-Identifier: EUPL-1.2
"""What an organisation finds on its desk."""

from datetime import date, timedelta

import pytest

from middenstip import clock
from middenstip.thread.finding import find_cases
from middenstip.thread.models import DutyRun
from middenstip.thread.records import NewEvent
from middenstip.thread.reminders import remind
from middenstip.thread.selectors import recordable_events, whole_case
from middenstip.thread.services import open_case
from middenstip.thread.worklists import (
    SECTIONS,
    desk,
    duty_page,
    flags_for,
    loads,
    new_cases,
    notices_for,
    worklist,
)
from tests.thread.chain import RIGHTS, SEEN, Chain, member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("held")]
TODAY = date(2024, 6, 28)


def due(case_id: object, days: int | None) -> None:
    """Let the one running duty of the police in a case be due so many days from today."""
    day = None if days is None else TODAY + timedelta(days=days)
    DutyRun.objects.filter(case_id=case_id, duty="end_reflection_period").update(due_on=day)


def test_running_duties_stand_under_the_day_they_are_due(chain: Chain) -> None:
    cases = {}
    for days in (-400, -1, 0, 1, 6, 7, None):
        opened = chain.notified(on=TODAY)
        chain.record(chain.police, opened.case_id, "rights_explained", **RIGHTS)
        chain.record(chain.police, opened.case_id, "reflection_period_offered", by="police")
        chain.record(chain.police, opened.case_id, "reflection_period_started")
        due(opened.case_id, days)
        cases[opened.case_id] = days
    found = worklist(actor=chain.police)
    assert {
        section: [cases[item.case_id] for item in getattr(found, section).items]
        for section in SECTIONS
    } == {
        "overdue": [-1, -400],
        "today": [0],
        "week": [1, 6],
        "later": [7],
        "undated": [None],
        "no_owner": [],
    }
    assert [(i.state, i.days_left) for i in found.overdue.items] == [
        ("overdue", -1),
        ("overdue", -400),
    ]
    assert [(i.state, i.days_left) for i in found.today.items] == [("open", 0)]


def test_what_is_done_stands_on_no_list(chain: Chain) -> None:
    opened = chain.notified(on=TODAY)
    before = {i.duty for i in worklist(actor=chain.police).today.items}
    chain.record(chain.police, opened.case_id, "rights_explained", **RIGHTS)
    after = {i.duty for i in worklist(actor=chain.police).today.items}
    assert before - after == {"explain_rights"}


def test_a_list_is_cut_but_tells_its_true_length_and_can_be_leafed_through(
    chain: Chain,
) -> None:
    for _ in range(7):
        chain.notified(on=TODAY)
    today = worklist(actor=chain.police, length=3).today
    assert len(today.items) == 3
    pages = [
        duty_page(actor=chain.police, section="today", page=n, length=3) for n in range(1, 9)
    ]
    assert {page.total for page in pages} == {today.total}
    leafed = [(item.case_id, item.key) for page in pages for item in page.items]
    assert len(leafed) == len(set(leafed)) == today.total
    assert duty_page(actor=chain.police, section="today", page=0, length=3) == pages[0]


def test_counting_stops_at_a_limit_and_says_so(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("middenstip.thread.lists.COUNT_TO", 5)
    for _ in range(2):
        chain.notified(on=TODAY)
    few = worklist(actor=chain.police).today
    assert (few.total, few.more, few.shown) == (4, False, "4")
    chain.notified(on=TODAY)
    many = worklist(actor=chain.police).today
    assert (many.total, many.more, many.shown) == (5, True, "5+")
    assert len(many.items) == 6
    assert duty_page(actor=chain.police, section="today").total == 6


def test_deviations_can_be_leafed_through(chain: Chain) -> None:
    for days in (9, 20, 30):
        chain.notified(on=TODAY - timedelta(days=days))
    point = chain.coordination_point
    everything = flags_for(actor=point).items
    leafed = [
        item
        for page in range(1, len(everything) + 1)
        for item in flags_for(actor=point, page=page, length=1).items
    ]
    assert leafed == list(everything)


def test_a_deviation_of_the_past_stands_apart_from_one_that_lasts(chain: Chain) -> None:
    opened = chain.notified(on=TODAY)
    chain.record(chain.police, opened.case_id, "emergency_bed_started", planned_nights=2)
    point = chain.coordination_point
    assert "R-19" not in {item.rule for item in flags_for(actor=point).items}
    assert {item.rule for item in flags_for(actor=point, past=True).items} == {"R-19"}


def test_duties_of_a_case_stand_in_the_order_in_which_people_need_them(chain: Chain) -> None:
    opened = chain.notified(on=TODAY - timedelta(days=40))
    chain.record(chain.police, opened.case_id, "reflection_period_started")
    chain.record(chain.police, opened.case_id, "rights_explained", **RIGHTS)
    duties = whole_case(actor=chain.police, case_id=opened.case_id).assessment.duties
    states = [item.state for item in duties]
    order = ["overdue", "open", "met", "void"]
    assert states == sorted(states, key=lambda state: min(order.index(state), 2))
    assert {"overdue", "open", "met"} <= set(states)


def test_new_is_what_came_in_two_weeks_and_was_not_touched(chain: Chain) -> None:
    point = chain.coordination_point
    fresh = chain.notified()
    old = chain.notified(opened_on=TODAY - timedelta(days=14))
    touched = chain.notified()
    chain.record(point, touched.case_id, "bed_requested")
    ids = {item.case_id for item in new_cases(actor=point).items}
    assert ids == {fresh.case_id}
    assert old.case_id not in ids
    assert new_cases(actor=chain.police).total == 0
    chain.bring_in(fresh.case_id, chain.care_coordinator)
    assert {i.case_id for i in new_cases(actor=chain.care_coordinator).items} == {fresh.case_id}
    with clock.at(TODAY + timedelta(days=15)):
        assert new_cases(actor=chain.care_coordinator).total == 0


def test_flags_are_shown_newest_first(chain: Chain) -> None:
    first = chain.notified(on=TODAY - timedelta(days=90))
    second = chain.notified(on=TODAY - timedelta(days=9))
    found = flags_for(actor=chain.coordination_point)
    days = [item.since for item in found.items if item.since]
    assert days == sorted(days, reverse=True)
    assert {item.case_id for item in found.items} == {first.case_id, second.case_id}
    assert found.total == len(found.items)
    assert flags_for(actor=chain.coordination_point, length=1).total == found.total


def test_loads_count_what_is_late_and_what_is_due_in_a_week(chain: Chain) -> None:
    elsewhere = member("police", "Voorbeeld politie elders")
    chain.notified(on=TODAY - timedelta(days=9))
    chain.notified(on=TODAY, by=elsewhere)
    by_name = {load.organisation_id: load for load in loads(actor=chain.coordination_point)}
    here, there = (by_name[a.organisation_id] for a in (chain.police, elsewhere))
    assert (here.overdue > 0, here.week, there.overdue) == (True, 0, 0)
    assert there.week > 0
    mine = worklist(actor=chain.coordination_point, organisation_id=elsewhere.organisation_id)
    assert {item.owner for item in mine.today.items} == {"Voorbeeld politie elders"}


def test_only_what_may_be_recorded_now_is_offered(chain: Chain) -> None:
    opened = open_case(
        actor=chain.police,
        events=[NewEvent("indication_seen", TODAY, SEEN)],
        facts={"birth_date": "1990-05-14"},
    )
    offered = recordable_events(actor=chain.police, case_id=opened.case_id)
    assert "reflection_period_started" in offered
    assert "prosecution_started" not in offered
    assert "minor_disappeared" not in offered


def test_a_page_tells_the_total_whether_it_is_full_or_not(chain: Chain) -> None:
    for _ in range(5):
        chain.notified(on=TODAY)
    for page, length, lines in [(1, 50, 5), (1, 5, 5), (2, 3, 2), (3, 3, 0), (1, 0, 0)]:
        found = find_cases(actor=chain.police, page=page, length=length)
        assert (len(found.items), found.total) == (lines, 5), (page, length)


def test_the_second_page_of_cases_goes_on_where_the_first_ends(chain: Chain) -> None:
    for days in range(5):
        chain.notified(on=TODAY - timedelta(days=days % 3))
    whole = find_cases(actor=chain.police).items
    parts = [find_cases(actor=chain.police, page=page, length=2).items for page in (1, 2, 3)]
    assert tuple(line for part in parts for line in part) == whole


def test_the_desk_shows_what_each_door_by_itself_shows(chain: Chain) -> None:
    chain.notified(on=TODAY)
    remind(clock.today())
    for actor in (chain.police, chain.coordination_point):
        found = desk(actor=actor, beside=5)
        work = worklist(actor=actor)
        for section in SECTIONS[:-1]:
            assert getattr(found.worklist, section) == getattr(work, section)
        assert found.worklist.no_owner.total == work.no_owner.total
        assert found.notices == notices_for(actor=actor, unread_only=True, length=5)
        assert found.new == new_cases(actor=actor, length=5)
        assert found.flags == flags_for(actor=actor, length=5)
