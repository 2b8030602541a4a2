# SPDX-License-Identifier: EUPL-1.2
"""What an organisation finds on its desk: its duties by day, new cases, deviations, notices.

Lists are cut to a length and come with a total; `duty_page` leafs through the rest.
Texts are not here: ids of duties and flags are looked up in the pack by the screen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
    Window,
)
from django.db.models.functions import RowNumber

from middenstip import clock
from middenstip.access.acting import as_actor
from middenstip.access.actors import Actor
from middenstip.audit.looks import looked
from middenstip.thread.errors import NotThere
from middenstip.thread.lists import Listed, first_of, listed, named
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
NEW_FOR = timedelta(days=14)
COLUMNS = (
    "case_id", "key", "duty", "need", "owner_kind", "owner__name", "starts_on", "due_on",
    "met_on", "state", "basis",
)  # fmt: skip


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


@dataclass(frozen=True, slots=True)
class Desk:
    """What stands on a desk; beside the worklist of another organisation stands nothing."""

    worklist: Worklist
    notices: Listed[NoticeItem]
    new: Listed[NewCaseItem]
    flags: Listed[FlagItem]


NOTHING: Listed[Any] = Listed((), 0)


@as_actor
def desk(
    *,
    actor: Actor,
    today: date | None = None,
    organisation_id: UUID | None = None,
    length: int = LENGTH,
    beside: int,
) -> Desk:
    """Return all that stands on a desk, in a fixed number of queries.

    `length` lines of what is overdue, due today and this week (of the rest only how many there
    are); `beside` lines of reminders, new cases and deviations, which stand on the own desk
    only. The coordination point may name another organisation; for anybody else that is
    NotThere.
    """
    day = today or clock.today()
    owner = _owner(actor, organisation_id)
    found = _worklist(actor, owner, day, length, nobodys=0)
    own = beside if owner == actor.organisation_id else None
    *sections, notices, new, flags = _shown_to(
        actor,
        *(getattr(found, name) for name in SECTIONS),
        NOTHING if own is None else _notices(actor, unread_only=True, length=own),
        NOTHING if own is None else _new_cases(actor, day, own),
        NOTHING if own is None else _flags(actor, past=False, start=0, length=own),
    )
    return Desk(Worklist(*sections), notices, new, flags)


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
    owner = _owner(actor, organisation_id)
    found = _worklist(actor, owner, today or clock.today(), length, nobodys=length)
    return Worklist(*_shown_to(actor, *(getattr(found, name) for name in SECTIONS)))


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
    start = (max(page, 1) - 1) * length
    rows, total = first_of(
        found.values_list(*COLUMNS), found.values("pk"), start=start, length=length, exact=True
    )
    items = tuple(_item(values, day) for values in rows)
    return _shown_to(actor, Listed(items, total))[0]


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
    return _shown_to(actor, _new_cases(actor, today or clock.today(), length))[0]


@as_actor
def flags_for(
    *, actor: Actor, past: bool = False, page: int = 1, length: int = LENGTH
) -> Listed[FlagItem]:
    """Return one page (from 1) of the deviations in every case the actor sees, newest first.

    Those that last today, about which something can still be done; or (`past`) those that an
    event of the past raised: they are kept, and nothing can undo them.
    """
    start = (max(page, 1) - 1) * length
    return _shown_to(actor, _flags(actor, past=past, start=start, length=length))[0]


@as_actor
def notices_for(
    *, actor: Actor, unread_only: bool = False, length: int = LENGTH
) -> Listed[NoticeItem]:
    """Return the reminders that still hold for the own organisation, the latest first."""
    return _shown_to(actor, _notices(actor, unread_only=unread_only, length=length))[0]


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


def _worklist(actor: Actor, owner: UUID, day: date, length: int, *, nobodys: int) -> Worklist:
    """Return the sections without pseudonyms, `nobodys` lines of those without an owner.

    One statement serves all sections of the owner: each line comes with its place in its
    section and the total of it. Asked one by one, row security would be planned again for each.
    """
    runs = own_runs if owner == actor.organisation_id else visible_runs
    late = Case(When(due_on__lt=day, then=F("due_on")))
    order = [late.desc(nulls_last=True), F("due_on").asc(nulls_last=True), F("id").asc()]
    rows = (
        runs(actor)
        .filter(state=RunState.RUNNING, owner_id=owner)
        .annotate(part=_part(day))
        .annotate(place=Window(RowNumber(), partition_by=F("part"), order_by=order))
        .annotate(total=Window(Count("*"), partition_by=F("part")))
        .filter(place__lte=max(length, 1))
        .order_by("part", "place")
    )
    parts: dict[str, list[DutyItem]] = {name: [] for name in SECTIONS}
    totals = dict.fromkeys(SECTIONS, 0)
    for part, place, total, *values in rows.values_list("part", "place", "total", *COLUMNS):
        totals[part] = total
        if place <= length:
            parts[part].append(_item(values, day))
    none = _section(actor, owner, "no_owner", day)
    ownerless, counted = first_of(none.values_list(*COLUMNS), none.values("pk"), length=nobodys)
    parts["no_owner"], totals["no_owner"] = (
        [_item(values, day) for values in ownerless],
        counted,
    )
    return Worklist(**{name: listed(tuple(parts[name]), totals[name]) for name in SECTIONS})


def _part(day: date) -> Case:
    """Return the section of a duty with an owner, as an expression."""
    dated = [name for name in SECTIONS if name != "no_owner"]
    return Case(
        *(When(_condition(name, day), then=Value(name)) for name in dated),
        output_field=TextField(),
    )


def _new_cases(actor: Actor, day: date, length: int) -> Listed[NewCaseItem]:
    since = day - NEW_FOR
    own = Involvement.objects.filter(case=OuterRef("pk"), organisation_id=actor.organisation_id)
    found = visible_cases(actor).exclude(Exists(own.filter(reason=Reason.OWN_RECORD)))
    if steers(actor):
        found = found.filter(opened_on__gt=since)
    else:
        found = found.filter(Exists(own.filter(since__gte=clock.end_of(since))))
    newest = found.order_by("-opened_on", "id")
    rows, counted = first_of(
        newest.values_list("id", "opened_on", "opened_by__name"),
        found.values("pk"),
        length=length,
    )
    return listed(tuple(NewCaseItem(case, "", *rest) for case, *rest in rows), counted)


def _flags(actor: Actor, *, past: bool, start: int, length: int) -> Listed[FlagItem]:
    found = visible_flags(actor).filter(event__isnull=not past)
    newest = found.order_by(F("since").desc(nulls_last=True), "id")
    rows, counted = first_of(
        newest.values_list("case_id", "flag", "rule", "since", "event"),
        found.values("pk"),
        start=start,
        length=length,
    )
    return listed(tuple(FlagItem(case, "", *rest) for case, *rest in rows), counted)


def _notices(actor: Actor, *, unread_only: bool, length: int) -> Listed[NoticeItem]:
    found = own_notices(actor)
    if unread_only:
        found = found.filter(read_at__isnull=True)
    newest = found.order_by("-id").values_list(
        "id", "case_id", "duty", "key", "due_on", "kind", "created_at", "read_at"
    )
    rows, counted = first_of(newest, found.values("pk"), length=length)
    items = tuple(NoticeItem(number, case, "", *rest) for number, case, *rest in rows)
    return listed(items, counted)


def _shown_to(actor: Actor, *lists: Listed[Any]) -> list[Listed[Any]]:
    """Return lists with their pseudonyms, and tell the read log which cases stand in them."""
    shown = named(lists)
    cases = {item.case_id for found in shown for item in found.items}
    looked(actor=actor, cases=cases, categories=[COORDINATION])
    return shown


def _no_runs(actor: Actor) -> QuerySet[DutyRun]:
    return DutyRun.objects.none()


def _item(values: Sequence[Any], day: date) -> DutyItem:
    """Return the line of a run, without its pseudonym, from its COLUMNS."""
    case_id, *rest = values
    item = dict(zip(DutyItem.__slots__, (case_id, "", *rest), strict=False))
    left = None if item["due_on"] is None else (item["due_on"] - day).days
    if item["state"] == RunState.RUNNING:
        item["state"] = "overdue" if left is not None and left < 0 else "open"
    return DutyItem(**item, days_left=left)
