# SPDX-License-Identifier: EUPL-1.2
"""``middenstip pack`` as it is typed: what it prints and with which status it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from middenstip.cli import run


def test_a_sound_pack_ends_with_status_0(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["pack", "check", str(folder)]) == 0
    assert "0 errors, 0 warnings" in capsys.readouterr().out


def test_the_shipped_pack_has_no_errors(capsys: pytest.CaptureFixture[str]) -> None:
    status = run(["pack", "check"])
    out = capsys.readouterr().out
    assert status == 0, out
    assert "Coverage: " in out


def test_errors_end_with_status_1_and_name_file_line_and_key(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "facts.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("fact: age", "fact: aeg"))
    assert run(["pack", "check", str(folder)]) == 1
    line = next(line for line in capsys.readouterr().out.splitlines() if "aeg" in line)
    assert line.startswith("error: facts.yaml:")
    assert "minor.compute.condition.fact" in line
    assert line.endswith("did you mean age?")


def test_warnings_alone_end_with_status_0(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (folder / "sources.yaml").open("a", encoding="utf-8") as file:
        file.write("OLD: {title: Old, url: https://law.example, checked_on: 2020-01-01}\n")
    assert run(["pack", "check", str(folder)]) == 0
    assert "warning: sources.yaml" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "/no/such/folder"],
        ["check", "nll"],
        ["check", "nl", "extra"],
        ["check", "--format", "xml"],
        ["coverage", "/no/such/folder"],
        ["cheque"],
        ["schema", "--to", "/dev/null/x"],
    ],
)
def test_wrong_use_ends_with_status_2_and_one_line(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["pack", *arguments]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert len(told.err.splitlines()) == 1


def test_a_folder_without_a_header_is_wrong_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["pack", "check", str(tmp_path)]) == 2
    assert "it has no pack.yaml" in capsys.readouterr().err


def test_the_answer_for_programs_is_json(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "needs.yaml").write_text("a: [", encoding="utf-8")
    assert run(["pack", "check", str(folder), "--format", "json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["errors"] == len([p for p in told["problems"] if p["level"] == "error"])
    assert {"file", "line", "path", "message", "level"} == set(told["problems"][0])
    assert told["coverage"] is None


def test_coverage_tells_every_id(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["pack", "coverage", "nl"]) == 0
    out = capsys.readouterr().out
    for asked_id in ("S-01", "S-66", "R-01", "R-74", "NL-STAY-05C", "NL-PRIV-01"):
        assert f"\n{asked_id}: " in f"\n{out}"


def test_coverage_for_programs_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["pack", "coverage", "nl", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {line["id"] for line in told["lines"]} >= {"R-39", "NL-STAY-01"}


def test_schemas_are_written_and_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["pack", "schema", "--to", str(tmp_path)]) == 0
    assert str(tmp_path / "facts.json") in capsys.readouterr().out
