# SPDX-License-Identifier: EUPL-1.2
"""Terms and days as the rules count them.

A term of months or years ends on the same day number of the later month, or on that month's
last day when it has no such day; weeks and days are added after that. Nights are a difference
of dates.
"""

from calendar import monthrange
from datetime import date, timedelta

from middenstip.pack.conditions import Term


class DayOutOfRange(ValueError):
    """A term leads to a day that the calendar (years 1 to 9999) does not have."""


def _add_months(day: date, months: int) -> date:
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise DayOutOfRange
    if day.day <= 28:
        return date(year, month0 + 1, day.day)
    return date(year, month0 + 1, min(day.day, monthrange(year, month0 + 1)[1]))


def add_term(day: date, term: Term, sign: int = 1) -> date:
    """Return day + term: years and months first (clamped to the month's end), then days.

    ``sign`` -1 counts back. Raises DayOutOfRange, naming day and term, outside years 1-9999.
    """
    try:
        months = term.years * 12 + term.months
        moved = _add_months(day, sign * months) if months else day
        days = term.weeks * 7 + term.days
        return moved + timedelta(days=sign * days) if days else moved
    except (OverflowError, DayOutOfRange):
        raise DayOutOfRange(
            f"{day.isoformat()} {'+' if sign > 0 else '-'} {plain_term(term)} falls outside "
            "the calendar (years 1 to 9999)"
        ) from None


def subtract_term(day: date, term: Term) -> date:
    """Return day - term, counted as `add_term` does, backwards."""
    return add_term(day, term, -1)


def full_years(start: date, end: date) -> int:
    """Count whole years between two days; negative when ``end`` lies before ``start``.

    Agrees with `add_term`: someone born on 29 February is 18 on 28 February 18 years later.
    """
    years = end.year - start.year
    return years if _add_months(start, 12 * years) <= end else years - 1


def plain_term(term: Term, lang: str = "en") -> str:
    """Write a term in words: ``3 months``, ``3 maanden``."""
    dutch = lang == "nl"
    words = (
        (term.years, ("jaar", "jaar") if dutch else ("year", "years")),
        (term.months, ("maand", "maanden") if dutch else ("month", "months")),
        (term.weeks, ("week", "weken") if dutch else ("week", "weeks")),
        (term.days, ("dag", "dagen") if dutch else ("day", "days")),
    )
    return " ".join(f"{n} {one if abs(n) == 1 else many}" for n, (one, many) in words if n)
