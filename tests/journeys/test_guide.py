# SPDX-License-Identifier: EUPL-1.2
"""A frightened person on a phone, with and without script, by keyboard, and right to left."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser import PHONE, assert_accessible, keyboard_walk

pytestmark = pytest.mark.django_db(transaction=True)
STILL = "Nu weg van deze pagina"


def answer(page: Page, word: str = "Ja") -> None:
    """Give an answer and wait for the page that follows."""
    number = page.locator(".step").inner_text()
    button = page.locator(".ask").get_by_role("button", name=word, exact=True)
    if not button.count():
        button = page.get_by_role("button", name="Dat weet ik niet", exact=True)
    button.click()
    page.wait_for_function(
        "number => document.querySelector('.step')?.innerText !== number", arg=number
    )


def begin(page: Page, live_server: LiveServer, lang: str = "nl", door: str = "help") -> None:
    page.goto(f"{live_server.url}/guide/{lang}/{door}/")


def test_from_the_start_to_a_result_on_a_phone(
    phone_page: Page, live_server: LiveServer
) -> None:
    page = phone_page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{live_server.url}/guide/")
    expect(page.get_by_role("link", name="Bel 112")).to_be_visible()
    page.get_by_role("link", name=re.compile("^Ik heb hulp nodig")).click()
    for _ in range(4):
        answer(page)
    page.get_by_role("button", name="Laat zien wat er is").click()
    expect(page.get_by_role("heading", level=1, name="Wat er voor je is")).to_be_visible()
    expect(page.get_by_role("heading", name="Je antwoorden")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Verander")).first.click()
    expect(page.get_by_text("Je antwoord was: Ja")).to_be_visible()
    assert page.url == f"{live_server.url}/guide/nl/help/"
    assert {url.split("/")[2] for url in asked} == {live_server.url.split("/")[2]}
    assert not any("?" in url for url in asked)
    assert page.context.cookies() == []
    kept = page.evaluate("[localStorage.length, sessionStorage.length]")
    assert kept == [0, 0]


def test_nothing_of_a_conversation_is_found_in_the_database(
    browser_page: Page, live_server: LiveServer
) -> None:
    before = _rows()
    begin(browser_page, live_server)
    for _ in range(3):
        answer(browser_page)
    browser_page.get_by_role("button", name="Laat zien wat er is").click()
    expect(browser_page.get_by_role("heading", level=1)).to_have_text("Wat er voor je is")
    assert _rows() == before


def _rows() -> dict[str, int]:
    with connection.cursor() as cursor:
        counts = {}
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608
            counts[table] = cursor.fetchone()[0]
    return counts


def test_the_whole_conversation_works_without_script(
    new_page: Callable[..., Page], live_server: LiveServer
) -> None:
    page = new_page(java_script_enabled=False, viewport=PHONE)
    begin(page, live_server)
    page.get_by_role("button", name="Ja", exact=True).click()
    page.get_by_role("button", name="Dat weet ik niet").click()
    page.get_by_role("button", name="Terug").click()
    expect(page.get_by_text("Je antwoord was: Dat weet ik niet")).to_be_visible()
    page.get_by_role("button", name="Dat zeg ik liever niet").click()
    page.get_by_role("button", name="Laat zien wat er is").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Wat er voor je is")
    page.locator("#r").select_option(index=3)
    page.get_by_role("button", name="Laat zien", exact=True).click()
    expect(page.locator("#r")).not_to_have_value("")
    expect(page.get_by_role("link", name=STILL)).to_have_attribute("href", re.compile("^https"))


def test_with_script_a_conversation_is_one_step_in_the_history(
    browser_page: Page, live_server: LiveServer
) -> None:
    browser_page.goto(f"{live_server.url}/guide/nl/")
    browser_page.get_by_role("link", name=re.compile("^Ik heb hulp nodig")).click()
    expect(browser_page.locator(".step")).to_have_text("Vraag 1")
    length = browser_page.evaluate("history.length")
    for _ in range(3):
        answer(browser_page)
    assert browser_page.evaluate("history.length") == length
    browser_page.go_back()
    expect(browser_page.get_by_role("heading", level=1)).to_have_text("Welke hulp is er?")
    browser_page.go_forward()
    expect(browser_page.locator(".ask")).to_be_visible()


@pytest.mark.parametrize("how", ["click", "shift"])
def test_leaving_replaces_the_page_and_blanks_it_first(
    how: str, browser_page: Page, live_server: LiveServer
) -> None:
    page = browser_page
    page.goto(f"{live_server.url}/guide/nl/")
    begin(page, live_server)
    answer(page)
    seen: list[str] = []

    def weather(route: object) -> None:
        seen.append(page.evaluate("document.body.innerText + '|' + document.title").strip())
        route.fulfill(body="<h1>Weer</h1>", content_type="text/html")  # type: ignore[attr-defined]

    page.route("https://www.knmi.nl/**", lambda route: route.fulfill(
        body="<title>Weer</title><h1>Weer</h1>", content_type="text/html"))  # fmt: skip
    length = page.evaluate("history.length")
    if how == "click":
        page.get_by_role("link", name=STILL).click()
    else:
        for _ in range(3):
            page.keyboard.press("Shift")
    page.wait_for_url("https://www.knmi.nl/**")
    assert page.evaluate("history.length") == length
    page.go_back()
    # Not the conversation: what stood before it.
    expect(page.get_by_role("heading", level=1)).to_have_text("Welke hulp is er?")


def test_typing_with_shift_does_not_leave(browser_page: Page, live_server: LiveServer) -> None:
    begin(browser_page, live_server)
    for key in ("Shift", "a", "Shift", "b", "Shift"):
        browser_page.keyboard.press(key)
    browser_page.wait_for_timeout(300)
    expect(browser_page.locator(".ask")).to_be_visible()


def test_a_form_sent_in_two_tabs_mixes_nothing(
    new_page: Callable[..., Page], live_server: LiveServer
) -> None:
    first = new_page()
    second = first.context.new_page()
    begin(first, live_server)
    begin(second, live_server)
    answer(first, "Ja")
    answer(second, "Nee")
    first.get_by_role("button", name="Laat zien wat er is").click()
    expect(first.locator(".told dd").first).to_contain_text("Ja")
    second.get_by_role("button", name="Laat zien wat er is").click()
    expect(second.locator(".told dd").first).to_contain_text("Nee")


def _every_state(
    page: Page, live_server: LiveServer, lang: str, look: Callable[[], None]
) -> None:
    for path in ("", "noticed/", "noticed/hotel/", "safe/", "schemes/NL-STAY-01/", "nowhere/"):
        page.goto(f"{live_server.url}/guide/{lang}/{path}")
        look()
    begin(page, live_server, lang)
    look()
    for number in range(2, 5):
        page.locator(".choices button, .skips button").first.click()
        expect(page.locator(".step")).to_contain_text(str(number))
    look()
    page.locator("button[name=show]").first.click()
    expect(page.locator(".told")).to_be_visible()
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    look()


@pytest.mark.parametrize(
    ("lang", "size"), [("nl", "phone"), ("en", "desktop"), ("ar", "phone")]
)
def test_every_page_and_state_is_accessible(
    lang: str, size: str, new_page: Callable[..., Page], live_server: LiveServer
) -> None:
    page = new_page(**({"viewport": PHONE} if size == "phone" else {}))
    _every_state(page, live_server, lang, lambda: assert_accessible(page))


@pytest.mark.parametrize("lang", ["nl", "ar", "vi"])
@pytest.mark.parametrize("width", [320, 640])
def test_pages_reflow_at_a_zoom_of_400_and_200_percent(
    lang: str, width: int, new_page: Callable[..., Page], live_server: LiveServer
) -> None:
    # 1280 pixels wide at 400 % are 320, at 200 % 640.
    page = new_page(viewport={"width": width, "height": 256})

    def fits() -> None:
        assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url

    _every_state(page, live_server, lang, fits)


def test_forced_colours_and_reduced_motion(
    new_page: Callable[..., Page], live_server: LiveServer
) -> None:
    page = new_page(forced_colors="active", reduced_motion="reduce")
    _every_state(page, live_server, "nl", lambda: assert_accessible(page))
    moving = "getComputedStyle(document.documentElement).scrollBehavior"
    assert page.evaluate(moving) == "auto"


def test_the_keyboard_reaches_everything_and_shows_where_it_is(
    browser_page: Page, live_server: LiveServer
) -> None:
    begin(browser_page, live_server)
    passed = keyboard_walk(browser_page)
    assert passed[:2] == ["Naar de inhoud", STILL]
    for word in ("Ja", "Nee", "Dat weet ik niet", "Dat zeg ik liever niet"):
        assert word in passed
    browser_page.get_by_role("button", name="Ja", exact=True).focus()
    browser_page.keyboard.press("Enter")
    expect(browser_page.locator(".step")).to_have_text("Vraag 2")
    assert browser_page.evaluate("document.activeElement.id") == "main"


def test_what_a_screen_reader_says_of_a_question(
    browser_page: Page, live_server: LiveServer
) -> None:
    begin(browser_page, live_server)
    told = browser_page.locator("body").aria_snapshot()
    for line in (
        '- link "Naar de inhoud"',
        f'- link "{STILL}"',
        '- link "Bel 112"',
        '- button "Ja"',
        '- button "Dat weet ik niet"',
        '- button "Dat zeg ik liever niet"',
        '- heading "Wat er tot nu toe voor je is" [level=2]',
        '- navigation "Taal"',
    ):
        assert line in told, told
    assert re.search(r'- heading ".+\?" \[level=1\]', told)
    assert re.search(r'- group "Wat er is, per onderwerp"', told)
    assert re.search(r'link "Veiligheid: (misschien|er is iets voor je)"', told)


def test_arabic_runs_from_right_to_left(phone_page: Page, live_server: LiveServer) -> None:
    begin(phone_page, live_server, "ar")
    box = phone_page.get_by_role("link").filter(has_text="Middenstip").bounding_box()
    assert box is not None
    assert box["x"] > PHONE["width"] / 2
    leave = phone_page.locator("#leave").bounding_box()
    assert leave is not None
    assert leave["x"] < 10
