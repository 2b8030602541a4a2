# SPDX-License-Identifier: EUPL-1.2
"""Learn the letters of a script anew from a file of names, on half of them."""

from __future__ import annotations

import csv
import zlib
from pathlib import Path

from middenstip.matching.letters import write_letters
from middenstip.matching.names import name_words
from middenstip.matching.records import BadInput
from middenstip.matching.transducer import Shape, Transducer, learn

SHAPES = {"arabic": (2, 3, 0.5), "cyrillic": (2, 3, 0.5), "han": (1, 4, 0.0)}


def learnt_from(name: str) -> bool:
    """Return whether a Latin name belongs to the half that is learnt from."""
    return zlib.crc32(name.encode()) % 2 == 0


def read_pairs(path: Path) -> list[tuple[str, str]]:
    """Read (native, latin) single words from a CSV with columns latin, native."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if not {"latin", "native"} <= set(reader.fieldnames or ()):
            raise BadInput([f"{path}, row 1: needs the columns latin and native"])
        found = []
        for row in reader:
            latin, native = name_words(row["latin"]), name_words(row["native"])
            if learnt_from(row["latin"]) and len(latin) == len(native) == 1:
                found.append((native[0].written, latin[0].latin))
    return found


def learn_script(script: str, paths: list[Path], out: Path, day: str) -> Transducer:
    """Learn one script from files and write it down; returns what was learnt."""
    left, right, cost = SHAPES[script]
    pairs = [pair for path in paths for pair in read_pairs(path)]
    learnt = learn(pairs, Shape(left, right), rounds=7, size_cost=cost)
    head = [f"script: {script}", f"learnt on: {day}", f"from: {len(pairs)} pairs of names"]
    head += [f"in: {', '.join(path.name for path in paths)}"]
    write_letters(out / f"{script}.tsv", learnt, head)
    return learnt
