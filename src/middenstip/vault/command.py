# SPDX-License-Identifier: EUPL-1.2
"""`middenstip vault`: the keys, by who runs the system."""

import os
from base64 import b64encode
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from middenstip.vault import backup, keyring, rotation
from middenstip.vault.cipher import new_key
from middenstip.vault.errors import BackupProblem, NotInitialised
from middenstip.vault.master import MasterKey, MasterKeys

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="The keys by which the data of persons can be read, and made unreadable.",
)
File = Annotated[Path, typer.Argument(help="a file on this machine")]


@app.callback()
def vault() -> None:
    """Work on the keys. Nothing here shows a key or anything about a person."""


@app.command("new-key")
def new_key_command(file: File) -> None:
    """Write a new master key to a file that does not exist yet and only its owner can read."""
    key = new_key()
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise BackupProblem(f"{file} cannot be made: {error.strerror}") from None
    with os.fdopen(descriptor, "wb") as target:
        target.write(b64encode(key) + b"\n")
        target.flush()
        os.fsync(target.fileno())
    typer.echo(f"master key {MasterKey(key).id} written to {file}; keep a copy elsewhere")


@app.command()
def init() -> None:
    """Set up the vault in this database, once, with the master key that will be kept."""
    made = keyring.initialise()
    typer.echo("the vault is set up" if made else "the vault was set up already; nothing to do")


@app.command()
def status() -> None:
    """Count the keys by master key. Exit status 1 when not all are under the current one."""
    keys, held = keyring.masters(), rotation.status()
    if not held.secrets:
        raise NotInitialised
    table = Table("master key", "role", "keys of persons", "secrets")
    for id_ in dict.fromkeys([*keys.ids(), *held.keys, *held.secrets.values()]):
        secrets = [name for name, by in sorted(held.secrets.items()) if by == id_]
        table.add_row(id_, _role(keys, id_), str(held.keys.get(id_, 0)), ", ".join(secrets))
    Console().print(table)
    typer.echo(f"{held.destroyed} keys destroyed, {held.tokens} tokens to find persons by")
    waiting = held.waiting(keys)
    if waiting:
        total = sum(held.keys.values()) + len(held.secrets)
        typer.echo(
            f"rotation not finished: {total - waiting} of {total} are under the current key; "
            "run: middenstip vault rotate"
        )
    raise typer.Exit(1 if waiting else 0)


@app.command()
def rotate(
    batch: Annotated[int, typer.Option(min=1, help="keys in one step")] = rotation.BATCH,
) -> None:
    """Put the new master key (VAULT_KEY_FILE) in the place of the old one (VAULT_OLD_KEY_FILE).

    Give both keys to web pages and worker first, and restart them. May be stopped at any
    moment and run again. When it is done, take the old key out of the settings.
    """
    waiting = rotation.status().waiting(keyring.masters())
    with _progress() as progress:
        bar = progress.add_task("wrapping", total=waiting)
        done = rotation.rotate(
            progress=lambda number: progress.advance(bar, number), batch=batch
        )
        progress.update(bar, completed=waiting)
    typer.echo(f"{done} keys wrapped anew; all are under {keyring.masters().current.id}")


@app.command("backup")
def backup_command(file: File) -> None:
    """Copy the wrapped keys to a new file. Keep it apart from the dump of the database."""
    typer.echo(f"{backup.write(file)} keys written to {file}")


@app.command()
def restore(file: File) -> None:
    """Add the keys of a backup that are missing in this database."""
    done = backup.restore(file)
    typer.echo(f"{done.added} of {done.total} keys added; the others were there")
    typer.echo(
        f"The backup is of {done.made_at:%Y-%m-%d %H:%M} UTC. A key that was destroyed after "
        "both this backup and the dump of the database is back: destroy it again.",
        err=True,
    )


def _role(keys: MasterKeys, id_: str) -> str:
    if id_ == keys.current.id:
        return "current"
    return "old" if keys.named(id_) else "not given"


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )
