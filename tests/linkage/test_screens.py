# SPDX-License-Identifier: EUPL-1.2
"""The pages on which a human looks at two files, decides, and takes it back."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from middenstip.linkage import selectors, services
from middenstip.linkage.services import Alike
from middenstip.thread.records import NewIdentity
from tests.browser import PHONE, assert_accessible, keyboard_walk
from tests.desk.conftest import entered
from tests.linkage.files import decide
from tests.thread.chain import Chain

pytestmark = pytest.mark.django_db
BORN: dict[str, Any] = {"birth_date": "1995-04-13", "sex": "female", "nationalities": ["MA"]}
FIRST = NewIdentity(given_name="Fatima", family_name="Voorbeeldova", phone="0612345678")
SECOND = NewIdentity(given_name="فاطمة", family_name="Forbeeldowa", alias="Zizi")


def _pair(
    chain: Chain, one: NewIdentity = FIRST, two: NewIdentity = SECOND
) -> tuple[UUID, UUID]:
    first = chain.notified(identity=one, facts={**BORN, "lawful_stay": False})
    second = chain.notified(identity=two, facts={**BORN, "lawful_stay": False})
    services.keep_likenesses(
        actor=chain.police, found=[Alike(first.person_id, second.person_id, 4.0, "proef")]
    )
    return first.case_id, second.case_id


@pytest.fixture
def chain() -> Chain:
    return Chain()


def _address(one: UUID, two: UUID, more: str = "") -> str:
    return f"/same/{one}/{two}/{more}"


def test_the_list_shows_a_pair_until_somebody_decides(chain: Chain) -> None:
    one, two = _pair(chain)
    client = entered(chain.police)
    page = client.get("/same/").content.decode()
    assert _address(one, two) in page or _address(two, one) in page
    assert "Much speaks for one person" in page
    decide(chain.police, one, two, "different")
    assert "No pair waits" in client.get("/same/").content.decode()


def test_a_case_shows_its_candidates_with_reasons_in_words_and_no_number(chain: Chain) -> None:
    one, two = _pair(chain)
    page = entered(chain.police).get(f"/same/{one}/").content.decode()
    assert f'href="{_address(one, two)}"' in page
    assert "Day of birth: the same day" in page
    assert "speaks strongly for" in page
    found = entered(chain.police).get(f"/same/{one}/").context["waiting"]
    assert f"{found[0].score:.1f}" not in page


def test_two_files_side_by_side_show_what_each_says_and_letter_by_letter(chain: Chain) -> None:
    one, two = _pair(chain)
    page = entered(chain.police).get(_address(one, two)).content.decode()
    for text in (
        "Fatima Voorbeeldova",
        "فاطمة Forbeeldowa",
        "13 April 1995",
        "letter by letter",
    ):
        assert text in page
    assert page.count("<table") >= 2


def test_a_verdict_is_kept_shown_and_taken_back(chain: Chain) -> None:
    one, two = _pair(chain)
    client = entered(chain.police)
    said = {"verdict": "same", "ground": "documents", "seen": ""}
    page = client.post(_address(one, two), said, follow=True).content.decode()
    assert "Holds now: one person" in page
    case = client.get(f"/cases/{one}/").content.decode()
    assert f"/cases/{two}/" in case
    assert f"/cases/{one}/together/" in case
    standing = selectors.standing(actor=chain.police, one=one, two=two)
    assert standing is not None
    undo = {"verdict": str(standing.id)}
    page = client.post(_address(one, two, "undo/"), undo, follow=True).content.decode()
    assert "Holds now: not known" in page
    assert client.get(f"/cases/{one}/together/").status_code == 404


def test_the_score_that_is_kept_is_our_own(chain: Chain) -> None:
    one, two = _pair(chain)
    said = {"verdict": "unknown", "seen": "", "score": "99"}
    entered(chain.police).post(_address(one, two), said)
    standing = selectors.standing(actor=chain.police, one=one, two=two)
    assert standing is not None
    assert standing.score is not None
    assert standing.score < 50


@pytest.mark.parametrize(
    "said",
    [{}, {"verdict": "same"}, {"verdict": "perhaps", "ground": "documents"},
     {"verdict": "same", "ground": "feeling"}],
)  # fmt: skip
def test_what_is_missing_or_made_up_is_told_and_nothing_kept(
    chain: Chain, said: dict[str, str]
) -> None:
    one, two = _pair(chain)
    answer = entered(chain.police).post(_address(one, two), {**said, "seen": ""})
    assert answer.status_code == 422
    assert selectors.standing(actor=chain.police, one=one, two=two) is None


def test_a_form_sent_again_tells_what_happened_meanwhile_and_keeps_what_was_chosen(
    chain: Chain,
) -> None:
    one, two = _pair(chain)
    client = entered(chain.police)
    said = {"verdict": "same", "ground": "documents", "seen": ""}
    decide(chain.police, one, two, "different")
    answer = client.post(_address(one, two), said)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Somebody decided about these two files since" in page
    assert "Holds now: different people" in page
    assert answer.context["form"]["verdict"].value() == "same"
    again = {**said, "seen": answer.context["form"]["seen"].value()}
    assert client.post(_address(one, two), again).status_code == 302


def test_a_verdict_that_does_not_fit_says_why(chain: Chain) -> None:
    one, two = _pair(chain)
    third = chain.notified(identity=FIRST).case_id
    decide(chain.police, one, third, "same")
    decide(chain.police, third, two, "different")
    said = {"verdict": "same", "ground": "documents", "seen": ""}
    answer = entered(chain.police).post(_address(one, two), said)
    assert answer.status_code == 422
    assert "different people" in answer.content.decode()


def test_what_is_not_there_for_somebody_looks_like_nothing(chain: Chain) -> None:
    one, two = _pair(chain)
    nameless = chain.notified(identity=None).case_id
    police, shelter = entered(chain.police), entered(chain.shelter)
    for address in (_address(one, two), f"/same/{one}/", f"/cases/{one}/together/"):
        assert shelter.get(address).status_code == 404, address
    for other in (uuid4(), one, nameless):
        assert police.get(_address(one, other)).status_code == 404
        assert police.post(_address(one, other), {"verdict": "same"}).status_code == 404
    assert police.get(f"/same/{nameless}/").status_code == 404
    assert entered(chain.prosecution).get("/same/").status_code == 404


def test_a_verdict_of_another_pair_is_not_taken_back_here(chain: Chain) -> None:
    one, two = _pair(chain)
    third = chain.notified(identity=FIRST).case_id
    other = decide(chain.police, one, third, "same")
    client = entered(chain.police)
    for forged in (str(other), str(uuid4()), "geheim", ""):
        answer = client.post(_address(one, two, "undo/"), {"verdict": forged})
        assert answer.status_code == 404, forged
    assert selectors.others(actor=chain.police, case_id=one)


def test_the_threads_together_stand_in_order_of_day_with_their_file(chain: Chain) -> None:
    one, two = _pair(chain)
    decide(chain.police, one, two, "same")
    answer = entered(chain.police).get(f"/cases/{one}/together/")
    lines = answer.context["lines"]
    days = [each.line.on for each in lines]
    assert days == sorted(days, reverse=True)
    assert {each.case_id for each in lines} == {one, two}


def test_of_a_joined_file_one_may_not_see_nothing_is_told(chain: Chain) -> None:
    one, two = _pair(chain)
    decide(chain.police, one, two, "same")
    chain.bring_in(one, chain.care_coordinator)
    client = entered(chain.care_coordinator)
    page = client.get(f"/cases/{one}/").content.decode()
    assert str(two) not in page
    assert client.get(f"/cases/{one}/together/").status_code == 404


def _log_in(page: Page, server: LiveServer, client: Client) -> None:
    cookie = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": server.url}])


@pytest.fixture
def at_the_desk(
    transactional_db: None, live_server: LiveServer, new_page: Callable[..., Page]
) -> Callable[..., tuple[Page, Chain, UUID, UUID]]:
    def open_page(language: str = "nl", **options: Any) -> tuple[Page, Chain, UUID, UUID]:
        chain = Chain()
        one, two = _pair(chain)
        page = new_page(**options)
        _log_in(page, live_server, entered(chain.police, language))
        return page, chain, one, two

    return open_page


@pytest.mark.parametrize("options", [{}, {"viewport": PHONE, "has_touch": True}])
def test_the_pages_are_accessible_and_work_with_the_keyboard(
    at_the_desk: Callable[..., Any], live_server: LiveServer, options: dict[str, Any]
) -> None:
    page, chain, one, two = at_the_desk(**options)
    decide(chain.police, one, two, "same")
    for address in ("/same/", f"/same/{one}/", _address(one, two), f"/cases/{one}/together/"):
        page.goto(live_server.url + address)
        assert_accessible(page)
        wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1")
        assert not wide, address
    page.goto(live_server.url + _address(one, two))
    assert any("Mijn besluit" in name or "bewaren" in name for name in keyboard_walk(page))
