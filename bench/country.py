# SPDX-License-Identifier: EUPL-1.2
"""Databases with the fictional country at several sizes, made once and kept.

They stand beside the ordinary database, on the server of DATABASE_URL or on the embedded one.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from middenstip import database

NAME = "middenstip_bench_{}"
FILLED = "filled for bench"


def environment(persons: int) -> dict[str, str]:
    """Return the environment in which the program uses a country of that many persons.

    Makes and fills its database when it is not there yet (or was left half filled).
    """
    database.ensure(os.environ)
    server = database.django_connection({"DATABASE_URL": os.environ.get("DATABASE_URL", "")})
    name = NAME.format(persons)
    address = f"postgresql://{quote(server['USER'])}:{quote(server.get('PASSWORD') or '')}@"
    address += f"/{{}}?host={quote(server['HOST'], safe='')}&port={server['PORT']}"
    environ = {**os.environ, "DATABASE_URL": address.format(name), "MIDDENSTIP_DEMO": "1"}
    environ["DJANGO_SETTINGS_MODULE"] = "middenstip.settings.demo"
    with psycopg.connect(address.format("postgres"), autocommit=True) as admin:
        if not _is_filled(admin, name):
            table = sql.Identifier(name)
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(table))
            admin.execute(sql.SQL("CREATE DATABASE {}").format(table))
            _run(environ, "manage", "migrate", "--verbosity", "0")
            _run(environ, "demo", "fill", "--persons", str(persons))
            with psycopg.connect(address.format(name), autocommit=True) as filled:
                filled.execute("VACUUM ANALYZE")
            mark = sql.SQL("COMMENT ON DATABASE {} IS {}").format(table, sql.Literal(FILLED))
            admin.execute(mark)
        else:
            _run(environ, "manage", "migrate", "--verbosity", "0")
    return environ


def _is_filled(admin: psycopg.Connection, name: str) -> bool:
    asked = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
    found = admin.execute(asked, [name]).fetchone()
    return found is not None and found[0] == FILLED


def _run(environ: dict[str, str], *arguments: str) -> None:
    program = Path(sys.executable).parent / "middenstip"
    print(f"  middenstip {' '.join(arguments)} ...", file=sys.stderr, flush=True)
    subprocess.run([program, *arguments], env=environ, check=True, stdout=sys.stderr)
