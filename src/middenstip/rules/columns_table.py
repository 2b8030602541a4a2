# SPDX-License-Identifier: EUPL-1.2
"""From the facts of many people to one typed table with a column per fact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from math import isfinite
from typing import Any

import polars as pl

from middenstip.pack.model import FactType, Pack

# What a fact is as a column, for Ibis and for Polars. Money is a double, as it is for one
# person: the amounts are compared and subtracted, not kept as accounts.
COLUMN_TYPES: Mapping[FactType, str] = {
    "date": "date",
    "integer": "int64",
    "yes_no": "boolean",
    "code": "string",
    "codes": "array<string>",
    "countries": "array<string>",
    "money": "float64",
}
POLARS_TYPES: Mapping[FactType, pl.DataType] = {
    "date": pl.Date(),
    "integer": pl.Int64(),
    "yes_no": pl.Boolean(),
    "code": pl.String(),
    "codes": pl.List(pl.String()),
    "countries": pl.List(pl.String()),
    "money": pl.Float64(),
}

PYTHON_TYPES: Mapping[FactType, tuple[type, ...]] = {
    "date": (date, str),
    "integer": (int,),
    "yes_no": (bool,),
    "code": (str,),
    "codes": (list, tuple),
    "countries": (list, tuple),
    "money": (int, float),
}

# In a row: the facts that an event left uncertain, for which no default may stand in.
UNCERTAIN = "uncertain"


def uncertain(fact: str) -> str:
    """Return the name of the column that is true where no default may stand in for a fact."""
    return f"{UNCERTAIN}:{fact}"


def stored_row(
    pack: Pack, facts: Mapping[str, Any], origins: Mapping[str, str]
) -> dict[str, Any]:
    """Return a row for :func:`facts_table` from the facts the register keeps of one case.

    Only what was told or set by an event goes in: what is computed is computed anew. A fact
    that has a default and yet no value is one that an event left uncertain. Holds for the day
    for which the facts were derived.
    """
    row = {k: v for k, v in facts.items() if origins.get(k) in ("given", "event")}
    unsure = [k for k in _with_default(pack) if k not in facts]
    return {**row, UNCERTAIN: unsure} if unsure else row


def _with_default(pack: Pack) -> list[str]:
    return [k for k, fact in pack.facts.items() if fact.default is not None]


def facts_table(
    pack: Pack, rows: Iterable[Mapping[str, Any]], *, keys: Sequence[str] = ()
) -> pl.DataFrame:
    """Return a table: a row per mapping (fact id to value), a column per fact that occurs.

    An absent or None value is null: not known. Dates are dates or ISO text (as a JSON column
    stores them). The key ``uncertain`` lists facts whose default may not stand in. ``keys``
    name columns that are no facts and come along as text, such as the id of a case. Raises
    ValueError naming the fact for an unknown key or a value of a wrong type.
    """
    given = list(rows)
    names = list(dict.fromkeys(name for row in given for name in row))
    check_columns(pack, names, keys)
    names = names or [next(iter(pack.facts))]  # a table without columns would have no rows
    series = []
    for name in names:
        values = [row.get(name) for row in given]
        if name == UNCERTAIN:
            for fact in {fact for unsure in values for fact in unsure or ()}:
                marks = [fact in (unsure or ()) for unsure in values]
                series.append(pl.Series(uncertain(fact), marks))
        elif name in keys:
            series.append(pl.Series(name, [None if v is None else str(v) for v in values]))
        else:
            series.append(_series(name, pack.facts[name].type, values))
    return pl.DataFrame(series)


def _series(name: str, kind: FactType, values: list[Any]) -> pl.Series:
    # Polars would take a number for a day and a text for a list of one: look at types first.
    wrong = {type(v) for v in values} - {type(None), *PYTHON_TYPES[kind]}
    if POLARS_TYPES[kind] == pl.List(pl.String()) and not wrong:
        wrong = {type(code) for codes in values if codes for code in codes} - {str}
    if wrong:
        raise _misfit(name, kind, ", ".join(sorted(t.__name__ for t in wrong)))
    try:
        if kind == "money":
            values = [None if v is None else float(v) for v in values]
            if not all(isfinite(v) for v in values if v is not None):
                raise _misfit(name, kind, "an amount without end")
        if kind == "date" and any(isinstance(v, str) for v in values):
            texts = [v.isoformat() if isinstance(v, date) else v for v in values]
            return pl.Series(name, texts, dtype=pl.String()).str.to_date("%Y-%m-%d")
        return pl.Series(name, values, dtype=POLARS_TYPES[kind], strict=True)
    except (TypeError, OverflowError, pl.exceptions.PolarsError) as error:
        raise _misfit(name, kind, str(error)) from error


def _misfit(name: str, kind: str, found: str) -> ValueError:
    return ValueError(f"fact {name}: a value does not fit its type {kind}: {found}")


def check_columns(pack: Pack, names: Iterable[str], keys: Sequence[str] = ()) -> None:
    """Raise ValueError, naming the nearest facts, for a column that is no fact and no key."""
    known = {*pack.facts, *keys, UNCERTAIN, *map(uncertain, pack.facts)}
    wrong = [name for name in names if name not in known]
    if wrong:
        raise ValueError("; ".join(f"there is no fact {n}{_nearest(n, pack)}" for n in wrong))


def _nearest(name: str, pack: Pack) -> str:
    near = get_close_matches(name, pack.facts, n=3)
    return f" (did you mean {' or '.join(near)}?)" if near else ""
