# SPDX-License-Identifier: EUPL-1.2
"""`middenstip audit`: check the read log and its anchors, count it, export it."""

import typer

app = typer.Typer(add_completion=False, no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def audit() -> None:
    """Check the read log and its anchors, count it, export it."""
