# SPDX-License-Identifier: EUPL-1.2
"""Where the open files to measure matching on are, and what their columns mean."""

from __future__ import annotations

import csv
import gzip
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from middenstip.matching.records import Reading, read_file

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Source:
    """How to read one file: which column is which field, and which others to compare."""

    mapping: dict[str, str]
    also: tuple[str, ...] = ()


_FEBRL = Source(
    {"family_name": "surname", "birth_date": "date_of_birth"},
    ("street_number", "address_1", "address_2", "suburb", "postcode", "state", "soc_sec_id"),
)
SOURCES = {
    "register_dev": Source({}),
    "historical_dev": Source(
        {
            "given_name": "first_name",
            "family_name": "surname",
            "birth_date": "dob",
            "sex": "gender",
        },
        ("postcode_fake", "occupation"),
    ),
    "febrl3": _FEBRL,
    "febrl4": _FEBRL,
    "fake_1000": Source(
        {"given_name": "first_name", "family_name": "surname", "birth_date": "dob"},
        ("city", "email"),
    ),
}


def folder() -> Path | None:
    """Return the folder with `records` and `names`, None when it is not on this machine.

    MIDDENSTIP_LINKAGE_DATA names it; otherwise it is looked for beside the repository.
    """
    if named := os.environ.get("MIDDENSTIP_LINKAGE_DATA"):
        return Path(named)
    return next(iter(sorted(ROOT.parent.glob("*/data/linkage"))), None)


def unpacked(name: str) -> Path:
    """Return the CSV file of a set of records, unpacked; FileNotFoundError when absent."""
    where = folder()
    if where is None:
        raise FileNotFoundError("no open linkage data; set MIDDENSTIP_LINKAGE_DATA")
    target = Path(tempfile.gettempdir()) / f"middenstip-linkage-{os.getuid()}" / f"{name}.csv"
    if not target.exists():
        target.parent.mkdir(mode=0o700, exist_ok=True)
        kind = "names" if (where / "names" / f"{name}.csv.gz").exists() else "records"
        target.write_bytes(gzip.decompress((where / kind / f"{name}.csv.gz").read_bytes()))
    return target


def labelled(name: str) -> tuple[Reading, list[str]]:
    """Return the records of a file and who each one really is."""
    path, source = unpacked(name), SOURCES[name]
    with path.open(encoding="utf-8", newline="") as file:
        labels = [row["cluster"] for row in csv.DictReader(file)]
    return read_file(path, source.mapping, source.also), labels


def name_pairs(script: str) -> list[tuple[str, str]]:
    """Return (latin, native) of a file of names."""
    with unpacked(f"xscript_{script}_dev").open(encoding="utf-8", newline="") as file:
        return [(row["latin"], row["native"]) for row in csv.DictReader(file)]
