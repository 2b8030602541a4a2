# SPDX-License-Identifier: EUPL-1.2
"""The program's role owns nothing and has only what it was granted."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.db import DatabaseError, connection

pytestmark = pytest.mark.django_db
ProgramRole = Callable[[], AbstractContextManager[None]]


def test_the_program_role_reads_and_writes_ordinary_tables(
    as_program_role: ProgramRole,
) -> None:
    with as_program_role(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM access_organisation")
        cursor.execute("UPDATE access_organisation SET name = name")


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE access_membership",
        "TRUNCATE access_membership",
        "ALTER TABLE access_membership ADD COLUMN extra integer",
        "CREATE TABLE extra (id integer)",
        "UPDATE django_migrations SET name = name",
    ],
)
def test_the_program_role_is_refused_ddl_and_truncate(
    as_program_role: ProgramRole, statement: str
) -> None:
    with (
        pytest.raises(DatabaseError, match=r"permission denied|must be owner"),
        as_program_role(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
