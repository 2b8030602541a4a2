# SPDX-License-Identifier: EUPL-1.2
"""`middenstip blindcheck`: the codes of the blind check, by who runs the system."""

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

from middenstip.blindcheck import rebuild as work
from middenstip.vault import keyring

app = typer.Typer(add_completion=False, no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def blindcheck() -> None:
    """Work on the codes by which is asked whether somebody is known."""
    keyring.require_ready()


@app.command()
def rebuild() -> None:
    """Make the code of every person anew. Needed once, when this part is new in a register."""
    columns = (TextColumn("making codes"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as progress:
        bar = progress.add_task("", total=work.count())
        made = work.rebuild(lambda number: progress.advance(bar, number))
    typer.echo(f"{made} persons have a code now")
