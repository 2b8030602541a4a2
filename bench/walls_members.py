# SPDX-License-Identifier: EUPL-1.2
"""Who looks in the measurement of the walls: members involved in few, many and all cases.

``python -m bench.walls_members 10 1000`` in the environment of `bench.country`, as the owner,
makes two police offices that are involved in that many cases and own the running duties of the
police in them, logs their members and the coordination point in, and prints JSON.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from typing import Any

CASES, WORDS = 30, 8
INVOLVE = """
INSERT INTO thread_involvement
    (case_id, organisation_id, purpose, basis, categories, reason, since)
SELECT c.id, %(office)s, r.purpose, 'legal_duty', r.categories, 'notified', c.opened_on
FROM (SELECT id, opened_on FROM thread_case ORDER BY id LIMIT %(number)s) c
JOIN thread_purposeright r ON r.kind = 'police' AND r.purpose = %(purpose)s
"""
OWN = """
UPDATE thread_dutyrun d SET owner_id = %(office)s
WHERE state = 'running' AND owner_kind = 'police' AND case_id IN (
    SELECT id FROM thread_case ORDER BY id LIMIT %(number)s
)
"""
SEEN = """
SELECT i.case_id::text, p.pseudonym, p.id FROM thread_involvement i
JOIN thread_case c ON c.id = i.case_id JOIN thread_person p ON p.id = c.person_id
WHERE i.organisation_id = %s AND i.purpose = %s AND i.until IS NULL AND NOT c.under_number
ORDER BY md5(c.id::text)
"""


def main() -> None:
    """Print for each number, and for `all`, the session and what to look at."""
    import django

    django.setup()
    print(json.dumps([*map(_office, map(int, sys.argv[1:])), _coordination_point()]))


def _office(number: int) -> dict[str, Any]:
    from django.core.exceptions import PermissionDenied
    from django.db import connection, transaction

    from middenstip.access import services
    from middenstip.access.selectors import actor_for

    email = f"police.{number}.bench@demo.example"
    try:
        actor = actor_for(email=email)
    except PermissionDenied:
        with transaction.atomic(), connection.cursor() as cursor:
            office = services.create_organisation(
                actor=None, kind="police", name=f"Politie Meetveld {number}"
            )
            services.add_member(
                actor=None,
                organisation_id=office.pk,
                email=email,
                display_name="Voorbeeld Meetveld",
            )
            actor = actor_for(email=email)
            values: dict[str, Any] = {"office": office.pk, "number": number}
            values["purpose"] = actor.purpose
            cursor.execute(INVOLVE, values)
            cursor.execute(OWN, values)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    return _member(actor, str(number))


def _coordination_point() -> dict[str, Any]:
    from middenstip.access import demo
    from middenstip.access.selectors import actor_for

    account = next(known for known in demo.ACCOUNTS if known.kind == "coordination_point")
    return _member(actor_for(email=demo.email(account)), "all")


def _member(actor: Any, involved: str) -> dict[str, Any]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(SEEN, [actor.organisation_id, actor.purpose])
        rows = cursor.fetchall()
    chosen = list(dict.fromkeys(row[0] for row in rows))[:CASES]
    names = _names(row[2] for row in rows)
    return {
        "involved": involved,
        "cases": chosen,
        "words": [row[1].split("-")[0] for row in rows[:WORDS]],
        "names": [name for _, name in zip(range(WORDS), names, strict=False)],
        "session": _session(actor),
    }


def _names(person_ids: Any) -> Iterator[str]:
    """Yield family names of these persons, as far as somebody told them."""
    from middenstip.thread.models import Identity
    from middenstip.thread.sealing import open_identity
    from middenstip.vault.services import keys_of

    for person_id in person_ids:
        rows = Identity.objects.filter(person_id=person_id).values("family_name")
        found: Any = rows.first()
        if found:
            key = keys_of([person_id]).get(person_id)
            if name := open_identity(key, found)["family_name"]:
                yield name


def _session(actor: Any) -> str:
    """Log in, with a session as the demo's buttons give it, and return its key."""
    from django.test import Client

    from middenstip.access.models import User

    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client.cookies["sessionid"].value


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "middenstip.settings.demo")
    main()
