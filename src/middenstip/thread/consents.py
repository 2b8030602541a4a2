# SPDX-License-Identifier: EUPL-1.2
"""What a person decided about sharing: given, refused, withdrawn.

Anybody who sees a case may record it, as easily one way as the other. A decision gives no
sight by itself (`thread.sharing` does), and asking for it changes no right of the person. A
withdrawal ends the sharing at once.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from middenstip import clock
from middenstip.access.acting import as_actor, deriving
from middenstip.access.actors import Actor
from middenstip.access.selectors import active_kinds
from middenstip.pack.problems import NoLawInForce
from middenstip.thread import access_notices
from middenstip.thread.bulk_sharing import consent_row, shareable, withdrawal_row
from middenstip.thread.checks import past_day
from middenstip.thread.country import pack
from middenstip.thread.ending import end_now
from middenstip.thread.errors import NotThere
from middenstip.thread.models import (
    AccessNoticeKind,
    Basis,
    Case,
    Consent,
    Decision,
    Involvement,
)
from middenstip.thread.records import NewConsent, NewEvent
from middenstip.thread.sealing import case_keys, key_for
from middenstip.thread.services import (
    CONSENT_GIVEN,
    CONSENT_WITHDRAWN,
    append_decided,
    lock,
    rederive_locked,
)
from middenstip.thread.values import clean_day, clean_text
from middenstip.thread.visibility import COORDINATION, holds, look, sight_of, steers
from middenstip.vault.services import DataKey

CONSENT = "consent"
LONGEST_WITHHOLDING = 2000


@dataclass(frozen=True, slots=True)
class ConsentView:
    """A decision as it is shown. `withdrawn_on` is None while it was not taken back.

    `holds` tells whether it carries sharing today. `withholding` is what must not be told, in
    the person's words: for the organisation that wrote it down and for who brings others in,
    never for the recipient. `shared` tells that the recipient sees the case on it now, as far
    as this actor may know.
    """

    id: UUID
    recipient_id: UUID
    recipient: str
    purpose: str
    categories: tuple[str, ...]
    decision: str
    on: date
    valid_until: date | None
    withdrawn_on: date | None
    recorded_at: datetime
    organisation_id: UUID
    organisation: str
    language: str
    interpreter: bool
    how: str
    explained_by: str
    form: str
    form_version: str
    withholding: str = field(repr=False)
    holds: bool = False
    shared: bool = False


def consent_purposes(kind: str) -> tuple[str, ...]:
    """Return the purposes for which a kind of organisation can be given consent."""
    return tuple(
        purpose_id
        for purpose_id, purpose in pack().purposes.items()
        if kind in purpose.organisation_kinds and CONSENT in purpose.basis
    )


@as_actor
@transaction.atomic
def record_consent(*, actor: Actor, case_id: UUID, consent: NewConsent) -> UUID:
    """Write down that a person gave or refused consent; return the id of the decision.

    A consent that was given also enters the thread. Raises NotThere, NotAllowed, EventRefused,
    and ValidationError keyed by field of `NewConsent`; then nothing is stored.
    """
    case = lock(actor, case_id, None)
    kinds = active_kinds()
    checked = _checked(consent, kinds)
    with deriving([case_id]):
        holding = consents_that_hold(case_id, consent.recipient_id, consent.purpose)
        if checked.decision == Decision.REFUSED and holding.exists():
            raise ValidationError(
                {"decision": _("There is a consent for this; record its withdrawal.")}
            )
        if checked.decision == Decision.GIVEN:
            event = _event(CONSENT_GIVEN, checked, kinds[consent.recipient_id])
            append_decided(actor=actor, case_id=case_id, events=[event])
        row = consent_row(case_id, checked, actor.user_id, actor.organisation_id, _key(case))
        row.save(force_insert=True)
    return row.pk


@as_actor
@transaction.atomic
def withdraw_consent(
    *, actor: Actor, case_id: UUID, consent_id: UUID, on: date | None = None
) -> None:
    """Write down that a person takes consent back; the sharing ends at once.

    Taken back is every consent that holds for this recipient and purpose: the person stops the
    sharing, not one piece of paper. The recipient is told when it saw the case. NotThere for a
    consent that is not there or was taken back already; ValidationError keyed `on`.
    """
    case = lock(actor, case_id, None)
    with deriving([case_id]):
        found = Consent.objects.given().filter(case_id=case_id, pk=consent_id).first()
        if found is None:
            raise NotThere
        day = clock.today() if on is None else past_day(on)
        if day < found.on:
            raise ValidationError({"on": _("This day lies before the day of the consent.")})
        kind = active_kinds().get(found.recipient_id) or found.recipient.kind
        event = _event(CONSENT_WITHDRAWN, found, kind, on=day)
        append_decided(actor=actor, case_id=case_id, events=[event])
        _withdraw(actor, case, found, day)
        rederive_locked([case_id], clock.today())


def consents_that_hold(case_id: UUID, organisation_id: UUID, purpose: str) -> QuerySet[Consent]:
    """Return what a person agreed to share with an organisation for a purpose, and did not take
    back; to be read while the whole thread is open.
    """
    return Consent.objects.holding().filter(
        case_id=case_id, recipient_id=organisation_id, purpose=purpose
    )


@as_actor
def consents_of(*, actor: Actor, case_id: UUID) -> list[ConsentView]:
    """Return what the person of a case decided, newest first.

    For who may see the category `coordination`; others see what they were given or recorded
    themselves. NotThere when the case is not there for this actor.
    """
    sight = sight_of(actor=actor, case_id=case_id)
    found = Consent.objects.filter(case_id=case_id).exclude(decision=Decision.WITHDRAWN)
    if COORDINATION not in sight.categories:
        own = actor.organisation_id
        found = found.filter(Q(recipient_id=own) | Q(organisation_id=own))
    look(actor, case_id, [COORDINATION])
    key = case_keys([case_id]).get(case_id)
    rows = found.select_related("recipient", "organisation", "withdrawal")
    now = Involvement.objects.filter(holds(clock.now()), case_id=case_id, basis=Basis.CONSENT)
    shared = set(now.values_list("consent_id", flat=True))
    return [
        _view(row, _withholding(actor, row, key), shared)
        for row in rows.order_by("-on", "-recorded_at", "id")
    ]


@as_actor
def may_withdraw_unseen(*, actor: Actor, case_id: UUID) -> bool:
    """Tell whether this actor sees the case but not all that was decided about sharing."""
    return COORDINATION not in sight_of(actor=actor, case_id=case_id).categories


@as_actor
@transaction.atomic
def withdraw_all_from(
    *, actor: Actor, case_id: UUID, recipient_id: UUID, on: date | None = None
) -> None:
    """Take back whatever consent there is for one organisation, also when the actor may not
    see beforehand whether there is any: a person can stop sharing with whoever helps.

    What was taken back stands in the thread, as recorded by the actor. NotThere as `case_for`.
    """
    lock(actor, case_id, None)
    with deriving([case_id]):
        held = Consent.objects.given().filter(case_id=case_id, recipient_id=recipient_id)
        purposes = dict(held.order_by("on").values_list("purpose", "pk"))
        for consent_id in purposes.values():
            withdraw_consent(actor=actor, case_id=case_id, consent_id=consent_id, on=on)


def _withdraw(actor: Actor, case: Case, consent: Consent, day: date) -> None:
    """Store the withdrawal of a consent, and of others for that recipient and purpose."""
    same = Consent.objects.given().filter(
        case_id=case.pk, recipient_id=consent.recipient_id, purpose=consent.purpose
    )
    every = list(same)
    ended = end_now(case.involvements.filter(consent__in=every, basis=Basis.CONSENT))
    for each in every:
        taken_back = withdrawal_row(
            each,
            on=max(day, each.on),
            user_id=actor.user_id,
            organisation_id=actor.organisation_id,
            interpreter=False,
        )
        taken_back.save(force_insert=True)
    if ended:
        access_notices.tell(
            case,
            [consent.recipient_id],
            AccessNoticeKind.CONSENT_WITHDRAWN,
            purpose=consent.purpose,
        )


def _key(case: Case) -> DataKey:
    return key_for(case.person_id, case_keys([case.pk]), case.pk)


def _event(
    type_: str, consent: NewConsent | Consent, kind: str, *, on: date | None = None
) -> NewEvent:
    fields = {
        "recipient": kind,
        "purpose": consent.purpose,
        "categories": list(consent.categories),
    }
    return NewEvent(type_, on or consent.on, fields)


def _checked(consent: NewConsent, kinds: Mapping[UUID, str]) -> NewConsent:
    """Return a consent with clean values; ValidationError keyed by field."""
    problems: dict[str, str] = {}
    kind = kinds.get(consent.recipient_id)
    purposes = consent_purposes(kind) if kind else ()
    if kind is None:
        problems["recipient_id"] = _("There is no such organisation.")
    elif not purposes:
        problems["recipient_id"] = _("Nothing is shared with this organisation by consent.")
    elif consent.purpose not in purposes:
        problems["purpose"] = _("This organisation has no such purpose that rests on consent.")
    if consent.decision not in (Decision.GIVEN, Decision.REFUSED):
        problems["decision"] = _("Choose whether the person said yes or no.")
    if problems:
        raise ValidationError(dict(problems))
    categories = _categories(consent, problems)
    for name, code_list in _CODES.items():
        if getattr(consent, name) not in pack().codes_of(code_list):
            problems[name] = _("Choose one of the list.")
    on, until = _days(consent, problems)
    form, version = _form(consent, on, problems)
    try:
        withholding = clean_text(consent.withholding, longest=LONGEST_WITHHOLDING, lines=True)
    except ValidationError as error:
        problems["withholding"] = error.messages[0]
    if problems:
        raise ValidationError(dict(problems))
    return replace(
        consent,
        categories=categories,
        on=on,
        valid_until=until,
        form=form,
        form_version=version,
        withholding=withholding,
    )


_CODES = {"language": "language", "how": "consent_how", "explained_by": "organisation_kind"}


def _categories(consent: NewConsent, problems: dict[str, str]) -> list[str]:
    allowed = shareable(consent.purpose)
    chosen = set(consent.categories)
    if not chosen and consent.decision == Decision.REFUSED:
        return list(allowed)
    if not chosen:
        problems["categories"] = _("Choose at least one kind of data.")
    elif not chosen <= set(allowed):
        problems["categories"] = _("This purpose does not allow all of these.")
    return [name for name in allowed if name in chosen]


def _days(consent: NewConsent, problems: dict[str, str]) -> tuple[date, date | None]:
    on, until = consent.on, consent.valid_until
    try:
        on = past_day(on)
    except ValidationError as error:
        problems["on"] = error.message_dict["on"][0]
    if until is not None and "on" not in problems:
        try:
            until = clean_day(until)
        except ValidationError as error:
            problems["valid_until"] = error.messages[0]
        else:
            if until < on:
                problems["valid_until"] = _("This day lies before the day of the consent.")
    return on, until


def _form(consent: NewConsent, on: date, problems: dict[str, str]) -> tuple[str, str]:
    """Return the form whose words were used, that of the day unless another was named."""
    forms = pack().consent_forms
    if consent.form:
        known = (
            {each.version for each in forms[consent.form].versions}
            if (consent.form in forms)
            else set()
        )
        if consent.form_version not in known:
            problems["form"] = _("There is no such consent form.")
        return consent.form, consent.form_version
    try:
        form, version = pack().consent_form(consent.purpose, on)
    except NoLawInForce:
        problems["on"] = _("There was no consent form on this day.")
        return "", ""
    return form, version.version


def _withholding(actor: Actor, row: Consent, key: DataKey | None) -> str:
    own = actor.organisation_id
    may = row.organisation_id == own or (steers(actor) and row.recipient_id != own)
    if not row.withholding or key is None or not may:
        return ""
    return key.open(f"consent.{row.pk}", row.withholding)


def _view(row: Consent, withholding: str, shared: Container[UUID | None]) -> ConsentView:
    withdrawal = getattr(row, "withdrawal", None)
    running = row.valid_until is None or row.valid_until >= clock.today()
    return ConsentView(
        id=row.pk,
        recipient_id=row.recipient_id,
        recipient=row.recipient.name,
        purpose=row.purpose,
        categories=tuple(row.categories),
        decision=row.decision,
        on=row.on,
        valid_until=row.valid_until,
        withdrawn_on=withdrawal.on if withdrawal else None,
        recorded_at=row.recorded_at,
        organisation_id=row.organisation_id,
        organisation=row.organisation.name,
        language=row.language,
        interpreter=row.interpreter,
        how=row.how,
        explained_by=row.explained_by,
        form=row.form,
        form_version=row.form_version,
        withholding=withholding,
        holds=row.decision == Decision.GIVEN and withdrawal is None and running,
        shared=row.pk in shared,
    )
