# SPDX-License-Identifier: EUPL-1.2
"""A fictional chain, a browser-like client per organisation, and a case with a story."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client

from middenstip import clock
from middenstip.access.actors import Actor
from middenstip.access.models import User
from middenstip.thread import services
from tests.thread.chain import Chain

Enter = Callable[..., Client]


@pytest.fixture
def chain(db: None) -> Chain:
    return Chain()


def entered(actor: Actor, language: str = "en") -> Client:
    """A client in which this actor is logged in, in a language."""
    user = User.objects.get(pk=actor.user_id)
    user.language = language
    user.save(update_fields=["language"])
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def enter() -> Enter:
    return entered


def full_story(chain: Chain) -> UUID:
    """A case of which much is known: reflection period running, bed late, something wrong."""
    day = clock.today() - timedelta(days=20)
    opened = chain.notified(
        on=day,
        facts={
            "birth_date": "1999-04-13",
            "sex": "female",
            "nationalities": ["NG"],
            "lawful_stay": False,
            "stay_ground": "none",
            "preferred_language": "en",
            "interpreter_needed": True,
            "in_danger": True,
            "exploitation_forms": ["sexual"],
        },
    )
    case = opened.case_id
    record = chain.record
    record(
        chain.police,
        case,
        "rights_explained",
        day,
        by="police",
        language="en",
        interpreter=True,
    )
    record(chain.police, case, "reflection_period_offered", day, by="police")
    wrong = record(
        chain.police,
        case,
        "rights_explained",
        day,
        by="police",
        language="ro",
        interpreter=False,
    )
    services.correct_event(
        actor=chain.police, case_id=case, event_id=wrong.events[0].id, replaced_by=None
    )
    record(chain.police, case, "reflection_period_started", day + timedelta(days=1))
    record(
        chain.coordination_point,
        case,
        "emergency_bed_started",
        day + timedelta(days=15),
        planned_nights=3,
        reason="Fictief: geen plek vrij",
    )
    chain.bring_in(case, chain.care_coordinator)
    return case


@pytest.fixture
def story(chain: Chain) -> UUID:
    return full_story(chain)
