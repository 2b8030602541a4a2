# SPDX-License-Identifier: EUPL-1.2
"""A fictional chain, and a program per organisation that speaks with the API."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from middenstip.access.actors import Actor
from middenstip.access.models import User
from tests.thread.chain import Chain

BASE = "/api/v1"
PROBLEM = "application/problem+json"


@dataclass
class Program:
    """What a client of the API does, with the CSRF token where it has one."""

    client: Client
    token: str = ""

    def get(self, path: str) -> Any:
        return self.client.get(BASE + path)

    def post(self, path: str, body: Any, **headers: str) -> Any:
        return self.client.post(
            BASE + path,
            body if isinstance(body, bytes) else json.dumps(body),
            content_type=headers.pop("content_type", "application/json"),
            headers={
                "X-CSRFToken": self.token,
                **{name.replace("_", "-"): value for name, value in headers.items()},
            },
        )

    def version(self, case_id: UUID) -> str:
        """The ETag of a case, as If-Match takes it."""
        return str(self.get(f"/cases/{case_id}")["ETag"])


def program_of(actor: Actor, language: str = "en") -> Program:
    """A program in which this actor is logged in, as in a browser: with the CSRF check."""
    user = User.objects.get(pk=actor.user_id)
    user.language = language
    user.save(update_fields=["language"])
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    return Program(client, client.get(f"{BASE}/me").json()["csrf_token"])


@pytest.fixture
def chain(db: None) -> Chain:
    return Chain()


@pytest.fixture
def police(chain: Chain) -> Program:
    return program_of(chain.police)


@pytest.fixture
def case(chain: Chain) -> UUID:
    """A case that the police notified."""
    return chain.notified().case_id


@pytest.fixture
def stranger(db: None) -> Program:
    return Program(Client())
