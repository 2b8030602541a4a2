# SPDX-License-Identifier: EUPL-1.2
"""`middenstip access`: organisations and members, by the operator who has the server."""

from typing import Annotated
from uuid import UUID

import typer
from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse

from middenstip.access import invitations, members, selectors, services
from middenstip.access.models import Membership, Role, User

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
def invite(
    organisation: Annotated[UUID, typer.Argument(help="id of the organisation")],
    email: Annotated[str, typer.Argument()],
    manager: Annotated[bool, typer.Option("--manager", help="may invite others")] = False,
    site: Annotated[
        str, typer.Option(help="where people find this site, like https://middenstip.example")
    ] = "",
) -> None:
    """Mail somebody a link to make an account, or to join with the one they have."""
    base = (site or _site()).rstrip("/")
    invitation = invitations.invite(
        actor=None,
        organisation_id=organisation,
        email=email,
        role=Role.MANAGER if manager else Role.MEMBER,
        link=lambda token: base + reverse("access:open_invitation", args=[token]),
    )
    typer.echo(str(invitation.id))


@app.command()
def withdraw(
    invitation: Annotated[UUID, typer.Argument(help="id of the invitation")],
) -> None:
    """Withdraw an invitation; its link opens nothing from now on."""
    invitations.withdraw_invitation(actor=None, invitation_id=invitation)


@app.command("members")
def members_command(
    organisation: Annotated[UUID, typer.Argument(help="id of the organisation")],
) -> None:
    """List who works in an organisation: membership id, role, second step, e-mail, name."""
    for each in members.people_of(actor=None, organisation_id=organisation):
        factor = "second-step" if each.has_second_factor else "no-second-step"
        typer.echo(f"{each.membership_id}  {each.role}  {factor}  {each.email}  {each.name}")


@app.command("end")
@app.command("end-membership")
def end_membership(
    membership: Annotated[UUID, typer.Argument(help="id of the membership")],
) -> None:
    """End a membership today; who has no other one is logged out everywhere."""
    members.end_membership(actor=None, membership_id=membership)


@app.command()
def rename_organisation(
    organisation: Annotated[UUID, typer.Argument(help="id of the organisation")],
    name: Annotated[str, typer.Argument()],
    region: Annotated[str, typer.Option()] = "",
) -> None:
    """Change the name and region of an organisation."""
    members.rename_organisation(
        actor=None, organisation_id=organisation, name=name, region=region
    )


@app.command()
def end_organisation(
    organisation: Annotated[UUID, typer.Argument(help="id of the organisation")],
) -> None:
    """End an organisation with its memberships and open invitations."""
    members.end_organisation(actor=None, organisation_id=organisation)


@app.command()
def close_account(email: Annotated[str, typer.Argument()]) -> None:
    """Close an account: its memberships end and it is logged out everywhere."""
    members.set_account_active(actor=None, user_id=_user_id(email), active=False)


@app.command()
def open_account(email: Annotated[str, typer.Argument()]) -> None:
    """Open an account that was closed; it has no membership yet."""
    members.set_account_active(actor=None, user_id=_user_id(email), active=True)


@app.command()
def reset_second_factor(email: Annotated[str, typer.Argument()]) -> None:
    """Remove the second factors of who lost them all. First make sure who asks."""
    members.reset_second_factor(actor=None, user_id=_user_id(email))


def _site() -> str:
    """Return where people find this site, as far as the settings tell."""
    host = next((host for host in settings.ALLOWED_HOSTS if host.strip("*.")), "")
    if not host:
        raise ValidationError("name the site with --site https://...")
    local = host in {"localhost", "127.0.0.1"}
    return f"http://{host}:8000" if local else f"https://{host.lstrip('.')}"


def _user_id(email: str) -> UUID:
    found = (
        User.objects.filter(email=email.strip().lower()).values_list("pk", flat=True).first()
    )
    if found is None:
        raise ValidationError("there is no account with that e-mail address")
    return found
