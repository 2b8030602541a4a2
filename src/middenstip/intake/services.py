# SPDX-License-Identifier: EUPL-1.2
"""Writes of the intake room: drafts and sending them. Each checks who does it."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db import transaction

from middenstip import clock
from middenstip.access.actors import Actor
from middenstip.intake import wizard
from middenstip.intake.basis import require_notifier
from middenstip.intake.earlier import Said
from middenstip.intake.forms import STEP_NAMES
from middenstip.intake.models import Draft, ImportedRow, SentDraft
from middenstip.intake.notification import as_case
from middenstip.intake.selectors import (
    KEPT_FOR,
    DraftView,
    case_of_sent,
    own_drafts,
    view_of,
)
from middenstip.linkage import services as linkage
from middenstip.linkage.candidates import weights
from middenstip.rules.dates import subtract_term
from middenstip.thread.country import pack
from middenstip.thread.errors import NotThere
from middenstip.thread.records import Opened
from middenstip.thread.services import open_case


@transaction.atomic
def begin_draft(*, actor: Actor) -> DraftView:
    """Return a new draft, or the one that was begun today and is still empty."""
    require_notifier(actor)
    empty = own_drafts(actor).filter(saved_at__isnull=True, begun_on=clock.today()).first()
    draft = empty or Draft.objects.create(
        writer_id=actor.user_id, organisation_id=actor.organisation_id
    )
    return view_of(draft)


@transaction.atomic
def save_step(
    *,
    actor: Actor,
    draft_id: UUID,
    step: int,
    typed: dict[str, list[str]],
    settled: bool = True,
) -> DraftView:
    """Keep what was typed in a step (1 to 4), right or wrong, in place of what was there.

    When the notification becomes anonymous, everything that tells who it is is deleted from the
    draft (R-33); not yet while the writer is still choosing (`settled` False). NotThere when
    the draft is not the actor's.
    """
    require_notifier(actor)
    draft = _locked(actor, draft_id)
    draft.answers[STEP_NAMES[step - 1]] = typed
    if settled and wizard.is_anonymous(draft.answers):
        draft.answers = wizard.without_identity(draft.answers)
    draft.saved_at = clock.now()
    draft.save(update_fields=["answers", "saved_at"])
    return view_of(draft)


@transaction.atomic
def delete_draft(*, actor: Actor, draft_id: UUID) -> None:
    """Delete an own draft for good; NotThere when it is not the actor's."""
    _locked(actor, draft_id).delete()


@transaction.atomic
def send_draft(*, actor: Actor, draft_id: UUID, said: Sequence[Said] = ()) -> UUID:
    """Open a case from a draft, delete the draft, and return the case; all or nothing.

    What the writer `said` of earlier files is decided with it; of what nothing was said the
    likeness is kept, for who looks later.

    Sending the same draft again returns the same case, also when two requests come at once: the
    second waits for the lock and finds the mark of the first. Raises Incomplete with the step,
    EventRefused, ValidationError, NotAllowed or NotThere; the draft is then kept.
    """
    require_notifier(actor)
    draft = own_drafts(actor).select_for_update().filter(pk=draft_id).first()
    if draft is None:
        case_id = case_of_sent(actor=actor, draft_id=draft_id)
        if case_id is None:
            raise NotThere
        return case_id
    notification = wizard.notification_of(wizard.read(draft.answers, actor=actor))
    new = as_case(notification, actor=actor)
    opened = open_case(
        actor=actor,
        events=new.events,
        facts=new.facts,
        facts_on=new.facts_on,
        identity=new.identity,
        opened_on=new.opened_on,
        consents=new.consents,
    )
    SentDraft.objects.create(
        draft_id=draft.pk,
        case_id=opened.case_id,
        writer_id=actor.user_id,
        organisation_id=actor.organisation_id,
    )
    draft.delete()
    _store_said(actor, opened, said)
    return opened.case_id


def delete_expired(*, today: date) -> int:
    """Delete every draft of 28 days and older, whoever wrote it; return how many."""
    count, _ = Draft.objects.filter(begun_on__lte=today - KEPT_FOR).delete()
    return count


def forget_imported(*, today: date) -> int:
    """Delete the marks by which imported rows are known again, after the term of the pack;
    return how many. Their cases stay. None where the pack sets no term.
    """
    kept = pack().kept("import_row")
    if kept is None:
        return 0
    before = clock.end_of(subtract_term(today, kept.term))
    count, _ = ImportedRow.objects.filter(imported_at__lt=before).delete()
    return count


def _store_said(actor: Actor, opened: Opened, said: Sequence[Said]) -> None:
    for each in said:
        if each.verdict:
            linkage.decide(
                actor=actor,
                one=opened.case_id,
                two=each.case_id,
                verdict=each.verdict,
                ground=each.ground,
                score=each.score,
            )
    alike = [
        linkage.Alike(opened.person_id, each.person_id, each.score, weights().name)
        for each in said
        if each.person_id is not None and each.score is not None
    ]
    linkage.keep_likenesses(actor=actor, found=alike)


def _locked(actor: Actor, draft_id: UUID) -> Draft:
    draft = own_drafts(actor).select_for_update().filter(pk=draft_id).first()
    if draft is None:
        raise NotThere
    return draft
