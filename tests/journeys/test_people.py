# SPDX-License-Identifier: EUPL-1.2
"""From an invitation to working, and a session that ends, in a real browser."""

import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django.fixtures import Settings

from middenstip.access import members, selectors, services
from middenstip.access.models import Membership, Role, Session, User
from tests.browser import DESKTOP, PHONE, assert_accessible, keyboard_walk

pytestmark = pytest.mark.django_db(transaction=True)
NewPage = Callable[..., Page]
PASSWORD = "een lang verzonnen wachtwoord"
TYPED = "Wat ik aan het typen was"


@pytest.fixture
def manager(transactional_db: None) -> Membership:
    place = services.create_organisation(actor=None, kind="police", name="Politie Verzonnen")
    made = services.add_member(
        actor=None,
        organisation_id=place.id,
        email="baas@test.example",
        display_name="A. Voorbeeld",
        role=Role.MANAGER,
    )
    made.user.set_password(PASSWORD)
    made.user.save()
    return made


@pytest.fixture
def administrator(transactional_db: None) -> User:
    place = services.create_organisation(actor=None, kind="other", name="Beheer Verzonnen")
    made = services.add_member(
        actor=None,
        organisation_id=place.id,
        email="b@test.example",
        display_name="N. Voorbeeld",
    )
    return services.make_administrator(actor=None, user_id=made.user_id)


def enter(page: Page, live_server: Any, user: User) -> None:
    """Give the browser a session of this person."""
    client = Client()
    client.force_login(user)
    cookie = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])


def fits(page: Page) -> None:
    assert_accessible(page)
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.evaluate("window.innerWidth"), f"{page.url} scrolls sideways"


def invited_path() -> str:
    found = re.search(r"/account/invitation/[\w-]+/", str(mail.outbox[-1].body))
    assert found
    return found[0]


def log_in(page: Page) -> None:
    page.get_by_label("E-mail").fill("baas@test.example")
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen").click()


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_from_invitation_to_working(
    new_page: NewPage,
    live_server: Any,
    manager: Membership,
    settings: Settings,
    viewport: dict[str, int],
) -> None:
    page = new_page(viewport=viewport)
    enter(page, live_server, manager.user)
    page.goto(f"{live_server.url}/account/organisation/")
    page.get_by_role("link", name="Mensen van Politie Verzonnen").click()
    fits(page)
    page.get_by_role("button", name="De uitnodiging versturen").click()
    page.get_by_label("E-mailadres").fill("nieuw@test.example")
    page.get_by_label("Lid").check()
    page.get_by_role("button", name="De uitnodiging versturen").click()
    page.get_by_text("De uitnodiging is verstuurd").wait_for()
    fits(page)
    keyboard_walk(page)

    settings.SECOND_FACTOR_REQUIRED = True
    guest = new_page(viewport=viewport)
    guest.goto(live_server.url + invited_path())
    assert guest.url.endswith("/account/invitation/")
    fits(guest)
    keyboard_walk(guest)
    guest.get_by_label("Uw naam").fill("B. Voorbeeld")
    guest.get_by_label("Wachtwoord", exact=True).fill(PASSWORD)
    guest.get_by_label("Hetzelfde wachtwoord nog een keer").fill(PASSWORD)
    guest.get_by_role("button", name="Mijn account maken").click()
    guest.get_by_role("heading", name="Tweede stap bij het inloggen").wait_for()
    fits(guest)
    guest.get_by_role("link", name="Een app gebruiken").click()
    fits(guest)
    secret = guest.locator(".access-qr code").inner_text()
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    guest.locator("input[name=code]").fill(code)
    guest.get_by_role("button", name="Deze app gebruiken").click()
    guest.get_by_role("heading", name="Herstelcodes").wait_for()
    fits(guest)
    assert guest.locator(".access-codes li").count() == 10
    guest.get_by_role("link", name="Ik heb de codes bewaard, verder").click()
    guest.wait_for_url(f"{live_server.url}/")
    assert Membership.objects.get(user__email="nieuw@test.example").role == Role.MEMBER
    guest.goto(f"{live_server.url}/account/2fa/")
    fits(guest)

    used = new_page(viewport=viewport)
    answer = used.goto(live_server.url + invited_path())
    assert answer is not None
    assert answer.status == 404
    fits(used)
    assert used.get_by_text("Vraag de teambeheerder").is_visible()


def test_the_pages_of_people_and_organisations_are_accessible(
    new_page: NewPage, live_server: Any, manager: Membership, administrator: User
) -> None:
    page = new_page()
    enter(page, live_server, administrator)
    place = f"/account/organisations/{manager.organisation_id}/"
    for viewport in (DESKTOP, PHONE):
        page.set_viewport_size(viewport)
        for path in (
            "/account/organisations/",
            place,
            f"{place}people/",
            f"{place}end/",
            f"/account/people/{manager.id}/end/",
            "/account/session/back/",
        ):
            page.goto(live_server.url + path)
            fits(page)
    page.goto(f"{live_server.url}/account/organisations/")
    keyboard_walk(page)


def test_before_the_end_somebody_is_asked_and_can_keep_working(
    new_page: NewPage, live_server: Any, manager: Membership, settings: Settings
) -> None:
    # As if 28 minutes had gone by, but for a moment to type.
    settings.SESSION_IDLE_AGE = 124
    page = new_page()
    enter(page, live_server, manager.user)
    page.goto(f"{live_server.url}/account/people/")
    page.get_by_label("E-mailadres").fill(TYPED)
    dialog = page.get_by_role("dialog", name="Bent u nog bezig?")
    dialog.wait_for()
    assert_accessible(page)
    assert page.evaluate("document.activeElement.textContent") == "Doorwerken"
    assert dialog.get_by_role("button").count() == 1
    settings.SESSION_IDLE_AGE = 1800
    with page.expect_response("**/account/session/keep/") as kept:
        page.keyboard.press("Enter")
    assert kept.value.ok
    dialog.wait_for(state="hidden")
    assert (Session.objects.get().expire_date - timezone.now()).total_seconds() > 1700
    assert page.get_by_label("E-mailadres").input_value() == TYPED
    assert page.evaluate("document.activeElement.name") == "email"


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_page_whose_session_ended_is_covered_and_loses_nothing(
    new_page: NewPage,
    live_server: Any,
    manager: Membership,
    settings: Settings,
    viewport: dict[str, int],
) -> None:
    settings.SESSION_LOOK_AGE = 1
    page = new_page(viewport=viewport)
    enter(page, live_server, manager.user)
    page.goto(f"{live_server.url}/account/people/")
    page.get_by_label("E-mailadres").fill("nieuw@test.example")
    page.get_by_label("Lid").check()
    Session.objects.all().delete()
    cover = page.get_by_role("dialog", name="U bent uitgelogd")
    cover.wait_for()
    fits(page)
    assert not page.locator("main").is_visible()
    assert "Politie" not in page.title()
    # Chromium closes a dialog at the second Escape, whatever the page says: it comes back.
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    cover.wait_for()
    assert not page.locator("main").is_visible()
    cover.get_by_role("button", name="Doorgaan").click()
    cover.get_by_role("alert").wait_for()
    with page.context.expect_page() as opened:
        cover.get_by_role("link", name="Log opnieuw in").click()
    tab = opened.value
    log_in(tab)
    tab.get_by_role("heading", name="U bent weer ingelogd").wait_for()
    fits(tab)
    tab.close()
    cover.get_by_role("button", name="Doorgaan").click()
    cover.wait_for(state="hidden")
    assert page.get_by_label("E-mailadres").input_value() == "nieuw@test.example"
    page.get_by_role("button", name="De uitnodiging versturen").click()
    page.get_by_text("De uitnodiging is verstuurd").wait_for()
    stored = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert "nieuw" not in stored


def test_what_is_sent_after_the_session_ended_stays_on_the_page(
    new_page: NewPage, live_server: Any, manager: Membership
) -> None:
    page = new_page()
    enter(page, live_server, manager.user)
    page.goto(f"{live_server.url}/account/people/")
    page.get_by_label("E-mailadres").fill("nieuw@test.example")
    page.get_by_label("Lid").check()
    Session.objects.all().delete()
    # As after a laptop that slept: the page looked long ago.
    page.evaluate("const real = Date.now; Date.now = () => real() + 6000;")
    page.get_by_role("button", name="De uitnodiging versturen").click()
    cover = page.get_by_role("dialog", name="U bent uitgelogd")
    cover.wait_for()
    assert cover.get_by_role("button", name="Doorgaan").is_visible()
    assert page.locator("[name=email]").input_value() == "nieuw@test.example"
    assert mail.outbox == []


def test_another_person_in_the_same_browser_does_not_get_the_page_back(
    new_page: NewPage, live_server: Any, manager: Membership, administrator: User
) -> None:
    page = new_page()
    enter(page, live_server, manager.user)
    page.goto(f"{live_server.url}/account/people/")
    page.get_by_label("E-mailadres").fill(TYPED)
    enter(page, live_server, administrator)
    page.evaluate("const real = Date.now; Date.now = () => real() + 11000;")
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    cover = page.get_by_role("dialog", name="U bent uitgelogd")
    cover.wait_for()
    cover.get_by_role("button", name="Doorgaan").click()
    cover.get_by_role("alert").wait_for()
    assert not page.locator("main").is_visible()


def test_an_open_page_of_a_leaver_is_covered(
    new_page: NewPage, live_server: Any, manager: Membership, settings: Settings
) -> None:
    settings.SESSION_LOOK_AGE = 1
    leaver = services.add_member(
        actor=None,
        organisation_id=manager.organisation_id,
        email="lid@test.example",
        display_name="L. Voorbeeld",
    )
    page = new_page()
    enter(page, live_server, leaver.user)
    page.goto(f"{live_server.url}/account/organisation/")
    boss = selectors.actor_for(email="baas@test.example")
    members.end_membership(actor=boss, membership_id=leaver.id)
    cover = page.get_by_role("dialog", name="U bent uitgelogd")
    cover.wait_for(timeout=5000)
    assert not page.locator("main").is_visible()
    assert cover.get_by_role("link", name="Opnieuw inloggen").is_visible()
    assert not cover.get_by_role("button", name="Doorgaan").is_visible()


def test_ten_hours_after_logging_in_it_ends_with_a_last_word(
    new_page: NewPage, live_server: Any, manager: Membership
) -> None:
    page = new_page()
    enter(page, live_server, manager.user)
    began = timezone.now() - timedelta(hours=9, minutes=59)
    session = Client()
    session.cookies["sessionid"] = page.context.cookies()[0]["value"]
    store = session.session
    store["started"] = began.timestamp()
    store.save()
    page.goto(f"{live_server.url}/account/people/")
    dialog = page.get_by_role("dialog", name="Bent u nog bezig?")
    dialog.wait_for()
    dialog.get_by_role("button", name="Doorwerken").click()
    page.get_by_text("U bent al tien uur ingelogd").wait_for()
    assert_accessible(page)
    dialog.get_by_role("button", name="Terug naar de pagina").click()
    dialog.wait_for(state="hidden")


def test_without_script_what_was_typed_comes_back_when_the_session_ended(
    new_page: NewPage, live_server: Any, manager: Membership
) -> None:
    page = new_page(java_script_enabled=False)
    enter(page, live_server, manager.user)
    page.goto(f"{live_server.url}/account/people/")
    page.get_by_label("E-mailadres").fill("nieuw@test.example")
    Session.objects.all().delete()
    page.get_by_role("button", name="De uitnodiging versturen").click()
    page.get_by_role("heading", name="Uw formulier is niet verstuurd").wait_for()
    assert not page.get_by_text("nieuw@test.example").is_visible()
    page.locator("summary", has_text="Wat u hebt getypt").click()
    assert page.get_by_text("nieuw@test.example").is_visible()
    assert page.locator("input[name=email]").count() == 0
    assert mail.outbox == []
