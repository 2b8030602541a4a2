# SPDX-License-Identifier: EUPL-1.2
"""The columns say of every person what the engine for one person says: generated packs."""

from __future__ import annotations

from datetime import date
from typing import Any

import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from middenstip.pack.model import Pack
from middenstip.rules.assess import assess
from middenstip.rules.columns import columns, outcomes
from middenstip.rules.columns_table import facts_table
from tests.rules.columns.plain_reading import Person
from tests.rules.columns.small_packs import packs, people

TRUTHS = {"applies": True, "does_not_apply": False, "unknown": None}


def one_by_one(pack: Pack, row: dict[str, Any], on: date) -> dict[str, bool | None]:
    found = assess(pack, facts=row, events=(), on=on, lang="en")
    return {scheme.id: TRUTHS[scheme.outcome] for scheme in found.schemes}


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_columns_engine_and_plain_reading_agree_on_every_row(data: st.DataObject) -> None:
    pack, on = data.draw(packs())
    rows = data.draw(people(pack))
    found = outcomes(pack, on=on, facts=facts_table(pack, rows))
    for row, answer in zip(rows, found.iter_rows(named=True), strict=True):
        plain = Person(pack, row, on)
        assert answer == one_by_one(pack, row, on)
        assert answer == {scheme: plain.outcome(scheme) for scheme in pack.schemes_on(on)}


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_columns_on_duckdb_say_what_polars_says(data: st.DataObject) -> None:
    pytest.importorskip("duckdb", reason="DuckDB belongs to the bench requirements")
    pack, on = data.draw(packs())
    rows = [{"row": n, **row} for n, row in enumerate(data.draw(people(pack)))]
    facts = facts_table(pack, rows, keys=["row"])
    backend = ibis.duckdb.connect()
    backend.con.register("facts", facts.to_arrow())
    expression = columns(pack, on=on, table=backend.table("facts"), keys=["row"])
    found = backend.to_polars(expression).sort("row")
    expected = outcomes(pack, on=on, facts=facts, keys=["row"]).sort("row")
    assert found.to_dicts() == expected.to_dicts()
