# SPDX-License-Identifier: EUPL-1.2
"""`middenstip api`: the description of the API, as it is kept in `docs/schema/openapi.json`."""

import typer


def describe() -> None:
    """Print the description of the API (OpenAPI 3.1)."""
    from middenstip.api.document import as_text

    typer.echo(as_text(), nl=False)
