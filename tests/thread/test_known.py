# SPDX-License-Identifier: EUPL-1.2
"""What held on a day, and what was known on a day."""

from datetime import UTC, date, datetime

import pytest
from django.db import transaction

from middenstip import clock
from middenstip.thread.records import NewEvent
from middenstip.thread.selectors import assessment_of, changed_facts, end_of
from middenstip.thread.services import correct_event, record_facts
from tests.thread.chain import Chain

pytestmark = pytest.mark.django_db


def test_what_was_recorded_later_was_not_known_then(chain: Chain) -> None:
    with clock.at(date(2024, 3, 14)):
        opened = chain.notified(facts={})
    with clock.at(date(2024, 3, 20)):
        record_facts(
            actor=chain.police,
            case_id=opened.case_id,
            facts={"birth_date": "2007-05-30"},
            on=date(2024, 3, 14),
        )
    case = {"actor": chain.police, "case_id": opened.case_id}
    assert "age" not in assessment_of(**case, known_on=date(2024, 3, 19)).facts
    assert assessment_of(**case, known_on=date(2024, 3, 20)).facts["age"] == 16
    then = assessment_of(**case, on=date(2024, 3, 19))
    assert (then.on, then.facts["age"]) == (date(2024, 3, 19), 16)
    mixed = assessment_of(**case, on=date(2026, 3, 1), known_on=date(2024, 3, 19))
    assert (mixed.on, "age" in mixed.facts) == (date(2026, 3, 1), False)


def test_a_correction_was_not_known_before_it_was_made(chain: Chain) -> None:
    with clock.at(date(2024, 3, 14)):
        opened = chain.notified()
        started = chain.record(chain.police, opened.case_id, "reflection_period_started")
    with clock.at(date(2024, 4, 18)):
        correct_event(
            actor=chain.police,
            case_id=opened.case_id,
            event_id=started.events[0].id,
            replaced_by=NewEvent("reflection_period_started", date(2024, 3, 10)),
        )
    case = {"actor": chain.police, "case_id": opened.case_id}

    def due(known: date) -> date | None:
        found = assessment_of(**case, known_on=known).duties
        return next(duty.due_on for duty in found if duty.id == "end_reflection_period")

    assert due(date(2024, 4, 17)) == date(2024, 6, 14)
    assert due(date(2024, 4, 18)) == date(2024, 6, 10)


@pytest.mark.parametrize(
    ("day", "moment"),
    [
        (date(2024, 1, 15), datetime(2024, 1, 15, 23, 0, tzinfo=UTC)),
        (date(2024, 7, 15), datetime(2024, 7, 15, 22, 0, tzinfo=UTC)),
        (date(2024, 3, 30), datetime(2024, 3, 30, 23, 0, tzinfo=UTC)),
        (date(2024, 3, 31), datetime(2024, 3, 31, 22, 0, tzinfo=UTC)),
        (date(2024, 10, 26), datetime(2024, 10, 26, 22, 0, tzinfo=UTC)),
        (date(2024, 10, 27), datetime(2024, 10, 27, 23, 0, tzinfo=UTC)),
    ],
)
def test_a_legal_day_ends_at_midnight_in_amsterdam_also_when_the_clock_changes(
    day: date, moment: datetime
) -> None:
    assert end_of(day) == moment


def test_an_event_recorded_just_after_midnight_belongs_to_the_new_day(chain: Chain) -> None:
    with clock.at(datetime(2024, 7, 15, 21, 59, 59, tzinfo=UTC)):
        opened = chain.notified(facts={})
    with clock.at(datetime(2024, 7, 15, 22, 0, tzinfo=UTC)):
        record_facts(
            actor=chain.police,
            case_id=opened.case_id,
            facts={"sex": "female"},
            on=date(2024, 7, 15),
        )
    case = {"actor": chain.police, "case_id": opened.case_id}
    assert "sex" not in assessment_of(**case, known_on=date(2024, 7, 15)).facts
    assert "sex" in assessment_of(**case, known_on=date(2024, 7, 16)).facts


def test_before_the_case_existed_nothing_was_known(chain: Chain) -> None:
    opened = chain.notified()
    then = assessment_of(actor=chain.police, case_id=opened.case_id, known_on=date(2015, 1, 30))
    assert then.duties == ()
    assert "birth_date" not in then.facts


def test_without_a_held_clock_the_moment_is_that_of_the_database(chain: Chain) -> None:
    from middenstip.thread.models import Event

    opened = chain.notified()
    chain.record(chain.police, opened.case_id, "reflection_period_started")
    moments = Event.objects.filter(case_id=opened.case_id).values_list("recorded_at", flat=True)
    assert all(abs((clock.now() - moment).total_seconds()) < 60 for moment in moments)


@pytest.mark.django_db(transaction=True)
def test_a_reader_of_changes_gets_each_change_and_then_rest(chain: Chain) -> None:
    police = chain.police
    one, two = chain.notified(), chain.notified()
    first = changed_facts(actor=police)
    assert {row.case_id for row in first.rows} == {one.case_id, two.case_id}
    assert list(changed_facts(actor=police, since=first.mark).rows) == []
    record_facts(actor=police, case_id=two.case_id, facts={"sex": "male"})
    second = changed_facts(actor=police, since=first.mark)
    assert [(r.case_id, r.facts["sex"]) for r in second.rows] == [(two.case_id, "male")]
    with transaction.atomic():
        third = changed_facts(actor=police, since=second.mark)
        assert list(third.rows) == []
