# SPDX-License-Identifier: EUPL-1.2
"""A small country that does not exist, for tests of the engine alone."""

from __future__ import annotations

from datetime import date
from typing import Any

from middenstip.pack.model import Pack
from middenstip.rules.assess import assess
from middenstip.rules.results import Assessment, ThreadEvent

REF = [{"source": "ACT", "article": "article 1", "confidence": "verified"}]
DAY = date(2014, 7, 1)


def both(words: str) -> dict[str, str]:
    """A text in both languages."""
    return {"nl": f"{words}-nl", "en": words}


def fact(kind: str, **more: Any) -> dict[str, Any]:
    """A fact with a label that is its own name, given later."""
    return {"type": kind, "category": "any", **more}


def event(*sets: dict[str, Any], **fields: dict[str, Any]) -> dict[str, Any]:
    """An event type that anybody may record."""
    return {
        "category": "any",
        "recorded_by": ["helper"],
        "sets": list(sets),
        "fields": {k: {"label": both(k), **v} for k, v in fields.items()},
    }


def scheme(condition: Any, **span: Any) -> dict[str, Any]:
    """A scheme with one version."""
    version = {"applies_when": condition, "gives": both("help"), "sources": REF}
    return {"need": "help", "versions": [{"valid_from": date(2000, 1, 1), **version, **span}]}


def duty(**more: Any) -> dict[str, Any]:
    """A duty of the helper; ``due`` and ``basis`` go to its only version."""
    due = more.pop("due", [{"term": {"weeks": 2}}])
    version = {"valid_from": date(2000, 1, 1), "due": due, "basis": "law", "sources": REF}
    return {
        "need": "help", "category": "any", "owner": "helper", "versions": [version], **more,
    }  # fmt: skip


FACTS = {
    "a": fact("yes_no"),
    "b": fact("yes_no"),
    "c": fact("yes_no"),
    "n": fact("integer"),
    "d": fact("date"),
    "k": fact("code", code_list="letters"),
    "l": fact("codes", code_list="letters"),
    "m": fact("money"),
}
LETTERS = {
    "label": both("Letters"),
    "items": {k: {"label": both(f"letter {k}")} for k in ("x", "y", "z", "unknown")},
}


def small_pack(**kinds: Any) -> Pack:
    """Return a pack with the facts a b c (yes/no) n d k l m and what a test adds."""
    facts = {**FACTS, **kinds.pop("facts", {})}
    content: dict[str, Any] = {
        "header": {
            "country": "xx",
            "label": both("Nowhere"),
            "version": "1",
            "languages": ["nl", "en"],
            "time_zone": "Europe/Amsterdam",
            "first_day": date(2000, 1, 1),
        },
        "sources": {
            "ACT": {
                "title": "Act",
                "url": "https://act.example",
                "checked_on": date(2020, 1, 1),
            }
        },
        "needs": {"help": {"label": both("Help"), "order": 1}},
        "facts": {k: {"label": both(k.upper()), **v} for k, v in facts.items()},
        "code_lists": {"letters": LETTERS, **kinds.pop("code_lists", {})},
        "organisation_kinds": {
            k: {"label": both(k)} for k in ("helper", "other_helper", "watcher")
        },
        "data_categories": {"any": {"label": both("Any")}},
    }
    for kind in ("events", "schemes", "duties", "guards", "flags"):
        items = kinds.pop(kind, {})
        labelled = kind in ("events", "schemes", "duties")
        shown = {"category": "any"} if kind == "flags" else {}
        content[kind] = {
            k: ({"label": both(k), **v} if labelled else {"sources": REF, **shown, **v})
            for k, v in items.items()
        }
    assert not kinds, f"unknown kinds {kinds}"
    return Pack.model_validate({"purposes": {}, "holidays": {}, **content})


def thread(*items: tuple[Any, ...]) -> list[ThreadEvent]:
    """Return events from (type, day of July 2014 or a date, fields)."""
    found = []
    for place, (kind, on, *fields) in enumerate(items):
        day = on if isinstance(on, date) else date(2014, 7, on)
        found.append(ThreadEvent(place, kind, day, dict(fields[0]) if fields else {}))
    return found


def ask(
    pack: Pack,
    *items: tuple[Any, ...],
    on: date = date(2014, 7, 31),
    lang: str = "en",
    **facts: Any,
) -> Assessment:
    """Assess told facts and a thread on a day."""
    return assess(pack, facts=facts, events=thread(*items), on=on, lang=lang)
