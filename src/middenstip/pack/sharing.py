# SPDX-License-Identifier: EUPL-1.2
"""Do the purposes of a pack keep its walls: who is given what, and has everybody one?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeGuard

from middenstip.pack import model as m
from middenstip.pack.problems import nearest
from middenstip.pack.shape import Key
from middenstip.pack.wording import PLACEHOLDER, texts

OWN_RECORD = "own_record"
# What the words of a consent form may fill in.
CONSENT_NAMES = frozenset({"recipient", "purpose", "categories"})
Items = Mapping[str, Mapping[str, m.Item]]
Told = tuple[tuple[Key, ...], str]


@dataclass(frozen=True, slots=True)
class Filling:
    """What the texts about some event types may fill in."""

    items: Items
    events: tuple[str, ...]

    def problem(self, name: str, category: str | None) -> str | None:
        """Return why a text shown under a category (None: any) may not fill this in."""
        fact = self.items["facts"].get(name)
        if isinstance(fact, m.Fact):
            if fact.identifying:
                return f"{name} says who somebody is; no text fills it in"
            return _other_category(name, fact.category, category)
        for event_id in self.events:
            event = self.items["events"].get(event_id)
            field = event.fields.get(name.removeprefix("event.")) if _is_event(event) else None
            if field is not None and field.encrypted:
                return f"{name} is kept encrypted; no text fills it in"
            if _is_event(event) and (found := _other_category(name, event.category, category)):
                return found
        return None


def _is_event(event: object) -> TypeGuard[m.EventType]:
    return isinstance(event, m.EventType)


def _other_category(name: str, has: str, wanted: str | None) -> str | None:
    if wanted is None or has == wanted or not name:
        return None
    return f"{name} is of the category {has}; this text is shown to who may see {wanted}"


def taken_over(fact: m.Fact, items: Items) -> Iterator[str]:
    """Yield what is wrong with a computed fact that gives an identifying one away.

    A number of years or of nights does not; the fact itself, or a day counted from it, does.
    """
    formula = fact.compute
    if fact.identifying or formula is None or formula.years_between or formula.days_between:
        return
    for operand in formula.operands():
        other = items["facts"].get(operand.fact or "")
        if isinstance(other, m.Fact) and other.identifying:
            yield f"it gives {operand.fact} away, which is identifying; mark this one too"


def purpose_problems(purpose_id: str, purpose: m.Purpose, items: Items) -> Iterator[Told]:
    """Yield (keys, what is wrong) where one purpose gives more than its kind may have."""
    if not purpose.basis:
        yield ("basis",), "a purpose needs a basis: without one nobody may look"
    if purpose_id == OWN_RECORD and purpose.basis != (OWN_RECORD,):
        yield ("basis",), f"{OWN_RECORD} is what one recorded oneself; its only basis is that"
    if purpose.emergency and purpose.basis != ("vital_interest",):
        yield ("basis",), "an emergency rests on vital_interest and on nothing else"
    for flag in ("emergency", "whole_register", "names_under_number"):
        if purpose_id == OWN_RECORD and getattr(purpose, flag):
            yield (flag,), f"{OWN_RECORD} shows only what one recorded oneself"
    if purpose.emergency and purpose.whole_register:
        yield ("whole_register",), "an emergency is opened for one case, never for all"
    yield from _register_problems(purpose, items)
    yield from _staying_problems(purpose, items)


def _register_problems(purpose: m.Purpose, items: Items) -> Iterator[Told]:
    if not purpose.whole_register:
        return
    if "legal_duty" not in purpose.basis:
        yield ("whole_register",), "only a legal_duty may see every notified case"
    for index, kind in enumerate(purpose.organisation_kinds):
        known = items["organisation_kinds"].get(kind)
        if isinstance(known, m.OrganisationKind) and not known.coordinates:
            message = f"{kind} does not coordinate, so it may not see every notified case"
            yield ("organisation_kinds", index), message


def _staying_problems(purpose: m.Purpose, items: Items) -> Iterator[Told]:
    for index, category_id in enumerate(purpose.categories):
        category = items["data_categories"].get(category_id)
        if not isinstance(category, m.DataCategory) or not category.stays_with:
            continue
        others = [k for k in purpose.organisation_kinds if k not in category.stays_with]
        if others:
            allowed = ", ".join(category.stays_with)
            message = f"{category_id} stays with {allowed}; {', '.join(others)} may not have it"
            yield ("categories", index), message
        if purpose.emergency:
            yield ("categories", index), f"{category_id} is not opened in an emergency either"


def retention_problems(kept_id: str, kept: m.Retention, items: Items) -> Iterator[Told]:
    """Yield (keys, what is wrong) with how long one thing is kept."""
    allowed = _ACTIONS[kept.what]
    if kept.action not in allowed:
        yield ("action",), f"a {kept.what} ends with {' or '.join(allowed)}, not {kept.action}"
    if _days(kept.term) <= 0:
        yield ("term",), "nothing can be kept for no time at all; give a longer term"
    if kept.warn is not None and _days(kept.warn) >= _days(kept.term):
        yield ("warn",), "the warning would come before the term begins; make it shorter"
    for other_id, other in items["retention"].items():
        if other_id == kept_id:
            break
        if isinstance(other, m.Retention) and other.what == kept.what:
            yield ("what",), f"{other_id} says already how long a {kept.what} is kept"


def consent_problems(form: m.ConsentForm, items: Items) -> Iterator[Told]:
    """Yield (keys, what is wrong) with what a person is told before consenting."""
    for index, purpose_id in enumerate(form.purposes):
        purpose = items["purposes"].get(purpose_id)
        if isinstance(purpose, m.Purpose) and "consent" not in purpose.basis:
            message = f"{purpose_id} does not rest on consent, so nobody is asked for it"
            yield ("purposes", index), message
    names = [version.version for version in form.versions]
    for index, name in enumerate(names):
        if name in names[:index]:
            yield ("versions", index, "version"), f"{name} stands twice"
    for keys, text in texts(form):
        for lang, words in text.items():
            for name in sorted(set(PLACEHOLDER.findall(words)) - CONSENT_NAMES):
                message = f"nothing fills in {{{name}}}{nearest(name, CONSENT_NAMES)}"
                yield (*keys, lang), message


_ACTIONS: Mapping[str, tuple[str, ...]] = {
    "draft": ("remove_draft",),
    "contact": ("remove_person",),
    "case": ("remove_person",),
    "unfollowed_signal": ("remove_person",),
    "read_log": ("remove_log",),
    "import_row": ("remove_log",),
    "backup": ("remove_backup",),
}


def _days(term: m.Term) -> int:
    """Return about how long a term is, to compare two of them."""
    return term.years * 365 + term.months * 30 + term.weeks * 7 + term.days


def purposeless(items: Items) -> Iterator[tuple[str, str]]:
    """Yield (kind, what is wrong) for kinds that act in cases and have no purpose at all."""
    chosen = {
        kind
        for purpose in items["purposes"].values()
        if isinstance(purpose, m.Purpose) and not purpose.emergency
        for kind in purpose.organisation_kinds
    }
    known = items["organisation_kinds"]
    for kind in dict.fromkeys(_acting(items)):
        if kind in known and kind not in chosen:
            yield kind, "this kind acts in cases but no purpose lets it see one (purposes)"


def _acting(items: Items) -> Iterable[str]:
    for event in items["events"].values():
        if isinstance(event, m.EventType):
            yield from event.recorded_by
    for duty in items["duties"].values():
        if isinstance(duty, m.Duty):
            owner = (
                duty.owner if isinstance(duty.owner, m.Owner) else m.Owner(otherwise=duty.owner)
            )
            yield from (str(case.then) for case in owner.cases)
            yield owner.otherwise
