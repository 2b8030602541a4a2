# SPDX-License-Identifier: EUPL-1.2
"""Legal days are days in Amsterdam, moments are in UTC."""

from datetime import UTC, date, datetime

import pytest

from middenstip import clock


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 1, 16, 22, 59, tzinfo=UTC), date(2026, 1, 16)),
        (datetime(2026, 1, 16, 23, 0, tzinfo=UTC), date(2026, 1, 17)),
        (datetime(2026, 7, 16, 21, 59, tzinfo=UTC), date(2026, 7, 16)),
        (datetime(2026, 7, 16, 22, 0, tzinfo=UTC), date(2026, 7, 17)),
        (datetime(2026, 3, 28, 23, 0, tzinfo=UTC), date(2026, 3, 29)),
        (datetime(2026, 10, 25, 22, 59, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2028, 2, 28, 23, 0, tzinfo=UTC), date(2028, 2, 29)),
    ],
)
def test_the_legal_day_turns_at_midnight_in_amsterdam(moment: datetime, day: date) -> None:
    with clock.at(moment):
        assert clock.today() == day
        assert clock.now() == moment


def test_a_day_set_in_a_test_is_that_day_and_is_undone() -> None:
    with clock.at(date(2014, 9, 30)):
        assert clock.today() == date(2014, 9, 30)
        with clock.at(date(2014, 12, 31)):
            assert clock.today() == date(2014, 12, 31)
        assert clock.today() == date(2014, 9, 30)
    assert clock.now().tzinfo is UTC
    assert clock.today() > date(2026, 1, 1)


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"), clock.at(datetime(2026, 1, 17)):  # noqa: DTZ001
        pass
