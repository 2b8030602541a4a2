# SPDX-License-Identifier: EUPL-1.2
"""`middenstip worker`: background work until stopped."""

from typing import Annotated

import typer


def worker(
    once: Annotated[
        bool, typer.Option("--once", help="do what is due and waiting, then stop")
    ] = False,
) -> None:
    """Do the daily tasks and queued work."""
    from django.core.management import call_command

    from middenstip.jobs import daily
    from middenstip.vault import services as vault

    vault.require_ready()
    for name, day in daily.run_due():
        typer.echo(f"{name}: done for {day}")
    call_command("procrastinate", "worker", *(["--one-shot"] if once else []))
