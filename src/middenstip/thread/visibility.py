# SPDX-License-Identifier: EUPL-1.2
"""Who sees which case, and what of it. Nothing else decides that.

An organisation sees a case through its involvements that hold now: for the purpose it acts for,
and through `own_record`, which shows only what it recorded itself. Lists, pages, counts, search
and exports all start here; `thread.walls` says the same once more in the database.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet, Value, When
from django.db.models import Case as Either
from django.db.models.lookups import IsNull

from middenstip import clock
from middenstip.access.actors import Actor
from middenstip.access.purposes import OWN_RECORD, purpose_of
from middenstip.audit.looks import LookKind, looked
from middenstip.thread.country import coordinates, kinds_in_cases
from middenstip.thread.errors import NotThere
from middenstip.thread.models import Case, DutyRun, Event, FlagRun, Involvement, Reason

# Data categories that the program itself speaks of. A line in a list shows `coordination`.
COORDINATION, IDENTITY, CONTACT = "coordination", "identity", "contact"


@dataclass(frozen=True, slots=True)
class Sight:
    """What an actor may know of one case.

    `categories` of data that are shared for the purpose; `own`: what the own organisation
    recorded as well; `name`: who the person is; `register`: the actor keeps the register, and
    knows of duties that nobody owns.
    """

    categories: frozenset[str]
    own: bool
    name: bool
    register: bool = False


def steers(actor: Actor) -> bool:
    """Tell whether this actor coordinates: it brings others in and looks at their worklists.

    That opens no case by itself. An administrator steers nothing, whoever employs them.
    """
    return not actor.is_administrator and coordinates(actor.organisation_kind)


def acts_in_cases(actor: Actor) -> bool:
    """Tell whether this actor may see any case at all.

    Not an administrator, nobody without a purpose, and nobody of a kind that has nothing to do
    in a case.
    """
    if actor.is_administrator or not actor.purpose:
        return False
    return actor.organisation_kind in kinds_in_cases() or steers(actor)


def involvements(actor: Actor) -> QuerySet[Involvement]:
    """Return the involvements through which this actor sees cases now."""
    if not acts_in_cases(actor):
        return Involvement.objects.none()
    return Involvement.objects.filter(
        holds(clock.now()),
        Q(user__isnull=True) | Q(user_id=actor.user_id),
        organisation_id=actor.organisation_id,
        purpose__in=[actor.purpose, OWN_RECORD],
    )


def holds(moment: datetime) -> Q:
    """Return the condition on an involvement that it has not ended at a moment."""
    return Q(until__isnull=True) | Q(until__gt=moment)


def visible_cases(actor: Actor, *, row_by_row: bool = False) -> QuerySet[Case]:
    """Return the cases this actor may see.

    `row_by_row` where the rest of the statement leaves few cases: each of them is asked about,
    instead of collecting all that an organisation sees.
    """
    mine = involvements(actor)
    if row_by_row:
        return Case.objects.filter(_row_by_row(mine.filter(case_id=OuterRef("pk"))))
    return Case.objects.filter(pk__in=mine.values("case_id"))


def named_cases(actor: Actor) -> QuerySet[Case]:
    """Return the cases of which this actor may know who the person is (`Sight.name`)."""
    mine = involvements(actor).filter(categories__contains=["identity"])
    found = Case.objects.filter(pk__in=mine.exclude(purpose=OWN_RECORD).values("case_id"))
    if not actor.purpose or not purpose_of(actor.purpose).names_under_number:
        found = found.filter(under_number=False)
    return found


def visible_by(actor: Actor) -> Q:
    """Return `visible_cases` as a condition on a table that has a column `case`."""
    return Q(case__in=involvements(actor).values("case_id"))


def visible_events(actor: Actor) -> QuerySet[Event]:
    """Return the events this actor may read: shared by category, or recorded by itself."""
    mine = involvements(actor).filter(case_id=OuterRef("case_id"))
    own = Q(purpose=OWN_RECORD, organisation_id=OuterRef("organisation_id"))
    return Event.objects.filter(_row_by_row(mine.filter(_shared() | own)))


def visible_runs(actor: Actor) -> QuerySet[DutyRun]:
    """Return the runs of duties this actor may know of.

    Its own; those whose category is shared; and, for who keeps the register, those without an
    owner, so that none is left lying.
    """
    mine = involvements(actor).filter(case_id=OuterRef("case_id"))
    own = Q(organisation_id=OuterRef("owner_id"))
    nobodys = Q(IsNull(OuterRef("owner_id"), True), reason=Reason.REGISTER)
    return DutyRun.objects.filter(_row_by_row(mine.filter(own | _shared() | nobodys)))


def own_runs(actor: Actor) -> QuerySet[DutyRun]:
    """Return the runs of duties that this actor's organisation owns in cases it sees."""
    mine = involvements(actor).filter(case_id=OuterRef("case_id"))
    return DutyRun.objects.filter(_row_by_row(mine), owner_id=actor.organisation_id)


def visible_flags(actor: Actor) -> QuerySet[FlagRun]:
    """Return the deviations this actor may know of: those whose category is shared."""
    mine = involvements(actor).filter(case_id=OuterRef("case_id"))
    return FlagRun.objects.filter(_row_by_row(mine.filter(_shared())))


def sight_of(*, actor: Actor, case_id: UUID) -> Sight:
    """Return what this actor may know of a case; NotThere when it may not see it."""
    mine = involvements(actor).filter(case_id=case_id)
    rows = list(mine.values_list("purpose", "categories", "reason", "case__under_number"))
    if not rows:
        raise NotThere
    shared = [set(categories) for purpose, categories, *_ in rows if purpose != OWN_RECORD]
    categories = frozenset().union(*shared)
    hidden = rows[0][3] and not purpose_of(actor.purpose).names_under_number
    return Sight(
        categories=categories,
        own=any(purpose == OWN_RECORD for purpose, *_ in rows),
        name="identity" in categories and not hidden,
        register=any(reason == Reason.REGISTER for _, _, reason, _ in rows),
    )


def events_in(actor: Actor, case_id: UUID, sight: Sight) -> QuerySet[Event]:
    """Return `visible_events` of one case, of which the sight is known already."""
    own = Q(organisation_id=actor.organisation_id) if sight.own else Q(pk__in=())
    shared = Q(category__in=sorted(sight.categories))
    return Event.objects.filter(shared | own, case_id=case_id)


def runs_in(actor: Actor, case_id: UUID, sight: Sight) -> QuerySet[DutyRun]:
    """Return `visible_runs` of one case, of which the sight is known already."""
    found = Q(owner_id=actor.organisation_id) | Q(category__in=sorted(sight.categories))
    if sight.register:
        found |= Q(owner__isnull=True)
    return DutyRun.objects.filter(found, case_id=case_id)


def in_emergency(actor: Actor) -> bool:
    """Tell whether this actor looks at a case that was opened in an emergency."""
    return bool(actor.purpose) and purpose_of(actor.purpose).emergency


def look(actor: Actor, case_id: UUID, categories: Iterable[str]) -> None:
    """Tell the read log that this actor sees data of a case; before anything is shown."""
    kind: LookKind = "break_glass" if in_emergency(actor) else "ordinary"
    looked(actor=actor, case_id=case_id, categories=categories, kind=kind)


def _row_by_row(mine: QuerySet[Involvement]) -> Either:
    """Return the condition that there is such an involvement, asked of each row.

    A plain EXISTS PostgreSQL turns into a join, and then collects all cases of an organisation
    to show the few rows that the rest of the statement leaves.
    """
    return Either(When(Exists(mine), then=Value(True)), default=Value(False))


def _shared() -> Q:
    """Return the condition that an involvement shares the category of the row around it."""
    named = Func(
        OuterRef("category"),
        F("categories"),
        template="%(expressions)s)",
        arg_joiner=" = ANY (",
        output_field=BooleanField(),
    )
    return Q(named) & ~Q(purpose=OWN_RECORD)
