# SPDX-License-Identifier: EUPL-1.2
"""The command: quick to start, one clear line for wrong use, no traceback for bad input."""

import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from middenstip import cli

HEAVY = ("django", "rich", "polars", "pandas", "ibis", "psycopg", "typer", "yaml", "pydantic")
ROOT = Path(__file__).resolve().parents[2]


def _run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "middenstip", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", **environ},
        cwd=ROOT,
    )


def test_nothing_heavy_is_imported_before_a_command_is_known() -> None:
    code = (
        f"import sys, middenstip.cli;print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert answer.stdout.strip() == "[]"


@pytest.mark.parametrize("name", sorted(cli.COMMANDS))
def test_every_command_is_there(name: str, db: None) -> None:
    module, _, attribute = cli.COMMANDS[name].target.partition(":")
    assert find_spec(module), f"{module} is missing"
    assert hasattr(import_module(module), attribute)
    assert f"  {name} " in cli.overview()


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["asess"], "there is no command 'asess' (did you mean 'assess'?)"),
        (["db", "strat"], "No such command 'strat'"),
        (["serve", "--port", "hundred"], "Invalid value for '--port'"),
        (["serve", "--colour"], "No such option: --colour"),
        (["access", "create-organisation", "police"], "Missing argument"),
        (["access", "end-membership", "x"], "Invalid value for"),
    ],
)
def test_wrong_use_ends_with_2_and_one_line(arguments: list[str], line: str) -> None:
    answer = _run(*arguments)
    assert answer.returncode == 2
    assert answer.stdout == ""
    assert line in answer.stderr
    assert len(answer.stderr.strip().splitlines()) == 1


def test_a_server_that_does_not_answer_is_told_without_a_traceback() -> None:
    answer = _run(
        "access",
        "list",
        DATABASE_URL="postgres://someone:secret@127.0.0.1:1/none",
        DJANGO_SETTINGS_MODULE="middenstip.settings.test",
    )
    assert answer.returncode == 2
    assert "the database does not answer" in answer.stderr
    assert "secret" not in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_named_server_means_production_and_asks_for_what_it_needs() -> None:
    answer = _run("access", "list", DATABASE_URL="postgres://someone@127.0.0.1:1/none")
    assert answer.returncode == 2
    assert "SECRET_KEY" in answer.stderr


def test_the_demo_does_not_run_outside_the_demo() -> None:
    answer = _run("demo", "fill")
    assert answer.returncode == 2
    assert "the demo switch is off" in answer.stderr


def test_without_arguments_it_lists_its_commands() -> None:
    assert _run().returncode == 2
    answer = _run("--help")
    assert answer.returncode == 0
    assert "assess" in answer.stdout
