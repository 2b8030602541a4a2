# SPDX-License-Identifier: EUPL-1.2
"""`middenstip serve`: the web pages by Granian, as the program's role."""

import os
import sys
from typing import Annotated

import typer

# What the line and headers of one request may take together, in bytes.
HEADERS = 64 * 1024


def serve_arguments(host: str, port: int, workers: int) -> list[str]:
    """Return the command line that serves the pages with this Python.

    Two threads in each process: one may wait for the database while the other works. More of
    them take turns with the interpreter, and everybody waits longer (`bench http`).
    """
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host,
        "--port", str(port), "--workers", str(workers), "--blocking-threads", "2",
        "--no-ws", "--http1-buffer-size", str(HEADERS), "--log-level", "warning",
        "--respawn-failed-workers", "middenstip.wsgi:application",
    ]  # fmt: skip


def require_walls() -> None:
    """Raise ImproperlyConfigured where row security does not hold for the role we connect as.

    An owner or superuser sees every row, so one wall of two would be missing without a sign.
    """
    from django.core.exceptions import ImproperlyConfigured
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, row_security_active('thread_case')")
        role, holds = cursor.fetchone()
    if not holds:
        raise ImproperlyConfigured(
            f"pages are not served as the database role {role}: row security does not hold for "
            "it. Unset MIDDENSTIP_DB_ROLE, or name a login of middenstip_app in DATABASE_URL"
        )


def serve(
    host: Annotated[str, typer.Option(help="address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(min=1, help="processes, one per core")] = 2,
) -> None:
    """Serve the pages until stopped; put a proxy with TLS in front of it in production."""
    from django.core.management import call_command

    from middenstip.vault import services as vault

    vault.require_ready()
    require_walls()
    call_command("check", databases=["default"])
    os.execv(sys.executable, serve_arguments(host, port, workers))  # noqa: S606 - our own command
