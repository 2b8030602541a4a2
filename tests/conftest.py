# SPDX-License-Identifier: EUPL-1.2
"""The ground under every test.

Database: the server of DATABASE_URL when that is set, otherwise the embedded PostgreSQL, which
is started here when it does not run yet. Each run and each xdist worker has a database of its
own (see `settings.test`); what a killed run left behind is dropped at the next start.

Tables that refuse UPDATE, DELETE and TRUNCATE also for their owner would make the flush after a
transactional test fail. The flush therefore runs as a replica (`session_replication_role`), in
which PostgreSQL fires no ordinary trigger. Only the flush: inside a test every wall stands.

To prove that the program itself is refused something, use the fixture `as_program_role`.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import settings

from middenstip import database

pytest_plugins = ["tests.browser"]

# How long one example takes tells how busy the machine is, not whether a rule holds.
settings.register_profile("middenstip", parent=settings.default, deadline=None)
settings.load_profile("middenstip")


# Files that take minutes by themselves: begun first, so that no worker waits for another one's.
LONGEST = ("tests/walls/test_worlds.py", "tests/journeys/", "tests/ground/test_scripts.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first; all others stay in their order."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


def pytest_configure(config: pytest.Config) -> None:
    """Start the embedded server before Django looks for it."""
    database.ensure(os.environ)
    if not hasattr(config, "workerinput"):
        _drop_left_behind()


def _drop_left_behind() -> None:
    import psycopg
    from psycopg import sql

    from middenstip.settings.test import DATABASES

    default = DATABASES["default"]
    with psycopg.connect(
        host=default["HOST"],
        port=default["PORT"],
        user=default["USER"],
        password=default.get("PASSWORD") or None,
        dbname="postgres",
        autocommit=True,
    ) as connection:
        for (name,) in connection.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'test\\_middenstip\\_%'"
        ).fetchall():
            run = re.fullmatch(r"test_middenstip_(\d+)(_gw\d+)?", name)
            if run and not os.path.exists(f"/proc/{run[1]}"):
                connection.execute(
                    sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(
                        sql.Identifier(name)
                    )
                )


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Let the flush between transactional tests pass the triggers that refuse it."""
    from django.db.backends.postgresql.operations import DatabaseOperations

    plain = DatabaseOperations.execute_sql_flush

    def flush_as_replica(self: Any, sql_list: list[str]) -> None:
        plain(self, ["SET LOCAL session_replication_role = replica;", *sql_list])

    DatabaseOperations.execute_sql_flush = flush_as_replica


@pytest.fixture(autouse=True)
def _default_language() -> Iterator[None]:
    """Start every test in the default language: a request of an earlier one leaves its own."""
    from django.utils import translation

    translation.deactivate()
    yield
    translation.deactivate()


@pytest.fixture
def as_program_role(db: None) -> Any:
    """A context manager in which SQL runs as the program's role, with its narrow rights."""

    @contextmanager
    def scope() -> Iterator[None]:
        from django.db import connection, transaction

        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL ROLE {database.APP_ROLE}")
            # A failure rolls back to the savepoint, and the role with it.
            yield
            with connection.cursor() as cursor:
                cursor.execute("RESET ROLE")

    return scope
