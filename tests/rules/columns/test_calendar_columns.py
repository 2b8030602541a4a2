# SPDX-License-Identifier: EUPL-1.2
"""Terms and ages on columns fall on the day on which they fall for one person."""

from __future__ import annotations

from datetime import date, timedelta

import ibis
import polars as pl
import pytest

from middenstip.pack.conditions import Term
from middenstip.rules import columns_calendar, dates

# Every day of eight years with the century's leap year, and of the years around 1900.
DAYS = [date(1997, 1, 1) + timedelta(days=n) for n in range(8 * 365)]
DAYS += [date(1899, 1, 1) + timedelta(days=n) for n in range(3 * 365)]
TERMS = [
    Term(months=1),
    Term(months=3),
    Term(years=1),
    Term(years=4),
    Term(years=18),
    Term(months=6, days=1),
    Term(years=1, months=13, weeks=2, days=3),
    Term(days=30),
    Term(weeks=6),
]


def on_polars(column: ibis.Value) -> list[object]:
    (table,) = column.as_table().op().find(ibis.expr.operations.UnboundTable)
    con = ibis.polars.connect({table.name: pl.LazyFrame({"day": DAYS})})
    return con.to_polars(column.name("x").as_table())["x"].to_list()


@pytest.fixture
def days() -> ibis.Table:
    return ibis.table({"day": "date"}, name="days")


@pytest.mark.parametrize("term", TERMS, ids=dates.plain_term)
@pytest.mark.parametrize("sign", [1, -1])
def test_a_term_on_a_column_ends_on_the_day_it_ends_for_one(
    days: ibis.Table, term: Term, sign: int
) -> None:
    expected = [dates.add_term(day, term, sign) for day in DAYS]
    assert on_polars(columns_calendar.shifted(days.day, term, sign)) == expected


@pytest.mark.parametrize(
    "on", [date(2017, 2, 28), date(2016, 2, 28), date(2016, 2, 29), date(2016, 3, 1), DAYS[40]]
)
def test_ages_agree_with_the_term_of_years_also_for_29_february(
    days: ibis.Table, on: date
) -> None:
    assert on_polars(columns_calendar.full_years(days.day, on)) == [
        dates.full_years(day, on) for day in DAYS
    ]
    assert on_polars(columns_calendar.full_years(on, days.day)) == [
        dates.full_years(on, day) for day in DAYS
    ]


def test_born_on_29_february_is_18_on_28_february(days: ibis.Table) -> None:
    ages = dict(
        zip(
            DAYS,
            on_polars(columns_calendar.full_years(days.day, date(2018, 2, 28))),
            strict=True,
        )
    )
    assert ages[date(2000, 2, 29)] == 18
    assert ages[date(2000, 3, 1)] == 17


def test_nights_are_a_difference_of_dates(days: ibis.Table) -> None:
    on = date(2000, 2, 29)
    assert on_polars(columns_calendar.days_between(days.day, on)) == [
        (on - day).days for day in DAYS
    ]


@pytest.mark.parametrize("term", TERMS, ids=dates.plain_term)
@pytest.mark.parametrize("sign", [1, -1])
def test_moved_days_keep_their_order_so_that_one_turning_day_decides(
    term: Term, sign: int
) -> None:
    for day in DAYS[60::97]:
        first = columns_calendar.first_reaching(day, term, sign)
        assert first is not None
        assert dates.add_term(first, term, sign) >= day
        assert dates.add_term(first - timedelta(days=1), term, sign) < day


def test_no_day_reaches_what_lies_beyond_the_calendar() -> None:
    assert columns_calendar.first_reaching(date.max, Term(days=1), -1) is None
    assert columns_calendar.first_reaching(date.min, Term(days=1), -1) == date(1, 1, 2)
