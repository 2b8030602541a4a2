# SPDX-License-Identifier: EUPL-1.2
"""The reflection period, permits, refusals, objections, return."""

from dataclasses import dataclass
from datetime import date, timedelta

from middenstip.demo.life import Life, months_after
from middenstip.demo.tracks.person import Person

DUBLIN_RULE_SINCE = date(2023, 5, 18)


@dataclass(slots=True)
class Stay:
    """How far somebody came: the day of a complaint or other cooperation, and what it was.

    `kind` is `complaint`, `other_cooperation`, `cannot_threat`, `cannot_medical`, `declines`,
    or empty while nothing was decided.
    """

    kind: str = ""
    on: date | None = None


def reflect(life: Life, person: Person, finder: str) -> Stay:
    """Offer the reflection period and let it run; return what came of it."""
    police = finder if finder in {"police", "border_police"} else "police"
    offering = finder if finder == "labour_inspectorate" else police
    if life.recent(person.seen_on, 30) and life.chance(0.06):
        return Stay()
    offered_on = life.after(person.seen_on, *life.pick({(0, 0): 88, (1, 2): 8, (3, 9): 4}))
    if not life.happens(offered_on, offering, "reflection_period_offered", by=offering):
        return Stay()
    life.bring_in("care_coordinator")
    if life.chance(0.9):
        life.bring_in("police")  # In the other cases nobody owns the end of the period.
    course = life.pick({"started": 66, "declined": 18, "at_once": 11, "nothing": 5})
    if course == "declined":
        day = life.after(offered_on, 0, 4)
        life.happens(day, offering, "reflection_period_declined")
        return _decide(life, day, police, {"complaint": 40, "declines": 40, "": 20})
    if course == "at_once":
        return _decide(life, offered_on, police, {"complaint": 85, "other_cooperation": 15})
    if course == "nothing":
        return Stay()
    return _run(life, person, life.after(offered_on, 0, 3), police)


def _run(life: Life, person: Person, start: date, police: str) -> Stay:
    dublin = person.nationality is not None and not person.child and life.chance(0.07)
    if dublin:
        life.told(start, police, dublin_claim=True)
    last = months_after(start, 3)
    if dublin and start > DUBLIN_RULE_SINCE:
        last = start + timedelta(days=30)
    planned = last if life.chance(0.3) else None
    if not life.happens(start, police, "reflection_period_started", planned_end=planned):
        return Stay()
    _allowance(life, start)
    length = (last - start).days
    ground = life.pick(
        {
            "complaint": 38,
            "other_cooperation": 5,
            "declines": 18,
            "left_unknown_destination": 10,
            "expired": 26,
            "other_application": 3,
        }
    )
    if ground != "expired":
        end = life.after(start, 4, length - 1)
        by = police if ground == "left_unknown_destination" else "victim"
        life.happens(end, police, "reflection_period_ended", ended_by=by, ground=ground)
        if ground in {"complaint", "other_cooperation"}:
            return _decide(life, end, police, {ground: 1})
        return Stay("declines", end) if ground == "declines" else Stay()
    end = life.after(last, *life.pick({(0, 0): 72, (1, 6): 18, (7, 45): 10}))
    life.happens(end, police, "reflection_period_ended", ended_by=police, ground="expired")
    return _decide(
        life,
        end,
        police,
        {"complaint": 20, "cannot_threat": 26, "cannot_medical": 10, "declines": 34, "": 10},
    )


def _allowance(life: Life, start: date) -> None:
    if life.recent(start, 60) and life.chance(0.12):
        return
    day = life.after(start, *life.pick({(1, 7): 55, (8, 14): 33, (15, 30): 12}))
    life.happens(day, "care_coordinator", "living_allowance_applied")


def _decide(life: Life, day: date, police: str, weights: dict[str, float]) -> Stay:
    kind = life.pick(weights)
    if kind == "complaint":
        life.happens(
            day,
            police,
            "complaint_filed",
            by=police,
            under_number=life.chance(0.15),
            domicile=life.pick({"police_station": 50, "own": 25, "lawyer": 15, "shelter": 10}),
        )
    elif kind:
        life.happens(day, police, "cooperation_recorded", cooperation=kind)
    return Stay(kind, day if kind else None)


@dataclass(slots=True)
class CaseEnd:
    """The day on which the criminal case is over, and how; None while it runs."""

    on: date | None = None
    how: str = ""


def permits(life: Life, person: Person, stay: Stay, end: CaseEnd) -> None:
    """Apply for the permit that fits what was decided, renew it, and see how it ends."""
    if stay.on is None:
        return
    if stay.kind in {"complaint", "other_cooperation"}:
        _victim_permit(life, stay.on, end)
    elif stay.kind in {"cannot_threat", "cannot_medical"}:
        _unable_permit(life, stay.on, stay.kind)
    elif life.chance(0.3):
        _return(life, stay.on)


def _victim_permit(life: Life, day: date, end: CaseEnd) -> None:
    sent = life.after(day, *life.pick({(0, 0): 80, (1, 4): 20}))
    if not life.happens(sent, "police", "residence_application_sent", kind="temporary_victim"):
        return
    decided = life.after(sent, *life.pick({(0, 1): 78, (2, 6): 15, (7, 40): 7}))
    if end.on and end.on <= decided:
        _refuse(life, decided, "temporary_victim")
        return
    if life.chance(0.04):
        _refuse(life, decided, "temporary_victim")
        return
    first, until = decided, months_after(decided, 12)
    while _grant(life, decided, "temporary_victim", until):
        turn = life.after(until, *life.pick({(-45, -3): 93, (-2, 0): 7}))
        three_years = months_after(first, 36)
        if end.on and end.on < turn:
            _after_case(life, max(life.after(end.on, 5, 40), decided), until, end.how)
            return
        if three_years <= turn:
            _lasting(life, max(turn, three_years), until, "temporary_victim", 0.94)
            return
        decided, until = max(turn, decided + timedelta(days=1)), months_after(until, 12)


def _after_case(life: Life, day: date, until: date, how: str) -> None:
    """Let the temporary permit become a lasting one, or end, after the criminal case."""
    day = min(day, until)
    if how == "convicted":
        _lasting(life, day, until, "temporary_victim", 0.97)
    elif life.chance(0.5):
        if life.chance(0.5):
            life.told(day, "immigration_service", individual_circumstances_weigh=True)
            _lasting(life, life.after(day, 0, 10), until, "temporary_victim", 1)
        else:
            life.told(day, "immigration_service", individual_circumstances_weigh=False)
            _lasting(life, life.after(day, 0, 10), until, "temporary_victim", 0)
    else:
        _withdraw(life, day, "temporary_victim")


def _lasting(life: Life, day: date, until: date, running: str, granted: float) -> None:
    """Apply for the non-temporary permit; granted in this share, else what ran is ended."""
    life.happens(
        min(day, until), "care_coordinator", "residence_application_sent", kind="non_temporary"
    )
    decided = max(life.after(day, 20, 90), day)
    if life.chance(granted):
        _grant(life, decided, "non_temporary", months_after(decided, 60))
        return
    life.happens(
        decided, "immigration_service", "residence_permit_refused", kind="non_temporary"
    )
    _withdraw(life, decided, running)


def _unable_permit(life: Life, day: date, kind: str) -> None:
    life.happens(day, "police", "statement_on_victimhood", by="police")
    if kind == "cannot_threat":
        life.happens(life.after(day, 0, 9), "police", "statement_on_threat", by="police")
    else:
        life.happens(
            life.after(day, 0, 9),
            "health_service",
            "medical_statement_received",
            by="health_service",
        )
    sent = life.after(day, 3, 20)
    life.happens(
        sent, "care_coordinator", "residence_application_sent", kind="temporary_unable"
    )
    decided = life.after(sent, 15, 120)
    if life.chance(0.2):
        _refuse(life, decided, "temporary_unable")
        return
    until = months_after(decided, 12)
    if _grant(life, decided, "temporary_unable", until):
        # After one year, and before the permit ends: that is its last day.
        _lasting(life, until, until, "temporary_unable", 0.7)


def seen_as_witness(life: Life, person: Person) -> None:
    """Record, before anything else, that somebody is a witness and no victim."""
    life.told(person.seen_on, "police", role="witness", lawful_stay=False)


def witness(life: Life, person: Person) -> None:
    """Record a witness who files a complaint and whom the prosecutor needs."""
    day = life.after(person.seen_on, 1, 10)
    life.bring_in("care_coordinator")
    life.happens(day, "police", "complaint_filed", by="police")
    life.told(life.after(day, 1, 6), "prosecution", presence_required_by_prosecutor=True)
    sent = life.after(day, 7, 14)
    life.happens(sent, "police", "residence_application_sent", kind="temporary_witness")
    decided = life.after(sent, 1, 20)
    until = months_after(decided, 12)
    if not _grant(life, decided, "temporary_witness", until):
        return
    if life.chance(0.5):
        day = life.after(until, -60, -30)
        life.told(day, "immigration_service", individual_circumstances_weigh=True)
        _lasting(life, day, until, "temporary_witness", 1)
    else:
        _withdraw(life, life.after(until, -60, 0), "temporary_witness")


def _grant(life: Life, day: date, kind: str, until: date) -> bool:
    granted = life.happens(
        day, "immigration_service", "residence_permit_granted", kind=kind, valid_until=until
    )
    return granted is not None


def _refuse(life: Life, day: date, kind: str) -> None:
    life.happens(day, "immigration_service", "residence_permit_refused", kind=kind)
    _object(life, day)


def _withdraw(life: Life, day: date, kind: str) -> None:
    life.happens(day, "immigration_service", "residence_permit_withdrawn", kind=kind)
    _object(life, day)
    if life.chance(0.25):
        _return(life, day)


def _object(life: Life, day: date) -> None:
    life.bring_in("legal_aid")
    said = "objection_filed" if life.chance(0.92) else "objection_not_wanted"
    life.happens(life.after(day, 2, 27), "legal_aid", said)


def _return(life: Life, day: date) -> None:
    by = life.pick(
        {"care_coordinator": 70, "coordination_point": 10, "return_organisation": 20}
    )
    life.happens(life.after(day, 3, 60), by, "return_requested")
