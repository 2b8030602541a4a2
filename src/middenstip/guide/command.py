# SPDX-License-Identifier: EUPL-1.2
"""The command `middenstip guide`: the public guide as files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from middenstip import clock

app = typer.Typer(add_completion=False, rich_markup_mode=None, help="The public guide.")


@app.callback()
def main() -> None:
    """The public guide."""


@app.command()
def export(
    directory: Annotated[Path, typer.Argument(help="Where the files go.")],
    lang: Annotated[
        list[str] | None, typer.Option(help="A language; may be repeated. All of them without.")
    ] = None,
    on: Annotated[
        str | None, typer.Option(help="The day whose law it shows, as 2014-07-01 (today).")
    ] = None,
) -> None:
    """Write the whole guide as static files that any web server can give.

    DIRECTORY is made, or must be empty or an earlier export. files.json in it lists every file
    with its size. Exit status 2, and nothing written, when something is in the way.
    """
    from middenstip.guide.languages import LANGUAGES

    langs = list(dict.fromkeys(lang or LANGUAGES))
    for one in langs:
        if one not in LANGUAGES:
            _refuse([f"--lang: {one!r} is none of {', '.join(LANGUAGES)}"])
    from middenstip.rules.input import BadInput, day_asked

    try:
        day = day_asked(on)
    except BadInput as problem:
        _refuse(problem.problems)
    _set_up()
    from middenstip.guide import export as guide
    from middenstip.guide.export_links import BrokenLink
    from middenstip.guide.export_templates import NotForExport
    from middenstip.guide.export_write import NotWritten, check, write
    from middenstip.pack.problems import PackError
    from middenstip.thread.country import pack

    try:
        check(directory)
        country = pack()
        with clock.at(day):
            made = guide.build(country, langs, day)
        manifest = write(made, directory, country.header.version, clock.today())
    except (BrokenLink, NotForExport, NotWritten, PackError, FileNotFoundError) as problem:
        _refuse(str(problem).splitlines())
    sizes = manifest["files"].values()
    total, sent = sum(f["bytes"] for f in sizes), sum(f["gzip"] for f in sizes)
    typer.echo(
        f"{len(manifest['files'])} files in {directory}: {total / 1e6:.1f} MB, "
        f"{sent / 1e6:.1f} MB over the wire; law of {manifest['law_from']}"
    )
    if made.law_until:
        typer.echo(f"The law changes on {made.law_until}: export again by that day.")


def _set_up() -> None:
    """Make the templates ready. No database is started or asked for."""
    from middenstip.cli import settings_module

    os.environ["DJANGO_SETTINGS_MODULE"] = settings_module(os.environ)
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()


def _refuse(lines: list[str]) -> NoReturn:
    for line in lines:
        typer.echo(f"middenstip guide export: {line}", err=True)
    raise typer.Exit(2)
