# SPDX-License-Identifier: EUPL-1.2
"""`middenstip import`: notifications from a file in the standard HTCDS 2.0."""

from contextlib import AbstractContextManager
from difflib import get_close_matches
from pathlib import Path
from types import TracebackType
from typing import Annotated, Literal
from uuid import UUID

import typer
from django.utils import translation
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from middenstip.access import services as access
from middenstip.access.actors import Actor
from middenstip.access.selectors import actor_for, organisations
from middenstip.intake.importing import Report, import_notifications
from middenstip.intake.readers import Unusable, open_file
from middenstip.intake.report import summary_lines, write_csv
from middenstip.thread.country import coordinates

NAME = "middenstip import"
# Events that came from a file are recorded by this account of the organisation. Nobody logs in
# with it: it has no password, and `.invalid` receives no mail (RFC 2606).
MACHINE_ADDRESS = "import.{organisation}@middenstip.invalid"
MACHINE_NAME = "Import"
NOBODY = UUID(int=0)


def import_file(
    file: Annotated[Path, typer.Argument(help="A CSV or JSON file in HTCDS 2.0.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only tell what would happen.")
    ] = False,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Leave bad rows out and add the others.")
    ] = False,
    organisation: Annotated[
        str | None,
        typer.Option(help="Id or name of who imports (the coordination point)."),
    ] = None,
    account: Annotated[
        str | None, typer.Option(help="E-mail address of the member who imports.")
    ] = None,
    format_: Annotated[
        Literal["csv", "json"] | None, typer.Option("--format", help="csv or json.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(help="Write bad rows and remarks to this CSV file.")
    ] = None,
    lang: Annotated[
        Literal["nl", "en"], typer.Option(help="Language of the report: nl or en.")
    ] = "nl",
) -> None:
    """Read notifications from a file and open a case for each.

    All come in or none, unless --skip-bad; the same file twice adds nothing. Exit status 0 when
    every row is good, 1 when there are bad rows, 2 when the file cannot be used.
    """
    with translation.override(lang):
        try:
            if report is not None and report.exists() and report.samefile(file):
                raise Unusable(_("The report would overwrite the file itself; name another."))
            source = open_file(file, format_)
            actor = _actor(organisation, account, lang, dry_run=dry_run)
            with _ProgressBar() as bar:
                found = import_notifications(
                    actor=actor,
                    file=source,
                    dry_run=dry_run,
                    skip_bad=skip_bad,
                    progress=bar.show,
                )
        except Unusable as unusable:
            for problem in unusable.problems:
                typer.echo(f"{NAME}: {problem}", err=True)
            raise typer.Exit(2) from None
        _tell(found, actor)
        if report is not None:
            _write(found, report)
    raise typer.Exit(1 if found.problems else 0)


def _tell(found: Report, actor: Actor) -> None:
    typer.echo(f"{actor.organisation_name}:")
    for line in summary_lines(found):
        typer.echo(f"- {line}")
    for problem in found.problems:
        typer.echo(f"{NAME}: {problem.line()}", err=True)


def _write(found: Report, path: Path) -> None:
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as stream:
            write_csv(found, stream)
    except OSError as error:
        typer.echo(
            f"{NAME}: "
            + _("the report cannot be written to %(path)s: %(reason)s")
            % {"path": path, "reason": error.strerror},
            err=True,
        )
        raise typer.Exit(2) from None
    typer.echo(_("report: %(path)s") % {"path": path})


def _actor(named: str | None, account: str | None, lang: str, *, dry_run: bool) -> Actor:
    """Return who imports: a member named by address, or the organisation's import account."""
    nobody = _organisation(named, lang)
    organisation_id = nobody.organisation_id
    if account is not None:
        return actor_for(email=account, organisation_id=organisation_id)
    if dry_run:
        return nobody
    address = MACHINE_ADDRESS.format(organisation=organisation_id)
    access.add_member(
        actor=None,
        organisation_id=organisation_id,
        email=address,
        display_name=MACHINE_NAME,
    )
    return actor_for(email=address, organisation_id=organisation_id)


def _organisation(named: str | None, lang: str) -> Actor:
    """Return nobody, acting for the organisation named, else for the one that coordinates."""
    active = {
        entry.name: Actor(NOBODY, entry.pk, entry.kind, entry.name, False, lang)
        for entry in organisations()
    }
    if named is None:
        found = [entry for entry in active.values() if coordinates(entry.organisation_kind)]
        if len(found) == 1:
            return found[0]
        raise Unusable(
            _("Name the organisation that imports: --organisation NAME. Known: %(names)s.")
            % {"names": ", ".join(list(active)[:20]) or "-"}
        )
    wanted = named.strip().casefold()
    for name, entry in active.items():
        if wanted in {str(entry.organisation_id), name.casefold()}:
            return entry
    near = get_close_matches(named, active, n=1)
    hint = _(" Did you mean “%(near)s”?") % {"near": near[0]} if near else ""
    raise Unusable(_("There is no organisation of that name or id.%(hint)s") % {"hint": hint})


class _ProgressBar(AbstractContextManager["_ProgressBar"]):
    """A bar on standard error; where that is no terminal, nothing moves and nothing is lost."""

    def __init__(self) -> None:
        self.bar = Bar(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=False,
        )
        self.tasks: dict[str, TaskID] = {}

    def __enter__(self) -> "_ProgressBar":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.bar.stop()

    def show(self, what: str, done: int, total: int) -> None:
        """Show how far a part of the work is."""
        self.bar.start()
        if what not in self.tasks:
            self.tasks[what] = self.bar.add_task(what, total=total)
        self.bar.update(self.tasks[what], completed=done, total=total)
