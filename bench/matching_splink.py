# SPDX-License-Identifier: EUPL-1.2
"""Splink on DuckDB, set up for the same files: what the matching room is held against."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class Setup:
    """Which columns Splink compares how, and its blocking rules, for one file."""

    names: tuple[str, ...]
    birth: str
    exact: tuple[str, ...]
    fuzzy: tuple[str, ...]
    blocking: tuple[tuple[str, ...], ...]
    learn: tuple[tuple[str, ...], ...]


SETUPS = {
    "register_dev": Setup(
        ("given_name", "family_name"),
        "birth_date",
        ("sex", "nationality", "phone", "alias"),
        ("birth_place",),
        (
            ("given_name", "family_name"),
            ("family_name", "given_name"),
            ("birth_date", "nationality"),
            ("birth_date", "sex"),
            ("phone",),
            ("given_name", "nationality", "birth_place"),
            ("family_name", "nationality", "birth_place"),
            ("given_name", "alias"),
            ("family_name", "sex", "nationality"),
            ("substr(given_name, 1, 3)", "substr(family_name, 1, 3)"),
            ("substr(given_name, 1, 4)", "substr(birth_date, 1, 4)", "nationality"),
            ("substr(family_name, 1, 4)", "substr(birth_date, 1, 4)", "nationality"),
        ),
        (("birth_date",), ("given_name", "family_name"), ("phone",)),
    ),
    "historical_dev": Setup(
        ("first_name", "surname"),
        "dob",
        ("birth_place", "occupation", "gender"),
        ("postcode_fake",),
        (
            ("first_name", "surname"),
            ("surname", "dob"),
            ("first_name", "dob"),
            ("postcode_fake", "first_name"),
            ("postcode_fake", "surname"),
            ("dob", "birth_place"),
            ("substr(first_name, 1, 3)", "substr(surname, 1, 4)"),
            ("substr(postcode_fake, 1, 3)", "dob"),
            ("substr(postcode_fake, 1, 3)", "first_name"),
            ("substr(postcode_fake, 1, 3)", "surname"),
            ("substr(first_name, 1, 2)", "substr(surname, 1, 2)", "substr(dob, 1, 4)"),
        ),
        (("first_name", "surname"), ("dob",), ("postcode_fake",)),
    ),
    "febrl3": Setup(
        ("given_name", "surname"),
        "date_of_birth",
        ("state",),
        ("soc_sec_id", "postcode", "address_1", "suburb", "street_number"),
        (
            ("soc_sec_id",),
            ("given_name", "surname"),
            ("surname", "date_of_birth"),
            ("given_name", "date_of_birth"),
            ("postcode", "date_of_birth"),
            ("address_1", "suburb"),
        ),
        (("date_of_birth",), ("given_name", "surname"), ("soc_sec_id",)),
    ),
    "fake_1000": Setup(
        ("first_name", "surname"),
        "dob",
        (),
        ("city", "email"),
        (("first_name",), ("surname",), ("dob",), ("email",)),
        (("dob",), ("first_name", "surname"), ("email",)),
    ),
}
SETUPS["febrl4"] = SETUPS["febrl3"]


def splink_pairs(
    path: Path, name: str
) -> tuple[list[str], list[str], np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """Train Splink on a CSV file and score it: rec_ids left and right, and match weights."""
    import duckdb
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    logging.getLogger("splink").setLevel(logging.ERROR)
    setup = SETUPS[name]
    connection = duckdb.connect()
    connection.execute("set threads to 2")
    connection.execute(
        f"create table people as select *, rec_id as unique_id from "
        f"read_csv('{path}', all_varchar = true, header = true)"
    )
    if name.startswith("febrl"):
        connection.execute(
            "update people set date_of_birth = substr(date_of_birth, 1, 4) || '-' || "
            "substr(date_of_birth, 5, 2) || '-' || substr(date_of_birth, 7, 2)"
        )
    comparisons = [
        cl.JaroWinklerAtThresholds(column, [0.92, 0.88, 0.7]) for column in setup.names
    ]
    comparisons.append(cl.DamerauLevenshteinAtThresholds(setup.birth, [1, 2]))
    comparisons += [cl.ExactMatch(column) for column in setup.exact]
    comparisons += [cl.JaroWinklerAtThresholds(column, [0.92, 0.8]) for column in setup.fuzzy]
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=[block_on(*rule) for rule in setup.blocking],
        retain_matching_columns=False,
    )
    api = DuckDBAPI(connection)
    linker = Linker(api.register("people"), settings)
    linker.training.estimate_probability_two_random_records_match(
        [block_on(*rule) for rule in setup.blocking[:2]], recall=0.6
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in setup.learn:
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(*rule))
    found = linker.inference.predict(threshold_match_weight=-10)
    columns = found.as_record_dict() if not hasattr(found, "as_duckdbpyrelation") else None
    if columns is not None:
        left = [row["unique_id_l"] for row in columns]
        right = [row["unique_id_r"] for row in columns]
        return left, right, np.array([row["match_weight"] for row in columns])
    table = found.as_duckdbpyrelation()
    rows = table.project("unique_id_l, unique_id_r, match_weight").fetchall()
    left, right, weight = zip(*rows, strict=True)
    return list(left), list(right), np.array(weight)
