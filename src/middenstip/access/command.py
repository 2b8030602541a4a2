# SPDX-License-Identifier: EUPL-1.2
"""`middenstip access`: organisations and members, by the operator who has the server."""

from typing import Annotated
from uuid import UUID

import typer

from middenstip.access import selectors, services
from middenstip.access.models import Membership, Role

app = typer.Typer(
    add_completion=False, rich_markup_mode=None, help="Organisations and their members."
)


@app.command("list")
def list_command() -> None:
    """List the active organisations: id, kind, name."""
    for organisation in selectors.organisations():
        typer.echo(f"{organisation.id}  {organisation.kind}  {organisation.name}")


@app.command()
def create_organisation(
    kind: Annotated[str, typer.Argument(help="an organisation kind of the country pack")],
    name: Annotated[str, typer.Argument()],
    region: Annotated[str, typer.Option()] = "",
) -> None:
    """Make an organisation and print its id."""
    organisation = services.create_organisation(actor=None, kind=kind, name=name, region=region)
    typer.echo(str(organisation.id))


@app.command()
def add_member(
    organisation: Annotated[UUID, typer.Argument(help="id of the organisation")],
    email: Annotated[str, typer.Argument()],
    name: Annotated[str, typer.Argument(help="the name that colleagues see")],
    manager: Annotated[bool, typer.Option("--manager", help="may add others")] = False,
    administrator: Annotated[
        bool, typer.Option("--administrator", help="manages all organisations, opens no case")
    ] = False,
) -> None:
    """Make somebody a member; a new person sets a password by "forgot your password"."""
    membership: Membership = services.add_member(
        actor=None,
        organisation_id=organisation,
        email=email,
        display_name=name,
        role=Role.MANAGER if manager else Role.MEMBER,
    )
    if administrator:
        services.make_administrator(actor=None, user_id=membership.user_id)
    typer.echo(str(membership.id))


@app.command()
def end_membership(
    membership: Annotated[UUID, typer.Argument(help="id of the membership")],
) -> None:
    """End a membership today."""
    services.end_membership(actor=None, membership_id=membership)
