# SPDX-License-Identifier: EUPL-1.2
"""The answers of one visitor: they live in the body of a request and nowhere else.

An answer travels as a form field ``a.<fact>``. Its value is ``yes`` or ``no``, a code (several
fields of one name for a list), a number, a day (``2024-05-17``, or only ``2024-05`` or ``2024``
where no more is known), ``?`` for *I don't know* or ``-`` for *I'd rather not say*. A day may
also come in parts: ``a.<fact>.y``, ``.m`` and ``.d``. The order of the fields is the order of
asking.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from middenstip.pack.model import Fact, Pack
from middenstip.rules.results import Value

PREFIX = "a."
DONT_KNOW = "?"
RATHER_NOT = "-"
FIRST_YEAR = 1900
YEARS_AHEAD = 10
LONGEST = 60
MOST_FIELDS = 200
MOST_CODES = 30

Trouble = Literal[
    "no_such_fact", "empty", "no_choice", "no_number", "out_of_bounds", "no_day", "too_many"
]
_PARTIAL = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", re.ASCII)
_PARTS = ("y", "m", "d")


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered to one question.

    ``raw`` is how it travels. ``value`` is typed as the pack says; None when the question was
    skipped (``raw`` is ``?`` or ``-``) or when only a part of the day is known: then ``first``
    and ``last`` are the days between which it lies.
    """

    fact: str
    raw: tuple[str, ...]
    value: Value | None = None
    first: date | None = None
    last: date | None = None

    @property
    def skipped(self) -> bool:
        """Whether the visitor did not know, or would rather not say."""
        return self.raw in ((DONT_KNOW,), (RATHER_NOT,))

    @property
    def days(self) -> Iterator[date]:
        """Every day that a day known in part may be; none for any other answer."""
        if self.first is not None and self.last is not None:
            for place in range((self.last - self.first).days + 1):
                yield self.first + timedelta(days=place)


@dataclass(frozen=True, slots=True)
class Refused:
    """A field that could not be read as an answer, and why. It counts as not answered."""

    fact: str
    trouble: Trouble


@dataclass(frozen=True, slots=True)
class Answers:
    """All answers of one visitor, in the order of asking."""

    given: tuple[Answer, ...] = ()

    @property
    def facts(self) -> dict[str, Value]:
        """The facts that are known, typed for the rules."""
        return {a.fact: a.value for a in self.given if a.value is not None}

    @property
    def asked(self) -> frozenset[str]:
        """The facts that were answered or skipped: none of these is asked again."""
        return frozenset(a.fact for a in self.given)

    @property
    def partial(self) -> tuple[Answer, ...]:
        """The days that are known in part."""
        return tuple(a for a in self.given if a.first is not None)

    def of(self, fact: str) -> Answer | None:
        """Return the answer about a fact, None when it was not asked."""
        return next((a for a in self.given if a.fact == fact), None)

    def without(self, fact: str) -> Answers:
        """Return all other answers."""
        return Answers(tuple(a for a in self.given if a.fact != fact))

    @property
    def fields(self) -> list[tuple[str, str]]:
        """The form fields that carry the answers on, as (name, value)."""
        return [(PREFIX + a.fact, raw) for a in self.given for raw in a.raw]


def read_answers(
    pack: Pack, fields: Iterable[tuple[str, Sequence[str]]], on: date
) -> tuple[Answers, tuple[Refused, ...]]:
    """Return the answers in the fields of a form, and what could not be read as one.

    ``fields`` are (name, values) in the order of the form; names without the prefix of an
    answer are passed over. ``on`` is the day asked: no day may lie far beyond it.
    """
    raw: dict[str, list[str]] = {}
    parts: dict[str, dict[str, str]] = {}
    refused: list[Refused] = []
    for place, (name, values) in enumerate(fields):
        if place >= MOST_FIELDS:
            refused.append(Refused("", "too_many"))
            break
        if not name.startswith(PREFIX):
            continue
        fact, _, part = name.removeprefix(PREFIX).partition(".")
        if fact not in pack.facts or not pack.facts[fact].askable:
            refused.append(Refused(fact[:LONGEST], "no_such_fact"))
        elif part in _PARTS:
            parts.setdefault(fact, {})[part] = values[-1].strip() if values else ""
            raw.setdefault(fact, [])
        else:
            raw.setdefault(fact, []).extend(value.strip()[:LONGEST] for value in values)
    given: list[Answer] = []
    for fact, values in raw.items():
        found = _read(pack, fact, values or _day(parts.get(fact, {})), on)
        if isinstance(found, Answer):
            given.append(found)
        else:
            refused.append(found)
    return Answers(tuple(given)), tuple(refused)


def read_answer(pack: Pack, fact: str, raw: Sequence[str], on: date) -> Answer | Refused:
    """Return one answer from how it travels, or why it cannot be read."""
    return _read(pack, fact, list(raw), on)


def _read(pack: Pack, fact: str, raw: list[str], on: date) -> Answer | Refused:
    for skip in (DONT_KNOW, RATHER_NOT):
        if skip in raw:
            return Answer(fact, (skip,))
    raw = [value for value in raw if value]
    if not raw:
        return Refused(fact, "empty")
    item = pack.facts[fact]
    match item.type:
        case "codes" | "countries":
            return _codes(pack, fact, item, raw)
        case "date":
            return _date(fact, raw[-1], on)
        case "integer" | "money":
            return _number(fact, item, raw[-1])
        case "code":
            codes = pack.codes_of(item.code_list or "")
            if raw[-1] in codes and raw[-1] != "unknown":
                return Answer(fact, (raw[-1],), raw[-1])
        case "yes_no":
            if raw[-1] in ("yes", "no"):
                return Answer(fact, (raw[-1],), raw[-1] == "yes")
    return Refused(fact, "no_choice")


def _codes(pack: Pack, fact: str, item: Fact, raw: list[str]) -> Answer | Refused:
    codes = pack.codes_of(item.code_list or "")
    chosen = tuple(dict.fromkeys(raw))
    if len(chosen) > MOST_CODES:
        return Refused(fact, "too_many")
    if any(code not in codes or code == "unknown" for code in chosen):
        return Refused(fact, "no_choice")
    return Answer(fact, chosen, chosen)


def _number(fact: str, item: Fact, raw: str) -> Answer | Refused:
    pattern = r"\d{1,9}" if item.type == "integer" else r"\d{1,9}([.,]\d{1,2})?"
    if not re.fullmatch(pattern, raw, re.ASCII):
        return Refused(fact, "no_number")
    plain = raw.replace(",", ".")
    value = int(plain) if "." not in plain else float(plain)
    low = 0 if item.minimum is None else item.minimum
    if value < low or (item.maximum is not None and value > item.maximum):
        return Refused(fact, "out_of_bounds")
    return Answer(fact, (plain,), value)


def _day(parts: dict[str, str]) -> list[str]:
    """Return a day that came in parts as it travels, without the parts left empty."""
    year, month, day = (parts.get(name, "") for name in _PARTS)
    if day and not month:
        return ["no day"]
    shown = "-".join(part.zfill(2) for part in (year, month, day) if part)
    return [shown] if year or not (month or day) else ["no day"]


def _date(fact: str, raw: str, on: date) -> Answer | Refused:
    found = _PARTIAL.fullmatch(raw)
    if not found:
        return Refused(fact, "no_day")
    year, month, day = (int(part) if part else None for part in found.groups())
    if year is None or not FIRST_YEAR <= year <= on.year + YEARS_AHEAD:
        return Refused(fact, "no_day")
    try:
        first = date(year, month or 1, day or 1)
    except ValueError:
        return Refused(fact, "no_day")
    if day is not None:
        return Answer(fact, (first.isoformat(),), first)
    last_month = month or 12
    last = date(year, last_month, monthrange(year, last_month)[1])
    travels = f"{year:04}" if month is None else f"{year:04}-{month:02}"
    return Answer(fact, (travels,), None, first, last)
