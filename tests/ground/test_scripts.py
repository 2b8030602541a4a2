# SPDX-License-Identifier: EUPL-1.2
"""The scripts: from any directory, nothing done twice, nothing slow when nothing changed."""

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = sorted(
    path
    for path in [*(ROOT / "script").iterdir(), ROOT / ".ci" / "run"]
    if path.is_file() and path.read_bytes().startswith(b"#!/usr/bin/env bash")
)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the scripts and lock files, with an environment that only repeats arguments."""
    root = tmp_path / "a checkout"
    for part in ("script", "requirements"):
        shutil.copytree(ROOT / part, root / part)
    shutil.copy(ROOT / "pyproject.toml", root)
    command = root / ".venv" / "bin" / "middenstip"
    command.parent.mkdir(parents=True)
    command.write_text('#!/bin/sh\nprintf "<%s>" "$@"\n')
    command.chmod(0o755)
    stamp = _shell(root, "stamp")
    (root / ".venv" / ".middenstip-stamp").write_text(stamp.stdout)
    return root


def _shell(root: Path, code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            "bash",
            "-c",
            f'set -u; root="$1"; . "$root/script/common.sh"; {code}',
            "x",
            str(root),
        ],
        capture_output=True,
        text=True,
        check=False,
    )


def _is_fresh(root: Path) -> bool:
    return _shell(root, "fresh").returncode == 0


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_can_be_run_and_read(script: Path) -> None:
    assert os.access(script, os.X_OK)
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0
    assert "\nset -" in script.read_text()


def test_nothing_is_set_up_again_while_nothing_changed(checkout: Path) -> None:
    assert _is_fresh(checkout)
    started = time.perf_counter()
    done = subprocess.run(
        [checkout / "script" / "bootstrap"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize(
    "changed", ["requirements/dev.txt", "requirements/build.txt", "pyproject.toml"]
)
def test_a_changed_lock_is_noticed(checkout: Path, changed: str) -> None:
    with (checkout / changed).open("a") as file:
        file.write("# another line\n")
    assert not _is_fresh(checkout)


def test_a_moved_checkout_is_noticed(checkout: Path) -> None:
    moved = checkout.rename(checkout.with_name("elsewhere"))
    assert not _is_fresh(moved)


def test_a_newer_translation_is_noticed(checkout: Path) -> None:
    catalogue = checkout / "src/middenstip/room/locale/nl/LC_MESSAGES/django.po"
    catalogue.parent.mkdir(parents=True)
    catalogue.write_text("")
    assert not _is_fresh(checkout)
    compiled = catalogue.with_suffix(".mo")
    compiled.write_text("")
    os.utime(catalogue, (1, 1))
    assert _is_fresh(checkout)


@pytest.mark.parametrize("linked", [False, True])
def test_the_command_gets_its_arguments_whole_from_any_directory(
    checkout: Path, tmp_path: Path, linked: bool
) -> None:
    script = checkout / "script" / "middenstip"
    if linked:
        link = tmp_path / "middenstip"
        link.symlink_to(script)
        script = link
    done = subprocess.run(
        [script, "assess", "a file.json", "--on", "2014-09-01", ""],
        capture_output=True,
        text=True,
        cwd="/",
        check=False,
    )
    assert done.stdout == "<assess><a file.json><--on><2014-09-01><>"
    assert done.stderr == ""


def test_the_command_waits_for_no_python_when_all_is_fresh(checkout: Path) -> None:
    def took() -> float:
        started = time.perf_counter()
        subprocess.run([checkout / "script" / "middenstip"], capture_output=True, check=True)
        return time.perf_counter() - started

    # The aim is 30 ms; a busy machine gets some room.
    assert min(took() for _ in range(10)) < 0.06
