# SPDX-License-Identifier: EUPL-1.2
"""The rights of the program's roles, derived from the models.

A model with the class attribute `append_only = True` gets SELECT and INSERT only: the program
itself cannot change, delete or truncate what happened. One with `read_only = True` gets SELECT:
only the owner writes it. Every other table gets SELECT, INSERT, UPDATE and DELETE. TRUNCATE,
DDL and ownership are never granted. The worker has the same rights on tables; row security
tells the two apart. Applied after every migration, so a new table cannot be forgotten and a
right that was dropped here is taken back.
"""

from contextlib import suppress
from typing import Any

from django.apps import apps
from django.db import ProgrammingError, connections, transaction
from psycopg import sql

from middenstip.database.embedded import APP_ROLE, WORKER_ROLE


def append_only_tables() -> set[str]:
    """Return the tables of every model that declares `append_only = True`."""
    return _tables_with("append_only")


def _tables_with(mark: str) -> set[str]:
    return {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if getattr(model, mark, False)
    }


def apply_grants(*, using: str = "default", **_: Any) -> None:
    """Make the program's roles if they are missing and set their rights on the whole schema.

    Runs as the owner, inside the caller's transaction if there is one.
    """
    with connections[using].cursor() as cursor:
        for role in (APP_ROLE, WORKER_ROLE):
            _apply(cursor, using, role)


def _apply(cursor: Any, using: str, name: str) -> None:
    frozen, read_only = append_only_tables(), _tables_with("read_only")
    role = sql.Identifier(name)
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
    if cursor.fetchone() is None:
        cursor.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(role))
    _let_owner_become(cursor, using, name)
    cursor.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')"
    )
    tables = {name for (name,) in cursor.fetchall()} - read_only - {"django_migrations"}
    statements = [
        "GRANT USAGE ON SCHEMA public TO {role}",
        "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}",
        "GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}",
        "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}",
    ]
    for statement in statements:
        cursor.execute(sql.SQL(statement).format(role=role))
    _grant(cursor, role, "INSERT", tables & frozen)
    _grant(cursor, role, "INSERT, UPDATE, DELETE", tables - frozen)


def _let_owner_become(cursor: Any, using: str, name: str) -> None:
    """Let the owner take on the program's narrower role, as the demo and the tests do.

    An owner who may not grant it (another owner made the role) goes without: web and worker
    then need a login of their own that is a member of it.
    """
    cursor.execute("SELECT pg_has_role(current_user, %s, 'MEMBER')", [name])
    if cursor.fetchone() == (True,):
        return
    with suppress(ProgrammingError), transaction.atomic(using=using):
        cursor.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(name)))


def _grant(cursor: Any, role: sql.Identifier, rights: str, tables: set[str]) -> None:
    if tables:
        cursor.execute(
            sql.SQL("GRANT {rights} ON {tables} TO {role}").format(
                rights=sql.SQL(rights),
                tables=sql.SQL(", ").join(map(sql.Identifier, sorted(tables))),
                role=role,
            )
        )
