# SPDX-License-Identifier: EUPL-1.2
"""Which PostgreSQL the program talks to, and as whom.

`DATABASE_URL` names a server (15 or newer); without it the embedded PostgreSQL 18 under
`.local` is used. Three roles: the *owner* migrates and owns every table; the *program's role*
`middenstip_app` owns nothing, has only the rights granted in `database.grants`, and sees only
the rows that row security shows to who acts; the *worker's role* `middenstip_worker` derives
every case at night and knows no names.
"""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from middenstip.database.embedded import (
    APP_ROLE,
    DATABASE,
    OWNER,
    WORKER_ROLE,
    EmbeddedServer,
)

MINIMUM_VERSION = (15,)

__all__ = [
    "APP_ROLE",
    "MINIMUM_VERSION",
    "WORKER_ROLE",
    "EmbeddedServer",
    "django_connection",
    "ensure",
]
# By MIDDENSTIP_DB_ROLE. The owner is whoever DATABASE_URL names.
ROLES = {"owner": OWNER, "app": APP_ROLE, "worker": WORKER_ROLE}


def is_embedded(environ: Mapping[str, str]) -> bool:
    """Tell whether no server is named, so that the embedded one is used."""
    return not environ.get("DATABASE_URL", "").strip()


def ensure(environ: Mapping[str, str]) -> bool:
    """Start the embedded server when it is the one in use; True when this call started it.

    Does nothing for a server named by DATABASE_URL: starting that is its operator's work.
    """
    return EmbeddedServer.of(environ).start() if is_embedded(environ) else False


def django_connection(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return the entry for Django's DATABASES; connects to nothing.

    MIDDENSTIP_DB_ROLE=app (or worker) takes on that role for the whole session. Raises
    ImproperlyConfigured for a DATABASE_URL that is no PostgreSQL address (never repeats the
    address: it may hold a password) and for an unknown role.
    """
    role = environ.get("MIDDENSTIP_DB_ROLE", "").strip() or "owner"
    if role not in ROLES:
        raise ImproperlyConfigured(
            f"MIDDENSTIP_DB_ROLE is {role!r}; it must be 'owner', 'app' or 'worker'"
        )
    if is_embedded(environ):
        server = EmbeddedServer.of(environ)
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": DATABASE,
            "USER": ROLES[role],
            "HOST": str(server.socket_dir),
            "PORT": str(server.port),
            "OPTIONS": {},
        }
    connection = _named_server(environ["DATABASE_URL"].strip())
    if role != "owner":
        _add_session_option(connection, f"role={ROLES[role]}")
    return connection


def _named_server(url: str) -> dict[str, Any]:
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    if not url.startswith(("postgres://", "postgresql://")):
        raise ImproperlyConfigured(
            "DATABASE_URL must look like postgres://user:password@host:5432/database; "
            "only PostgreSQL is supported"
        )
    try:
        parts: dict[str, Any] = dict(conninfo_to_dict(url))
    except ProgrammingError as error:
        raise ImproperlyConfigured(
            "DATABASE_URL cannot be read; write special characters in user or password as "
            "%XX, like postgres://user:p%40ss@host:5432/database"
        ) from error
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", "") or "middenstip",
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": str(parts.pop("port", "")),
        "OPTIONS": parts,
    }


def _add_session_option(connection: dict[str, Any], setting: str) -> None:
    options: dict[str, Any] = connection["OPTIONS"]
    options["options"] = f"{options.get('options', '')} -c {setting}".strip()
