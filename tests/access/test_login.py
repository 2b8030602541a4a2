# SPDX-License-Identifier: EUPL-1.2
"""Logging in, acting for one organisation, and the demo's one-click accounts."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from middenstip.access import demo, services
from middenstip.access.models import Membership, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Membership:
    organisation = services.create_organisation(actor=None, kind="police", name="Politie Test")
    membership = services.add_member(
        actor=None,
        organisation_id=organisation.id,
        email="Agent@test.example",
        display_name="A. Voorbeeld",
    )
    membership.user.set_password("een lang verzonnen wachtwoord")
    membership.user.save()
    return membership


def test_a_member_logs_in_with_email_in_any_case(client: Client, member: Membership) -> None:
    response = client.post(
        "/account/login/",
        {"login": "AGENT@test.example", "password": "een lang verzonnen wachtwoord"},
    )
    assert response.status_code == 302
    assert client.get("/account/organisation/").context["actor"].organisation_name == (
        "Politie Test"
    )


def test_a_wrong_password_says_so_and_lets_nobody_in(
    client: Client, member: Membership
) -> None:
    response = client.post(
        "/account/login/", {"login": "agent@test.example", "password": "verkeerd"}
    )
    assert response.status_code == 200
    assert "_auth_user_id" not in client.session


def test_nobody_signs_up_by_themselves(client: Client) -> None:
    answer = client.post("/account/signup/", {"email": "x@test.example"})
    assert answer.status_code == 404
    assert not User.objects.exists()


def test_with_several_organisations_one_is_chosen_and_can_be_switched(
    client: Client, member: Membership
) -> None:
    other = services.create_organisation(actor=None, kind="shelter", name="Opvang Test")
    services.add_member(
        actor=None, organisation_id=other.id, email="agent@test.example", display_name="x"
    )
    client.force_login(member.user)
    page = client.get("/account/organisation/")
    assert page.context["actor"] is None
    client.post("/account/organisation/", {"organisation": str(other.id)})
    assert client.get("/account/organisation/").context["actor"].organisation_kind == "shelter"


def test_nobody_acts_for_an_organisation_of_others(client: Client, member: Membership) -> None:
    other = services.create_organisation(actor=None, kind="shelter", name="Opvang Test")
    client.force_login(member.user)
    answer = client.post("/account/organisation/", {"organisation": str(other.id)})
    assert answer.status_code == 403


def test_a_membership_that_ends_loses_its_actor_at_once(
    client: Client, member: Membership
) -> None:
    client.force_login(member.user)
    assert client.get("/account/organisation/").context["actor"]
    other = services.create_organisation(actor=None, kind="shelter", name="Opvang Test")
    left = services.add_member(
        actor=None, organisation_id=other.id, email="agent@test.example", display_name="x"
    )
    client.post("/account/organisation/", {"organisation": str(other.id)})
    services.end_membership(actor=None, membership_id=left.id)
    actor = client.get("/account/organisation/").context["actor"]
    assert actor.organisation_name == "Politie Test"


def test_the_language_is_kept_with_the_account(client: Client, member: Membership) -> None:
    client.force_login(member.user)
    answer = client.post("/account/language/", {"language": "en", "next": "/account/2fa/"})
    assert answer["Location"] == "/account/2fa/"
    member.user.refresh_from_db()
    assert member.user.language == "en"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_the_language_switch_leads_to_no_other_site(client: Client, target: str) -> None:
    answer = client.post("/account/language/", {"language": "en", "next": target})
    assert answer["Location"] == "/"


def test_an_unknown_language_is_not_found(client: Client) -> None:
    assert client.post("/account/language/", {"language": "xx"}).status_code == 404


def test_without_the_demo_switch_there_are_no_one_click_accounts(client: Client) -> None:
    assert client.post("/account/demo/police/").status_code == 404
    assert "demo-heading" not in client.get("/account/login/").content.decode()
    with pytest.raises(ImproperlyConfigured):
        demo.create_accounts()


def test_in_the_demo_each_account_logs_in_with_one_click(client: Client, demo_on: None) -> None:
    demo.create_accounts()
    assert demo.create_accounts()
    page = client.get("/account/login/").content.decode()
    for account in demo.ACCOUNTS:
        assert f"/account/demo/{account.key}/" in page
        answer = client.post(f"/account/demo/{account.key}/", follow=False)
        assert answer.status_code == 302
        actor = client.get("/account/organisation/").context["actor"]
        assert actor.organisation_kind == account.kind
        assert actor.is_administrator is account.is_administrator
    assert client.get("/account/demo/police/").status_code == 405
    assert client.post("/account/demo/nobody/").status_code == 404


def test_the_demo_login_needs_its_token(demo_on: None) -> None:
    demo.create_accounts()
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/account/demo/police/").status_code == 403
