# SPDX-License-Identifier: EUPL-1.2
"""The embedded server: made once, kept between starts, closed to others."""

import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from middenstip.database.embedded import ROOT_HOME, DatabaseProblem, EmbeddedServer


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedServer]:
    """A server of its own, in a directory that only the present account can enter."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    server = EmbeddedServer(closed / "local")
    yield server
    server.stop()
    shutil.rmtree(server.socket_dir, ignore_errors=True)
    if server.home.is_symlink():
        target = server.home.resolve()
        assert target.parent == ROOT_HOME
        shutil.rmtree(target)


def test_what_was_stored_is_there_after_stop_and_start(server: EmbeddedServer) -> None:
    assert server.start() is True
    assert server.start() is False
    with psycopg.connect(server.conninfo()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 17 AS number")
        version = connection.info.server_version
    assert version >= 180000
    assert server.stop() is True
    assert server.stop() is False
    assert server.start() is True
    with psycopg.connect(server.conninfo()) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (17,)


def test_it_is_closed_to_other_accounts_and_listens_on_no_port(server: EmbeddedServer) -> None:
    server.start()
    assert stat.S_IMODE(server.socket_dir.stat().st_mode) == 0o700
    with psycopg.connect(server.conninfo()) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    assert server.data.stat().st_uid != 0, "PostgreSQL must not run as root"


def test_several_starts_at_once_make_one_server(server: EmbeddedServer) -> None:
    code = (
        "from pathlib import Path; from middenstip.database.embedded import EmbeddedServer;"
        f"print(EmbeddedServer(Path({str(server.local)!r})).start())"
    )
    starts = [
        subprocess.Popen(["python", "-c", code], stdout=subprocess.PIPE, text=True,
                         env={**os.environ, "PATH": _path()})
        for _ in range(3)
    ]  # fmt: skip
    answers = sorted(start.communicate(timeout=60)[0].strip() for start in starts)
    assert answers == ["False", "False", "True"]


def test_a_server_in_use_is_left_alone_when_asked(server: EmbeddedServer) -> None:
    server.start()
    with psycopg.connect(server.conninfo()):
        assert server.stop(only_when_idle=True) is False
    assert server.is_running()


def test_a_socket_directory_that_others_can_enter_is_refused(server: EmbeddedServer) -> None:
    server.socket_dir.mkdir(mode=0o755)
    server.socket_dir.chmod(0o755)
    with pytest.raises(DatabaseProblem, match="remove it"):
        server.start()


def test_a_broken_data_directory_says_where_its_log_is(server: EmbeddedServer) -> None:
    server.start()
    server.stop()
    (server.data / "postgresql.conf").write_text("no = such setting\n")
    with pytest.raises(DatabaseProblem, match="log"):
        server.start()


def test_a_server_whose_checkout_was_removed_gives_way(server: EmbeddedServer) -> None:
    server.start()
    with psycopg.connect(server.conninfo()) as connection:
        connection.execute("CREATE TABLE old AS SELECT 1 AS number")
    gone = server.home.resolve()
    shutil.rmtree(gone)
    server.home.unlink(missing_ok=True)
    assert server.start() is True
    with psycopg.connect(server.conninfo()) as connection:
        assert connection.execute("SELECT to_regclass('old')").fetchone() == (None,)


def _path() -> str:
    import sys

    return f"{Path(sys.executable).parent}:{os.environ['PATH']}"
