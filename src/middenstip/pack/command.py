# SPDX-License-Identifier: EUPL-1.2
"""``middenstip pack``: check a country pack, show what it covers, keep it up to date.

Exit status: 0 the pack holds together, 1 it does not, 2 the command was used wrongly.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from middenstip.pack import upkeep
from middenstip.pack.check import check_folder
from middenstip.pack.coverage import Coverage, Line, coverage
from middenstip.pack.files import read_folder
from middenstip.pack.problems import PackError, Problem
from middenstip.pack.schema import write_schemas
from middenstip.pack.telling import Answer, Form, Where, folder_of, tell, wrong_use

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Check a country pack.",
)


app.command("contacts")(upkeep.contacts)
app.command("translations")(upkeep.translations)


@app.command()
def check(where: Where = "nl", form: Answer = Form.text) -> None:
    """Name every problem of a pack with file, line and key, and say what the pack covers."""
    folder = folder_of(where)
    problems = check_folder(folder)
    covered, own = _coverage(folder)
    problems += own
    errors = sum(p.level == "error" for p in problems)
    if form is Form.json:
        counts = {"errors": errors, "warnings": len(problems) - errors}
        told = {"problems": [asdict(p) for p in problems], "coverage": _as_json(covered)}
        tell(json.dumps({"folder": str(folder), **counts, **told}, ensure_ascii=False))
    else:
        for problem in problems:
            tell(f"{problem.level}: {problem}")
        tell(f"{folder}: {errors} errors, {len(problems) - errors} warnings")
        _summary(covered)
    if errors:
        raise typer.Exit(1)


@app.command("coverage")
def show_coverage(where: Where = "nl", form: Answer = Form.text) -> None:
    """Tell per system, rule and scheme block what covers it, which tests name it, why not."""
    covered, problems = _coverage(folder_of(where))
    if form is Form.json:
        tell(json.dumps(_as_json(covered), ensure_ascii=False))
    else:
        for line in covered.lines if covered else ():
            tell(_line(line))
        _summary(covered)
    for problem in problems:
        typer.echo(f"{problem.level}: {problem}", err=True)
    if any(p.level == "error" for p in problems):
        raise typer.Exit(1)


@app.command()
def schema(
    to: Annotated[Path, typer.Option(help="The folder to write to.")] = Path("docs/schema"),
) -> None:
    """Write a JSON Schema for every kind of file of a pack."""
    try:
        written = write_schemas(to)
    except OSError as error:
        raise wrong_use(f"cannot write to {to}: {error.strerror}") from error
    for path in written:
        tell(str(path))


def _coverage(folder: Path) -> tuple[Coverage | None, list[Problem]]:
    try:
        covered = coverage(read_folder(folder))
    except PackError as error:
        return None, list(error.problems)
    return covered, list(covered.problems) if covered else []


def _summary(covered: Coverage | None) -> None:
    if covered is None:
        tell("Coverage: this pack has no coverage.yaml that can be read.")
        return
    for start, name in (("S-", "systems"), ("R-", "rules"), ("NL-", "scheme blocks")):
        lines = [line for line in covered.lines if line.id.startswith(start)]
        done = sum(line.covered for line in lines)
        tested = sum(bool(line.tests) for line in lines)
        tests = f", {tested} named by tests" if covered.tests_read else ""
        tell(f"Coverage: {done} of {len(lines)} {name}{tests}")
    if not covered.tests_read:
        tell("Which tests name an id is only known in a source checkout.")


def _line(line: Line) -> str:
    by = "; ".join(filter(None, (", ".join(line.by), line.elsewhere)))
    by = by or f"not covered: {line.reason or 'no reason given'}"
    tests = f" [tests: {', '.join(line.tests)}]" if line.tests else ""
    return f"{line.id}: {by}{tests}"


def _as_json(covered: Coverage | None) -> dict[str, Any] | None:
    if covered is None:
        return None
    lines = [{**asdict(line), "covered": line.covered} for line in covered.lines]
    return {"tests_read": covered.tests_read, "lines": lines}
