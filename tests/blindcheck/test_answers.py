# SPDX-License-Identifier: EUPL-1.2
"""One of three words about whom the coordination point knows, and about nobody else."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from middenstip import clock
from middenstip.access.actors import Actor
from middenstip.blindcheck import codes, selectors, services
from middenstip.blindcheck.models import Code, Question
from middenstip.thread import erasure
from middenstip.thread.errors import NotThere
from middenstip.thread.records import NewEvent, NewIdentity, Opened
from middenstip.thread.services import correct_event, open_case, record_facts
from tests.blindcheck.conftest import BORN, NAME, ask, known
from tests.thread.chain import Chain, member
from tests.walls.register import second_person

pytestmark = pytest.mark.django_db


def test_who_was_notified_is_known_also_in_another_order_or_spelling(
    opened: Opened, ngo: Actor
) -> None:
    assert ask(ngo).answer == "known"
    assert ask(ngo, given=NAME[1], family=NAME[0]).answer == "known"
    assert ask(ngo, given="Zonestraal").answer in {"known", "perhaps"}
    assert ask(ngo, given="Kwibus", family="Nergenshuizen", born="1961-11-02").answer == (
        "not_known"
    )


def test_a_year_alone_can_be_asked_with(opened: Opened, ngo: Actor) -> None:
    assert ask(ngo, born="1994").answer in {"known", "perhaps"}


def test_nobody_is_known_in_an_empty_register(ngo: Actor) -> None:
    assert ask(ngo).answer == "not_known"


def test_who_was_seen_but_not_notified_is_not_known(chain: Chain, ngo: Actor) -> None:
    day = clock.today()
    open_case(
        actor=chain.police,
        events=[NewEvent("indication_seen", day, {"by": "police"})],
        facts={"birth_date": BORN},
        identity=NewIdentity(*NAME),
    )
    assert ask(ngo).answer == "not_known"


def test_who_is_notified_later_is_known_from_then_on(chain: Chain, ngo: Actor) -> None:
    day = clock.today()
    case = open_case(
        actor=chain.police,
        events=[NewEvent("indication_seen", day, {"by": "police"})],
        facts={"birth_date": BORN},
        identity=NewIdentity(*NAME),
    )
    assert ask(ngo).answer == "not_known"
    chain.record(chain.police, case.case_id, "notified", by="police", basis="legal_duty",
                 bed_needed=False)  # fmt: skip
    assert ask(ngo).answer == "known"


def test_a_name_under_number_is_not_told_by_an_answer(
    chain: Chain, opened: Opened, ngo: Actor
) -> None:
    assert ask(ngo).answer == "known"
    chain.record(chain.police, opened.case_id, "complaint_filed", by="police",
                 under_number=True, domicile="lawyer")  # fmt: skip
    assert ask(ngo).answer == "not_known"


def test_a_birth_date_that_becomes_known_or_another_counts_at_once(
    chain: Chain, ngo: Actor
) -> None:
    made = chain.notified(facts={"nationalities": ["NG"]}, identity=NewIdentity(*NAME))
    assert ask(ngo).answer == "perhaps"
    done = record_facts(actor=chain.police, case_id=made.case_id, facts={"birth_date": BORN})
    assert ask(ngo).answer == "known"
    other = NewEvent("facts_recorded", clock.today(), {"facts": {"birth_date": "1961-11-02"}})
    correct_event(actor=chain.police, case_id=made.case_id, event_id=done.events[0].id,
                  replaced_by=other)  # fmt: skip
    assert ask(ngo).answer == "not_known"


def test_who_is_removed_is_not_known_any_more(chain: Chain, opened: Opened, ngo: Actor) -> None:
    point = chain.coordination_point
    assert ask(ngo).answer == "known"
    asked = erasure.propose_on_request(actor=chain.police, case_id=opened.case_id)
    erasure.say_yes(actor=point, proposal_id=asked)
    assert erasure.say_yes(actor=second_person(point), proposal_id=asked)
    assert ask(ngo).answer == "not_known"
    assert not Code.objects.filter(person_id=opened.person_id).exists()


def test_twins_and_a_father_and_son_get_no_more_than_a_word(chain: Chain, ngo: Actor) -> None:
    for given, born in (("Een", BORN), ("Twee", BORN), ("Vader", "1960-01-01")):
        known(chain, given=given, born=born)
    asked = ask(ngo, given="Een")
    assert asked.answer == "known"
    assert {type(getattr(asked, name)).__name__ for name in ("answer", "alike", "call")} == {
        "str", "int",
    }  # fmt: skip


@pytest.mark.parametrize("born", ["", "ooit", "31-02-1994"])
def test_a_name_alone_would_bring_up_every_namesake_and_is_refused(
    opened: Opened, ngo: Actor, born: str
) -> None:
    with pytest.raises(ValidationError) as told:
        ask(ngo, born=born)
    assert set(told.value.message_dict) == {"birth_date"}
    assert not Question.objects.exists()


@pytest.mark.parametrize("given", ["Z", "z" * 200, "محمد", "Мария", "王小明", "Dr. von"])
def test_any_name_that_can_be_typed_gets_an_answer(
    opened: Opened, ngo: Actor, given: str
) -> None:
    assert ask(ngo, given=given, family="").answer in {"known", "perhaps", "not_known"}


def test_a_name_of_nothing_is_told_at_its_field_and_not_kept(ngo: Actor) -> None:
    with pytest.raises(ValidationError) as told:
        ask(ngo, given="…", family="--")
    assert set(told.value.message_dict) == {"given_name"}
    assert not Question.objects.exists()


def test_every_answer_takes_the_same_questions_to_the_database(
    opened: Opened, ngo: Actor
) -> None:
    ask(ngo, given="Warm", born="1950-02-03")
    seen = {}
    for answer, values in {
        "known": {},
        "perhaps": {"born": "1977-10-30"},
        "not_known": {"given": "Kwibus", "family": "Nergenshuizen", "born": "1961-11-02"},
    }.items():
        with CaptureQueriesContext(connection) as queries:
            question = services.ask(
                actor=ngo,
                asked=services.Asked(
                    values.get("given", NAME[0]), values.get("family", NAME[1]),
                    values.get("born", BORN),
                ),
            )  # fmt: skip
        seen[answer] = len(queries)
        found = selectors.question_of(actor=ngo, question_id=question)
        if answer != "perhaps":
            assert found.answer == answer
    assert len(set(seen.values())) == 1, seen


def test_every_code_is_compared_whatever_the_answer(
    opened: Opened, ngo: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[int] = []
    whole = codes.BlindRegister.score

    def counting(self: codes.BlindRegister, code: codes.Code) -> object:
        found = whole(self, code)
        compared.append(len(found))
        return found

    monkeypatch.setattr(codes.BlindRegister, "score", counting)
    ask(ngo)
    first, compared[:] = list(compared), []
    ask(ngo, given="Kwibus", family="Nergenshuizen", born="1961-11-02")
    assert first[-1] == compared[-1] == 1


# --- Who may ask ---------------------------------------------------------------------------


def test_only_kinds_that_notify_ask_and_not_the_point_itself(chain: Chain) -> None:
    assert selectors.may_ask(chain.police)
    for actor in (
        chain.coordination_point, chain.administrator, chain.rapporteur, chain.prosecution,
    ):  # fmt: skip
        with pytest.raises(PermissionDenied):
            ask(actor)
    assert not Question.objects.exists()


def test_another_organisation_does_not_see_a_question_nor_does_it_count_there(
    opened: Opened, ngo: Actor, chain: Chain
) -> None:
    mine = ask(ngo)
    other = member("ngo", "Nog een")
    with pytest.raises(NotThere):
        selectors.question_of(actor=other, question_id=mine.id)
    with pytest.raises(NotThere):
        selectors.question_of(actor=chain.coordination_point, question_id=mine.id)
    assert selectors.questions(actor=other) == []
    colleague = second_person(ngo)
    assert [each.id for each in selectors.questions(actor=colleague)] == [mine.id]


def test_what_is_remembered_is_read_again_after_a_while(
    opened: Opened, ngo: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads: list[int] = []
    load = codes._load
    monkeypatch.setattr(codes, "_load", lambda: (loads.append(1), load())[1])
    ask(ngo)
    ask(ngo, given="Kwibus", born="1961-11-02")
    assert len(loads) == 1
    monkeypatch.setattr(codes, "REMEMBERED_SECONDS", 0.0)
    ask(ngo, given="Nogiemand", born="1971-11-02")
    assert len(loads) == 2


def test_nobody_acts_and_there_are_no_codes(opened: Opened) -> None:
    assert codes.register().ask(codes.code_of({"given_name": NAME[0]}, codes.encoder())) == (
        "not known"
    )
