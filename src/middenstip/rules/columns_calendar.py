# SPDX-License-Identifier: EUPL-1.2
"""Calendar arithmetic on columns, equal to :mod:`middenstip.rules.dates` day by day.

Polars and Ibis know intervals of days only (Ibis hands Polars a duration, and a month is no
duration), so months and years are worked out on the parts of the date. Parts are widened to
64 bits first: Polars gives a month as 8 bits, in which 100 times a month does not fit.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TypeAlias

import ibis
from ibis.expr.types import BooleanValue, DateValue, IntegerValue

from middenstip.pack.conditions import Term
from middenstip.rules import dates

Days: TypeAlias = date | DateValue


def shifted(day: DateValue, term: Term, sign: int) -> DateValue:
    """Return the day moved by a term, forward (sign 1) or back (sign -1); unknown stays so.

    Years and months first, to the same day number or the month's last day; then weeks, days.
    """
    months, days = sign * (12 * term.years + term.months), sign * (7 * term.weeks + term.days)
    if months:
        index = _year(day) * 12 + (_month(day) - 1) + months
        year, month = index // 12, index % 12 + 1
        day = ibis.date(year, month, ibis.least(_day(day), _last_day(year, month)))
    if days:
        day = day + ibis.interval(days=days)
    return day


def first_reaching(day: date, term: Term, sign: int) -> date | None:
    """Return the first day that, moved by the term, lies on or after ``day``; None for no day.

    Moving days by a term keeps their order, so "moved, at least this day" is "at least that
    day": a column can be compared without working the term out row by row.
    """
    low, high = date.min.toordinal(), date.max.toordinal() + 1
    while low < high:
        middle = (low + high) // 2
        if _reaches(date.fromordinal(middle), term, sign, day):
            high = middle
        else:
            low = middle + 1
    return date.fromordinal(low) if low <= date.max.toordinal() else None


def moved_compares(
    column: DateValue, term: Term, sign: int, order: str, day: date
) -> BooleanValue | None:
    """Return how each day, moved by the term, compares with ``day`` (is, lt, le, gt or ge).

    None where the end of the calendar leaves no day to compare with.
    """
    first = first_reaching(day, term, sign)
    after = first_reaching(day + timedelta(days=1), term, sign) if day < date.max else None
    if first is None or after is None:
        return None
    match order:
        case "ge":
            return column >= first
        case "gt":
            return column >= after
        case "lt":
            return column < first
        case "le":
            return column < after
    return (column >= first) & (column < after)


def _reaches(start: date, term: Term, sign: int, day: date) -> bool:
    try:
        return dates.add_term(start, term, sign) >= day
    except dates.DayOutOfRange:
        return sign > 0  # past the end of the calendar lies after every day, before it before


def full_years(start: Days, end: Days) -> IntegerValue:
    """Return the whole years from start to end; who is born on 29 February turns on the 28th.

    At least one of the two is a column. Negative when the end lies before the start.
    """
    end_year = end.year if isinstance(end, date) else _year(end)
    birthday: IntegerValue | int
    if isinstance(start, date):
        start_year: IntegerValue | int = start.year
        birthday = start.month * 100 + start.day
        if birthday == 229:
            birthday = ibis.ifelse(_leap(end_year), 229, 228)
    else:
        start_year, written = _year(start), _month(start) * 100 + _day(start)
        in_short_year = (written == 229) & ~_leap(end_year)
        birthday = ibis.ifelse(in_short_year, ibis.literal(228, "int64"), written)
    if isinstance(end, date):
        reached: IntegerValue | int = end.month * 100 + end.day
    else:
        reached = _month(end) * 100 + _day(end)
    not_yet: BooleanValue = birthday > reached
    return end_year - start_year - not_yet.cast("int64")


def days_between(start: Days, end: Days) -> IntegerValue:
    """Return the nights from start to end, negative when the end lies before the start."""
    first = ibis.literal(start) if isinstance(start, date) else start
    last = ibis.literal(end) if isinstance(end, date) else end
    return last.delta(first, unit="day").cast("int64")


def _leap(year: int | IntegerValue) -> BooleanValue:
    column = ibis.literal(year, "int64") if isinstance(year, int) else year
    by_four, by_century = column % 4 == 0, column % 100 == 0
    return by_four & (~by_century | (column % 400 == 0))


def _last_day(year: IntegerValue, month: IntegerValue) -> IntegerValue:
    february = 28 + _leap(year).cast("int64")
    short = month.isin((4, 6, 9, 11))
    long_or_short = 31 - short.cast("int64")
    return ibis.ifelse(month == 2, february, long_or_short)


def _year(day: DateValue) -> IntegerValue:
    return day.year().cast("int64")


def _month(day: DateValue) -> IntegerValue:
    return day.month().cast("int64")


def _day(day: DateValue) -> IntegerValue:
    return day.day().cast("int64")
