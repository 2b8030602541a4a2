# SPDX-License-Identifier: EUPL-1.2
"""Sealing values with AES-256-GCM. Knows no Django and no database.

A sealed value is `version (1 byte) | nonce (12) | ciphertext and tag`. As text it is
`sealed:` and the same bytes in url-safe base64 without padding. What a value is bound to (its
person and place) is not in it but must be given again to open it, so a value that was moved to
another row, column or person does not open.

Texts are filled up to a multiple of 32 bytes, so that the length of a name does not show.
"""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from typing import Final, NoReturn
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from middenstip.vault.errors import BadKey, DoesNotOpen, NotSealed, UnknownFormat

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
TEXT_PREFIX: Final = "sealed:"
_VERSION: Final = 1
_HEAD: Final = bytes([_VERSION])
_NONCE_END: Final = 1 + NONCE_BYTES
SHORTEST: Final = _NONCE_END + TAG_BYTES
_STEP: Final = 32
# Bound into every value of a person; tells these apart from wrapped keys and secrets.
_VALUE: Final = b"middenstip value "


def new_key() -> bytes:
    """Return 32 bytes from the operating system's random source."""
    return os.urandom(KEY_BYTES)


class Cipher:
    """Seals and opens bytes under one key. Keeps no key that can be read back from it."""

    __slots__ = ("_aead",)

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise BadKey
        self._aead = AESGCM(key)

    def seal(self, plain: bytes, bound_to: bytes) -> bytes:
        """Return sealed bytes, each time others; they open only with the same `bound_to`."""
        nonce = os.urandom(NONCE_BYTES)
        return _HEAD + nonce + self._aead.encrypt(nonce, plain, _HEAD + bound_to)

    def open(self, sealed: bytes, bound_to: bytes) -> bytes:
        """Return what was sealed.

        NotSealed for bytes too short to be sealed, UnknownFormat for those of a later version,
        DoesNotOpen when key, place or any bit differs.
        """
        if len(sealed) < SHORTEST:
            raise NotSealed
        if sealed[0] != _VERSION:
            raise UnknownFormat(sealed[0])
        try:
            return self._aead.decrypt(
                sealed[1:_NONCE_END], sealed[_NONCE_END:], _HEAD + bound_to
            )
        except InvalidTag:
            raise DoesNotOpen from None

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is never copied out of the process")


class DataKey:
    """The key of one person: seals what is stored about that person, each value to its place.

    `place` names where a value is stored as precisely as needed to tell it from every other
    value of the person, such as `identity.given_name` or `event.<event id>.note`.
    """

    __slots__ = ("_bound", "_cipher", "person_id")

    def __init__(self, person_id: UUID, key: bytes) -> None:
        self.person_id: Final = person_id
        self._cipher: Final = Cipher(key)
        self._bound: Final = _VALUE + person_id.bytes

    def seal(self, place: str, value: str) -> str:
        """Return the value as sealed text; sealed again when it looks sealed already."""
        plain = value.encode() + b"\x80"
        plain += bytes(-len(plain) % _STEP)
        return to_text(self._cipher.seal(plain, self._bound + place.encode()))

    def open(self, place: str, sealed: str) -> str:
        """Return the value of a sealed text.

        NotSealed, UnknownFormat or DoesNotOpen, as `Cipher.open`; never the text itself back.
        """
        plain = self._cipher.open(from_text(sealed), self._bound + place.encode())
        return plain.rstrip(b"\0")[:-1].decode()

    def __repr__(self) -> str:
        return f"<DataKey of person {self.person_id}>"


def to_text(sealed: bytes) -> str:
    """Return sealed bytes as text that fits in a text column, JSON or an address."""
    return TEXT_PREFIX + urlsafe_b64encode(sealed).rstrip(b"=").decode()


def from_text(text: str) -> bytes:
    """Return the bytes of a sealed text; NotSealed unless exactly as `to_text` wrote it."""
    body = text[len(TEXT_PREFIX) :]
    try:
        sealed = urlsafe_b64decode(body + "=" * (-len(body) % 4))
    except (NotBase64, ValueError):
        raise NotSealed from None
    # Decoding skips what is no base64 and ignores bits at the end; both would be tampering.
    if to_text(sealed) != text:
        raise NotSealed
    return sealed


def is_sealed(value: object) -> bool:
    """Tell whether a value has the form of a sealed text. Anyone can type that form.

    So use it to find what was not sealed yet, never to decide that what somebody entered need
    not be sealed.
    """
    if not isinstance(value, str) or not value.startswith(TEXT_PREFIX):
        return False
    try:
        return len(from_text(value)) >= SHORTEST
    except NotSealed:
        return False
