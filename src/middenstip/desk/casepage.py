# SPDX-License-Identifier: EUPL-1.2
"""Everything the page of a case shows, read once and put into words."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from middenstip import clock
from middenstip.access.actors import Actor
from middenstip.desk import history
from middenstip.desk.needs import need_states
from middenstip.pack.model import Pack
from middenstip.rules.conditions import compile_condition
from middenstip.rules.results import Assessment, DutyResult, SchemeResult
from middenstip.thread import selectors
from middenstip.thread.country import coordinates, pack
from middenstip.thread.visibility import in_emergency
from middenstip.web.wheel import Sector
from middenstip.web.words import Citation, PackWords, basis_words, citation, with_dates

# What fits beside the wheel on a screen of 1280 by 800.
FITTING = 5


@dataclass(frozen=True, slots=True)
class Moment:
    """The day a case is looked at; `known_then` leaves out what was recorded later."""

    on: date
    known_then: bool = False
    past: bool = False


@dataclass(frozen=True, slots=True)
class Right:
    """Whether one scheme applies, why, and what the answer rests on.

    `hidden`: it rests on what this organisation may not see for its purpose.
    """

    id: str
    label: str
    outcome: str
    word: str
    hidden: bool
    gives: str
    because: tuple[str, ...]
    missing: tuple[tuple[str, str, bool], ...]
    facts: tuple[str, ...]
    valid_from: date
    valid_to: date | None
    sources: tuple[Citation, ...]
    unsure: bool


@dataclass(frozen=True, slots=True)
class NeedRights:
    """The schemes of one need: those that apply or may apply, and those that do not."""

    id: str
    label: str
    shown: tuple[Right, ...]
    others: tuple[Right, ...]


@dataclass(frozen=True, slots=True)
class Deviation:
    """What practice left undone, or did otherwise than the rule says."""

    rule: str
    message: str
    since: date | None
    sources: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class CasePage:
    """All of it, ready for the template. `law` says which law of which day was asked."""

    case: selectors.CaseView
    moment: Moment
    assessment: Assessment
    law: str
    facts: tuple[str, ...]
    alerts: tuple[str, ...]
    sectors: tuple[Sector, ...]
    duties: tuple[dict[str, Any], ...]
    ended: tuple[dict[str, Any], ...]
    rights: tuple[NeedRights, ...]
    deviations: tuple[Deviation, ...]
    lines: tuple[history.Line, ...]
    recordable: tuple[str, ...]
    post_via: str


def case_page(*, actor: Actor, case_id: UUID, moment: Moment) -> CasePage:
    """Return the page of a case at a moment, in a fixed number of queries.

    NotThere when there is no such case or this actor may not see it.
    """
    country = pack()
    words = PackWords(country)
    whole = selectors.whole_case(
        actor=actor,
        case_id=case_id,
        on=moment.on,
        known_on=moment.on if moment.known_then else None,
        lang=words.lang,
    )
    case, assessment = whole.case, whole.assessment
    thread = _thread_at(whole.thread, moment)
    owners = {} if moment.past else whole.owners
    # Of who was removed nothing must be done any more.
    going = set() if case.removed_at else {"open", "overdue"}
    running = [duty for duty in assessment.duties if duty.state in going]
    ended = [duty for duty in assessment.duties if duty.state not in going]
    deviating = frozenset(
        int(flag.event) for flag in assessment.flags if flag.event is not None
    )
    return CasePage(
        case=case,
        moment=moment,
        assessment=assessment,
        law=_("Country pack %(version)s, law of %(day)s.")
        % {"version": assessment.pack_version, "day": words.value(assessment.on)},
        facts=head_facts(assessment.facts, words, whole.sight.categories),
        alerts=alerts(assessment.facts, words),
        sectors=sectors(country, assessment, thread, words),
        duties=tuple(_duty(duty, owners, actor, assessment.on, words) for duty in running),
        ended=tuple(_duty(duty, owners, actor, assessment.on, words) for duty in ended),
        rights=rights(country, assessment, words, whole.sight.categories),
        deviations=tuple(
            Deviation(
                flag.rule,
                with_dates(flag.message),
                flag.since,
                tuple(citation(c) for c in flag.sources),
            )
            for flag in assessment.flags
        ),
        lines=tuple(_correctable(history.lines(thread, words, deviating), thread, actor, case)),
        recordable=() if moment.past or in_emergency(actor) else whole.recordable,
        post_via=whole.post_via,
    )


def _thread_at(
    thread: Sequence[selectors.EventView], moment: Moment
) -> list[selectors.EventView]:
    """Return the events of a moment; a correction that came later corrects nothing yet."""
    if not moment.past:
        return list(thread)
    before = clock.end_of(moment.on)
    kept = [
        event
        for event in thread
        if event.on <= moment.on and (not moment.known_then or event.recorded_at < before)
    ]
    corrected_by = {event.corrects: event.seq for event in kept if event.corrects is not None}
    return [replace(event, corrected_by=corrected_by.get(event.seq)) for event in kept]


def head_facts(
    facts: Mapping[str, Any], words: PackWords, seen: Container[str]
) -> tuple[str, ...]:
    """Return the few facts in the head of the page: age, possibly a child, sex, language.

    `seen` are the data categories that may be seen; of an age that may not, nothing is said.
    """
    shown = []
    age, minor = facts.get("age"), facts.get("is_minor")
    declared = words.country.facts
    if declared["age"].category not in seen and age is None:
        minor = False
    elif age is not None:
        shown.append(_("%(age)s years old") % {"age": age})
    else:
        shown.append(_("age not known"))
    if minor is None:
        shown.append(_("may be a minor"))
    elif minor:
        shown.append(_("minor"))
    for name in ("sex", "preferred_language"):
        if facts.get(name) is not None:
            shown.append(words.value(facts[name], declared.get(name)))
    if facts.get("interpreter_needed"):
        shown.append(_("interpreter needed"))
    return tuple(shown)


def alerts(facts: Mapping[str, Any], words: PackWords) -> tuple[str, ...]:
    """Return what everybody must know before doing anything, most pressing first."""
    found = []
    if facts.get("in_danger"):
        found.append(_("in danger now"))
    if facts.get("whereabouts") == "unknown":
        found.append(_("disappeared, whereabouts not known"))
    if facts.get("police_statement_threat"):
        found.append(_("under serious threat, according to the police"))
    return tuple(found)


def sectors(
    country: Pack,
    assessment: Assessment,
    thread: Sequence[selectors.EventView],
    words: PackWords,
) -> tuple[Sector, ...]:
    """Return the wheel of a case; a sector leads to what applies for it, where that is told."""
    told = {result.need for result in assessment.schemes}
    return tuple(
        Sector(
            state.need,
            words.need(state.need),
            state.state,
            state.count,
            f"#need-{state.need}" if state.need in told else "",
        )
        for state in need_states(country, assessment, history.happened(thread))
    )


def _duty(
    duty: DutyResult,
    owners: Mapping[str, str | None],
    actor: Actor,
    on: date,
    words: PackWords,
) -> dict[str, Any]:
    """Return one duty as `web/partials/next_list.html` wants it."""
    owner = owners.get(duty.key)
    standing = "" if duty.basis == "law" else basis_words(duty.basis)
    return {
        "what": words.duty(duty.id),
        "left": None if duty.due_on is None else (duty.due_on - on).days,
        "due": duty.due_on,
        "how": with_dates(duty.how),
        "owner": owner or words.kind(duty.owner),
        "mine": owner == actor.organisation_name and duty.owner == actor.organisation_kind,
        "source": _("rule and source"),
        "source_url": reverse("law:duty", args=[duty.id]) + f"?on={on.isoformat()}",
        "standing": standing,
        "met_on": duty.met_on,
        "met": duty.state == "met",
    }


def rights(
    country: Pack, assessment: Assessment, words: PackWords, seen: Container[str]
) -> tuple[NeedRights, ...]:
    """Return what applies and why, per need in the order of the wheel.

    `seen` are the data categories that may be seen.
    """
    by_need: dict[str, list[Right]] = {}
    for result in assessment.schemes:
        by_need.setdefault(result.need, []).append(
            _right(country, result, assessment, words, seen)
        )
    order = {"applies": 0, "unknown": 1}
    found = []
    for need in sorted(by_need, key=lambda each: country.needs[each].order):
        listed = by_need[need]
        shown = [right for right in listed if right.outcome in order]
        shown.sort(key=lambda right: order[right.outcome])
        others = [right for right in listed if right.outcome not in order]
        found.append(NeedRights(need, words.need(need), tuple(shown), tuple(others)))
    return tuple(found)


def _right(
    country: Pack,
    result: SchemeResult,
    assessment: Assessment,
    words: PackWords,
    seen: Container[str],
) -> Right:
    version = country.scheme_on(result.id, assessment.on)
    outcomes = {
        "applies": _("applies"),
        "does_not_apply": _("does not apply"),
        "unknown": _("may apply"),
    }
    sources = tuple(citation(cited) for cited in result.sources)
    return Right(
        id=result.id,
        label=words.scheme(result.id),
        outcome=result.outcome,
        word=outcomes[result.outcome],
        hidden=result.hidden,
        gives=words.text(version.gives),
        because=tuple(with_dates(line) for line in result.because),
        missing=tuple(
            (fact, words.fact(fact), country.facts[fact].anybody_may_answer)
            for fact in result.missing
        ),
        facts=_used(country, result.id, assessment, words, seen),
        valid_from=version.valid_from,
        valid_to=version.valid_to,
        sources=sources,
        unsure=any(not cited.sure for cited in sources),
    )


def _used(
    country: Pack,
    scheme: str,
    assessment: Assessment,
    words: PackWords,
    seen: Container[str],
) -> tuple[str, ...]:
    """Return the facts that a scheme looks at, with what is known and where it came from."""
    origins = {
        "given": _("told"),
        "event": _("from an event"),
        "computed": _("follows from other facts"),
        "default": _("taken for granted until known"),
    }
    lines = []
    for fact in _looked_at(scheme, country.scheme_on(scheme, assessment.on).valid_from):
        value = assessment.facts.get(fact)
        if value is None and country.facts[fact].category not in seen:
            lines.append(f"{words.fact(fact)}: {_('not visible for your purpose')}")
            continue
        line = f"{words.fact(fact)}: {words.value(value, country.facts[fact])}"
        if value is not None:
            line += f" ({origins[assessment.origins[fact]]})"
        lines.append(line)
    return tuple(lines)


@cache
def _looked_at(scheme: str, valid_from: date) -> tuple[str, ...]:
    """Return the facts in the condition of a version, in the order of the pack."""
    country = pack()
    facts = compile_condition(country.scheme_on(scheme, valid_from).applies_when).facts
    return tuple(fact for fact in country.facts if fact in facts)


def _correctable(
    lines: Sequence[history.Line],
    thread: Sequence[selectors.EventView],
    actor: Actor,
    case: selectors.CaseView,
) -> list[history.Line]:
    """Give each line that this actor may correct the address where that is done."""
    if case.removed_at:
        return list(lines)
    steers = coordinates(actor.organisation_kind)
    own = {event.seq for event in thread if event.organisation_id == actor.organisation_id}
    return [
        replace(line, correct_href=reverse("desk:correct", args=[case.id, line.id]))
        if line.state != "corrected" and (steers or line.seq in own)
        else line
        for line in lines
    ]
