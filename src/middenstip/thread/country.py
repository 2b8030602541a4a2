# SPDX-License-Identifier: EUPL-1.2
"""The country pack of this installation, and what follows from it about organisations."""

from functools import cache

from middenstip.access.purposes import pack
from middenstip.pack.model import Duty, Owner, Pack

# Event types that are built into the thread itself; every other type comes from the pack.
FACTS_RECORDED = "facts_recorded"
CORRECTED = "corrected"
# What the thread itself must know of the pack's events: what brings a case into the register,
# and what hides a name.
NOTIFIED = "notified"
COMPLAINT, UNDER_NUMBER = "complaint_filed", "under_number"
# What a human decided about two files: written with the verdict itself, never by hand.
SAME_PERSON, NOT_SAME_PERSON = "same_person", "not_same_person"
SAME_PERSON_OPEN = "same_person_open_again"
VERDICTS = frozenset({SAME_PERSON, NOT_SAME_PERSON, SAME_PERSON_OPEN})


__all__ = ["CORRECTED", "FACTS_RECORDED", "coordinates", "kinds_in_cases", "pack"]


def coordinates(kind: str) -> bool:
    """Tell whether organisations of this kind coordinate: they see and steer every case."""
    found = pack().organisation_kinds.get(kind)
    return found is not None and found.coordinates


@cache
def kinds_in_cases() -> frozenset[str]:
    """Return the organisation kinds that have something to do in a case.

    They record an event type or own a duty. All others (those who research or supervise) are
    never involved and see no case.
    """
    country = pack()
    kinds = {kind for event in country.events.values() for kind in event.recorded_by}
    for duty in country.duties.values():
        kinds |= _owner_kinds(duty, country)
    return frozenset(kinds)


def _owner_kinds(duty: Duty, country: Pack) -> set[str]:
    if not isinstance(duty.owner, Owner):
        return {duty.owner}
    kinds = {duty.owner.otherwise} | {str(case.then) for case in duty.owner.cases}
    return kinds & set(country.organisation_kinds)
