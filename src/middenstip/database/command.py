# SPDX-License-Identifier: EUPL-1.2
"""`middenstip db`: the embedded database by hand, dumps, and putting them back."""

import os
from pathlib import Path
from typing import Annotated

import typer

from middenstip import database
from middenstip.database.embedded import EmbeddedServer

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    help="The embedded PostgreSQL of this checkout, and dumps of the database.",
)
File = Annotated[Path, typer.Argument(help="a file on this machine")]


@app.command()
def start() -> None:
    """Start the embedded server, making its data directory the first time."""
    if not database.is_embedded(os.environ):
        typer.echo("DATABASE_URL names a server; there is nothing to start")
        return
    started = database.ensure(os.environ)
    server = EmbeddedServer.of(os.environ)
    typer.echo(f"{'started' if started else 'already running'}: {server.conninfo()}")


@app.command()
def stop(
    if_idle: Annotated[
        bool, typer.Option("--if-idle", help="leave it alone while another program uses it")
    ] = False,
) -> None:
    """Stop the embedded server; the data stay."""
    stopped = EmbeddedServer.of(os.environ).stop(only_when_idle=if_idle)
    typer.echo("stopped" if stopped else "left alone: not running, or in use")


@app.command()
def status() -> None:
    """Tell whether the embedded server answers; exit status 1 when it does not."""
    running = EmbeddedServer.of(os.environ).is_running()
    typer.echo("running" if running else "not running")
    raise typer.Exit(0 if running else 1)


@app.command()
def backup(file: File) -> None:
    """Write everything but the keys of persons to a new file. Back those up apart, and first:
    middenstip vault backup.
    """
    from middenstip.database import backups

    typer.echo(f"{backups.backup(os.environ, file)} bytes written to {file}, without the keys")


@app.command()
def restore(file: File) -> None:
    """Put a dump back into an empty database, the one that DATABASE_URL names."""
    from middenstip.database import backups

    backups.restore(os.environ, file)
    typer.echo(
        "Restored. Now: middenstip manage migrate; middenstip vault restore with the NEWEST "
        "backup of the keys; middenstip worker --once; middenstip thread rebuild --check"
    )
