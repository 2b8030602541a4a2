# SPDX-License-Identifier: EUPL-1.2
"""Make a large register of invented persons out of a small one: for time and memory only.

Each copy mixes given names, family names and birth years of the persons anew, so that a copy is
no second notification of anybody.
"""

from __future__ import annotations

import csv
import random
from pathlib import Path


def make_large(source: Path, target: Path, copies: int, seed: int = 1) -> int:
    """Write ``copies`` mixed copies of a labelled register; return how many rows there are."""
    with source.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    people = sorted({row["cluster"] for row in rows})
    source_of_chance = random.Random(seed)
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [c for c in rows[0] if c != "cluster"])
        writer.writeheader()
        for copy in range(copies):
            other = people[:]
            source_of_chance.shuffle(other)
            partner = dict(zip(people, other, strict=True))
            family = {row["cluster"]: row["family_name"] for row in rows}
            shift = {person: source_of_chance.randint(-6, 6) for person in people}
            for row in rows:
                mixed = {k: v for k, v in row.items() if k != "cluster"}
                mixed["rec_id"] = f"{copy}-{row['rec_id']}"
                if copy:
                    mixed["family_name"] = family[partner[row["cluster"]]]
                    mixed["phone"] = mixed["phone"] and f"{copy}{mixed['phone'][1:]}"
                    if len(born := mixed["birth_date"]) >= 4 and not born.endswith("02-29"):
                        mixed["birth_date"] = (
                            f"{int(born[:4]) + shift[row['cluster']]}{born[4:]}"
                        )
                writer.writerow(mixed)
    return copies * len(rows)
