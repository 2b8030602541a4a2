# SPDX-License-Identifier: EUPL-1.2
"""The worked example of the manual is a pack that passes the check and does what it says."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from middenstip.pack.check import check_folder
from middenstip.pack.load import load_pack
from middenstip.pack.model import KINDS

MANUAL = (Path(__file__).parents[2] / "docs" / "country-pack.md").read_text(encoding="utf-8")


@pytest.fixture
def example(tmp_path: Path) -> Path:
    for name, content in re.findall(r"```yaml\n# (\w+\.yaml)\n(.*?)```", MANUAL, re.DOTALL):
        (tmp_path / name).write_text(content, encoding="utf-8")
    return tmp_path


def test_the_example_passes_the_check(example: Path) -> None:
    assert [str(problem) for problem in check_folder(example)] == []


def test_the_example_shows_every_kind_of_item(example: Path) -> None:
    assert {path.stem for path in example.glob("*.yaml")} == {*KINDS, "pack"}


def test_the_manual_names_every_kind_and_every_key_of_the_language() -> None:
    for kind in KINDS:
        assert f"| `{kind}` |" in MANUAL
    for key in ("all", "any", "not", "possibly", "certainly", "known", "has_any", "group_of"):
        assert f"`{key}" in MANUAL


def test_the_law_of_the_example_changes_with_the_day(example: Path) -> None:
    pack = load_pack(example)
    assert pack.scheme_on("ZZ-SHE-01", date(2013, 12, 31)).gives["en"] == "A bed."
    assert pack.scheme_on("ZZ-SHE-01", date(2014, 1, 1)).gives["en"] == "A bed, for everybody."
