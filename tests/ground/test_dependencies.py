# SPDX-License-Identifier: EUPL-1.2
"""What we build on is locked to the byte, and asked after without taking silence for a no."""

import importlib.util
import re
import subprocess
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
PINNED = re.compile(
    r"^[A-Za-z0-9][A-Za-z0-9._-]*(\[[a-z0-9,_-]+\])?==[^\s;]+(\s*;[^\\]+)?"
    r"( --hash=sha256:[0-9a-f]{64})+$"
)
BAD = {
    "name": "jinja2",
    "version": "2.4.1",
    "vulns": [{"id": "PYSEC-2014-8", "aliases": ["CVE-2014-1402"], "fix_versions": ["2.7.2"]}],
}
GOOD: dict[str, Any] = {"name": "django", "version": "5.2", "vulns": []}
SKIPPED = {"name": "ruff", "skip_reason": "not found"}


def _requirements(lock: Path) -> list[str]:
    """Return the requirements of a lock, each on one line, without remarks."""
    joined = re.sub(r"\\\n\s*", "", lock.read_text())
    lines = (line.split(" #")[0].rstrip() for line in joined.splitlines())
    return [line for line in lines if line and not line.lstrip().startswith("#")]


@pytest.fixture
def script() -> ModuleType:
    place = ROOT / "script" / "audit_dependencies.py"
    spec = importlib.util.spec_from_file_location("audit_dependencies", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_locked_package_has_one_version_and_hashes(lock: Path) -> None:
    requirements = _requirements(lock)
    assert requirements
    assert not [line for line in requirements if not PINNED.match(line)]


@pytest.mark.parametrize(
    "line",
    ["django", "django>=5", "django==5.2", "-e .", "--index-url x", "x @ https://y.example"],
)
def test_what_is_not_pinned_and_hashed_would_be_seen(line: str) -> None:
    assert not PINNED.match(line)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_names_no_place_to_fetch_from(lock: Path) -> None:
    assert "://" not in lock.read_text()


def test_what_the_project_asks_for_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = {re.split(r"[\[<>=~! ]", each)[0].lower() for each in asked}
    locked = {re.split(r"[\[=]", each)[0].lower() for each in _requirements(LOCKS[-1])}
    assert LOCKS[-1].name == "dev.txt"
    assert names <= locked


@pytest.mark.parametrize(
    ("answer", "status", "told"),
    [
        ([GOOD], 0, "No vulnerability is known in 1"),
        ([GOOD, BAD], 1, "jinja2 2.4.1: PYSEC-2014-8, CVE-2014-1402; mended in 2.7.2"),
        ([GOOD, SKIPPED], 3, "NOT CHECKED: pypi does not know ruff"),
        ([BAD, SKIPPED], 1, "NOT CHECKED: pypi does not know ruff"),
        ([], 3, "NOT CHECKED"),
        (None, 3, "NOT CHECKED"),
    ],
)
def test_silence_about_a_package_is_not_taken_for_a_no(
    script: ModuleType, capsys: pytest.CaptureFixture[str], answer: Any, status: int, told: str
) -> None:
    assert script.judge(answer, "pypi") == status
    assert told in capsys.readouterr().out


def test_a_service_that_knows_no_old_vulnerability_is_not_believed(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(script, "audit", lambda service, files, *options: [SKIPPED])
    assert script.main() == 3
    assert "NOT CHECKED" in capsys.readouterr().out


def test_the_first_service_that_knows_something_is_asked_about_all(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def audit(service: str, files: list[Path], *options: str) -> list[dict[str, Any]] | None:
        asked.append((service, len(files)))
        if service == "pypi":
            return None
        return [BAD] if options else [GOOD]

    monkeypatch.setattr(script, "audit", audit)
    assert script.main() == 0
    assert asked == [("pypi", 1), ("osv", 1), ("osv", len(LOCKS))]


def test_a_service_that_cannot_be_reached_is_told_as_such(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise subprocess.TimeoutExpired("pip-audit", 1)

    monkeypatch.setattr(script.subprocess, "run", fails)
    assert script.audit("osv", LOCKS) is None


def test_the_whole_run_tells_when_nothing_was_checked() -> None:
    run = (ROOT / ".ci" / "run").read_text()
    assert "script/audit-dependencies" in run
    assert "NOT CHECKED" in run
