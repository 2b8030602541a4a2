# SPDX-License-Identifier: EUPL-1.2
"""`middenstip vault` by hand, in a process of its own, as the program's role."""

import stat
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

from middenstip.vault import keyring, services
from middenstip.vault.master import load, sources
from tests.vault.conftest import command, empty

Give = Callable[..., None]
pytestmark = pytest.mark.django_db(transaction=True)


def test_a_new_key_is_written_for_its_owner_only_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "vault.key"
    made = command("vault", "new-key", str(path))
    assert made.returncode == 0, made.stderr
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    key = load(sources({"VAULT_KEY_FILE": str(path)})).current
    assert key.id in made.stdout
    assert path.read_text().strip() not in made.stdout + made.stderr
    before = path.read_bytes()
    again = command("vault", "new-key", str(path))
    assert again.returncode == 2
    assert again.stderr.startswith(f"middenstip: {path} cannot be made: File exists")
    assert path.read_bytes() == before


def test_the_whole_way_of_a_new_system(give: Give, tmp_path: Path) -> None:
    empty()
    give(1)
    early = command("worker", "--once")
    assert early.returncode == 2
    assert early.stderr == (
        "middenstip: the vault was never set up in this database; run: middenstip vault init\n"
    )
    assert command("vault", "init").stdout == "the vault is set up\n"
    assert "nothing to do" in command("vault", "init").stdout
    persons = [uuid4() for _ in range(3)]
    services.make_keys(persons)
    services.destroy_key(persons[0], "retention")
    shown = command("vault", "status")
    assert shown.returncode == 0, shown.stderr
    assert keyring.masters().current.id in shown.stdout
    assert "1 keys destroyed" in shown.stdout
    path = tmp_path / "keys"
    assert command("vault", "backup", str(path)).stdout == f"3 keys written to {path}\n"
    assert "0 of 3 keys added" in command("vault", "restore", str(path)).stdout


@pytest.mark.parametrize("arguments", [("serve", "--port", "1"), ("worker", "--once")])
def test_with_the_wrong_master_key_nothing_starts_and_one_line_says_so(
    fresh: Give, arguments: tuple[str, ...]
) -> None:
    answer = command(*arguments, keys=(2,))
    assert answer.returncode == 2
    assert answer.stderr.startswith("middenstip: the vault is locked with master key")
    assert len(answer.stderr.splitlines()) == 1


@pytest.mark.parametrize("name", ["init", "status", "rotate"])
def test_a_key_file_that_is_not_there_gives_one_line(fresh: Give, name: str) -> None:
    answer = command("vault", name, keys=(), VAULT_KEY_FILE="/no/such/file")
    assert answer.returncode == 2
    assert answer.stderr == (
        "middenstip: /no/such/file (named by VAULT_KEY_FILE) cannot be read: "
        "No such file or directory\n"
    )
