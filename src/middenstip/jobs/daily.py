# SPDX-License-Identifier: EUPL-1.2
"""What must happen once for every legal day, also for days on which the machine stood still.

A room writes a module `daily.py` with functions marked `@daily_task("room.what")`; they are
found at start. Each takes the day, runs in a transaction together with the mark that it was
done, and so is done exactly once for each day, however often the worker starts or two workers
run at once.
"""

import logging
from collections.abc import Callable
from datetime import date, timedelta

from django.db import connection, transaction
from django.utils.module_loading import autodiscover_modules

from middenstip import clock
from middenstip.jobs.models import DailyRun

DayTask = Callable[[date], None]
# After a longer outage only the latest days are made up for; a month covers every notice
# (the earliest comes 14 days before a term).
LONGEST_CATCH_UP = timedelta(days=31)
_tasks: dict[str, DayTask] = {}
_log = logging.getLogger(__name__)


def daily_task(name: str) -> Callable[[DayTask], DayTask]:
    """Register a function for every legal day; ValueError when the name is taken."""

    def register(function: DayTask) -> DayTask:
        known = _tasks.get(name)
        if known is not None and known.__qualname__ != function.__qualname__:
            raise ValueError(f"the daily task {name!r} is registered twice")
        _tasks[name] = function
        return function

    return register


def discover() -> None:
    """Import the module `daily` of every room."""
    autodiscover_modules("daily")


def run_due(*, today: date | None = None) -> list[tuple[str, date]]:
    """Do what was not done yet for each day up to today, oldest first; return what was done.

    A task that fails is logged without its data, keeps its later days waiting (they may build
    on the failed one) and is tried again at the next call; other tasks go on. RuntimeError at
    the end names the tasks that failed, so that the queue shows it.
    """
    day = today or clock.today()
    done: list[tuple[str, date]] = []
    failed: list[str] = []
    for name in sorted(_tasks):
        try:
            done += _catch_up(name, day)
        except Exception as error:
            _log.error("daily task %s failed: %s", name, type(error).__name__)
            failed.append(name)
    if failed:
        raise RuntimeError(f"daily tasks failed: {', '.join(failed)}")
    return done


def _catch_up(name: str, today: date) -> list[tuple[str, date]]:
    done = []
    last = DailyRun.objects.filter(name=name).order_by("-day").values_list("day", flat=True)
    day = max(last[0] + timedelta(days=1), today - LONGEST_CATCH_UP) if last else today
    while day <= today:
        if _once(name, day):
            done.append((name, day))
        day += timedelta(days=1)
    return done


@transaction.atomic
def _once(name: str, day: date) -> bool:
    with connection.cursor() as cursor:
        # Two workers at once: the second waits here and then finds the mark of the first.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"daily {name}"])
    if DailyRun.objects.filter(name=name, day=day).exists():
        return False
    _tasks[name](day)
    DailyRun.objects.create(name=name, day=day)
    return True
