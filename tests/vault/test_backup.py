# SPDX-License-Identifier: EUPL-1.2
"""Keys in a file of their own: wrapped, whole or refused; nothing destroyed comes back."""

import stat
from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.db import connection

from middenstip.vault import backup, keyring, services
from middenstip.vault.errors import BackupProblem, WrongMasterKey
from middenstip.vault.models import PersonKey
from tests.vault.conftest import empty

Give = Callable[..., None]
PLACE = "identity.given_name"


@pytest.fixture
def sealed(fresh: Give) -> dict[UUID, str]:
    made = services.make_keys([uuid4() for _ in range(5)])
    return {person: key.seal(PLACE, "Anna") for person, key in made.items()}


def _lose(*tables: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for table in tables:
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
        cursor.execute("SET session_replication_role = DEFAULT")
    keyring.forget()


def test_a_database_without_keys_gets_them_back(
    sealed: dict[UUID, str], tmp_path: Path
) -> None:
    path = tmp_path / "keys"
    before = services.tokens_for("given_name", "Anna")
    assert backup.write(path) == 5
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    _lose("vault_personkey", "vault_secret")
    done = backup.restore(path)
    assert (done.added, done.total) == (5, 5)
    keys = services.keys_of(sealed)
    assert {keys[person].open(PLACE, text) for person, text in sealed.items()} == {"Anna"}
    assert services.tokens_for("given_name", "Anna") == before
    assert backup.restore(path).added == 0


def test_the_keys_stay_wrapped_in_the_file(
    fresh: Give, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "new_key", lambda: b"K" * 32)
    services.make_keys([uuid4()])
    backup.write(tmp_path / "keys")
    written = (tmp_path / "keys").read_bytes()
    assert b"K" * 32 not in written
    assert (b"K" * 32).hex().encode() not in written


def test_a_file_that_exists_is_never_overwritten(fresh: Give, tmp_path: Path) -> None:
    path = tmp_path / "keys"
    path.write_text("something else")
    with pytest.raises(BackupProblem, match="File exists"):
        backup.write(path)
    assert path.read_text() == "something else"


def test_a_damaged_or_cut_file_changes_nothing(sealed: dict[UUID, str], tmp_path: Path) -> None:
    path = tmp_path / "keys"
    backup.write(path)
    good = path.read_bytes()
    lines = good.splitlines(keepends=True)
    _lose("vault_personkey")
    wrong = [
        b"", b"\n", b"{}\n", b"name;value\n", good[:-1][:-20], b"".join(lines[:-1]),
        b"".join(lines[:2] + lines[3:]), good.replace(b"\\x01", b"\\x02", 1), good + lines[1],
    ]  # fmt: skip
    for content in wrong:
        path.write_bytes(content)
        with pytest.raises(BackupProblem, match=r"no backup of a vault, or is damaged"):
            backup.restore(path)
    assert not PersonKey.objects.exists()
    with pytest.raises(BackupProblem, match="No such file"):
        backup.restore(tmp_path / "nowhere")


def test_a_key_destroyed_after_the_backup_does_not_return(
    sealed: dict[UUID, str], tmp_path: Path
) -> None:
    backup.write(tmp_path / "keys")
    gone, *others = sealed
    services.destroy_key(gone, "own_request")
    # Beside it: also when the table of keys is gone, as it is from the dump.
    for lost in ((), ("vault_personkey", "vault_secret")):
        _lose(*lost)
        backup.restore(tmp_path / "keys")
        assert services.keys_of(sealed).keys() == set(others)
        row = PersonKey.objects.get(pk=gone)
        assert (bytes(row.wrapped), row.destroyed_because) == (b"", "own_request")


def test_a_key_that_the_backup_knows_as_destroyed_is_destroyed_here(
    sealed: dict[UUID, str], tmp_path: Path
) -> None:
    gone, *others = sealed
    backup.write(tmp_path / "older")
    services.destroy_key(gone, "retention")
    backup.write(tmp_path / "newer")
    _lose("vault_personkey", "vault_secret", "vault_destruction")
    backup.restore(tmp_path / "older")
    services.store_tokens(gone, {"given_name": "Anna"})
    backup.restore(tmp_path / "newer")
    assert services.keys_of(sealed).keys() == set(others)
    assert services.find_by_tokens({"given_name": "Anna"}) == []


def test_a_backup_under_another_master_key_is_refused(
    sealed: dict[UUID, str], tmp_path: Path, give: Give
) -> None:
    backup.write(tmp_path / "keys")
    empty()
    give(2)
    keyring.initialise()
    with pytest.raises(WrongMasterKey):
        backup.restore(tmp_path / "keys")
    assert not PersonKey.objects.exists()


def test_a_backup_of_another_vault_is_refused(
    sealed: dict[UUID, str], tmp_path: Path, give: Give
) -> None:
    backup.write(tmp_path / "keys")
    empty()
    give(1)
    keyring.initialise()
    with pytest.raises(BackupProblem, match="another vault"):
        backup.restore(tmp_path / "keys")
    assert not PersonKey.objects.exists()
