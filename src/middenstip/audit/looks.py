# SPDX-License-Identifier: EUPL-1.2
"""Telling the log who looks. Whoever shows data of a person calls `looked` before it does.

Inside `collecting` (a request, a command) looks are put together and written at its end, in one
statement on a connection of its own: a rollback takes none of them away. Outside it each look
is written at once. When the log cannot be written `LogNotWritten` is raised, and nothing may be
shown.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, get_args
from uuid import UUID, uuid4

from django.conf import settings
from django.db import Error, connections

from middenstip import clock
from middenstip.access.actors import Actor

LookKind = Literal["ordinary", "list", "export", "break_glass"]
KINDS: frozenset[str] = frozenset(get_args(LookKind))
UNNAMED = "unnamed"
# More cases than this are told in several entries: each stays quick to write and to check.
CASES_PER_ENTRY = 1000


class LogNotWritten(Exception):
    """The read log could not be written, so nothing may be shown. Names no person."""


@dataclass(frozen=True, slots=True)
class _Key:
    """What makes two looks of one request one entry."""

    user_id: UUID
    organisation_id: UUID
    purpose: str
    kind: str
    operation: str
    case_id: UUID | None


@dataclass(slots=True)
class _Seen:
    categories: set[str] = field(default_factory=set)
    cases: set[UUID] = field(default_factory=set)


@dataclass(slots=True)
class Collector:
    """The looks of one request or command, put together until they are written.

    `operation` is the name of the address or command, never an address itself; `failed` tells
    that it ended in an error of ours. Both may be set until the looks are written.
    """

    operation: str = ""
    trace: UUID = field(default_factory=uuid4)
    started_at: datetime = field(default_factory=clock.now)
    failed: bool = False
    _seen: dict[_Key, _Seen] = field(default_factory=dict)

    def add(self, key: _Key, cases: Iterable[UUID], categories: Iterable[str]) -> None:
        """Keep a look; a second one of the same kind at the same case adds its categories."""
        seen = self._seen.setdefault(key, _Seen())
        seen.cases.update(cases)
        seen.categories.update(categories)

    def write(self) -> int:
        """Write what was collected, once; return how many entries. Raises LogNotWritten."""
        entries = [entry for key, seen in self._seen.items() for entry in self._of(key, seen)]
        self._seen.clear()
        if entries:
            _append(entries)
        return len(entries)

    def _of(self, key: _Key, seen: _Seen) -> Iterator[dict[str, Any]]:
        cases = sorted(map(str, seen.cases))
        for start in range(0, len(cases) or 1, CASES_PER_ENTRY):
            yield {
                "chain": str(key.case_id or key.organisation_id),
                "cases": cases[start : start + CASES_PER_ENTRY],
                "user_id": str(key.user_id),
                "organisation_id": str(key.organisation_id),
                "purpose": key.purpose,
                "categories": sorted(seen.categories),
                "operation": key.operation or self.operation or UNNAMED,
                "kind": key.kind,
                "trace": str(self.trace),
                "failed": self.failed,
                "started_at": self.started_at.isoformat(),
            }


_current: ContextVar[Collector | None] = ContextVar("read_log_collector", default=None)


@contextmanager
def collecting(operation: str = "", trace: UUID | None = None) -> Iterator[Collector]:
    """Collect the looks made inside and write them at the end, also when it ends in an error.

    A command shows data only after this block, a view only through the middleware: what was
    shown inside cannot be taken back when the log turns out not to be written (LogNotWritten).
    """
    collector = Collector(operation=operation, trace=trace or uuid4())
    mark = _current.set(collector)
    try:
        yield collector
    except BaseException:
        collector.failed = True
        raise
    finally:
        _current.reset(mark)
        collector.write()


def looked(
    *,
    actor: Actor,
    case_id: UUID | None = None,
    cases: Iterable[UUID] = (),
    categories: Iterable[str],
    operation: str | None = None,
    kind: LookKind = "ordinary",
) -> None:
    """Tell the log that this actor sees categories of data of one case, or of a list of cases.

    Name `case_id` or `cases`, not both (ValueError); an empty list shows nobody and is not
    kept. A look at cases is of kind `list` unless another is named. `operation` is the name of
    an address or command; without it that of the collector. Raises LogNotWritten when there is
    no collector and the log cannot be written.
    """
    if kind not in KINDS:
        raise ValueError(f"a look is one of {', '.join(sorted(KINDS))}, not {kind!r}")
    listed = set(cases)
    if case_id is not None and listed:
        raise ValueError("a look is at one case or at a list of cases, not at both")
    if case_id is None and not listed:
        return
    key = _Key(
        user_id=actor.user_id,
        organisation_id=actor.organisation_id,
        purpose=actor.purpose,
        kind="list" if listed and kind == "ordinary" else kind,
        operation=operation or "",
        case_id=case_id,
    )
    collector = _current.get()
    if collector is not None:
        collector.add(key, listed, categories)
        return
    alone = Collector()
    alone.add(key, listed, categories)
    alone.write()


def _append(entries: list[dict[str, Any]]) -> None:
    """Write entries in one statement; a connection that was lost is tried once more."""
    connection = connections[settings.READ_LOG_CONNECTION]
    looks = json.dumps(entries)
    for attempt in (1, 2):
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT audit_append(%s::jsonb)", [looks])
        except Error as error:
            if attempt == 2 or connection.in_atomic_block or not _lost(connection):
                raise LogNotWritten("the read log could not be written") from error
            connection.close()
        else:
            return


def _lost(connection: Any) -> bool:
    """Tell whether the server closed a connection that we had, as after its restart."""
    return connection.connection is not None and not connection.is_usable()
