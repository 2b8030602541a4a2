# SPDX-License-Identifier: EUPL-1.2
"""One question a step: the one that settles most first, in the words of who reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from weakref import WeakKeyDictionary

from middenstip.guide.answers import Answers
from middenstip.guide.settled import Settled
from middenstip.pack.model import Fact, Pack
from middenstip.pack.reading import Words
from middenstip.rules.engine import Engine, engine_for
from middenstip.rules.question import next_question

Door = Literal["help", "helping"]
# Texts of the pack in the languages that they were read in. Nothing that somebody answered.
_READ: WeakKeyDictionary[Engine, dict[tuple[int, str], Words]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to choose from: its code and what it is called."""

    code: str
    words: Words


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked now, and why.

    ``type`` is that of the fact: ``yes_no``, ``code`` (one choice), ``codes`` or ``countries``
    (several), ``integer``, ``money`` or ``date``. ``low`` and ``high`` bound a number.
    """

    fact: str
    type: str
    words: Words
    why: Words | None
    hint: Words | None
    choices: tuple[Choice, ...]
    low: float | None
    high: float | None


def next_fact(pack: Pack, settled: Settled, answers: Answers) -> str | None:
    """Return the fact to ask next; None when nothing more can be settled by asking.

    Nothing is asked twice, nor what tells who somebody is. Where a coarser fact follows from a
    finer one (a group of nationalities), the coarser is asked first. What the pack wants to
    know first (is somebody in danger) goes before all, as long as something depends on it.
    """
    never = answers.asked | {key for key, item in pack.facts.items() if item.identifying}
    finer = finer_facts(pack)
    undecided = settled.undecided
    missed = {name for _, names in undecided for name in names}
    for fact in facts_to_ask_first(pack):
        if fact in missed and fact not in never:
            return fact
    trials, view = settled.engine.trials, settled.view
    return next_question(trials, view, undecided, skip=never | finer) or next_question(
        trials, view, undecided, skip=never
    )


def facts_to_ask_first(pack: Pack) -> list[str]:
    """Return the facts that are asked before the one that settles most, most pressing first."""
    places = {k: f.ask_first for k, f in pack.facts.items() if f.askable and f.ask_first}
    return sorted(places, key=lambda fact: places[fact])


def finer_facts(pack: Pack) -> frozenset[str]:
    """Return the facts from which a coarser one that can be asked follows."""
    return frozenset(
        item.compute.group_of
        for item in pack.facts.values()
        if item.askable and item.compute is not None and item.compute.group_of is not None
    )


def question_about(pack: Pack, fact: str, *, door: Door, lang: str) -> Question:
    """Return the question that asks for a fact; raises KeyError when there is no such fact."""
    item = pack.facts[fact]
    several = item.type in ("code", "codes", "countries")
    codes = pack.codes_of(item.code_list) if several and item.code_list else {}
    choices = (
        Choice(code, code_words(pack, item, code, door=door, lang=lang))
        for code in codes
        if code != "unknown"
    )
    return Question(
        fact=fact,
        type=item.type,
        words=asked(pack, fact, door=door, lang=lang),
        why=pack.maybe(item.why, lang),
        hint=pack.maybe(item.hint, lang),
        choices=tuple(choices),
        low=item.minimum,
        high=item.maximum,
    )


def asked(pack: Pack, fact: str, *, door: Door, lang: str) -> Words:
    """Return the words of a question: in the second person to the person it is about."""
    item = pack.facts[fact]
    own = item.ask_you if door == "help" else None
    return words_of(pack, own or item.question or item.label, lang)


def code_words(pack: Pack, item: Fact, code: str, *, door: Door, lang: str) -> Words:
    """Return what a code is called, in its words for the person where it has these."""
    found = pack.codes_of(item.code_list or "")[code]
    own = found.for_you if door == "help" else None
    return words_of(pack, own or found.label, lang)


def words_of(pack: Pack, text: dict[str, str], lang: str) -> Words:
    """Return a text that the pack itself holds, as `Pack.read`, found once for each language.

    A translation is found by a fingerprint, which costs more than all else about a question.
    """
    kept = _READ.setdefault(engine_for(pack), {})
    # The pack holds the text as long as there is anything kept of it.
    key = (id(text), lang)
    found = kept.get(key)
    if found is None:
        found = kept[key] = pack.read(text, lang)
    return found
