# SPDX-License-Identifier: EUPL-1.2
"""What an event must be before it may enter a thread: right, form, day, and the guards."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from middenstip import clock
from middenstip.access.actors import Actor
from middenstip.pack.model import Fact
from middenstip.rules.fold import corrected_thread
from middenstip.rules.results import Assessment
from middenstip.thread.country import CORRECTED, FACTS_RECORDED, NOTIFIED, coordinates, pack
from middenstip.thread.derive import Row, as_thread, assess_rows
from middenstip.thread.errors import BeforeBirth, EventRefused, NotAllowed, NotThere
from middenstip.thread.records import NewEvent, NewIdentity
from middenstip.thread.values import clean_day, clean_fields, clean_text

MAX_EVENTS = 10_000
# Days that an event tells about what comes after it: none can lie before the event.
NOT_BEFORE_EVENT = frozenset({"final_on", "planned_end", "valid_until"})
BIRTH_DATE = "birth_date"
ANONYMOUS = "anonymous"  # of the pack's bases of a notification: nothing tells who it is
IDENTITY_FIELDS = {"given_name": 200, "family_name": 200, "alias": 200, "phone": 200}


def new_row(
    actor: Actor, event: NewEvent, *, seq: int, recorded_at: datetime | None = None
) -> Row:
    """Return the row for an event, checked by itself: who records it, its day, its fields.

    NotAllowed when the actor's kind of organisation does not record this type; ValidationError
    keyed by field (`type`, `on`, or a field of the event) for everything else.
    """
    on, fields = _checked(actor, event)
    return Row(
        seq=seq,
        id=uuid4(),
        type=event.type,
        on=on,
        fields=fields,
        corrects=None,
        organisation_id=actor.organisation_id,
        organisation_kind=actor.organisation_kind,
        recorded_at=recorded_at,
    )


def correcting_row(
    actor: Actor, rows: Sequence[Row], event_id: UUID, replaced_by: NewEvent | None
) -> Row:
    """Return the row that takes an event back or puts another in its place.

    Only the organisation that recorded an event, or one that coordinates, may correct it. What
    is put in place is of the same data category: a category is shared or withheld as a whole.
    Raises NotThere when these rows do not hold the event.
    """
    by_seq = {row.seq: row for row in rows}
    wrong = next((row for row in rows if row.id == event_id), None)
    if wrong is None:
        raise NotThere
    own = wrong.organisation_id == actor.organisation_id
    if not own and not coordinates(actor.organisation_kind):
        raise NotAllowed(_("Only the organisation that recorded an event can correct it."))
    on, replacement = wrong.on, None
    if replaced_by is not None:
        day, fields = _checked(actor, replaced_by, instead_of=wrong.type)
        if _category(replaced_by.type, fields) != category_of(wrong, by_seq):
            raise ValidationError(
                {"type": _("Take this event back, and record the other one.")}
            )
        replacement = {"type": replaced_by.type, "on": day.isoformat(), "fields": fields}
        on = min(on, day)
    return Row(
        seq=rows[-1].seq + 1,
        id=uuid4(),
        type=CORRECTED,
        on=on,
        fields={"replaced_by": replacement},
        corrects=wrong.seq,
        organisation_id=actor.organisation_id,
        organisation_kind=actor.organisation_kind,
        recorded_at=None,
    )


def category_of(row: Row, by_seq: Mapping[int, Row]) -> str:
    """Return the data category of an event; a correction has that of what it corrects."""
    while row.corrects is not None:
        row = by_seq[row.corrects]
    return _category(row.type, row.fields)


def _category(type_: str, fields: Mapping[str, Any]) -> str:
    country = pack()
    if type_ == FACTS_RECORDED:
        return country.facts[next(iter(fields["facts"]))].category
    return country.events[type_].category


def one_category_each(events: Iterable[NewEvent]) -> Iterator[NewEvent]:
    """Yield the events, told facts split so that each event holds one data category."""
    for event in events:
        facts = event.fields.get("facts") if event.type == FACTS_RECORDED else None
        if isinstance(facts, Mapping) and len(facts) > 1:
            yield from facts_by_category(facts, event.on)
        else:
            yield event


def facts_by_category(facts: Mapping[str, Any], on: date) -> list[NewEvent]:
    """Return one event per data category for facts that somebody told us.

    One each, because a category is shared or withheld as a whole.
    """
    groups: dict[str, dict[str, Any]] = {}
    declared = pack().facts
    for name, value in facts.items():
        if value is not None and value != "":
            category = declared[name].category if name in declared else ""
            groups.setdefault(category, {})[name] = value
    return [NewEvent(FACTS_RECORDED, on, {"facts": group}) for group in groups.values()]


def clean_identity(identity: NewIdentity | None) -> dict[str, str] | None:
    """Return the columns of an identity; None when nothing is known (anonymous).

    ValidationError keyed by field for text that is too long or cannot be stored.
    """
    if identity is None:
        return None
    cleaned: dict[str, str] = {}
    problems: dict[str, list[str]] = {}
    for name in (*IDENTITY_FIELDS, "note"):
        longest = IDENTITY_FIELDS.get(name, 10_000)
        try:
            value = getattr(identity, name)
            cleaned[name] = clean_text(value, longest=longest, lines=name == "note")
        except ValidationError as error:
            problems[name] = error.messages
    if problems:
        raise ValidationError({name: problems[name] for name in problems})
    return cleaned if any(cleaned.values()) else None


def check_thread(rows: Sequence[Row], *, new_from: int, lang: str) -> Assessment:
    """Return today's assessment of a thread, once it is sure that the new events may enter it.

    `new_from` is the `seq` of the first new event. EventRefused when a guard refuses one of
    them, or, because of them, an event that is in the thread already. ValidationError when an
    event lies before the person's birth, and for a day of birth where nobody may be known.
    """
    if len(rows) > MAX_EVENTS:
        raise ValidationError(_("A case holds at most %(most)s events.") % {"most": MAX_EVENTS})
    assessment = assess_rows(rows, on=clock.today(), lang=lang)
    if assessment.refused:
        _raise_new_refusal(assessment, rows, new_from=new_from, lang=lang)
    _check_birth(assessment, rows, new_from=new_from)
    if BIRTH_DATE in assessment.facts and is_anonymous(rows, assessment.on):
        raise ValidationError(
            {BIRTH_DATE: _("An anonymous notification holds no date of birth.")}
        )
    return assessment


def is_anonymous(rows: Sequence[Row], day: date) -> bool:
    """Tell whether the person was notified anonymously, and not otherwise since (R-33)."""
    notified = [e for _place, e in corrected_thread(as_thread(rows), day) if e.type == NOTIFIED]
    return bool(notified) and notified[-1].fields.get("basis") == ANONYMOUS


def _raise_new_refusal(
    assessment: Assessment, rows: Sequence[Row], *, new_from: int, lang: str
) -> None:
    new = {row.seq for row in rows if row.seq >= new_from} | _corrected_by(rows, new_from)
    for refusal in assessment.refused:
        if int(refusal.event) in new:
            raise EventRefused(refusal)
    # Events of before a change of the pack may stand in the thread refused; they are no reason
    # to refuse what is new.
    older = [row for row in rows if row.seq < new_from]
    before = assess_rows(older, on=assessment.on, lang=lang)
    known = {refusal.event for refusal in before.refused}
    for refusal in assessment.refused:
        if refusal.event not in known:
            raise EventRefused(refusal, earlier_event=int(refusal.event))


def _corrected_by(rows: Sequence[Row], new_from: int) -> set[int]:
    """Return what the new rows correct; a replacement keeps the `seq` of the first."""
    named = {row.seq: row.corrects for row in rows}
    found: set[int] = set()
    for row in rows:
        target = row.corrects if row.seq >= new_from else None
        while target is not None:
            found.add(target)
            target = named[target]
    return found


def _check_birth(assessment: Assessment, rows: Sequence[Row], *, new_from: int) -> None:
    birth = assessment.facts.get(BIRTH_DATE)
    if not isinstance(birth, date):
        return
    if any(row.on < birth for row in rows if row.seq >= new_from and row.type != CORRECTED):
        raise BeforeBirth("on", _("This day lies before the person was born."))
    thread = corrected_thread(as_thread(rows), assessment.on)
    if any(event.on < birth for _place, event in thread):
        raise BeforeBirth(
            BIRTH_DATE, _("The thread holds events from before this date of birth.")
        )


def _checked(
    actor: Actor, event: NewEvent, *, instead_of: str | None = None
) -> tuple[date, dict[str, Any]]:
    country = pack()
    if actor.is_administrator:
        raise NotAllowed(_("An administrator manages accounts and records nothing in cases."))
    on = past_day(event.on)
    if event.type == FACTS_RECORDED:
        fields: dict[str, Any] = {"facts": _clean_facts(actor, event.fields.get("facts"))}
    elif event.type not in country.events:
        raise ValidationError({"type": _("There is no such kind of event.")})
    else:
        declared = country.events[event.type]
        if event.type != instead_of and actor.organisation_kind not in declared.recorded_by:
            raise NotAllowed(
                _("%(organisation)s does not record “%(event)s”.")
                % {
                    "organisation": actor.organisation_name,
                    "event": declared.label.get(actor.language, event.type),
                }
            )
        fields = dict(clean_fields(declared.fields, event.fields))
    early = {
        name: [_("This day lies before the day of the event.")]
        for name in sorted(NOT_BEFORE_EVENT & fields.keys())
        if date.fromisoformat(fields[name]) < on
    }
    if early:
        raise ValidationError(dict(early))
    return on, fields


def _clean_facts(actor: Actor, facts: Any) -> dict[str, Any]:
    if not isinstance(facts, Mapping) or not facts:
        raise ValidationError({"facts": _("Give at least one fact.")})
    declared = pack().facts
    for name in facts:
        fact = declared.get(name)
        if fact is not None and (reason := _not_theirs(fact, actor)):
            raise ValidationError({name: reason})
    cleaned = clean_fields(declared, facts)
    if BIRTH_DATE in cleaned and date.fromisoformat(str(cleaned[BIRTH_DATE])) > clock.today():
        raise ValidationError({BIRTH_DATE: _("This date of birth lies in the future.")})
    if len({declared[name].category for name in cleaned}) != 1:
        raise ValidationError({"facts": _("Give facts of one kind of data at a time.")})
    return dict(cleaned)


def _not_theirs(fact: Fact, actor: Actor) -> str:
    if fact.judgement_of is not None and fact.judgement_of != actor.organisation_kind:
        kind = pack().organisation_kinds[fact.judgement_of]
        return _("Only %(kind)s can decide this.") % {
            "kind": kind.label.get(actor.language, fact.judgement_of)
        }
    if not fact.askable and fact.judgement_of is None:
        return _("This follows from what happened; record the event instead.")
    return ""


def past_day(day: Any) -> date:
    """Return a day on which something happened; ValidationError keyed `on` for any other."""
    try:
        cleaned = clean_day(day)
    except ValidationError as error:
        raise ValidationError({"on": error.messages}) from None
    if cleaned > clock.today():
        raise ValidationError(
            {"on": _("This day lies in the future; record it when it happens.")}
        )
    return cleaned
