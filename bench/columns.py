# SPDX-License-Identifier: EUPL-1.2
"""All schemes for a million people in memory: Polars, and DuckDB beside it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import ibis
import polars as pl

from bench.measure import Figure, median
from bench.people import people
from middenstip.pack.load import load_pack
from middenstip.rules.columns import columns, outcomes

ON = date(2024, 6, 1)
COUNT = 1_000_000


def figures(count: int = COUNT) -> Iterator[Figure]:
    """Measure, each run from the tables in memory to the outcomes in memory."""
    pack = load_pack("nl")
    facts = people(pack, ON, count, unknown=0.15)
    found: list[pl.DataFrame] = []
    took = median(lambda: found.append(outcomes(pack, on=ON, facts=facts)), runs=9)
    note = (
        f"{len(found[0].columns)} schemes, {count:,} people, 15% unknown, expression included"
    )
    yield Figure("all schemes as columns, Polars", took, "s", 1.0, note)

    backend = ibis.duckdb.from_connection(duckdb.connect())
    backend.con.register("facts_arrow", facts.with_row_index("row").to_arrow())
    backend.con.execute("CREATE TABLE facts AS SELECT * FROM facts_arrow")
    asked = columns(pack, on=ON, table=backend.table("facts"), keys=["row"])
    beside: list[pl.DataFrame] = []
    took = median(lambda: beside.append(backend.to_polars(asked)), runs=3)
    same = beside[0].sort("row").drop("row").equals(found[0])
    if not same:
        raise AssertionError("DuckDB and Polars differ")
    yield Figure("the same on DuckDB", took, "s", None, "same answers, compared")
