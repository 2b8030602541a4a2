# SPDX-License-Identifier: EUPL-1.2
"""Recording an event: who may, what is refused, and what is there afterwards."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from middenstip import clock
from middenstip.thread.errors import CaseChanged, EventRefused, NotAllowed, NotThere
from middenstip.thread.models import Case, CaseState, DutyRun, Event, Involvement
from middenstip.thread.records import NewEvent
from middenstip.thread.selectors import assessment_of, thread_of
from middenstip.thread.services import append_events, open_case, record_event
from middenstip.thread.store import kept_of
from tests.thread.chain import RIGHTS, SEEN, Chain, member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("held")]


def everything(case_id: Any) -> tuple[object, ...]:
    """All that is stored of a case, to see that nothing changed."""
    return (
        list(Case.objects.filter(pk=case_id).values()),
        list(Event.objects.filter(case_id=case_id).values()),
        list(CaseState.objects.filter(case_id=case_id).values()),
        list(DutyRun.objects.filter(case_id=case_id).order_by("key").values()),
        list(Involvement.objects.filter(case_id=case_id).order_by("id").values()),
    )


def test_an_event_is_in_the_thread_with_who_when_and_under_which_pack(chain: Chain) -> None:
    opened = chain.notified()
    recorded = chain.record(chain.police, opened.case_id, "rights_explained", **RIGHTS)
    event = thread_of(actor=chain.police, case_id=opened.case_id)[-1]
    assert (event.id, event.seq) == (recorded.events[0].id, recorded.version)
    assert (event.type, event.on, event.fields) == ("rights_explained", clock.today(), RIGHTS)
    assert (event.organisation_kind, event.recorded_by) == ("police", "A. Voorbeeld")
    assert event.recorded_at == clock.now()
    assert Event.objects.get(pk=event.id).pack_version


def test_duties_facts_and_outcomes_follow_in_the_same_moment(chain: Chain) -> None:
    opened = chain.notified()
    day = clock.today()
    chain.record(chain.police, opened.case_id, "reflection_period_started", on=day)
    run = DutyRun.objects.get(case_id=opened.case_id, duty="end_reflection_period")
    assert (run.due_on, run.state, run.owner_id) == (
        date(2024, 9, 28),
        "running",
        chain.police.organisation_id,
    )
    state = CaseState.objects.get(pk=opened.case_id)
    assert state.facts["stay_ground"] == "reflection_period"
    assert state.outcomes["NL-STAY-02"]["outcome"] in {"applies", "does_not_apply", "unknown"}
    assert (state.derived_for, state.seq) == (day, opened.version + 1)


def test_the_stored_state_is_what_an_assessment_of_today_says(chain: Chain) -> None:
    opened = chain.notified()
    chain.record(chain.police, opened.case_id, "reflection_period_started")
    state = CaseState.objects.get(pk=opened.case_id)
    chain.bring_in(opened.case_id, chain.care_coordinator)  # who may know every category
    live = assessment_of(actor=chain.care_coordinator, case_id=opened.case_id)
    assert {s.id: s.outcome for s in live.schemes} == {
        scheme: stored["outcome"] for scheme, stored in state.outcomes.items()
    }
    assert (live.next_question or "") == state.next_question
    kept = kept_of([opened.case_id])[opened.case_id].state
    assert kept is not None
    assert kept.facts["birth_date"] == "1995-04-13"
    assert live.facts["birth_date"] == date(1995, 4, 13)
    assert {duty.key for duty in live.duties} == set(
        DutyRun.objects.filter(case_id=opened.case_id).values_list("key", flat=True)
    )


def test_r20_a_planned_emergency_stay_of_four_nights_is_refused_and_not_stored(
    chain: Chain,
) -> None:
    opened = chain.notified()
    before = everything(opened.case_id)
    with pytest.raises(EventRefused) as refused:
        chain.record(
            chain.coordination_point, opened.case_id, "emergency_bed_started",
            planned_nights=4, reason="Geen plek",
        )  # fmt: skip
    assert refused.value.rule == "R-20"
    assert "noodbed" in refused.value.message
    assert refused.value.sources[0].article
    assert refused.value.earlier_event is None
    assert everything(opened.case_id) == before


def test_r20_three_planned_nights_are_recorded(chain: Chain) -> None:
    opened = chain.notified()
    chain.record(
        chain.coordination_point, opened.case_id, "emergency_bed_started",
        planned_nights=3, reason="Geen plek",
    )  # fmt: skip
    run = DutyRun.objects.get(case_id=opened.case_id, duty="move_from_emergency_bed")
    assert run.due_on == clock.today() + timedelta(days=3)


def test_an_event_that_would_make_a_later_one_wrong_is_refused_and_names_it(
    chain: Chain,
) -> None:
    opened = chain.notified()
    later = chain.record(chain.police, opened.case_id, "reflection_period_started")
    with pytest.raises(EventRefused) as refused:
        chain.record(
            chain.police, opened.case_id, "reflection_period_started",
            on=clock.today() - timedelta(days=2),
        )  # fmt: skip
    assert refused.value.rule == "R-05"
    assert refused.value.earlier_event == later.version
    assert str(later.version) in refused.value.message


def test_the_refusal_is_in_the_language_of_the_actor(chain: Chain) -> None:
    from dataclasses import replace

    opened = chain.notified()
    english = replace(chain.coordination_point, language="en")
    with pytest.raises(EventRefused, match="emergency bed"):
        chain.record(
            english, opened.case_id, "emergency_bed_started", planned_nights=9, reason="None"
        )


def test_of_several_events_all_are_there_or_none(chain: Chain) -> None:
    opened = chain.notified()
    before = everything(opened.case_id)
    with pytest.raises(ValidationError):
        append_events(
            actor=chain.police,
            case_id=opened.case_id,
            events=[
                NewEvent("rights_explained", clock.today(), RIGHTS),
                NewEvent("rights_explained", clock.today(), {"by": "nobody"}),
            ],
        )
    assert everything(opened.case_id) == before


def test_who_did_not_see_the_latest_event_is_told_and_nothing_is_stored(chain: Chain) -> None:
    opened = chain.notified()
    chain.record(chain.police, opened.case_id, "rights_explained", **RIGHTS)
    before = everything(opened.case_id)
    with pytest.raises(CaseChanged) as changed:
        record_event(
            actor=chain.police, case_id=opened.case_id, type="reflection_period_started",
            on=clock.today(), seen_version=opened.version,
        )  # fmt: skip
    assert (changed.value.version, changed.value.behind) == (opened.version + 1, 1)
    assert everything(opened.case_id) == before


def test_who_saw_the_latest_event_records(chain: Chain) -> None:
    opened = chain.notified()
    recorded = record_event(
        actor=chain.police, case_id=opened.case_id, type="reflection_period_started",
        on=clock.today(), seen_version=opened.version,
    )  # fmt: skip
    assert recorded.version == opened.version + 1


def test_only_the_kinds_that_the_pack_names_record_an_event(chain: Chain) -> None:
    opened = chain.notified()
    with pytest.raises(NotAllowed, match="Voorbeeld police"):
        chain.record(chain.police, opened.case_id, "prosecution_started")
    with pytest.raises(NotAllowed, match="Voorbeeld coordination_point"):
        chain.record(chain.coordination_point, opened.case_id, "prosecution_started")


def test_who_is_not_involved_records_nothing_and_learns_nothing(chain: Chain) -> None:
    opened = chain.notified()
    stranger = member("police", "Voorbeeld politie elders")
    for actor, case_id in ((stranger, opened.case_id), (chain.police, uuid4())):
        with pytest.raises(NotThere) as answer:
            chain.record(actor, case_id, "rights_explained", **RIGHTS)
        assert str(answer.value) == str(NotThere())


def test_an_administrator_records_nothing(chain: Chain) -> None:
    opened = chain.notified()
    with pytest.raises(NotThere):
        chain.record(chain.administrator, opened.case_id, "bed_requested")
    with pytest.raises(NotAllowed):
        chain.notified(by=chain.administrator)


def test_the_coordination_point_records_in_every_notified_case_and_in_no_other(
    chain: Chain,
) -> None:
    opened = chain.notified(facts={})
    point = chain.coordination_point

    def held() -> set[tuple[str, str]]:
        found = Involvement.objects.filter(
            case_id=opened.case_id, organisation_id=point.organisation_id, until=None
        )
        return set(found.values_list("reason", "purpose"))

    register = ("register", "register_notification")
    assert held() == {register, ("duty_owner", "register_notification")}
    chain.record(point, opened.case_id, "bed_requested")
    assert held() == {
        register,
        ("own_record", "own_record"),
        ("own_record", "register_notification"),
    }
    unknown = open_case(
        actor=chain.police, events=[NewEvent("indication_seen", clock.today(), SEEN)]
    )
    with pytest.raises(NotThere):
        chain.record(point, unknown.case_id, "bed_requested")


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown type": ({"type": "abducted_by_aliens"}, "type"),
    "a day in the future": ({"on": date(2024, 6, 29)}, "on"),
    "a day that is none": ({"on": "2024-06-31"}, "on"),
    "a moment instead of a day": ({"on": "2024-06-28T10:00"}, "on"),
    "a day before 1900": ({"on": date(1815, 6, 18)}, "on"),
    "a day before the birth": ({"on": date(1995, 4, 12)}, "on"),
    "an unknown field": ({"fields": {"colour": "green"}}, "colour"),
    "an end before the start": ({"fields": {"planned_end": date(2024, 6, 27)}}, "planned_end"),
    "a field of another type": ({"fields": {"planned_end": 17}}, "planned_end"),
}


@pytest.mark.parametrize(("change", "key"), BAD.values(), ids=BAD.keys())
def test_bad_input_is_refused_at_its_field(
    chain: Chain, change: dict[str, Any], key: str
) -> None:
    opened = chain.notified()
    before = everything(opened.case_id)
    event: dict[str, Any] = {"type": "reflection_period_started", "on": clock.today()} | change
    with pytest.raises(ValidationError) as bad:
        record_event(actor=chain.police, case_id=opened.case_id, **event)
    assert set(bad.value.message_dict) == {key}
    assert everything(opened.case_id) == before


def test_the_legal_day_counts_not_the_day_in_utc(chain: Chain) -> None:
    from datetime import UTC, datetime

    opened = chain.notified()
    with clock.at(datetime(2024, 7, 14, 22, 30, tzinfo=UTC)):
        chain.record(
            chain.police, opened.case_id, "rights_explained", date(2024, 7, 15), **RIGHTS
        )
        with pytest.raises(ValidationError):
            chain.record(
                chain.police, opened.case_id, "rights_explained", date(2024, 7, 16), **RIGHTS
            )
