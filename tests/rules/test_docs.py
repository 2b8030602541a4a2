# SPDX-License-Identifier: EUPL-1.2
"""The worked example of docs/rules.md is what the program answers."""

import re
from pathlib import Path

from typer import Typer
from typer.testing import CliRunner

from middenstip.rules.command import assess

PAGE = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return found[1]


def test_the_worked_example_comes_out_as_it_is_told() -> None:
    app = Typer()
    app.command()(assess)
    options = ["--on", "2014-08-15", "--lang", "en", "--format", "text", "-"]
    result = CliRunner().invoke(app, options, input=block("json"))
    assert result.exit_code == 0
    answered = result.stdout.splitlines()
    lines = block("text").splitlines()
    assert len(lines) == 7
    assert [line for line in lines if line not in answered] == []
    assert (
        "Ground of stay was given as none; Reflection period started of 2014-07-01"
        in result.stdout
    )
