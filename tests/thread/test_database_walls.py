# SPDX-License-Identifier: EUPL-1.2
"""What PostgreSQL itself refuses: an event is never changed or removed, by anybody."""

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction

from middenstip.thread.models import Event
from tests.thread.chain import SEEN, Chain

pytestmark = pytest.mark.django_db

CHANGES = {
    "update": "UPDATE thread_event SET type = 'something_else'",
    "update of nothing": "UPDATE thread_event SET type = 'something_else' WHERE false",
    "delete": "DELETE FROM thread_event",
    "delete of nothing": "DELETE FROM thread_event WHERE false",
    "truncate": "TRUNCATE thread_event",
    "truncate with all that hangs on it": "TRUNCATE thread_event CASCADE",
    "truncate by way of the case": "TRUNCATE thread_case CASCADE",
}
REBUILDINGS = {
    "turn the trigger off": "ALTER TABLE thread_event DISABLE TRIGGER ALL",
    "drop the trigger": "DROP TRIGGER thread_event_append_only ON thread_event",
    "replace the function": (
        "CREATE OR REPLACE FUNCTION thread_event_refuse_change() RETURNS trigger"
        " LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"
    ),
    "drop the table": "DROP TABLE thread_event CASCADE",
    "change a column": "ALTER TABLE thread_event ALTER COLUMN type TYPE text",
    "pass as a replica": "SET session_replication_role = replica",
}


def run(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        # The test's transaction has foreign keys still to check; TRUNCATE would trip on that.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement)


@pytest.mark.parametrize("statement", CHANGES.values(), ids=CHANGES.keys())
def test_the_owner_cannot_change_events(chain: Chain, statement: str) -> None:
    chain.notified()
    before = list(Event.objects.values())
    with pytest.raises(IntegrityError, match="an event is never changed or removed"):
        run(statement)
    assert list(Event.objects.values()) == before


@pytest.mark.parametrize("statement", CHANGES.values(), ids=CHANGES.keys())
def test_the_program_cannot_change_events(
    chain: Chain, as_program_role: Any, statement: str
) -> None:
    chain.notified()
    before = list(Event.objects.values())
    with pytest.raises(ProgrammingError, match="permission denied"), as_program_role():
        run(statement)
    assert list(Event.objects.values()) == before


@pytest.mark.parametrize("statement", REBUILDINGS.values(), ids=REBUILDINGS.keys())
def test_the_program_cannot_take_the_wall_down(
    chain: Chain, as_program_role: Any, statement: str
) -> None:
    with (
        pytest.raises(DatabaseError, match=r"must be owner|permission denied"),
        as_program_role(),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_the_program_records_and_corrects_with_its_own_narrow_rights(
    chain: Chain, as_program_role: Any
) -> None:
    police, point = chain.police, chain.coordination_point
    with as_program_role():
        opened = chain.notified()
        chain.record(police, opened.case_id, "reflection_period_offered", by="police")
        chain.record(point, opened.case_id, "bed_requested")
    assert Event.objects.filter(case_id=opened.case_id).count() == opened.version + 2


def test_a_correction_cannot_name_an_event_of_another_case(chain: Chain) -> None:
    one, other = chain.notified(), chain.notified()
    row = Event.objects.filter(case_id=one.case_id).values().first()
    target = Event.objects.filter(case_id=other.case_id).values_list("id", flat=True).first()
    del row["id"]
    row |= {"seq": 99, "type": "corrected", "corrects_id": target}
    with pytest.raises(IntegrityError, match="same case"), transaction.atomic():
        Event.objects.create(**row)


def test_two_events_cannot_have_one_number_and_only_corrections_correct(chain: Chain) -> None:
    opened = chain.notified()
    row = Event.objects.filter(case_id=opened.case_id).values().first()
    first = row.pop("id")
    with pytest.raises(IntegrityError, match="event_seq_once"), transaction.atomic():
        Event.objects.create(**row)
    with pytest.raises(IntegrityError, match="names_event"), transaction.atomic():
        Event.objects.create(**row | {"seq": 99, "corrects_id": first})
    with pytest.raises(IntegrityError, match="names_event"), transaction.atomic():
        Event.objects.create(**row | {"seq": 99, "type": "corrected", "fields": SEEN})
