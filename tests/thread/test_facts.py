# SPDX-License-Identifier: EUPL-1.2
"""Recording what somebody told us."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from middenstip import clock
from middenstip.pack.load import load_pack
from middenstip.thread.models import CaseState
from middenstip.thread.records import NewEvent
from middenstip.thread.selectors import thread_of
from middenstip.thread.services import append_events, record_facts
from tests.thread.chain import Chain

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("held")]


def test_each_data_category_gets_an_event_of_its_own(chain: Chain) -> None:
    opened = chain.notified(facts={})
    record_facts(
        actor=chain.police,
        case_id=opened.case_id,
        facts={"birth_date": date(2008, 2, 29), "sex": "female", "lawful_stay": False},
    )
    facts = load_pack("nl").facts
    told = [
        event
        for event in thread_of(actor=chain.police, case_id=opened.case_id)
        if event.type == "facts_recorded"
    ]
    assert {event.category for event in told} == {"identity", facts["lawful_stay"].category}
    for event in told:
        assert {facts[name].category for name in event.fields["facts"]} == {event.category}
    state = CaseState.objects.get(pk=opened.case_id)
    assert (state.facts["age"], state.facts["is_minor"]) == (16, True)


def test_mixed_facts_in_one_event_are_split_as_well(chain: Chain) -> None:
    opened = chain.notified(facts={})
    mixed = NewEvent(
        "facts_recorded",
        clock.today(),
        {"facts": {"sex": "x", "lawful_stay": False, "age": None}},
    )
    append_events(actor=chain.police, case_id=opened.case_id, events=[mixed])
    told = thread_of(actor=chain.police, case_id=opened.case_id)[opened.version :]
    assert [event.fields["facts"] for event in told] == [{"sex": "x"}, {"lawful_stay": False}]


def test_a_fact_holds_from_its_day(chain: Chain) -> None:
    opened = chain.notified(facts={})
    last_month = clock.today() - timedelta(days=30)
    record_facts(
        actor=chain.police, case_id=opened.case_id, facts={"lawful_stay": True}, on=last_month
    )
    assert thread_of(actor=chain.police, case_id=opened.case_id)[-1].on == last_month


def test_unknown_values_are_left_out_and_nothing_is_no_event(chain: Chain) -> None:
    opened = chain.notified(facts={})
    record_facts(
        actor=chain.police, case_id=opened.case_id, facts={"sex": None, "lawful_stay": False}
    )
    assert thread_of(actor=chain.police, case_id=opened.case_id)[-1].fields == {
        "facts": {"lawful_stay": False}
    }
    with pytest.raises(ValidationError):
        record_facts(actor=chain.police, case_id=opened.case_id, facts={"sex": ""})


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown fact": ({"shoe_size": 41}, "shoe_size"),
    "ethnicity": ({"ethnicity": "x"}, "ethnicity"),
    "a birth in the future": ({"birth_date": date(2024, 6, 29)}, "birth_date"),
    "a birth after what happened": ({"birth_date": date(2024, 6, 20)}, "birth_date"),
    "an absurd age": ({"age": 217}, "age"),
    "a language for a country": ({"nationalities": ["nl"]}, "nationalities"),
    "a country alone": ({"nationalities": "NG"}, "nationalities"),
    "minus one child": ({"children_along": -1}, "children_along"),
}


@pytest.mark.parametrize(("facts", "key"), BAD.values(), ids=BAD.keys())
def test_a_bad_fact_is_refused_at_its_name(
    chain: Chain, facts: dict[str, Any], key: str
) -> None:
    opened = chain.notified(facts={})
    with pytest.raises(ValidationError) as bad:
        record_facts(actor=chain.police, case_id=opened.case_id, facts=facts)
    assert set(bad.value.message_dict) == {key}
    assert len(thread_of(actor=chain.police, case_id=opened.case_id)) == opened.version


def test_what_only_one_kind_can_judge_is_not_told_by_another(chain: Chain) -> None:
    judged = {
        name: fact
        for name, fact in load_pack("nl").facts.items()
        if fact.judgement_of is not None
    }
    assert judged
    opened = chain.notified(facts={})
    for name, fact in judged.items():
        other = chain.police if fact.judgement_of != "police" else chain.coordination_point
        value = {"yes_no": True, "date": "2024-06-01"}.get(fact.type)
        with pytest.raises(ValidationError) as bad:
            record_facts(actor=other, case_id=opened.case_id, facts={name: value or "x"})
        assert set(bad.value.message_dict) == {name}


def test_what_follows_from_events_is_not_told(chain: Chain) -> None:
    followed = [
        name
        for name, fact in load_pack("nl").facts.items()
        if not fact.askable and fact.judgement_of is None
    ]
    assert followed
    opened = chain.notified(facts={})
    with pytest.raises(ValidationError, match=r"follows from|volgt uit"):
        record_facts(actor=chain.police, case_id=opened.case_id, facts={followed[0]: True})
