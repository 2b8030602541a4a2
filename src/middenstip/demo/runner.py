# SPDX-License-Identifier: EUPL-1.2
"""Starts the demo and keeps it going: database, web pages, background work; stops them all."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import FrameType
from urllib.error import URLError
from urllib.request import urlopen

import typer
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from middenstip import database
from middenstip.access.demo import ACCOUNTS, DEMO_DOMAIN
from middenstip.access.models import User
from middenstip.database.embedded import EmbeddedServer
from middenstip.demo.command import fill_if_empty
from middenstip.serve import serve_arguments

READY_WITHIN = 30.0


def run(*, port: int, reset: bool) -> int:
    """Serve the demo until stopped; return the exit status.

    Everything entered stays in the database. Stops by Ctrl-C or SIGTERM, and when one of its
    parts stops by itself (status 1). A port that is taken is told before anything is made.
    """
    # A shell starts what it puts in the background with Ctrl-C ignored: ask for it again.
    signal.signal(signal.SIGINT, _interrupt)
    signal.signal(signal.SIGTERM, _interrupt)
    if problem := _hindrance(port):
        typer.echo(f"middenstip: {problem}", err=True)
        return 2
    parts: dict[str, subprocess.Popen[bytes]] = {}
    try:
        if reset:
            _say("throwing away what was entered")
            _empty_database()
        _prepare()
        _say("starting the web pages and the background work")
        _start_parts(port, parts)
        if not _answers(port, parts):
            return 1
        _greet(port)
        return _watch(parts)
    except KeyboardInterrupt:
        return 0
    finally:
        _stop(parts)


def _hindrance(port: int) -> str:
    if not _port_is_free(port):
        return f"port {port} is in use; try script/demo --port {port + 1}"
    return _real_data()


def _real_data() -> str:
    """Return why the demo must keep off the database of DATABASE_URL; empty when it may use it.

    The demo opens accounts without a password and can empty the database, so a server that was
    named by hand must be empty or hold a demo.
    """
    if database.is_embedded(os.environ):
        return ""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
    if not tables:
        return ""
    if User._meta.db_table not in tables:
        return "the database of DATABASE_URL holds other tables; name an empty one"
    if User.objects.exclude(email__endswith=f"@{DEMO_DOMAIN}").exists():
        return "the database of DATABASE_URL holds real accounts; the demo keeps off it"
    return ""


def _prepare() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        _say("making the tables")
        call_command("migrate", verbosity=0, interactive=False)
    _say("filling the demo (fictional people only)")
    fill_if_empty()
    _disconnect()
    if _static_is_stale():
        _say("collecting styles, fonts and scripts")
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        Path(settings.STATIC_ROOT, ".collected").touch()


def _empty_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
    _disconnect()


def _disconnect() -> None:
    connection.close()
    getattr(connection, "close_pool", lambda: None)()


def _static_is_stale() -> bool:
    mark = Path(settings.STATIC_ROOT, ".collected")
    if not mark.exists():
        return True
    made = mark.stat().st_mtime_ns
    newest = Path(settings.PACKAGE).glob("*/static/**/*")
    return any(path.stat().st_mtime_ns > made for path in newest)


def _start_parts(port: int, parts: dict[str, subprocess.Popen[bytes]]) -> None:
    commands = {
        "web pages": ("app", serve_arguments("127.0.0.1", port, 2)),
        "background work": ("worker", [sys.executable, "-m", "middenstip", "worker"]),
    }
    for name, (role, command) in commands.items():
        environ: Mapping[str, str] = {**os.environ, "MIDDENSTIP_DB_ROLE": role}
        # A session of its own: Ctrl-C reaches only us, and we stop them in order.
        parts[name] = subprocess.Popen(command, env=environ, start_new_session=True)  # noqa: S603 - own


def _answers(port: int, parts: Mapping[str, subprocess.Popen[bytes]]) -> bool:
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline and parts["web pages"].poll() is None:
        try:
            with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):  # nosec B310 - ourselves
                return True
        except (URLError, OSError):
            time.sleep(0.1)
    typer.echo("middenstip: the web pages do not answer; see the lines above", err=True)
    return False


def _watch(parts: Mapping[str, subprocess.Popen[bytes]]) -> int:
    while True:
        for name, part in parts.items():
            if part.poll() is not None:
                typer.echo(f"middenstip: the {name} stopped by itself", err=True)
                return 1
        time.sleep(0.5)


def _stop(parts: Mapping[str, subprocess.Popen[bytes]]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _say("stopping; what was entered stays")
    for part in parts.values():
        part.terminate()
    for part in parts.values():
        try:
            part.wait(timeout=15)
        except subprocess.TimeoutExpired:
            part.kill()
            part.wait()
    _disconnect()
    if database.is_embedded(os.environ):
        EmbeddedServer.of(os.environ).stop(only_when_idle=True)


def _greet(port: int) -> None:
    _say("ready")
    width = max(len(str(account.role)) for account in ACCOUNTS)
    typer.echo(f"\n    http://127.0.0.1:{port}/\n")
    typer.echo("    One click each on the login page, no password:")
    for account in ACCOUNTS:
        typer.echo(f"      {account.role!s:<{width}}  {account.name}, {account.organisation}")
    typer.echo("\n    Ctrl-C stops. What you enter is kept; script/demo --reset starts anew.\n")


def _port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _say(text: str) -> None:
    typer.echo(f"==> {text}", err=True)
