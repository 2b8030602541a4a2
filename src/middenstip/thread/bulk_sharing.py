# SPDX-License-Identifier: EUPL-1.2
"""Who may look at a case because somebody was brought in, and the consents that carry it.

Rows only: who may do this, and whether the person agreed, is checked by who asks for them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from middenstip import clock
from middenstip.access.purposes import duty_purposes, purpose_of
from middenstip.thread import store
from middenstip.thread.country import kinds_in_cases, pack
from middenstip.thread.derive import Held
from middenstip.thread.models import Basis, Consent, Decision, Involvement, Reason
from middenstip.thread.records import NewConsent, PastConsent
from middenstip.vault.services import DataKey


@dataclass(frozen=True, slots=True)
class Said:
    """What a person decided, on its way in: who wrote it down, and the moments of a history."""

    user_id: UUID
    organisation_id: UUID
    consent: NewConsent
    recorded_at: datetime | None = None
    withdrawn_at: datetime | None = None

    def until(self) -> datetime | None:
        """Return the moment at which it carries nothing any more; None while it does."""
        last = self.consent.valid_until
        ends = [clock.end_of(last)] if last else []
        return min([*ends, *([self.withdrawn_at] if self.withdrawn_at else [])], default=None)

    def carries(self) -> bool:
        """Tell whether sharing rests on it now."""
        until = self.until()
        given = self.consent.decision == Decision.GIVEN
        return given and (until is None or until > clock.now())


def past_said(past: PastConsent) -> Said:
    """Return a decision of a history with its moments and who wrote it down."""
    actor = past.actor
    return Said(
        actor.user_id,
        actor.organisation_id,
        past.consent,
        past.recorded_at,
        past.withdrawn_at,
    )


def check_involved(organisation_ids: Sequence[UUID], active: Mapping[UUID, str]) -> None:
    """Raise ValidationError unless every organisation is active and takes part in cases.

    `active` is every active organisation with its kind (`active_kinds`).
    """
    for organisation_id in organisation_ids:
        if organisation_id not in active:
            raise ValidationError({"involve": _("There is no such organisation.")})
        if active[organisation_id] not in kinds_in_cases():
            raise ValidationError({"involve": _("This organisation takes no part in cases.")})


def check_carried(
    organisation_ids: Sequence[UUID],
    said: Sequence[Said],
    active: Mapping[UUID, str],
) -> None:
    """Raise ValidationError where nothing carries the sharing with an organisation."""
    agreed = {
        each.consent.recipient_id for each in said if each.consent.decision == Decision.GIVEN
    }
    for organisation_id in organisation_ids:
        if organisation_id not in agreed and not duty_purposes(active[organisation_id]):
            raise ValidationError({"involve": _("This organisation needs consent first.")})


def in_now(
    involve: Sequence[UUID], said: Sequence[Said], active: Mapping[UUID, str]
) -> list[UUID]:
    """Return who was brought in and is still in, in the order in which they came."""
    since: dict[UUID, datetime | None] = {}
    for each in said:
        if each.carries():
            since.setdefault(each.consent.recipient_id, each.recorded_at)
    by_task = [each for each in involve if each not in since and duty_purposes(active[each])]
    agreed = [each for each in involve if each in since]
    return [*by_task, *sorted(agreed, key=lambda each: since[each] or clock.now())]


def shareable(purpose_id: str) -> tuple[str, ...]:
    """Return the data categories that can be shared for a purpose.

    Without those that stay with one kind of organisation, such as where somebody stays: who
    recorded these reads them back, and nobody else is ever given them.
    """
    categories = pack().data_categories
    return tuple(
        name for name in purpose_of(purpose_id).categories if not categories[name].stays_with
    )


def consent_row(
    case_id: UUID, new: NewConsent, user_id: UUID, organisation_id: UUID, key: DataKey
) -> Consent:
    """Return the row for a decision, its words sealed.

    Without categories it is for all that can be shared for its purpose; ValidationError for
    any other.
    """
    allowed = shareable(new.purpose)
    categories = list(new.categories or allowed)
    if not set(categories) <= set(allowed):
        raise ValidationError({"categories": _("This purpose does not allow all of these.")})
    values = {name: getattr(new, name) for name in NewConsent.__dataclass_fields__}
    row = Consent(
        **(values | {"categories": categories}),
        case_id=case_id,
        recorded_by_id=user_id,
        organisation_id=organisation_id,
    )
    if new.withholding:
        row.withholding = key.seal(f"consent.{row.pk}", new.withholding)
    return row


def withdrawal_row(
    consent: Consent, *, on: date, user_id: UUID, organisation_id: UUID, interpreter: bool
) -> Consent:
    """Return the row that takes a consent back, as written down by this person."""
    same = ("case_id", "recipient_id", "purpose", "categories", "form", "form_version",
            "language")  # fmt: skip
    return Consent(
        decision=Decision.WITHDRAWN,
        withdraws=consent,
        on=on,
        interpreter=interpreter,
        recorded_by_id=user_id,
        organisation_id=organisation_id,
        **{name: getattr(consent, name) for name in same},
    )


def brought_in(
    case_id: UUID, organisation_id: UUID, kind: str, consent: Consent | None
) -> list[Involvement]:
    """Return the involvements of an organisation that is brought in.

    With a consent for that purpose and those categories, as long as it holds; else for every
    purpose that its kind has by a statutory task.
    """
    if consent is None:
        held = [
            Held(organisation_id, purpose, "legal_duty", Reason.NOTIFIED)
            for purpose in duty_purposes(kind)
        ]
        return store.involvements(case_id, held)
    until = clock.end_of(consent.valid_until) if consent.valid_until else None
    return [
        Involvement(
            case_id=case_id,
            organisation_id=organisation_id,
            purpose=consent.purpose,
            basis=Basis.CONSENT,
            categories=list(consent.categories),
            reason=Reason.NOTIFIED,
            since=clock.now(),
            until=until,
            consent=consent,
        )
    ]
