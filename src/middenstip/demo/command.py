# SPDX-License-Identifier: EUPL-1.2
"""`middenstip demo`: start the product with fictional data, or only fill the database."""

import time
from datetime import date, datetime
from typing import Annotated

import typer
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

PERSONS = 5000

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
def fill(
    seed: Annotated[int, typer.Option(help="another number gives another country")] = 1,
    persons: Annotated[
        int, typer.Option(min=1, max=200_000, help="how many fictional persons")
    ] = PERSONS,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="last day; default today")
    ] = None,
) -> None:
    """Make the demo accounts and, in an empty database, the fictional country."""
    fill_if_empty(seed=seed, persons=persons, until=until.date() if until else None)


@app.command()
def start(
    port: Annotated[int, typer.Option(min=1, max=65535, help="port on this machine")] = 8000,
    reset: Annotated[bool, typer.Option("--reset", help="throw away what was entered")] = False,
) -> None:
    """Set up the database, fill it when it is empty, and serve until Ctrl-C."""
    from middenstip.demo.runner import run

    raise typer.Exit(run(port=port, reset=reset))


def fill_if_empty(*, seed: int = 1, persons: int = PERSONS, until: date | None = None) -> None:
    """Make accounts and country; says so and does nothing in a database that has a country."""
    from middenstip import clock
    from middenstip.access import demo
    from middenstip.demo import country

    accounts = demo.create_accounts()
    typer.echo(f"    {len(accounts)} demo accounts")
    if there := country.persons_there():
        typer.echo(f"    filled already: {there} cases")
        return
    started = time.monotonic()
    with _progress() as progress:
        bar = progress.add_task("persons", total=persons)
        filled = country.fill(
            persons=persons,
            seed=seed,
            until=until or clock.today(),
            progress=lambda number: progress.advance(bar, number),
        )
    seconds = time.monotonic() - started
    typer.echo(
        f"    {filled.persons} fictional persons, {filled.events} events in {seconds:.0f} s"
    )


def _progress() -> Progress:
    return Progress(
        TextColumn("    {task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )
