# SPDX-License-Identifier: EUPL-1.2
"""Codes of persons: made with a key that is not in the database, kept sealed, compared.

A code has two parts, names and birth date (`matching.blind`). Both keys follow from the vault's
look-up key. The opened codes of those who count stay in the memory of a process for a short
while; whether anything changed is asked of the database for every question.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import connection

from middenstip.matching.blind import KNOWN, PERHAPS, SIZE, Answer, BlindRegister, Code, Encoder
from middenstip.matching.records import person
from middenstip.vault.services import Cipher, derived_key

PURPOSE: Final = "known to the coordination point"
NAMES: Final = ("given_name", "family_name")
NAME_KINDS: Final = {*NAMES, "alias", "name"}
BIRTH: Final = "birth_date"
BYTES: Final = SIZE // 8
# Opened codes stay in memory this long at most.
REMEMBERED_SECONDS: Final = 300.0
_FILLED, _EMPTY = b"\x01", b"\x00"
_SEALED: Final = 1 + 12 + 1 + BYTES + 16  # as `vault.cipher` seals one part
_KEEP: Final = "SELECT blindcheck_keep(%s::uuid[], %s::bytea[], %s, %s::bytea[], %s)"


@dataclass(frozen=True, slots=True)
class Likely:
    """A person whose code is like the one asked; `strong` as for the answer *known*."""

    person_id: UUID
    strong: bool


class Register:
    """The codes of everybody who counts, opened."""

    def __init__(self, persons: Sequence[UUID], codes: Sequence[Code]) -> None:
        self._persons, self._codes = persons, BlindRegister(codes)

    def ask(self, code: Code) -> Answer:
        """Answer in one word; every code is compared, whatever the answer."""
        return self._codes.ask(code)

    def likely(self, code: Code, most: int = 10) -> list[Likely]:
        """Return who may be meant, the likest first: for who may see them, never the asker."""
        scores = self._codes.score(code)
        best = sorted(range(len(self._persons)), key=lambda i: -float(scores[i]))[:most]
        return [
            Likely(self._persons[i], float(scores[i]) >= KNOWN)
            for i in best
            if scores[i] >= PERHAPS
        ]


@dataclass(frozen=True, slots=True)
class _Kept:
    moment: float
    mark: str
    register: Register


_kept: _Kept | None = None


def encoder() -> Encoder:
    """Return what makes codes in this installation; the errors of `vault.derived_key`."""
    return Encoder(derived_key("blindcheck codes"), PURPOSE)


def code_of(values: Mapping[str, str], made_with: Encoder) -> Code:
    """Return the code of names and birth date; a part that is not known is empty."""
    wanted = {name: values.get(name, "") for name in (*NAMES, BIRTH)}
    return made_with.code(person("", wanted)[0])


def keep_found_by(values: Mapping[UUID, Mapping[str, str]], **_: Any) -> None:
    """Store the codes of persons whose names or birth date were stored; one statement.

    Takes what `vault.signals.found_by` sends. Who is no person of the register is passed over.
    """
    told = {
        person_id: given
        for person_id, given in values.items()
        if NAME_KINDS & given.keys() or BIRTH in given
    }
    if not told:
        return
    made_with, cipher = encoder(), _cipher()
    codes = {person_id: code_of(given, made_with) for person_id, given in told.items()}
    columns: list[Any] = [
        [*told],
        [_seal(cipher, person_id, "names", code.names) for person_id, code in codes.items()],
        [bool(NAME_KINDS & given.keys()) for given in told.values()],
        [_seal(cipher, person_id, "birth", code.birth) for person_id, code in codes.items()],
        [BIRTH in given for given in told.values()],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, columns)


def register() -> Register:
    """Return the codes of everybody who counts now; of nobody while nobody acts."""
    global _kept
    with connection.cursor() as cursor:
        cursor.execute("SELECT blindcheck_mark()")
        mark: str = cursor.fetchone()[0]
    kept, now = _kept, time.monotonic()
    if kept and kept.mark == mark and now - kept.moment < REMEMBERED_SECONDS:
        return kept.register
    _kept = _Kept(now, mark, _load())
    return _kept.register


def forget() -> None:
    """Forget the codes that this process remembers; they are read again when needed."""
    global _kept
    _kept = None


def seal_code(code: Code, place: bytes) -> bytes:
    """Return a code sealed to a place, as a question keeps it."""
    return _cipher().seal(_packed(code.names) + _packed(code.birth), place)


def open_codes(sealed: Sequence[tuple[bytes | memoryview, bytes]]) -> list[Code]:
    """Return codes that were sealed, given with their places; DoesNotOpen for a moved one."""
    cipher = _cipher()
    opened = [cipher.open(bytes(value), place) for value, place in sealed]
    return [Code(_unpacked(b[: BYTES + 1]), _unpacked(b[BYTES + 1 :])) for b in opened]


def seal_text(text: str, place: bytes) -> bytes:
    """Return a text sealed to a place."""
    return _cipher().seal(text.encode(), place)


def open_text(sealed: bytes | memoryview, place: bytes) -> str:
    """Return a text that was sealed; DoesNotOpen for a moved one."""
    return _cipher().open(bytes(sealed), place).decode()


def _load() -> Register:
    cipher = _cipher()
    with connection.cursor() as cursor:
        cursor.execute("SELECT persons, names, births FROM blindcheck_codes()")
        ids, names, births = (bytes(column) for column in cursor.fetchone())
    persons = [UUID(bytes=ids[at : at + 16]) for at in range(0, len(ids), 16)]
    codes = [
        Code(
            _open(cipher, person_id, "names", names[i * _SEALED : (i + 1) * _SEALED]),
            _open(cipher, person_id, "birth", births[i * _SEALED : (i + 1) * _SEALED]),
        )
        for i, person_id in enumerate(persons)
    ]
    return Register(persons, codes)


def _cipher() -> Cipher:
    return Cipher(derived_key("blindcheck seal"))


def _seal(cipher: Cipher, person_id: UUID, part: str, value: bytes) -> bytes:
    return cipher.seal(_packed(value), part.encode() + person_id.bytes)


def _open(cipher: Cipher, person_id: UUID, part: str, sealed: bytes) -> bytes:
    return _unpacked(cipher.open(sealed, part.encode() + person_id.bytes))


def _packed(part: bytes) -> bytes:
    """Return a part in the same length whether or not anything is known."""
    return _FILLED + part if part else _EMPTY + bytes(BYTES)


def _unpacked(packed: bytes) -> bytes:
    return packed[1:] if packed[:1] == _FILLED else b""
