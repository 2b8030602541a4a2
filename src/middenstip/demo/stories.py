# SPDX-License-Identifier: EUPL-1.2
"""The hand-written people of `stories.yaml`, with days that count from the last day."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from importlib.resources import files
from typing import Any

import yaml

from middenstip.demo.life import Life, months_after
from middenstip.demo.parties import REGIONS, Parties
from middenstip.demo.sharing import GIVEN
from middenstip.thread.records import NewIdentity

_PART = re.compile(r"([+-]\d+)([dwmy])")
_IN_DAYS = {"d": 1, "w": 7}
_IN_MONTHS = {"m": 1, "y": 12}
DAY = "day "
WISHED_DAYS = frozenset({"until", "withdrawn"})
RESERVED = frozenset({"day", "who", "event", "told", "taken_back_after"})


def entries() -> list[dict[str, Any]]:
    """Return the stories as they are written, in order."""
    text = files("middenstip.demo").joinpath("stories.yaml").read_text(encoding="utf-8")
    found: list[dict[str, Any]] = yaml.safe_load(text)
    return found


def tell(*, seed: int, parties: Parties, until: date) -> Iterator[Life]:
    """Yield the life of each, the same for every seed but for ids and times of day."""
    for number, entry in enumerate(entries(), start=1):
        life = Life(number=-number, seed=seed, parties=parties, region=REGIONS[0], until=until)
        life.settle_in_first_offices()
        life.pseudonym = entry["pseudonym"]
        if "name" in entry:
            life.identity = NewIdentity(**entry["name"])
        life.wishes = {
            kind: {
                name: day_of(value, until) if name in WISHED_DAYS else value
                for name, value in wish.items()
            }
            for kind, wish in entry.get("wishes", {}).items()
        }
        life.bring_in("care_coordinator", "legal_aid", *life.wishes)
        for happening in entry["events"]:
            _happens(life, happening)
        yield life


def day_of(text: str, until: date) -> date:
    """Return a day such as ``-3m-10d`` before (or after) the last day: days first.

    Raises ValueError for text that is no such term.
    """
    if _PART.sub("", text):
        raise ValueError(f"{text!r} is no number of days, weeks, months or years")
    days = months = 0
    for number, unit in _PART.findall(text):
        days += int(number) * _IN_DAYS.get(unit, 0)
        months += int(number) * _IN_MONTHS.get(unit, 0)
    return months_after(until + timedelta(days=days), months)


def _happens(life: Life, happening: dict[str, Any]) -> None:
    on = day_of(happening["day"], life.until)
    who = happening["who"]
    if "told" in happening:
        life.told(on, who, known_after=0, **_values(happening["told"], life.until))
        return
    if happening["event"] == GIVEN:
        life.agrees(on, who, happening["recipient"], happening["purpose"], known_after=0)
        return
    fields = {name: value for name, value in happening.items() if name not in RESERVED}
    note = life.happens(
        on, who, happening["event"], known_after=0, **_values(fields, life.until)
    )
    if note and "taken_back_after" in happening:
        life.correct(note, on + timedelta(days=happening["taken_back_after"]), None)


def _values(fields: dict[str, Any], until: date) -> dict[str, Any]:
    return {
        name: day_of(value.removeprefix(DAY), until)
        if isinstance(value, str) and value.startswith(DAY)
        else value
        for name, value in fields.items()
    }
