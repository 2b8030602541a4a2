# SPDX-License-Identifier: EUPL-1.2
"""Django's own management commands, run as the owner of the database."""

from typing import Annotated

import typer


def manage(
    arguments: Annotated[list[str] | None, typer.Argument(help="a command of Django")] = None,
) -> None:
    """Run a management command of Django, such as migrate, check or shell."""
    from django.core.management import execute_from_command_line

    execute_from_command_line(["middenstip manage", *(arguments or ["help"])])


manage.takes_everything = True  # type: ignore[attr-defined]
