# SPDX-License-Identifier: EUPL-1.2
"""Organisations and people for the tests of the intake room. All of them are made up."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from middenstip.access.actors import Actor
from middenstip.access.models import Membership, Organisation, User
from middenstip.access.purposes import purposes_of

NAMES = {
    "police": "Politie Verzonnen",
    "coordination_point": "Coördinatiepunt Verzonnen",
    "shelter": "Opvang Verzonnen",
    "rapporteur": "Rapporteur Verzonnen",
    "legal_aid": "Advocatuur Verzonnen",
}


@pytest.fixture
def actor_of(db: None) -> Callable[..., Actor]:
    """Make (once) an organisation of a kind with one member, and return the actor."""

    def make(kind: str = "police", *, person: str = "a", language: str = "nl") -> Actor:
        organisation, _ = Organisation.objects.get_or_create(
            kind=kind, name=NAMES.get(kind, f"{kind} Verzonnen")
        )
        email = f"{person}@{kind.replace('_', '-')}.example"
        user = User.objects.filter(email=email).first() or User.objects.create_user(
            email, display_name="A. Verzonnen", language=language
        )
        Membership.objects.get_or_create(
            user=user, organisation=organisation, defaults={"since": date(2010, 1, 1)}
        )
        purpose = next(iter(purposes_of(kind)), "")
        return Actor(
            user.id, organisation.id, kind, organisation.name, False, language, purpose
        )

    return make


@pytest.fixture
def client_of() -> Callable[[Actor], Client]:
    """Log an actor in."""

    def make(actor: Actor) -> Client:
        client = Client()
        client.force_login(User.objects.get(pk=actor.user_id))
        return client

    return make


WHAT = {
    "seen_on": "17-11-2014",
    "exploitation_forms": ["sexual"],
    "source": "inspection",
    "exploited_in_netherlands": "yes",
    "basis": "legal_duty",
    "notified_on": "18-11-2014",
}
WHO = {
    "given_name": "Proef",
    "family_name": "Persoon",
    "phone": "+31 6 00000000",
    "birth_date": "29-02-1992",
    "sex": "female",
    "nationality_1": "RO",
    "preferred_language": "ro",
    "interpreter_needed": "yes",
}
NEEDS = {
    "in_danger": "no",
    "bed_needed": "yes",
    "shelter_consent": "yes",
    "consent_how": "gesture",
    "children_along": "0",
}
RIGHTS = {
    "told": "yes",
    "told_on": "17-11-2014",
    "told_language": "ro",
    "told_interpreter": "yes",
    "offered": "yes",
    "offered_on": "17-11-2014",
}
STEPS: tuple[dict[str, Any], ...] = (WHAT, WHO, NEEDS, RIGHTS)


def begin(client: Client) -> UUID:
    """Begin a draft through the page and return its id."""
    answer = client.post("/notify/")
    assert answer.status_code == 302, answer.content
    return UUID(answer["Location"].split("/")[2])


def fill(client: Client, draft_id: UUID, *steps: dict[str, Any]) -> None:
    """Fill in steps, the first as step 1; every one must be accepted."""
    for number, data in enumerate(steps or STEPS, start=1):
        answer = client.post(f"/notify/{draft_id}/{number}/", {**data, "next": "1"})
        assert answer.status_code == 302, answer.content.decode()
