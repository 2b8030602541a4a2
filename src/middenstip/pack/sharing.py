# SPDX-License-Identifier: EUPL-1.2
"""Do the purposes of a pack keep its walls: who may be given what, and who has a purpose at all?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from middenstip.pack import model as m
from middenstip.pack.shape import Key

OWN_RECORD = "own_record"
Items = Mapping[str, Mapping[str, m.Item]]
Told = tuple[tuple[Key, ...], str]


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


def purposeless(items: Items) -> Iterator[tuple[str, str]]:
    """Yield (kind, what is wrong) for kinds that act in cases and have no purpose to act for."""
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
