# SPDX-License-Identifier: EUPL-1.2
"""``middenstip pack``: check a country pack, show what it covers, write its schemas.

Exit status: 0 the pack holds together, 1 it does not, 2 the command was used wrongly.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from middenstip.pack.check import check_folder
from middenstip.pack.coverage import Coverage, Line, coverage
from middenstip.pack.files import read_folder
from middenstip.pack.load import pack_folder
from middenstip.pack.problems import PackError, Problem
from middenstip.pack.schema import write_schemas

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Check a country pack.",
)


class Form(StrEnum):
    """How a command answers: for people or for programs."""

    text = "text"
    json = "json"


Where = Annotated[str, typer.Argument(metavar="[DIR]", help="A folder or a country code.")]
Answer = Annotated[Form, typer.Option("--format", help="How to answer.")]


@app.command()
def check(where: Where = "nl", form: Answer = Form.text) -> None:
    """Name every problem of a pack with file, line and key, and say what the pack covers."""
    folder = _folder(where)
    problems = check_folder(folder)
    covered, own = _coverage(folder)
    problems += own
    errors = sum(p.level == "error" for p in problems)
    if form is Form.json:
        counts = {"errors": errors, "warnings": len(problems) - errors}
        told = {"problems": [asdict(p) for p in problems], "coverage": _as_json(covered)}
        _print(json.dumps({"folder": str(folder), **counts, **told}, ensure_ascii=False))
    else:
        for problem in problems:
            _print(f"{problem.level}: {problem}")
        _print(f"{folder}: {errors} errors, {len(problems) - errors} warnings")
        _summary(covered)
    if errors:
        raise typer.Exit(1)


@app.command("coverage")
def show_coverage(where: Where = "nl", form: Answer = Form.text) -> None:
    """Tell per system, rule and scheme block what covers it, which tests name it, why not."""
    covered, problems = _coverage(_folder(where))
    if form is Form.json:
        _print(json.dumps(_as_json(covered), ensure_ascii=False))
    else:
        for line in covered.lines if covered else ():
            _print(_line(line))
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
        raise _wrong_use(f"cannot write to {to}: {error.strerror}") from error
    for path in written:
        _print(str(path))


def _folder(where: str) -> Path:
    try:
        return pack_folder(where)
    except (FileNotFoundError, ValueError) as error:
        raise _wrong_use(str(error)) from error


def _wrong_use(message: str) -> typer.Exit:
    typer.echo(f"middenstip pack: {message}", err=True)
    return typer.Exit(2)


def _coverage(folder: Path) -> tuple[Coverage | None, list[Problem]]:
    try:
        covered = coverage(read_folder(folder))
    except PackError as error:
        return None, list(error.problems)
    return covered, list(covered.problems) if covered else []


def _summary(covered: Coverage | None) -> None:
    if covered is None:
        _print("Coverage: this pack has no coverage.yaml that can be read.")
        return
    for start, name in (("S-", "systems"), ("R-", "rules"), ("NL-", "scheme blocks")):
        lines = [line for line in covered.lines if line.id.startswith(start)]
        done = sum(line.covered for line in lines)
        tested = sum(bool(line.tests) for line in lines)
        tests = f", {tested} named by tests" if covered.tests_read else ""
        _print(f"Coverage: {done} of {len(lines)} {name}{tests}")
    if not covered.tests_read:
        _print("Which tests name an id is only known in a source checkout.")


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


def _print(words: str) -> None:
    sys.stdout.write(words + "\n")
