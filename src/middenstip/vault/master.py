# SPDX-License-Identifier: EUPL-1.2
"""The master key: where it comes from, and wrapping keys with it. Knows no Django, no database.

It is 32 random bytes in base64 and stands outside the database: in a file, in the environment,
or printed by a command (a key store). During a rotation a second, old one is given beside it.
"""

import os
import shlex
import subprocess
from base64 import b64decode, urlsafe_b64decode
from binascii import Error as NotBase64
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from middenstip.vault.cipher import KEY_BYTES, Cipher
from middenstip.vault.errors import MasterKeyProblem

# A program that asks a key store over the network answers within this, or the start fails.
COMMAND_SECONDS: Final = 20.0
LONGEST_TEXT: Final = 4096
# The key of demo, development and tests: published here, so it protects nothing.
LOCAL_KEY: Final = "bG9jYWwtb25seS1ob2xkcy1maWN0aW9uYWwtZGF0YS4="

Kind = Literal["file", "environment", "command", "local"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where one master key comes from. Messages call it `name`; the value never shows."""

    kind: Kind
    name: str
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the keys come from: the one to wrap with, and the one that is being replaced."""

    current: Source | None
    old: Source | None = None


class MasterKey:
    """One master key. `id` tells keys apart and reveals nothing about the key."""

    __slots__ = ("_cipher", "id")

    def __init__(self, key: bytes) -> None:
        self.id: Final = _derived(key, b"middenstip master key id", 8).hex()
        self._cipher: Final = Cipher(_derived(key, b"middenstip wrapping key", KEY_BYTES))

    def wrap(self, key: bytes, place: bytes) -> bytes:
        """Return a key sealed under this one, bound to the row it is stored in."""
        return self._cipher.seal(key, place)

    def unwrap(self, wrapped: bytes, place: bytes) -> bytes:
        """Return the key again; the errors of `Cipher.open`."""
        return self._cipher.open(wrapped, place)

    def __repr__(self) -> str:
        return f"<MasterKey {self.id}>"


@dataclass(frozen=True, slots=True)
class MasterKeys:
    """The master keys of this process: `current` wraps, `old` only unwraps."""

    current: MasterKey
    old: MasterKey | None = None

    def ids(self) -> list[str]:
        """Return the ids of the given keys, the current one first."""
        return [key.id for key in (self.current, self.old) if key is not None]

    def named(self, id_: str) -> MasterKey | None:
        """Return the given key with this id, None when it was not given."""
        return next(
            (key for key in (self.current, self.old) if key is not None and key.id == id_), None
        )


def sources(environ: Mapping[str, str], *, local: bool = False) -> Sources:
    """Return where the environment says that the keys are; reads no key.

    With `local` the published key of demo and development is used when none is named.
    MasterKeyProblem when one key is named in two ways.
    """
    current = _source(environ, "VAULT_KEY")
    if current is None and local:
        current = Source("local", "the key of development", LOCAL_KEY)
    return Sources(current, _source(environ, "VAULT_OLD_KEY"))


def load(sources: Sources) -> MasterKeys:
    """Read the keys. MasterKeyProblem says which one cannot be used, why, and what to do."""
    if sources.current is None:
        raise MasterKeyProblem(
            "the vault has no master key: name a file with it in VAULT_KEY_FILE "
            "(make one with: middenstip vault new-key FILE)"
        )
    current = MasterKey(read(sources.current))
    old = MasterKey(read(sources.old)) if sources.old else None
    return MasterKeys(current, None if old is None or old.id == current.id else old)


def read(source: Source) -> bytes:
    """Return the 32 bytes of a key; MasterKeyProblem, which never repeats what was read."""
    if source.kind == "file":
        text = _from_file(source)
    elif source.kind == "command":
        text = _from_command(source)
    else:
        text = source.value
    key = _decoded(text.strip())
    if key is None:
        raise MasterKeyProblem(
            f"{source.name} does not hold a master key: expected 32 bytes in base64, on one "
            "line, as made by: middenstip vault new-key FILE"
        )
    return key


def _source(environ: Mapping[str, str], name: str) -> Source | None:
    kinds: dict[str, Kind] = {
        f"{name}_FILE": "file", name: "environment", f"{name}_COMMAND": "command",
    }  # fmt: skip
    named = [
        Source(kind, variable, environ[variable].strip())
        for variable, kind in kinds.items()
        if environ.get(variable, "").strip()
    ]
    if len(named) > 1:
        both = " and ".join(source.name for source in named)
        raise MasterKeyProblem(f"{both} both name the same key: keep one of them")
    return named[0] if named else None


def _from_file(source: Source) -> str:
    path = Path(source.value)
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            if mode & 0o027:
                raise MasterKeyProblem(
                    f"others may read or change {path} (named by {source.name}): "
                    f"run chmod 600 {shlex.quote(str(path))}"
                )
            return file.read(LONGEST_TEXT).decode("ascii", "replace")
    except OSError as error:
        raise MasterKeyProblem(
            f"{path} (named by {source.name}) cannot be read: {error.strerror}"
        ) from None


def _from_command(source: Source) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - named by who runs the system
            shlex.split(source.value),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=COMMAND_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise MasterKeyProblem(
            f"the command of {source.name} gave no key within {COMMAND_SECONDS:.0f} seconds"
        ) from None
    except (OSError, ValueError):
        raise MasterKeyProblem(f"the command of {source.name} cannot be run") from None
    if done.returncode != 0:
        raise MasterKeyProblem(
            f"the command of {source.name} failed with exit status {done.returncode}"
        )
    return done.stdout[:LONGEST_TEXT].decode("ascii", "replace")


def _decoded(text: str) -> bytes | None:
    for decode in (b64decode, urlsafe_b64decode):
        try:
            key = decode(text + "=" * (-len(text) % 4))
        except (NotBase64, ValueError):
            continue
        if len(key) == KEY_BYTES and len(text.rstrip("=")) == 43:
            return key
    return None


def _derived(key: bytes, purpose: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=purpose).derive(key)
