# SPDX-License-Identifier: EUPL-1.2
"""The country pack of this installation, and what follows from it about organisations."""

from functools import cache

from django.conf import settings

from middenstip.pack.load import load_pack
from middenstip.pack.model import Duty, Owner, Pack

# Event types that are built into the thread itself; every other type comes from the pack.
FACTS_RECORDED = "facts_recorded"
CORRECTED = "corrected"


def pack() -> Pack:
    """Return the country pack: the one of setting `COUNTRY`, `nl` when that is not set."""
    return _loaded(getattr(settings, "COUNTRY", "nl"))


@cache
def _loaded(code: str) -> Pack:
    # `load_pack` looks at the disk each time; recording one event asks dozens of times.
    return load_pack(code)


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
