# SPDX-License-Identifier: EUPL-1.2
"""Known without being told: ask whether a person is known by codes that show no name.

Each record becomes two codes made with a secret key: of its names and of its birth date. A code
is 512 bits; each is one bit of a keyed MinHash over letter pairs and consonants, or over the
parts of the date. Two codes are as alike as the sets behind them. No bit stands for one letter
pair, as it does in a Bloom filter. What an attacker can still do is in
docs/decisions/blind-check-by-minhash.md.

The answer is one of three words. It never says who, where or how many.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from middenstip.matching.letters import spellings
from middenstip.matching.names import skeleton
from middenstip.matching.records import BadInput, Person

Bits = npt.NDArray[np.uint8]
Answer = Literal["known", "perhaps", "not known"]

SIZE = 512
LEAST_KEY = 32  # bytes
KNOWN, PERHAPS = 0.64, 0.48  # likeness of the whole; measured in bench/matching_blind.py
_PRIME = (1 << 31) - 1
_BIRTH_UNKNOWN = 0.4


@dataclass(frozen=True, slots=True)
class Code:
    """The code of one record: what may leave an organisation. Empty: nothing was stated."""

    names: bytes
    birth: bytes

    def __post_init__(self) -> None:
        for part in (self.names, self.birth):
            if part and len(part) != SIZE // 8:
                raise BadInput([f"a code has {len(part)} bytes; {SIZE // 8} are expected"])


class Encoder:
    """Makes codes with one key. The same person, spelt alike, gives a code that is alike.

    ``key`` are at least 32 secret bytes, ``purpose`` names the exchange: codes made for one
    purpose say nothing about codes made for another. ``exchange`` is a mark of both that shows
    neither: codes with another mark cannot be compared.
    """

    def __init__(self, key: bytes, purpose: str) -> None:
        if len(key) < LEAST_KEY:
            raise BadInput([f"the key has {len(key)} bytes; at least {LEAST_KEY} are needed"])
        if not purpose:
            raise BadInput(["the purpose of the codes is empty; name the exchange"])
        self._key = hmac.digest(key, b"middenstip blind check " + purpose.encode(), "sha256")
        self.exchange = hmac.digest(self._key, b"exchange", "sha256")[:8].hex()
        seed = int.from_bytes(hmac.digest(self._key, b"hashes", "sha256"), "big")
        source = np.random.default_rng(seed)
        self._factor = source.integers(1, 1 << 31, SIZE, dtype=np.uint64)
        self._shift = source.integers(0, 1 << 31, SIZE, dtype=np.uint64)
        self._fold = source.integers(1, 1 << 31, SIZE, dtype=np.uint64) | np.uint64(1)

    def code(self, person: Person) -> Code:
        """Return the code of a record; only names and birth date go into it."""
        return Code(self._bits(name_parts(person)), self._bits(birth_parts(person)))

    def _bits(self, parts: Iterable[str]) -> bytes:
        """Return one bit of the least keyed value of each hash over the parts."""
        values = [
            int.from_bytes(hmac.digest(self._key, part.encode(), "sha256")[:4], "big")
            for part in sorted(set(parts))
        ]
        if not values:
            return b""
        column = np.array(values, dtype=np.uint64)[:, None]
        mixed = (column * self._factor + self._shift) % np.uint64(_PRIME)
        least = mixed.min(axis=0)
        bit = ((least * self._fold) >> np.uint64(17)) & np.uint64(1)
        return np.packbits(bit.astype(np.uint8)).tobytes()


def name_parts(person: Person) -> set[str]:
    """Return what of the names goes into a code: letter pairs, consonants, whole words."""
    parts: set[str] = set()
    for word, _ in person.names:
        form = spellings(word)[0]
        framed = f"^{form}$"
        parts |= {f"2{framed[i : i + 2]}" for i in range(len(framed) - 1)}
        if len(bones := skeleton(form)) >= 2:
            parts |= {f"s{k}{bones}" for k in range(3)}
    return parts


def birth_parts(person: Person) -> set[str]:
    """Return what of the birth date goes into a code; years next to it count a little."""
    birth = person.birth
    if birth is None:
        return set()
    parts = {
        f"y{birth.year + gap}{k}" for gap, n in ((-1, 1), (0, 3), (1, 1)) for k in range(n)
    }
    if birth.exact:
        parts |= {f"d{birth.day}{k}" for k in range(3)} | {
            f"m{birth.month}{k}" for k in range(3)
        }
    return parts


def likeness(one: bytes, two: bytes) -> float | None:
    """Return the estimated share (0 to 1) of parts in common; None when a side is empty.

    One bit of two different values agrees by chance half of the time; that is taken out.
    """
    if not one or not two:
        return None
    a, b = (np.frombuffer(code, dtype=np.uint8) for code in (one, two))
    differ = int(np.unpackbits(a ^ b).sum())
    return max(0.0, 1.0 - 2.0 * differ / SIZE)


class BlindRegister:
    """The codes of everybody in a register, to ask against."""

    def __init__(self, codes: Sequence[Code]) -> None:
        self._names, self._has_names = stack([code.names for code in codes])
        self._birth, self._has_birth = stack([code.birth for code in codes])

    def score(self, asked: Code) -> npt.NDArray[np.float64]:
        """Return how alike each code is to the one asked, 0 to 1; without a name 0.

        Names and birth date must both be alike (their geometric mean); a birth date that one
        side does not state counts as 0.4.
        """
        if not asked.names:
            return np.zeros(len(self._names))
        names = _likeness(self._names, self._has_names, asked.names, 0.0)
        birth = _likeness(self._birth, self._has_birth, asked.birth, _BIRTH_UNKNOWN)
        found: npt.NDArray[np.float64] = np.sqrt(names * birth)
        return found

    def ask(self, asked: Code) -> Answer:
        """Answer whether a person is known, in one word, however many records are alike.

        Every code is compared, whatever the answer: it takes no longer for one than another.
        """
        best = float(self.score(asked).max(initial=0.0))
        if best >= KNOWN:
            return "known"
        return "perhaps" if best >= PERHAPS else "not known"


def stack(codes: Sequence[bytes]) -> tuple[Bits, npt.NDArray[np.bool_]]:
    """Return parts of codes as rows of bytes, zeros where nothing is stated, and who states."""
    whole = b"".join(code or bytes(SIZE // 8) for code in codes)
    rows = np.frombuffer(whole, dtype=np.uint8).reshape(len(codes), SIZE // 8)
    return rows, np.array([bool(code) for code in codes], dtype=bool)


def _likeness(
    rows: Bits, stated: npt.NDArray[np.bool_], asked: bytes, unknown: float
) -> npt.NDArray[np.float64]:
    if not asked:
        return np.full(len(rows), unknown)
    differ = np.bitwise_count(rows ^ np.frombuffer(asked, dtype=np.uint8)).sum(axis=1)
    alike = np.maximum(0.0, 1.0 - 2.0 * differ / SIZE)
    return np.where(stated, alike, unknown)


def fingerprint(code: Code, key: bytes) -> str:
    """Return a short name for a code, for a log that must not hold the code itself.

    Logs with different keys cannot be laid side by side.
    """
    return hmac.digest(key, code.names + b"|" + code.birth, "sha256").hex()[:16]


def asked_before(code: Code, earlier: Sequence[Code]) -> list[int]:
    """Return the places of earlier questions that are taken for the same person.

    To stop asking again and again until the answer tells who it is: another spelling is no new
    question.
    """
    scores = BlindRegister(earlier).score(code)
    return [
        i for i, other in enumerate(earlier) if float(scores[i]) >= PERHAPS or other == code
    ]
