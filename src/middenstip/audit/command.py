# SPDX-License-Identifier: EUPL-1.2
"""`middenstip audit`: check the read log and its anchors, count it, export it."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import IO, Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

from middenstip import clock
from middenstip.audit import ldv, selectors, services
from middenstip.audit import verify as checking

app = typer.Typer(add_completion=False, no_args_is_help=True, rich_markup_mode=None)
From = Annotated[
    datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="first day")
]
To = Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="last day")]


@app.callback()
def audit() -> None:
    """Check the read log and its anchors, count it, export it."""


@app.command()
def verify(
    case: Annotated[UUID | None, typer.Option("--case", help="only this case")] = None,
    since: From = None,
    until: To = None,
    anchor: Annotated[
        str | None, typer.Option("--anchor", help="an anchor kept elsewhere, with its --day")
    ] = None,
    day: Annotated[
        datetime | None,
        typer.Option("--day", formats=["%Y-%m-%d"], help="the day of that anchor"),
    ] = None,
) -> None:
    """Prove that nothing was changed, left out or added.

    Exit status 0 when intact, 1 with a line for each chain or anchor that does not hold.
    """
    first, last = _period(since, until)
    kept = _kept(anchor, day)
    scope = checking.Scope(chain=case, since=first, until=last)
    number = checking.total(scope)
    if case is not None and not number and not selectors.was_anchored(case):
        raise typer.BadParameter("the log holds no look at this case", param_hint="--case")
    breaks = 0
    if kept and (found := checking.kept_elsewhere(*kept)):
        typer.echo(str(found))
        breaks += 1
    with _progress("checking", number) as bar:
        for found in checking.verify(scope, bar):
            typer.echo(str(found))
            breaks += 1
    typer.echo(f"{breaks} breaks" if breaks else f"intact: {number} entries", err=True)
    raise typer.Exit(1 if breaks else 0)


@app.command()
def anchor(
    day: Annotated[
        datetime | None,
        typer.Option("--day", formats=["%Y-%m-%d"], help="another day than the last"),
    ] = None,
) -> None:
    """Print the anchor of the last day that is over, to be kept elsewhere."""
    last = services.close_day(clock.today() - timedelta(days=1))
    wanted = day.date() if day else last
    found = next((a for a in selectors.anchors(until=wanted) if a.day == wanted), None)
    if found is None:
        raise typer.BadParameter(f"{wanted} has no anchor", param_hint="--day")
    typer.echo(
        f"{found.day} {bytes(found.hash).hex()} entries={found.entries} last={found.last_id}"
    )


@app.command()
def count(since: From = None, until: To = None) -> None:
    """Tell how many looks the log holds."""
    first, last = _period(since, until)
    found = selectors.counts(since=first, until=last)
    typer.echo(f"entries {found.entries}")
    for kind, number in found.by_kind.items():
        typer.echo(f"  {kind} {number}")
    typer.echo(f"chains {found.chains}")
    typer.echo(f"anchors {found.anchors}")


@app.command()
def export(
    since: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="first day")],
    until: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="last day")],
    file: Annotated[Path, typer.Argument(help="a new file, or - for standard output")],
) -> None:
    """Write the log of data processing (Logboek dataverwerkingen), one JSON object a line."""
    first, last = _period(since, until)
    number = selectors.stored(since=first, until=last).count()
    lines = 0
    with _progress("writing", number) as bar:
        found = ldv.export_ldv(since=since.date(), until=until.date(), progress=bar)
        with _new_file(file) as target:
            for line in found:
                target.write(json.dumps(line, separators=(",", ":")) + "\n")
                lines += 1
    typer.echo(f"{lines} lines", err=True)


def _period(since: datetime | None, until: datetime | None) -> tuple[date | None, date | None]:
    first, last = since.date() if since else None, until.date() if until else None
    if first and last and first > last:
        raise typer.BadParameter("the first day lies after the last", param_hint="--from")
    return first, last


def _kept(anchor: str | None, day: datetime | None) -> tuple[date, bytes] | None:
    if (anchor is None) != (day is None):
        raise typer.BadParameter("give an anchor and its day together", param_hint="--anchor")
    if anchor is None or day is None:
        return None
    try:
        expected = bytes.fromhex(anchor)
    except ValueError:
        expected = b""
    if len(expected) != 32:
        raise typer.BadParameter(
            "an anchor is 64 characters 0-9 and a-f", param_hint="--anchor"
        )
    return day.date(), expected


@contextmanager
def _new_file(path: Path) -> Iterator[IO[str]]:
    """Open a file that only its owner may read; one that is there already is never replaced."""
    if str(path) == "-":
        yield sys.stdout
        return
    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise typer.BadParameter(f"{path}: {error.strerror}", param_hint="FILE") from error
    with os.fdopen(number, "w", encoding="utf-8") as target:
        yield target


@contextmanager
def _progress(what: str, number: int) -> Iterator[checking.Progress]:
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    ) as progress:
        bar = progress.add_task(what, total=number)
        yield lambda step: progress.advance(bar, step)
