# SPDX-License-Identifier: EUPL-1.2
"""A fictional chain of organisations, and cases in the words of the domain."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from middenstip import clock
from middenstip.access.actors import Actor
from middenstip.access.purposes import duty_purposes, purpose_of, purposes_of
from middenstip.access.selectors import actor_for
from middenstip.access.services import add_member, create_organisation
from middenstip.thread import bulk_sharing
from middenstip.thread.models import Consent
from middenstip.thread.records import NewConsent, NewEvent, Opened, Recorded
from middenstip.thread.sealing import case_keys
from middenstip.thread.services import involve, open_case, record_event

RIGHTS = {"by": "police", "language": "en", "interpreter": True}
NOTIFIED = {"by": "police", "basis": "legal_duty", "bed_needed": True}
SEEN = {"by": "police"}


def member(kind: str, name: str = "") -> Actor:
    """Make an organisation of a kind and somebody who works there."""
    organisation = create_organisation(actor=None, kind=kind, name=name or f"Voorbeeld {kind}")
    address = f"{organisation.pk}@voorbeeld.example"
    add_member(
        actor=None, organisation_id=organisation.pk, email=address, display_name="A. Voorbeeld"
    )
    return actor_for(email=address)


def yes_to(recipient: Actor, **more: Any) -> NewConsent:
    """The person's consent for an organisation, for the first of its purposes that needs it."""
    needs_it = (p for p in purposes_of(recipient.organisation_kind) if needs_consent(p))
    values = {
        "purpose": next(needs_it, ""),
        "on": clock.today(),
        "form": "sharing_consent",
        "form_version": "1",
        "language": "en",
        "interpreter": False,
        "how": "spoken",
        "explained_by": "police",
    }
    return NewConsent(recipient_id=recipient.organisation_id, **values | more)


def needs_consent(purpose_id: str) -> bool:
    """Tell whether a purpose can rest on consent."""
    return "consent" in purpose_of(purpose_id).basis


class Chain:
    """One organisation of each kind that the tests need, and somebody who works there."""

    def __init__(self) -> None:
        self.police = member("police")
        self.coordination_point = member("coordination_point")
        self.care_coordinator = member("care_coordinator")
        self.shelter = member("shelter")
        self.immigration_service = member("immigration_service")
        self.prosecution = member("prosecution")
        self.rapporteur = member("rapporteur")
        self.administrator = replace(self.coordination_point, is_administrator=True)

    def notified(
        self,
        *,
        on: date | None = None,
        facts: Mapping[str, Any] | None = None,
        by: Actor | None = None,
        **more: Any,
    ) -> Opened:
        """A case that the police saw and notified, of an adult from outside the EU."""
        day = on or clock.today() - timedelta(days=10)
        known = {"birth_date": "1995-04-13", "nationalities": ["NG"], "lawful_stay": False}
        return open_case(
            actor=by or self.police,
            events=[
                NewEvent("indication_seen", day, SEEN),
                NewEvent("notified", day, NOTIFIED),
            ],
            facts=known if facts is None else facts,
            **more,
        )

    def agree(
        self, case_id: UUID, recipient: Actor, *, by: Actor | None = None, **more: Any
    ) -> Consent:
        """Let the police (or another) write down that the person consents to a recipient."""
        recorder = by or self.police
        row = bulk_sharing.consent_row(
            case_id,
            yes_to(recipient, **more),
            recorder.user_id,
            recorder.organisation_id,
            case_keys([case_id])[case_id],
        )
        row.save()
        return row

    def bring_in(self, case_id: UUID, *organisations: Actor, **consent: Any) -> None:
        """Let the coordination point bring each in: by its task, or the person consents."""
        for organisation in organisations:
            if not duty_purposes(organisation.organisation_kind):
                self.agree(case_id, organisation, **consent)
            involve(
                actor=self.coordination_point,
                case_id=case_id,
                organisation_id=organisation.organisation_id,
            )

    def record(
        self, actor: Actor, case_id: UUID, type: str, on: date | None = None, **fields: Any
    ) -> Recorded:
        """Record an event, today unless told otherwise."""
        return record_event(
            actor=actor, case_id=case_id, type=type, on=on or clock.today(), fields=fields
        )
