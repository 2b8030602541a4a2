# SPDX-License-Identifier: EUPL-1.2
"""Reads of the read log."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.utils.timezone import make_aware

from middenstip import clock
from middenstip.access.actors import Actor
from middenstip.audit.canonical import Entry, Head
from middenstip.audit.models import Anchor, AnchorHead, Kind, ReadEntry

CHUNK = 5000
MOST = 200


@dataclass(frozen=True, slots=True)
class Look:
    """Who looked at a case: ids, purpose, categories, in which way and when. No content."""

    id: int
    at: datetime
    user_id: UUID
    organisation_id: UUID
    purpose: str
    categories: tuple[str, ...]
    operation: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Counts:
    """How much the log holds: entries by kind, chains they belong to, days with an anchor."""

    entries: int
    by_kind: dict[str, int]
    chains: int
    anchors: int


def looks_at_case(
    *,
    actor: Actor,
    case_id: UUID,
    may_ask: Callable[[Actor, UUID], bool],
    before: int | None = None,
    limit: int = MOST,
) -> list[Look]:
    """Return who looked at a case, newest first, alone or in a list; older than entry `before`.

    Who may ask is a matter of the thread, which this room does not know: `may_ask` decides, and
    PermissionDenied is raised when it says no. Nothing is told of the other cases of a list.
    """
    if not may_ask(actor, case_id):
        raise PermissionDenied
    older = Q() if before is None else Q(id__lt=before)
    # Two questions of one index each; asked as one, neither index would serve.
    alone = ReadEntry.objects.filter(older, chain=case_id).order_by("-seq")[:limit]
    listed = ReadEntry.objects.filter(older, cases__contains=[case_id]).order_by("-id")[:limit]
    found = {entry.pk: entry for entry in [*alone, *listed]}
    return [_look(found[key]) for key in sorted(found, reverse=True)[:limit]]


def _look(entry: ReadEntry) -> Look:
    return Look(
        id=entry.pk,
        at=entry.at,
        user_id=entry.user_id,
        organisation_id=entry.organisation_id,
        purpose=entry.purpose,
        categories=tuple(entry.categories),
        operation=entry.operation,
        kind=Kind(entry.kind),
    )


def midnight(day: date) -> datetime:
    """Return the moment at which a legal day begins."""
    return make_aware(datetime.combine(day, datetime.min.time()), clock.AMSTERDAM)


def stored(
    *, chain: UUID | None = None, since: date | None = None, until: date | None = None
) -> QuerySet[ReadEntry]:
    """Return entries of one chain or all, of a period of legal days (both days included)."""
    found = ReadEntry.objects.all()
    if chain is not None:
        found = found.filter(chain=chain)
    if since is not None:
        found = found.filter(at__gte=midnight(since))
    if until is not None:
        found = found.filter(at__lt=midnight(until + timedelta(days=1)))
    return found


def stream(entries: QuerySet[ReadEntry]) -> Iterator[Entry]:
    """Yield stored entries a chunk at a time, in the order of the query."""
    for row in entries.values_list(*Entry._fields).iterator(chunk_size=CHUNK):
        yield Entry(*row)


def anchors(*, until: date | None = None) -> list[Anchor]:
    """Return the anchors up to a day, oldest first."""
    found = Anchor.objects.order_by("day")
    return list(found if until is None else found.filter(day__lte=until))


def heads(
    *, order: tuple[str, ...], since: date | None, until: date | None, chain: UUID | None
) -> Iterator[Head]:
    """Yield where chains stood on days of a period (both included), in the order asked."""
    found = AnchorHead.objects.order_by(*order)
    if since is not None:
        found = found.filter(day__gte=since)
    if until is not None:
        found = found.filter(day__lte=until)
    if chain is not None:
        found = found.filter(chain=chain)
    for row in found.values_list(*Head._fields).iterator(chunk_size=CHUNK):
        yield Head(*row)


def was_anchored(chain: UUID) -> bool:
    """Tell whether an anchor knows a chain, also one of which no entry is left."""
    return AnchorHead.objects.filter(chain=chain).exists()


def counts(*, since: date | None = None, until: date | None = None) -> Counts:
    """Return how many entries, chains and anchors there are, in a period of legal days."""
    found = stored(since=since, until=until)
    by_kind = {kind.value: found.filter(kind=kind).count() for kind in Kind}
    return Counts(
        entries=sum(by_kind.values()),
        by_kind=by_kind,
        chains=found.values("chain").distinct().count(),
        anchors=len(
            [anchor for anchor in anchors(until=until) if not since or anchor.day >= since]
        ),
    )
