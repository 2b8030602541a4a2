# SPDX-License-Identifier: EUPL-1.2
"""The actor: who does or looks, for which organisation, and for which purpose."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Actor:
    """A person acting for one organisation; every service and selector is given one.

    `organisation_kind` is the id of an organisation kind of the country pack, `purpose` the id
    of a purpose that this kind has; without a purpose an actor sees no case. Made by
    `access.selectors`, which checks the membership of today; other code only passes it on.
    """

    user_id: UUID
    organisation_id: UUID
    organisation_kind: str
    organisation_name: str
    is_administrator: bool
    language: str
    purpose: str = ""
