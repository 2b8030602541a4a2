# SPDX-License-Identifier: EUPL-1.2
"""Proving that nothing in the read log was changed, left out or added.

Every entry is hashed again by a program of its own (`canonical`) and must follow on the one
before it in its chain; every anchor is computed again from the chains. The first break of each
chain is told, and every anchor that does not hold.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Literal
from uuid import UUID

from django.db import connection, transaction

from middenstip.audit import selectors
from middenstip.audit.canonical import NOTHING_BEFORE, Entry, Head, anchor_hash, entry_hash
from middenstip.audit.models import Anchor

What = Literal["changed", "missing", "forged", "cut", "rewritten", "miscounted"]
Progress = Callable[[int], None]
STEP = 1000
OF_CHAIN: dict[What, str] = {
    "changed": "its content is not what was written",
    "missing": "entries before it are gone",
    "forged": "it does not follow on the entry before it",
    "cut": "it was there, and the end of the chain is gone",
    "rewritten": "it is not the one that was there",
}
OF_ANCHOR: dict[What, str] = {
    "changed": "its content is not what was written",
    "forged": "it does not follow on the anchor before it",
    "cut": "it is gone",
    "rewritten": "it is not the one that was kept elsewhere",
    "miscounted": "of the entries it covers some are gone, or some were added",
}


@dataclass(frozen=True, slots=True)
class Break:
    """Where the log does not hold: in a chain at an entry, or at the anchor of a day."""

    what: What
    chain: UUID | None = None
    seq: int | None = None
    day: date | None = None

    def __str__(self) -> str:
        if self.chain is None:
            return f"anchor of {self.day}: {self.what}: {OF_ANCHOR[self.what]}"
        vouched = f" at the end of {self.day}" if self.day else ""
        place = f"chain {self.chain}, entry {self.seq}{vouched}"
        return f"{place}: {self.what}: {OF_CHAIN[self.what]}"


@dataclass(frozen=True, slots=True)
class Scope:
    """What to check: one chain or all, a period of legal days or everything."""

    chain: UUID | None = None
    since: date | None = None
    until: date | None = None


@dataclass(slots=True)
class _Tally:
    """How many entries each anchor covers, and the highest id, counted while they pass."""

    ends: list[datetime]
    entries: list[int] = field(init=False)
    last_ids: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.entries = [0] * (len(self.ends) + 1)
        self.last_ids = [0] * (len(self.ends) + 1)

    def add(self, entry: Entry) -> None:
        place = bisect_right(self.ends, entry.at)
        self.entries[place] += 1
        self.last_ids[place] = max(self.last_ids[place], entry.id)


def verify(scope: Scope, progress: Progress = lambda number: None) -> Iterator[Break]:
    """Yield the first break of every chain and each anchor that does not hold.

    Reads one state of the log, a chunk at a time. With a period, the first entry of a chain in
    it is taken as following on the one before, and only anchors that lie in it whole count.
    """
    with _one_state():
        anchors = selectors.anchors(until=scope.until)
        first = _first_whole(anchors, scope)
        tally = _Tally([selectors.midnight(a.day + timedelta(days=1)) for a in anchors])
        yield from _chains(scope, anchors[first:], tally, progress)
        if scope.chain is None:
            yield from _anchors(scope, anchors, first, tally)


def kept_elsewhere(day: date, expected: bytes) -> Break | None:
    """Compare the anchor of a day with one that somebody kept outside the database."""
    anchor = next((a for a in selectors.anchors(until=day) if a.day == day), None)
    if anchor is None:
        return Break("cut", day=day)
    return None if bytes(anchor.hash) == expected else Break("rewritten", day=day)


def total(scope: Scope) -> int:
    """Return how many entries there are to check."""
    return selectors.stored(chain=scope.chain, since=scope.since, until=scope.until).count()


@contextmanager
def _one_state() -> Iterator[None]:
    nested = connection.in_atomic_block
    with transaction.atomic():
        if not nested:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _first_whole(anchors: list[Anchor], scope: Scope) -> int:
    """Return the place of the first anchor of which all days lie in the period."""
    if scope.since is None:
        return 0
    for place in range(1, len(anchors)):
        if anchors[place - 1].day + timedelta(days=1) >= scope.since:
            return place
    return len(anchors)


def _chains(
    scope: Scope, anchors: list[Anchor], tally: _Tally, progress: Progress
) -> Iterator[Break]:
    entries = selectors.stream(
        selectors.stored(chain=scope.chain, since=scope.since, until=scope.until).order_by(
            "chain", "seq"
        )
    )
    ends = _heads(scope, anchors, ("chain", "day"))
    chains = groupby(_counted(entries, tally, progress), key=lambda entry: entry.chain)
    known = groupby(ends, key=lambda head: head.chain)
    chain, head = next(chains, None), next(known, None)
    while chain or head:
        key = min(found[0] for found in (chain, head) if found)
        of_chain = chain[1] if chain and chain[0] == key else iter(())
        of_anchors = list(head[1]) if head and head[0] == key else []
        if found := _chain(of_chain, of_anchors, whole=scope.since is None):
            yield found
        if chain and chain[0] == key:
            chain = next(chains, None)
        if head and head[0] == key:
            head = next(known, None)


def _counted(entries: Iterator[Entry], tally: _Tally, progress: Progress) -> Iterator[Entry]:
    number = 0
    for number, entry in enumerate(entries, 1):
        tally.add(entry)
        if number % STEP == 0:
            progress(STEP)
        yield entry
    progress(number % STEP)


def _heads(scope: Scope, anchors: list[Anchor], order: tuple[str, ...]) -> Iterator[Head]:
    if scope.since is not None and not anchors:
        return iter(())
    first = anchors[0].day if scope.since is not None else None
    return selectors.heads(order=order, since=first, until=scope.until, chain=scope.chain)


def _chain(entries: Iterator[Entry], heads: list[Head], *, whole: bool) -> Break | None:
    """Return the first break of one chain; reads on to its end, so that all are counted."""
    expected = {head.seq: head for head in heads}
    found: Break | None = None
    before: Entry | None = None
    for entry in entries:
        if found is None:
            found = _follows(before, entry, whole=whole) or _anchored(entry, expected)
        before = entry
    reached = before.seq if before else 0
    for head in heads:
        if found is None and head.seq > reached:
            found = Break("cut", head.chain, reached + 1, head.day)
    return found


def _follows(before: Entry | None, entry: Entry, *, whole: bool) -> Break | None:
    what: What | None = None
    known = whole or before is not None or entry.seq == 1
    seq = before.seq if before else 0
    previous = bytes(before.hash) if before else NOTHING_BEFORE
    earlier = before is not None and entry.at < before.at
    if known and entry.seq != seq + 1:
        what = "missing"
    elif entry_hash(entry) != bytes(entry.hash):
        what = "changed"
    elif earlier or (known and bytes(entry.previous) != previous):
        what = "forged"
    return Break(what, entry.chain, entry.seq) if what else None


def _anchored(entry: Entry, expected: dict[int, Head]) -> Break | None:
    head = expected.get(entry.seq)
    if head is None or bytes(head.hash) == bytes(entry.hash):
        return None
    return Break("rewritten", entry.chain, entry.seq, head.day)


def _anchors(scope: Scope, anchors: list[Anchor], first: int, tally: _Tally) -> Iterator[Break]:
    """Yield the anchors that do not hold; all chains of their days were counted before."""
    of_days = groupby(_heads(scope, anchors[first:], ("day", "chain")), key=lambda h: h.day)
    day = next(of_days, None)
    for place, anchor in enumerate(anchors[first:], first):
        while day and day[0] < anchor.day:
            yield Break("cut", day=day[0])
            day = next(of_days, None)
        ends = list(day[1]) if day and day[0] == anchor.day else []
        if ends:
            day = next(of_days, None)
        if what := _anchor(anchor, anchors[place - 1] if place else None, ends, tally, place):
            yield Break(what, day=anchor.day)
    while day:
        yield Break("cut", day=day[0])
        day = next(of_days, None)


def _anchor(
    anchor: Anchor, before: Anchor | None, ends: list[Head], tally: _Tally, place: int
) -> What | None:
    expected = anchor_hash(
        day=anchor.day,
        entries=anchor.entries,
        last_id=anchor.last_id,
        previous=bytes(anchor.previous),
        heads=ends,
    )
    last_id = tally.last_ids[place] or (before.last_id if before else 0)
    if bytes(anchor.previous) != (bytes(before.hash) if before else NOTHING_BEFORE):
        return "forged"
    if expected != bytes(anchor.hash):
        return "changed"
    if (tally.entries[place], last_id) != (anchor.entries, anchor.last_id):
        return "miscounted"
    return None
