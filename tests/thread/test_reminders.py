# SPDX-License-Identifier: EUPL-1.2
"""Reminders: each thing told once, the most urgent only, to who must act, by legal days."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, connections, transaction

from middenstip import clock
from middenstip.jobs import daily
from middenstip.thread import rebuild
from middenstip.thread.models import CaseState, DutyRun, Notice, NoticeKind
from middenstip.thread.records import NewEvent
from middenstip.thread.reminders import mark_read, remind
from middenstip.thread.services import correct_event
from middenstip.thread.tasks import new_day
from middenstip.thread.worklists import notices_for, unread_notices, worklist
from tests.thread.chain import Chain, member

pytestmark = pytest.mark.django_db
START = date(2024, 2, 15)
DUE = date(2024, 5, 15)  # three months after the start
KEY = "end_reflection_period"


@pytest.fixture
def case_id(chain: Chain) -> UUID:
    """A case whose reflection period started on 15 February 2024 and ends on 15 May."""
    with clock.at(START):
        opened = chain.notified(on=START)
        chain.record(chain.police, opened.case_id, "reflection_period_started")
    assert DutyRun.objects.get(case_id=opened.case_id, duty=KEY).due_on == DUE
    return opened.case_id


def told(case_id: UUID) -> list[tuple[str, bool]]:
    """Kinds of notices about the reflection period, in the order written, and if skipped."""
    found = Notice.objects.filter(case_id=case_id, duty=KEY).order_by("id")
    return [(notice.kind, notice.skipped) for notice in found]


def days() -> Iterator[date]:
    day = DUE - timedelta(days=20)
    while day <= DUE + timedelta(days=3):
        yield day
        day += timedelta(days=1)


def test_a_term_is_told_14_7_and_1_days_before_and_when_late(case_id: UUID) -> None:
    first: dict[str, date] = {}
    for day in days():
        remind(day)
        for kind, skipped in told(case_id):
            assert not skipped
            first.setdefault(kind, day)
    assert first == {
        "d14": date(2024, 5, 1),
        "d7": date(2024, 5, 8),
        "d1": date(2024, 5, 14),
        "overdue": date(2024, 5, 16),
    }


def test_running_twice_on_a_day_tells_nothing_twice(case_id: UUID) -> None:
    remind(date(2024, 5, 1))
    before = list(Notice.objects.values())
    assert remind(date(2024, 5, 1)) == 0
    assert list(Notice.objects.values()) == before


def test_after_days_of_silence_only_the_most_urgent_is_told(case_id: UUID) -> None:
    remind(date(2024, 5, 1))
    remind(date(2024, 5, 20))
    assert told(case_id) == [("d14", False), ("d7", True), ("d1", True), ("overdue", False)]


def test_the_first_run_ever_tells_only_the_most_urgent(case_id: UUID) -> None:
    remind(date(2024, 5, 10))
    assert told(case_id) == [("d14", True), ("d7", False)]


def test_what_was_skipped_is_not_shown(chain: Chain, case_id: UUID) -> None:
    with clock.at(date(2024, 5, 20)):
        remind(clock.today())
        shown = [n.kind for n in notices_for(actor=chain.police).items if n.duty == KEY]
    assert shown == ["overdue"]


def test_a_term_that_moves_is_told_of_anew(chain: Chain, case_id: UUID) -> None:
    remind(date(2024, 5, 8))
    assert told(case_id) == [("d14", True), ("d7", False)]
    with clock.at(date(2024, 5, 8)):
        started = chain_event(chain, case_id)
        correct_event(
            actor=chain.police,
            case_id=case_id,
            event_id=started,
            replaced_by=NewEvent("reflection_period_started", date(2024, 2, 19)),
        )
        assert [n.kind for n in notices_for(actor=chain.police).items if n.duty == KEY] == []
        remind(clock.today())
    assert told(case_id)[2:] == [("d14", False)]
    remind(date(2024, 5, 12))
    assert told(case_id)[3:] == [("d7", False)]


def chain_event(chain: Chain, case_id: UUID) -> UUID:
    from middenstip.thread.selectors import thread_of

    thread = thread_of(actor=chain.police, case_id=case_id)
    return next(event.id for event in thread if event.type == "reflection_period_started")


def test_what_is_done_is_shown_no_more_and_told_no_more(chain: Chain, case_id: UUID) -> None:
    with clock.at(date(2024, 5, 8)):
        remind(clock.today())
        before = unread_notices(actor=chain.police).total
        chain.record(
            chain.police,
            case_id,
            "reflection_period_ended",
            ended_by="victim",
            ground="complaint",
        )
        assert unread_notices(actor=chain.police).total == before - 1
    remind(date(2024, 5, 20))
    assert told(case_id) == [("d14", True), ("d7", False)]


def test_what_holds_no_more_is_settled_at_once_and_comes_back_with_its_run(
    chain: Chain, case_id: UUID
) -> None:
    with clock.at(date(2024, 5, 8)):
        remind(clock.today())
        ended = chain.record(
            chain.police,
            case_id,
            "reflection_period_ended",
            ended_by="victim",
            ground="complaint",
        )
        notice = Notice.objects.get(case_id=case_id, duty=KEY, kind="d7")
        assert notice.settled
        remind(clock.today())
        correct_event(
            actor=chain.police,
            case_id=case_id,
            event_id=ended.events[0].id,
            replaced_by=None,
        )
        shown = [n.id for n in notices_for(actor=chain.police).items if n.duty == KEY]
    assert shown == [notice.pk]
    assert told(case_id) == [("d14", True), ("d7", False)]


def test_a_new_owner_is_told_and_the_old_one_sees_it_no_more(chain: Chain) -> None:
    second = member("care_coordinator", "Voorbeeld tweede zorg")
    with clock.at(START):
        opened = chain.notified(on=START)
        chain.record(chain.police, opened.case_id, "reflection_period_started")
        remind(clock.today())
        point = chain.coordination_point

        def about(actor: Any) -> list[str]:
            items = notices_for(actor=actor).items
            return [item.kind for item in items if item.duty == "apply_living_allowance"]

        assert about(point) == ["d14"]  # nobody owns it yet: the coordination point is told
        chain.bring_in(opened.case_id, second)
        remind(clock.today())
        assert about(second) == ["d14"]
        assert about(point) == []


def test_days_are_days_in_amsterdam(case_id: UUID) -> None:
    rebuild.rederive(date(2024, 4, 30))
    with clock.at(datetime(2024, 4, 30, 21, 59, tzinfo=UTC)):
        new_day()
        assert told(case_id) == []
    with clock.at(datetime(2024, 4, 30, 22, 0, tzinfo=UTC)):
        new_day()
        assert told(case_id) == [("d14", False)]


def test_a_notice_is_read_once_by_the_organisation(chain: Chain, case_id: UUID) -> None:
    with clock.at(date(2024, 5, 8)):
        remind(clock.today())
        notice = next(n for n in notices_for(actor=chain.police).items if n.duty == KEY)
        before = unread_notices(actor=chain.police).total
        assert mark_read(actor=chain.police, notice_id=notice.id) == 1
        assert mark_read(actor=chain.police, notice_id=notice.id) == 0
        assert unread_notices(actor=chain.police).total == before - 1
        assert mark_read(actor=chain.police) == before - 1
        assert notices_for(actor=chain.police, unread_only=True).total == 0
        assert notices_for(actor=chain.police).total == before


def test_the_database_keeps_a_second_notice_out(case_id: UUID) -> None:
    remind(date(2024, 5, 1))
    row = Notice.objects.filter(duty=KEY).values().get()
    del row["id"]
    with pytest.raises(IntegrityError, match="notice_once"), transaction.atomic():
        Notice.objects.create(**row)


def test_the_kinds_in_the_statement_are_the_kinds_of_the_model() -> None:
    from middenstip.thread.reminders import NEARNESS

    assert list(NEARNESS) == list(NoticeKind)
    assert sorted(NEARNESS.values(), reverse=True) == list(NEARNESS.values())


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_tell_once(chain: Chain) -> None:
    with clock.at(START):
        opened = chain.notified(on=START)
        chain.record(chain.police, opened.case_id, "reflection_period_started")
    barrier = threading.Barrier(2)
    problems: list[BaseException] = []

    def work() -> None:
        try:
            barrier.wait(10)
            remind(date(2024, 5, 8))
        except BaseException as problem:
            problems.append(problem)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert problems == []
    assert told(opened.case_id) == [("d14", True), ("d7", False)]


def _work() -> None:
    """Let a real worker empty the queue, in a thread: a browser test that ran before in this
    process leaves its event loop in the main one.
    """

    def work() -> None:
        try:
            call_command("procrastinate", "worker", "--one-shot", "--concurrency=1")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(copy_context().run, work).result()


@pytest.mark.django_db(transaction=True)
class TestDay:
    """A new day by way of the daily tasks and the queue, as the worker does it."""

    def test_a_day_is_worked_once_and_an_outage_made_up_for(self, chain: Chain) -> None:
        with clock.at(START):
            opened = chain.notified(on=START)
            chain.record(chain.police, opened.case_id, "reflection_period_started")
            assert ("thread.new_day", START) in daily.run_due()
            daily.run_due()
        with clock.at(date(2024, 5, 10)):
            done = [day for name, day in daily.run_due() if name == "thread.new_day"]
            assert done[-1] == date(2024, 5, 10)
            assert queued() == 2  # the day of the start, and today; no day between
            _work()
            assert queued() == 0
        assert told(opened.case_id) == [("d14", True), ("d7", False)]
        assert CaseState.objects.get(pk=opened.case_id).derived_for == date(2024, 5, 10)
        police = chain.police
        with clock.at(date(2024, 5, 10)):
            assert worklist(actor=police).week.items[0].duty == KEY

    def test_notices_go_out_even_when_a_case_cannot_be_derived(
        self, chain: Chain, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with clock.at(START):
            opened = chain.notified(on=START)
            chain.record(chain.police, opened.case_id, "reflection_period_started")

        def fails(*_: Any, **__: Any) -> None:
            raise ArithmeticError

        monkeypatch.setattr("middenstip.thread.services.derive", fails)
        with clock.at(date(2024, 5, 8)), pytest.raises(RuntimeError, match="1 cases"):
            new_day()
        assert told(opened.case_id) == [("d14", True), ("d7", False)]


def queued() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs "
            " WHERE task_name = %s AND status <> 'succeeded'",
            ["middenstip.thread.new_day"],
        )
        return int(cursor.fetchone()[0])
