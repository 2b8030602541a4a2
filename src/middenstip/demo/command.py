# SPDX-License-Identifier: EUPL-1.2
"""`middenstip demo`: start the product with fictional data, or only fill the database."""

from typing import Annotated

import typer
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

app = typer.Typer(
    add_completion=False, rich_markup_mode=None, help="The demo, with fictional data only."
)


@app.callback()
def only_in_the_demo() -> None:
    """Refuse to run outside the demo: what is made here must never stand beside real people."""
    if not settings.DEMO:
        raise ImproperlyConfigured(
            "the demo switch is off. Use script/demo, or set MIDDENSTIP_DEMO=1"
        )


@app.command()
def fill() -> None:
    """Make the demo accounts and, in an empty database, the fictional country."""
    fill_if_empty()


@app.command()
def start(
    port: Annotated[int, typer.Option(min=1, max=65535, help="port on this machine")] = 8000,
    reset: Annotated[bool, typer.Option("--reset", help="throw away what was entered")] = False,
) -> None:
    """Set up the database, fill it when it is empty, and serve until Ctrl-C."""
    from middenstip.demo.runner import run

    raise typer.Exit(run(port=port, reset=reset))


def fill_if_empty() -> None:
    """Make accounts and country; does nothing to a database that has them."""
    from middenstip.access import demo

    accounts = demo.create_accounts()
    typer.echo(f"    {len(accounts)} demo accounts")
