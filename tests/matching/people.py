# SPDX-License-Identifier: EUPL-1.2
"""Short ways to write records in the tests of matching."""

from __future__ import annotations

from middenstip.matching.records import Person, person


def somebody(
    rec_id: str = "1", given: str = "", family: str = "", born: str = "", **more: str
) -> Person:
    """Return a record; ``more`` are further fields."""
    values = {"given_name": given, "family_name": family, "birth_date": born, **more}
    return person(rec_id, values)[0]


def crowd(size: int = 300) -> list[Person]:
    """Return records of different made-up people, so that rarity means something."""
    heads = ["Bal", "Cor", "Dim", "Fen", "Gur", "Hol", "Jan", "Kes", "Lum", "Mor"]
    tails = ["ana", "ek", "iro", "ouz", "ulf", "ito", "ara", "esh", "inda", "omo"]
    return [
        somebody(
            f"c{i}",
            heads[i % 10] + tails[i // 10 % 10],
            tails[i % 7].title() + heads[i // 3 % 10].lower() + "son",
            f"{1960 + i % 45}-{1 + i % 12:02}-{2 + i % 26:02}",
            sex="FM"[i % 2],
            nationality=["NG", "RO", "VN", "UA"][i % 4],
        )
        for i in range(size)
    ]
