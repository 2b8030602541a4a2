# SPDX-License-Identifier: EUPL-1.2
"""One notification, from a form or from a file, and the case it opens."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from middenstip import clock
from middenstip.access.actors import Actor
from middenstip.access.selectors import active_kinds
from middenstip.intake import basis as grounds
from middenstip.thread.bulk_sharing import shareable
from middenstip.thread.country import coordinates, pack
from middenstip.thread.records import NewCase, NewConsent, NewEvent, NewIdentity

OLDEST = 120  # years; an older date of birth is a slip of the pen
EXPLAINED, OFFERED, CONSENTED = (
    "rights_explained",
    "reflection_period_offered",
    "consent_given",
)
IN_WRITING = "signed"
# The purposes of the pack that consent is asked for; each says which categories go with it.
REGISTER, SHELTER = "register_notification", "place_in_shelter"


@dataclass(frozen=True, slots=True)
class Explained:
    """When and how somebody was told their rights."""

    on: date
    language: str
    interpreter: bool


@dataclass(frozen=True, slots=True)
class Notification:
    """What a notifier tells. `by` is the kind of organisation that saw and notifies.

    `seen_on` is None when nobody saw an indication (somebody was found not to be a victim).
    `facts` are facts of the pack, as of the day seen. With basis anonymous there is no identity
    and no date of birth (R-33): `check` refuses it. `shelter_how`: how the person agreed to
    passing data on for a bed.
    """

    by: str
    basis: str
    notified_on: date
    seen_on: date | None
    source: str = ""
    bed_needed: bool | None = None
    facts: Mapping[str, Any] = field(default_factory=dict, repr=False)
    identity: NewIdentity | None = field(default=None, repr=False)
    explained: Explained | None = None
    offered_on: date | None = None
    shelter_consent: bool = False
    shelter_how: str = ""


def check(notification: Notification) -> None:
    """Raise ValidationError, keyed by field, for what cannot be true or may not be passed on.

    Holds for every way in. What the thread itself checks (days in the future, codes, guards) is
    checked there.
    """
    problems: dict[str, str] = {}
    seen, notified = notification.seen_on, notification.notified_on
    born = notification.facts.get("birth_date")
    if seen is not None and seen > notified:
        problems["notified_on"] = _("This day lies before the day the indication was seen.")
    if refused := grounds.basis_problem(notification.by, notification.basis, notified):
        problems["basis"] = refused
    if notification.basis == grounds.ANONYMOUS:
        if notification.identity is not None:
            problems["basis"] = _("An anonymous notification holds no name or phone number.")
        if born is not None:
            problems["birth_date"] = _("An anonymous notification holds no date of birth.")
    if isinstance(born, date) and (reason := birth_problem(born, seen or notified)):
        problems["birth_date"] = reason
    if problems:
        raise ValidationError({name: [text] for name, text in problems.items()})


def birth_problem(born: date, seen: date) -> str:
    """Return why this is no date of birth of somebody seen on a day; empty when it can be."""
    if born > clock.today():
        return _("This date of birth lies in the future.")
    if born > seen:
        return _("This date of birth lies after the day the indication was seen.")
    if born.year < seen.year - OLDEST:
        return _("This person would be older than %(years)s. Check the year.") % {
            "years": OLDEST
        }
    return ""


def as_case(notification: Notification, *, actor: Actor) -> NewCase:
    """Return the case a notification opens, its events in the order of their days.

    What the actor's kind of organisation does not record (an indication by a lawyer, for
    example) is left out: the notification itself says it. Raises as `check`.
    """
    check(notification)
    kind = actor.organisation_kind
    events = [
        event
        for event in _events(notification)
        if event.type == grounds.NOTIFIED or grounds.may_record(kind, event.type)
    ]
    days = [event.on for event in events]
    return NewCase(
        events=sorted(events, key=lambda event: event.on),
        facts=notification.facts,
        facts_on=min(days),
        identity=notification.identity,
        consents=[
            _consent(notification, actor, recipient, purpose)
            for recipient, purpose in _agreed(notification)
        ],
        opened_on=notification.notified_on,
    )


def _events(notification: Notification) -> Iterator[NewEvent]:
    by = notification.by
    if notification.seen_on is not None:
        fields = {"by": by, "source": notification.source or None}
        yield NewEvent(grounds.SEEN, notification.seen_on, fields)
    if (told := notification.explained) is not None:
        fields_told = {"by": by, "language": told.language, "interpreter": told.interpreter}
        yield NewEvent(EXPLAINED, told.on, fields_told)
    if notification.offered_on is not None:
        yield NewEvent(OFFERED, notification.offered_on, {"by": by})
    yield from _consents(notification)
    yield NewEvent(
        grounds.NOTIFIED,
        notification.notified_on,
        {"by": by, "basis": notification.basis, "bed_needed": notification.bed_needed},
    )


def _purposes(notification: Notification) -> list[str]:
    """Return the purposes the person agreed to: never bundled (HTCDS guidance)."""
    purposes = []
    if notification.basis == grounds.CONSENT:
        purposes.append(REGISTER)
    if notification.shelter_consent and notification.basis != grounds.ANONYMOUS:
        purposes.append(SHELTER)
    return purposes


def _consents(notification: Notification) -> Iterator[NewEvent]:
    """Yield the event of one consent per recipient and purpose."""
    country = pack()
    for recipient in (kind for kind in country.organisation_kinds if coordinates(kind)):
        for purpose in _purposes(notification):
            yield NewEvent(
                CONSENTED,
                notification.notified_on,
                {
                    "recipient": recipient,
                    "purpose": purpose,
                    "categories": list(country.purposes[purpose].categories),
                },
            )


def _agreed(notification: Notification) -> list[tuple[UUID, str]]:
    """Return each coordination point with each purpose that the person agreed to."""
    purposes = _purposes(notification)
    if not purposes:
        return []
    points = [pk for pk, kind in active_kinds().items() if coordinates(kind)]
    return [(point, purpose) for point in points for purpose in purposes]


def _consent(
    notification: Notification, actor: Actor, recipient: UUID, purpose: str
) -> NewConsent:
    """Return a consent as the notifier told it.

    In the language in which the rights were explained, else the one the person prefers. Consent
    as the basis of a notification is in writing.
    """
    facts, told = notification.facts, notification.explained
    form = "register_consent" if purpose == REGISTER else "sharing_consent"
    known = notification.by in pack().organisation_kinds
    return NewConsent(
        recipient_id=recipient,
        purpose=purpose,
        on=notification.notified_on,
        form=form,
        form_version=pack().consent_forms[form].versions[-1].version,
        language=told.language if told else facts.get("preferred_language") or "nl",
        interpreter=told.interpreter if told else facts.get("interpreter_needed") is True,
        how=IN_WRITING if purpose == REGISTER else notification.shelter_how,
        explained_by=notification.by if known else actor.organisation_kind,
        categories=shareable(purpose),
    )
