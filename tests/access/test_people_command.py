# SPDX-License-Identifier: EUPL-1.2
"""`middenstip access`: the operator does the same as the screens, through the same services."""

import pytest
from django.core import mail
from typer.testing import CliRunner

from middenstip.access import invitations, services
from middenstip.access.command import app
from middenstip.access.models import Invitation, Membership, Organisation, Session, User

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    answer = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    return answer.output.strip()


def test_inviting_listing_and_ending_at_the_command_line() -> None:
    place = run("create-organisation", "police", "Politie Test")
    made = run(
        "invite", place, "Nieuw@test.example", "--manager", "--site", "https://a.example/"
    )
    assert made == str(Invitation.objects.get().id)
    body = str(mail.outbox[0].body)
    token = body.split("https://a.example/account/invitation/")[1].split("/")[0]
    user = invitations.accept_as_new(
        token=token, display_name="B. Voorbeeld", password="een lang verzonnen wachtwoord"
    )
    listed = run("members", place).split("  ")
    assert listed[1:] == ["manager", "no-second-step", "nieuw@test.example", "B. Voorbeeld"]
    run("end", listed[0])
    assert run("members", place) == ""
    assert not Membership.objects.get(user=user).is_active


def test_a_withdrawn_invitation_and_an_ended_organisation() -> None:
    place = run("create-organisation", "police", "Politie Test")
    run("withdraw", run("invite", place, "n@test.example", "--site", "https://a.example"))
    assert Invitation.objects.get().withdrawn_at
    run("rename-organisation", place, "Politie Later", "--region", "Noord")
    run("end-organisation", place)
    organisation = Organisation.objects.get()
    assert (organisation.name, organisation.is_active) == ("Politie Later", False)


def test_closing_an_account_and_resetting_the_second_step(client: object) -> None:
    place = services.create_organisation(actor=None, kind="police", name="Politie Test")
    services.add_member(
        actor=None, organisation_id=place.id, email="a@test.example", display_name="A"
    )
    run("close-account", "A@test.example")
    assert not User.objects.get().is_active
    run("open-account", "a@test.example")
    assert User.objects.get().is_active
    run("reset-second-factor", "a@test.example")
    assert not Session.objects.exists()
