# SPDX-License-Identifier: EUPL-1.2
"""Every settings module can be imported; production starts only when it is safe."""

import json
import subprocess
import sys
from importlib import import_module

import pytest
from django.core.exceptions import ImproperlyConfigured

from middenstip import database

GOOD = {
    "DJANGO_SETTINGS_MODULE": "middenstip.settings.production",
    "SECRET_KEY": "fictional-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ",
    "ALLOWED_HOSTS": "middenstip.example.org",
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
    "VAULT_KEY_FILE": "/etc/middenstip/vault.key",
}


def _django(*arguments: str, environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "django", *arguments],
        env={"PATH": "/usr/bin:/bin", **environ},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", ["base", "development", "test", "demo"])
def test_every_settings_module_can_be_imported(name: str) -> None:
    module = import_module(f"middenstip.settings.{name}")
    assert module.AUTH_USER_MODEL == "access.User"
    assert module.LANGUAGE_CODE == "nl"
    assert module.TIME_ZONE == "Europe/Amsterdam"
    assert (name == "demo") == module.DEMO


def test_production_is_clean_for_djangos_deployment_check() -> None:
    answer = _django("check", "--deploy", "--fail-level", "WARNING", environ=GOOD)
    assert answer.returncode == 0, answer.stderr


@pytest.mark.parametrize(
    "missing", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "VAULT_KEY_FILE"]
)
def test_production_does_not_start_without(missing: str) -> None:
    environ = {key: value for key, value in GOOD.items() if key != missing}
    answer = _django("check", environ=environ)
    assert answer.returncode != 0
    assert f"production needs the environment variable {missing}" in answer.stderr


@pytest.mark.parametrize("value", ["1", "true", "on", "yes"])
def test_production_does_not_start_with_the_demo_switch_on(value: str) -> None:
    answer = _django("check", environ={**GOOD, "MIDDENSTIP_DEMO": value})
    assert answer.returncode != 0
    assert "the demo switch (MIDDENSTIP_DEMO) is on" in answer.stderr


def test_access_e001_when_somebody_puts_the_switch_into_production_itself() -> None:
    code = (
        "import django; from django.conf import settings; django.setup();"
        "settings.DEMO = True;"
        "from django.core.checks import run_checks;"
        "print([m.id for m in run_checks()])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code],
        env={"PATH": "/usr/bin:/bin", **GOOD},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.stdout.strip() == "['access.E001']"


@pytest.mark.parametrize("name", ["demo", "production"])
def test_web_and_worker_use_the_programs_role(name: str) -> None:
    code = (
        f"import json; from middenstip.settings import {name} as module;"
        "print(json.dumps(module.DATABASES['default'], default=str))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code],
        env={"PATH": "/usr/bin:/bin", **GOOD},
        capture_output=True,
        text=True,
        check=True,
    )
    connection = json.loads(answer.stdout)
    assert f"-c role={database.APP_ROLE}" in connection["OPTIONS"]["options"]


def test_the_address_of_a_server_is_read_whole() -> None:
    connection = database.django_connection(
        {"DATABASE_URL": "postgresql://me:p%40ss@db.example:6543/register?sslmode=verify-full"}
    )
    assert (connection["USER"], connection["PASSWORD"]) == ("me", "p@ss")
    assert (connection["HOST"], connection["PORT"]) == ("db.example", "6543")
    assert connection["NAME"] == "register"
    assert connection["OPTIONS"] == {"sslmode": "verify-full"}


@pytest.mark.parametrize(
    "url",
    ["mysql://me:secret@db/x", "sqlite:///secret", "postgres://me:sec ret@db/x", "secret"],
)
def test_another_address_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ImproperlyConfigured) as caught:
        database.django_connection({"DATABASE_URL": url})
    assert "secret" not in str(caught.value)
    assert "postgres://" in str(caught.value)


def test_another_role_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="owner"):
        database.django_connection({"MIDDENSTIP_DB_ROLE": "root"})


def test_demo_and_development_know_the_same_rows_again() -> None:
    """Both serve one database, and an import is known again by a hash with the key."""
    modules = [import_module(f"middenstip.settings.{name}") for name in ("demo", "development")]
    assert modules[0].SECRET_KEY == modules[1].SECRET_KEY
