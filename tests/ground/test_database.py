# SPDX-License-Identifier: EUPL-1.2
"""The program's role owns nothing and has only what it was granted."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, NotSupportedError, connection, models, transaction

from middenstip.database import APP_ROLE
from middenstip.database.grants import _let_owner_become, apply_grants

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


@pytest.fixture
def kept_for_ever() -> Iterator[type[models.Model]]:
    """A table of which rows may only be added, with a trigger that refuses the owner too."""

    class KeptForEver(models.Model):
        append_only = True

        class Meta:
            app_label = "database"

    with connection.schema_editor() as editor:
        editor.create_model(KeptForEver)
        editor.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
            " $$BEGIN RAISE 'only added to'; END$$;"
            "CREATE TRIGGER refuse BEFORE TRUNCATE ON database_keptforever"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse();"
        )
    apply_grants()
    try:
        yield KeptForEver
    finally:
        with connection.schema_editor() as editor:
            editor.execute("DROP TABLE database_keptforever; DROP FUNCTION refuse()")
        del apps.all_models["database"]["keptforever"]
        apps.clear_cache()


@pytest.mark.django_db(transaction=True)
def test_an_append_only_table_can_only_be_added_to_and_still_be_flushed(
    as_program_role: ProgramRole, kept_for_ever: type[models.Model]
) -> None:
    with as_program_role(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO database_keptforever DEFAULT VALUES")
        cursor.execute("SELECT count(*) FROM database_keptforever")
        assert cursor.fetchone() == (1,)
    for statement in (
        "UPDATE database_keptforever SET id = 2",
        "DELETE FROM database_keptforever",
    ):
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            as_program_role(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    with pytest.raises(DatabaseError, match="only added to"), transaction.atomic():
        connection.cursor().execute("TRUNCATE database_keptforever")
    call_command("flush", interactive=False, verbosity=0, inhibit_post_migrate=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM database_keptforever")
        assert cursor.fetchone() == (0,)


def test_a_server_older_than_15_is_refused_with_its_version(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connection, "get_database_version", lambda: (14, 9))
    with pytest.raises(NotSupportedError, match=r"PostgreSQL 15 or later .*14\.9"):
        connection.check_database_version_supported()


def test_the_program_role_is_no_superuser_and_owns_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolcreaterole, rolcreatedb, rolbypassrls,"
            " (SELECT count(*) FROM pg_class WHERE relowner = r.oid)"
            " FROM pg_roles r WHERE rolname = 'middenstip_app'"
        )
        assert cursor.fetchone() == (False, False, False, False, 0)


def test_no_table_is_left_without_a_right_to_read() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relkind IN ('r', 'p')"
            " AND NOT has_table_privilege('middenstip_app', oid, 'SELECT')"
        )
        assert cursor.fetchall() == []


@pytest.mark.parametrize("power", ["", "CREATEROLE"])
def test_an_owner_who_may_not_hand_out_the_role_goes_on_without(power: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE proof_of_ordinary_owner {power}")
        cursor.execute("SET LOCAL ROLE proof_of_ordinary_owner")
        _let_owner_become(cursor, "default", APP_ROLE)
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("proof_of_ordinary_owner",)
        cursor.execute("RESET ROLE")
