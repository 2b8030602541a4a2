# SPDX-License-Identifier: EUPL-1.2
"""Putting a new master key in the place of the old one, beside a running system.

Only what wraps the keys of persons changes, not those keys: nothing sealed is touched. The
secrets go first, so that from then on no process that knows only the old key can add anything.
Every batch is one transaction; after a stop at any moment each key is wrapped by one of the
two, and running again finishes the work.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count

from middenstip.vault import keyring
from middenstip.vault.errors import CipherProblem, NotInitialised, VaultDamaged, WrongMasterKey
from middenstip.vault.master import MasterKeys
from middenstip.vault.models import PersonKey, Token, VaultSecret
from middenstip.vault.services import place_of_key

BATCH: Final = 1000
_BEFORE_ALL: Final = UUID(int=0)
_NEXT: Final = """
SELECT person_id, wrapped, master_id FROM vault_personkey
WHERE person_id > %s AND destroyed_at IS NULL AND master_id <> %s
ORDER BY person_id LIMIT %s FOR UPDATE
"""
_UPDATE: Final = """
UPDATE vault_personkey held SET wrapped = made.wrapped, master_id = %s
FROM unnest(%s::uuid[], %s::bytea[]) AS made (person_id, wrapped)
WHERE held.person_id = made.person_id
"""


@dataclass(frozen=True, slots=True)
class Status:
    """What the vault holds; `keys` and `secrets` say by which master key (its id)."""

    keys: dict[str, int]
    destroyed: int
    secrets: dict[str, str]
    tokens: int

    def waiting(self, keys: MasterKeys) -> int:
        """Return how many keys and secrets the current master key does not hold yet."""
        other = sum(number for id_, number in self.keys.items() if id_ != keys.current.id)
        return other + sum(id_ != keys.current.id for id_ in self.secrets.values())


def status() -> Status:
    """Count what the vault holds; needs no master key."""
    live = PersonKey.objects.filter(destroyed_at=None).order_by("master_id")
    counted = live.values_list("master_id").annotate(Count("person_id"))
    return Status(
        keys=dict(counted),
        destroyed=PersonKey.objects.exclude(destroyed_at=None).count(),
        secrets=dict(VaultSecret.objects.values_list("name", "master_id")),
        tokens=Token.objects.count(),
    )


def rotate(*, progress: Callable[[int], None] = lambda number: None, batch: int = BATCH) -> int:
    """Wrap every secret and key by the current master key; return how many keys were not yet.

    WrongMasterKey or VaultDamaged when something does not open; what was done until then holds
    and can be read with both keys.
    """
    keys = keyring.masters()
    _rotate_secrets(keys)
    done = 0
    # Once more from the start until nothing is found: somebody may have added a key meanwhile.
    while found := _one_pass(keys, progress, batch):
        done += found
    keyring.require_ready()
    return done


@transaction.atomic
def _rotate_secrets(keys: MasterKeys) -> None:
    rows = list(VaultSecret.objects.select_for_update().order_by("name"))
    if not rows:
        raise NotInitialised
    for row in rows:
        secret = keyring.opened_secret(keys, row)
        if row.master_id != keys.current.id:
            row.wrapped = keys.current.wrap(secret, keyring.place_of_secret(row.name))
            row.master_id = keys.current.id
            row.save(update_fields=["wrapped", "master_id"])


def _one_pass(keys: MasterKeys, progress: Callable[[int], None], batch: int) -> int:
    done, last = 0, _BEFORE_ALL
    while rewrapped := _one_batch(keys, last, batch):
        done, last = done + len(rewrapped), rewrapped[-1]
        progress(len(rewrapped))
    return done


@transaction.atomic
def _one_batch(keys: MasterKeys, after: UUID, batch: int) -> list[UUID]:
    """Wrap the keys of the next persons anew; return these persons in their order."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [after, keys.current.id, batch])
        rows = cursor.fetchall()
        persons = [person_id for person_id, _wrapped, _id in rows]
        made = [_rewrapped(keys, *row) for row in rows]
        if persons:
            cursor.execute(_UPDATE, [keys.current.id, persons, made])
    return persons


def _rewrapped(keys: MasterKeys, person_id: UUID, wrapped: bytes, master_id: str) -> bytes:
    held_by = keys.named(master_id)
    if held_by is None:
        raise WrongMasterKey(master_id, keys.ids())
    place = place_of_key(person_id)
    try:
        return keys.current.wrap(held_by.unwrap(bytes(wrapped), place), place)
    except CipherProblem:
        raise VaultDamaged(f"the key of person {person_id}") from None
