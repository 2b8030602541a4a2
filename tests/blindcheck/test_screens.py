# SPDX-License-Identifier: EUPL-1.2
"""The pages: what is typed comes back only with a mistake, and stands nowhere else."""

import logging
import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.utils import translation

from middenstip.access.actors import Actor
from middenstip.access.models import User
from middenstip.blindcheck import selectors, services
from middenstip.blindcheck.models import CallBack, Question
from middenstip.thread.records import Opened
from tests.blindcheck.conftest import ask, known
from tests.blindcheck.test_calls import PHONE, call_me
from tests.thread.chain import Chain, member
from tests.walls.test_database import client_of

TYPED = {"given_name": "Zonnestraal", "family_name": "Verzonneling", "birth_date": "17-05-1994"}
STRANGE = {"given_name": "Kwibusje", "family_name": "Elderling", "birth_date": "02-11-1961"}


@pytest.fixture
def browse(db: None) -> Callable[[Actor], Client]:
    def opened_for(actor: Actor, language: str = "en") -> Client:
        User.objects.filter(pk=actor.user_id).update(language=language)
        return client_of(actor)

    return opened_for


def shown(client: Client, typed: dict[str, str]) -> str:
    answer = client.post("/known/", typed)
    assert answer.status_code == 302, answer.content.decode()
    return client.get(answer["Location"]).content.decode()


def heading(page: str) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)
    assert found
    return found[1].strip()


def test_an_answer_is_a_page_of_its_own_without_what_was_typed(
    opened: Opened, ngo: Actor, browse: Callable[[Actor], Client]
) -> None:
    client = browse(ngo)
    sent = client.post("/known/", TYPED)
    assert re.fullmatch(r"/known/[0-9a-f-]{36}/", sent["Location"])
    page = client.get(sent["Location"]).content.decode()
    assert heading(page) == "Known"
    assert heading(shown(client, STRANGE)) == "Not known"
    everything = page + client.get("/known/").content.decode()
    for word in (*TYPED.values(), "1994-05-17", opened.pseudonym, str(opened.case_id)):
        assert word not in everything
    assert "no-store" in client.get(sent["Location"])["Cache-Control"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"birth_date": ""}, "a name is not enough"),
        ({"birth_date": "31-02-1994"}, "This is not a date"),
        ({"birth_date": "eergisteren"}, "This is not a date"),
        ({"birth_date": "17-05-2094"}, "Nobody was born then"),
        ({"given_name": "", "family_name": " "}, "Give at least one name"),
        ({"given_name": "…", "family_name": ""}, "Nothing of this name can be compared"),
        ({"given_name": "a\0b"}, "characters"),
        ({"given_name": "z" * 201}, "200"),
    ],
)
def test_with_a_mistake_what_was_typed_stays_on_the_page_and_nothing_is_asked(
    ngo: Actor, browse: Callable[[Actor], Client], wrong: dict[str, str], said: str
) -> None:
    answer = browse(ngo).post("/known/", {**TYPED, **wrong})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert "Verzonneling" in page or "family_name" in wrong
    assert not Question.objects.exists()


@pytest.mark.parametrize("birth", ["1994", "17 05 1994", "17/05/1994", "1994-05-17"])
def test_a_birth_date_is_read_as_people_write_it(
    opened: Opened, ngo: Actor, browse: Callable[[Actor], Client], birth: str
) -> None:
    page = shown(browse(ngo), {**TYPED, "birth_date": birth})
    assert heading(page) in {"Known", "Perhaps known"}


@pytest.mark.django_db(transaction=True)
def test_what_is_typed_is_in_no_table_and_no_log(caplog: pytest.LogCaptureFixture) -> None:
    from tests.walls.test_dump import dump

    caplog.set_level(logging.DEBUG)
    ngo = member("ngo")
    client = client_of(ngo)
    for typed in (STRANGE, {**STRANGE, "birth_date": "kapot"}, *[STRANGE] * 6):
        client.post("/known/", typed)
    stolen = dump().lower() + caplog.text.lower().encode()
    assert Question.objects.count() == 7
    for word in ("kwibusje", "elderling", "1961-11-02", "02-11-1961"):
        assert word.encode() not in stolen
        assert word.encode().hex().encode() not in stolen
    assert connection.vendor == "postgresql"


def test_a_refusal_says_why_and_until_when(
    opened: Opened, ngo: Actor, browse: Callable[[Actor], Client]
) -> None:
    client = browse(ngo)
    for _ in range(5):
        shown(client, TYPED)
    page = shown(client, {**TYPED, "given_name": "Zonestraal"})
    assert heading(page) == "No answer"
    assert "asked 5 times in 24 hours" in page
    again = selectors.questions(actor=ngo)[0].again_at
    assert again is not None
    assert "You can ask again for this person from" in page


def test_who_sends_the_form_too_often_is_told_without_what_was_typed(
    ngo: Actor, browse: Callable[[Actor], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "TRIES", "1/1h")
    client = browse(ngo)
    shown(client, STRANGE)
    answer = client.post("/known/", STRANGE)
    assert answer.status_code == 429
    assert "Elderling" not in answer.content.decode()


def test_the_wish_to_be_called_back_goes_to_the_point_and_is_ticked_off(
    chain: Chain, opened: Opened, ngo: Actor, browse: Callable[[Actor], Client]
) -> None:
    client, point = browse(ngo), browse(chain.coordination_point)
    question = client.post("/known/", TYPED)["Location"]
    wrong = client.post(question, {"name": "", "phone": "nee"})
    assert wrong.status_code == 422
    assert "Give a telephone number" in wrong.content.decode()
    assert client.post(question, {"name": "B. Voorbeeld", "phone": PHONE}).status_code == 302
    assert "sees your number" in client.get(question).content.decode()
    call = f"/known/calls/{CallBack.objects.get().pk}/"
    assert call in point.get("/known/").content.decode()
    page = point.get(call).content.decode()
    assert PHONE in page
    assert opened.pseudonym in page
    assert point.post(call).status_code == 302
    assert point.get(call).status_code == point.post(call).status_code == 404
    assert "The coordination point called" in client.get(question).content.decode()


def test_who_may_not_ask_is_told_so_and_has_no_entry_in_the_menu(
    chain: Chain, ngo: Actor, browse: Callable[[Actor], Client]
) -> None:
    for actor, status in (
        (ngo, 200),
        (chain.coordination_point, 200),
        (chain.prosecution, 403),
    ):
        client = browse(actor)
        page = client.get("/known/")
        assert page.status_code == status
        assert ('href="/known/"' in client.get("/").content.decode()) == (status == 200)
    assert browse(chain.prosecution).post("/known/", TYPED).status_code == 403
    assert browse(chain.coordination_point).post("/known/", TYPED).status_code == 200
    assert not Question.objects.exists()


def test_the_point_sees_who_asked_how_often_and_never_about_whom(
    chain: Chain, opened: Opened, ngo: Actor, browse: Callable[[Actor], Client]
) -> None:
    for _ in range(7):
        ask(ngo)
    page = browse(chain.coordination_point).get("/known/").content.decode()
    assert "refused 2 times" in page
    assert "Voorbeeld ngo" in page
    assert "Zonnestraal" not in page


def test_a_forged_or_foreign_address_is_not_there(
    chain: Chain, opened: Opened, ngo: Actor, browse: Callable[[Actor], Client]
) -> None:
    call = call_me(ngo)
    other = browse(member("ngo", "B"))
    for path in (f"/known/{call.question_id}/", f"/known/calls/{call.pk}/"):
        assert other.get(path).status_code == other.post(path).status_code == 404
    assert browse(ngo).get(f"/known/calls/{call.pk}/").status_code == 404


def test_every_page_is_in_dutch(
    chain: Chain, opened: Opened, ngo: Actor, browse: Callable[..., Client]
) -> None:
    known(chain, given="Kwibusje", family="Elderling", born="1961-11-02")
    call = call_me(ngo)
    client, point = browse(ngo, "nl"), browse(chain.coordination_point, "nl")
    with translation.override("nl"):
        assert "Bekend?" in client.get("/known/").content.decode()
        assert heading(client.get(f"/known/{call.question_id}/").content.decode()) == "Bekend"
        assert "terugbellen" in heading(point.get(f"/known/calls/{call.pk}/").content.decode())
