# SPDX-License-Identifier: EUPL-1.2
"""What an organisation finds on its desk: its duties by day, new cases, deviations, notices.

Lists are cut to a length and come with a total; `duty_page` leafs through the rest.
Texts are not here: ids of duties and flags are looked up in the pack by the screen.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Generic, Literal, TypeVar
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from middenstip import clock
from middenstip.access.acting import as_actor
from middenstip.access.actors import Actor
from middenstip.audit.looks import looked
from middenstip.thread.errors import NotThere
from middenstip.thread.models import DutyRun, Involvement, Notice, Reason, RunState
from middenstip.thread.visibility import (
    COORDINATION,
    acts_in_cases,
    own_runs,
    steers,
    visible_by,
    visible_cases,
    visible_flags,
    visible_runs,
)

Section = Literal["overdue", "today", "week", "later", "undated", "no_owner"]
SECTIONS: tuple[Section, ...] = ("overdue", "today", "week", "later", "undated", "no_owner")
LENGTH = 50
COUNT_TO = 1000
NEW_FOR = timedelta(days=14)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Listed(Generic[T]):
    """The first of a list, and how many there are in all.

    Counting stops at a limit on lists that everybody opens all day: `more` then tells that
    there are more than `total`, and `shown` says so ("1000+").
    """

    items: tuple[T, ...]
    total: int
    more: bool = False

    @property
    def shown(self) -> str:
        """The number as people read it."""
        return f"{self.total}+" if self.more else str(self.total)


@dataclass(frozen=True, slots=True)
class DutyItem:
    """A run of a duty. `days_left` is negative when late, None when the due day is not known.

    `owner` is the name of the organisation that must act, None when nobody could be named.
    """

    case_id: UUID
    pseudonym: str
    key: str
    duty: str
    need: str
    owner_kind: str
    owner: str | None
    starts_on: date | None
    due_on: date | None
    met_on: date | None
    state: Literal["open", "overdue", "met", "void"]
    basis: str
    days_left: int | None


@dataclass(frozen=True, slots=True)
class Worklist:
    """The running duties of one organisation; `no_owner` is for the coordination point only.

    `week` holds the six days after today. `overdue` has the most recent first (those can still
    be saved), the others the nearest first.
    """

    overdue: Listed[DutyItem]
    today: Listed[DutyItem]
    week: Listed[DutyItem]
    later: Listed[DutyItem]
    undated: Listed[DutyItem]
    no_owner: Listed[DutyItem]


@dataclass(frozen=True, slots=True)
class Load:
    """How an organisation stands: running duties that are late, and due within a week."""

    organisation_id: UUID
    name: str
    kind: str
    overdue: int
    week: int


@dataclass(frozen=True, slots=True)
class NewCaseItem:
    """A case in which the own organisation recorded nothing yet."""

    case_id: UUID
    pseudonym: str
    opened_on: date
    opened_by: str


@dataclass(frozen=True, slots=True)
class FlagItem:
    """A deviation from a rule in a case; `event` is the `seq` of the event that raised it."""

    case_id: UUID
    pseudonym: str
    flag: str
    rule: str
    since: date | None
    event: int | None


@dataclass(frozen=True, slots=True)
class NoticeItem:
    """A reminder. It is shown as long as the run it is about still runs to the same day."""

    id: int
    case_id: UUID
    pseudonym: str
    duty: str
    key: str
    due_on: date
    kind: str
    created_at: datetime
    read_at: datetime | None


@as_actor
def worklist(
    *,
    actor: Actor,
    today: date | None = None,
    organisation_id: UUID | None = None,
    length: int = LENGTH,
) -> Worklist:
    """Return the worklist of the actor's organisation, in a fixed number of queries.

    The coordination point may name another organisation; for anybody else that is NotThere.
    """
    day = today or clock.today()
    owner = _owner(actor, organisation_id)
    sections = {name: _section(actor, owner, name, day) for name in SECTIONS}
    totals = _totals(actor, owner, day, sections["no_owner"])
    found = Worklist(
        **{
            name: listed(_items(found, day, 0, length) if total and length else (), total)
            for (name, found), total in ((each, totals[each[0]]) for each in sections.items())
        }
    )
    _listed_to(actor, (item for name in SECTIONS for item in getattr(found, name).items))
    return found


@as_actor
def duty_page(
    *,
    actor: Actor,
    section: Section,
    page: int = 1,
    today: date | None = None,
    organisation_id: UUID | None = None,
    length: int = LENGTH,
) -> Listed[DutyItem]:
    """Return one page (from 1) of a section of the worklist, with the total of the section."""
    day = today or clock.today()
    found = _section(actor, _owner(actor, organisation_id), section, day)
    items = _items(found, day, (max(page, 1) - 1) * length, length)
    _listed_to(actor, items)
    return Listed(items, found.count())


@as_actor
def loads(*, actor: Actor, today: date | None = None) -> list[Load]:
    """Return how every organisation with a running duty stands, the latest first.

    For the coordination point; for anybody else only the own organisation.
    """
    day = today or clock.today()
    running = (visible_runs if steers(actor) else own_runs)(actor).filter(
        state=RunState.RUNNING, owner__isnull=False, due_on__isnull=False
    )
    week = Q(due_on__gte=day, due_on__lte=day + timedelta(days=6))
    found = running.values_list("owner_id", "owner__name", "owner__kind").annotate(
        overdue=Count("due_on", filter=Q(due_on__lt=day)), week=Count("due_on", filter=week)
    )
    return [Load(*values) for values in found.order_by("-overdue", "-week", "owner__name")]


@as_actor
def new_cases(
    *, actor: Actor, today: date | None = None, length: int = LENGTH
) -> Listed[NewCaseItem]:
    """Return cases of the last fourteen days in which the own organisation recorded nothing.

    The last fourteen days since the case was opened (coordination point) or since the
    organisation was brought in; newest first.
    """
    since = (today or clock.today()) - NEW_FOR
    own = Involvement.objects.filter(case=OuterRef("pk"), organisation_id=actor.organisation_id)
    found = visible_cases(actor).exclude(Exists(own.filter(reason=Reason.OWN_RECORD)))
    if steers(actor):
        found = found.filter(opened_on__gt=since)
    else:
        found = found.filter(Exists(own.filter(since__gte=clock.end_of(since))))
    rows = found.order_by("-opened_on", "id").values_list(
        "id", "person__pseudonym", "opened_on", "opened_by__name"
    )
    items = tuple(NewCaseItem(*values) for values in rows[:length])
    _listed_to(actor, items)
    return listed(items, *counts([found.values("pk")]))


@as_actor
def flags_for(
    *, actor: Actor, past: bool = False, page: int = 1, length: int = LENGTH
) -> Listed[FlagItem]:
    """Return one page (from 1) of the deviations in every case the actor sees, newest first.

    Those that last today, about which something can still be done; or (`past`) those that an
    event of the past raised: they are kept, and nothing can undo them.
    """
    found = visible_flags(actor).filter(event__isnull=not past)
    rows = found.order_by(F("since").desc(nulls_last=True), "id").values_list(
        "case_id", "case__person__pseudonym", "flag", "rule", "since", "event"
    )
    start = (max(page, 1) - 1) * length
    items = tuple(FlagItem(*values) for values in rows[start : start + length])
    _listed_to(actor, items)
    return listed(items, *counts([found.values("pk")]))


@as_actor
def notices_for(
    *, actor: Actor, unread_only: bool = False, length: int = LENGTH
) -> Listed[NoticeItem]:
    """Return the reminders that still hold for the own organisation, the latest first."""
    found = own_notices(actor)
    if unread_only:
        found = found.filter(read_at__isnull=True)
    rows = found.order_by("-id").values_list(
        "id", "case_id", "case__person__pseudonym", "duty", "key", "due_on", "kind",
        "created_at", "read_at",
    )  # fmt: skip
    items = tuple(NoticeItem(*values) for values in rows[:length])
    _listed_to(actor, items)
    return listed(items, *counts([found.values("pk")]))


def unread_notices(*, actor: Actor) -> Listed[NoticeItem]:
    """Return how many reminders of the own organisation hold and were not read; no items."""
    return notices_for(actor=actor, unread_only=True, length=0)


def own_notices(actor: Actor) -> QuerySet[Notice]:
    """Return the reminders that hold for the own organisation.

    One that was met, moved to another day or to another owner holds no more: it is settled.
    """
    if not acts_in_cases(actor):
        return Notice.objects.none()
    return Notice.objects.filter(
        visible_by(actor), organisation_id=actor.organisation_id, skipped=False, settled=False
    )


def _owner(actor: Actor, organisation_id: UUID | None) -> UUID:
    if organisation_id in (None, actor.organisation_id):
        return actor.organisation_id
    if organisation_id is None or not steers(actor):
        raise NotThere
    return organisation_id


def _condition(section: Section, day: date) -> Q:
    in_a_week = day + timedelta(days=6)
    return {
        "overdue": Q(due_on__lt=day),
        "today": Q(due_on=day),
        "week": Q(due_on__gt=day, due_on__lte=in_a_week),
        "later": Q(due_on__gt=in_a_week),
        "undated": Q(due_on__isnull=True),
        "no_owner": Q(),
    }[section]


def _section(actor: Actor, owner: UUID, section: Section, day: date) -> QuerySet[DutyRun]:
    runs = own_runs if owner == actor.organisation_id else visible_runs
    if section == "no_owner":
        runs = visible_runs if steers(actor) else _no_runs
    running = runs(actor).filter(state=RunState.RUNNING)
    if section == "no_owner":
        return running.filter(owner__isnull=True).order_by(
            F("due_on").asc(nulls_last=True), "id"
        )
    running = running.filter(_condition(section, day), owner_id=owner)
    return running.order_by("-due_on" if section == "overdue" else "due_on", "id")


def _listed_to(
    actor: Actor, items: Iterable[DutyItem | NewCaseItem | FlagItem | NoticeItem]
) -> None:
    """Tell the read log which cases stand in a list: pseudonym and what must happen."""
    looked(actor=actor, cases={item.case_id for item in items}, categories=[COORDINATION])


def _totals(actor: Actor, owner: UUID, day: date, nobodys: QuerySet[DutyRun]) -> dict[str, int]:
    """Return the number of duties of each section, in two statements.

    One look at the running duties of the owner serves all sections: asked one by one, row
    security would be planned and asked again for each.
    """
    runs = own_runs if owner == actor.organisation_id else visible_runs
    mine = runs(actor).filter(state=RunState.RUNNING, owner_id=owner)
    dated = [name for name in SECTIONS if name != "no_owner"]
    found: dict[str, int] = mine.aggregate(
        **{name: Count("pk", filter=_condition(name, day)) for name in dated}
    )
    return {**found, "no_owner": counts([nobodys.values("pk")])[0]}


def _no_runs(actor: Actor) -> QuerySet[DutyRun]:
    return DutyRun.objects.none()


def counts(lists: Sequence[QuerySet[Any]]) -> list[int]:
    """Return the number of rows of each list, counted to just past COUNT_TO, in one query.

    A list names the columns that it is to read (`values`): the fewer the better.
    """
    parts: list[str] = []
    values: list[Any] = []
    counts = [0] * len(lists)
    asked: list[int] = []
    for place, found in enumerate(lists):
        try:
            text, given = found.order_by()[: COUNT_TO + 1].query.sql_with_params()
        except EmptyResultSet:
            continue
        parts.append(f"(SELECT count(*) FROM ({text}) AS counted)")  # noqa: S608 - built by Django
        values += given
        asked.append(place)
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(parts)}", values)
            for place, number in zip(asked, cursor.fetchone(), strict=True):
                counts[place] = number
    return counts


def listed(items: tuple[T, ...], counted: int) -> Listed[T]:
    """Return a list with its total, counted by `counts`."""
    return Listed(items, min(counted, COUNT_TO), counted > COUNT_TO)


def _items(
    found: QuerySet[DutyRun], day: date, start: int, length: int | None
) -> tuple[DutyItem, ...]:
    rows = found.values_list(
        "case_id", "case__person__pseudonym", "key", "duty", "need", "owner_kind",
        "owner__name", "starts_on", "due_on", "met_on", "state", "basis",
    )  # fmt: skip
    cut = rows[start:] if length is None else rows[start : start + length]
    return tuple(_item(values, day) for values in cut)


def _item(values: tuple[Any, ...], day: date) -> DutyItem:
    item = dict(zip(DutyItem.__slots__, values, strict=False))
    left = None if item["due_on"] is None else (item["due_on"] - day).days
    if item["state"] == RunState.RUNNING:
        item["state"] = "overdue" if left is not None and left < 0 else "open"
    return DutyItem(**item, days_left=left)
