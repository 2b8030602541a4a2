# SPDX-License-Identifier: EUPL-1.2
"""What other rooms call: the keys of persons, and finding a person by keyed tokens.

Nothing here asks for rights: the service or selector that calls does. Keys are never kept
between calls, so a key that was destroyed, by whichever process, opens nothing from then on.
"""

import re
from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.db import connection, transaction

from middenstip import clock
from middenstip.vault.cipher import KEY_BYTES, Cipher, DataKey, is_sealed, new_key
from middenstip.vault.errors import (
    CipherProblem,
    KeyExists,
    NoSuchKey,
    NotInitialised,
    VaultDamaged,
    WrongMasterKey,
)
from middenstip.vault.finding import (
    Match,
    find_by_tokens,
    forget_tokens,
    how_many_share,
    nearest_by_tokens,
    register_size,
    replace_tokens,
    store_many_tokens,
    store_tokens,
    tokens_for,
)
from middenstip.vault.keyring import CHECK, lookup_key, masters, require_ready
from middenstip.vault.models import Destruction, PersonKey, VaultSecret

__all__ = [
    "Cipher",
    "DataKey",
    "Match",
    "derived_key",
    "destroy_key",
    "find_by_tokens",
    "forget_tokens",
    "how_many_share",
    "is_sealed",
    "keys_of",
    "make_keys",
    "nearest_by_tokens",
    "place_of_key",
    "register_size",
    "replace_tokens",
    "require_ready",
    "store_many_tokens",
    "store_tokens",
    "tokens_for",
]

_CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,59}")
# The check value guards the insertion itself: a process with another master key stores nothing.
_INSERT: Final = """
INSERT INTO vault_personkey (person_id, wrapped, master_id, made_at, destroyed_because)
SELECT person_id, wrapped, %s, %s, ''
FROM unnest(%s::uuid[], %s::bytea[]) AS made (person_id, wrapped)
WHERE EXISTS (SELECT FROM vault_secret WHERE name = %s AND master_id = ANY(%s))
ON CONFLICT DO NOTHING
RETURNING person_id
"""
_SELECT: Final = """
SELECT person_id, wrapped, master_id FROM vault_personkey
WHERE person_id = ANY(%s::uuid[]) AND destroyed_at IS NULL
"""


def derived_key(purpose: str) -> bytes:
    """Return 32 secret bytes for one purpose, always the same until the vault is set up anew.

    They follow from the look-up key, so nobody makes them without the master key; what is made
    with them for one purpose says nothing about another. NotInitialised, WrongMasterKey or
    VaultDamaged.
    """
    label = b"middenstip derived key " + purpose.encode()
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=label).derive(
        lookup_key()
    )


def place_of_key(person_id: UUID) -> bytes:
    """Return what the wrapping of a person's key is bound to."""
    return b"middenstip person " + person_id.bytes


@transaction.atomic
def make_keys(person_ids: Iterable[UUID]) -> dict[UUID, DataKey]:
    """Store a new key for each person and return them; one query for all.

    All or none: KeyExists when one of them has or had a key. NotInitialised or WrongMasterKey
    when this process may not write in this vault.
    """
    master = masters().current
    plain = {person_id: new_key() for person_id in person_ids}
    if not plain:
        return {}
    wrapped = [master.wrap(key, place_of_key(person_id)) for person_id, key in plain.items()]
    values: list[Any] = [master.id, clock.now(), list(plain), wrapped, CHECK, masters().ids()]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, values)
        stored = {person_id for (person_id,) in cursor.fetchall()}
    if len(stored) < len(plain):
        _explain(plain.keys() - stored)
    return {person_id: DataKey(person_id, key) for person_id, key in plain.items()}


def keys_of(person_ids: Iterable[UUID]) -> dict[UUID, DataKey]:
    """Return the keys of persons by id, in one query.

    Who never had a key, or whose key was destroyed, is absent. WrongMasterKey when a key needs
    a master key that was not given, VaultDamaged when it does not open.
    """
    given = masters()
    with connection.cursor() as cursor:
        # As text: the driver takes longer over a list of ids than the database over the keys.
        cursor.execute(_SELECT, ["{" + ",".join(map(str, person_ids)) + "}"])
        rows: list[tuple[UUID, bytes, str]] = cursor.fetchall()
    known = {key.id: key for key in (given.current, given.old) if key is not None}
    keys: dict[UUID, DataKey] = {}
    for person_id, wrapped, master_id in rows:
        master = known.get(master_id)
        if master is None:
            raise WrongMasterKey(master_id, given.ids())
        try:
            keys[person_id] = DataKey(
                person_id, master.unwrap(bytes(wrapped), place_of_key(person_id))
            )
        except CipherProblem:
            raise VaultDamaged(f"the key of person {person_id}") from None
    return keys


@transaction.atomic
def destroy_key(person_id: UUID, because: str) -> bool:
    """Make all that is sealed for a person unreadable for ever, and forget how to find them.

    `because` is a short code (`retention`, `own_request`). The row stays and says when and why
    the key was destroyed. False when it was destroyed before; the first reason stays.
    NoSuchKey for who never had one. ValueError for a reason that is no code.
    """
    if not _CODE.fullmatch(because):
        raise ValueError("the reason must be a short code of small letters, digits and _")
    forget_tokens(person_id)
    now = clock.now()
    destroyed = PersonKey.objects.filter(person_id=person_id, destroyed_at=None).update(
        wrapped=b"", master_id="", destroyed_at=now, destroyed_because=because
    )
    if destroyed:
        Destruction.objects.create(person_id=person_id, at=now, because=because)
    elif not PersonKey.objects.filter(person_id=person_id).exists():
        raise NoSuchKey(person_id)
    return bool(destroyed)


def _explain(missing: Iterable[UUID]) -> None:
    """Raise why keys were not stored."""
    check = VaultSecret.objects.filter(name=CHECK).values_list("master_id", flat=True).first()
    if check is None:
        raise NotInitialised
    if check not in masters().ids():
        raise WrongMasterKey(check, masters().ids())
    raise KeyExists(min(missing))
