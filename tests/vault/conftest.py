# SPDX-License-Identifier: EUPL-1.2
"""A vault of its own for a test, master keys made for it, the command in a process apart."""

import os
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from middenstip.vault import keyring
from middenstip.vault.master import Source, Sources


def source(number: int) -> Source:
    """The same master key each time for a number."""
    return Source("environment", f"KEY_{number}", b64encode(bytes([number]) * 32).decode())


@pytest.fixture
def give(settings: Any) -> Iterator[Callable[..., None]]:
    """Give the program other master keys: the current one, and perhaps the old one."""

    def given(current: int | None, old: int | None = None) -> None:
        settings.VAULT_KEYS = Sources(
            source(current) if current else None, source(old) if old else None
        )
        keyring.forget()

    yield given
    keyring.forget()


@pytest.fixture
def fresh(db: None, give: Callable[..., None]) -> Callable[..., None]:
    """A vault set up anew under master key 1; for the test alone."""
    empty()
    give(1)
    keyring.initialise()
    return give


def empty() -> None:
    """Take away the vault that the migration of the tests set up, past the walls."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for table in ("vault_secret", "vault_personkey", "vault_token", "vault_destruction"):
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
        cursor.execute("SET session_replication_role = DEFAULT")
    keyring.forget()


def command(
    *arguments: str, wait: bool = True, keys: tuple[int, ...] = (1,), **environ: str
) -> Any:
    """Run `middenstip` on the database of this test in a process of its own."""
    variables = ("VAULT_KEY", "VAULT_OLD_KEY")
    named = {name: source(key).value for name, key in zip(variables, keys, strict=False)}
    options = connection.settings_dict
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("VAULT")},
        "DJANGO_SETTINGS_MODULE": "middenstip.settings.development",
        "DATABASE_URL": f"postgresql://{options['USER']}@/{options['NAME']}"
        f"?host={options['HOST']}&port={options['PORT']}",
        "MIDDENSTIP_DB_ROLE": "app",
        "PYTHONPATH": str(Path(keyring.__file__).parents[2]),
        "COLUMNS": "200",
        **named,
        **environ,
    }
    started = subprocess.Popen(
        [sys.executable, "-m", "middenstip", *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    if not wait:
        return started
    out, err = started.communicate(timeout=60)
    return subprocess.CompletedProcess(arguments, started.returncode, out, err)
