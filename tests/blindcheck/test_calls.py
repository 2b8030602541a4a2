# SPDX-License-Identifier: EUPL-1.2
"""Being called back: only after known or perhaps, seen by the coordination point alone."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from middenstip import clock
from middenstip.access.actors import Actor
from middenstip.audit.models import ReadEntry
from middenstip.blindcheck import selectors, services
from middenstip.blindcheck.models import CallBack, Question
from middenstip.thread.errors import NotThere
from middenstip.thread.records import Opened
from tests.blindcheck.conftest import ask, known
from tests.thread.chain import Chain, member

pytestmark = pytest.mark.django_db
PHONE = "020 5550199"


def call_me(actor: Actor, **values: str) -> CallBack:
    question = ask(actor, **values)
    services.ask_call(actor=actor, question_id=question.id, name="B. Voorbeeld", phone=PHONE)
    return CallBack.objects.get(question_id=question.id)


def test_the_point_sees_whom_to_call_and_who_may_be_meant(
    chain: Chain, opened: Opened, ngo: Actor
) -> None:
    known(chain, given="Kwibus", family="Elders", born="1961-11-02")
    point = chain.coordination_point
    call = call_me(ngo)
    assert [each.id for each in selectors.calls(actor=point)] == [call.pk]
    before = ReadEntry.objects.count()
    found = selectors.call_of(actor=point, call_id=call.pk)
    assert (found.name, found.phone, found.answer) == ("B. Voorbeeld", PHONE, "known")
    assert [(each.case_id, each.strong) for each in found.likely] == [(opened.case_id, True)]
    assert ReadEntry.objects.count() > before, "who is shown is a look in the read log"


def test_it_shows_nobody_whom_the_point_may_not_know(
    chain: Chain, opened: Opened, ngo: Actor
) -> None:
    call = call_me(ngo)
    elsewhere = replace(chain.coordination_point, purpose="place_in_shelter")
    assert selectors.call_of(actor=elsewhere, call_id=call.pk).likely == ()
    chain.record(chain.police, opened.case_id, "complaint_filed", by="police",
                 under_number=True, domicile="lawyer")  # fmt: skip
    assert selectors.call_of(actor=chain.coordination_point, call_id=call.pk).likely == ()


def test_nobody_else_sees_a_call_nor_its_number(
    chain: Chain, opened: Opened, ngo: Actor
) -> None:
    call = call_me(ngo)
    for actor in (ngo, chain.police, chain.shelter, chain.administrator, member("ngo", "B")):
        assert selectors.calls(actor=actor) == []
        assert selectors.tallies(actor=actor) == []
        assert selectors.refused(actor=actor) == []
        for door in (selectors.call_of, services.finish_call):
            with pytest.raises(NotThere):
                door(actor=actor, call_id=call.pk)
    assert PHONE.encode() not in bytes(CallBack.objects.get().sealed)


def test_what_was_asked_with_is_kept_until_the_call_and_not_longer(
    chain: Chain, opened: Opened, ngo: Actor
) -> None:
    point = chain.coordination_point
    with clock.at(clock.now() - timedelta(days=3)):
        call = call_me(ngo)
    services.forget_codes(clock.now())
    assert not Question.objects.exclude(code=b"").exists()
    assert selectors.call_of(actor=point, call_id=call.pk).likely
    services.finish_call(actor=point, call_id=call.pk)
    call.refresh_from_db()
    assert (bytes(call.sealed), call.done_by_id) == (b"", point.user_id)
    with pytest.raises(NotThere):
        services.finish_call(actor=point, call_id=call.pk)
    with pytest.raises(NotThere):
        selectors.call_of(actor=point, call_id=call.pk)
    assert selectors.questions(actor=ngo)[0].call == "done"


def test_nobody_is_called_back_about_who_is_not_known_or_after_a_day(
    opened: Opened, ngo: Actor
) -> None:
    with clock.at(clock.now() - timedelta(hours=30)):
        old = ask(ngo)
    strange = ask(ngo, given="Kwibus", family="Elders", born="1961-11-02")
    services.forget_codes(clock.now())
    assert not selectors.question_of(actor=ngo, question_id=old.id).can_call
    for question_id in (strange.id, old.id, uuid4()):
        with pytest.raises(NotThere):
            services.ask_call(actor=ngo, question_id=question_id, name="B", phone=PHONE)
    with pytest.raises(NotThere):
        services.ask_call(actor=member("ngo", "B"), question_id=old.id, name="B", phone=PHONE)


def test_asking_twice_to_be_called_is_once_and_a_number_must_be_one(
    opened: Opened, ngo: Actor
) -> None:
    question = ask(ngo)
    with pytest.raises(ValidationError) as told:
        services.ask_call(actor=ngo, question_id=question.id, name=" ", phone="bel mij")
    assert set(told.value.message_dict) == {"name", "phone"}
    for _ in range(2):
        services.ask_call(actor=ngo, question_id=question.id, name="B", phone=PHONE)
    assert CallBack.objects.count() == 1


def test_questions_are_counted_by_answer_for_each_organisation(
    chain: Chain, opened: Opened, ngo: Actor
) -> None:
    for _ in range(6):
        ask(ngo)
    ask(chain.police, given="Kwibus", family="Elders", born="1961-11-02")
    found = selectors.tallies(actor=chain.coordination_point)
    counts = [(t.organisation, t.known, t.perhaps, t.not_known, t.refused) for t in found]
    assert counts == [("Voorbeeld ngo", 5, 0, 0, 1), ("Voorbeeld police", 0, 0, 1, 0)]
