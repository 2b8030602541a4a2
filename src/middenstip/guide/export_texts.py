# SPDX-License-Identifier: EUPL-1.2
"""All that one door of the guide can say in one language, as JSON for the browser.

In two parts: what a question needs, and what only a result needs.

A text stands as it is when it is in the language of the page, otherwise as [text, language].
What changes with the law stands once for each day on which it changes: [first day, content].
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

from middenstip.guide import pages
from middenstip.guide.compiled import turning_days
from middenstip.guide.conversation import Door, question_about
from middenstip.guide.export_templates import compile_page
from middenstip.guide.languages import LANGUAGES, say
from middenstip.guide.result import (
    AmountLine,
    GuideResult,
    NeedResult,
    Offer,
    contact_line,
    offer_of,
)
from middenstip.guide.templatetags.guide import ANSWERS, amount
from middenstip.pack.model import Pack
from middenstip.pack.reading import Words

STATES = ("applies", "may", "not")
_SLICE = re.compile(r'<a class="ms-wheel__sector.*?</a>', re.DOTALL)


def question_texts(
    pack: Pack, rules: Mapping[str, Any], door: Door, lang: str
) -> dict[str, Any]:
    """Return what a door says while it asks, in a language; ``rules`` are the compiled ones."""
    return {
        "lang": lang,
        "door": door,
        "rtl": [language.code for language in LANGUAGES.values() if language.rtl],
        "pages": {name: compile_page(f"guide/{name}.html", lang) for name in _PAGES},
        "name": say("Information", lang).text,
        "said": {kind: _words(say(text, lang), lang) for kind, text in ANSWERS.items()},
        "needs": {k: _words(pack.read(n.label, lang), lang) for k, n in pack.needs.items()},
        "wheel": _wheel(pack, rules["needs"], door, lang),
        "questions": {
            fact: _plain(question_about(pack, fact, door=door, lang=lang), lang)
            for fact, item in rules["facts"].items()
            if item.get("askable")
        },
        "regions": [[code, _words(words, lang)] for code, words in pages.regions(pack, lang)],
    }


def result_texts(
    pack: Pack, rules: Mapping[str, Any], door: Door, lang: str, first_day: date, paper: bool
) -> dict[str, Any]:
    """Return what a door says in its result, in a language, from a day on; ``paper``: the
    sheets to hand over go along."""
    sheets = pages.sheets(pack, lang, first_day) if paper else []
    return {
        "sheets": [[key, _words(words, lang)] for key, words in sheets],
        "offers": _offers(pack, rules, door, lang, first_day),
        "contacts": {
            key: {**_plain(contact_line(pack, key, lang), lang), "needs": list(item.needs)}
            for key, item in pack.directory.items()
        },
    }


_PAGES = ("question", "result")


def _words(found: Words, lang: str) -> Any:
    return found.text if found.lang == lang else [found.text, found.lang]


def _plain(item: Any, lang: str) -> Any:
    """Return a part of a result as JSON; what is empty is left out."""
    if isinstance(item, Words):
        return _words(item, lang)
    if isinstance(item, AmountLine):
        shown = str(amount({"lang": lang}, item))  # type: ignore[arg-type]
        return {**_fields(item, lang), "shown": shown}
    if is_dataclass(item):
        return _fields(item, lang)
    if isinstance(item, tuple):
        return [_plain(part, lang) for part in item]
    return item.isoformat() if isinstance(item, date) else item


def _fields(item: Any, lang: str) -> dict[str, Any]:
    found = {}
    for field in fields(item):
        value = getattr(item, field.name)
        if value is not None and value != ():
            found[field.name] = _plain(value, lang)
    return found


def _offers(
    pack: Pack, rules: Mapping[str, Any], door: Door, lang: str, first_day: date
) -> dict[str, Any]:
    schemes = dict.fromkeys(scheme["id"] for scheme in rules["schemes"])
    days = turning_days(pack, first_day)
    found = {}
    for scheme_id in schemes:
        spans: list[list[Any]] = []
        for day in days:
            offer = offer_of(pack, scheme_id, door=door, lang=lang, on=day)
            shown = _offer(offer, lang) if offer is not None else None
            if shown is not None and (not spans or spans[-1][1] != shown):
                spans.append([day.isoformat(), shown])
        found[scheme_id] = spans
    return found


def _offer(offer: Offer, lang: str) -> dict[str, Any]:
    shown = _fields(offer, lang)
    # Contacts stand once, for all schemes; what decided depends on the answers.
    shown["contacts"] = [contact.id for contact in offer.contacts]
    for name in ("outcome", "because", "missing", "sources"):
        shown.pop(name, None)
    return shown


def _wheel(pack: Pack, needs: Iterable[str], door: Door, lang: str) -> dict[str, Any]:
    """Return the drawing in parts: before the sectors, each sector in each state, after."""
    order = list(needs)
    drawn = {}
    for state in STATES:
        results = tuple(
            NeedResult(need, pack.read(pack.needs[need].label, lang), state, ())  # type: ignore[arg-type]
            for need in order
        )
        drawn[state] = str(pages.wheel(_result(results, door, lang)))
    slices = {state: _SLICE.findall(svg) for state, svg in drawn.items()}
    if any(len(found) != len(order) for found in slices.values()):
        raise ValueError("the drawing of the wheel has not one sector for each need")
    whole = drawn["not"]
    first, last = slices["not"][0], slices["not"][-1]
    return {
        "before": whole[: whole.index(first)],
        "sectors": [
            {"need": need, **{state: slices[state][place] for state in STATES}}
            for place, need in enumerate(order)
        ],
        "after": whole[whole.rindex(last) + len(last) :],
    }


def _result(needs: tuple[NeedResult, ...], door: Door, lang: str) -> GuideResult:
    return GuideResult(lang, date.min, door, (), needs, None, 0, (), ())
