# SPDX-License-Identifier: EUPL-1.2
"""What fictional people decide about sharing: yes, no, not everything, not for ever, no more.

Who may look only with consent (care, shelter, lawyer, support) takes part because the person
agreed; who has a statutory task needs none. The shares are invented.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from middenstip.access.actors import Actor
from middenstip.access.purposes import duty_purposes
from middenstip.clock import AMSTERDAM
from middenstip.thread.bulk_sharing import shareable
from middenstip.thread.consents import consent_purposes
from middenstip.thread.country import pack
from middenstip.thread.records import NewConsent, NewEvent, PastConsent

if TYPE_CHECKING:
    from middenstip.demo.life import Life, Note

GIVEN, WITHDRAWN, REFUSED = "consent_given", "consent_withdrawn", "refused"
# What somebody may want to keep from one who helps.
KEPT_BACK = ("health", "family", "justice", "residence")
HOW = {"spoken": 60.0, "signed": 38.0, "gesture": 2.0}
WITHHOLDING = "Niet aan mijn familie vertellen waar ik ben (verzonnen)."


@dataclass(slots=True)
class Decision:
    """A decision and the note in the thread that tells of it; None where no note does."""

    consent: NewConsent
    writer: Actor
    note: "Note | None"
    withdrawn_on: date | None = None


def needs_consent(kind: str) -> bool:
    """Tell whether a kind of organisation sees a case only when the person agrees."""
    return not duty_purposes(kind) and bool(consent_purposes(kind))


def ask_everybody(life: "Life", wishes: dict[str, dict[str, Any]]) -> list[Decision]:
    """Draw what the person decides about each organisation that needs consent.

    `wishes` by kind of organisation say what is not left to chance: `refused`, `without`
    (categories), `until` and `withdrawn` (days). Adds the notes to the life, and lets who was
    refused go.
    """
    taking_part = {note.actor.organisation_id for note in life.notes} | set(life.involve)
    decisions = []
    for kind, office in life.offices():
        if office.organisation_id in taking_part and needs_consent(kind):
            decisions.append(_ask(life, kind, office, wishes.get(kind)))
    return decisions


def agree(
    life: "Life", recipient: Actor, by: str, on: date, purpose: str, note: "Note | None"
) -> Decision:
    """Return a plain yes to one purpose, told of by a note."""
    writer = note.actor if note else life.office(by)
    return Decision(_consent(life, recipient, purpose, on, writer), writer, note)


def past(decision: Decision, moments: dict[int, datetime], first: datetime) -> PastConsent:
    """Return a decision with its moments; `moments` by the identity of notes."""
    recorded_at = first if decision.note is None else moments[id(decision.note)]
    withdrawn_at = None
    if decision.withdrawn_on is not None:
        noon = datetime.combine(decision.withdrawn_on, time(12), AMSTERDAM)
        withdrawn_at = max(noon, recorded_at + timedelta(minutes=1))
    return PastConsent(decision.writer, decision.consent, recorded_at, withdrawn_at)


def _ask(life: "Life", kind: str, office: Actor, wish: dict[str, Any] | None) -> Decision:
    notes = [n for n in life.notes if n.actor.organisation_id == office.organisation_id]
    start = min(life.notes, key=lambda note: (note.recorded_on, note.order))
    before = min(notes, key=lambda note: (note.recorded_on, note.order), default=start)
    on = before.recorded_on
    if wish is None:
        wish = _drawn(life, on, max((n.recorded_on for n in notes), default=on), bool(notes))
    writer = _writer(life, before, office)
    consent = _consent(life, office, consent_purposes(kind)[0], on, writer or start.actor)
    consent = _limited(consent, wish)
    if wish.get(REFUSED):
        life.involve = [each for each in life.involve if each != office.organisation_id]
        return Decision(replace(consent, decision=REFUSED), writer or start.actor, None)
    if office.organisation_id not in life.involve:
        life.involve.append(office.organisation_id)
    order = before.order + (0.5 if before is start else -0.5)
    note = _note(life, writer, GIVEN, kind, consent, on, order)
    gone = wish.get("withdrawn")
    if gone is not None:
        _note(life, writer, WITHDRAWN, kind, consent, gone, len(life.notes))
    return Decision(consent, writer or start.actor, note, gone)


def _drawn(life: "Life", on: date, last: date, took_part: bool) -> dict[str, Any]:
    """Draw whether there is a no, a limit, an end, or a change of mind."""
    wish: dict[str, Any] = {
        REFUSED: life.chance(0.08) and not took_part,
        "without": [life.draw.choice(KEPT_BACK)] if life.chance(0.12) else [],
        "withholding": WITHHOLDING if life.chance(0.04) else "",
    }
    if life.chance(0.08):
        wish["until"] = max(life.after(on, 180, 500), last)
    if life.chance(0.06):
        gone = life.after(last, 5, 200)
        wish["withdrawn"] = gone if gone < life.until else None
    return wish


def _writer(life: "Life", before: "Note", recipient: Actor) -> Actor | None:
    """Return who was in the case by then and may write a consent down; None for nobody."""
    allowed = pack().events[GIVEN].recorded_by
    for note in sorted(life.notes, key=lambda note: (note.recorded_on, note.order)):
        if (note.recorded_on, note.order) > (before.recorded_on, before.order):
            return None
        own = note.actor.organisation_id == recipient.organisation_id
        if note.actor.organisation_kind in allowed and (note is before or not own):
            return note.actor
    return None


def _consent(
    life: "Life", recipient: Actor, purpose: str, on: date, writer: Actor
) -> NewConsent:
    register = pack().purposes[purpose].whole_register
    form = "register_consent" if register else "sharing_consent"
    told = next((n.event.fields for n in life.notes if n.event and _is_rights(n)), {})
    return NewConsent(
        recipient_id=recipient.organisation_id,
        purpose=purpose,
        on=on,
        form=form,
        form_version=pack().consent_forms[form].versions[-1].version,
        language=str(told.get("language", "nl")),
        interpreter=told.get("interpreter") is True,
        how=life.pick(HOW),
        explained_by=writer.organisation_kind,
        categories=shareable(purpose),
    )


def _is_rights(note: "Note") -> bool:
    return note.event is not None and note.event.type == "rights_explained"


def _limited(consent: NewConsent, wish: dict[str, Any]) -> NewConsent:
    without = set(wish.get("without", ()))
    return replace(
        consent,
        categories=[name for name in consent.categories if name not in without],
        valid_until=wish.get("until"),
        withholding=wish.get("withholding", ""),
    )


def _note(
    life: "Life",
    writer: Actor | None,
    type_: str,
    kind: str,
    consent: NewConsent,
    on: date,
    order: float,
) -> "Note | None":
    if writer is None:
        return None
    fields = {
        "recipient": kind,
        "purpose": consent.purpose,
        "categories": list(consent.categories),
    }
    return life.note(writer, NewEvent(type_, on, fields), on, order)
