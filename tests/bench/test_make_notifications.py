# SPDX-License-Identifier: EUPL-1.2
"""The made notifications follow the standard, are fictional, and can all be imported."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bench.make_notifications import notifications, write_csv

from middenstip.intake import htcds
from middenstip.intake.readers import layout_of, open_file
from middenstip.intake.rows import RowReader


def test_the_same_seed_makes_the_same_notifications() -> None:
    assert notifications(50, seed=3) == notifications(50, seed=3)
    assert notifications(50, seed=3) != notifications(50, seed=4)


def test_every_column_is_one_of_the_standard_or_an_extension() -> None:
    columns = {name for row in notifications(300, seed=1) for name in row}
    assert {name for name in columns if not name.startswith("x_")} <= htcds.FIELDS
    assert not columns & htcds.NEVER_READ


def test_names_and_numbers_are_visibly_fictional() -> None:
    for row in notifications(300, seed=1):
        assert row["x_RecordId"].startswith("FICTIEF-")
        assert row.get("prs_MobilePhone", "+316000").startswith("+316000")


@pytest.mark.parametrize("format_", ["csv", "json"])
def test_every_row_can_be_read_by_the_import(tmp_path: Path, format_: str) -> None:
    rows = notifications(300, seed=1)
    file = tmp_path / f"notifications.{format_}"
    if format_ == "csv":
        write_csv(rows, file)
    else:
        file.write_text(json.dumps({"records": rows}))
    read = open_file(file)
    assert layout_of(read).total == 300
    reader = RowReader({})
    problems = [
        problem for record in read.records() for problem in reader.read(record).problems
    ]
    assert problems == []
