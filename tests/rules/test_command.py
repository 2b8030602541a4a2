# SPDX-License-Identifier: EUPL-1.2
"""`middenstip assess`: what is printed, where, and with which exit status."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer import Typer
from typer.testing import CliRunner

from middenstip.rules.command import assess

APP = Typer()
APP.command()(assess)
STORY = {
    "facts": {"birth_date": "1990-05-17", "nationalities": ["NG"], "lawful_stay": False},
    "events": [
        {"type": "indication_seen", "on": "2014-07-01", "by": "police"},
        {"type": "reflection_period_started", "on": "2014-07-01"},
        {"type": "reflection_period_ended", "on": "2014-07-20", "ended_by": "police"},
    ],
}


def run(document: Any, *options: str) -> Any:
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    options = options or ("--on", "2014-08-15", "--lang", "en")
    return CliRunner().invoke(APP, [*options, "-"], input=content)


def test_the_json_answer_holds_what_the_contract_names() -> None:
    result = run(STORY)
    assert (result.exit_code, result.stderr) == (0, "")
    answer = json.loads(result.stdout)
    assert list(answer)[:3] == ["country", "on", "pack_version"]
    assert (answer["country"], answer["on"]) == ("nl", "2014-08-15")
    assert answer["facts"]["age"] == 24
    assert answer["facts"]["nationalities"] == ["NG"]
    assert answer["facts"]["birth_date"] == "1990-05-17"
    assert answer["origins"]["age"] == "computed"
    scheme = next(s for s in answer["schemes"] if s["id"] == "NL-STAY-01")
    assert scheme["outcome"] == "applies"
    assert set(scheme) >= {"because", "missing", "sources"}
    assert set(scheme["sources"][0]) == {"title", "article", "url", "checked_on", "confidence"}
    duty = next(d for d in answer["duties"] if d["id"] == "end_reflection_period")
    assert (duty["due_on"], duty["state"], duty["owner"]) == ("2014-10-01", "open", "police")
    assert (duty["how"], duty["starts_on"]) == ("3 months from 2014-07-01", "2014-07-01")
    assert [(r["event"], r["type"], r["rule"]) for r in answer["refused"]] == [
        (2, "reflection_period_ended", "R-06")
    ]
    assert "R-01" in {flag["rule"] for flag in answer["flags"]}
    assert answer["next_question"]


def test_text_is_for_reading() -> None:
    result = run(STORY, "--on", "2014-08-15", "--format", "text")
    assert result.exit_code == 0
    for words in ("Wat moet er gebeuren", "2014-10-01", "R-06", "NL-STAY-01", "Volgende vraag"):
        assert words in result.stdout


def test_the_day_asked_is_today_when_it_is_not_named() -> None:
    from datetime import date

    from middenstip import clock

    with clock.at(date(2014, 8, 15)):
        assert json.loads(run(STORY, "--lang", "en").stdout)["on"] == "2014-08-15"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--on", "2014-02-30"), "--on: '2014-02-30' is no date"),
        (("--on", "20140230"), "is no date"),
        (("--country", "xx"), "there is no country pack xx"),
        (("--lang", "de"), "--lang: 'de' is none of nl, en"),
    ],
)
def test_wrong_options_are_named(options: tuple[str, ...], words: str) -> None:
    result = run({}, *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    for path in (tmp_path / "none.json", tmp_path):
        result = CliRunner().invoke(APP, [str(path)])
        assert (result.exit_code, result.stdout) == (2, "")
        assert "cannot be read" in result.stderr
        assert "Traceback" not in result.stderr


def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "story.json"
    path.write_text(json.dumps(STORY))
    result = CliRunner().invoke(APP, ["--on", "2014-08-15", str(path)])
    assert result.exit_code == 0


def test_bad_input_prints_one_line_per_problem_and_nothing_else() -> None:
    result = run({"facts": {"ethnicity": "x", "age": "17"}})
    assert (result.exit_code, result.stdout) == (2, "")
    lines = result.stderr.splitlines()
    assert len(lines) == 2
    assert "ethnicity" in lines[0]
    assert "age" in lines[1]


def test_a_term_beyond_the_calendar_is_told() -> None:
    story = {"events": [{"type": "reflection_period_started", "on": "9999-12-01"}]}
    result = run(story, "--on", "9999-12-31")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "outside the calendar" in result.stderr


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=30) | st.text(max_size=30).map(lambda text: json.dumps(text).encode())
)
def test_no_input_ends_in_a_traceback(content: bytes) -> None:
    result = run(content)
    assert result.exit_code in (0, 2)
    assert result.exception is None or isinstance(result.exception, SystemExit)


def test_the_installed_command_answers() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "middenstip.rules.command", "--on", "2014-08-15", "-"],
        input=json.dumps(STORY),
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout)["country"] == "nl"


def test_assessing_loads_neither_django_nor_columns() -> None:
    code = (
        "import sys; import middenstip.rules.command; "
        "print([m for m in ('django', 'ibis', 'polars', 'rich.console') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
