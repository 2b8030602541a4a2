# SPDX-License-Identifier: EUPL-1.2
"""Several people at once, each on a connection of their own: nothing is lost."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from middenstip import clock
from middenstip.thread import rebuild
from middenstip.thread.errors import CaseChanged, EventRefused
from middenstip.thread.models import Case, DutyRun, Event
from middenstip.thread.records import NewEvent
from middenstip.thread.services import append_events, record_event, record_facts
from tests.thread.chain import RIGHTS, Chain

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Run each work in a thread with a connection of its own; return results or exceptions."""
    barrier = threading.Barrier(len(works))
    results: list[Any] = [None] * len(works)

    def run(place: int, work: Callable[[], Any]) -> None:
        try:
            barrier.wait(10)
            results[place] = work()
        except Exception as problem:
            results[place] = problem
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    return results


def no_difference() -> None:
    assert list(rebuild.check()) == []


def test_two_who_record_at_once_are_both_in_the_thread(chain: Chain) -> None:
    opened = chain.notified()
    yesterday = clock.today() - timedelta(days=1)
    results = at_once(
        lambda: chain.record(
            chain.police, opened.case_id, "reflection_period_started", on=yesterday
        ),
        lambda: chain.record(
            chain.coordination_point, opened.case_id, "emergency_bed_started", on=yesterday,
            planned_nights=2, reason="Geen plek",
        ),
    )  # fmt: skip
    assert sorted(result.version for result in results) == [
        opened.version + 1,
        opened.version + 2,
    ]
    types = list(Event.objects.filter(case_id=opened.case_id).values_list("type", flat=True))
    assert set(types) >= {"reflection_period_started", "emergency_bed_started"}
    duties = set(DutyRun.objects.filter(case_id=opened.case_id).values_list("duty", flat=True))
    assert duties >= {"end_reflection_period", "move_from_emergency_bed"}
    no_difference()


def test_many_who_record_at_once_leave_no_gap(chain: Chain) -> None:
    opened = chain.notified()

    def explain() -> None:
        for _ in range(4):
            chain.record(chain.police, opened.case_id, "rights_explained", **RIGHTS)

    def tell() -> None:
        for sex in ("male", "female", "x", "unknown"):
            record_facts(actor=chain.police, case_id=opened.case_id, facts={"sex": sex})

    def ask() -> None:
        for _ in range(4):
            chain.record(chain.coordination_point, opened.case_id, "bed_requested")

    assert at_once(explain, tell, ask, explain) == [None] * 4
    numbers = list(
        Event.objects.filter(case_id=opened.case_id)
        .order_by("seq")
        .values_list("seq", flat=True)
    )
    assert numbers == list(range(1, opened.version + 17))
    assert Case.objects.get(pk=opened.case_id).version == numbers[-1]
    moments = list(
        Event.objects.filter(case_id=opened.case_id)
        .order_by("seq")
        .values_list("recorded_at", flat=True)
    )
    assert moments == sorted(moments)
    no_difference()


def test_of_two_who_saw_the_same_version_the_slower_is_told(chain: Chain) -> None:
    opened = chain.notified()

    def explain() -> Any:
        return record_event(
            actor=chain.police, case_id=opened.case_id, type="rights_explained",
            on=clock.today(), fields=RIGHTS, seen_version=opened.version,
        )  # fmt: skip

    results = at_once(explain, explain)
    assert sorted(type(result).__name__ for result in results) == ["CaseChanged", "Recorded"]
    assert any(isinstance(result, CaseChanged) and result.behind == 1 for result in results)
    assert Case.objects.get(pk=opened.case_id).version == opened.version + 1
    no_difference()


def test_r05_of_two_who_start_the_one_reflection_period_one_is_refused(chain: Chain) -> None:
    opened = chain.notified()
    results = at_once(
        *[lambda: chain.record(chain.police, opened.case_id, "reflection_period_started")] * 2
    )
    refusal = next(result for result in results if isinstance(result, EventRefused))
    assert refusal.rule == "R-05"
    assert Case.objects.get(pk=opened.case_id).version == opened.version + 1
    no_difference()


def test_a_new_day_and_people_do_not_get_in_each_others_way(chain: Chain) -> None:
    cases = [chain.notified() for _ in range(8)]
    tomorrow = clock.today() + timedelta(days=1)

    def people() -> None:
        for case in cases:
            chain.record(chain.police, case.case_id, "rights_explained", **RIGHTS)

    def night() -> None:
        outcome = rebuild.rederive(tomorrow)
        assert outcome.failed == ()

    assert at_once(people, night, people) == [None] * 3
    assert Event.objects.filter(type="rights_explained").count() == 16
    no_difference()


def test_the_second_waits_for_the_first_and_then_sees_what_it_recorded(chain: Chain) -> None:
    opened = chain.notified()
    started, done = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            chain.record(chain.police, opened.case_id, "reflection_period_started")
            started.set()
            done.wait(1)

    def second() -> Any:
        started.wait(10)
        answer = append_events(
            actor=chain.coordination_point,
            case_id=opened.case_id,
            events=[NewEvent("bed_requested", clock.today())],
        )
        done.set()
        return answer

    _, answer = at_once(slow, second)
    assert answer.version == opened.version + 2
    no_difference()
