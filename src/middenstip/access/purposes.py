# SPDX-License-Identifier: EUPL-1.2
"""What the country pack says about purposes: who may look why, and at what.

The same table stands in the database (`thread.PurposeRight`), where row security reads it.
"""

from functools import cache

from django.conf import settings

from middenstip.pack.load import load_pack
from middenstip.pack.model import Pack, Purpose

# What an organisation recorded itself; rides along with whatever purpose it acts for.
OWN_RECORD = "own_record"


@cache
def country_pack(code: str) -> Pack:
    """Return a country pack; looked for on disk once per process."""
    return load_pack(code)


def pack() -> Pack:
    """Return the country pack: the one of setting `COUNTRY`, `nl` when that is not set."""
    return country_pack(getattr(settings, "COUNTRY", "nl"))


def purpose_of(purpose_id: str) -> Purpose:
    """Return a purpose of the pack; KeyError for one that it does not have."""
    return pack().purposes[purpose_id]


@cache
def purposes_of(kind: str) -> tuple[str, ...]:
    """Return the purposes an organisation of a kind can act for, the usual one first.

    Emergencies are never chosen but opened; what one recorded oneself is a purpose to choose
    only for kinds that have no other.
    """
    mine = [
        purpose_id
        for purpose_id, purpose in pack().purposes.items()
        if kind in purpose.organisation_kinds and not purpose.emergency
    ]
    chosen = tuple(purpose_id for purpose_id in mine if purpose_id != OWN_RECORD)
    return chosen or tuple(mine)


@cache
def duty_purposes(kind: str) -> tuple[str, ...]:
    """Return the purposes that a kind has by a statutory task, in the order of the pack."""
    return tuple(
        purpose_id
        for purpose_id in purposes_of(kind)
        if "legal_duty" in purpose_of(purpose_id).basis
    )


@cache
def emergency_purpose(kind: str) -> str:
    """Return the purpose for which a kind may open one case in an emergency; "" for none."""
    found = (
        key
        for key, purpose in pack().purposes.items()
        if purpose.emergency and kind in purpose.organisation_kinds
    )
    return next(found, "")


@cache
def register_purpose() -> str:
    """Return the purpose that sees every notified case; empty when the pack has none."""
    found = (key for key, purpose in pack().purposes.items() if purpose.whole_register)
    return next(found, "")
