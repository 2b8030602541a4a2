# SPDX-License-Identifier: EUPL-1.2
"""A birth date as a statement: what was said, and how precisely.

1 January says more often that only the year was known than that somebody was born on that day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

_FORMS = (
    re.compile(r"(?P<y>\d{4})(?:-(?P<m>\d{1,2})(?:-(?P<d>\d{1,2}))?)?(?:[T ]00:00.*)?"),
    re.compile(r"(?P<y>\d{4})/(?P<m>\d{1,2})/(?P<d>\d{1,2})"),
    re.compile(r"(?P<d>\d{1,2})[-/.](?P<m>\d{1,2})[-/.](?P<y>\d{4})"),
    re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"),
)


@dataclass(frozen=True, slots=True)
class Birth:
    """A stated birth date; month and day are 0 where nothing was said of them."""

    year: int
    month: int = 0
    day: int = 0

    @property
    def guessed(self) -> bool:
        """Whether it is 1 January, which often stands for a year alone."""
        return (self.month, self.day) == (1, 1)

    @property
    def exact(self) -> bool:
        """Whether a day is stated that is not the 1 January of a guess."""
        return self.day > 0 and not self.guessed

    def __str__(self) -> str:
        parts = [f"{self.year:04}"]
        parts += [f"{part:02}" for part in (self.month, self.day) if part]
        return "-".join(parts)


def read_birth(text: str) -> Birth | None:
    """Return what a text says of a birth date, None for an empty text.

    Reads YYYY, YYYY-MM, YYYY-MM-DD, YYYYMMDD, YYYY/MM/DD and D-M-YYYY. Raises ValueError, which
    says what is wrong, for any other text and for a day that no calendar has.
    """
    text = text.strip()
    if not text:
        return None
    for form in _FORMS:
        if found := form.fullmatch(text):
            parts = {name: int(value or 0) for name, value in found.groupdict().items()}
            year, month, day = parts["y"], parts.get("m", 0), parts.get("d", 0)
            try:
                date(year, month or 1, day or 1)
            except ValueError:
                raise ValueError(f"{text!r} is no day of the calendar") from None
            return Birth(year, month, day)
    raise ValueError(f"{text!r} is no birth date; write YYYY, YYYY-MM or YYYY-MM-DD")
