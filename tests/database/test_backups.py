# SPDX-License-Identifier: EUPL-1.2
"""A dump without keys, put back: who was removed stays so, unless an old key comes back."""

import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, urlencode
from uuid import uuid4

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from middenstip.access.models import Role
from middenstip.database import backups
from middenstip.database.embedded import DatabaseProblem
from middenstip.thread import erasure
from middenstip.thread.records import NewIdentity, Opened
from middenstip.vault import backup as keys
from tests.thread.chain import Chain
from tests.thread.test_sharing import colleague

pytestmark = pytest.mark.django_db(transaction=True)
GONE, STAYS = "Weggehaald", "Geblevene"
READ = """
import django; django.setup()
from middenstip.thread.models import Event, Identity, Person
from middenstip.thread.retention import finish_removals
from middenstip.thread.sealing import open_event, open_identity
from middenstip.thread.store import rows_of
from middenstip.vault.models import Token
from middenstip.vault.services import keys_of
from middenstip import clock
for person in Person.objects.all():
    key = keys_of([person.pk]).get(person.pk)
    names = Identity.objects.filter(pk=person.pk).values("given_name", "note")
    told = [open_identity(key, row) for row in names]
    told += [open_event(key, e.pk, e.fields) for e in Event.objects.filter(
        case__person=person)]
    print(person.pk, "tokens", Token.objects.filter(person_id=person.pk).exists(), told)
print("finished", finish_removals(clock.today()))
for person in Person.objects.filter(removed_at__isnull=False):
    print("removed", person.pk, person.removed_because)
"""
New = Callable[[], str]


def address(name: str) -> str:
    """The address of a database on the server of the tests."""
    settings = connection.settings_dict
    query = urlencode({"host": settings["HOST"], "port": settings["PORT"]})
    password = f":{quote(settings['PASSWORD'])}" if settings["PASSWORD"] else ""
    return f"postgresql://{quote(settings['USER'])}{password}@/{name}?{query}"


def environment(name: str) -> dict[str, str]:
    return {
        **{key: value for key, value in os.environ.items() if key != "MIDDENSTIP_DB_ROLE"},
        "DATABASE_URL": address(name),
        "DJANGO_SETTINGS_MODULE": "middenstip.settings.development",
    }


@pytest.fixture
def new_database() -> Iterator[New]:
    """Make empty databases; they go when the test ends."""
    made: list[str] = []
    with psycopg.connect(address("postgres"), autocommit=True) as server:

        def make() -> str:
            made.append(f"test_restored_{uuid4().hex}")
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(made[-1])))
            return made[-1]

        yield make
        for name in made:
            drop = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            server.execute(drop)


def dumped(path: Path) -> Path:
    backups.backup(environment(connection.settings_dict["NAME"]), path)
    return path


def program(name: str, *arguments: str) -> str:
    """Run a command of the program on a database, or read what can be read of persons."""
    command = ["-m", "middenstip", *arguments] if arguments else ["-c", READ]
    result = subprocess.run(
        [sys.executable, *command], env=environment(name), capture_output=True, text=True,
        check=False, timeout=120,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    return result.stdout


def removed(chain: Chain, opened: Opened) -> None:
    proposal = erasure.propose_on_request(actor=chain.police, case_id=opened.case_id)
    erasure.say_yes(actor=chain.coordination_point, proposal_id=proposal)
    other = colleague(chain.coordination_point, Role.MEMBER)
    assert erasure.say_yes(actor=other, proposal_id=proposal)


def test_an_old_dump_brings_nobody_back_unless_the_keys_are_as_old(
    tmp_path: Path, new_database: New
) -> None:
    chain = Chain()
    gone = chain.notified(identity=NewIdentity(given_name=GONE, note="Litteken"))
    stays = chain.notified(identity=NewIdentity(given_name=STAYS))
    dump = dumped(tmp_path / "dump")
    keys.write(tmp_path / "keys-before")
    removed(chain, gone)
    keys.write(tmp_path / "keys-after")

    right = new_database()
    backups.restore(environment(right), dump)
    assert GONE not in (before := program(right))
    assert STAYS not in before
    program(right, "vault", "restore", str(tmp_path / "keys-after"))
    told = program(right)
    assert STAYS in told
    for secret in (GONE, "Litteken", "1995"):
        assert secret not in told.partition(str(gone.person_id))[2].partition("\n")[0]
    assert f"{gone.person_id} tokens False" in told
    assert f"{stays.person_id} tokens True" in told
    assert f"finished 1\nremoved {gone.person_id} own_request" in told
    program(right, "manage", "migrate", "--verbosity", "0")
    program(right, "thread", "rebuild", "--check")

    wrong = new_database()
    backups.restore(environment(wrong), dump)
    program(wrong, "vault", "restore", str(tmp_path / "keys-before"))
    assert GONE in program(wrong), "the danger that the manual warns of"


def test_a_dump_holds_no_key_no_session_and_no_name(tmp_path: Path, new_database: New) -> None:
    Chain().notified(identity=NewIdentity(given_name=GONE))
    dump = dumped(tmp_path / "dump")
    assert GONE.encode() not in dump.read_bytes()
    restored = new_database()
    backups.restore(environment(restored), dump)
    with psycopg.connect(address(restored)) as reader:
        for table in backups.LEFT_OUT:
            count = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
            assert reader.execute(count).fetchone() == (0,)
        assert reader.execute("SELECT count(*) FROM thread_identity").fetchone() == (1,)
        walls = reader.execute(
            "SELECT relrowsecurity FROM pg_class WHERE relname = 'thread_identity'"
        )
        assert walls.fetchone() == (True,)


def test_only_its_owner_can_read_a_dump_and_nothing_is_overwritten(tmp_path: Path) -> None:
    dump = dumped(tmp_path / "dump")
    assert stat.S_IMODE(dump.stat().st_mode) == 0o600
    before = dump.read_bytes()
    with pytest.raises(DatabaseProblem, match="File exists"):
        dumped(dump)
    assert dump.read_bytes() == before


def test_a_dump_that_fails_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(DatabaseProblem, match="does not answer"):
        backups.backup(environment("test_no_such_database"), tmp_path / "dump")
    assert not (tmp_path / "dump").exists()


def test_a_dump_is_put_into_an_empty_database_only(tmp_path: Path) -> None:
    dump = dumped(tmp_path / "dump")
    with pytest.raises(DatabaseProblem, match="not empty"):
        backups.restore(environment(connection.settings_dict["NAME"]), dump)


@pytest.mark.parametrize("cut", [0, 100, 20_000])
def test_a_damaged_dump_changes_nothing(tmp_path: Path, new_database: New, cut: int) -> None:
    dump, name = dumped(tmp_path / "dump"), new_database()
    dump.write_bytes(dump.read_bytes()[:cut])
    with pytest.raises(DatabaseProblem, match="pg_restore stopped"):
        backups.restore(environment(name), dump)
    with psycopg.connect(address(name)) as reader:
        tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        assert reader.execute(tables).fetchone() == (0,)


def test_without_the_programs_of_postgresql_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("middenstip.database.embedded.find_spec", lambda name: None)
    with pytest.raises(DatabaseProblem, match="postgresql-client"):
        backups.backup(
            {**environment(connection.settings_dict["NAME"]), "PATH": ""}, tmp_path / "dump"
        )


def test_a_password_is_never_an_argument() -> None:
    given = {"DATABASE_URL": "postgresql://somebody:geheim@db.example/one"}
    target = backups._Target(given)
    assert "geheim" not in target.conninfo
    assert target.password == "geheim"


def test_the_program_that_fits_the_server_is_chosen(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    old = tmp_path / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 14.2 (Debian 14.2-1)'\n")
    old.chmod(0o755)
    given = {**environment(connection.settings_dict["NAME"]), "PATH": str(tmp_path)}
    assert backups.backup(given, tmp_path / "dump") > 0
    monkeypatch.setattr("middenstip.database.embedded.find_spec", lambda name: None)
    with pytest.raises(DatabaseProblem, match="there is one of version 14"):
        backups.backup(given, tmp_path / "other")


def test_a_wrong_use_is_one_line_and_status_two(tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "middenstip", "db", "restore", str(tmp_path / "nothing")],
        env=environment(connection.settings_dict["NAME"]), capture_output=True, text=True,
        check=False, timeout=60,
    )  # fmt: skip
    assert (result.returncode, len(result.stderr.splitlines())) == (2, 1)
    assert "no such file" in result.stderr
