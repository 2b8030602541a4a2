# SPDX-License-Identifier: EUPL-1.2
"""Very many generated people, as columns: fictional, the same for the same seed."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import numpy as np
import polars as pl

from middenstip.pack.model import Pack
from middenstip.rules.columns_table import POLARS_TYPES

NATIONALITIES = ("NG", "RO", "BG", "NL", "VN", "CN", "GM", "HU", "PL", "UA", "AL", "ER")
EPOCH = date(1970, 1, 1)


def people(pack: Pack, on: date, count: int, *, unknown: float, seed: int = 1) -> pl.DataFrame:
    """Return a table with a column per fact that is not computed.

    ``unknown`` is the share of values that is null, for each fact on its own.
    """
    dice = np.random.default_rng(seed)
    columns = {}
    for name, fact in pack.facts.items():
        if fact.compute is None:
            values = column(pack, name, on, count, dice)
            gone = pl.Series(dice.random(count) < unknown)
            columns[name] = pl.select(pl.when(~gone).then(values)).to_series()
    return pl.DataFrame(columns)


def column(pack: Pack, name: str, on: date, count: int, dice: np.random.Generator) -> pl.Series:
    """Return one fact of everybody, without unknowns."""
    fact = pack.facts[name]
    codes = list(pack.codes_of(fact.code_list)) if fact.code_list else []
    codes = [code for code in codes if code != "unknown"]
    match fact.type:
        case "yes_no":
            return pl.Series(name, dice.random(count) < 0.5)
        case "integer":
            return pl.Series(name, dice.integers(0, 60, count))
        case "money":
            return pl.Series(name, dice.integers(0, 2_000_000, count) / 100)
        case "date":
            oldest = 50 * 365 if name == "birth_date" else 6 * 365
            days = (on - EPOCH).days - dice.integers(0, oldest, count)
            return pl.Series(name, days).cast(pl.Int32).cast(pl.Date)
        case "code":
            return pl.Series(name, codes)[dice.integers(0, len(codes), count)]
    pool = NATIONALITIES if fact.type == "countries" else tuple(codes)
    lists = [[code] for code in pool] * 5 + [list(pair) for pair in pairwise(pool)]
    lists += [[pool[0], "unknown"], []]
    series = pl.Series(name, lists, dtype=POLARS_TYPES[fact.type])
    return series[dice.integers(0, len(lists), count)]
