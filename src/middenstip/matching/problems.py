# SPDX-License-Identifier: EUPL-1.2
"""How the commands of matching say what they cannot use."""

from __future__ import annotations

from typing import NoReturn

import typer

from middenstip.matching.records import BadInput


def refuse(problem: BadInput) -> NoReturn:
    """Write one line for each problem and leave with status 2."""
    for line in problem.problems:
        typer.echo(f"middenstip match: {line}", err=True)
    raise typer.Exit(2)
