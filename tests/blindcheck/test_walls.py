# SPDX-License-Identifier: EUPL-1.2
"""The database alone: nobody reads codes, who asked reads questions, and nothing is forged."""

from dataclasses import replace
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from middenstip.access.acting import acting
from middenstip.access.actors import Actor
from middenstip.blindcheck import codes
from middenstip.blindcheck.models import CallBack, Code, Question
from middenstip.thread.records import Opened
from middenstip.vault.errors import DoesNotOpen
from tests.blindcheck.conftest import BORN, NAME, ask
from tests.blindcheck.test_calls import call_me
from tests.thread.chain import Chain, member

pytestmark = pytest.mark.django_db


def test_nobody_reads_or_changes_a_code(chain: Chain, opened: Opened, ngo: Actor) -> None:
    assert Code.objects.count() == 1
    for actor in (ngo, chain.police, chain.coordination_point):
        with acting(actor):
            assert Code.objects.count() == 0
            assert Code.objects.update(version=0) == 0
            assert Code.objects.all().delete()[0] == 0
    assert Code.objects.count() == 1


def test_a_stolen_code_tells_nothing_without_the_key(opened: Opened) -> None:
    row = Code.objects.get()
    sealed = bytes(row.names) + bytes(row.birth)
    made = codes.code_of({"given_name": NAME[0], "family_name": NAME[1], "birth_date": BORN},
                         codes.encoder())  # fmt: skip
    assert made.names not in sealed
    assert made.birth not in sealed
    assert {len(bytes(row.names)), len(bytes(row.birth))} == {codes._SEALED}


def test_a_code_moved_to_another_person_does_not_open(
    chain: Chain, opened: Opened, ngo: Actor
) -> None:
    other = chain.notified(facts={"birth_date": "1961-11-02"})
    stolen = bytes(Code.objects.get(person_id=opened.person_id).names)
    Code.objects.filter(person_id=other.person_id).update(names=stolen, version=1)
    with pytest.raises(DoesNotOpen):
        ask(ngo)


def test_who_has_no_name_and_who_has_one_look_alike_in_the_table(
    chain: Chain, opened: Opened
) -> None:
    chain.notified(facts={"birth_date": "1961-11-02"})
    lengths = {(len(bytes(r.names)), len(bytes(r.birth))) for r in Code.objects.all()}
    assert len(lengths) == 1


def test_questions_and_calls_are_for_who_asked_and_the_point(
    chain: Chain, opened: Opened, ngo: Actor
) -> None:
    call_me(ngo)
    for actor, sees in (
        (ngo, 1), (chain.coordination_point, 1), (chain.police, 0), (member("ngo", "B"), 0),
    ):  # fmt: skip
        with acting(actor):
            assert Question.objects.count() == CallBack.objects.count() == sees


def test_nobody_asks_in_the_name_of_another_or_rewrites_what_was_asked(
    chain: Chain, opened: Opened, ngo: Actor
) -> None:
    call = call_me(ngo)
    question = Question.objects.get()
    with acting(ngo):
        assert Question.objects.update(answer="not_known") == 0
        assert Question.objects.all().delete()[0] == 0
        assert (
            CallBack.objects.update(done_at=question.at, done_by=ngo.user_id, sealed=b"") == 0
        )
    forged = {
        "answer": "known",
        "fingerprint": "x",
        "organisation_id": chain.police.organisation_id,
    }
    for who in (ngo.user_id, chain.police.user_id):
        with pytest.raises(DatabaseError), acting(ngo), transaction.atomic():
            Question.objects.create(id=uuid4(), by_id=who, **forged)
    with acting(chain.coordination_point), pytest.raises(DatabaseError), transaction.atomic():
        CallBack.objects.filter(pk=call.pk).update(
            done_at=question.at, done_by=ngo.user_id, sealed=b""
        )


def test_in_an_emergency_nothing_is_asked(chain: Chain, opened: Opened) -> None:
    from middenstip.blindcheck.selectors import may_ask
    from tests.thread.test_break_glass import broken, in_emergency

    broken(chain.shelter, opened)
    looking = in_emergency(chain.shelter)
    assert not may_ask(looking)
    fields = {"answer": "known", "fingerprint": "x", "id": uuid4()}
    with pytest.raises(DatabaseError), acting(looking), transaction.atomic():
        Question.objects.create(
            by_id=looking.user_id, organisation_id=looking.organisation_id, **fields
        )


def test_a_code_for_nobody_in_the_register_is_passed_over(opened: Opened) -> None:
    codes.keep_found_by({uuid4(): {"given_name": "Niemand"}})
    assert Code.objects.count() == 1


def test_without_a_purpose_there_are_no_codes(opened: Opened, ngo: Actor) -> None:
    with acting(replace(ngo, purpose="")), connection.cursor() as cursor:
        cursor.execute("SELECT blindcheck_mark()")
        assert cursor.fetchone() == ("0 0",)
