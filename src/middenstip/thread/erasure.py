# SPDX-License-Identifier: EUPL-1.2
"""Removing who a person is: proposed by a passed term or asked by the person, decided by two.

A removal destroys the key of the person: every name, number, day of birth and free text of the
thread is unreadable from then on, also in older dumps. The thread itself stays countable. The
coordination point decides, also about cases that it does not see.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from middenstip import clock
from middenstip.access.acting import as_actor, deriving
from middenstip.access.actors import Actor
from middenstip.audit.looks import looked
from middenstip.thread import services, store
from middenstip.thread.errors import NotAllowed, NotThere
from middenstip.thread.models import RemovalProposal, RetentionHold
from middenstip.thread.removal_models import OWN_REQUEST
from middenstip.thread.sealing import Keys, case_keys, key_for
from middenstip.thread.values import clean_text
from middenstip.thread.visibility import COORDINATION, steers, visible_cases
from middenstip.vault.errors import NoSuchKey
from middenstip.vault.services import DataKey, destroy_key, keys_of, make_keys

OPEN = Q(said_no_at__isnull=True, lapsed_at__isnull=True, done_at__isnull=True)


class Head(NamedTuple):
    """What a proposal is about, told by the database to who decides.

    `last_on`: the last day on which something happened or was recorded. `version`: the number
    of events now. `running`: duties that are not done. `named`: somebody's name or number is
    known. `held`: something must be kept.
    """

    person_id: UUID
    pseudonym: str
    last_on: date | None
    version: int
    running: int
    named: bool
    held: bool


@dataclass(frozen=True, slots=True)
class Removal:
    """A proposal for who decides. `state`: waiting, done, refused or lapsed.

    `stale`: something was recorded since it was proposed. `mine`: the reader said yes already.
    `case_id` is None where the reader does not see the case.
    """

    id: UUID
    why: str
    state: str
    head: Head
    stale: bool
    mine: bool
    case_id: UUID | None
    proposed_at: datetime
    proposed_by: str
    organisation: str
    due_on: date | None
    reason: str = field(repr=False)
    first_yes_by: str = ""
    second_yes_by: str = ""
    said_no_by: str = ""
    said_no_because: str = field(default="", repr=False)
    decided_at: datetime | None = None
    hold_reason: str = field(default="", repr=False)
    hold_by: str = ""
    hold_at: datetime | None = None


def may_decide(actor: Actor) -> bool:
    """Tell whether this actor decides about removals: who works for the coordination point."""
    return steers(actor) and bool(actor.purpose)


@as_actor
@transaction.atomic
def propose_on_request(*, actor: Actor, case_id: UUID, text: str = "") -> UUID:
    """Write down that the person asks for removal; return the proposal.

    By whoever sees the case. Asking twice gives the proposal that waits already. NotThere;
    NotAllowed in an emergency and of who was removed; ValidationError keyed `text`.
    """
    case = services.lock(actor, case_id, None)
    words = _words(text, required=False)
    with deriving([case_id]):
        waiting = RemovalProposal.objects.filter(OPEN, case_id=case_id, why=OWN_REQUEST)
        if found := waiting.values_list("pk", flat=True).first():
            return found
        key = key_for(case.person_id, case_keys([case_id]), case_id)
        made = uuid4()
        RemovalProposal.objects.create(
            id=made,
            case_id=case_id,
            why=OWN_REQUEST,
            reason=key.seal(f"removal.{made}.reason", words) if words else "",
            version=case.version,
            proposed_by_id=actor.user_id,
            organisation_id=actor.organisation_id,
        )
    return made


@as_actor
def removals(*, actor: Actor, decided: bool, length: int) -> list[Removal]:
    """Return what waits for a decision, the oldest first, or what was decided, newest first.

    Empty for who does not decide.
    """
    found = _shown(actor).exclude(OPEN) if decided else _shown(actor).filter(OPEN)
    order = "-proposed_at" if decided else "proposed_at"
    return _views(actor, list(found.order_by(order, "id")[:length]))


@as_actor
def waiting_removals(*, actor: Actor) -> int:
    """Return how many proposals wait for a yes or no of this actor."""
    return _shown(actor).filter(OPEN).exclude(first_yes_by_id=actor.user_id).count()


@as_actor
def removal_of(*, actor: Actor, proposal_id: UUID) -> Removal:
    """Return one of `removals`; NotThere when it is not there for this actor."""
    row = _shown(actor).filter(pk=proposal_id).first()
    if row is None:
        raise NotThere
    return _views(actor, [row])[0]


@as_actor
@transaction.atomic
def say_yes(*, actor: Actor, proposal_id: UUID) -> bool:
    """Agree to a removal; True when this was the second person, and the person is removed.

    Final: nobody can bring it back. NotThere for who does not decide, and when it was decided
    already. NotAllowed for who said yes before, while something must be kept, and when
    something was recorded since the term passed.
    """
    row, head = _locked(actor, proposal_id)
    if head.held:
        raise NotAllowed(_("These data must be kept for now. Lift that first."))
    if row.why != OWN_REQUEST and head.version != row.version:
        raise NotAllowed(
            _("Something was recorded since this was proposed, so the term starts again.")
        )
    mine = RemovalProposal.objects.filter(pk=row.pk)
    if row.first_yes_by_id is None:
        mine.update(first_yes_by=actor.user_id, first_yes_at=clock.now())
        return False
    if row.first_yes_by_id == actor.user_id:
        raise NotAllowed(_("You said yes already. Somebody else must say yes too."))
    mine.update(second_yes_by=actor.user_id, second_yes_at=clock.now())
    _remove(row, head)
    return True


@as_actor
@transaction.atomic
def say_no(*, actor: Actor, proposal_id: UUID, text: str) -> None:
    """Refuse a removal with a reason; a term of the pack then starts again.

    NotThere as `say_yes`; ValidationError keyed `text`.
    """
    row, head = _locked(actor, proposal_id)
    words = _words(text)
    key = key_for(head.person_id, _keys(row.case_id, head), row.case_id)
    RemovalProposal.objects.filter(pk=row.pk).update(
        said_no_by=actor.user_id,
        said_no_at=clock.now(),
        said_no_because=key.seal(f"removal.{row.pk}.no", words),
    )


@as_actor
@transaction.atomic
def place_hold(*, actor: Actor, proposal_id: UUID, text: str) -> None:
    """Say why the data of a case must be kept for now; no removal goes on meanwhile.

    A hold that stands stays as it is. NotThere as `say_yes`; ValidationError keyed `text`.
    """
    row, head = _locked(actor, proposal_id)
    words = _words(text)
    if head.held:
        return
    key, made = key_for(head.person_id, _keys(row.case_id, head), row.case_id), uuid4()
    RetentionHold.objects.create(
        id=made,
        case_id=row.case_id,
        by_id=actor.user_id,
        reason=key.seal(f"hold.{made}.reason", words),
    )


@as_actor
@transaction.atomic
def lift_hold(*, actor: Actor, proposal_id: UUID) -> None:
    """End what keeps the data of a case; NotThere as `say_yes`, and when nothing does."""
    row, _head = _locked(actor, proposal_id)
    held = RetentionHold.objects.filter(case_id=row.case_id, lifted_at__isnull=True)
    if not held.update(lifted_by=actor.user_id, lifted_at=clock.now()):
        raise NotThere


def _words(text: str, *, required: bool = True) -> str:
    try:
        words = clean_text(text, lines=True)
    except ValidationError as error:
        raise ValidationError({"text": error.messages}) from None
    if required and not words:
        raise ValidationError({"text": [_("Say in a few words why.")]})
    return words


def _shown(actor: Actor) -> QuerySet[RemovalProposal]:
    """Return what this actor decides about; the database shows no more either."""
    if not may_decide(actor):
        return RemovalProposal.objects.none()
    return RemovalProposal.objects.select_related(
        "organisation", "proposed_by", "first_yes_by", "second_yes_by", "said_no_by"
    )


def _locked(actor: Actor, proposal_id: UUID) -> tuple[RemovalProposal, Head]:
    """Return a proposal that waits, with its cases locked: as who records does, cases first."""
    if not may_decide(actor):
        raise NotThere
    with connection.cursor() as cursor:
        cursor.execute("SELECT wall_lock_removal(%s)", [proposal_id])
    found = RemovalProposal.objects.select_for_update().filter(OPEN, pk=proposal_id).first()
    if found is None:
        raise NotThere
    return found, _heads([found.pk])[found.pk]


def _heads(ids: Sequence[UUID]) -> dict[UUID, Head]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM wall_removals(%s)", [list(ids)])
        return {proposal: Head(*values) for proposal, *values in cursor.fetchall()}


def _keys(case_id: UUID, head: Head) -> Keys:
    keys = keys_of([head.person_id])
    return {case_id: keys[head.person_id]} if keys else {}


def _remove(row: RemovalProposal, head: Head) -> None:
    """Destroy the key, let the database remove the rest, and derive what is left."""
    try:
        destroy_key(head.person_id, row.why)
    except NoSuchKey:
        # Nothing was ever sealed; a key that is destroyed keeps anything from being so.
        make_keys([head.person_id])
        destroy_key(head.person_id, row.why)
    with connection.cursor() as cursor:
        cursor.execute("SELECT wall_remove(%s)", [row.pk])
        cases: list[UUID] = cursor.fetchone()[0]
        # It opened the threads of this person for us: nobody else's, and only until here.
        services.rederive_locked(cases, clock.today())
        store.settle_notices(cases)
        cursor.execute("SELECT set_config('middenstip.cases', '', true)")


def _views(actor: Actor, rows: Sequence[RemovalProposal]) -> list[Removal]:
    heads = _heads([row.pk for row in rows])
    keys = keys_of({head.person_id for head in heads.values()})
    seen = set(
        visible_cases(actor)
        .filter(pk__in=[row.case_id for row in rows])
        .values_list("pk", flat=True)
    )
    standing = RetentionHold.objects.filter(
        case__in=[row.case_id for row in rows], lifted_at__isnull=True
    )
    holds = {hold.case_id: hold for hold in standing.select_related("by")}
    looked(actor=actor, cases=[row.case_id for row in rows], categories=[COORDINATION])
    found = []
    for row in rows:
        head = heads[row.pk]
        key, hold = keys.get(head.person_id), holds.get(row.case_id)
        found.append(
            Removal(
                id=row.pk,
                why=row.why,
                state=_state(row),
                head=head,
                stale=row.why != OWN_REQUEST and head.version != row.version,
                mine=row.first_yes_by_id == actor.user_id,
                case_id=row.case_id if row.case_id in seen else None,
                proposed_at=row.proposed_at,
                proposed_by=_name(row.proposed_by),
                organisation=getattr(row.organisation, "name", ""),
                due_on=row.due_on,
                reason=_opened(key, f"removal.{row.pk}.reason", row.reason),
                first_yes_by=_name(row.first_yes_by),
                second_yes_by=_name(row.second_yes_by),
                said_no_by=_name(row.said_no_by),
                said_no_because=_opened(key, f"removal.{row.pk}.no", row.said_no_because),
                decided_at=row.done_at or row.said_no_at or row.lapsed_at,
                hold_reason=_opened(key, f"hold.{hold.pk}.reason", hold.reason) if hold else "",
                hold_by=_name(hold.by) if hold else "",
                hold_at=hold.at if hold else None,
            )
        )
    return found


def _opened(key: DataKey | None, place: str, sealed: str) -> str:
    return key.open(place, sealed) if key and sealed else ""


def _state(row: RemovalProposal) -> str:
    if row.done_at:
        return "done"
    if row.said_no_at:
        return "refused"
    return "lapsed" if row.lapsed_at else "waiting"


def _name(user: object) -> str:
    return getattr(user, "display_name", "")
