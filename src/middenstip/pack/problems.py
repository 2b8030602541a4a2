# SPDX-License-Identifier: EUPL-1.2
"""What can be wrong with a pack, said so that an editor can mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Literal


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend: where (file, line, key path), what, and what would be accepted.

    ``line`` counts from 1 and is None where no line can be named. An ``error`` makes the pack
    unusable; a ``warning`` is shown and changes no exit status.
    """

    file: str
    path: str
    message: str
    line: int | None = None
    level: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        where = f"{place}: {self.path}" if self.path else place
        return f"{where}: {self.message}"


class PackError(ValueError):
    """A pack cannot be used. ``problems`` holds every reason found, at least one."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class NoLawInForce(LookupError):
    """No version of a scheme or duty holds on a day; the message says when one does."""

    def __init__(self, name: str, day: date, held: Iterable[tuple[date, date | None]]) -> None:
        self.name, self.day = name, day
        spans = "; ".join(
            f"{start.isoformat()} to {end.isoformat() if end else 'now'}" for start, end in held
        )
        super().__init__(
            f"{name}: no version is in force on {day.isoformat()}; versions hold: {spans}"
        )


def nearest(word: object, known: Iterable[str]) -> str:
    """Return advice that names the nearest known words, or all of them when there are few.

    The answer is empty or starts with a separator, so that it can end a message.
    """
    words = sorted(known)
    folded = {w.casefold(): w for w in words}
    near = get_close_matches(str(word).casefold(), list(folded), n=3, cutoff=0.6)
    if near:
        return "; did you mean " + " or ".join(folded[w] for w in near) + "?"
    if not words:
        return ""
    shown = ", ".join(words[:12]) + (", ..." if len(words) > 12 else "")
    return f"; known: {shown}"
