# SPDX-License-Identifier: EUPL-1.2
"""The learnt letters of each script: how its names are spelt in a to z.

The files `letters/<script>.tsv` say what was learnt from, when, and every step with its chance.
`middenstip match learn letters` learns them anew from pairs of names.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path

import numpy as np

from middenstip.matching.names import Word
from middenstip.matching.transducer import Alphabet, Shape, Transducer

SCRIPTS = ("arabic", "cyrillic", "han")
_FOLDER = files("middenstip.matching") / "letters"


@cache
def letters_of(script: str) -> Transducer:
    """Return the learnt letters of a script of SCRIPTS."""
    return read_letters((_FOLDER / f"{script}.tsv").read_text(encoding="utf-8"))


def read_letters(text: str) -> Transducer:
    """Read learnt letters: lines `# key: value`, then `native<TAB>latin<TAB>chance`."""
    head: dict[str, str] = {}
    pairs: list[tuple[str, str]] = []
    chances: list[float] = []
    for line in text.splitlines():
        if line.startswith("#"):
            key, _, value = line[1:].partition(":")
            head[key.strip()] = value.strip()
        elif line:
            left, right, chance = line.split("\t")
            pairs.append((left, right))
            chances.append(float(chance))
    shape = Shape(int(head["left"]), int(head["right"]))
    signs = sorted({sign for left, _ in pairs for sign in left})
    latin = "abcdefghijklmnopqrstuvwxyz0123456789"
    return Transducer(
        shape, Alphabet("".join(signs)), Alphabet(latin), pairs, np.array(chances)
    )


def write_letters(path: Path, learnt: Transducer, head: Sequence[str]) -> None:
    """Write learnt letters so that read_letters gives the same steps."""
    lines = ["# SPDX-License-Identifier: EUPL-1.2", *(f"# {line}" for line in head)]
    lines += [f"# left: {learnt.shape.left}", f"# right: {learnt.shape.right}"]
    steps = sorted(zip(learnt.pairs, learnt.chances, strict=True), key=lambda s: (s[0], s[1]))
    lines += [f"{left}\t{right}\t{chance:.3g}" for (left, right), chance in steps]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@lru_cache(maxsize=200_000)
def spellings(word: Word, best: int = 3) -> tuple[str, ...]:
    """Return the plain spellings of a word, most probable first; a Latin word has one."""
    if word.script not in SCRIPTS:
        return (word.latin,)
    learnt = letters_of(word.script).spell(word.written, best, beam=6)
    first = [word.latin] if word.script in {"han", "cyrillic"} else []
    return tuple(dict.fromkeys([*first, *learnt, word.latin]))[: best + 1]
