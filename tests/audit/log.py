# SPDX-License-Identifier: EUPL-1.2
"""Made-up looks, and ways to tamper with them that no user of the program has."""

import json
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection

from middenstip import clock
from middenstip.access.actors import Actor
from middenstip.audit.models import ReadEntry

DAY = date(2026, 3, 2)


def somebody(purpose: str = "care") -> Actor:
    return Actor(
        user_id=uuid4(),
        organisation_id=uuid4(),
        organisation_kind="shelter",
        organisation_name="Voorbeeldopvang",
        is_administrator=False,
        language="nl",
        purpose=purpose,
    )


def write(chain: UUID, day: date = DAY, *, number: int = 1, cases: Iterable[UUID] = ()) -> None:
    """Add looks at noon of a day, as only the owner can choose the moment."""
    moment = datetime.combine(day, time(12), clock.AMSTERDAM)
    actor = somebody()
    look = {
        "chain": str(chain),
        "cases": [str(case) for case in cases],
        "user_id": str(actor.user_id),
        "organisation_id": str(actor.organisation_id),
        "purpose": actor.purpose,
        "categories": ["care", "residence"],
        "operation": "desk:case",
        "kind": "list" if cases else "ordinary",
        "trace": str(uuid4()),
        "failed": False,
        "started_at": (moment - timedelta(seconds=1)).isoformat(),
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_append_at(%s, %s)", [json.dumps([look] * number), moment])


def close(day: date = DAY) -> None:
    """Make the anchor of a day."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_close_day(%s)", [day])


def tamper(statement: str, *values: Any) -> None:
    """Change the tables as a superuser who turns the triggers off."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, values)
        assert cursor.rowcount > 0, "the tampering touched nothing"
        cursor.execute("SET LOCAL session_replication_role = origin")


def entry(chain: UUID, seq: int) -> ReadEntry:
    return ReadEntry.objects.get(chain=chain, seq=seq)
