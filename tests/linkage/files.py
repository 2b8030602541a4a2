# SPDX-License-Identifier: EUPL-1.2
"""Files of made-up people, and what is read of a verdict, for the tests of the room."""

from typing import Any
from uuid import UUID

from middenstip.access.actors import Actor
from middenstip.linkage import selectors, services
from middenstip.thread.records import NewIdentity, Opened
from tests.thread.chain import Chain

GROUND = "records_compared"


def named(number: int = 1) -> NewIdentity:
    """Who somebody is; another for each number."""
    return NewIdentity(given_name=f"Voornaam{number}", family_name=f"Voorbeeld{number}")


def opened(chain: Chain, number: int = 1, **more: Any) -> Opened:
    """A file of a person with a name, notified by the police."""
    return chain.notified(identity=named(number), **more)


def decide(actor: Actor, one: UUID, two: UUID, verdict: str, **more: Any) -> UUID:
    """Decide as somebody who has just looked at what holds."""
    if "seen" not in more:
        before = selectors.standing(actor=actor, one=one, two=two)
        more["seen"] = before.id if before else None
    ground = "" if verdict == "unknown" else GROUND
    values: dict[str, Any] = {"ground": ground} | more
    return services.decide(actor=actor, one=one, two=two, verdict=verdict, **values)
