# SPDX-License-Identifier: EUPL-1.2
"""The blind check and lists matched by codes: how good, and how far known attacks get."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from bench import matching_codes
from bench.matching_data import labelled
from bench.measure import Figure
from middenstip.matching.blind import BlindRegister, Code, Encoder
from middenstip.matching.records import Person

_KEY, _OTHER_KEY = b"k" * 32, b"o" * 32


def figures() -> Iterator[Figure]:
    """Measure answers, the frequency, dictionary and graph attacks, and lists of codes."""
    reading, labels = labelled("register_dev")
    records: dict[str, list[Person]] = defaultdict(list)
    for record, label in zip(reading.persons, labels, strict=True):
        records[label].append(record)
    people = sorted(records)
    random.Random(4).shuffle(people)
    yield from answers(records, people[:5000], people[5000:6000])
    some = [records[label][0] for label in people[:1000]]
    yield from attacks([record for record in some if record.names])
    yield from matching_codes.figures()


def answers(
    records: dict[str, list[Person]], inside: list[str], outside: list[str]
) -> Iterator[Figure]:
    """Ask for people whose earlier records are in the register, and for people who are not."""
    encoder = Encoder(_KEY, "bench")
    repeated = [label for label in inside if len(records[label]) > 1][:1000]
    held = [r for k in inside for r in (records[k][:-1] or records[k])]
    register = BlindRegister([encoder.code(record) for record in held])
    known = Counter(register.ask(encoder.code(records[k][-1])) for k in repeated)
    strange = Counter(register.ask(encoder.code(records[k][0])) for k in outside)
    for answer in ("known", "perhaps", "not known"):
        share = known[answer] / len(repeated)
        yield Figure(
            f"people who are there: {answer}", share, "", None, f"{len(repeated)} asked"
        )
        share = strange[answer] / len(outside)
        yield Figure(
            f"people who are not there: {answer}", share, "", None, f"{len(outside)} asked"
        )


def attacks(some: list[Person]) -> Iterator[Figure]:
    """Attack the codes of 1,000 people whose names and births the attacker has in clear."""
    codes = [Encoder(_KEY, "bench").code(record) for record in some]
    names = [" ".join(sorted(word.latin for word, _ in record.names)) for record in some]
    yield Figure(
        "frequency attack: names guessed", frequency(codes, names), "", None, "without the key"
    )
    bits = np.unpackbits(_rows([code.names for code in codes]), axis=1).mean(axis=0)
    yield Figure(
        "most uneven bit: share of ones", float(bits.max()), "", None, "0.5 tells nothing"
    )
    guess = [Encoder(_OTHER_KEY, "bench").code(record) for record in some]
    yield Figure(
        "dictionary attack without the key", dictionary(codes, guess), "", None, "persons found"
    )
    guess = [Encoder(_KEY, "bench").code(record) for record in some]
    yield Figure(
        "dictionary attack with the key", dictionary(codes, guess), "", None, "persons found"
    )
    guess = [Encoder(_OTHER_KEY, "bench").code(record) for record in some]
    yield Figure(
        "graph attack: persons found", graph(codes, guess), "", None, "all 1,000 known in clear"
    )


def frequency(codes: list[Code], names: list[str]) -> float:
    """Give the most frequent code the most frequent name, and so on; return what is right."""
    by_code = [code for code, _ in Counter(code.names for code in codes).most_common()]
    by_name = [name for name, _ in Counter(sorted(names)).most_common()]
    guess = dict(zip(by_code, by_name, strict=False))
    right = sum(guess.get(code.names) == name for code, name in zip(codes, names, strict=True))
    return right / len(codes)


def dictionary(codes: list[Code], guess: list[Code]) -> float:
    """Encode everybody and take the code that is most alike; the share that is right."""
    register = BlindRegister(guess)
    right = sum(int(register.score(code).argmax()) == i for i, code in enumerate(codes))
    return right / len(codes)


def graph(codes: list[Code], clear: list[Code]) -> float:
    """Match people by how alike they are to all others; the share that is right.

    The attacker makes codes of the clear records with a key of their own: what is alike stays
    alike under any key. Each person is known by the sorted likenesses to the others.
    """
    one, two = (_profile(_rows([code.names for code in side])) for side in (codes, clear))
    distance = ((one[:, None, :40] - two[None, :, :40]) ** 2).sum(axis=2)
    return float((distance.argmin(axis=1) == np.arange(len(codes))).mean())


def _rows(codes: list[bytes]) -> npt.NDArray[np.uint8]:
    return np.array([np.frombuffer(code, dtype=np.uint8) for code in codes])


def _profile(rows: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    signs = np.unpackbits(rows, axis=1).astype(np.float32) * 2 - 1
    alike = signs @ signs.T / signs.shape[1]
    np.fill_diagonal(alike, -1)
    return -np.sort(-alike, axis=1)
