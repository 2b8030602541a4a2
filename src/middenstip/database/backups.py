# SPDX-License-Identifier: EUPL-1.2
"""A dump of the database without the keys of persons, and putting one back. Knows no Django.

A dump alone opens nothing about anybody: the keys are in a file of their own
(`middenstip vault backup`). PostgreSQL's own programs do the work, those of the machine or
those that come with the embedded server.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from middenstip.database import APP_ROLE, WORKER_ROLE, EmbeddedServer, django_connection, ensure
from middenstip.database.embedded import DatabaseProblem

# The tables are in the dump, what is in them is not: keys stand in the backup of the vault, and
# a session that is put back would log somebody in.
LEFT_OUT: Final = ("vault_personkey", "vault_secret", "access_session")
_TABLES: Final = """
SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
"""


def backup(environ: Mapping[str, str], path: Path) -> int:
    """Write a dump to a new file that only its owner can read; return its size in bytes.

    DatabaseProblem, and no file, when the file exists, the program for it is missing, or the
    server does not give a whole dump. Never overwrites.
    """
    target = _Target(environ)
    program = _program(environ, "pg_dump", target)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise DatabaseProblem(f"{path} cannot be made: {error.strerror}") from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            left_out = [f"--exclude-table-data={table}" for table in LEFT_OUT]
            target.run([program, "--format=custom", "--no-owner", *left_out], stdout=file)
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path.stat().st_size


def restore(environ: Mapping[str, str], path: Path) -> None:
    """Put a dump back into an empty database; all of it or nothing.

    Makes the roles of the program when the server has none. DatabaseProblem when the database
    holds anything already, or the file is no whole dump.
    """
    target = _Target(environ)
    program = _program(environ, "pg_restore", target)
    if not path.is_file():
        raise DatabaseProblem(f"{path} cannot be read: there is no such file")
    target.require_empty()
    target.run(
        [program, "--single-transaction", "--exit-on-error", "--no-owner", "--no-password",
         f"--dbname={target.conninfo}", str(path)]
    )  # fmt: skip


class _Target:
    """The database that is meant; its password goes through the environment, no argument."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        from psycopg.conninfo import make_conninfo

        ensure(environ)
        owner = {name: value for name, value in environ.items() if name != "MIDDENSTIP_DB_ROLE"}
        settings = django_connection(owner)
        parts: dict[str, Any] = {
            "dbname": settings["NAME"],
            "user": settings["USER"],
            "host": settings["HOST"],
            "port": settings["PORT"],
            **settings["OPTIONS"],
        }
        self.password = str(settings.get("PASSWORD") or "")
        self.conninfo = make_conninfo(**{name: str(v) for name, v in parts.items() if v})

    def run(self, command: list[str], stdout: Any = subprocess.DEVNULL) -> None:
        """Run a program of PostgreSQL; DatabaseProblem with the first line of what it said."""
        if stdout is not subprocess.DEVNULL:
            command = [*command, "--no-password", f"--dbname={self.conninfo}"]
        result = subprocess.run(  # noqa: S603 - PostgreSQL's own programs, no shell
            command,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.PIPE,
            env={**os.environ, "LC_ALL": "C", "PGPASSWORD": self.password},
            check=False,
        )
        if result.returncode:
            said = result.stderr.decode(errors="replace").strip().splitlines() or ["it failed"]
            raise DatabaseProblem(f"{Path(command[0]).name} stopped: {said[0]}")

    def version(self) -> int:
        """Return the major version of the server."""
        with self._connected() as connection:
            return int(connection.info.server_version) // 10000

    def require_empty(self) -> None:
        """Make the roles if they are missing; DatabaseProblem when there is any table."""
        from psycopg import sql

        with self._connected() as connection:
            row = connection.execute(_TABLES).fetchone()
            if row is None or row[0]:
                raise DatabaseProblem(
                    "the database is not empty; make a new one and name it in DATABASE_URL"
                )
            for role in (APP_ROLE, WORKER_ROLE):
                asked = "SELECT FROM pg_roles WHERE rolname = %s"
                if connection.execute(asked, [role]).fetchone() is None:
                    make = sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(role))
                    connection.execute(make)

    @contextmanager
    def _connected(self) -> Iterator[Any]:
        import psycopg

        try:
            with psycopg.connect(
                self.conninfo, password=self.password or None, autocommit=True
            ) as connection:
                yield connection
        except psycopg.OperationalError as error:
            said = str(error).strip().splitlines()[0]
            raise DatabaseProblem(f"the database does not answer: {said}") from None


def _program(environ: Mapping[str, str], name: str, target: _Target) -> str:
    """Return the program of PostgreSQL that fits the server best: not older than it, and of
    those the oldest, for a newer one may write what the server does not know.

    DatabaseProblem where there is none.
    """
    places = [
        shutil.which(name, path=environ.get("PATH")),
        EmbeddedServer.of(environ).client(name),
    ]
    wanted = target.version()
    found = sorted((_major(place), place) for place in places if place)
    for major, place in found:
        if major >= wanted:
            return place
    older = f" (there is one of version {found[-1][0]})" if found else ""
    raise DatabaseProblem(
        f"{name} of PostgreSQL {wanted} or newer is not on this machine{older}; install the "
        f"client programs of PostgreSQL (on Debian: postgresql-client-{wanted})"
    )


def _major(program: str) -> int:
    """Return the major version of a program, from what it says of itself."""
    said = subprocess.run(  # noqa: S603 - PostgreSQL's own programs, no shell
        [program, "--version"], capture_output=True, text=True, check=False
    ).stdout
    number = re.search(r"(\d+)[.\d]*\s*(\(.*\))?\s*$", said)
    return int(number[1]) if number else 0
