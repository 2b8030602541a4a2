# SPDX-License-Identifier: EUPL-1.2
"""Work for every legal day: made up for after an outage, and never done twice."""

from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection

from middenstip import clock
from middenstip.jobs import daily
from middenstip.jobs.models import DailyRun


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[date]:
    days: list[date] = []
    monkeypatch.setattr(daily, "_tasks", {"test.notices": days.append})
    return days


@pytest.mark.django_db
def test_a_day_is_done_once_however_often_it_is_asked(done: list[date]) -> None:
    day = date(2026, 3, 29)
    assert daily.run_due(today=day) == [("test.notices", day)]
    assert daily.run_due(today=day) == []
    assert done == [day]


@pytest.mark.django_db
def test_days_missed_in_an_outage_are_made_up_for_in_order(done: list[date]) -> None:
    daily.run_due(today=date(2026, 2, 26))
    daily.run_due(today=date(2026, 3, 2))
    assert done == [date(2026, 2, day) for day in (26, 27, 28)] + [
        date(2026, 3, 1),
        date(2026, 3, 2),
    ]


@pytest.mark.django_db
def test_after_a_long_outage_only_the_last_month_is_made_up_for(done: list[date]) -> None:
    daily.run_due(today=date(2025, 1, 17))
    daily.run_due(today=date(2026, 1, 17))
    assert done[1] == date(2026, 1, 17) - timedelta(days=31)
    assert len(done) == 1 + 32


@pytest.mark.django_db
def test_a_failure_leaves_no_mark_is_tried_again_and_stops_no_other_task(
    done: list[date], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(day: date) -> None:
        DailyRun.objects.create(name="trace of the failed work", day=day)
        raise ValueError("secret of a person")

    monkeypatch.setattr(daily, "_tasks", {"a.fails": fail, **daily._tasks})
    with pytest.raises(RuntimeError, match=r"a\.fails") as caught:
        daily.run_due(today=date(2026, 1, 17))
    assert "secret" not in str(caught.value)
    assert done == [date(2026, 1, 17)]
    assert set(DailyRun.objects.values_list("name", flat=True)) == {"test.notices"}
    monkeypatch.setitem(daily._tasks, "a.fails", lambda day: None)
    assert daily.run_due(today=date(2026, 1, 17)) == [("a.fails", date(2026, 1, 17))]


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_do_a_day_once(done: list[date]) -> None:
    start = Barrier(2)

    def work() -> None:
        start.wait()
        daily.run_due(today=date(2026, 1, 17))
        connection.close()

    workers = [Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert done == [date(2026, 1, 17)]


@pytest.mark.django_db
def test_the_day_is_the_day_in_amsterdam(done: list[date]) -> None:
    with clock.at(datetime(2026, 3, 28, 23, 30, tzinfo=UTC)):
        daily.run_due()
    assert done == [date(2026, 3, 29)]


def test_two_rooms_cannot_take_one_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(daily, "_tasks", {})

    def first(day: date) -> None: ...
    def second(day: date) -> None: ...

    daily.daily_task("a.name")(first)
    with pytest.raises(ValueError, match="twice"):
        daily.daily_task("a.name")(second)


@pytest.mark.django_db(transaction=True)
def test_the_worker_finds_the_periodic_task() -> None:
    from procrastinate.contrib.django import app

    assert "middenstip.daily" in app.tasks
    assert [task.task.name for task in app.periodic_registry.periodic_tasks.values()].count(
        "middenstip.daily"
    ) == 1
