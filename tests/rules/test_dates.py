# SPDX-License-Identifier: EUPL-1.2
"""Terms end where the law of terms says, for every day of the calendar."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from middenstip.pack.conditions import Term
from middenstip.rules.dates import (
    DayOutOfRange,
    add_term,
    full_years,
    plain_term,
    subtract_term,
)

days = st.dates(date(1900, 1, 1), date(2200, 12, 31))
terms = st.builds(
    lambda y, m, w, d: Term(years=y, months=m, weeks=w, days=d or (0 if y + m + w else 1)),
    st.integers(0, 30),
    st.integers(0, 40),
    st.integers(0, 60),
    st.integers(0, 800),
)


@pytest.mark.parametrize(
    ("day", "term", "end"),
    [
        (date(2014, 11, 30), Term(months=3), date(2015, 2, 28)),
        (date(2015, 11, 30), Term(months=3), date(2016, 2, 29)),
        (date(2012, 2, 29), Term(years=1), date(2013, 2, 28)),
        (date(1988, 2, 29), Term(years=18), date(2006, 2, 28)),
        (date(2014, 1, 31), Term(months=1, days=1), date(2014, 3, 1)),
        (date(2014, 2, 28), Term(months=8), date(2014, 10, 28)),
        (date(2014, 10, 20), Term(weeks=6), date(2014, 12, 1)),
        (date(2014, 12, 31), Term(months=2), date(2015, 2, 28)),
    ],
)
def test_term_ends_on_same_day_or_last_of_month(day: date, term: Term, end: date) -> None:
    assert add_term(day, term) == end


def test_subtract_goes_back_from_the_18th_birthday() -> None:
    assert subtract_term(date(2015, 11, 15), Term(months=6)) == date(2015, 5, 15)
    assert subtract_term(date(2015, 8, 31), Term(months=6)) == date(2015, 2, 28)


@given(days, days, terms)
def test_later_start_never_ends_earlier(one: date, other: date, term: Term) -> None:
    first, second = sorted((one, other))
    assert add_term(first, term) <= add_term(second, term)


@given(days, terms)
def test_term_in_months_lies_within_its_calendar_bounds(day: date, term: Term) -> None:
    months = 12 * term.years + term.months
    end = add_term(day, term) - timedelta(days=7 * term.weeks + term.days)
    assert (end.year - day.year) * 12 + end.month - day.month == months
    assert day.day - 3 <= end.day <= day.day


@given(days, st.integers(0, 120))
def test_full_years_agrees_with_birthdays(born: date, age: int) -> None:
    birthday = add_term(born, Term(years=age, days=0)) if age else born
    assert full_years(born, birthday) == age
    assert full_years(born, birthday - timedelta(days=1)) == age - 1


@given(days, days)
def test_full_years_is_the_largest_number_that_fits(start: date, end: date) -> None:
    years = full_years(start, end)
    if years > 0:
        assert add_term(start, Term(years=years)) <= end
    if years >= 0:
        assert add_term(start, Term(years=years + 1)) > end


@pytest.mark.parametrize(
    ("day", "term", "sign"),
    [
        (date(9999, 12, 31), Term(days=1), 1),
        (date(9999, 12, 1), Term(months=1), 1),
        (date(1, 1, 1), Term(years=1), -1),
        (date(2014, 1, 1), Term(years=10**9), 1),
        (date(2014, 1, 1), Term(days=10**12), 1),
    ],
)
def test_day_outside_the_calendar_is_named(day: date, term: Term, sign: int) -> None:
    with pytest.raises(DayOutOfRange, match=day.isoformat()):
        add_term(day, term, sign)


def test_terms_in_words() -> None:
    assert plain_term(Term(months=3)) == "3 months"
    assert plain_term(Term(months=3), "nl") == "3 maanden"
    assert plain_term(Term(years=1, weeks=1, days=1), "nl") == "1 jaar 1 week 1 dag"
