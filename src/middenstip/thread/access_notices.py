# SPDX-License-Identifier: EUPL-1.2
"""What an organisation is told about its sight of cases: it came, it stopped, it was forced.

A notice stays readable after the case is out of sight; it holds the pseudonym and no more.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from middenstip import clock
from middenstip.access.acting import as_actor
from middenstip.access.actors import Actor
from middenstip.access.members import manages
from middenstip.audit.looks import looked
from middenstip.thread.errors import NotThere
from middenstip.thread.lists import first_of
from middenstip.thread.models import AccessNotice, AccessNoticeKind, Case, Person
from middenstip.thread.visibility import COORDINATION, involvements, steers

# Told to those who look at it afterwards only, not to everybody in the organisation.
FOR_REVIEW = (AccessNoticeKind.OVERRIDE, AccessNoticeKind.GLASS_BROKEN)


@dataclass(frozen=True, slots=True)
class AccessNoticeView:
    """A message about sharing. `case_id` is None once the case is out of sight."""

    id: int
    kind: str
    pseudonym: str
    purpose: str
    override_id: UUID | None
    case_id: UUID | None
    created_at: datetime


@as_actor
def unread_notices(*, actor: Actor, length: int) -> tuple[list[AccessNoticeView], int]:
    """Return the newest messages about sharing that nobody has read, and how many there are.

    What is to be reviewed is shown to managers and to who coordinates only.
    """
    found = _unread(actor)
    rows, total = first_of(found.order_by("-id"), found.values("pk"), length=length, exact=True)
    looked(actor=actor, cases={row.case_id for row in rows}, categories=[COORDINATION])
    seen = set(
        involvements(actor)
        .filter(case__in=[row.case_id for row in rows])
        .values_list("case_id", flat=True)
    )
    views = [
        AccessNoticeView(
            id=row.pk,
            kind=row.kind,
            pseudonym=row.pseudonym,
            purpose=row.purpose,
            override_id=row.override_id,
            case_id=row.case_id if row.case_id in seen else None,
            created_at=row.created_at,
        )
        for row in rows
    ]
    return views, total


@as_actor
def mark_read(*, actor: Actor, notice_id: int) -> None:
    """Mark one message as read, for the whole organisation; NotThere when it is not there."""
    if not _unread(actor).filter(pk=notice_id).update(read_at=clock.now()):
        raise NotThere


def tell(
    case: Case,
    organisation_ids: Iterable[UUID],
    kind: AccessNoticeKind,
    *,
    purpose: str = "",
    override_id: UUID | None = None,
) -> None:
    """Write a message about a case to organisations; its whole thread is open."""
    pseudonym = Person.objects.values_list("pseudonym", flat=True).get(pk=case.person_id)
    AccessNotice.objects.bulk_create(
        AccessNotice(
            organisation_id=organisation_id,
            case=case,
            pseudonym=pseudonym,
            kind=kind,
            purpose=purpose,
            override_id=override_id,
        )
        for organisation_id in organisation_ids
    )


def _unread(actor: Actor) -> QuerySet[AccessNotice]:
    if actor.is_administrator:
        return AccessNotice.objects.none()
    found = AccessNotice.objects.filter(
        organisation_id=actor.organisation_id, read_at__isnull=True
    )
    if steers(actor) or manages(actor=actor):
        return found
    return found.exclude(kind__in=FOR_REVIEW)
