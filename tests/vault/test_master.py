# SPDX-License-Identifier: EUPL-1.2
"""The master key comes from one place outside the database; a bad one is refused clearly."""

import os
import sys
from base64 import b64encode, urlsafe_b64encode
from pathlib import Path

import pytest

from middenstip.vault import master
from middenstip.vault.errors import DoesNotOpen, MasterKeyProblem
from middenstip.vault.master import LOCAL_KEY, MasterKey, load, sources

KEY = bytes(range(200, 232))
TEXT = b64encode(KEY).decode()


def _file(path: Path, text: str, mode: int = 0o600) -> dict[str, str]:
    path.write_text(text)
    path.chmod(mode)
    return {"VAULT_KEY_FILE": str(path)}


def test_the_three_ways_give_the_same_key(tmp_path: Path) -> None:
    ways = [
        {"VAULT_KEY": TEXT},
        {"VAULT_KEY": urlsafe_b64encode(KEY).decode().rstrip("=")},
        _file(tmp_path / "key", f"{TEXT}\n"),
        {"VAULT_KEY_COMMAND": f"{sys.executable} -c 'print(\"{TEXT}\")'"},
    ]
    assert {load(sources(way)).current.id for way in ways} == {MasterKey(KEY).id}


def test_two_ways_at_once_are_refused() -> None:
    with pytest.raises(MasterKeyProblem, match="VAULT_KEY_FILE and VAULT_KEY both"):
        sources({"VAULT_KEY": TEXT, "VAULT_KEY_FILE": "/none"})


def test_without_a_key_the_message_says_what_to_do() -> None:
    with pytest.raises(MasterKeyProblem, match="VAULT_KEY_FILE"):
        load(sources({}))


@pytest.mark.parametrize("mode", [0o604, 0o644, 0o620, 0o666])
def test_a_file_that_others_may_read_or_change_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(MasterKeyProblem, match="chmod 600"):
        load(sources(_file(tmp_path / "key", TEXT, mode)))


@pytest.mark.parametrize("mode", [0o400, 0o440, 0o600, 0o640])
def test_a_file_of_the_owner_or_its_group_is_read(tmp_path: Path, mode: int) -> None:
    assert load(sources(_file(tmp_path / "key", TEXT, mode))).current.id == MasterKey(KEY).id


@pytest.mark.parametrize(
    "text", ["", "secret", TEXT[:-4], TEXT + TEXT, f"{TEXT}\n{TEXT}", "sleutel é", "A" * 9000]
)
def test_what_is_no_key_is_refused_and_not_repeated(tmp_path: Path, text: str) -> None:
    with pytest.raises(MasterKeyProblem) as caught:
        load(sources(_file(tmp_path / "key", text)))
    assert "VAULT_KEY_FILE" in str(caught.value)
    assert not text or text not in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(MasterKeyProblem, match=r"nowhere.*No such file"):
        load(sources({"VAULT_KEY_FILE": str(tmp_path / "nowhere")}))


def test_a_directory_is_no_key_file(tmp_path: Path) -> None:
    with pytest.raises(MasterKeyProblem, match="cannot be read"):
        load(sources({"VAULT_KEY_FILE": str(tmp_path)}))


@pytest.mark.parametrize("command", ["/no/such/program", "'open quote", "false"])
def test_a_command_that_fails_is_refused(command: str) -> None:
    with pytest.raises(MasterKeyProblem, match="VAULT_KEY_COMMAND"):
        load(sources({"VAULT_KEY_COMMAND": command}))


def test_a_command_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(master, "COMMAND_SECONDS", 0.2)
    with pytest.raises(MasterKeyProblem, match="gave no key within"):
        load(sources({"VAULT_KEY_COMMAND": "sleep 30"}))


def test_the_old_key_is_read_beside_the_new_one() -> None:
    old = b64encode(bytes(32)).decode()
    keys = load(sources({"VAULT_KEY": TEXT, "VAULT_OLD_KEY": old}))
    assert keys.ids() == [MasterKey(KEY).id, MasterKey(bytes(32)).id]
    assert load(sources({"VAULT_KEY": TEXT, "VAULT_OLD_KEY": TEXT})).old is None


def test_the_id_tells_keys_apart_and_holds_no_part_of_the_key() -> None:
    ids = {MasterKey(os.urandom(32)).id for _ in range(100)}
    assert len(ids) == 100
    assert all(len(id_) == 16 for id_ in ids)
    assert MasterKey(KEY).id not in KEY.hex()


def test_neither_key_nor_source_shows_the_key() -> None:
    named = sources({"VAULT_KEY": TEXT})
    assert TEXT not in repr(named)
    assert TEXT not in repr(load(named))


def test_a_wrapped_key_opens_in_its_own_row_only() -> None:
    key = MasterKey(KEY)
    wrapped = key.wrap(bytes(32), b"row 1")
    assert key.unwrap(wrapped, b"row 1") == bytes(32)
    with pytest.raises(DoesNotOpen):
        key.unwrap(wrapped, b"row 2")


def test_development_has_a_key_without_being_told_and_others_have_not() -> None:
    assert (
        load(sources({}, local=True)).current.id
        == load(sources({"VAULT_KEY": LOCAL_KEY})).current.id
    )
    assert sources({}).current is None
    assert load(sources({"VAULT_KEY": TEXT}, local=True)).current.id == MasterKey(KEY).id
