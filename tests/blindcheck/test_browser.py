# SPDX-License-Identifier: EUPL-1.2
"""Asking, the answer and calling back in a real browser: at a desk, on a telephone, by keys."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page

from middenstip.access.actors import Actor
from middenstip.access.models import User
from middenstip.blindcheck.models import CallBack
from tests.blindcheck.conftest import BORN, NAME, ask, known
from tests.browser import DESKTOP, PHONE, assert_accessible, keyboard_walk
from tests.thread.chain import Chain, member

pytestmark = pytest.mark.django_db(transaction=True)
NewPage = Callable[..., Page]


def enter(page: Page, live_server: Any, actor: Actor, language: str) -> None:
    User.objects.filter(pk=actor.user_id).update(language=language)
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    cookie = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])


def fits(page: Page) -> None:
    assert_accessible(page)
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.evaluate("window.innerWidth"), f"{page.url} scrolls sideways"


def send(page: Page, address: str) -> None:
    page.click("main form button[type=submit]")
    page.wait_for_url(address)


def ask_for_somebody(page: Page) -> None:
    """Send the form with a mistake, then rightly."""
    page.click("main form button[type=submit]")
    page.wait_for_selector("[aria-invalid=true]")
    fits(page)
    for name, value in (
        ("given_name", NAME[0]),
        ("family_name", NAME[1]),
        ("birth_date", BORN),
    ):
        page.fill(f"[name={name}]", value)
    send(page, "**/known/*-*/")
    assert NAME[0] not in page.content()


def ask_to_be_called(page: Page) -> None:
    """From the list of questions to the wish to be called back."""
    fits(page)
    assert page.input_value("[name=given_name]") == ""
    page.locator("table a").first.click()
    page.wait_for_url("**/known/*-*/")
    page.fill("[name=phone]", "020 5550199")
    fits(page)
    page.click("main form button[type=submit]")
    page.wait_for_selector("main form", state="detached")
    fits(page)


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desk", "telephone"])
@pytest.mark.parametrize("language", ["nl", "en"])
def test_from_a_question_to_being_called_back(
    new_page: NewPage, live_server: Any, viewport: dict[str, int], language: str
) -> None:
    chain, ngo = Chain(), member("ngo")
    known(chain)
    page, point = new_page(viewport=viewport), new_page(viewport=viewport)
    enter(page, live_server, ngo, language)
    page.goto(f"{live_server.url}/known/")
    ask_for_somebody(page)
    assert page.locator("h1").inner_text() == {"nl": "Bekend", "en": "Known"}[language]
    page.goto(f"{live_server.url}/known/")
    ask_to_be_called(page)
    for _ in range(6):
        ask(ngo)
    enter(point, live_server, chain.coordination_point, language)
    point.goto(f"{live_server.url}/known/")
    fits(point)
    point.click(f"a[href*='{CallBack.objects.get().pk}']")
    point.wait_for_url("**/calls/*/")
    fits(point)
    assert NAME[1] in point.content()
    send(point, "**/known/")
    assert not CallBack.objects.filter(done_at=None).exists()


def test_the_form_is_filled_and_sent_with_the_keyboard(
    new_page: NewPage, live_server: Any
) -> None:
    page = new_page()
    enter(page, live_server, member("ngo"), "nl")
    page.goto(f"{live_server.url}/known/")
    passed = keyboard_walk(page)
    assert len(passed) > 6
    page.focus("[name=given_name]")
    for value in (NAME[0], NAME[1], BORN):
        page.keyboard.type(value)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/known/*-*/")
    assert page.locator("h1").inner_text() == "Niet bekend"
