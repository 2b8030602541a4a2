# SPDX-License-Identifier: EUPL-1.2
"""A correction is an event: the wrong one stays, marked, and counts no more."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from middenstip import clock
from middenstip.thread.errors import CaseChanged, EventRefused, NotAllowed, NotThere
from middenstip.thread.models import CaseState, DutyRun
from middenstip.thread.records import NewEvent
from middenstip.thread.selectors import assessment_of, thread_of
from middenstip.thread.services import correct_event, record_facts
from tests.thread.chain import RIGHTS, Chain, member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("held")]


def due(case_id: object) -> date | None:
    return DutyRun.objects.get(case_id=case_id, duty="end_reflection_period").due_on


def test_a_replaced_event_moves_the_term_and_keeps_its_place(chain: Chain) -> None:
    opened = chain.notified()
    day = clock.today()
    wrong = chain.record(chain.police, opened.case_id, "reflection_period_started")
    assert due(opened.case_id) == date(2024, 9, 28)
    correct_event(
        actor=chain.police,
        case_id=opened.case_id,
        event_id=wrong.events[0].id,
        replaced_by=NewEvent("reflection_period_started", day - timedelta(days=9)),
    )
    assert due(opened.case_id) == date(2024, 9, 19)
    thread = thread_of(actor=chain.police, case_id=opened.case_id)
    assert thread[-2].id == wrong.events[0].id
    assert (thread[-2].corrected_by, thread[-1].corrects) == (thread[-1].seq, thread[-2].seq)
    assert thread[-1].category == thread[-2].category


def test_an_event_taken_back_counts_no_more(chain: Chain) -> None:
    opened = chain.notified()
    wrong = chain.record(chain.police, opened.case_id, "reflection_period_started")
    correct_event(
        actor=chain.police,
        case_id=opened.case_id,
        event_id=wrong.events[0].id,
        replaced_by=None,
    )
    assert not DutyRun.objects.filter(
        case_id=opened.case_id, duty="end_reflection_period"
    ).exists()
    assert (
        CaseState.objects.get(pk=opened.case_id).facts.get("stay_ground") != "reflection_period"
    )


def test_taking_back_a_correction_restores_what_it_changed(chain: Chain) -> None:
    opened = chain.notified()
    started = chain.record(chain.police, opened.case_id, "reflection_period_started")
    gone = correct_event(
        actor=chain.police,
        case_id=opened.case_id,
        event_id=started.events[0].id,
        replaced_by=None,
    )
    correct_event(
        actor=chain.police, case_id=opened.case_id, event_id=gone.events[0].id, replaced_by=None
    )
    assert due(opened.case_id) == date(2024, 9, 28)


def test_a_correction_holds_for_days_before_it_was_made(chain: Chain) -> None:
    opened = chain.notified(facts={})
    day = clock.today() - timedelta(days=8)
    told = record_facts(
        actor=chain.police, case_id=opened.case_id, facts={"birth_date": "2010-01-01"}, on=day
    )
    correct_event(
        actor=chain.police,
        case_id=opened.case_id,
        event_id=told.events[0].id,
        replaced_by=NewEvent("facts_recorded", day, {"facts": {"birth_date": "1990-01-01"}}),
    )
    then = assessment_of(
        actor=chain.police, case_id=opened.case_id, on=clock.today() - timedelta(days=5)
    )
    assert then.facts["age"] == 34


def test_another_organisation_cannot_correct_but_the_coordination_point_can(
    chain: Chain,
) -> None:
    opened = chain.notified()
    care = chain.care_coordinator
    chain.bring_in(opened.case_id, care)
    chain.record(chain.coordination_point, opened.case_id, "bed_requested")
    chain.record(chain.police, opened.case_id, "reflection_period_started")
    wrong = thread_of(actor=care, case_id=opened.case_id)[-1]
    with pytest.raises(NotAllowed):
        correct_event(actor=care, case_id=opened.case_id, event_id=wrong.id, replaced_by=None)
    correct_event(
        actor=chain.coordination_point,
        case_id=opened.case_id,
        event_id=wrong.id,
        replaced_by=None,
    )
    assert not DutyRun.objects.filter(
        case_id=opened.case_id, duty="end_reflection_period"
    ).exists()


def test_what_is_not_shared_cannot_be_corrected_either(chain: Chain) -> None:
    opened = chain.notified()
    told = record_facts(
        actor=chain.police, case_id=opened.case_id, facts={"serious_injury": True}
    )
    assert told.events[0].id not in {
        event.id for event in thread_of(actor=chain.coordination_point, case_id=opened.case_id)
    }
    with pytest.raises(NotThere):
        correct_event(
            actor=chain.coordination_point,
            case_id=opened.case_id,
            event_id=told.events[0].id,
            replaced_by=None,
        )


def test_a_guard_judges_what_is_put_in_place(chain: Chain) -> None:
    opened = chain.notified()
    started = chain.record(
        chain.coordination_point, opened.case_id, "emergency_bed_started",
        planned_nights=2, reason="Geen plek",
    )  # fmt: skip
    longer = {"planned_nights": 5, "reason": "Geen plek"}
    with pytest.raises(EventRefused) as refused:
        correct_event(
            actor=chain.coordination_point,
            case_id=opened.case_id,
            event_id=started.events[0].id,
            replaced_by=NewEvent("emergency_bed_started", clock.today(), longer),
        )
    assert (refused.value.rule, refused.value.earlier_event) == ("R-20", None)
    point = chain.coordination_point
    assert len(thread_of(actor=point, case_id=opened.case_id)) == started.version


def test_taking_away_what_a_later_event_rests_on_is_refused_and_names_it(chain: Chain) -> None:
    opened = chain.notified()
    complaint = chain.record(
        chain.police, opened.case_id, "complaint_filed", by="police", under_number=True
    )
    sent = chain.record(
        chain.police, opened.case_id, "residence_application_sent", kind="temporary_victim"
    )
    with pytest.raises(EventRefused) as refused:
        correct_event(
            actor=chain.police,
            case_id=opened.case_id,
            event_id=complaint.events[0].id,
            replaced_by=None,
        )
    assert (refused.value.rule, refused.value.earlier_event) == ("R-11", sent.version)


def test_what_is_not_in_this_case_cannot_be_corrected(chain: Chain) -> None:
    one, other = chain.notified(), chain.notified()
    elsewhere = thread_of(actor=chain.police, case_id=other.case_id)[0].id
    for event_id in (uuid4(), elsewhere):
        with pytest.raises(NotThere):
            correct_event(
                actor=chain.police, case_id=one.case_id, event_id=event_id, replaced_by=None
            )
    with pytest.raises(NotThere):
        correct_event(
            actor=member("police", "Voorbeeld politie elders"),
            case_id=other.case_id,
            event_id=elsewhere,
            replaced_by=None,
        )


def test_a_replacement_is_checked_like_any_event(chain: Chain) -> None:
    opened = chain.notified()
    wrong = chain.record(chain.police, opened.case_id, "rights_explained", **RIGHTS)
    for event, key in (
        (NewEvent("rights_explained", clock.today() + timedelta(days=1), RIGHTS), "on"),
        (NewEvent("rights_explained", clock.today(), RIGHTS | {"by": "?"}), "by"),
        (NewEvent("corrected", clock.today()), "type"),
        (NewEvent("reflection_period_started", clock.today()), "type"),
        (NewEvent("facts_recorded", clock.today(), {"facts": {}}), "facts"),
        (
            NewEvent(
                "facts_recorded", clock.today(), {"facts": {"sex": "x", "lawful_stay": True}}
            ),
            "facts",
        ),
    ):
        with pytest.raises(ValidationError) as bad:
            correct_event(
                actor=chain.police,
                case_id=opened.case_id,
                event_id=wrong.events[0].id,
                replaced_by=event,
            )
        assert set(bad.value.message_dict) == {key}
    with pytest.raises(NotAllowed):
        correct_event(
            actor=chain.police,
            case_id=opened.case_id,
            event_id=wrong.events[0].id,
            replaced_by=NewEvent("prosecution_started", clock.today()),
        )
    with pytest.raises(CaseChanged):
        correct_event(
            actor=chain.police,
            case_id=opened.case_id,
            event_id=wrong.events[0].id,
            replaced_by=None,
            seen_version=1,
        )
