# SPDX-License-Identifier: EUPL-1.2
"""Reading what somebody puts in: a JSON file of facts and events, checked against the pack.

Every problem is told at once, each in one line: where, what is wrong, and what would do.
Nothing is guessed: a value of the wrong type is a problem, not something to convert.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from middenstip import clock
from middenstip.pack.model import EventField, EventType, Fact, Pack
from middenstip.pack.problems import nearest
from middenstip.rules.engine import engine_for
from middenstip.rules.results import ThreadEvent

MOST_BYTES = 20_000_000
MOST_EVENTS = 10_000
LONGEST_TEXT = 10_000
MOST_MONEY = 1e12
FIRST_DAY = date(1900, 1, 1)
_MOST_LINES = 100
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
# Days that an event tells about what comes after it.
_NOT_BEFORE_EVENT = frozenset({"final_on", "planned_end", "valid_until"})


class BadInput(ValueError):
    """What was put in cannot be used; ``problems`` holds one line for each reason."""

    def __init__(self, problems: Iterable[str]) -> None:
        found = list(problems)
        self.problems = found[:_MOST_LINES]
        if len(found) > _MOST_LINES:
            self.problems.append(f"and {len(found) - _MOST_LINES} more problems")
        super().__init__("\n".join(self.problems))


def day_asked(on: str | None) -> date:
    """Return the day that the option ``--on`` names, today without one; raises BadInput."""
    if on is None:
        return clock.today()
    try:
        return date.fromisoformat(on) if len(on) == 10 else date.fromisoformat("")
    except ValueError:
        raise BadInput([f"--on: {on!r} is no date; write it as 2014-07-01"]) from None


def read_input(
    pack: Pack, content: bytes, on: date
) -> tuple[dict[str, Any], list[ThreadEvent]]:
    """Return the typed facts and events of a JSON document, ids being places in the list.

    ``on`` is the day asked: nobody is born after it. Raises BadInput with every problem.
    """
    reader = Reader(pack, on)
    document = reader.parse(content)
    facts, events = reader.document(document)
    if reader.problems:
        raise BadInput(reader.problems)
    return facts, events


class Reader:
    """Checks the parts of a document and gathers what is wrong in ``problems``."""

    def __init__(self, pack: Pack, on: date) -> None:
        self.pack = pack
        self.engine = engine_for(pack)
        self.on = on
        self.born: date | None = None
        self.problems: list[str] = []

    def problem(self, where: str, what: str) -> None:
        """Note that something is wrong at a place."""
        self.problems.append(f"{where}: {what}")

    def parse(self, content: bytes) -> Any:
        """Return the JSON document in UTF-8 (a byte order mark is let pass); raises BadInput
        where there is none to look into."""
        if len(content) > MOST_BYTES:
            raise BadInput([f"the file holds more than {MOST_BYTES:,} bytes"])
        if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise BadInput(["the file is in UTF-16; save it as UTF-8"])
        try:
            document = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise BadInput(
                [f"byte {error.start + 1} is not UTF-8; save the file as UTF-8"]
            ) from None
        if not document.strip():
            raise BadInput(['the file is empty; expected {"facts": {...}, "events": [...]}'])
        try:
            return json.loads(
                document, object_pairs_hook=self._object, parse_constant=_no_constant
            )
        except json.JSONDecodeError as error:
            raise BadInput(
                [f"line {error.lineno}, column {error.colno}: not JSON: {error.msg}"]
            ) from None
        except RecursionError:
            raise BadInput(["the file is nested too deeply"]) from None
        except ValueError as error:
            raise BadInput([f"not JSON: {str(error).splitlines()[0]}"]) from None

    def document(self, document: Any) -> tuple[dict[str, Any], list[ThreadEvent]]:
        """Return the facts and events of a parsed document."""
        if not isinstance(document, dict):
            self.problem(
                "the file", f"holds {_kind(document)}, not an object with facts and events"
            )
            return {}, []
        for key in document:
            if key not in ("facts", "events"):
                self.problem(_show(key), f"unknown key{nearest(key, ('facts', 'events'))}")
        facts = self.facts("facts", document.get("facts"), self.on)
        self.born = facts.get("birth_date")
        return facts, self.events(document.get("events"))

    def facts(self, where: str, given: Any, on: date) -> dict[str, Any]:
        """Return told facts, typed; None means not known and is left out."""
        if given is None:
            return {}
        if not isinstance(given, dict):
            self.problem(where, f"is {_kind(given)}; expected an object of fact: value")
            return {}
        found = {}
        for key, value in given.items():
            place = f"{where}.{_show(key)}"
            if key not in self.pack.facts:
                self.problem(place, f"there is no such fact{nearest(key, self.pack.facts)}")
            elif value is not None:
                typed = self.value(place, self.pack.facts[key], value)
                if typed is not None:
                    found[key] = typed
        born = found.get("birth_date")
        if born is not None and born > on:
            self.problem(f"{where}.birth_date", f"{born} lies after {on}, the day it is about")
        return found

    def events(self, given: Any) -> list[ThreadEvent]:
        """Return events, typed; an event that is wrong is left out and told."""
        if given is None:
            return []
        if not isinstance(given, list):
            self.problem("events", f"is {_kind(given)}; expected a list of events")
            return []
        if len(given) > MOST_EVENTS:
            self.problem(
                "events", f"holds {len(given)} events; at most {MOST_EVENTS:,} are read"
            )
            return []
        ids = {
            item["id"]: place
            for place, item in enumerate(given)
            if isinstance(item, dict) and isinstance(item.get("id"), str)
        }
        found = []
        for place, item in enumerate(given):
            event = self.event(f"events[{place}]", item, place, ids)
            if event is not None:
                found.append(event)
        return found

    def event(
        self, where: str, item: Any, place: int, ids: Mapping[str, int], inner: bool = False
    ) -> ThreadEvent | None:
        """Return one event, or None when it is wrong. ``inner``: it stands in a correction."""
        if not isinstance(item, dict):
            self.problem(where, f"is {_kind(item)}; expected an object with type and on")
            return None
        before = len(self.problems)
        kind = self._type(where, item, inner)
        on = self._day_of(where, item)
        fields = {k: v for k, v in item.items() if k not in ("type", "on")}
        event_id = fields.pop("id", None)
        if event_id is not None and (not isinstance(event_id, str) or inner):
            self.problem(f"{where}.id", "an id is a text, on the event itself")
        if kind is None:
            return None
        if kind == "corrected":
            typed = self._correction(where, fields, place, ids)
        elif kind == "facts_recorded":
            typed = self._recorded(where, fields, on or self.on)
        else:
            typed = self.fields(where, self.pack.events[kind], fields, on)
        if on is None or len(self.problems) > before:
            return None
        return ThreadEvent(place, kind, on, typed)

    def fields(
        self, where: str, event: EventType, given: Mapping[str, Any], on: date | None
    ) -> dict[str, Any]:
        """Return the fields of an event, typed; a field that is not given is not known."""
        found = {}
        for key, value in given.items():
            place = f"{where}.{_show(key)}"
            if key not in event.fields:
                known = ("type", "on", *event.fields)
                self.problem(place, f"there is no such field{nearest(key, known)}")
            elif value is not None:
                typed = self.value(place, event.fields[key], value)
                if typed is not None:
                    found[key] = typed
                if key in _NOT_BEFORE_EVENT and on and typed is not None and typed < on:
                    self.problem(place, f"{typed} lies before {on}, the day of the event")
        return found

    def value(self, where: str, item: Fact | EventField, value: Any) -> Any:
        """Return one value, typed as declared; None (and a problem) when it is not that."""
        match item.type:
            case "date":
                return self._date(where, value)
            case "yes_no":
                if isinstance(value, bool):
                    return value
                self.problem(where, f"is {_kind(value)}; expected true, false or null")
            case "integer" | "money":
                return self._number(where, item, value)
            case "code" | "country":
                return self._code(where, item, value)
            case "codes" | "countries":
                return self._codes(where, item, value)
            case _:
                return self._text(where, value)
        return None

    def _type(self, where: str, item: Mapping[str, Any], inner: bool) -> str | None:
        kind = item.get("type")
        known = set(self.pack.events) | (
            {"facts_recorded"} if inner else {"facts_recorded", "corrected"}
        )
        if not isinstance(kind, str):
            self.problem(f"{where}.type", "is missing" if kind is None else f"is {_kind(kind)}")
        elif inner and kind == "corrected":
            self.problem(f"{where}.type", "a correction puts no correction in place")
        elif kind not in known:
            self.problem(
                f"{where}.type", f"there is no event type {_show(kind)}{nearest(kind, known)}"
            )
        else:
            return kind
        return None

    def _day_of(self, where: str, item: Mapping[str, Any]) -> date | None:
        if item.get("on") is None:
            self.problem(f"{where}.on", "is missing; tell the day as 2014-07-01")
            return None
        on = self._date(f"{where}.on", item["on"])
        if on is not None and self.born is not None and on < self.born:
            self.problem(
                f"{where}.on", f"{on} lies before the birth of this person ({self.born})"
            )
        return on

    def _correction(
        self, where: str, fields: dict[str, Any], place: int, ids: Mapping[str, int]
    ) -> dict[str, Any]:
        for key in fields:
            if key not in ("corrects", "replaced_by"):
                advice = nearest(key, ("corrects", "replaced_by"))
                self.problem(f"{where}.{_show(key)}", f"there is no such field{advice}")
        target = fields.get("corrects")
        if isinstance(target, str):
            target = ids.get(target)
        if not isinstance(target, int) or isinstance(target, bool) or not 0 <= target < place:
            self.problem(
                f"{where}.corrects",
                f"{_show(fields.get('corrects'))} names no earlier event; use the place of one "
                f"in the list (0 to {place - 1})"
                if place
                else "there is no earlier event to correct",
            )
        new = fields.get("replaced_by")
        if new is None:
            return {"corrects": target, "replaced_by": None}
        event = self.event(f"{where}.replaced_by", new, place, ids, inner=True)
        replaced = (
            {"type": event.type, "on": event.on, "fields": event.fields} if event else None
        )
        return {"corrects": target, "replaced_by": replaced}

    def _recorded(self, where: str, fields: dict[str, Any], on: date) -> dict[str, Any]:
        for key in fields:
            if key != "facts":
                self.problem(
                    f"{where}.{_show(key)}", f"there is no such field{nearest(key, ['facts'])}"
                )
        given = fields.get("facts")
        unknown = (
            {key: None for key in given if given[key] is None and key in self.pack.facts}
            if isinstance(given, dict)
            else {}
        )
        return {"facts": {**self.facts(f"{where}.facts", given, on), **unknown}}

    def _date(self, where: str, value: Any) -> date | None:
        if not isinstance(value, str):
            self.problem(where, f"is {_kind(value)}; expected a date as 2014-07-01")
            return None
        try:
            day = date.fromisoformat(value) if _DAY.fullmatch(value) else None
        except ValueError:
            day = None
        if day is None:
            self.problem(where, f"{_show(value)} is no date; write it as 2014-07-01")
        elif day < FIRST_DAY:
            self.problem(where, f"{day} lies before {FIRST_DAY}")
            return None
        return day

    def _number(self, where: str, item: Fact | EventField, value: Any) -> float | None:
        whole = item.type == "integer"
        if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
            expected = "a whole number" if whole else "an amount of euros as a number"
            self.problem(where, f"is {_kind(value)}; expected {expected}")
            return None
        if not math.isfinite(value) if isinstance(value, float) else abs(value) > MOST_MONEY:
            self.problem(where, "is too large a number")
            return None
        low = item.minimum if item.minimum is not None else 0
        high = item.maximum if item.maximum is not None else MOST_MONEY
        if not low <= value <= high:
            bound = f"at least {low:g}" if value < low else f"at most {high:g}"
            self.problem(where, f"{value} is out of bounds; expected {bound}")
            return None
        if isinstance(value, float) and round(value, 2) != value:
            self.problem(where, f"{value} is no amount in euros and cents")
            return None
        return value

    def _code(self, where: str, item: Fact | EventField, value: Any) -> str | None:
        if not isinstance(value, str):
            self.problem(where, f"is {_kind(value)}; expected a code as text")
            return None
        codes = self.engine.codes(item.code_list)
        if value not in codes:
            self.problem(where, f"{_show(value)} is not a known value{nearest(value, codes)}")
            return None
        return value

    def _codes(self, where: str, item: Fact | EventField, value: Any) -> tuple[str, ...] | None:
        if not isinstance(value, list):
            self.problem(where, f"is {_kind(value)}; expected a list of codes")
            return None
        codes = set(self.engine.codes(item.code_list)) | {"unknown"}
        found: dict[str, None] = {}
        for place, code in enumerate(value):
            if not isinstance(code, str):
                self.problem(f"{where}[{place}]", f"is {_kind(code)}; expected a code as text")
            elif code not in codes:
                self.problem(
                    f"{where}[{place}]",
                    f"{_show(code)} is not a known value{nearest(code, codes)}",
                )
            else:
                found[code] = None
        return tuple(found)

    def _text(self, where: str, value: Any) -> str | None:
        if not isinstance(value, str):
            self.problem(where, f"is {_kind(value)}; expected text")
        elif len(value) > LONGEST_TEXT:
            self.problem(
                where, f"has {len(value)} characters; at most {LONGEST_TEXT:,} are read"
            )
        elif any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\r\t" for c in value):
            self.problem(where, "holds control characters; leave them out")
        else:
            return value
        return None

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            if key in found:
                self.problem(_show(key), "this key stands twice in one object")
            found[key] = value
        return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def _show(value: Any) -> str:
    """Return a short printable form of something put in."""
    shown = value if isinstance(value, str) and value.isidentifier() else repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."


def _kind(value: Any) -> str:
    """Name the kind of a JSON value."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return f"the text {_show(value)}" if value else "an empty text"
    kinds = {int: "a number", float: "a number", list: "a list", dict: "an object"}
    return kinds.get(type(value), "something else")
