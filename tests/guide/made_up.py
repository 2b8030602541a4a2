# SPDX-License-Identifier: EUPL-1.2
"""Made-up answers of made-up persons, the same at every run, to hold two judges equal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from middenstip.guide.compiled import compile_rules
from middenstip.pack.model import Fact, Pack
from middenstip.rules.engine import engine_for

WRONG = ("", "abc", "-1", "2024-13-01", "2023-02-29", "0000", "99999999999", "1.234", "unknown")


def told(pack: Pack, random: Random, day: date) -> dict[str, Any]:
    """Return what is known of one person: any part of the facts, of every type."""
    much = random.choice((0.02, 0.15, 0.4, 0.7, 0.95))
    return {
        fact: _value(pack, fact, item, random, day)
        for fact, item in pack.facts.items()
        if random.random() < much
    }


def fields(
    pack: Pack, facts: Iterable[str], random: Random, day: date
) -> list[tuple[str, list[str]]]:
    """Return what one visitor fills in, in any order: some of it skipped, vague or wrong."""
    much = random.choice((0.05, 0.3, 0.7))
    chosen = [fact for fact in facts if random.random() < much]
    random.shuffle(chosen)
    return [(fact, _raw(pack, fact, random, day)) for fact in chosen]


def visits(pack: Pack, random: Random, day: date, many: int) -> Iterator[list[tuple[str, str]]]:
    """Yield forms as browsers send them, and as no browser would; the first is empty."""
    facts = [k for k, item in compile_rules(pack, day)["facts"].items() if item.get("askable")]
    yield []
    for _ in range(many - 1):
        filled = fields(pack, facts, random, day)
        sent = [(f"a.{fact}", one) for fact, raw in filled for one in raw]
        luck = random.random()
        if filled and luck < 0.3:
            sent.append(("q", filled[-1][0]))
        if luck < 0.5:
            sent.append(("show", "1"))
        elif luck < 0.6:
            sent.append(("back", "1"))
        elif filled and luck < 0.7:
            sent.append(("ask", filled[0][0]))
        elif luck < 0.75:
            fact = random.choice([f for f in facts if pack.facts[f].type == "date"])
            parts = random.choice((("5", "1", "2024"), ("", "12", "2023"), ("1", "", "2024")))
            sent += [
                (f"a.{fact}.{name}", part) for name, part in zip("dmy", parts, strict=True)
            ]
            sent.append(("q", fact))
        if random.random() < 0.3:
            sent.append(("r", random.choice(("NL-UT", "utrecht", "national", "nowhere"))))
        yield sent


def _raw(pack: Pack, fact: str, random: Random, day: date) -> list[str]:
    luck = random.random()
    if luck < 0.15:
        return [random.choice("?-")]
    if luck < 0.2:
        return [random.choice(WRONG)]
    value = _value(pack, fact, pack.facts[fact], random, day)
    if isinstance(value, bool):
        return ["yes" if value else "no"]
    if isinstance(value, date):
        # A whole day, a month or a year; a year has so many days that two are seldom tried.
        return [value.isoformat()[: random.choice((10, 10, 10, 10, 7, 7, 4))]]
    return list(value) if isinstance(value, tuple) else [str(value)]


def _value(pack: Pack, fact: str, item: Fact, random: Random, day: date) -> Any:
    named = _named(pack, fact, day)
    if named and random.random() < 0.4:
        return random.choice(named)
    codes = list(engine_for(pack).codes(item.code_list))
    match item.type:
        case "yes_no":
            return random.random() < 0.5
        case "code":
            return random.choice(codes)
        case "codes" | "countries":
            return tuple(random.sample(codes, random.randint(0, min(3, len(codes)))))
        case "date":
            return day + timedelta(days=random.randint(-20_000, 800))
        case "integer":
            return random.randint(int(item.minimum or 0), int(item.maximum or 120))
    return random.choice((0, 5000, round(random.uniform(0, 20_000), 2)))


def _named(pack: Pack, fact: str, day: date) -> list[Any]:
    """Return the values on which conditions turn, and for lists some that are not sure."""
    trials = engine_for(pack).trials
    if fact not in trials.askable:
        return []
    values = list(trials.values(fact, day))
    if pack.facts[fact].type in ("codes", "countries"):
        values += [("unknown",), *((*value, "unknown") for value in values)]
    return values
