# SPDX-License-Identifier: EUPL-1.2
"""Asking again and again is refused and seen; what was asked with is forgotten."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection, connections

from middenstip import clock
from middenstip.access.actors import Actor
from middenstip.access.limits import Limited
from middenstip.access.selectors import actor_for
from middenstip.access.services import add_member
from middenstip.blindcheck import daily, selectors, services
from middenstip.blindcheck.models import CallBack, Question
from middenstip.thread.records import Opened
from tests.blindcheck.conftest import ask
from tests.thread.chain import Chain, member
from tests.walls.register import second_person

SPELLINGS = [f"Zonnestraal{'abcdefghij'[i % 10] * (1 + i % 3)}" for i in range(1000)]


def colleague(actor: Actor, number: int) -> Actor:
    """Somebody else of the organisation; nothing of one person alone holds them apart."""
    address = f"{number}@{actor.organisation_id}.example"
    add_member(
        actor=None, organisation_id=actor.organisation_id, email=address, display_name="C."
    )
    return actor_for(email=address)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(services, "MOST_A_DAY", 3)
    return 3


@pytest.mark.django_db
def test_one_person_probed_in_many_spellings_gets_five_answers(
    opened: Opened, ngo: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "TRIES", "5000/1h")
    answers = [ask(ngo, given=spelling).answer for spelling in SPELLINGS[:40]]
    assert "same_person" not in answers[:5]
    assert set(answers[5:]) == {"same_person"}
    refused = Question.objects.filter(answer="same_person")
    assert not refused.exclude(code=b"").exists(), "a refused question keeps no code"


@pytest.mark.django_db
def test_a_refusal_says_until_when_and_then_an_answer_comes(ngo: Actor, opened: Opened) -> None:
    start = clock.now()
    for hour in range(5):
        with clock.at(start + timedelta(hours=hour)):
            ask(ngo)
    with clock.at(start + timedelta(hours=6)):
        refused = ask(ngo, given="Zonestraal")
        assert (refused.answer, refused.alike) == ("same_person", 5)
        assert refused.again_at == start + timedelta(hours=24)
    with clock.at(start + timedelta(hours=23, minutes=59)):
        assert ask(ngo).answer == "same_person"
    with clock.at(start + timedelta(hours=24, seconds=1)):
        assert ask(ngo).answer == "known"
        assert ask(ngo).again_at == start + timedelta(hours=25)


@pytest.mark.django_db
def test_other_people_and_other_organisations_may_still_ask(ngo: Actor, opened: Opened) -> None:
    for _ in range(6):
        last = ask(ngo)
    assert last.answer == "same_person"
    assert ask(ngo, given="Kwibus", family="Elders", born="1961-11-02").answer == "not_known"
    assert ask(member("ngo", "Nog een")).answer == "known"
    assert ask(second_person(ngo)).answer == "same_person", "a colleague asks for the same"


@pytest.mark.django_db
@pytest.mark.usefixtures("few")
def test_an_organisation_asks_so_often_in_a_day(ngo: Actor) -> None:
    start = clock.now()
    people = [("Kwibus", "1961-11-02"), ("Maantje", "1984-02-11"), ("Otto", "1990-12-24"),
              ("Willemijn", "1973-07-08")]  # fmt: skip
    for given, born in people[:3]:
        with clock.at(start):
            assert ask(ngo, given=given, family="", born=born).answer == "not_known"
    with clock.at(start + timedelta(hours=1)):
        full = ask(ngo, given=people[3][0], family="", born=people[3][1])
    assert (full.answer, full.again_at) == ("full_day", start + timedelta(hours=24))


@pytest.mark.django_db
def test_sending_the_form_again_and_again_is_stopped(
    ngo: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "TRIES", "2/1h")
    ask(ngo)
    ask(ngo)
    with pytest.raises(Limited):
        ask(ngo)
    assert Question.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_probing_is_told_to_the_coordination_point_once_and_names_nobody() -> None:
    chain = Chain()
    ngo = member("ngo")
    second_person(chain.coordination_point)
    for _ in range(8):
        ask(ngo)
    assert len(mail.outbox) == 1
    text = mail.outbox[0].subject + mail.outbox[0].body
    assert not [word for word in ("Zonnestraal", "Verzonneling", "ngo") if word in text]
    assert mail.outbox[0].to == [f"tweede@{chain.coordination_point.organisation_id}.example"]
    found = selectors.refused(actor=chain.coordination_point)
    assert [(each.organisation, each.number) for each in found] == [("Voorbeeld ngo", 3)]


@pytest.mark.django_db(transaction=True)
def test_at_once_from_many_processes_no_more_than_five_are_answered() -> None:
    ngo = member("ngo")
    people = [colleague(ngo, number) for number in range(8)]
    answers: list[str] = []
    start = threading.Barrier(8)

    def work(actor: Actor) -> None:
        try:
            start.wait()
            answers.append(ask(actor).answer)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(actor,)) for actor in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["not_known"] * 5 + ["same_person"] * 3


@pytest.mark.django_db
def test_the_code_is_forgotten_after_a_day_and_the_question_after_a_year(
    ngo: Actor, opened: Opened
) -> None:
    start = clock.now()
    with clock.at(start - timedelta(hours=25)):
        old = ask(ngo)
    new = ask(ngo)
    daily.forget_questions(clock.today())
    held = {row.pk: bool(row.code) for row in Question.objects.all()}
    assert held == {old.id: False, new.id: True}
    daily.forget_questions(clock.today() - timedelta(days=1))
    with clock.at(start + timedelta(days=366)):
        daily.forget_questions(clock.today())
    assert not Question.objects.exists()
    assert not CallBack.objects.exists()


@pytest.mark.django_db
def test_the_worker_forgets_with_its_own_role(ngo: Actor, opened: Opened) -> None:
    with clock.at(clock.now() - timedelta(days=400)):
        question = ask(ngo)
        services.ask_call(actor=ngo, question_id=question.id, name="A", phone="0612345678")
    with clock.at(clock.now() - timedelta(days=2)):
        ask(ngo)
    _as("middenstip_worker", lambda: daily.forget_questions(clock.today()))
    assert [bytes(row.code) for row in Question.objects.all()] == [b""]


def _as(role: str, work: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {role}")
        try:
            work()
        finally:
            cursor.execute("RESET ROLE")


@pytest.mark.django_db
def test_spellings_of_two_organisations_cannot_be_laid_side_by_side(ngo: Actor) -> None:
    ask(ngo)
    ask(ngo)
    ask(member("ngo", "Nog een"))
    one, two, other = Question.objects.order_by("at").values_list("fingerprint", flat=True)
    assert one == two != other
