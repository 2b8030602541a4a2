# SPDX-License-Identifier: EUPL-1.2
"""Consent, sharing, emergencies and looking back in a real browser: axe, width, no script."""

import os
import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Page

from middenstip.access.actors import Actor
from middenstip.access.models import Role
from middenstip.thread import consents, sharing
from middenstip.thread.break_glass import break_glass
from middenstip.thread.records import Opened
from tests.browser import DESKTOP, PHONE, assert_accessible, keyboard_walk
from tests.desk.conftest import entered
from tests.thread.chain import Chain, member
from tests.thread.test_consents import yes
from tests.thread.test_sharing import colleague

pytestmark = pytest.mark.django_db(transaction=True)
NewPage = Callable[..., Page]
SHOTS = os.environ.get("MIDDENSTIP_SHOTS", "")


@pytest.fixture
def chain(transactional_db: None) -> Chain:
    return Chain()


@pytest.fixture
def opened(chain: Chain) -> Opened:
    return chain.notified()


@pytest.fixture
def shared(chain: Chain, opened: Opened) -> UUID:
    """One decision of each kind, an override that waits, a glass that was broken."""
    ngo, clinic = member("ngo"), member("health_service")
    case_id = opened.case_id
    for new in (
        yes(ngo, "help", "identity", "care", withholding="Niets over mijn kind"),
        yes(chain.shelter, "give_shelter", "shelter", "protection"),
        yes(chain.care_coordinator, "coordinate_care", decision="refused"),
    ):
        consent_id = consents.record_consent(
            actor=chain.coordination_point, case_id=case_id, consent=new
        )
        if new.recipient_id == ngo.organisation_id:
            sharing.share(
                actor=chain.coordination_point,
                case_id=case_id,
                organisation_id=ngo.organisation_id,
                consent_id=consent_id,
            )
    sharing.override_consent(
        actor=chain.police,
        case_id=case_id,
        organisation_id=clinic.organisation_id,
        purpose="treat",
        ground="life_or_safety",
        text="Ligt op de spoedafdeling en kan zelf niets zeggen.",
    )
    break_glass(
        actor=chain.care_coordinator,
        pseudonym=opened.pseudonym,
        ground="life_or_safety",
        text="Belt nu: hij staat voor de deur met een mes.",
    )
    return case_id


def enter(page: Page, live_server: Any, actor: Actor, language: str = "nl") -> None:
    cookie = entered(actor, language).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])


def paths(chain: Chain, case_id: UUID) -> list[str]:
    decided = consents.consents_of(actor=chain.coordination_point, case_id=case_id)
    holding = next(each for each in decided if each.shared)
    ngo = holding.recipient_id
    from middenstip.thread import reviews

    waiting = reviews.reviews(actor=chain.coordination_point, answered=False, length=9)
    return [
        "/",
        f"/cases/{case_id}/person/",
        f"/cases/{case_id}/consent/",
        f"/cases/{case_id}/consent/?recipient=",
        f"/cases/{case_id}/consent/?recipient={ngo}:help",
        f"/cases/{case_id}/consent/{holding.id}/withdraw/",
        f"/cases/{case_id}/stop-sharing/",
        f"/cases/{case_id}/end/{ngo}/help/",
        f"/cases/{case_id}/override/",
        "/cases/break-glass/",
        "/reviews/",
        "/reviews/?show=answered",
        *(f"/reviews/{each.id}/" for each in waiting),
        "/account/purpose/",
    ]


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_page_of_sharing_passes_axe_and_fits_the_width(
    new_page: NewPage,
    live_server: Any,
    chain: Chain,
    shared: UUID,
    viewport: dict[str, int],
    language: str,
) -> None:
    page = new_page(viewport=viewport)
    enter(page, live_server, chain.coordination_point, language)
    for number, path in enumerate(paths(chain, shared)):
        answer = page.goto(live_server.url + path)
        assert answer is not None
        assert answer.status in (200, 422), path
        if SHOTS and language == "nl":
            page.screenshot(path=f"{SHOTS}/{viewport['width']}-{number:02}.png", full_page=True)
        if (viewport, language) != (PHONE, "en"):  # axe has seen these texts on the desktop
            assert_accessible(page)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= viewport["width"], f"{path} scrolls sideways"


def test_a_person_says_yes_is_shared_and_takes_it_back_without_script(
    new_page: NewPage, live_server: Any, chain: Chain, opened: Opened
) -> None:
    ngo = member("ngo")
    page = new_page(java_script_enabled=False)
    enter(page, live_server, chain.coordination_point)
    page.goto(f"{live_server.url}/cases/{opened.case_id}/person/")
    page.get_by_role("link", name="Besluit vastleggen").click()
    assert "Vragen verandert geen recht" in page.inner_text("main")
    page.get_by_label("Welke organisatie, en waarvoor?").select_option(
        f"{ngo.organisation_id}:help"
    )
    page.get_by_role("button", name="Doorgaan").click()
    page.get_by_role("button", name="Vastleggen").click()
    assert page.locator(".ms-error-summary").count() == 1, "nothing was filled in"
    page.get_by_label("Ja, voor wat hieronder is aangevinkt").check()
    page.get_by_label("Begeleiding:").check()
    page.get_by_label("In welke taal is het uitgelegd?").select_option("en")
    page.get_by_role("group", name="Was er een tolk bij?").get_by_label("Nee").check()
    page.get_by_label("mondeling").check()
    page.get_by_role("button", name="Vastleggen").click()
    page.wait_for_url(f"**/cases/{opened.case_id}/person/")
    page.get_by_role("button", name=re.compile("Delen.*Voorbeeld ngo")).click()
    row = page.get_by_role("row", name="Voorbeeld ngo")
    assert "toestemming van de persoon" in row.inner_text()
    page.get_by_role("link", name=re.compile("Intrekken.*Voorbeeld ngo")).click()
    assert "Wat zij al weten, is niet terug te halen" in page.inner_text("main")
    page.get_by_role("button", name="Intrekken").click()
    page.wait_for_url(f"**/cases/{opened.case_id}/person/")
    assert page.get_by_role("row", name="Voorbeeld ngo").count() == 0
    assert "ingetrokken" in page.locator("[aria-labelledby=consents-title]").inner_text()
    recipient = new_page(java_script_enabled=False)
    enter(recipient, live_server, ngo)
    recipient.goto(live_server.url + "/")
    assert "Stop: de persoon trok de toestemming in" in recipient.inner_text("main")


def test_an_emergency_from_the_telephone_to_the_second_person_without_script(
    new_page: NewPage, live_server: Any, chain: Chain, opened: Opened
) -> None:
    manager = colleague(chain.shelter, Role.MANAGER)
    page = new_page(java_script_enabled=False)
    enter(page, live_server, chain.shelter)
    page.goto(live_server.url + "/")
    page.get_by_role("link", name="Noodgeval").click()
    page.get_by_label("Het pseudoniem, zoals u het hoorde").fill("Tulp Blauw Nergens")
    page.get_by_label("leven of veiligheid in gevaar").check()
    page.get_by_label("Waarom moet u nu kijken?").fill("Zij belt: hij staat voor de deur.")
    page.get_by_role("button", name="Een uur openen").click()
    assert "Er is geen zaak geopend" in page.inner_text("main")
    page.get_by_label("Het pseudoniem, zoals u het hoorde").fill(opened.pseudonym.lower())
    page.get_by_role("button", name="Een uur openen").click()
    page.wait_for_url(f"**/cases/{opened.case_id}/")
    assert "Noodgeval: nog 60 minuten" in page.inner_text("header.ms-header")
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/glass-case.png")
    page.goto(f"{live_server.url}/account/purpose/")
    page.get_by_role("button", name="Opvang geven").click()
    answer = page.goto(f"{live_server.url}/cases/{opened.case_id}/")
    assert answer is not None
    assert answer.status == 404, "with the usual purpose the case is not there"
    second = new_page(java_script_enabled=False)
    enter(second, live_server, manager)
    second.goto(live_server.url + "/")
    second.get_by_role("link", name="1 melding wacht op uw antwoord").click()
    second.get_by_role("link", name=opened.pseudonym).click()
    assert "hij staat voor de deur" in second.inner_text("main")
    looked = second.locator("[aria-labelledby=looks-title]").inner_text()
    assert "Wie iemand is" in looked
    second.get_by_label("terecht", exact=True).check()
    second.get_by_label("In een paar woorden, waarom").fill("Er was acuut gevaar")
    second.get_by_role("button", name="Antwoorden").click()
    second.wait_for_url("**/reviews/")
    assert "Er wacht niets op antwoord" in second.inner_text("main")


def test_sharing_without_consent_takes_a_tick_a_ground_and_a_reason(
    new_page: NewPage, live_server: Any, chain: Chain, opened: Opened
) -> None:
    clinic = member("health_service")
    page = new_page(java_script_enabled=False)
    enter(page, live_server, chain.police)
    page.goto(f"{live_server.url}/cases/{opened.case_id}/person/")
    page.get_by_role("link", name="toestemming kan niet wachten").click()
    page.get_by_label("Welke organisatie moet het weten").select_option(
        f"{clinic.organisation_id}:treat"
    )
    page.get_by_role("button", name="24 uur delen").click()
    assert page.locator(".ms-error-summary li").count() == 3
    page.get_by_label("leven of veiligheid in gevaar").check()
    page.get_by_label("Waarom kan dit niet wachten").fill("Ligt bewusteloos op de spoed.")
    page.get_by_label("De persoon is niet te vragen").check()
    page.get_by_role("button", name="24 uur delen").click()
    page.wait_for_url(f"**/cases/{opened.case_id}/person/")
    row = page.get_by_role("row", name="Voorbeeld health_service")
    assert "zonder toestemming" in row.inner_text()


def test_somebody_with_two_purposes_chooses_and_the_head_says_which(
    new_page: NewPage, live_server: Any, chain: Chain, opened: Opened
) -> None:
    page = new_page()
    enter(page, live_server, chain.coordination_point)
    page.goto(live_server.url + "/")
    head = page.locator("header.ms-header .ms-header__bar > .ms-account")
    assert "Melding registreren en overzicht houden" in head.inner_text()
    head.get_by_role("link", name="kies een ander doel").click()
    page.get_by_role("button", name="Een passende opvangplek vinden").click()
    assert "Een passende opvangplek vinden" in head.inner_text()
    answer = page.goto(f"{live_server.url}/cases/{opened.case_id}/")
    assert answer is not None
    assert answer.status == 404, "nobody consented to that purpose"


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_keyboard_reaches_everything_of_sharing(
    new_page: NewPage, live_server: Any, chain: Chain, shared: UUID, viewport: dict[str, int]
) -> None:
    page = new_page(viewport=viewport)
    enter(page, live_server, chain.coordination_point)
    for path in (f"/cases/{shared}/person/", f"/cases/{shared}/override/", "/reviews/"):
        page.goto(live_server.url + path)
        assert len(keyboard_walk(page)) > 5
