# SPDX-License-Identifier: EUPL-1.2
"""What follows for one person on one day. The way in for screens, register and command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from middenstip.pack.model import Pack
from middenstip.pack.problems import NoLawInForce
from middenstip.rules.duties import duty_results
from middenstip.rules.engine import MOST_KEPT, Engine, Provision, Refusing, engine_for
from middenstip.rules.explain import explain, missing
from middenstip.rules.facts import Facts
from middenstip.rules.flags import flag_results
from middenstip.rules.fold import BadThread, Step, Trace, fold, typed
from middenstip.rules.question import next_question
from middenstip.rules.results import (
    Assessment,
    Origin,
    Outcome,
    Refusal,
    SchemeResult,
    ThreadEvent,
    Value,
)
from middenstip.rules.words import Words

__all__ = ["BadThread", "NoLawInForce", "assess", "assess_scheme", "may_record", "would_refuse"]

_OUTCOMES: dict[bool | None, Outcome] = {
    True: "applies",
    False: "does_not_apply",
    None: "unknown",
}


def assess(
    pack: Pack,
    *,
    facts: Mapping[str, Any],
    events: Sequence[ThreadEvent],
    on: date,
    lang: str = "nl",
) -> Assessment:
    """Return all that follows from told facts and a thread on a day, under the law of that day.

    Values are typed as in the pack; days may also be ISO text, lists may be lists. Events after
    ``on`` are ignored; ids of events must be unique. Raises BadThread for an unknown fact or
    event type and for a correction of nothing, DayOutOfRange where a term leaves the calendar.
    """
    engine = engine_for(pack)
    trace = fold(engine, facts, events, on)
    final = trace.view(on, {})
    words = engine.words(lang)
    values = _known(engine, final)
    schemes, undecided = [], []
    for provision in engine.law_on(on).provisions:
        result = _scheme_result(provision, final, words)
        schemes.append(result)
        if result.missing:
            undecided.append((provision, result.missing))
    duties = duty_results(trace, final, words)
    notes = _notes(engine, trace, final, words)
    return Assessment(
        country=pack.header.country,
        on=on,
        pack_version=pack.header.version,
        facts=values,
        origins=_origins(engine, trace, final, values),
        schemes=tuple(schemes),
        duties=duties,
        refused=tuple(_refusal(*refused, words) for refused in trace.refused),
        flags=flag_results(trace, final, duties, words),
        next_question=next_question(engine.trials, final, undecided) if undecided else None,
        notes=tuple(text for text, _ in notes),
        noted=tuple(about for _, about in notes),
    )


def assess_scheme(
    pack: Pack,
    scheme: str,
    *,
    facts: Mapping[str, Any],
    events: Sequence[ThreadEvent],
    on: date,
    lang: str = "nl",
) -> SchemeResult:
    """Return the result of one scheme; raises NoLawInForce, naming days, outside its law."""
    engine = engine_for(pack)
    provision = engine.law_on(on).by_id.get(scheme)
    if provision is None:
        held = [(v.valid_from, v.valid_to) for v in pack.schemes[scheme].versions]
        raise NoLawInForce(scheme, on, held)
    final = fold(engine, facts, events, on).view(on, {})
    return _scheme_result(provision, final, engine.words(lang))


def may_record(pack: Pack, assessment: Assessment, organisation_kind: str) -> list[str]:
    """Return the event types that an organisation of a kind may record now, in their order.

    Those it is entitled to record and whose ``offered_when`` is not certainly false on the
    facts of the assessment (from `assess`, or as the register has stored them).
    """
    engine = engine_for(pack)
    values = {fact: typed(engine, fact, value) for fact, value in assessment.facts.items()}
    view = Facts(engine, values, {}, frozenset(), assessment.on)
    found = [
        key
        for key, event in pack.events.items()
        if organisation_kind in event.recorded_by
        and ((node := engine.offered[key]) is None or node.judge(view) is not False)
    ]
    return sorted(found, key=lambda key: pack.events[key].order)


def would_refuse(
    pack: Pack,
    *,
    facts: Mapping[str, Any],
    events: Sequence[ThreadEvent],
    new_event: ThreadEvent,
    lang: str = "nl",
) -> Refusal | None:
    """Return why a guard would refuse a new event at the end of a thread, or None.

    For a correction the event that it puts in place is judged. Raises BadThread as `assess`.
    """
    engine = engine_for(pack)
    about = {new_event.id}
    last = new_event.on
    if new_event.type == "corrected":
        about.add(new_event.fields.get("corrects"))  # type: ignore[arg-type]
        last = max([last, *(event.on for event in events)])
    trace = fold(engine, facts, [*events, new_event], last)
    for guard, step, before in trace.refused:
        if step.event.id in about:
            return _refusal(guard, step, before, engine.words(lang))
    return None


def _known(engine: Engine, final: Facts) -> dict[str, Value]:
    found = {}
    for fact in engine.pack.facts:
        value = final[fact]
        if value is not None:
            found[fact] = value
    return found


def _origins(
    engine: Engine, trace: Trace, final: Facts, values: dict[str, Value]
) -> dict[str, Origin]:
    found: dict[str, Origin] = {}
    for fact in values:
        if fact in trace.values:
            found[fact] = "event" if trace.origins[fact] == "event" else "given"
        elif fact in engine.formulas and engine.formulas[fact].get(final) is not None:
            found[fact] = "computed"
        elif fact in trace.beside:
            found[fact] = "event" if trace.origins[fact] == "event" else "given"
        else:
            found[fact] = "default"
    return found


def _scheme_result(provision: Provision, final: Facts, words: Words) -> SchemeResult:
    """Return the result of one version; it is kept for the next person with the same facts.

    It rests on nothing but what its condition looks at, and people differ little in that; only
    which facts are missing behind those is looked up again.
    """
    key = provision.sees(final) if provision.sees is not None else None
    kept = provision.kept.setdefault(words.lang, {})
    found = kept.get(key) if key is not None else None
    if found is not None:
        result, behind = found
        if not behind or (lacking := missing(behind, final)) == result.missing:
            return result
        return replace(result, missing=lacking)
    outcome = final.scheme(provision.id)
    because, behind = explain(provision.node, final, words)
    result = SchemeResult(
        provision.id,
        _OUTCOMES[outcome],
        because,
        missing(behind, final),
        provision.sources,
        provision.scheme.need,
        provision.valid_from,
    )
    if key is not None:
        if len(kept) >= MOST_KEPT:
            kept.clear()
        kept[key] = result, behind
    return result


def _refusal(guard: Refusing, step: Step, before: Facts, words: Words) -> Refusal:
    event = step.event
    message = words.fill(guard.item.message, before, event.type)
    return Refusal(event.id, event.type, guard.item.rule, message, guard.sources, guard.id)


def _notes(
    engine: Engine, trace: Trace, final: Facts, words: Words
) -> list[tuple[str, tuple[str, str | None]]]:
    """Return each note with the fact and the event type that it speaks of."""
    notes = []
    for fact, told, event, value in trace.notes:
        if event is None:
            key, name, day = "note_kept", "", ""
        else:
            key, name = "note_event", words.event(event.type)
            day = event.on.isoformat()
        parts = {"told": words.of_fact(fact, told), "value": words.of_fact(fact, value)}
        note = words.raw(key).format(fact=words.fact(fact), event=name, day=day, **parts)
        notes.append((note, (fact, event.type if event is not None else None)))
    for fact, told in trace.beside.items():
        if final[fact] != told and trace.origins[fact] != "event":
            parts = {
                "told": words.of_fact(fact, told),
                "value": words.of_fact(fact, final[fact]),
            }
            note = words.raw("note_computed").format(fact=words.fact(fact), **parts)
            notes.append((note, (fact, None)))
    return notes
