# SPDX-License-Identifier: EUPL-1.2
"""The pages of removal: who decides, what they say, and what is left of a case afterwards."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from playwright.sync_api import Page

from middenstip.access.actors import Actor
from middenstip.access.models import Role
from middenstip.thread import erasure
from middenstip.thread.models import Person, RemovalProposal
from middenstip.thread.records import NewIdentity, Opened
from tests.browser import PHONE, assert_accessible
from tests.desk.conftest import Enter, entered
from tests.thread.chain import Chain
from tests.thread.test_sharing import colleague

pytestmark = pytest.mark.django_db
WHO = NewIdentity(given_name="Proefnaam", family_name="Verzonnen", phone="0612345678")
SECRETS = ("Proefnaam", "Verzonnen", "0612345678")


@pytest.fixture
def opened(chain: Chain) -> Opened:
    return chain.notified(identity=WHO)


@pytest.fixture
def second(chain: Chain) -> Actor:
    return colleague(chain.coordination_point, Role.MEMBER)


def asked(chain: Chain, opened: Opened) -> UUID:
    return erasure.propose_on_request(
        actor=chain.police, case_id=opened.case_id, text="Zij belde zelf"
    )


def removed(chain: Chain, opened: Opened, second: Actor) -> UUID:
    proposal = asked(chain, opened)
    erasure.say_yes(actor=chain.coordination_point, proposal_id=proposal)
    erasure.say_yes(actor=second, proposal_id=proposal)
    return proposal


def decide(client: Client, proposal: UUID, decision: str, text: str = "") -> Any:
    data = {"decision": decision, "text": text}
    return client.post(f"/removals/{proposal}/", data, follow=True)


def test_asking_and_deciding_from_page_to_page(
    chain: Chain, opened: Opened, second: Actor, enter: Enter
) -> None:
    police = enter(chain.police)
    page = police.post(f"/cases/{opened.case_id}/removal/", {"text": "Zij belde zelf"})
    assert page.status_code == 422
    assert "Zij belde zelf" in page.content.decode()
    given = {"text": "Zij belde zelf", "sure": "on"}
    page = police.post(f"/cases/{opened.case_id}/removal/", given, follow=True)
    assert "Two people of the coordination point decide" in page.content.decode()
    proposal = RemovalProposal.objects.get().pk
    first = enter(chain.coordination_point)
    assert "1 removal waits" in first.get("/").content.decode()
    assert opened.pseudonym in first.get("/removals/").content.decode()
    shown = first.get(f"/removals/{proposal}/").content.decode()
    assert "Zij belde zelf" in shown
    assert not any(secret in shown for secret in SECRETS)
    assert "Somebody else must say yes too" in decide(first, proposal, "yes").content.decode()
    again = decide(first, proposal, "yes")
    assert again.status_code == 422
    assert Person.objects.get(pk=opened.person_id).removed_at is None
    done = decide(enter(second), proposal, "yes").content.decode()
    assert "Nobody can read any more who this was" in done
    assert Person.objects.get(pk=opened.person_id).removed_at


def test_what_is_left_says_when_and_why_and_offers_nothing(
    chain: Chain, opened: Opened, second: Actor, enter: Enter
) -> None:
    removed(chain, opened, second)
    client = enter(chain.police)
    for path in ("", "person/"):
        told = client.get(f"/cases/{opened.case_id}/{path}").content.decode()
        assert "The data of this person were removed on" in told
        assert "the person asked for it" in told
        assert not any(secret in told for secret in SECRETS)
        for offered in ("record/", "facts/", "consent/", "override/", "removal/", "events/"):
            assert f"/cases/{opened.case_id}/{offered}" not in told
    assert client.get(f"/cases/{opened.case_id}/removal/").status_code == 404
    assert enter(chain.shelter).get(f"/cases/{opened.case_id}/").status_code == 404
    assert "The data of this person were removed" in client.get("/").content.decode()
    told = enter(chain.police, "nl").get(f"/cases/{opened.case_id}/").content.decode()
    assert "De gegevens van deze persoon zijn verwijderd op" in told


def test_others_have_none_of_these_pages(chain: Chain, opened: Opened, enter: Enter) -> None:
    proposal = asked(chain, opened)
    for actor in (chain.police, chain.shelter, chain.rapporteur):
        client = enter(actor)
        assert client.get("/removals/").status_code == 404
        assert client.get(f"/removals/{proposal}/").status_code == 404
        assert decide(client, proposal, "yes").status_code == 404
        assert client.post(f"/removals/{proposal}/lift/").status_code == 404
    assert enter(chain.shelter).get(f"/cases/{opened.case_id}/removal/").status_code == 404


def test_a_no_without_a_reason_keeps_the_choice(
    chain: Chain, opened: Opened, enter: Enter
) -> None:
    proposal = asked(chain, opened)
    client = enter(chain.coordination_point)
    page = decide(client, proposal, "no")
    assert page.status_code == 422
    assert 'value="no"' in page.content.decode()
    assert "Your reason is kept" in decide(client, proposal, "no", "Beroep").content.decode()
    assert "Beroep" in client.get(f"/removals/{proposal}/").content.decode()


def test_what_must_be_kept_says_so_until_it_is_lifted(
    chain: Chain, opened: Opened, second: Actor, enter: Enter
) -> None:
    proposal = asked(chain, opened)
    client = enter(chain.coordination_point)
    decide(client, proposal, "keep", "Hoger beroep loopt")
    assert "must be kept for now" in client.get("/removals/").content.decode()
    assert decide(enter(second), proposal, "yes").status_code == 422
    page = client.post(f"/removals/{proposal}/lift/", follow=True).content.decode()
    assert "Hoger beroep" not in page
    assert decide(enter(second), proposal, "yes").status_code == 200


def test_under_number_the_page_shows_no_name_says_why_and_where_post_goes(
    chain: Chain, opened: Opened, enter: Enter
) -> None:
    case = opened.case_id
    point = enter(chain.coordination_point)
    assert "Proefnaam" in point.get(f"/cases/{case}/person/").content.decode()
    chain.record(
        chain.police, case, "complaint_filed", by="police", under_number=True,
        domicile="police_station",
    )  # fmt: skip
    told = point.get(f"/cases/{case}/person/").content.decode()
    assert "Complaint under number" in told
    assert not any(secret in told for secret in SECRETS)
    for path in ("/", f"/cases/{case}/", "/cases/", "/worklist/overdue/"):
        shown = point.get(path).content.decode()
        assert not any(secret in shown for secret in SECRETS)
    assert "Proefnaam" in enter(chain.police).get(f"/cases/{case}/person/").content.decode()
    assert "Post by way of" not in point.get(f"/cases/{case}/").content.decode()
    dutch = enter(chain.police, "nl")
    assert "Post via: politiebureau" in dutch.get(f"/cases/{case}/").content.decode()
    assert "Post via" in dutch.get(f"/cases/{case}/").content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_pages_pass_axe(
    chain: Chain, live_server: Any, new_page: Callable[..., Page], language: str
) -> None:
    opened, gone = chain.notified(identity=WHO), chain.notified(identity=WHO)
    proposal = asked(chain, opened)
    second = colleague(chain.coordination_point, Role.MEMBER)
    done = removed(chain, gone, second)
    erasure.place_hold(
        actor=second, proposal_id=asked(chain, held := chain.notified()), text="Beroep"
    )
    kept = RemovalProposal.objects.get(case_id=held.case_id).pk
    page = new_page(viewport=PHONE) if language == "nl" else new_page()
    cookie = entered(chain.coordination_point, language).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    for path in (
        "/removals/", "/removals/?show=decided", f"/removals/{proposal}/", f"/removals/{kept}/",
        f"/removals/{done}/", f"/cases/{gone.case_id}/", f"/cases/{gone.case_id}/person/",
        f"/cases/{opened.case_id}/removal/",
    ):  # fmt: skip
        page.goto(live_server.url + path)
        assert_accessible(page)
        assert page.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        ), path
    page.goto(f"{live_server.url}/removals/{proposal}/")
    page.locator("main form button").first.click()
    assert_accessible(page)
