# SPDX-License-Identifier: EUPL-1.2
"""The keys in a file of their own, still wrapped: kept apart from the dump of the database.

The file is text: a line of JSON that says what it is and holds the secrets, a line for each
key as PostgreSQL copies it, and a line of JSON with the number of keys and the SHA-256 of all
lines before.
"""

import hashlib
import json
import os
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.db import connection, transaction

from middenstip import clock
from middenstip.vault import keyring
from middenstip.vault.errors import BackupProblem, WrongMasterKey
from middenstip.vault.models import VaultSecret

FORMAT: Final = "middenstip vault backup 1"
_COLUMNS: Final = "person_id, wrapped, master_id, made_at, destroyed_at, destroyed_because"
_OUT: Final = f"COPY vault_personkey ({_COLUMNS}) TO STDOUT"
_IN: Final = f"COPY vault_restored ({_COLUMNS}) FROM STDIN"
_TEMPORARY: Final = """
CREATE TEMPORARY TABLE vault_restored (LIKE vault_personkey) ON COMMIT DROP
"""
# What was destroyed stays destroyed, whether this database knows of it or only the file.
_KNOWN_HERE: Final = """
UPDATE vault_restored restored
SET wrapped = '', master_id = '', destroyed_at = done.at, destroyed_because = done.because
FROM vault_destruction done
WHERE done.person_id = restored.person_id AND restored.destroyed_at IS NULL
"""
_UNKNOWN: Final = """
SELECT master_id FROM vault_restored
WHERE destroyed_at IS NULL AND NOT master_id = ANY(%s) LIMIT 1
"""
_ADD: Final = f"""
INSERT INTO vault_personkey ({_COLUMNS}) SELECT {_COLUMNS} FROM vault_restored
ON CONFLICT DO NOTHING
"""  # noqa: S608 - our own columns
_KNOWN_THERE: Final = """
UPDATE vault_personkey held
SET wrapped = '', master_id = '', destroyed_at = restored.destroyed_at,
    destroyed_because = restored.destroyed_because
FROM vault_restored restored
WHERE held.person_id = restored.person_id
    AND held.destroyed_at IS NULL AND restored.destroyed_at IS NOT NULL
"""
_AFTERWARDS: Final = (
    "INSERT INTO vault_destruction (person_id, at, because)"
    " SELECT person_id, destroyed_at, destroyed_because FROM vault_restored"
    " WHERE destroyed_at IS NOT NULL ON CONFLICT DO NOTHING",
    "DELETE FROM vault_token USING vault_destruction done"
    " WHERE vault_token.person_id = done.person_id",
    "DROP TABLE vault_restored",
)


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did: how many keys it added, of how many, and how old the file was."""

    added: int
    total: int
    made_at: datetime


def write(path: Path) -> int:
    """Write all keys and secrets to a new file that only its owner can read; return the number.

    BackupProblem when the file exists or cannot be written; then no file is left behind.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise BackupProblem(f"{path} cannot be made: {error.strerror}") from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            count, sha = 0, hashlib.sha256()
            for line in _lines():
                count += 1
                sha.update(line)
                file.write(line)
            file.write(_json({"keys": count - 1, "sha256": sha.hexdigest()}))
            file.flush()
            os.fsync(file.fileno())
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise BackupProblem(f"{path} cannot be written: {error.strerror}") from None
        raise
    return count - 1


@transaction.atomic
def restore(path: Path) -> Restored:
    """Add the keys of a file that are not in this database; all or nothing.

    A key that is there stays as it is, and one that was destroyed stays destroyed.
    BackupProblem for a file that is damaged, or of another vault; WrongMasterKey when a key in
    it needs a master key that was not given.
    """
    header, count = _checked(path)
    _restore_secrets(header["secrets"])
    with connection.cursor() as cursor:
        cursor.execute(_TEMPORARY)
        with path.open("rb") as file, cursor.copy(_IN) as copy:
            next(file)
            for _number in range(count):
                copy.write(next(file))
        cursor.execute(_KNOWN_HERE)
        cursor.execute(_UNKNOWN, [keyring.masters().ids()])
        if unknown := cursor.fetchone():
            raise WrongMasterKey(unknown[0], keyring.masters().ids())
        cursor.execute(_ADD)
        added = cursor.rowcount
        for statement in (_KNOWN_THERE, *_AFTERWARDS):
            cursor.execute(statement)
    keyring.require_ready()
    return Restored(added, count, datetime.fromisoformat(header["made_at"]))


def _lines() -> Iterator[bytes]:
    secrets = [
        {
            "name": row.name,
            "wrapped": b64encode(bytes(row.wrapped)).decode(),
            "master_id": row.master_id,
            "made_at": row.made_at.isoformat(),
        }
        for row in VaultSecret.objects.order_by("name")
    ]
    yield _json({"format": FORMAT, "made_at": clock.now().isoformat(), "secrets": secrets})
    with connection.cursor() as cursor, cursor.copy(_OUT) as copy:
        # PostgreSQL hands out whole rows; each ends its line and holds no other line end.
        for row in copy:
            yield bytes(row)


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode() + b"\n"


def _checked(path: Path) -> tuple[dict[str, Any], int]:
    """Return the first line of a file and the number of keys, when all of it is as written."""
    sha, before, count = hashlib.sha256(), b"", -1
    first = b""
    try:
        with path.open("rb") as file:
            for line in file:
                if before:
                    sha.update(before)
                    first = first or before
                before, count = line, count + 1
        header, end = json.loads(first), json.loads(before)
        if header["format"] == FORMAT and end == {
            "keys": count - 1, "sha256": sha.hexdigest(),
        }:  # fmt: skip
            return header, count - 1
    except OSError as error:
        raise BackupProblem(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError):
        pass
    raise BackupProblem(f"{path} is no backup of a vault, or is damaged; nothing was changed")


def _restore_secrets(secrets: list[dict[str, str]]) -> None:
    keys = keyring.masters()
    there = {row.name: row for row in VaultSecret.objects.all()}
    for given in secrets:
        row = VaultSecret(
            name=given["name"],
            wrapped=b64decode(given["wrapped"]),
            master_id=given["master_id"],
            made_at=datetime.fromisoformat(given["made_at"]),
        )
        secret = keyring.opened_secret(keys, row)
        if row.name not in there:
            row.save(force_insert=True)
        elif keyring.opened_secret(keys, there[row.name]) != secret:
            raise BackupProblem(
                "this backup is of another vault than this database has; nothing was changed. "
                "Restore it into the database whose dump belongs to it"
            )
