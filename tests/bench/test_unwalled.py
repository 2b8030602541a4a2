# SPDX-License-Identifier: EUPL-1.2
"""The program without walls exists for measuring only: nothing else can start it, and it
follows the code it stands in for.
"""

from __future__ import annotations

import os
import subprocess
import sys
from inspect import signature
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from bench import unwalled

ROOT = Path(__file__).parents[2]
BENCH_DATABASE = "postgres://nobody@127.0.0.1:1/middenstip_bench_7"
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "middenstip.settings.production",
    "SECRET_KEY": "x" * 60,
    "ALLOWED_HOSTS": "middenstip.example.org",
    "VAULT_KEY": "dGVzdA",
    "MIDDENSTIP_BENCH": "1",
}
DEMO = {
    "DJANGO_SETTINGS_MODULE": "middenstip.settings.demo",
    "MIDDENSTIP_DEMO": "1",
    "MIDDENSTIP_BENCH": "1",
}


def run(code: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run code in a process of its own, without the settings of the tests."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME"}}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**kept, **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("environ", [PRODUCTION, DEMO], ids=["production", "demo"])
def test_walls_are_not_taken_down_with_the_settings_of(environ: dict[str, str]) -> None:
    done = run(
        "from bench.unwalled import take_down; take_down()",
        DATABASE_URL=BENCH_DATABASE,
        **environ,
    )
    assert done.returncode != 0
    assert "walls are taken down for measuring only" in done.stderr


def test_walls_are_not_taken_down_in_the_suite_either() -> None:
    with pytest.raises(ImproperlyConfigured, match="for measuring only"):
        unwalled.take_down()


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"DATABASE_URL": BENCH_DATABASE}, "for measuring only"),
        ({"MIDDENSTIP_BENCH": "0", "DATABASE_URL": BENCH_DATABASE}, "for measuring only"),
        (
            {"MIDDENSTIP_BENCH": "1", "DATABASE_URL": "postgres://nobody@127.0.0.1:1/register"},
            "only databases named middenstip_bench_",
        ),
        ({"MIDDENSTIP_BENCH": "1"}, "only databases named middenstip_bench_"),
    ],
    ids=["not asked for", "switched off", "another database", "the ordinary database"],
)
def test_its_settings_serve_nothing_else(environ: dict[str, str], said: str) -> None:
    done = run("import bench.unwalled_settings", **environ)
    assert done.returncode != 0
    assert said in done.stderr


def test_its_settings_serve_a_database_of_the_measurement() -> None:
    done = run(
        "import bench.unwalled_settings", MIDDENSTIP_BENCH="1", DATABASE_URL=BENCH_DATABASE
    )
    assert done.returncode == 0, done.stderr


def test_the_product_knows_nothing_of_it_and_does_not_bring_it_along() -> None:
    for page in (ROOT / "src").rglob("*.py"):
        text = page.read_text()
        assert "unwalled" not in text, page
        assert "import bench" not in text, page
        assert "from bench" not in text, page
    assert "bench" not in settings.ROOT_URLCONF


def test_each_stand_in_takes_the_place_of_something_and_is_called_alike() -> None:
    stand_ins = unwalled._silent() | unwalled._open()
    assert len(stand_ins) >= 12
    for place, stand_in in stand_ins.items():
        real = [*signature(unwalled.part(place)).parameters.values()]
        given = [*signature(stand_in).parameters.values()]
        if place.endswith(("acting", "deriving", "looked")):
            continue  # these take whatever they are told
        assert [p.name for p in real] == [p.name for p in given], place
    for place in unwalled._remembered():
        assert callable(unwalled.part(place))


def test_a_wall_that_is_called_otherwise_now_is_noticed() -> None:
    with pytest.raises(ImproperlyConfigured, match="must follow the code"):
        unwalled.part("middenstip.thread.visibility.cases_of_long_ago")
