# SPDX-License-Identifier: EUPL-1.2
"""The law as the system knows it, ready to show. Reads the country pack only, no person's data.

Texts are in the active language; legal citations stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from middenstip.law.wording import Clause, Wording
from middenstip.pack.model import (
    Due,
    Duty,
    DutyVersion,
    EventMatch,
    Flag,
    Guard,
    Owner,
    Pack,
    Purpose,
    Scheme,
    SchemeVersion,
    SourceRef,
    StartByCondition,
)
from middenstip.pack.refs import refs_of
from middenstip.rules.dates import plain_term
from middenstip.thread.country import pack
from middenstip.web.words import Citation, basis_words, citation


@dataclass(frozen=True, slots=True)
class VersionPage:
    """A scheme as it stood between two days; `to` None is still so.

    `amounts` are (label, value) as they were on the day asked, else on the version's last day
    or, while it goes on, its first.
    """

    valid_from: date
    valid_to: date | None
    gives: str
    changed: str
    condition: Clause
    sources: tuple[Citation, ...]
    in_force: bool
    amounts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SchemePage:
    """A right or provision: for whom, what it gives, what to do, who decides."""

    id: str
    label: str
    need: str
    also_needs: tuple[str, ...]
    decides: tuple[str, ...]
    steps: tuple[str, ...]
    deadline: str
    contact: str
    conflicts: tuple[str, ...]
    versions: tuple[VersionPage, ...]

    @property
    def now(self) -> VersionPage | None:
        """The version in force on the day that was asked; None when there is none."""
        return next((version for version in self.versions if version.in_force), None)


@dataclass(frozen=True, slots=True)
class NeedGroup:
    """A need with its items in the order of the pack."""

    id: str
    label: str
    items: tuple[SchemePage, ...]


@dataclass(frozen=True, slots=True)
class Occasion:
    """An event, or facts, that start, meet or end something."""

    text: str
    condition: Clause | None


@dataclass(frozen=True, slots=True)
class DueLine:
    """One way in which the last day follows; the first that fits counts."""

    text: str
    condition: Clause | None


@dataclass(frozen=True, slots=True)
class DutyVersionPage:
    """The term of a duty between two days, and what kind of rule sets it."""

    valid_from: date
    valid_to: date | None
    due: tuple[DueLine, ...]
    basis: str
    is_law: bool
    sources: tuple[Citation, ...]
    in_force: bool


@dataclass(frozen=True, slots=True)
class DutyPage:
    """A clock: who must do what by when."""

    id: str
    label: str
    need: str
    owner: str
    starts: tuple[Occasion, ...]
    met: tuple[Occasion, ...]
    void: tuple[Occasion, ...]
    versions: tuple[DutyVersionPage, ...]

    @property
    def now(self) -> DutyVersionPage | None:
        """The version in force on the day that was asked; None when there is none."""
        return next((version for version in self.versions if version.in_force), None)


@dataclass(frozen=True, slots=True)
class RulePage:
    """A guard or a flag: when it speaks, and what it says."""

    id: str
    rule: str
    subject: str
    message: str
    condition: Clause | None
    valid_from: date | None
    valid_to: date | None
    sources: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class PurposeRow:
    """Why an organisation kind may look: one row of the matrix.

    `marks` tell what is special about it: the whole register, names under number, emergency.
    """

    id: str
    label: str
    kinds: tuple[str, ...]
    categories: tuple[tuple[str, bool], ...]
    bases: tuple[str, ...]
    marks: tuple[str, ...]
    sources: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class SourcePage:
    """A document, and how many items of the pack rest on it."""

    id: str
    title: str
    url: str
    checked_on: date
    used: int


def schemes_by_need(*, on: date) -> list[NeedGroup]:
    """Return every scheme under its own need, in the order of the wheel, as it is on a day."""
    country = pack()
    words = Wording(country)
    pages = [_scheme(key, scheme, words, on) for key, scheme in country.schemes.items()]
    ordered = sorted(country.needs.items(), key=lambda entry: entry[1].order)
    groups = []
    for need, item in ordered:
        label = words.text(item.label)
        found = tuple(
            page
            for page, scheme in zip(pages, country.schemes.values(), strict=True)
            if scheme.need == need
        )
        if found:
            groups.append(NeedGroup(need, label, found))
    return groups


def scheme(scheme_id: str, *, on: date) -> SchemePage | None:
    """Return one scheme with every version, newest first; None when the pack has no such id."""
    country = pack()
    item = country.schemes.get(scheme_id)
    return _scheme(scheme_id, item, Wording(country), on) if item else None


def duties(*, on: date) -> list[DutyPage]:
    """Return every duty, in the order of the pack."""
    return [_duty(key, item, pack(), on) for key, item in pack().duties.items()]


def duty(duty_id: str, *, on: date) -> DutyPage | None:
    """Return one duty with every version, newest first; None when the pack has no such id."""
    item = pack().duties.get(duty_id)
    return _duty(duty_id, item, pack(), on) if item else None


def guards() -> list[RulePage]:
    """Return what is refused, by rule."""
    country = pack()
    return sorted(
        (_guard(key, item, country) for key, item in country.guards.items()), key=_by_rule
    )


def flags() -> list[RulePage]:
    """Return what is shown as a deviation and never refused, by rule."""
    country = pack()
    return sorted(
        (_flag(key, item, country) for key, item in country.flags.items()), key=_by_rule
    )


def purposes() -> tuple[list[str], list[PurposeRow]]:
    """Return the data categories and, per purpose, who may see which of them on which basis."""
    country = pack()
    words = Wording(country)
    names = [words.text(item.label) for item in country.data_categories.values()]
    bases = {
        "legal_duty": _("duty in law"),
        "consent": _("consent of the person"),
        "vital_interest": _("life or safety in danger"),
        "own_record": _("own record"),
    }
    rows = [
        PurposeRow(
            id=key,
            label=words.text(item.label),
            kinds=tuple(words.kind(kind) for kind in item.organisation_kinds),
            categories=tuple(
                (words.text(category.label), name in item.categories)
                for name, category in country.data_categories.items()
            ),
            bases=tuple(bases[basis] for basis in item.basis),
            marks=_marks(key, item),
            sources=cited(item.sources, country),
        )
        for key, item in country.purposes.items()
    ]
    return names, rows


def _marks(purpose_id: str, purpose: Purpose) -> tuple[str, ...]:
    found = (
        (purpose_id == "own_record", _("Rides along with every other purpose.")),
        (purpose.whole_register, _("Sees every notified case, not only its own.")),
        (
            purpose.names_under_number,
            _("Sees the name of somebody who filed a complaint under number."),
        ),
        (
            purpose.emergency,
            _("Only in an emergency, for one case, with a reason. Always reviewed."),
        ),
    )
    return tuple(words for holds, words in found if holds)


def sources() -> list[SourcePage]:
    """Return every document the pack rests on, by title, with how many items cite it."""
    country = pack()
    used = dict.fromkeys(country.sources, 0)
    for _kind, _item, ref in refs_of(country):
        used[ref.source] += 1
    pages = [
        SourcePage(key, item.title, item.url, item.checked_on, used[key])
        for key, item in country.sources.items()
    ]
    return sorted(pages, key=lambda page: page.title.casefold())


def cited(refs: Iterable[SourceRef], country: Pack) -> tuple[Citation, ...]:
    """Return sources of the pack as screens show them."""
    return tuple(citation(country.cite(ref)) for ref in refs)


def _scheme(key: str, item: Scheme, words: Wording, on: date) -> SchemePage:
    return SchemePage(
        id=key,
        label=words.text(item.label),
        need=words.need(item.need),
        also_needs=tuple(words.need(need) for need in item.also_needs),
        decides=tuple(words.kind(kind) for kind in item.decides),
        steps=tuple(words.text(step) for step in item.steps),
        deadline=words.text(item.deadline),
        contact=words.text(item.contact),
        conflicts=tuple(words.text(conflict) for conflict in item.conflicts),
        versions=tuple(
            _scheme_version(version, words, on) for version in _newest(item.versions)
        ),
    )


def _newest(versions: tuple[SchemeVersion, ...]) -> list[SchemeVersion]:
    return sorted(versions, key=lambda version: version.valid_from, reverse=True)


def _scheme_version(version: SchemeVersion, words: Wording, on: date) -> VersionPage:
    return VersionPage(
        valid_from=version.valid_from,
        valid_to=version.valid_to,
        gives=words.text(version.gives),
        changed=words.text(version.changed),
        condition=words.clause(version.applies_when),
        sources=cited(version.sources, words.country),
        in_force=_holds(version.valid_from, version.valid_to, on),
        amounts=_amounts_of(version, words, on),
    )


def _amounts_of(
    version: SchemeVersion, words: Wording, on: date
) -> tuple[tuple[str, str], ...]:
    holds = _holds(version.valid_from, version.valid_to, on)
    day = on if holds else version.valid_to or version.valid_from
    found = []
    for amount_id in version.amounts:
        amount = words.country.amounts[amount_id]
        value = amount.on(day)
        told = words.amount(amount, value.value) if value else _("not looked up for this day")
        found.append((words.text(amount.label), told))
    return tuple(found)


def _holds(valid_from: date, valid_to: date | None, on: date) -> bool:
    return valid_from <= on and (valid_to is None or on <= valid_to)


def _duty(key: str, item: Duty, country: Pack, on: date) -> DutyPage:
    words = Wording(country)
    versions = sorted(item.versions, key=lambda version: version.valid_from, reverse=True)
    met = [_match(match, country) for match in item.met_by]
    void = [_match(match, country) for match in item.void_by]
    if item.met_when is not None:
        met.append(Occasion(_("As soon as this is so"), words.clause(item.met_when)))
    if item.void_when is not None:
        void.append(Occasion(_("As soon as this is so"), words.clause(item.void_when)))
    return DutyPage(
        id=key,
        label=words.text(item.label),
        need=words.need(item.need),
        owner=_owner(item, country),
        starts=tuple(_start(start, country) for start in item.starts),
        met=tuple(met),
        void=tuple(void),
        versions=tuple(_duty_version(version, item, country, on) for version in versions),
    )


def _start(start: EventMatch | StartByCondition, country: Pack) -> Occasion:
    if isinstance(start, EventMatch):
        return _match(start, country)
    return Occasion(_("When this is so"), Wording(country).clause(start.condition))


def _match(match: EventMatch, country: Pack) -> Occasion:
    event = country.events[match.event]
    words = Wording(country, event)
    clause = words.clause(match.when) if match.when is not None else None
    return Occasion(words.text(event.label), clause)


def _first_event(item: Duty, country: Pack) -> Wording:
    """Return words that know the fields of the event which starts a duty."""
    name = next((start.event for start in item.starts if isinstance(start, EventMatch)), None)
    return Wording(country, country.events[name] if name else None)


def _owner(item: Duty, country: Pack) -> str:
    words = _first_event(item, country)
    if isinstance(item.owner, str):
        return words.kind(item.owner)
    return _owner_words(item.owner, words)


def _owner_words(owner: Owner, words: Wording) -> str:
    otherwise = words.kind(owner.otherwise)
    if owner.event is not None:
        field = words.of.fields.get(owner.event) if words.of else None
        name = words.text(field.label) if field else owner.event
        return _("who the event names at “%(field)s”; otherwise %(kind)s") % {
            "field": name,
            "kind": otherwise,
        }
    chosen = [words.kind(str(case.then)) for case in owner.cases]
    return _(" or ").join([*chosen, otherwise])


def _duty_version(version: DutyVersion, item: Duty, country: Pack, on: date) -> DutyVersionPage:
    words = _first_event(item, country)
    return DutyVersionPage(
        valid_from=version.valid_from,
        valid_to=version.valid_to,
        due=tuple(_due(due, words) for due in version.due),
        basis=basis_words(version.basis),
        is_law=version.basis in {"law", "policy"},
        sources=cited(version.sources, country),
        in_force=_holds(version.valid_from, version.valid_to, on),
    )


def _due(due: Due, words: Wording) -> DueLine:
    clause = words.clause(due.when) if due.when is not None else None
    if due.date is not None:
        text = _("on “%(day)s”") % {"day": words.operand(due.date)}
    elif due.term is not None and due.after is not None:
        text = _("%(term)s after “%(what)s”") % {
            "term": words.term(due.term),
            "what": words.operand(due.after),
        }
    elif due.term is not None and plain_term(due.term):
        text = _("%(term)s after the start") % {"term": words.term(due.term)}
    else:
        text = _("on the same day")
    return DueLine(text, clause)


def _guard(key: str, item: Guard, country: Pack) -> RulePage:
    event = country.events[item.event]
    words = Wording(country, event)
    return RulePage(
        id=key,
        rule=item.rule,
        subject=words.text(event.label),
        message=_template(words.text(item.message), country, words),
        condition=words.clause(item.refuse_when),
        valid_from=item.valid_from,
        valid_to=item.valid_to,
        sources=cited(item.sources, country),
    )


def _flag(key: str, item: Flag, country: Pack) -> RulePage:
    event = country.events[item.event] if item.event else None
    words = Wording(country, event)
    if item.duty is not None:
        duty_label = words.text(country.duties[item.duty].label)
        subject = _("Too late: %(duty)s") % {"duty": duty_label}
    else:
        subject = words.text(event.label) if event else _("What is known")
    return RulePage(
        id=key,
        rule=item.rule,
        subject=subject,
        message=_template(words.text(item.message), country, words),
        condition=words.clause(item.when) if item.when is not None else None,
        valid_from=None,
        valid_to=None,
        sources=cited(item.sources, country),
    )


def _template(message: str, country: Pack, words: Wording) -> str:
    """Return a message with the label of a fact where a case would show its value."""
    for name, fact in country.facts.items():
        message = message.replace(f"{{{name}}}", f"[{words.text(fact.label)}]")
    return message


def _by_rule(page: RulePage) -> tuple[str, str]:
    return page.rule, page.id
