# SPDX-License-Identifier: EUPL-1.2
"""`middenstip thread`: rebuild or check what is derived from the threads."""

from typing import Annotated
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
from middenstip.thread import rebuild as work
from middenstip.vault import keyring

app = typer.Typer(add_completion=False, no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def thread() -> None:
    """Work on what is derived from the threads."""
    # With another master key every case would fail by itself.
    keyring.require_ready()


@app.command()
def rebuild(
    check: Annotated[
        bool, typer.Option("--check", help="compare only; exit status 1 when anything differs")
    ] = False,
    case: Annotated[
        list[UUID] | None, typer.Option("--case", help="only this case; may be repeated")
    ] = None,
) -> None:
    """Derive facts, outcomes, duties and flags of all cases anew for today, or check them."""
    total = work.count(case)
    if case and total < len(set(case)):
        raise typer.BadParameter("there is no such case", param_hint="--case")
    with _progress() as progress:
        bar = progress.add_task("checking" if check else "deriving", total=total)

        def advance(number: int) -> None:
            progress.advance(bar, number)

        found = _check(case, advance) if check else _rederive(case, advance)
    raise typer.Exit(1 if found else 0)


def _check(case: list[UUID] | None, advance: work.Progress) -> int:
    cases: set[UUID] = set()
    count = 0
    for difference in work.check(case_ids=case, progress=advance):
        typer.echo(f"case {difference.case_id}: {difference.what}")
        cases.add(difference.case_id)
        count += 1
    typer.echo(
        f"{count} differences in {len(cases)} cases" if count else "no difference", err=True
    )
    return count


def _rederive(case: list[UUID] | None, advance: work.Progress) -> int:
    outcome = work.rederive(clock.today(), case_ids=case, progress=advance)
    typer.echo(f"{outcome.cases} cases derived, {outcome.changed} changed", err=True)
    for failed in outcome.failed:
        typer.echo(f"case {failed}: could not be derived", err=True)
    return len(outcome.failed)


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )
