# SPDX-License-Identifier: EUPL-1.2
"""Reads of the intake room. Who writes a draft sees it, acting for the same organisation."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from middenstip import clock
from middenstip.access.actors import Actor
from middenstip.access.selectors import organisations
from middenstip.intake.forms import STEP_NAMES
from middenstip.intake.models import Draft, SentDraft
from middenstip.intake.wizard import Typed
from middenstip.thread.country import coordinates
from middenstip.thread.errors import NotThere

# As long as the United Kingdom keeps an unsent notification: warned on day 21, gone on day 28.
WARN_AFTER = timedelta(days=21)
KEPT_FOR = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft; `next_step` counts from 1, `days_left` counts down to its deletion."""

    id: UUID
    begun_on: date
    saved_at: datetime | None
    next_step: int
    days_left: int
    answers: Typed = field(repr=False)

    @property
    def expires_on(self) -> date:
        """The day on which the draft is deleted."""
        return self.begun_on + KEPT_FOR

    @property
    def ends_soon(self) -> bool:
        """Whether the writer must be warned."""
        return self.days_left <= (KEPT_FOR - WARN_AFTER).days


def own_drafts(actor: Actor) -> QuerySet[Draft]:
    """Return the drafts of this writer for this organisation that have not expired."""
    return Draft.objects.filter(
        writer_id=actor.user_id,
        organisation_id=actor.organisation_id,
        begun_on__gt=clock.today() - KEPT_FOR,
    )


def drafts(*, actor: Actor) -> list[DraftView]:
    """Return the own drafts in which something was filled in, last saved first."""
    found = own_drafts(actor).filter(saved_at__isnull=False).order_by("-saved_at", "id")
    return [view_of(draft) for draft in found]


def draft_for(*, actor: Actor, draft_id: UUID) -> DraftView:
    """Return an own draft; NotThere when it does not exist, expired, or is somebody else's."""
    draft = own_drafts(actor).filter(pk=draft_id).first()
    if draft is None:
        raise NotThere
    return view_of(draft)


def case_of_sent(*, actor: Actor, draft_id: UUID) -> UUID | None:
    """Return the case a draft of this actor became, None when it was not sent."""
    return (
        SentDraft.objects.filter(
            pk=draft_id, writer_id=actor.user_id, organisation_id=actor.organisation_id
        )
        .values_list("case_id", flat=True)
        .first()
    )


def receivers() -> list[str]:
    """Return the names of the organisations that receive every notification."""
    return [party.name for party in organisations() if coordinates(party.kind)]


def view_of(draft: Draft) -> DraftView:
    """Return a draft as its page shows it."""
    done = [name for name in STEP_NAMES[:-1] if name in draft.answers]
    return DraftView(
        id=draft.pk,
        begun_on=draft.begun_on,
        saved_at=draft.saved_at,
        next_step=len(done) + 1,
        days_left=(draft.begun_on + KEPT_FOR - clock.today()).days,
        answers=draft.answers,
    )


def known_rows(hashes: Sequence[str]) -> dict[str, str]:
    """Return which of these rows came in before: the hash of each with that of its contents.

    Also for nobody, who only tries a file: a hash names the organisation that brings it in, and
    only who has the row can make it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT key, content FROM intake_known(%s)", [list(hashes)])
        return dict(cursor.fetchall())
