# SPDX-License-Identifier: EUPL-1.2
"""`middenstip vault`: the keys, by who runs the system."""

import typer

from middenstip.vault import keyring

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="The keys by which the data of persons can be read, and made unreadable.",
)


@app.callback()
def vault() -> None:
    """Work on the keys. Nothing here shows a key or anything about a person."""


@app.command()
def init() -> None:
    """Set up the vault in this database, once, with the master key that will be kept."""
    made = keyring.initialise()
    typer.echo("the vault is set up" if made else "the vault was set up already; nothing to do")
