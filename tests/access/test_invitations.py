# SPDX-License-Identifier: EUPL-1.2
"""Invitations: who may invite whom, and a token good once, for one address, for a week."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from middenstip import clock
from middenstip.access import invitations, selectors, services
from middenstip.access.actors import Actor
from middenstip.access.models import Invitation, Membership, Organisation, Role, User

pytestmark = pytest.mark.django_db
PASSWORD = "een lang verzonnen wachtwoord"
LINK = re.compile(r"http://testserver(/account/invitation/[\w-]+/)")


def _actor(organisation: Organisation, email: str, role: str = Role.MEMBER) -> Actor:
    services.add_member(
        actor=None,
        organisation_id=organisation.id,
        email=email,
        display_name="A. Voorbeeld",
        role=role,
    )
    user = User.objects.get(email=email)
    user.set_password(PASSWORD)
    user.save()
    return selectors.actor_for(email=email, organisation_id=organisation.id)


@pytest.fixture
def police() -> Organisation:
    return services.create_organisation(actor=None, kind="police", name="Politie Test")


@pytest.fixture
def shelter() -> Organisation:
    return services.create_organisation(actor=None, kind="shelter", name="Opvang Test")


@pytest.fixture
def manager(police: Organisation) -> Actor:
    return _actor(police, "m@test.example", Role.MANAGER)


@pytest.fixture
def administrator() -> Actor:
    office = services.create_organisation(actor=None, kind="other", name="Beheer Test")
    made = _actor(office, "beheer@test.example")
    services.make_administrator(actor=None, user_id=made.user_id)
    return selectors.actor_for(email="beheer@test.example")


@pytest.fixture
def invite(police: Organisation, manager: Actor) -> Callable[..., str]:
    """Invite and return the token, as only the mail holds it."""

    def send(
        email: str = "nieuw@test.example",
        *,
        actor: Actor | None = manager,
        organisation: Organisation = police,
        role: str = Role.MEMBER,
    ) -> str:
        tokens: list[str] = []
        invitations.invite(
            actor=actor,
            organisation_id=organisation.id,
            email=email,
            role=role,
            link=lambda token: tokens.append(token) or f"https://test.example/{token}",  # type: ignore[func-returns-value]
        )
        return tokens[0]

    return send


def _path(number: int = -1) -> str:
    found = LINK.search(str(mail.outbox[number].body))
    assert found
    return found[1]


def test_only_a_manager_of_the_organisation_invites_to_it(
    invite: Callable[..., str], police: Organisation, shelter: Organisation
) -> None:
    assert invite()
    member = _actor(police, "lid@test.example")
    elsewhere = _actor(shelter, "baas@test.example", Role.MANAGER)
    for nobody in (member, elsewhere):
        with pytest.raises(PermissionDenied):
            invite("ander@test.example", actor=nobody)
    assert Invitation.objects.count() == 1


def test_an_administrator_appoints_the_first_manager_and_nobody_else(
    invite: Callable[..., str], administrator: Actor, shelter: Organisation
) -> None:
    assert invite(actor=administrator, organisation=shelter, role=Role.MANAGER)
    with pytest.raises(PermissionDenied):
        invite(actor=administrator, organisation=shelter, role=Role.MEMBER)
    with pytest.raises(PermissionDenied):
        invite(actor=administrator, role=Role.MANAGER)
    with pytest.raises(ValidationError):
        invite(
            "beheer@test.example",
            actor=administrator,
            organisation=shelter,
            role=Role.MANAGER,
        )
    with pytest.raises(PermissionDenied):
        services.add_member(
            actor=administrator,
            organisation_id=shelter.id,
            email="beheer@test.example",
            display_name="N",
        )


def test_the_mail_tells_nothing_but_the_link(client: Client, manager: Actor) -> None:
    client.force_login(User.objects.get(pk=manager.user_id))
    answer = client.post("/account/people/", {"email": "N@test.example", "role": "member"})
    assert answer.status_code == 302
    (message,) = mail.outbox
    assert message.to == ["n@test.example"]
    told = (message.subject + str(message.body)).lower()
    for word in ("politie", "slachtoffer", "mensenhandel", "middenstip", "voorbeeld", "m@test"):
        assert word not in told
    assert LINK.search(str(message.body))


def test_the_database_keeps_no_token(invite: Callable[..., str]) -> None:
    token = invite()
    row = Invitation.objects.values().get()
    assert token not in str(row)


@pytest.mark.parametrize("end", ["expired", "withdrawn", "used", "forged", "closed", "again"])
def test_a_link_that_ended_gives_one_calm_page_that_does_not_tell_why(
    client: Client, invite: Callable[..., str], manager: Actor, police: Organisation, end: str
) -> None:
    good = client.get("/account/invitation/x-1/").content
    token = invite()
    assert client.get(f"/account/invitation/{token}/").status_code == 302
    invitation = Invitation.objects.get()
    if end == "expired":
        Invitation.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    elif end == "withdrawn":
        invitations.withdraw_invitation(actor=manager, invitation_id=invitation.id)
    elif end == "used":
        invitations.accept_as_new(token=token, display_name="B", password=PASSWORD)
    elif end == "forged":
        token = token[:-1] + ("A" if token[-1] != "A" else "B")
    elif end == "closed":
        Organisation.objects.filter(pk=police.pk).update(is_active=False)
    else:
        invite()
    before = (User.objects.count(), Membership.objects.count())
    answer = client.get(f"/account/invitation/{token}/")
    assert answer.status_code == 404
    strip = re.compile(rb'value="[\w/-]{20,}"')
    assert strip.sub(b"", answer.content) == strip.sub(b"", good)
    client.post(
        "/account/invitation/", {"display_name": "B", "password": PASSWORD, "again": PASSWORD}
    )
    with pytest.raises(PermissionDenied):
        invitations.accept_as_new(token=token, display_name="B", password=PASSWORD)
    assert (User.objects.count(), Membership.objects.count()) == before


def test_accepting_makes_the_account_and_logs_in_to_it(
    client: Client, invite: Callable[..., str], police: Organisation
) -> None:
    token = invite("Nieuw@test.example", role=Role.MANAGER)
    client.get(f"/account/invitation/{token}/")
    form = {"display_name": "B. Voorbeeld", "password": PASSWORD, "again": PASSWORD}
    assert client.post("/account/invitation/", form)["Location"] == "/"
    membership = Membership.objects.get(user__email="nieuw@test.example")
    assert (membership.organisation, membership.role) == (police, Role.MANAGER)
    assert client.session["_auth_user_id"] == str(membership.user_id)
    # A replay, also from another browser, opens nothing.
    assert Client().get(f"/account/invitation/{token}/").status_code == 404


@pytest.mark.parametrize(
    ("name", "password", "again"),
    [("", PASSWORD, PASSWORD), ("B", "kort", "kort"), ("B", PASSWORD, PASSWORD + "x")],
)
def test_a_mistake_is_told_and_the_invitation_stays_open(
    client: Client, invite: Callable[..., str], name: str, password: str, again: str
) -> None:
    token = invite()
    client.get(f"/account/invitation/{token}/")
    form = {"display_name": name, "password": password, "again": again}
    answer = client.post("/account/invitation/", form)
    assert answer.status_code == 200
    assert "ms-error-summary" in answer.content.decode()
    assert not User.objects.filter(email="nieuw@test.example").exists()
    assert invitations.find_invitation(token)


def test_an_address_with_an_account_must_log_in_to_it(
    client: Client, invite: Callable[..., str], shelter: Organisation, police: Organisation
) -> None:
    known = _actor(shelter, "bekend@test.example")
    token = invite("bekend@test.example")
    client.get(f"/account/invitation/{token}/")
    form = {"display_name": "X", "password": PASSWORD + "!", "again": PASSWORD + "!"}
    client.post("/account/invitation/", form)
    assert "_auth_user_id" not in client.session
    assert User.objects.get(pk=known.user_id).check_password(PASSWORD)
    with pytest.raises(PermissionDenied):
        invitations.accept_as_new(token=token, display_name="X", password=PASSWORD)
    page = client.get("/account/invitation/").content.decode()
    assert "/account/login/?next=%2Faccount%2Finvitation%2F" in page
    answer = client.post(
        "/account/login/?next=/account/invitation/",
        {"login": "bekend@test.example", "password": PASSWORD},
    )
    assert answer["Location"] == "/account/invitation/"
    assert client.post("/account/invitation/").status_code == 302
    assert Membership.objects.filter(user_id=known.user_id, organisation=police).exists()


def test_who_is_logged_in_as_somebody_else_gets_nothing(
    client: Client, invite: Callable[..., str], shelter: Organisation
) -> None:
    other = _actor(shelter, "ander@test.example")
    token = invite()
    client.force_login(User.objects.get(pk=other.user_id))
    client.get(f"/account/invitation/{token}/")
    for answer in (client.get("/account/invitation/"), client.post("/account/invitation/")):
        assert answer.status_code == 403
        assert "nieuw@test.example" not in answer.content.decode()
    with pytest.raises(PermissionDenied):
        invitations.accept_as(token=token, user=User.objects.get(pk=other.user_id))
    assert Membership.objects.filter(user_id=other.user_id).count() == 1
    assert invitations.find_invitation(token)


def test_a_new_link_makes_the_old_one_worthless(invite: Callable[..., str]) -> None:
    first, second = invite(), invite(" NIEUW@test.example ")
    assert invitations.find_invitation(first) is None
    assert invitations.find_invitation(second)


def test_a_member_is_not_invited_again(
    invite: Callable[..., str], police: Organisation
) -> None:
    _actor(police, "lid@test.example")
    with pytest.raises(ValidationError):
        invite("Lid@test.example")


def test_a_closed_account_does_not_come_back_by_an_invitation(
    invite: Callable[..., str],
) -> None:
    user = User.objects.create_user("weg@test.example", PASSWORD, display_name="W")
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert invitations.find_invitation(invite("weg@test.example")) is None


def test_when_the_mail_fails_nobody_is_invited(
    client: Client, manager: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object, **__: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(invitations, "send_mail", down)
    client.force_login(User.objects.get(pk=manager.user_id))
    answer = client.post("/account/people/", {"email": "n@test.example", "role": "member"})
    assert answer.status_code == 200
    assert 'value="n@test.example"' in answer.content.decode()
    assert not Invitation.objects.exists()


def test_only_managers_withdraw(
    invite: Callable[..., str], police: Organisation, shelter: Organisation
) -> None:
    token = invite()
    invitation_id = Invitation.objects.get().id
    for nobody in (
        _actor(police, "lid@test.example"),
        _actor(shelter, "baas@test.example", Role.MANAGER),
    ):
        with pytest.raises(PermissionDenied):
            invitations.withdraw_invitation(actor=nobody, invitation_id=invitation_id)
    assert invitations.find_invitation(token)
