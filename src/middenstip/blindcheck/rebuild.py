# SPDX-License-Identifier: EUPL-1.2
"""Making the codes of the whole register anew: once when this room is new, or to be sure.

In small transactions, each under the locks of its cases, so that nothing that is recorded
meanwhile is lost. Shows nobody; needs the rights of the owner, because no role of the program
may know everybody's name.
"""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction

from middenstip.blindcheck.codes import keep_found_by
from middenstip.blindcheck.models import Code
from middenstip.thread.models import Case, CaseState, Identity, Person
from middenstip.thread.sealing import IDENTITY_COLUMNS, open_facts, open_identity, tokens_of
from middenstip.vault.services import DataKey, keys_of

BATCH: Final = 200
# A code without a person that is known, as an older dump may bring it back.
_STRAY: Final = """
DELETE FROM blindcheck_code c USING thread_person p
WHERE p.id = c.person_id AND (p.removed_at IS NOT NULL
    OR EXISTS (SELECT FROM vault_destruction d WHERE d.person_id = p.id))
"""


def count() -> int:
    """Return the number of persons that `rebuild` would look at."""
    return Person.objects.filter(removed_at__isnull=True).count()


def rebuild(progress: Callable[[int], None] = lambda number: None) -> int:
    """Make the code of every person anew; return how many codes there are afterwards."""
    last = UUID(int=0)
    while batch := _batch(last):
        with transaction.atomic():
            _make(batch)
        last = batch[-1]
        progress(len(batch))
    with connection.cursor() as cursor:
        cursor.execute(_STRAY)
    return Code.objects.count()


def _batch(after: UUID) -> list[UUID]:
    known = Person.objects.filter(removed_at__isnull=True, pk__gt=after).order_by("pk")
    return list(known.values_list("pk", flat=True)[:BATCH])


def _make(persons: list[UUID]) -> None:
    """Make codes from what is stored: all that is known of the names and the birth date."""
    cases = Case.objects.select_for_update().filter(person_id__in=persons).order_by("pk")
    person_of = dict(cases.values_list("pk", "person_id"))
    keys = keys_of(persons)
    born: dict[UUID, Any] = {}
    for case_id, facts in CaseState.objects.filter(case_id__in=person_of).values_list(
        "case_id", "facts"
    ):
        person_id = person_of[case_id]
        born[person_id] = open_facts(keys.get(person_id), facts).get("birth_date")
    named = {
        row.pop("person_id"): row
        for row in Identity.objects.filter(person_id__in=persons).values(
            "person_id", *IDENTITY_COLUMNS
        )
    }
    keep_found_by(
        {
            person_id: _told(keys[person_id], named.get(person_id), born.get(person_id))
            for person_id in persons
            if person_id in keys
        }
    )


def _told(key: DataKey, identity: dict[str, str] | None, born: Any) -> dict[str, str]:
    """Return what a person is found by, with empty texts for what is not known."""
    opened = open_identity(key, identity) if identity else None
    found = tokens_of(opened, {"birth_date": born} if born else {})
    return {"given_name": "", "family_name": "", "birth_date": "", **found}
