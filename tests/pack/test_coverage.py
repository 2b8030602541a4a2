# SPDX-License-Identifier: EUPL-1.2
"""What a pack covers of what was asked, and that nothing is passed over in silence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from middenstip.pack.coverage import Coverage, Line, coverage
from middenstip.pack.files import read_folder
from middenstip.pack.load import pack_folder
from middenstip.pack.problems import PackError

ASKED: dict[str, Any] = {
    "expected": {"systems": 2, "rules": 2, "schemes": ["NL-STAY-01", "NL-STAY-05A"]},
    "covered_by": {"S-01": ["helped"]},
    "elsewhere": {"R-02": "the program itself"},
    "not_covered": {"S-02": "not yet", "NL-STAY-01": "not yet", "NL-STAY-05A": "not yet"},
}


def cover(folder: Path, asked: dict[str, Any], tests: Path | None = None) -> Coverage:
    (folder / "coverage.yaml").write_text(yaml.safe_dump(asked), encoding="utf-8")
    found = coverage(read_folder(folder), tests)
    assert found is not None
    return found


def line(found: Coverage, asked_id: str) -> Line:
    return next(line for line in found.lines if line.id == asked_id)


def test_every_asked_id_has_a_line_in_order(folder: Path) -> None:
    found = cover(folder, ASKED)
    ids = ["S-01", "S-02", "R-01", "R-02", "NL-STAY-01", "NL-STAY-05A"]
    assert [line.id for line in found.lines] == ids
    assert found.problems == ()


def test_an_item_covers_the_rule_it_carries_and_what_the_file_says(folder: Path) -> None:
    found = cover(folder, ASKED)
    assert line(found, "R-01").by == ("R-01",)
    assert line(found, "S-01").by == ("helped",)
    assert line(found, "R-02").covered
    assert not line(found, "S-02").covered


def test_a_cited_rule_is_covered_by_the_item_that_cites_it(folder: Path) -> None:
    path = folder / "duties.yaml"
    words = path.read_text(encoding="utf-8").replace("article 1", "R-02, second sentence")
    path.write_text(words, encoding="utf-8")
    assert line(cover(folder, ASKED), "R-02").by == ("help_soon",)


def test_tests_are_found_by_the_ids_they_name(folder: Path, tmp_path: Path) -> None:
    tests = tmp_path / "tests"
    (tests / "law").mkdir(parents=True)
    (tests / "pack").mkdir()
    (tests / "law" / "test_stay.py").write_text(
        "# R-02 later\ndef test_r01_an_offer(): ...\ndef test_nl_stay_05a_waits(): ...\n",
        encoding="utf-8",
    )
    (tests / "law" / "cases.yaml").write_text("- S-02 and R-010 and XR-02\n", encoding="utf-8")
    (tests / "pack" / "test_examples.py").write_text("R-02\n", encoding="utf-8")
    found = cover(folder, ASKED, tests)
    named = {line.id: line.tests for line in found.lines if line.tests}
    assert named == {
        "R-01": ("law/test_stay.py",),
        "NL-STAY-05A": ("law/test_stay.py",),
        "S-02": ("law/cases.yaml",),
    }


def test_an_id_without_cover_or_reason_is_an_error(folder: Path) -> None:
    found = cover(folder, {**ASKED, "not_covered": {}})
    assert [p.path for p in found.problems if p.level == "error"] == [
        "S-02",
        "NL-STAY-01",
        "NL-STAY-05A",
    ]


def test_a_reason_that_is_no_longer_true_is_a_warning(folder: Path) -> None:
    found = cover(folder, {**ASKED, "not_covered": {**ASKED["not_covered"], "R-01": "later"}})
    (problem,) = found.problems
    assert (problem.level, problem.path) == ("warning", "not_covered.R-01")


def test_cover_by_an_item_that_is_not_there_is_an_error(folder: Path) -> None:
    found = cover(folder, {**ASKED, "covered_by": {"S-01": ["helpd"], "S-03": ["helped"]}})
    told = {p.path: p.message for p in found.problems}
    assert "did you mean helped" in told["covered_by.S-01"]
    assert "S-03 was not asked" in told["covered_by.S-03"]


def test_a_pack_need_not_say_what_was_asked(folder: Path) -> None:
    assert coverage(read_folder(folder)) is None


@pytest.mark.parametrize("words", ["[", "expected: 3", "expectd: {}"])
def test_a_misshapen_coverage_file_is_named(folder: Path, words: str) -> None:
    (folder / "coverage.yaml").write_text(words, encoding="utf-8")
    with pytest.raises(PackError, match=r"coverage\.yaml"):
        coverage(read_folder(folder))


def test_the_dutch_pack_passes_over_nothing_in_silence() -> None:
    found = coverage(read_folder(pack_folder("nl")))
    assert found is not None
    assert len(found.lines) == 66 + 74 + 61
    assert [str(p) for p in found.problems if p.level == "error"] == []
