# SPDX-License-Identifier: EUPL-1.2
"""Looking back at sharing without consent and at broken glasses, by a second person.

A second person works for the coordination point, or manages the organisation of who did it, and
is somebody else. Looking back opens no case.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from middenstip import clock
from middenstip.access.acting import as_actor, deriving
from middenstip.access.actors import Actor
from middenstip.access.members import manages
from middenstip.audit.looks import looked
from middenstip.audit.selectors import Look, looks_at_case
from middenstip.thread import services
from middenstip.thread.country import pack
from middenstip.thread.errors import NotAllowed, NotThere
from middenstip.thread.models import Outcome, Override
from middenstip.thread.values import clean_text
from middenstip.thread.visibility import COORDINATION, steers, visible_cases
from middenstip.vault.services import keys_of

WORKING_DAYS = 2  # house rule
MOST_LOOKS = 50


@dataclass(frozen=True, slots=True)
class Review:
    """An override or a broken glass, for who looks back at it.

    `text` is the reason that was given, `looks` what that person saw of the case meanwhile
    (only of a glass). `mine` tells that the reader did it, and so cannot answer. `late` tells
    that the answer should have come by `answer_by`.
    """

    id: UUID
    glass: bool
    pseudonym: str
    organisation: str
    purpose: str
    ground: str
    text: str = field(repr=False)
    by: str
    by_organisation: str
    at: datetime
    ends: datetime
    answer_by: date
    late: bool
    mine: bool
    answered_by: str
    answered_at: datetime | None
    outcome: str
    answer: str = field(repr=False)
    looks: tuple[Look, ...] = ()


def may_review(actor: Actor) -> bool:
    """Tell whether this actor looks back at anything: it coordinates, or manages."""
    return not actor.is_administrator and (steers(actor) or manages(actor=actor))


@as_actor
def reviews(*, actor: Actor, answered: bool, length: int) -> list[Review]:
    """Return what this actor looks back at: waiting for an answer (oldest first), or answered
    (newest first). Empty for who is no second person of anything.
    """
    found = _reviewed(actor).filter(answered_by__isnull=not answered)
    return _views(actor, list(found.order_by("-at" if answered else "at", "id")[:length]))


@as_actor
def waiting(*, actor: Actor) -> int:
    """Return how many overrides and broken glasses wait for an answer of this actor."""
    return _reviewed(actor).filter(answered_by=None).exclude(by_id=actor.user_id).count()


@as_actor
def review_of(*, actor: Actor, override_id: UUID) -> Review:
    """Return one of `reviews`; NotThere when it is not there for this actor."""
    row = _reviewed(actor).filter(pk=override_id).first()
    if row is None:
        raise NotThere
    return _views(actor, [row])[0]


@as_actor
@transaction.atomic
def answer_override(*, actor: Actor, override_id: UUID, outcome: str, text: str = "") -> None:
    """Say as a second person whether an override or a broken glass was justified.

    An override that is justified lasts 14 days from when it was made, if it did not lapse; what
    is not justified ends at once. Answered once. NotThere; NotAllowed for who did it;
    ValidationError keyed `outcome` or `text`.
    """
    found = _reviewed(actor).select_for_update(of=("self",)).filter(pk=override_id).first()
    if found is None or found.answered_by_id is not None:
        raise NotThere
    if found.by_id == actor.user_id:
        raise NotAllowed(_("Somebody else must look at what you did yourself."))
    if outcome not in pack().codes_of("review_outcome"):
        raise ValidationError({"outcome": [_("Choose an outcome.")]})
    try:
        words = clean_text(text, lines=True)
    except ValidationError as error:
        raise ValidationError({"text": error.messages}) from None
    if found.glass and not words:
        raise ValidationError({"text": [_("Say in a few words why.")]})
    person_id = _heads([found.pk])[found.pk][0]
    key = keys_of([person_id]).get(person_id)
    sealed = key.seal(f"override.{found.pk}.answer", words) if key and words else ""
    Override.objects.filter(pk=found.pk).update(
        answered_by=actor.user_id, answered_at=clock.now(), outcome=outcome, answer=sealed
    )
    if visible_cases(actor).filter(pk=found.case_id).exists():
        # Others than who sees the case leave it to the night: it is derived anew every day.
        services.lock(actor, found.case_id, None)
        with deriving([found.case_id]):
            services.rederive_locked([found.case_id], clock.today())


def answer_day(day: date) -> date:
    """Return the last day for an answer: two working days later (house rule)."""
    left = WORKING_DAYS
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5 and day not in _public_holidays()
    return day


@cache
def _public_holidays() -> frozenset[date]:
    return frozenset(day for holiday in pack().holidays.values() for day in holiday.days)


def _reviewed(actor: Actor) -> QuerySet[Override]:
    """Return what this actor may look back at; the database shows no more either."""
    if not may_review(actor):
        return Override.objects.none()
    found = Override.objects.select_related(
        "organisation", "by", "by_organisation", "answered_by"
    )
    return found if steers(actor) else found.filter(by_organisation_id=actor.organisation_id)


def _heads(ids: Sequence[UUID]) -> dict[UUID, tuple[UUID, str]]:
    """Return person and pseudonym of what is looked back at, also where no case is seen."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM wall_reviewed(%s)", [list(ids)])
        return {override: (person, name) for override, person, name in cursor.fetchall()}


def _views(actor: Actor, rows: Sequence[Override]) -> list[Review]:
    heads = _heads([row.pk for row in rows])
    keys = keys_of({person for person, _ in heads.values()})
    # Also who sees no case reads here why somebody had to.
    looked(actor=actor, cases={row.case_id for row in rows}, categories=[COORDINATION])
    today = clock.today()
    views = []
    for row in rows:
        person_id, pseudonym = heads[row.pk]
        key, by = keys.get(person_id), answer_day(clock.legal_day(row.at))
        views.append(
            Review(
                id=row.pk,
                glass=row.glass,
                pseudonym=pseudonym,
                organisation=row.organisation.name,
                purpose=row.purpose,
                ground=row.ground,
                text=key.open(f"override.{row.pk}.text", row.text) if key and row.text else "",
                by=row.by.display_name,
                by_organisation=row.by_organisation.name,
                at=row.at,
                ends=_ends(row),
                answer_by=by,
                late=row.answered_by_id is None and by < today,
                mine=row.by_id == actor.user_id,
                answered_by=row.answered_by.display_name if row.answered_by else "",
                answered_at=row.answered_at,
                outcome=row.outcome,
                answer=key.open(f"override.{row.pk}.answer", row.answer)
                if key and row.answer
                else "",
                looks=_looks(actor, row),
            )
        )
    return views


def _ends(row: Override) -> datetime:
    """Return until when it lets somebody see the case, or let them see it."""
    if row.outcome == Outcome.NOT_JUSTIFIED and row.answered_at:
        lasts = settings.GLASS_LASTS if row.glass else settings.OVERRIDE_WAITS
        return min(row.answered_at, row.at + lasts)
    if row.glass:
        return row.at + settings.GLASS_LASTS
    in_time = (
        row.answered_at is not None and row.answered_at <= row.at + settings.OVERRIDE_WAITS
    )
    return row.at + (settings.OVERRIDE_LASTS if in_time else settings.OVERRIDE_WAITS)


def _looks(actor: Actor, row: Override) -> tuple[Look, ...]:
    """Return what was looked at through a broken glass, in the order in which it was."""
    if not row.glass:
        return ()
    found = looks_at_case(
        actor=actor, case_id=row.case_id, may_ask=lambda *_: True, limit=MOST_LOOKS
    )
    return tuple(
        look
        for look in reversed(found)
        if look.user_id == row.by_id
        and look.organisation_id == row.by_organisation_id
        and look.purpose == row.purpose
    )
