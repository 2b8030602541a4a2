# SPDX-License-Identifier: EUPL-1.2
"""Letting another organisation see a case: with consent, by a statutory task, or, where life,
safety or a child is at stake, without consent and only for a short while.

Without one of these the service refuses, and the database does as well (`thread.walls`).
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.timezone import make_aware
from django.utils.translation import gettext as _

from middenstip import clock
from middenstip.access.acting import as_actor, deriving
from middenstip.access.actors import Actor
from middenstip.access.purposes import register_purpose
from middenstip.access.selectors import active_kinds
from middenstip.thread import access_notices, services
from middenstip.thread.bulk_sharing import brought_in, check_involved, shareable
from middenstip.thread.consents import consents_that_hold
from middenstip.thread.country import kinds_in_cases, pack
from middenstip.thread.ending import end_now
from middenstip.thread.errors import NotAllowed, NotThere
from middenstip.thread.models import (
    AccessNoticeKind,
    Basis,
    Case,
    Consent,
    Decision,
    Involvement,
    Outcome,
    Override,
    Reason,
)
from middenstip.thread.sealing import case_keys, key_for
from middenstip.thread.selectors import assessment_of
from middenstip.thread.values import clean_text
from middenstip.thread.visibility import holds, steers

VITAL_INTEREST = "vital_interest"
CHILD_PROTECTION = "child_protection"
SHORTEST_REASON = 20


@dataclass(frozen=True, slots=True)
class OverrideCounts:
    """How often was shared without consent, and how often the glass was broken, in a year.

    Numbers only. `confirmed`, `refused` and `unanswered` are of overrides; the last three of
    broken glasses.
    """

    overrides: int = 0
    confirmed: int = 0
    refused: int = 0
    unanswered: int = 0
    glasses: int = 0
    justified: int = 0
    not_justified: int = 0


@as_actor
@transaction.atomic
def share(
    *, actor: Actor, case_id: UUID, organisation_id: UUID, consent_id: UUID | None = None
) -> None:
    """Let an organisation see a case on a consent, for its purpose and categories only.

    By the coordination point, or by the organisation that wrote the consent down for another
    one: nobody lets themselves in (house rule). Without `consent_id` the coordination point
    brings the organisation in as `services.involve` does. Sharing again on the same consent
    changes nothing; on a newer one, that takes its place. Raises NotThere, NotAllowed, and
    ValidationError keyed `consent` or `involve`.
    """
    case = services.lock(actor, case_id, None)
    if consent_id is None:
        services.involve(actor=actor, case_id=case_id, organisation_id=organisation_id)
        return
    with deriving([case_id]):
        consent = Consent.objects.filter(
            case_id=case_id, pk=consent_id, recipient_id=organisation_id
        ).first()
        if consent is None:
            raise ValidationError({"consent": _("There is no such consent for them.")})
        if not may_share_on(actor, consent.organisation_id, organisation_id):
            raise NotAllowed(
                _(
                    "Only the coordination point, or who wrote the consent down for another "
                    "organisation, can share."
                )
            )
        _share_on(case, consent)


def may_share_on(actor: Actor, recorder_id: UUID, recipient_id: UUID) -> bool:
    """Tell whether this actor may share on a consent that one organisation wrote down for
    another: nobody lets themselves see more on what they wrote down themselves.
    """
    own = actor.organisation_id
    return steers(actor) or (recorder_id == own and recipient_id != own)


def _share_on(case: Case, consent: Consent) -> None:
    kinds = active_kinds()
    check_involved([consent.recipient_id], kinds)
    holding = consents_that_hold(case.pk, consent.recipient_id, consent.purpose)
    if not holding.filter(pk=consent.pk).exists():
        raise ValidationError({"consent": _not_holding(consent)})
    earlier = case.involvements.filter(
        holds(clock.now()),
        organisation_id=consent.recipient_id,
        purpose=consent.purpose,
        basis=Basis.CONSENT,
    )
    if earlier.filter(consent=consent).exists():
        return
    end_now(earlier)
    kind = kinds[consent.recipient_id]
    rows = brought_in(case.pk, consent.recipient_id, kind, consent)
    Involvement.objects.bulk_create(rows)
    access_notices.tell(
        case, [consent.recipient_id], AccessNoticeKind.INVOLVED, purpose=consent.purpose
    )
    services.rederive_locked([case.pk], clock.today())


def _not_holding(consent: Consent) -> str:
    if consent.decision == Decision.REFUSED:
        return _("The person refused this.")
    if consent.valid_until is not None and consent.valid_until < clock.today():
        return _("This consent has run out; ask again.")
    return _("The person took this consent back.")


@as_actor
@transaction.atomic
def end_involvement(
    *, actor: Actor, case_id: UUID, organisation_id: UUID, purpose: str
) -> None:
    """Stop the sight that an organisation was given of a case for a purpose.

    Only the coordination point may, and only of who was brought in: what an organisation
    recorded itself, and what follows from its duties, stays. NotAllowed, NotThere.
    """
    case = services.lock(actor, case_id, None)
    if not steers(actor):
        raise NotAllowed(_("Only the coordination point can end this."))
    with deriving([case_id]):
        found = case.involvements.filter(
            organisation_id=organisation_id, purpose=purpose, reason=Reason.NOTIFIED
        )
        if not end_now(found):
            raise NotThere
        access_notices.tell(case, [organisation_id], AccessNoticeKind.REMOVED, purpose=purpose)
        services.rederive_locked([case_id], clock.today())


def override_purposes(kind: str) -> tuple[str, ...]:
    """Return the purposes for which a kind can be let in without consent, emergencies aside."""
    return tuple(
        purpose_id
        for purpose_id, purpose in pack().purposes.items()
        if kind in purpose.organisation_kinds
        and VITAL_INTEREST in purpose.basis
        and not purpose.emergency
    )


@as_actor
@transaction.atomic
def override_consent(
    *,
    actor: Actor,
    case_id: UUID,
    organisation_id: UUID,
    purpose: str,
    ground: str,
    text: str,
) -> UUID:
    """Let another organisation see a case without consent; return the id to answer it by.

    It sees the case for 24 hours. A second person (`answer_override` in `thread.reviews`)
    confirms, which makes it 14 days, or refuses, which ends it; without an answer it lapses.
    NotThere, NotAllowed in an emergency, and ValidationError keyed by argument.
    """
    case = services.lock(actor, case_id, None)
    reason = _override_checked(actor, organisation_id, purpose, ground, text)
    _check_ground(actor, case_id, ground)
    with deriving([case_id]):
        override = Override(
            case=case,
            glass=False,
            organisation_id=organisation_id,
            purpose=purpose,
            ground=ground,
            by_id=actor.user_id,
            by_organisation_id=actor.organisation_id,
            at=clock.now(),
        )
        key = key_for(case.person_id, case_keys([case_id]), case_id)
        override.text = key.seal(f"override.{override.pk}.text", reason)
        override.save(force_insert=True)
        Involvement.objects.create(
            case=case,
            organisation_id=organisation_id,
            purpose=purpose,
            basis=Basis.VITAL_INTEREST,
            categories=list(shareable(purpose)),
            reason=Reason.NOTIFIED,
            since=override.at,
            until=override.at + settings.OVERRIDE_WAITS,
            override=override,
        )
        _tell_of_override(actor, case, override)
        services.rederive_locked([case_id], clock.today())
    return override.pk


def override_counts(year: int) -> OverrideCounts:
    """Return how often was shared without consent in a calendar year; numbers only, for all."""
    first, after = (
        make_aware(datetime(each, 1, 1), clock.AMSTERDAM)  # noqa: DTZ001 - made aware here
        for each in (year, year + 1)
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM wall_override_counts(%s, %s)", [first, after])
        found = {(glass, outcome): number for glass, outcome, number in cursor.fetchall()}
    yes, no = Outcome.JUSTIFIED.value, Outcome.NOT_JUSTIFIED.value
    return OverrideCounts(
        overrides=sum(number for (glass, _), number in found.items() if not glass),
        confirmed=found.get((False, yes), 0),
        refused=found.get((False, no), 0),
        unanswered=found.get((False, ""), 0),
        glasses=sum(number for (glass, _), number in found.items() if glass),
        justified=found.get((True, yes), 0),
        not_justified=found.get((True, no), 0),
    )


def reviewers() -> set[UUID]:
    """Return the active organisations that look at every override and broken glass."""
    kinds = pack().purposes[register_purpose()].organisation_kinds
    return {pk for pk, kind in active_kinds().items() if kind in kinds}


def clean_reason(text: str) -> str:
    """Return a reason in words; ValidationError keyed `text` when it says too little."""
    try:
        reason = clean_text(text, lines=True)
    except ValidationError as error:
        raise ValidationError({"text": error.messages}) from None
    if len(reason) < SHORTEST_REASON:
        message = _("Say in at least %(least)s characters why this cannot wait.")
        raise ValidationError({"text": message % {"least": SHORTEST_REASON}})
    return reason


def _override_checked(
    actor: Actor, organisation_id: UUID, purpose: str, ground: str, text: str
) -> str:
    """Return the reason, clean; ValidationError keyed by argument for anything wrong."""
    problems: dict[str, list[str]] = {}
    kind = active_kinds().get(organisation_id)
    if kind is None or kind not in kinds_in_cases():
        problems["organisation_id"] = [_("There is no such organisation.")]
    elif organisation_id == actor.organisation_id:
        problems["organisation_id"] = [_("You cannot do this for your own organisation.")]
    elif not override_purposes(kind):
        problems["organisation_id"] = [_("This organisation is never let in without consent.")]
    elif purpose not in override_purposes(kind):
        problems["purpose"] = [_("This purpose cannot be used without consent.")]
    if ground not in pack().codes_of("override_ground"):
        problems["ground"] = [_("Choose one of the grounds.")]
    reason = ""
    try:
        reason = clean_reason(text)
    except ValidationError as error:
        problems |= error.message_dict
    if problems:
        raise ValidationError(dict(problems))
    return reason


def _check_ground(actor: Actor, case_id: UUID, ground: str) -> None:
    """Refuse the protection of a child for who is known to be of age.

    Asked of what this actor may know: what is hidden cannot be read off the answer, and the
    second person looks at it as well.
    """
    if ground != CHILD_PROTECTION:
        return
    known = assessment_of(actor=actor, case_id=case_id).facts
    if known.get("is_minor") is False:
        raise ValidationError({"ground": [_("This person is 18 or older.")]})


def _tell_of_override(actor: Actor, case: Case, override: Override) -> None:
    access_notices.tell(
        case,
        [override.organisation_id],
        AccessNoticeKind.INVOLVED,
        purpose=override.purpose,
        override_id=override.pk,
    )
    second = reviewers() | {actor.organisation_id}
    access_notices.tell(
        case,
        sorted(second),
        AccessNoticeKind.OVERRIDE,
        purpose=override.purpose,
        override_id=override.pk,
    )
