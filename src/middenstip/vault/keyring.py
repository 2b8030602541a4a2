# SPDX-License-Identifier: EUPL-1.2
"""The master keys of this process, and the secrets that prove they are the right ones.

Two secrets are wrapped by the master key: `check` proves on the day of a mistake that a wrong
key was given before anything is written with it, `lookup` is the key of the tokens. Neither
changes in a rotation; only what wraps them does.
"""

import time
from functools import lru_cache
from typing import Any, Final

from django.conf import settings
from django.db import connection, connections, transaction

from middenstip import clock
from middenstip.vault import master
from middenstip.vault.cipher import new_key
from middenstip.vault.errors import CipherProblem, NotInitialised, VaultDamaged, WrongMasterKey
from middenstip.vault.master import MasterKey, MasterKeys
from middenstip.vault.models import PersonKey, Token, VaultSecret

CHECK: Final = "check"
LOOKUP: Final = "lookup"
# The look-up key stays in memory this long at most.
REMEMBERED_SECONDS: Final = 300.0
_remembered: dict[str, tuple[float, bytes]] = {}


def masters() -> MasterKeys:
    """Return the master keys named by the settings, read once for each process.

    MasterKeyProblem when none is named or one cannot be used.
    """
    return _loaded(settings.VAULT_KEYS)


@lru_cache(maxsize=4)
def _loaded(sources: master.Sources) -> MasterKeys:
    return master.load(sources)


def place_of_secret(name: str) -> bytes:
    """Return what the wrapping of a secret is bound to."""
    return b"middenstip secret " + name.encode()


def require_ready() -> None:
    """Return when everything stored can be opened with the given keys; changes nothing.

    NotInitialised before `vault init`; WrongMasterKey when any key or secret needs a master
    key that was not given (also halfway a rotation); VaultDamaged for a broken secret.
    """
    keys = masters()
    if not _has_tables():
        raise NotInitialised(
            "the tables of the vault are missing; run: middenstip manage migrate"
        )
    secrets = {row.name: row for row in VaultSecret.objects.all()}
    for name in (CHECK, LOOKUP):
        if name not in secrets:
            raise NotInitialised(*_why_missing())
        opened_secret(keys, secrets[name])
    if unknown := _other_master(keys):
        raise WrongMasterKey(unknown, keys.ids())


def opened_secret(keys: MasterKeys, row: VaultSecret) -> bytes:
    """Return a secret unwrapped; WrongMasterKey or VaultDamaged."""
    key = keys.named(row.master_id)
    if key is None:
        raise WrongMasterKey(row.master_id, keys.ids())
    try:
        return key.unwrap(bytes(row.wrapped), place_of_secret(row.name))
    except CipherProblem:
        raise VaultDamaged(f"the secret {row.name!r}") from None


def lookup_key() -> bytes:
    """Return the key of the tokens; NotInitialised, WrongMasterKey or VaultDamaged."""
    moment, key = _remembered.get(LOOKUP, (0.0, b""))
    if key and time.monotonic() - moment < REMEMBERED_SECONDS:
        return key
    row = VaultSecret.objects.filter(name=LOOKUP).first()
    if row is None:
        raise NotInitialised
    key = opened_secret(masters(), row)
    _remembered[LOOKUP] = (time.monotonic(), key)
    return key


def forget() -> None:
    """Forget the keys that this process remembers; they are read again when needed."""
    _remembered.clear()
    _loaded.cache_clear()


@transaction.atomic
def initialise() -> bool:
    """Make the check value and the look-up key; False when they are there and open.

    WrongMasterKey when they were made with another master key. NotInitialised when keys or
    tokens are there but a secret is not: then a backup must be restored, for a new look-up key
    would find nobody.
    """
    keys = masters()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('middenstip vault init'))")
    there = {row.name: row for row in VaultSecret.objects.all()}
    for row in there.values():
        opened_secret(keys, row)
    if there.keys() >= {CHECK, LOOKUP}:
        return False
    if there or PersonKey.objects.exists() or Token.objects.exists():
        raise NotInitialised(*_why_missing())
    VaultSecret.objects.bulk_create(_new_secret(name, keys.current) for name in (CHECK, LOOKUP))
    transaction.on_commit(_remembered.clear)
    _remembered.clear()
    return True


def set_up_local(*, using: str = "default", **_: Any) -> None:
    """Initialise after a migration where the published key is in use: no real person is there.

    Elsewhere who runs the system does it by hand, once, with the key that will be kept.
    """
    source = settings.VAULT_KEYS.current
    if using == "default" and source is not None and source.kind == "local" and _has_tables():
        initialise()


def _new_secret(name: str, key: MasterKey) -> VaultSecret:
    return VaultSecret(
        name=name,
        wrapped=key.wrap(new_key(), place_of_secret(name)),
        master_id=key.id,
        made_at=clock.now(),
    )


def _why_missing() -> list[str]:
    """Return the reason when a secret is gone from a vault in use; nothing for a fresh one."""
    if PersonKey.objects.exists() or Token.objects.exists():
        return [
            "keys or tokens are there but a secret of the vault is missing; restore the backup "
            "of the keys (middenstip vault restore FILE) before anything else, and only then"
        ]
    return []


def _other_master(keys: MasterKeys) -> str:
    """Return the id of a master key that is needed and was not given, empty when none is."""
    other = PersonKey.objects.filter(destroyed_at=None).exclude(master_id__in=keys.ids())
    return other.values_list("master_id", flat=True).first() or ""


def _has_tables() -> bool:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT to_regclass('vault_secret'), to_regclass('vault_personkey')")
        return None not in (cursor.fetchone() or (None,))
