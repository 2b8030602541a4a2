# SPDX-License-Identifier: EUPL-1.2
"""The one clock of the house.

Legal days are days in Europe/Amsterdam (Dutch terms are counted there, whatever the server's
zone); moments are aware and in UTC. Domain code asks this module and nothing else, so that a
test, or the question "what was known on that day", can set the time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
_set_moment: ContextVar[datetime | None] = ContextVar("middenstip_moment", default=None)


def now() -> datetime:
    """Return the present moment, aware and in UTC; the set moment inside `at`."""
    return _set_moment.get() or datetime.now(UTC)


def held() -> datetime | None:
    """Return the moment at which `at` holds this thread's clock still, None when it runs."""
    return _set_moment.get()


def today() -> date:
    """Return the legal day: the calendar day in Amsterdam at this moment."""
    return legal_day(now())


def legal_day(moment: datetime) -> date:
    """Return the Amsterdam calendar day of an aware moment; ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError(f"a moment needs a time zone, got the naive {moment.isoformat()}")
    return moment.astimezone(AMSTERDAM).date()


def end_of(day: date) -> datetime:
    """Return the moment at which a legal day ends."""
    return datetime.combine(day + timedelta(days=1), time.min, AMSTERDAM)


@contextmanager
def at(moment: date | datetime) -> Iterator[None]:
    """Hold the clock of this thread or task still; a date means noon in Amsterdam that day."""
    if isinstance(moment, datetime):
        legal_day(moment)
        fixed = moment.astimezone(UTC)
    else:
        fixed = datetime.combine(moment, time(12), AMSTERDAM).astimezone(UTC)
    token = _set_moment.set(fixed)
    try:
        yield
    finally:
        _set_moment.reset(token)
