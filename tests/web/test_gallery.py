# SPDX-License-Identifier: EUPL-1.2
"""Every component in a real browser: axe, keyboard, phone, forced colours, print."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from middenstip.web.gallery import PAGES
from tests.browser import DESKTOP, PHONE, assert_accessible, keyboard_walk

pytestmark = pytest.mark.django_db(transaction=True)
NewPage = Callable[..., Page]


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_component_passes_axe(
    new_page: NewPage, live_server: Any, viewport: dict[str, int]
) -> None:
    page = new_page(viewport=viewport)
    for language in ("nl", "en"):
        for name in PAGES:
            page.goto(f"{live_server.url}/_gallery/{language}/{name}/")
            assert_accessible(page)
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= viewport["width"], f"{language}/{name} scrolls sideways"


def test_the_keyboard_reaches_everything_and_the_focus_always_shows(
    browser_page: Page, live_server: Any
) -> None:
    for name in PAGES:
        browser_page.goto(f"{live_server.url}/_gallery/nl/{name}/")
        passed = keyboard_walk(browser_page)
        assert passed[0] == "Naar de inhoud"
        if name == "case":
            assert "Onderdak: dringend (1)" in passed
            assert passed.index("Veiligheid: geregeld") < passed.index("Terugkeer: geldt niet")


def test_the_skip_link_goes_to_the_content(browser_page: Page, live_server: Any) -> None:
    browser_page.goto(f"{live_server.url}/_gallery/nl/case/")
    browser_page.keyboard.press("Tab")
    browser_page.keyboard.press("Enter")
    assert browser_page.evaluate("document.activeElement.id") == "main"


def test_who_what_and_wheel_stand_on_one_screen_of_1280_by_800(
    browser_page: Page, live_server: Any
) -> None:
    for language in ("nl", "en"):
        browser_page.goto(f"{live_server.url}/_gallery/{language}/case/")
        for part in (".ms-case__who", ".ms-case__next", ".ms-case__wheel"):
            box = browser_page.locator(part).bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= 800, f"{part} needs scrolling in {language}"


def test_the_browser_draws_labels_inside_the_room_they_were_given(
    browser_page: Page, live_server: Any
) -> None:
    browser_page.goto(f"{live_server.url}/_gallery/nl/wheels/")
    browser_page.evaluate("document.fonts.ready")
    touching = browser_page.evaluate(
        """() => {
          const found = [];
          for (const sector of document.querySelectorAll('.ms-wheel a.ms-wheel__sector')) {
            const slice = sector.querySelector('.ms-wheel__slice');
            const mark = sector.querySelector('.ms-wheel__mark').getBBox();
            const at = sector.querySelector('.ms-wheel__mark').transform.baseVal[0].matrix;
            for (const text of sector.querySelectorAll(':scope > text')) {
              const box = text.getBBox();
              const low = box.y + box.height * 0.78, high = box.y + box.height * 0.2;
              for (const [x, y] of [[box.x, high], [box.x + box.width, high],
                                    [box.x, low], [box.x + box.width, low]]) {
                if (!slice.isPointInFill(new DOMPoint(x, y))) found.push(text.textContent);
                const apart = Math.hypot(x - at.e, y - at.f);
                if (apart < mark.width / 2) found.push(text.textContent);
              }
            }
          }
          return found;
        }"""
    )
    assert touching == []


def test_labels_are_at_least_13_pixels_on_a_wheel_of_380(
    browser_page: Page, live_server: Any
) -> None:
    browser_page.goto(f"{live_server.url}/_gallery/nl/wheels/")
    sizes = browser_page.evaluate(
        """() => [...document.querySelectorAll('.ms-wheel a > text')]
              .map(text => parseFloat(text.getAttribute('font-size')) * 380 / 400)"""
    )
    assert min(sizes) >= 13


def test_labels_are_drawn_at_13_pixels_or_more_on_a_phone(
    phone_page: Page, live_server: Any
) -> None:
    phone_page.goto(f"{live_server.url}/_gallery/nl/case/")
    sizes = phone_page.evaluate(
        """() => [...document.querySelectorAll('.ms-wheel a > text')].map(text =>
             parseFloat(text.getAttribute('font-size')) * text.getScreenCTM().a)"""
    )
    assert len(sizes) >= 11
    assert min(sizes) >= 13


def test_nothing_scrolls_sideways_at_320_pixels(new_page: NewPage, live_server: Any) -> None:
    page = new_page(viewport={"width": 320, "height": 640})
    for name in PAGES:
        page.goto(f"{live_server.url}/_gallery/nl/{name}/")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_phone_menu_opens_without_script(new_page: NewPage, live_server: Any) -> None:
    page = new_page(viewport=PHONE, java_script_enabled=False)
    page.goto(f"{live_server.url}/_gallery/nl/case/")
    logout = page.locator(".ms-menu__panel").get_by_role("button", name="Uitloggen")
    assert not logout.is_visible()
    page.locator(".ms-menu summary").click()
    assert logout.is_visible()


def test_in_forced_colours_every_need_keeps_its_edge_and_sign(
    new_page: NewPage, live_server: Any
) -> None:
    page = new_page(forced_colors="active")
    page.goto(f"{live_server.url}/_gallery/nl/case/")
    fills = page.evaluate(
        """() => [...document.querySelectorAll('a .ms-wheel__slice')].map(slice => {
          const style = getComputedStyle(slice); return [style.fill, style.stroke]; })"""
    )
    assert len(fills) == 11
    assert all(fill != stroke for fill, stroke in fills)
    assert len({fill for fill, _stroke in fills}) == 1
    widths = page.evaluate(
        """() => ['urgent', 'open'].map(state => parseFloat(getComputedStyle(
             document.querySelector(`a.ms-wheel__sector--${state} .ms-wheel__slice`)
           ).strokeWidth))"""
    )
    assert widths[0] > widths[1]
    assert_accessible(page)


def test_in_forced_colours_the_tab_one_is_on_still_stands_out(
    new_page: NewPage, live_server: Any
) -> None:
    page = new_page(forced_colors="active")
    page.goto(f"{live_server.url}/_gallery/nl/parts/")
    colours = page.evaluate(
        """() => [...document.querySelectorAll('.ms-tabs a')].map(tab =>
             [tab.hasAttribute('aria-current'), getComputedStyle(tab).borderBottomColor])"""
    )
    marked = {colour for current, colour in colours if current}
    others = {colour for current, colour in colours if not current}
    assert marked
    assert others
    assert marked.isdisjoint(others)


def test_on_paper_the_wheel_and_its_list_stand_and_the_buttons_do_not(
    browser_page: Page, live_server: Any
) -> None:
    browser_page.goto(f"{live_server.url}/_gallery/nl/case/")
    browser_page.emulate_media(media="print")
    assert browser_page.locator("svg.ms-wheel").first.is_visible()
    assert browser_page.locator(".ms-wheel-list").is_visible()
    assert not browser_page.locator(".ms-case__who .utrecht-button").is_visible()
    assert not browser_page.locator(".ms-account").first.is_visible()


def test_a_mistake_in_a_form_takes_the_focus_and_its_link_leads_to_the_field(
    browser_page: Page, live_server: Any
) -> None:
    browser_page.goto(f"{live_server.url}/_gallery/nl/forms/")
    assert browser_page.evaluate("document.activeElement.className") == "ms-error-summary"
    browser_page.locator(".ms-error-summary a", has_text="Op welke dag?").click()
    assert browser_page.evaluate("document.activeElement.id") == "id_bad-day"
