# SPDX-License-Identifier: EUPL-1.2
"""A police officer notifies a possible victim, in a real browser."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page

from middenstip import clock
from middenstip.access.models import Membership, Organisation, User
from middenstip.intake.models import Draft
from middenstip.thread.models import Case
from tests.browser import PHONE, assert_accessible, keyboard_walk

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = clock.today().strftime("%d-%m-%Y")


def log_in(page: Page, live_server: Any, kind: str, language: str = "nl") -> None:
    """Give the browser the session of a member of a made-up organisation of this kind."""
    organisation = Organisation.objects.create(kind=kind, name=f"{kind} Verzonnen")
    user = User.objects.create_user(
        f"{kind}@voorbeeld.example", display_name="A. Verzonnen", language=language
    )
    Membership.objects.create(user=user, organisation=organisation, since=date(2010, 1, 1))
    client = Client()
    client.force_login(user)
    cookie = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page.goto(f"{live_server.url}/notify/")


def coordination_point() -> None:
    Organisation.objects.create(kind="coordination_point", name="Coördinatiepunt Verzonnen")


def choose(page: Page, group: str, answer: str) -> None:
    page.get_by_role("group", name=group).get_by_label(answer, exact=True).check()


def following(page: Page, button: str) -> None:
    """Press a button and wait for the next page."""
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).click()


def fill_in(page: Page, check: Callable[[Page], None] = lambda page: None) -> None:
    """Walk through the form in Dutch; `check` looks at every step."""
    check(page)
    following(page, "Beginnen")
    page.get_by_label("Arbeidsuitbuiting").check()
    choose(page, "Was de uitbuiting in Nederland?", "Ja")
    page.get_by_label("Waardoor is het gezien?").select_option("inspection")
    check(page)
    following(page, "Verder")
    page.get_by_label("Voornaam").fill("Proef")
    page.get_by_label("Achternaam").fill("Persoon")
    page.get_by_label("Geboortedatum").fill("17-11-1990")
    page.get_by_label("Man", exact=True).check()
    page.locator("[name=nationality_1]").select_option("VN")
    page.locator("main").get_by_label("Taal").select_option("vi")
    choose(page, "Is er een tolk nodig?", "Ja")
    check(page)
    following(page, "Verder")
    choose(page, "Is er vannacht een veilig bed nodig?", "Ja")
    check(page)
    following(page, "Verder")
    choose(page, "Hebt u de rechten uitgelegd?", "Ja")
    choose(page, "Met een tolk?", "Ja")
    choose(page, "Hebt u de bedenktijd aangeboden?", "Nee")
    check(page)
    following(page, "Verder")
    check(page)


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_an_officer_notifies_and_sees_what_applies(
    new_page: Callable[..., Page], live_server: Any, size: str
) -> None:
    coordination_point()
    options = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
    page = new_page(**(options if size == "phone" else {}))
    log_in(page, live_server, "police")
    fill_in(page, check=assert_accessible)
    assert "Coördinatiepunt Verzonnen" in page.inner_text("main")
    following(page, "Versturen")
    case = Case.objects.get()
    assert page.url == f"{live_server.url}/cases/{case.pk}/"
    assert not Draft.objects.exists()
    text = page.inner_text("main")
    assert case.person.pseudonym in text
    assert "Bedenktijd aanbieden" in text
    assert "Proef" not in page.url


def test_it_works_without_javascript_and_in_english(
    new_page: Callable[..., Page], live_server: Any
) -> None:
    page = new_page(java_script_enabled=False, locale="en-GB")
    log_in(page, live_server, "police", language="en")
    following(page, "Begin")
    following(page, "Next")
    page.get_by_label("Given name").fill("Proef")
    following(page, "Previous")
    following(page, "Next")
    assert page.get_by_label("Given name").input_value() == "Proef"
    following(page, "Next")
    following(page, "Next")
    assert "Choose yes, no, or I do not know." in page.inner_text("main")
    choose(page, "Is a safe bed needed tonight?", "No")
    following(page, "Next")
    following(page, "Next")
    assert "What happens when you send" in page.inner_text("main")
    following(page, "Send")
    assert Case.objects.count() == 1


def test_what_is_filled_in_is_kept_without_pressing_a_button(
    browser_page: Page, live_server: Any
) -> None:
    log_in(browser_page, live_server, "police")
    following(browser_page, "Beginnen")
    with browser_page.expect_response("**/save/") as saved:
        browser_page.get_by_label("Gedwongen bedelarij").check()
    assert saved.value.ok
    browser_page.get_by_text("Bewaard om").wait_for()
    browser_page.goto(f"{live_server.url}/notify/")
    assert browser_page.get_by_role("link", name="Verder").count() == 1
    browser_page.goto(f"{live_server.url}/notify/{Draft.objects.get().pk}/1/")
    assert browser_page.get_by_label("Gedwongen bedelarij").is_checked()


def test_by_keyboard_only(browser_page: Page, live_server: Any) -> None:
    log_in(browser_page, live_server, "police")
    page = browser_page
    keyboard_walk(page)

    def press(name: str) -> None:
        button = page.get_by_role("button", name=name, exact=True)
        button.focus()
        with page.expect_navigation():
            page.keyboard.press("Enter")

    press("Beginnen")
    passed = keyboard_walk(page)
    assert any("Verder" in name for name in passed)
    page.get_by_label("Seksuele uitbuiting").focus()
    page.keyboard.press("Space")
    assert page.get_by_label("Seksuele uitbuiting").is_checked()
    # Enter in a field goes on, never back.
    page.get_by_label("Dag van de melding").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith("/2/")
    keyboard_walk(page)
    press("Verder")
    group = page.get_by_role("group", name="Is er vannacht een veilig bed nodig?")
    group.get_by_label("Ja").focus()
    page.keyboard.press("Space")
    keyboard_walk(page)
    press("Verder")
    keyboard_walk(page)
    press("Verder")
    passed = keyboard_walk(page)
    assert any("Versturen" in name for name in passed)
    press("Versturen")
    assert Case.objects.count() == 1


def test_a_mistake_is_shown_with_a_link_to_its_field(
    phone_page: Page, live_server: Any
) -> None:
    log_in(phone_page, live_server, "police")
    following(phone_page, "Beginnen")
    phone_page.get_by_label("Op welke dag is de aanwijzing gezien?").fill("31-02-2014")
    following(phone_page, "Verder")
    assert_accessible(phone_page)
    summary = phone_page.get_by_role("alert").first
    assert "Dit is geen datum" in summary.inner_text()
    summary.get_by_role("link").first.click()
    field = phone_page.get_by_label("Op welke dag is de aanwijzing gezien?")
    assert field.input_value() == "31-02-2014"
    assert field.evaluate("element => element === document.activeElement")


def test_who_does_not_notify_reads_why(browser_page: Page, live_server: Any) -> None:
    log_in(browser_page, live_server, "rapporteur")
    assert_accessible(browser_page)
    assert "0900 8844" in browser_page.inner_text("main")


def test_a_draft_can_be_deleted(browser_page: Page, live_server: Any) -> None:
    log_in(browser_page, live_server, "police")
    following(browser_page, "Beginnen")
    following(browser_page, "Later verder")
    assert_accessible(browser_page)
    with browser_page.expect_navigation():
        browser_page.get_by_role("link", name="Verwijderen").click()
    assert_accessible(browser_page)
    following(browser_page, "Voorgoed verwijderen")
    assert not Draft.objects.exists()


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_every_step_is_accessible_in_english(
    new_page: Callable[..., Page], live_server: Any, size: str
) -> None:
    coordination_point()
    options = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
    page = new_page(locale="en-GB", **(options if size == "phone" else {}))
    log_in(page, live_server, "shelter", language="en")
    assert_accessible(page)
    following(page, "Begin")
    following(page, "Next")
    assert "This field is required" in page.get_by_role("alert").first.inner_text()
    assert_accessible(page)
    choose(
        page, "On which basis do you notify?", "Legal duty (only for days before 25 May 2018)"
    )
    following(page, "Next")
    assert "Since 25 May 2018" in page.get_by_role("alert").first.inner_text()
    choose(page, "On which basis do you notify?", "Anonymous: nothing about who it is")
    following(page, "Next")
    assert page.get_by_label("Given name").count() == 0
    assert_accessible(page)
    following(page, "Next")
    choose(page, "Is a safe bed needed tonight?", "I do not know")
    assert_accessible(page)
    following(page, "Next")
    assert "The reflection period is offered by one of these" in page.inner_text("main")
    assert_accessible(page)
    following(page, "Next")
    assert "nothing that tells who it is, is kept" in page.inner_text("main")
    assert_accessible(page)
