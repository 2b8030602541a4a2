# SPDX-License-Identifier: EUPL-1.2
"""What held on a day, and what was known on a day."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction

from middenstip import clock
from middenstip.clock import end_of
from middenstip.thread.models import CaseState
from middenstip.thread.rebuild import rederive
from middenstip.thread.records import NewEvent
from middenstip.thread.selectors import assessment_of, changed_facts
from middenstip.thread.services import correct_event, record_facts
from tests.thread.chain import RIGHTS, Chain

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
def test_a_reader_of_changes_misses_none_that_was_under_way(chain: Chain) -> None:
    one, two, three = (chain.notified().case_id for _ in range(3))
    police = chain.police
    changed, read = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                record_facts(actor=police, case_id=one, facts={"sex": "male"})
                changed.set()
                read.wait(10)
        finally:
            connection.close()

    worker = threading.Thread(target=slow)
    worker.start()
    assert changed.wait(10)
    record_facts(actor=police, case_id=two, facts={"sex": "female"})
    first = changed_facts()
    seen = {row.case_id: row.facts.get("sex") for row in first.rows}
    assert seen == {one: None, two: "female", three: None}
    read.set()
    worker.join(10)
    second = changed_facts(since=first.mark)
    assert {row.case_id: row.facts["sex"] for row in second.rows if "sex" in row.facts}[
        one
    ] == ("male")


@pytest.mark.django_db(transaction=True)
def test_a_reader_of_changes_is_spared_what_did_not_change(chain: Chain) -> None:
    one, two = chain.notified().case_id, chain.notified().case_id
    mark = max(CaseState.objects.values_list("changed_in", flat=True)) + 1
    chain.record(chain.police, one, "rights_explained", **RIGHTS)
    record_facts(actor=chain.police, case_id=two, facts={"sex": "male"})
    with clock.at(clock.today() + timedelta(days=1)):
        rederive(clock.today(), case_ids=[one])
    changed = changed_facts(since=mark)
    assert two in {row.case_id for row in changed.rows}
    chain.record(chain.police, two, "rights_explained", **RIGHTS)
    before = CaseState.objects.get(pk=two)
    chain.record(chain.police, two, "rights_explained", **RIGHTS)
    after = CaseState.objects.get(pk=two)
    assert (after.seq, after.changed_in) == (before.seq + 1, before.changed_in)
    assert list(changed_facts(since=after.changed_in + 1).rows) == []
