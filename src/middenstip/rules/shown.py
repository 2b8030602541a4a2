# SPDX-License-Identifier: EUPL-1.2
"""What of an assessment may be known by somebody who may see some data categories only.

Nothing is merely blotted out: schemes are judged again on the facts that may be seen, so that
no outcome, sentence, missing fact or question tells anything about a hidden one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from middenstip.pack.model import Pack
from middenstip.pack.wording import PLACEHOLDER
from middenstip.rules.dates import DayOutOfRange, add_term, plain_term
from middenstip.rules.duties import Clock
from middenstip.rules.engine import MOST_KEPT, Engine, Provision, engine_for
from middenstip.rules.explain import explain, missing
from middenstip.rules.fold import typed
from middenstip.rules.question import next_question
from middenstip.rules.results import (
    Assessment,
    DutyResult,
    FlagResult,
    Outcome,
    Refusal,
    SchemeResult,
)
from middenstip.rules.veil import Bounds, Seen, Veil
from middenstip.rules.words import Words, text

__all__ = ["categories_filled_in", "shown", "shown_refusal"]

_MOST_VEILS = 256
_OUTCOMES: dict[bool | None, Outcome] = {
    True: "applies",
    False: "does_not_apply",
    None: "unknown",
}


def shown(
    pack: Pack,
    assessment: Assessment,
    categories: frozenset[str],
    *,
    lang: str = "nl",
    own_duties: frozenset[str] = frozenset(),
) -> Assessment:
    """Return what of an assessment may be known to who may see only these data categories.

    Facts, duties, flags, refusals and notes are shown by their category. Schemes are judged
    again on the facts shown: a definite outcome is the real one whatever is hidden, and one
    that rests on what is hidden is unknown and marked ``hidden``. ``own_duties`` are keys of
    runs that the viewer's organisation owns: always shown, without telling why when their
    category is hidden. The assessment itself is returned when nothing is hidden. ``lang`` must
    be the language of the assessment.
    """
    engine = engine_for(pack)
    veil = _veil(engine, categories)
    if not veil.hides:
        return assessment
    words = engine.words(lang)
    facts = {k: v for k, v in assessment.facts.items() if k not in veil.hidden}
    view = Seen(veil, {k: typed(engine, k, v) for k, v in facts.items()}, assessment.on)
    schemes, question = _schemes(veil, view, assessment.schemes, words)
    noted = zip(assessment.notes, assessment.noted, strict=False)
    notes = [(note, about) for note, about in noted if _may_tell(veil, *about)]
    return Assessment(
        country=assessment.country,
        on=assessment.on,
        pack_version=assessment.pack_version,
        facts=facts,
        origins={k: v for k, v in assessment.origins.items() if k not in veil.hidden},
        schemes=schemes,
        duties=tuple(_duties(veil, assessment, own_duties, words)),
        refused=tuple(r for r in assessment.refused if _may_refuse(veil, r)),
        flags=tuple(_flags(veil, assessment.flags)),
        next_question=question,
        notes=tuple(note for note, _ in notes),
        noted=tuple(about for _, about in notes),
    )


def categories_filled_in(pack: Pack, refusal: Refusal) -> frozenset[str]:
    """Return the data categories of what the message of a refusal fills in; none for a text
    that is the same for everybody. A refusal without guard counts as all that could refuse."""
    found = set()
    for guard in pack.guards.values():
        if guard.event == refusal.type and refusal.guard in ("", _guard_id(pack, guard)):
            for words in guard.message.values():
                for name in PLACEHOLDER.findall(words):
                    if name in pack.facts:
                        found.add(pack.facts[name].category)
                    elif name != "today":
                        found.add(pack.events[guard.event].category)
    return frozenset(found)


def shown_refusal(
    pack: Pack, refusal: Refusal, categories: frozenset[str], *, lang: str = "nl"
) -> Refusal:
    """Return a refusal as it may be told to who tried the event and may see these categories.

    That it is refused, and by which rule, is told to everybody; where its message fills in
    what may not be seen, only the sentences stay that fill in nothing.
    """
    own = pack.events[refusal.type].category if refusal.type in pack.events else ""
    if categories_filled_in(pack, refusal) <= categories | {own}:
        return refusal
    guard = pack.guards.get(refusal.guard)
    told = text(guard.message, lang) if guard is not None else ""
    kept = [s for s in told.split(". ") if s and not PLACEHOLDER.search(s)]
    message = ". ".join(kept)
    if message and not message.endswith("."):
        message += "."
    words = engine_for(pack).words(lang)
    return replace(refusal, message=message or words.phrase("refused_by", refusal.rule))


def _guard_id(pack: Pack, guard: object) -> str:
    return next(key for key, item in pack.guards.items() if item is guard)


def _veil(engine: Engine, categories: frozenset[str]) -> Veil:
    """Return the veil of a set of categories, made once; few sets are in use."""
    veil = engine.veils.get(categories)
    if veil is None:
        if len(engine.veils) >= _MOST_VEILS:
            engine.veils.clear()
        veil = engine.veils[categories] = Veil(engine, categories)
    return veil


# Schemes


def _schemes(
    veil: Veil, view: Seen, results: Iterable[SchemeResult], words: Words
) -> tuple[tuple[SchemeResult, ...], str | None]:
    """Return the schemes as they may be known, and what to ask next."""
    by_id = veil.engine.law_on(view.today).by_id
    found, undecided = [], []
    for whole in results:
        provision = by_id[whole.id]
        bounds = veil.bounds(provision)
        if bounds is not None:
            result = _judged_again(provision, bounds, view, words)
        elif veil.hidden.isdisjoint(whole.missing):
            result = whole
        else:
            lacking = tuple(fact for fact in whole.missing if fact not in veil.hidden)
            result = replace(whole, missing=lacking)
        found.append(result)
        if result.missing:
            undecided.append((provision, result.missing))
    question = next_question(veil.engine.trials, view, undecided) if undecided else None
    return tuple(found), question


def _judged_again(
    provision: Provision, bounds: Bounds, view: Seen, words: Words
) -> SchemeResult:
    """Return the result on the facts that may be seen, kept for the next with the same."""
    key = bounds.sees(view)
    kept = bounds.kept.setdefault(words.lang, {})
    found = kept.get(key)
    if found is None:
        if len(kept) >= MOST_KEPT:
            kept.clear()
        found = kept[key] = _judge(provision, bounds, view, words)
    result, behind = found
    if behind and (lacking := missing(behind, view)) != result.missing:
        return replace(result, missing=lacking)
    return result


def _judge(
    provision: Provision, bounds: Bounds, view: Seen, words: Words
) -> tuple[SchemeResult, tuple[str, ...]]:
    """Return the result with the facts that may be seen and lie behind an unknown one.

    The bound that is furthest from the outcome is the one that explains it: there every hidden
    leaf speaks against, so that only others can have decided.
    """
    low, high = view.bounds(provision.id)
    hidden = low is not high
    if hidden:
        sides = [n for n, truth in ((bounds.low, low), (bounds.high, high)) if truth is None]
    else:
        sides = [bounds.high if low is False else bounds.low]
    told = [explain(node, view, words) for node in sides]
    because = [sentence for sentences, _ in told for sentence in sentences]
    if hidden:
        because.append(words.phrase("hidden"))
    asked = dict.fromkeys(fact for _, facts in told for fact in facts)
    behind = tuple(fact for fact in asked if fact not in view.veil.hidden)
    result = SchemeResult(
        provision.id,
        "unknown" if hidden else _OUTCOMES[low],
        tuple(dict.fromkeys(because)),
        missing(behind, view),
        provision.sources,
        provision.scheme.need,
        provision.valid_from,
        hidden,
    )
    return result, behind


# Duties, flags, notes and refusals


def _duties(
    veil: Veil, assessment: Assessment, own: frozenset[str], words: Words
) -> Iterator[DutyResult]:
    clocks = {clock.id: clock for clock in veil.engine.clocks}
    for duty in assessment.duties:
        clock = clocks[duty.id]
        hidden = duty.id in veil.hidden_duties
        if hidden and duty.key not in own:
            continue
        how, started_by = duty.how, duty.started_by
        if hidden or not _tells_no_other(veil, clock):
            how = _term_only(clock, duty, assessment.on, words)
        if not veil.hidden_events.isdisjoint(clock.starting):
            started_by = None
        if how == duty.how and started_by == duty.started_by:
            yield duty
        else:
            yield replace(duty, how=how, started_by=started_by)


def _tells_no_other(veil: Veil, clock: Clock) -> bool:
    """Return whether the words for a due day speak of nothing that is hidden."""
    for version in clock.versions:
        for rule in version.rules:
            item = rule.item
            operands = (item.date, item.after)
            facts = {o.fact for o in operands if o is not None and o.fact}
            facts |= rule.node.facts if rule.node is not None else set()
            if not veil.hidden.isdisjoint(facts):
                return False
            if item.how and not all(
                veil.may_fill([item.how], event) for event in clock.starting or {""}
            ):
                return False
    return True


def _term_only(clock: Clock, duty: DutyResult, on: date, words: Words) -> str:
    """Return only the term of a run, or only its day where no term gives it."""
    if duty.due_on is None:
        return words.phrase("unknown")
    by_start = clock.duty.law_of == "start" and duty.starts_on is not None
    version = clock.version_on(duty.starts_on if by_start and duty.starts_on else on)
    for rule in version.rules if version is not None else ():
        term = rule.item.term
        if term is None or rule.get is not None or duty.starts_on is None:
            continue
        try:
            due_on = add_term(duty.starts_on, term)
        except DayOutOfRange:
            continue
        if due_on == duty.due_on:
            length = plain_term(term, words.lang)
            start = duty.starts_on.isoformat()
            return words.phrase("from", length, start) if length else due_on.isoformat()
    return duty.due_on.isoformat()


def _flags(veil: Veil, flags: Iterable[FlagResult]) -> Iterator[FlagResult]:
    for flag in flags:
        item = veil.engine.pack.flags[flag.id]
        if flag.id in veil.hidden_flags or not veil.may_fill([item.message], item.event):
            continue
        hidden = item.event in veil.hidden_events and flag.event is not None
        yield replace(flag, event=None) if hidden else flag


def _may_tell(veil: Veil, fact: str, event: str | None) -> bool:
    return fact not in veil.hidden and event not in veil.hidden_events


def _may_refuse(veil: Veil, refusal: Refusal) -> bool:
    if refusal.type in veil.hidden_events:
        return False
    guards = veil.engine.pack.guards
    guard = guards.get(refusal.guard)
    asked = [guard] if guard else [g for g in guards.values() if g.event == refusal.type]
    return veil.may_fill([g.message for g in asked], refusal.type)
