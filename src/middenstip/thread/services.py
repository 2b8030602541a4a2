# SPDX-License-Identifier: EUPL-1.2
"""Writes of the thread room: the only doors through which a case changes.

Each checks right and state, and appends, derives and stores in one transaction under the lock
of the case: either everything is there afterwards or nothing.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from middenstip import clock
from middenstip.access.acting import as_actor, deriving
from middenstip.access.actors import Actor
from middenstip.access.selectors import active_kinds
from middenstip.thread import bulk, store
from middenstip.thread.bulk_sharing import brought_in, check_involved
from middenstip.thread.checks import (
    BIRTH_DATE,
    check_thread,
    correcting_row,
    facts_by_category,
    new_row,
    one_category_each,
)
from middenstip.thread.country import VERDICTS
from middenstip.thread.derive import Derivation, Row, State, derivation_of, derive
from middenstip.thread.errors import (
    BeforeBirth,
    CaseChanged,
    EventRefused,
    NotAllowed,
    NotThere,
    only_coordination,
    only_looking,
    was_removed,
)
from middenstip.thread.models import Case, Consent, Event, Involvement
from middenstip.thread.records import (
    NewCase,
    NewConsent,
    NewEvent,
    NewIdentity,
    Opened,
    Recorded,
    Stored,
)
from middenstip.thread.sealing import Keys, case_keys, key_for
from middenstip.thread.visibility import (
    in_emergency,
    sight_of,
    steers,
    visible_cases,
    visible_events,
)
from middenstip.vault.services import replace_tokens

CONSENT_GIVEN, CONSENT_WITHDRAWN = "consent_given", "consent_withdrawn"
DECISIONS = frozenset({CONSENT_GIVEN, CONSENT_WITHDRAWN})


def open_case(
    *,
    actor: Actor,
    events: Sequence[NewEvent] = (),
    facts: Mapping[str, Any] | None = None,
    facts_on: date | None = None,
    identity: NewIdentity | None = None,
    opened_on: date | None = None,
    involve: Sequence[UUID] = (),
    consents: Sequence[NewConsent] = (),
) -> Opened:
    """Open a case for a new person with its first events and facts, all at once.

    See `NewCase` for what the arguments mean. Raises NotAllowed, EventRefused, or
    ValidationError keyed by field; then nothing is stored.
    """
    new = NewCase(
        events=events,
        facts=facts or {},
        facts_on=facts_on,
        identity=identity,
        opened_on=opened_on,
        involve=involve,
        consents=consents,
    )
    return bulk.open_cases(actor=actor, cases=[new])[0]


def record_event(
    *,
    actor: Actor,
    case_id: UUID,
    type: str,
    on: date,
    fields: Mapping[str, Any] | None = None,
    seen_version: int | None = None,
) -> Recorded:
    """Record one event in a case; see `append_events`."""
    event = NewEvent(type, on, fields or {})
    return append_events(
        actor=actor, case_id=case_id, events=[event], seen_version=seen_version
    )


def record_facts(
    *,
    actor: Actor,
    case_id: UUID,
    facts: Mapping[str, Any],
    on: date | None = None,
    seen_version: int | None = None,
) -> Recorded:
    """Record what somebody told us, as of a day (today): one event per data category.

    Values that are None or empty are left out; to take back a fact, correct its event.
    """
    events = facts_by_category(facts, on or clock.today())
    if not events:
        raise ValidationError({"facts": _("Give at least one fact.")})
    return append_events(actor=actor, case_id=case_id, events=events, seen_version=seen_version)


def append_events(
    *,
    actor: Actor,
    case_id: UUID,
    events: Sequence[NewEvent],
    seen_version: int | None = None,
) -> Recorded:
    """Append events to a case, in this order, and derive once.

    Guarantees: `seq` goes on without a gap whoever else records; facts, duties, flags and
    outcomes are those of today with these events; the actor's organisation is involved
    afterwards. Raises NotThere, NotAllowed, CaseChanged (when `seen_version` is given and is
    not the version of now), EventRefused, ValidationError keyed by field; then nothing is
    stored. A decision on sharing comes in by `thread.consents` only, one on two files by
    `linkage`: a mere event would say "withdrawn" while the sharing goes on.
    """
    for event in events:
        _refuse_decision(event.type)
    return append_decided(
        actor=actor, case_id=case_id, events=events, seen_version=seen_version
    )


@as_actor
@transaction.atomic
def append_decided(
    *,
    actor: Actor,
    case_id: UUID,
    events: Sequence[NewEvent],
    seen_version: int | None = None,
) -> Recorded:
    """Append events as `append_events` does, decisions on sharing and on two files too; for
    who stores the decision itself in the same transaction (`thread.consents`, `linkage`).
    """
    case = lock(actor, case_id, seen_version)
    with deriving([case_id]):
        keys = case_keys([case_id])
        rows = store.rows_of([case_id], keys=keys)[case_id]
        new = [
            new_row(actor, event, seq=case.version + place)
            for place, event in enumerate(one_category_each(events), start=1)
        ]
        return _append(actor, case, keys, rows, new)


@as_actor
@transaction.atomic
def correct_event(
    *,
    actor: Actor,
    case_id: UUID,
    event_id: UUID,
    replaced_by: NewEvent | None,
    seen_version: int | None = None,
) -> Recorded:
    """Take back an event (`replaced_by` None) or put another in its place.

    The wrong event stays in the thread, marked. Correcting a correction replaces what that one
    said; taking it back restores what it had changed. Raises as `append_events`; NotAllowed
    also when another organisation recorded the event and the actor does not coordinate. A
    consent that carries sharing is withdrawn, not corrected: ValidationError.
    """
    if replaced_by is not None:
        _refuse_decision(replaced_by.type)
    case = lock(actor, case_id, seen_version)
    if not visible_events(actor).filter(case_id=case_id, pk=event_id).exists():
        raise NotThere
    with deriving([case_id]):
        keys = case_keys([case_id])
        rows = store.rows_of([case_id], keys=keys)[case_id]
        new = correcting_row(actor, rows, event_id, replaced_by)
        _check_carries_nothing(case_id, rows, new)
        return _append(actor, case, keys, rows, [new])


@as_actor
@transaction.atomic
def involve(*, actor: Actor, case_id: UUID, organisation_id: UUID) -> None:
    """Bring an organisation into a case, so that it sees it and can own its duties.

    It comes in for each purpose that is carried: by a consent that holds, else by the statutory
    task of its kind. Only the coordination point may; bringing in who is in already changes
    nothing. Raises NotThere, NotAllowed, and ValidationError for an organisation that is not
    active, whose kind has nothing to do in a case, or that needs consent first.
    """
    case = lock(actor, case_id, None)
    if not steers(actor):
        raise NotAllowed(only_coordination())
    kinds = active_kinds()
    check_involved([organisation_id], kinds)
    with deriving([case.pk]):
        agreed: list[Consent | None] = [
            *Consent.objects.holding().filter(case_id=case.pk, recipient_id=organisation_id)
        ]
        rows = [
            row
            for consent in agreed or [None]
            for row in brought_in(case.pk, organisation_id, kinds[organisation_id], consent)
        ]
        if not rows:
            raise ValidationError({"involve": _("This organisation needs consent first.")})
        Involvement.objects.bulk_create(rows, ignore_conflicts=True)
        rederive_locked([case.pk], clock.today())


def _refuse_decision(type_: str) -> None:
    if type_ in VERDICTS:
        raise ValidationError(
            {
                "type": _(
                    "Decide this with both files side by side: there it joins or parts them."
                )
            }
        )
    if type_ in DECISIONS:
        raise ValidationError(
            {"type": _("Write this down at the person: there it starts or stops the sharing.")}
        )


def _check_carries_nothing(case_id: UUID, rows: Sequence[Row], new: Row) -> None:
    """Refuse to correct away a consent that organisations of its recipient's kind still have;
    the thread would say that there is none.
    """
    wrong = next(row for row in rows if row.seq == new.corrects)
    while wrong.corrects is not None:
        wrong = next(row for row in rows if row.seq == wrong.corrects)
    if wrong.type in VERDICTS:
        raise ValidationError(_("Take this decision back with both files side by side."))
    if wrong.type != CONSENT_GIVEN:
        return
    held = Consent.objects.given().filter(
        case_id=case_id,
        purpose=wrong.fields["purpose"],
        recipient__kind=wrong.fields["recipient"],
    )
    if held.exists():
        raise ValidationError(_("Sharing rests on this consent: withdraw it at the person."))


def rederive_locked(case_ids: Sequence[UUID], day: date) -> set[UUID]:
    """Derive cases anew for a day and return those that changed.

    The caller holds the locks of the cases (or knows that nobody else can see them).
    """
    keys = case_keys(case_ids)
    rows = store.rows_of(case_ids, keys=keys)
    kept = store.kept_of(case_ids, keys=keys)
    active = active_kinds()
    changes: dict[UUID, tuple[store.Kept, Derivation]] = {
        case_id: (
            kept[case_id],
            derive(
                rows[case_id],
                involved=kept[case_id].brought_in(),
                active=active,
                day=day,
                guests=kept[case_id].guests,
                removed=kept[case_id].removed,
            ),
        )
        for case_id in case_ids
    }
    return store.write(changes, keys=keys)


def _know_again(person_id: UUID, before: State | None, after: State) -> None:
    """Let a person be found by a day of birth that has become known, or another one."""
    born = after.facts.get(BIRTH_DATE)
    if before is None or before.facts.get(BIRTH_DATE) != born:
        replace_tokens(person_id, {BIRTH_DATE: str(born or "")})


def lock(actor: Actor, case_id: UUID, seen_version: int | None) -> Case:
    """Return a case that the actor sees, locked for a change; NotThere, CaseChanged.

    NotAllowed when the person was removed; and in an emergency: who opened a case with a reason
    looks, and does not come to be involved for good by recording something.
    """
    if in_emergency(actor):
        raise NotAllowed(only_looking())
    seen = visible_cases(actor).select_related("person")
    case = seen.select_for_update(of=("self",)).filter(pk=case_id).first()
    if case is None:
        raise NotThere
    if case.person.removed_at is not None:
        raise NotAllowed(was_removed())
    if seen_version is not None and seen_version != case.version:
        raise CaseChanged(version=case.version, seen=seen_version)
    return case


def _append(
    actor: Actor, case: Case, keys: Keys, rows: Sequence[Row], new: Sequence[Row]
) -> Recorded:
    """Store checked rows and what follows from them; the case is locked."""
    if not new:
        raise ValidationError(_("There is nothing to record."))
    thread = [*rows, *new]
    try:
        assessment = check_thread(thread, new_from=new[0].seq, lang=actor.language)
    except EventRefused as refused:
        sight = sight_of(actor=actor, case_id=case.pk)
        raise refused.told_with(sight.categories, actor.language) from None
    except BeforeBirth as refused:
        sight = sight_of(actor=actor, case_id=case.pk)
        raise refused.told_with(sight.categories) from None
    recorders = {row.seq: actor.user_id for row in new}
    keys = {case.pk: key_for(case.person_id, keys, case.pk)}
    Event.objects.bulk_create(
        store.events_to_store(case.pk, thread, new, recorders, keys[case.pk])
    )
    Case.objects.filter(pk=case.pk).update(version=new[-1].seq)
    kept = store.kept_of([case.pk], keys=keys)[case.pk]
    derivation = derivation_of(
        assessment,
        thread,
        involved=kept.brought_in(),
        active=active_kinds(),
        guests=kept.guests,
    )
    store.write({case.pk: (kept, derivation)}, keys=keys)
    _know_again(case.person_id, kept.state, derivation.state)
    return Recorded(case.pk, new[-1].seq, tuple(Stored(row.id, row.seq) for row in new))
