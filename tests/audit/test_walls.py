# SPDX-License-Identifier: EUPL-1.2
"""What PostgreSQL itself refuses: only its function adds to the log, nobody changes it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction

from middenstip import clock
from middenstip.audit.looks import looked
from middenstip.audit.models import Anchor, ReadEntry
from middenstip.audit.services import close_day
from tests.audit.log import DAY, close, somebody, write

pytestmark = pytest.mark.django_db
ProgramRole = Callable[[], AbstractContextManager[None]]
TABLES = ["audit_readentry", "audit_anchor", "audit_anchorhead"]
CHANGES = [
    "UPDATE {} SET hash = hash",
    "DELETE FROM {}",
    "TRUNCATE {}",
    "DELETE FROM {} WHERE false",
]


def run(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("change", CHANGES)
def test_the_owner_cannot_change_the_log(table: str, change: str) -> None:
    write(uuid4())
    close()
    with pytest.raises(IntegrityError, match="never changed or removed"):
        run(change.format(table))
    assert ReadEntry.objects.count() == Anchor.objects.count() == 1


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "change", [*CHANGES, "INSERT INTO {} SELECT * FROM {}", "DROP TABLE {}"]
)
def test_the_program_can_only_read_the_log(
    as_program_role: ProgramRole, table: str, change: str
) -> None:
    write(uuid4())
    close()
    with (
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
        as_program_role(),
    ):
        run(change.format(table, table))


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT audit_append_at('[]', now())",
        "CREATE OR REPLACE FUNCTION audit_append(looks jsonb) RETURNS integer"
        " LANGUAGE sql AS 'SELECT 1'",
        "DROP TRIGGER audit_readentry_append_only ON audit_readentry",
        "SET session_replication_role = replica",
    ],
)
def test_the_program_cannot_choose_the_moment_or_take_the_wall_down(
    as_program_role: ProgramRole, statement: str
) -> None:
    with (
        pytest.raises(DatabaseError, match=r"permission denied|must be owner"),
        as_program_role(),
    ):
        run(statement)


def test_the_program_adds_looks_and_makes_anchors_with_its_own_narrow_rights(
    as_program_role: ProgramRole,
) -> None:
    with as_program_role():
        looked(actor=somebody(), case_id=uuid4(), categories=["care"])
        close_day(DAY)
        assert ReadEntry.objects.count() == 0, "nobody acts, so no look is read back"
    assert ReadEntry.objects.count() == Anchor.objects.count() == 1


def test_the_number_hash_and_moment_come_from_the_database_whatever_is_sent() -> None:
    case = uuid4()
    write(case)
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT audit_append(jsonb_agg(to_jsonb(e) || \'{"seq": 99, "id": 1}\'))'
            " FROM audit_readentry e"
        )
    first, second = ReadEntry.objects.order_by("seq")
    assert (second.seq, second.previous) == (2, first.hash)
    assert second.id > first.id
    assert clock.now() - second.at < timedelta(minutes=1)


def test_the_moment_never_goes_back_in_a_chain_or_into_a_day_with_an_anchor() -> None:
    one, other = uuid4(), uuid4()
    write(one, DAY)
    write(one, DAY - timedelta(days=3))
    first, second = ReadEntry.objects.order_by("seq")
    assert second.at == first.at
    close(DAY)
    write(other, DAY)
    assert clock.legal_day(ReadEntry.objects.get(chain=other).at) == DAY + timedelta(days=1)


def test_a_day_that_is_not_over_gets_no_anchor() -> None:
    yesterday = clock.today() - timedelta(days=1)
    assert close_day(clock.today() + timedelta(days=5)) == yesterday
    assert [anchor.day for anchor in Anchor.objects.all()] == [yesterday]


def test_a_second_anchor_of_a_day_is_not_made_and_missed_days_are_in_the_next() -> None:
    write(uuid4(), DAY, number=2)
    assert close_day(DAY) == close_day(DAY) == DAY
    write(uuid4(), DAY + timedelta(days=1))
    write(uuid4(), DAY + timedelta(days=4))
    close_day(DAY + timedelta(days=4))
    assert list(Anchor.objects.order_by("day").values_list("day", "entries")) == [
        (DAY, 2),
        (DAY + timedelta(days=4), 2),
    ]
