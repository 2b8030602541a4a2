# SPDX-License-Identifier: EUPL-1.2
"""`middenstip linkage`: the whole register searched, and weights learnt from its decisions."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, NoReturn, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from middenstip import clock
from middenstip.access.actors import Actor
from middenstip.access.purposes import register_purpose
from middenstip.access.selectors import actor_for, organisations
from middenstip.audit.looks import collecting
from middenstip.matching.records import BadInput
from middenstip.thread.errors import NotAllowed
from middenstip.vault import keyring

NAME = "middenstip linkage"
Done = TypeVar("Done")
_User = Annotated[str, typer.Option("--user", help="E-mail address of the member who acts.")]
_Organisation = Annotated[
    str, typer.Option("--organisation", help="Id or name of their organisation.")
]
_Purpose = Annotated[
    str, typer.Option("--purpose", help="A purpose of the pack; default: the whole register.")
]

app = typer.Typer(add_completion=False, no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def linkage() -> None:
    """Files of one person: search the whole register, learn from what was decided."""
    keyring.require_ready()


@app.command()
def search(
    user: _User,
    organisation: _Organisation,
    purpose: _Purpose = "",
    above: Annotated[
        float, typer.Option(help="How sure a pair must be, between 0 and 1.")
    ] = 0.5,
) -> None:
    """Compare everybody with everybody; what is alike stands on the list to decide about."""
    from middenstip.linkage import searching

    if not 0 < above < 1:
        _refuse("--above: give a number between 0 and 1, like 0.5")
    actor = _actor(user, organisation, purpose)
    limit = math.log(above / (1 - above))
    found = _done(
        "linkage search",
        lambda bar: searching.search(actor=actor, above=limit, progress=bar.show),
    )
    typer.echo(f"{found.persons} persons compared, {found.pairs} pairs to look at")


@app.command()
def learn(
    user: _User,
    organisation: _Organisation,
    out: Annotated[Path, typer.Option(help="The weights file to write; it must not exist.")],
    purpose: _Purpose = "",
) -> None:
    """Learn weights from what people decided, on half of the persons; measure on the others.

    The file counts only after two people approved it, with middenstip match approve.
    """
    from middenstip.linkage import learning
    from middenstip.matching.weights import write_weights

    if out.exists():
        _refuse(f"--out: {out} exists already; name a new file")
    actor = _actor(user, organisation, purpose)
    name = f"register {clock.today().isoformat()}"
    found = _done(
        "linkage learn",
        lambda bar: learning.learn_weights(actor=actor, name=name, progress=bar.show),
    )
    try:
        write_weights(out, found.weights)
    except OSError as error:
        _refuse(f"--out: {out} cannot be written: {error.strerror}")
    typer.echo(f"on {found.measured_on} persons not learnt from")
    typer.echo(f"before: {found.before}")
    typer.echo(f"after:  {found.after}")
    typer.echo(f"{out} written; two people must approve it before it is used")


def _actor(user: str, organisation: str, purpose: str) -> Actor:
    """Return the member who acts, by default for the purpose that sees the whole register."""
    wanted = organisation.strip().casefold()
    known = (e.pk for e in organisations() if wanted in {str(e.pk), e.name.casefold()})
    if (found := next(known, None)) is None:
        _refuse("--organisation: there is no organisation of that name or id")
    return actor_for(email=user, organisation_id=found, purpose=purpose or register_purpose())


def _done(operation: str, work: Callable[["_Bar"], Done]) -> Done:
    """Do the work with a bar; what it read stands in the log before anything is told."""
    try:
        with collecting(operation), _Bar() as bar:
            return work(bar)
    except BadInput as problem:
        _refuse(*problem.problems)
    except NotAllowed as refusal:
        _refuse(str(refusal))


def _refuse(*problems: str) -> NoReturn:
    for line in problems:
        typer.echo(f"{NAME}: {line}", err=True)
    raise typer.Exit(2)


class _Bar:
    """A bar for each part of the work, on standard error."""

    def __init__(self) -> None:
        columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
        self._bar = Bar(*columns, TimeElapsedColumn(), console=Console(stderr=True))
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> "_Bar":
        self._bar.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._bar.stop()

    def show(self, what: str, done: int, total: int) -> None:
        """Show how far a part of the work is."""
        if what not in self._tasks:
            self._tasks[what] = self._bar.add_task(what, total=total)
        self._bar.update(self._tasks[what], completed=done, total=total)
