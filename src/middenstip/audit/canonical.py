# SPDX-License-Identifier: EUPL-1.2
"""The one form in which an entry or anchor is hashed, computed here apart from the database.

`migrations/0002_walls.py` holds the same form in SQL. Two programs that agree on every hash are
the proof that neither has a fault of its own.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

NOTHING_BEFORE = bytes(32)


class Entry(NamedTuple):
    """An entry of the log as it is stored; the names are the columns of `ReadEntry`."""

    id: int
    chain: UUID
    seq: int
    cases: list[UUID]
    user_id: UUID
    organisation_id: UUID
    purpose: str
    categories: list[str]
    operation: str
    kind: str
    trace: UUID
    failed: bool
    started_at: datetime
    at: datetime
    previous: bytes
    hash: bytes


class Head(NamedTuple):
    """Where a chain stood at the end of a day."""

    chain: UUID
    day: date
    seq: int
    hash: bytes


def canonical(parts: Iterable[str]) -> str:
    """Return the parts joined, each with its length in front: no two lists give one text."""
    return "".join([f"{len(part)}:{part}" for part in parts])


def moment(value: datetime) -> str:
    """Return an aware moment in UTC with microseconds, as `2026-11-23T19:35:00.000000Z`."""
    return value.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def entry_hash(entry: Entry) -> bytes:
    """Return the hash that this entry must have, over all its other columns."""
    parts = (
        str(entry.id),
        str(entry.chain),
        str(entry.seq),
        canonical(map(str, entry.cases)),
        str(entry.user_id),
        str(entry.organisation_id),
        entry.purpose,
        canonical(entry.categories),
        entry.operation,
        entry.kind,
        str(entry.trace),
        "failed" if entry.failed else "done",
        moment(entry.started_at),
        moment(entry.at),
        bytes(entry.previous).hex(),
    )
    return sha256(canonical(parts).encode()).digest()


def anchor_hash(
    *, day: date, entries: int, last_id: int, previous: bytes, heads: Iterable[Head]
) -> bytes:
    """Return the hash of an anchor; the heads of its day are given in the order of chains."""
    ends = sha256()
    for head in heads:
        ends.update(head.chain.bytes + head.seq.to_bytes(8, "big") + bytes(head.hash))
    parts = (
        day.isoformat(),
        str(entries),
        str(last_id),
        bytes(previous).hex(),
        ends.hexdigest(),
    )
    return sha256(canonical(parts).encode()).digest()
