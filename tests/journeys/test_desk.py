# SPDX-License-Identifier: EUPL-1.2
"""The desk, the case, recording and the law in a real browser: axe, keyboard, no script."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Page

from middenstip import clock
from middenstip.access.actors import Actor
from middenstip.thread import selectors
from middenstip.thread.reminders import remind
from tests.browser import DESKTOP, PHONE, assert_accessible, keyboard_walk
from tests.desk.conftest import entered, full_story
from tests.thread.chain import Chain

pytestmark = pytest.mark.django_db(transaction=True)
NewPage = Callable[..., Page]


@pytest.fixture
def chain(transactional_db: None) -> Chain:
    return Chain()


@pytest.fixture
def story(chain: Chain) -> UUID:
    case = full_story(chain)
    chain.notified(on=clock.today() - timedelta(days=1))
    chain.notified(on=clock.today(), facts={"age": 15})
    remind(clock.today())
    return case


def _enter(page: Page, live_server: Any, actor: Actor, language: str) -> None:
    client = entered(actor, language)
    cookie = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])


def _paths(chain: Chain, case: UUID) -> list[str]:
    thread = selectors.thread_of(actor=chain.coordination_point, case_id=case)
    event = next(each for each in thread if each.type == "emergency_bed_started")
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    return [
        "/",
        "/worklist/overdue/",
        "/worklist/later/",
        "/organisations/",
        "/deviations/",
        "/deviations/?when=past",
        "/cases/",
        f"/cases/{case}/",
        f"/cases/{case}/?on={yesterday}&known=now",
        f"/cases/{case}/?on=31-02-2014",
        f"/cases/{case}/person/",
        f"/cases/{case}/record/",
        f"/cases/{case}/record/rights_explained/",
        f"/cases/{case}/record/consent_given/",
        f"/cases/{case}/facts/",
        f"/cases/{case}/facts/?fact=nationalities",
        f"/cases/{case}/events/{event.id}/correct/",
        "/law/",
        "/law/?on=31-02-2014",
        "/law/schemes/NL-COM-04/",
        "/law/duties/",
        "/law/duties/end_reflection_period/",
        "/law/refusals/",
        "/law/deviations/",
        "/law/purposes/",
        "/law/sources/",
    ]


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_page_passes_axe_and_fits_the_width(
    new_page: NewPage,
    live_server: Any,
    chain: Chain,
    story: UUID,
    viewport: dict[str, int],
    language: str,
) -> None:
    page = new_page(viewport=viewport)
    _enter(page, live_server, chain.coordination_point, language)
    for path in _paths(chain, story):
        page.goto(live_server.url + path)
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        if (viewport, language) != (PHONE, "en"):  # axe has seen these texts on the desktop
            assert_accessible(page)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= viewport["width"], f"{path} scrolls sideways"


def test_what_matters_of_a_case_stands_on_one_screen_of_1280_by_800(
    new_page: NewPage, live_server: Any, chain: Chain, story: UUID
) -> None:
    for language in ("nl", "en"):
        page = new_page()
        _enter(page, live_server, chain.coordination_point, language)
        page.goto(f"{live_server.url}/cases/{story}/")
        for part in (".ms-case__who", ".ms-case__next", ".ms-case__wheel"):
            box = page.locator(part).bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= 800, f"{part} needs scrolling in {language}"


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_keyboard_reaches_everything(
    new_page: NewPage, live_server: Any, chain: Chain, story: UUID, viewport: dict[str, int]
) -> None:
    page = new_page(viewport=viewport)
    _enter(page, live_server, chain.coordination_point, "nl")
    for path in ("/", f"/cases/{story}/", f"/cases/{story}/record/", "/law/purposes/"):
        page.goto(live_server.url + path)
        assert len(keyboard_walk(page)) > 5


def test_a_coordinator_places_somebody_by_keyboard_alone_and_without_script(
    new_page: NewPage, live_server: Any, chain: Chain, story: UUID
) -> None:
    page = new_page(java_script_enabled=False)
    _enter(page, live_server, chain.coordination_point, "nl")
    page.goto(live_server.url + "/")
    page.get_by_role("link", name="Van het noodbed naar de opvang").first.press("Enter")
    page.get_by_role("link", name="Vastleggen wat er gebeurde").press("Enter")
    page.get_by_role("link", name="Geplaatst in de opvang").press("Enter")
    page.locator("input[name=kind]").first.press("Space")
    page.get_by_role("button", name="Vastleggen").press("Enter")
    page.wait_for_url(f"**/cases/{story}/")
    assert page.get_by_role("status").filter(has_text="Vastgelegd.").count() == 1
    first = page.locator(".ms-next").first
    assert "Van het noodbed" not in first.inner_text()
    assert page.get_by_role("link", name="Onderdak: geregeld").count() == 1


def test_r06_the_police_cannot_end_the_reflection_period_and_read_why(
    new_page: NewPage, live_server: Any, chain: Chain, story: UUID
) -> None:
    page = new_page()
    _enter(page, live_server, chain.police, "nl")
    page.goto(f"{live_server.url}/cases/{story}/record/reflection_period_ended/")
    page.get_by_label("Wie wilde het einde").select_option("police")
    page.get_by_label("Ziet af van aangifte en medewerking").check()
    page.get_by_role("button", name="Vastleggen").click()
    alert = page.locator("#refused")
    assert "R-06" in alert.inner_text()
    assert "Alleen het slachtoffer kan de bedenktijd eerder stoppen" in alert.inner_text()
    assert alert.get_by_role("link").count() >= 1
    assert page.get_by_label("Wie wilde het einde").input_value() == "police"
    assert page.get_by_label("Ziet af van aangifte en medewerking").is_checked()
    assert_accessible(page)


def test_a_form_in_error_passes_axe_and_leads_to_its_field(
    new_page: NewPage, live_server: Any, chain: Chain, story: UUID
) -> None:
    page = new_page()
    _enter(page, live_server, chain.police, "nl")
    page.goto(f"{live_server.url}/cases/{story}/record/rights_explained/")
    page.get_by_label("Op welke dag gebeurde het?").fill("31-02-2014")
    page.get_by_role("button", name="Vastleggen").click()
    assert page.get_by_label("Op welke dag gebeurde het?").input_value() == "31-02-2014"
    assert_accessible(page)
    page.locator(".ms-error-summary a").first.click()
    assert page.evaluate("document.activeElement.name") == "on"


def test_an_answer_on_the_spot_changes_what_applies(
    new_page: NewPage, live_server: Any, chain: Chain, story: UUID
) -> None:
    page = new_page()
    _enter(page, live_server, chain.coordination_point, "nl")
    page.goto(f"{live_server.url}/cases/{story}/")
    question = page.locator(".ms-desk-question")
    asked = "Hoe ver is de strafzaak?"  # the most deciding that it may know
    question.get_by_label(asked).select_option(label="Opsporingsonderzoek")
    page.get_by_role("button", name="Leg het antwoord vast").click()
    page.wait_for_url(f"**/cases/{story}/")
    assert asked not in page.content()
    assert page.get_by_text("opsporingsonderzoek").count() >= 1
