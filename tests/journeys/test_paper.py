# SPDX-License-Identifier: EUPL-1.2
"""From a result to paper in a real browser, as somebody does."""

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser import assert_accessible
from tests.journeys.test_guide import answer, begin

pytestmark = pytest.mark.django_db(transaction=True)


def printed(page: Page, name: str) -> dict[str, str]:
    """Press a button that gives a paper; return what the server said it is.

    A busy Chromium that opens a PDF sometimes tells of the answer without its headers: then it
    is pressed again. An answer of another kind is no reason for that.
    """
    headers: dict[str, str] = {}
    for _ in range(4):
        with page.context.expect_event("response", lambda r: "/paper/" in r.url) as given:
            page.get_by_role("button", name=name).click()
        assert given.value.status == 200
        headers = given.value.all_headers()
        if "content-type" in headers:
            break
    return headers


def test_a_result_is_printed_as_paper_and_as_a_card(
    browser_page: Page, live_server: LiveServer
) -> None:
    page = browser_page
    begin(page, live_server)
    for _ in range(2):
        answer(page)
    page.get_by_role("button", name="Laat zien wat er is").click()
    expect(page.get_by_role("heading", name="Op papier")).to_be_visible()
    for name in ("Print deze uitkomst", "Print een klein kaartje"):
        headers = printed(page, name)
        assert headers["content-type"] == "application/pdf"
        assert headers["content-disposition"] == 'inline; filename="paper.pdf"'
    expect(page.get_by_role("heading", level=1)).to_have_text("Wat er voor je is")
    assert page.context.cookies() == []


def test_a_paper_asked_for_without_answers_is_a_page_that_everybody_can_use(
    browser_page: Page, live_server: LiveServer
) -> None:
    browser_page.goto(f"{live_server.url}/guide/nl/paper/help/")
    expect(browser_page.get_by_role("heading", level=1)).to_have_text(re.compile("nog niets"))
    assert_accessible(browser_page)
    browser_page.get_by_role("link", name="Naar de vragen").click()
    assert browser_page.url == f"{live_server.url}/guide/nl/help/"
