# SPDX-License-Identifier: EUPL-1.2
"""The result of the guide: by need what exists for this person, why, and what is still open.

Made from the answers alone and kept nowhere. What words a page puts around it (yes, no, open)
is for the page; all that comes from the pack carries the language it is in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal
from weakref import WeakKeyDictionary

from middenstip.guide.answers import RATHER_NOT, Answer, Answers
from middenstip.guide.conversation import (
    Door,
    Question,
    asked,
    code_words,
    next_fact,
    question_about,
    words_of,
)
from middenstip.guide.settled import Judged, Settled, settle
from middenstip.pack.cited import Cited
from middenstip.pack.model import Pack, Scheme
from middenstip.pack.reading import Words
from middenstip.rules.engine import Engine, Provision

MOST_FIRST = 3
MOST_KEPT = 8192

SaidKind = Literal["yes", "no", "value", "dont_know", "rather_not", "open"]
State = Literal["applies", "may", "not"]


@dataclass(frozen=True, slots=True)
class Said:
    """A question and what was answered to it.

    ``kind`` is the answer where it is the same for every question: yes, no, not known, rather
    not said, or not asked yet (``open``). For ``value`` the answer is ``words``: codes in
    words, a number in digits, a day (or the known part of it) as 2024-05-17.
    """

    fact: str
    question: Words
    kind: SaidKind
    words: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True)
class ContactLine:
    """Whom to call or visit; ``checked_on`` is the day somebody last tried it."""

    id: str
    label: Words
    what: Words | None
    phone: str | None
    phone_note: Words | None
    hours: Words | None
    site: str | None
    email: str | None
    regions: tuple[str, ...]
    checked_on: date | None
    source: Cited


@dataclass(frozen=True, slots=True)
class AmountLine:
    """An amount as it stands on the day; ``valid_from`` says since when."""

    id: str
    label: Words
    value: float
    unit: str
    per: str | None
    valid_from: date
    valid_to: date | None
    source: Cited


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that exists for this person, for certain or perhaps.

    ``need`` is the one it belongs to; it may serve others too. ``because`` are the answers that
    decided it, ``missing`` the questions that still decide.
    ``unverified``: a source of it was not read in the text itself.
    """

    scheme_id: str
    need: str
    title: Words
    words: Words
    outcome: Literal["applies", "unknown"]
    because: tuple[Said, ...]
    missing: tuple[Said, ...]
    steps: tuple[Words, ...]
    deadline: Words | None
    contact: Words | None
    contacts: tuple[ContactLine, ...]
    sources: tuple[Cited, ...]
    conflicts: tuple[Words, ...]
    amounts: tuple[AmountLine, ...]
    valid_from: date
    unverified: bool


@dataclass(frozen=True, slots=True)
class NeedResult:
    """A sector of the wheel: something applies, something may apply, or nothing does."""

    need_id: str
    label: Words
    state: State
    offers: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class GuideResult:
    """All that the guide can say on these answers.

    ``first`` is what to do first, at most three. ``question`` is what to ask next, None when no
    answer would settle more. ``told`` are all answers in the order of asking; ``set_aside``
    those of them for which other answers say otherwise, and which therefore did not count.
    """

    lang: str
    on: date
    door: Door
    first: tuple[Offer, ...]
    needs: tuple[NeedResult, ...]
    question: Question | None
    answered: int
    told: tuple[Said, ...]
    set_aside: tuple[Said, ...]


# What is the same for everybody, by the engine of a pack: the fields of an offer. Nothing that
# somebody answered.
_KEPT: WeakKeyDictionary[Engine, dict[tuple[str, Door, str, date], dict[str, Any]]] = (
    WeakKeyDictionary()
)


def guide_result(
    pack: Pack, answers: Answers, *, door: Door, lang: str, on: date
) -> GuideResult:
    """Return what exists for somebody who gave these answers, under the law of a day."""
    settled = settle(pack, answers, on)
    writer = _Writer(pack, answers, settled, door, lang, on, answers.asked)
    offers = [writer.offer(judged) for judged in settled.schemes if judged.truth is not False]
    fact = next_fact(pack, settled, answers)
    return GuideResult(
        lang=lang,
        on=on,
        door=door,
        first=_first(pack, offers),
        needs=tuple(writer.needs(offers)),
        question=question_about(pack, fact, door=door, lang=lang) if fact else None,
        answered=len(answers.given),
        told=tuple(writer.said(answer.fact) for answer in answers.given),
        set_aside=tuple(writer.said(fact) for fact in settled.set_aside),
    )


def _first(pack: Pack, offers: Iterable[Offer]) -> tuple[Offer, ...]:
    """Return what applies and presses, in the order of the pack, one thing for each need."""
    places = {key: item.do_first for key, item in pack.schemes.items() if item.do_first}
    found: dict[str, Offer] = {}
    pressing = (o for o in offers if o.outcome == "applies" and o.scheme_id in places)
    for offer in sorted(pressing, key=lambda offer: places[offer.scheme_id]):
        found.setdefault(pack.schemes[offer.scheme_id].need, offer)
    return tuple(found.values())[:MOST_FIRST]


@dataclass(frozen=True, slots=True)
class _Writer:
    """Puts outcomes in the words of one door and one language."""

    pack: Pack
    answers: Answers
    settled: Settled
    door: Door
    lang: str
    on: date
    asked: frozenset[str]
    about: dict[str, Said] = field(default_factory=dict)

    def needs(self, offers: Iterable[Offer]) -> Iterator[NeedResult]:
        """Yield the needs in their order, each with what exists for it: what applies first."""
        needs, schemes = self.pack.needs, self.pack.schemes
        found: dict[str, list[Offer]] = {need_id: [] for need_id in needs}
        for offer in sorted(offers, key=lambda offer: offer.outcome != "applies"):
            scheme = schemes[offer.scheme_id]
            for need_id in dict.fromkeys((scheme.need, *scheme.also_needs)):
                found[need_id].append(offer)
        for need_id in sorted(needs, key=lambda need_id: needs[need_id].order):
            own = found[need_id]
            state: State = "not"
            if own:
                state = "applies" if own[0].outcome == "applies" else "may"
            label = words_of(self.pack, needs[need_id].label, self.lang)
            yield NeedResult(need_id, label, state, tuple(own))

    def offer(self, judged: Judged) -> Offer:
        """Return a scheme that applies, or may apply, as it is offered."""
        askable = self.settled.engine.trials.askable
        return Offer(
            **self._always(judged.provision),
            outcome="applies" if judged.truth else "unknown",
            # A deciding fact that this visitor was not asked about is left out.
            because=tuple(self.said(fact) for fact in judged.because if fact in self.asked),
            missing=tuple(self.said(fact) for fact in judged.missing if fact in askable),
        )

    def _always(self, provision: Provision) -> dict[str, Any]:
        """Return what an offer is for everybody, made once per door, language and day."""
        kept = _KEPT.setdefault(self.settled.engine, {})
        key = (provision.id, self.door, self.lang, self.on)
        found = kept.get(key)
        if found is None:
            if len(kept) >= MOST_KEPT:
                kept.clear()
            found = kept[key] = self._made(provision)
        return found

    def _made(self, provision: Provision) -> dict[str, Any]:
        scheme_id, scheme = provision.id, provision.scheme
        title, words = self._headline(scheme_id, scheme)
        return {
            "scheme_id": scheme_id,
            "need": scheme.need,
            "title": title,
            "words": words,
            "steps": tuple(self.pack.read(step, self.lang) for step in scheme.steps),
            "deadline": self.pack.maybe(scheme.deadline, self.lang),
            "contact": self.pack.maybe(scheme.contact, self.lang),
            "contacts": self._contacts(scheme),
            "sources": provision.sources,
            "conflicts": tuple(
                self.pack.read(conflict, self.lang) for conflict in scheme.conflicts
            ),
            "amounts": self._amounts(scheme_id),
            "valid_from": provision.valid_from,
            "unverified": any(s.confidence == "unverified" for s in provision.sources),
        }

    def _headline(self, scheme_id: str, scheme: Scheme) -> tuple[Words, Words]:
        own = scheme.for_you if self.door == "help" else None
        if own is not None:
            return self.pack.read(own.title, self.lang), self.pack.read(own.words, self.lang)
        gives = self.pack.scheme_on(scheme_id, self.on).gives
        return self.pack.read(scheme.label, self.lang), self.pack.read(gives, self.lang)

    def said(self, fact: str) -> Said:
        """Return a question with what was answered to it."""
        if fact not in self.about:
            answer = self.answers.of(fact)
            self.about[fact] = said_about(
                self.pack, fact, answer, door=self.door, lang=self.lang
            )
        return self.about[fact]

    def _contacts(self, scheme: Scheme) -> tuple[ContactLine, ...]:
        return tuple(contact_line(self.pack, key, self.lang) for key in scheme.contacts)

    def _amounts(self, scheme_id: str) -> tuple[AmountLine, ...]:
        found = []
        for key in self.pack.scheme_on(scheme_id, self.on).amounts:
            amount = self.pack.amounts[key]
            held = amount.on(self.on)
            if held is not None:
                label = self.pack.read(amount.label, self.lang)
                source = self.pack.cite(held.source)
                span = (held.valid_from, held.valid_to)
                found.append(
                    AmountLine(key, label, held.value, amount.unit, amount.per, *span, source)
                )
        return tuple(found)


def offer_of(pack: Pack, scheme_id: str, *, door: Door, lang: str, on: date) -> Offer | None:
    """Return a scheme as it is offered to somebody of whom nothing is known; None when no
    version of it is in force on the day."""
    settled = settle(pack, Answers(), on)
    writer = _Writer(pack, Answers(), settled, door, lang, on, frozenset())
    provision = settled.engine.law_on(on).by_id.get(scheme_id)
    return writer.offer(Judged(provision, None, (), ())) if provision is not None else None


def said_about(pack: Pack, fact: str, answer: Answer | None, *, door: Door, lang: str) -> Said:
    """Return the question about a fact with an answer to it; None is not asked yet."""
    item = pack.facts[fact]
    question = asked(pack, fact, door=door, lang=lang)
    if answer is None:
        return Said(fact, question, "open")
    if answer.skipped:
        skip: SaidKind = "rather_not" if answer.raw == (RATHER_NOT,) else "dont_know"
        return Said(fact, question, skip)
    if item.type == "yes_no":
        return Said(fact, question, "yes" if answer.value else "no")
    if item.type in ("code", "codes", "countries"):
        codes = (code_words(pack, item, code, door=door, lang=lang) for code in answer.raw)
        return Said(fact, question, "value", tuple(codes))
    return Said(fact, question, "value", (Words(answer.raw[0], lang),))


def _without_number(label: str, phone: str | None) -> str:
    """Leave a telephone number out of a label that it stands beside: nobody reads it twice."""
    if not phone:
        return label
    return re.sub(rf"[\s:]*(?<!\d){re.escape(phone)}(?!\d)", "", label).strip() or label


def contact_line(pack: Pack, contact_id: str, lang: str) -> ContactLine:
    """Return a contact of the directory as it is shown; KeyError when there is no such one."""
    item = pack.directory[contact_id]
    label = pack.read(item.label, lang)
    return ContactLine(
        id=contact_id,
        label=Words(_without_number(label.text, item.phone), label.lang),
        what=pack.maybe(item.what, lang),
        phone=item.phone,
        phone_note=pack.maybe(item.phone_note, lang),
        hours=pack.maybe(item.hours, lang),
        site=item.site,
        email=item.email,
        regions=item.regions,
        checked_on=item.checked_on,
        source=pack.cite(item.source),
    )
