# SPDX-License-Identifier: EUPL-1.2
"""The pages around logging in: accessible, by keyboard, in both languages."""

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from middenstip.access import demo, services
from middenstip.access.models import User
from tests.browser import assert_accessible, keyboard_walk

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "een lang verzonnen wachtwoord"


@pytest.fixture
def person() -> User:
    user = User.objects.create_user("agent@test.example", PASSWORD, display_name="A. Voorbeeld")
    for kind, name in [("police", "Politie Test"), ("shelter", "Opvang Test")]:
        organisation = services.create_organisation(actor=None, kind=kind, name=name)
        services.add_member(
            actor=None,
            organisation_id=organisation.id,
            email=user.email,
            display_name="A. Voorbeeld",
        )
    return user


def _log_in(page: Page, server: LiveServer) -> None:
    page.goto(f"{server.url}/account/login/?next=/account/organisation/")
    page.get_by_label("E-mail").fill("agent@test.example")
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen").click()
    page.wait_for_url("**/account/organisation/")


def test_logging_in_choosing_an_organisation_and_the_second_step(
    browser_page: Page, live_server: LiveServer, person: User
) -> None:
    page = browser_page
    page.goto(f"{live_server.url}/account/login/")
    assert_accessible(page)
    keyboard_walk(page)
    _log_in(page, live_server)
    assert_accessible(page)
    page.get_by_role("button", name="Opvang Test").click()
    for path in ("2fa/", "organisation/", "password/change/", "2fa/totp/activate/"):
        page.goto(f"{live_server.url}/account/{path}")
        assert_accessible(page)
    page.goto(f"{live_server.url}/account/2fa/webauthn/add/")
    assert_accessible(page)


def test_a_wrong_password_is_told_beside_the_form(
    phone_page: Page, live_server: LiveServer, person: User
) -> None:
    page = phone_page
    page.goto(f"{live_server.url}/account/login/")
    page.get_by_label("E-mail").fill("agent@test.example")
    page.get_by_label("Wachtwoord").fill("verkeerd")
    page.get_by_role("button", name="Inloggen").click()
    page.get_by_role("alert").wait_for()
    assert page.get_by_label("E-mail").input_value() == "agent@test.example"
    assert_accessible(page)


def test_the_choice_of_demo_accounts_is_one_accessible_page(
    browser_page: Page, live_server: LiveServer, demo_on: None
) -> None:
    demo.create_accounts()
    page = browser_page
    page.goto(f"{live_server.url}/account/login/?next=/account/organisation/")
    assert_accessible(page)
    assert len([name for name in keyboard_walk(page) if "Voorbeeld" in name]) == 14
    page.get_by_role("button", name="Marechaussee").click()
    page.wait_for_url("**/account/organisation/")
    assert page.get_by_text("KMar Luchthaven Verzinsel").first.is_visible()
