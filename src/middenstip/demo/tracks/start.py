# SPDX-License-Identifier: EUPL-1.2
"""The first days: who saw it, what is known, rights explained, the coordination point told."""

from datetime import date
from typing import Any

from middenstip.demo.life import Life
from middenstip.demo.tracks.person import Person, name

INVESTIGATORS = ("police", "border_police", "labour_inspectorate")
FINDERS: dict[str, float] = {
    "police": 61,
    "border_police": 11,
    "ngo": 5,
    "shelter": 3,
    "care_coordinator": 3,
    "immigration_service": 3,
    "reception_agency": 3,
    "municipality": 3,
    "health_service": 2,
    "victim_support": 2,
    "coordination_point": 1,
    "expertise_centre": 1,
}
FINDERS_OF_WORKERS: dict[str, float] = {
    "police": 45,
    "labour_inspectorate": 40,
    "border_police": 5,
    "ngo": 10,
}
FINDERS_OF_CHILDREN: dict[str, float] = {
    "police": 60,
    "youth_care": 12,
    "school_attendance": 8,
    "child_protection": 6,
    "health_service": 6,
    "municipality": 8,
}
FINDERS_OF_UNACCOMPANIED: dict[str, float] = {
    "guardianship": 34,
    "reception_agency": 14,
    "immigration_service": 12,
    "border_police": 20,
    "police": 20,
}
SOURCES: dict[str, float] = {
    "interview": 25,
    "investigation": 18,
    "self": 12,
    "anonymous_tip": 8,
    "complaint": 8,
    "witness": 7,
    "hotel": 5,
    "action_day": 5,
    "care_worker": 5,
    "other": 4,
    "chamber_of_commerce": 3,
}
SOURCE_OF = {
    "border_police": "border_check",
    "labour_inspectorate": "inspection",
    "school_attendance": "school",
    "health_service": "health_care",
    "care_coordinator": "care_worker",
    "shelter": "care_worker",
    "youth_care": "care_worker",
}
LANGUAGES = {"NL": "nl", "RO": "ro", "BG": "bg", "HU": "hu", "PL": "pl", "ES": "es", "PT": "pt",
             "VN": "vi", "CN": "zh", "UA": "uk", "ER": "ti", "ET": "am", "SO": "so", "SY": "ar",
             "MA": "ar", "BR": "pt", "CO": "es", "VE": "es", "DO": "es", "AL": "sq", "RS": "sr",
             "TR": "tr", "IR": "fa", "ID": "id", "PH": "tl", "IN": "hi", "MD": "ro",
             "GN": "fr"}  # fmt: skip
EXPLAINERS = frozenset({*INVESTIGATORS, "coordination_point", "care_coordinator", "shelter",
                        "guardianship", "victim_support", "youth_care", "ngo"})  # fmt: skip


def begin(life: Life, person: Person) -> str:
    """Record the first sign, what is known, the rights and the notification.

    Returns the kind of organisation that saw it.
    """
    finder = _finder(life, person)
    anonymous = finder == "ngo" and (person.dutch or person.eu) and life.chance(0.3)
    if not anonymous and life.chance(0.25):
        life.identity = name(life)
    _known(life, person, finder)
    source = SOURCE_OF.get(finder) or life.pick(SOURCES)
    life.happens(person.seen_on, finder, "indication_seen", by=finder, source=source)
    _rights(life, person, finder)
    return finder


def notify(life: Life, person: Person, finder: str, *, bed: bool) -> date | None:
    """Tell the coordination point; return the day, None when nobody has told it.

    Investigators tell it by law; others with the consent of the person, or anonymously.
    """
    day = person.seen_on
    forgotten = life.recent(day, 40) and life.chance(0.05)
    if forgotten or life.chance(0.004):
        return None
    day = life.after(day, *life.pick({(0, 0): 72, (1, 1): 14, (2, 5): 10, (6, 30): 4}))
    basis = "legal_duty"
    if finder not in INVESTIGATORS:
        known = life.identity or person.birth_date or not (person.dutch or person.eu)
        basis = "consent" if known else "anonymous"
        if known:
            _consent(life, person, finder, day)
    done = life.happens(
        day, finder, "notified", by=finder, basis=basis, bed_needed=True if bed else None
    )
    return day if done else None


def _finder(life: Life, person: Person) -> str:
    if person.unaccompanied:
        return life.pick(FINDERS_OF_UNACCOMPANIED)
    if person.child:
        return life.pick(FINDERS_OF_CHILDREN)
    if "labour" in person.forms:
        return life.pick(FINDERS_OF_WORKERS)
    return life.pick(FINDERS)


def _known(life: Life, person: Person, finder: str) -> None:
    """Record what is known on the first day, and, where it takes longer, some days later."""
    on = person.seen_on
    life.told(
        on,
        finder,
        sex=person.sex,
        birth_date=person.birth_date,
        age=person.age,
        is_minor=person.is_minor,
        nationalities=[person.nationality] if person.nationality else None,
        nationality_group="stateless" if person.group == "stateless" else None,
        unaccompanied=True if person.unaccompanied else False if person.child else None,
        **_stay(life, person, finder),
        children_along=life.pick({None: 90, 1: 7, 2: 3}) if not person.child else None,
    )
    if life.chance(0.6):
        language = LANGUAGES.get(person.nationality or "", "en")
        life.told(
            on,
            finder,
            preferred_language=language,
            interpreter_needed=language not in {"nl", "en"},
            in_danger=life.pick({None: 60, False: 33, True: 7}),
        )
    ended = life.after(on, -120, 0) if life.chance(0.65) else None
    later = life.pick({0: 70, 2: 15, 10: 10, 45: 5})
    life.told(
        on,
        finder,
        known_after=later,
        exploitation_forms=list(person.forms),
        exploited_in_netherlands=life.pick({True: 88, False: 7, None: 5}),
        exploitation_ended_on=ended,
    )


def _stay(life: Life, person: Person, finder: str) -> dict[str, Any]:
    """Draw what is known of the stay: its ground, or only that there is no other ground."""
    if person.dutch or person.group == "unclear":
        return {}
    if person.eu:
        return {"stay_ground": life.pick({"eu_free_movement": 60, None: 40})}
    if finder in {"immigration_service", "reception_agency"} and not person.child:
        return {"stay_ground": "asylum_pending", "asylum_stage": "pending"}
    known = life.pick({"none": 30, "not_lawful": 45, "": 18, "other_permit": 4, "asylum": 3})
    if known == "asylum":
        return {"stay_ground": "asylum_pending", "asylum_stage": "pending"}
    if known == "not_lawful":
        return {"lawful_stay": False}
    return {"stay_ground": known or None}


def _rights(life: Life, person: Person, finder: str) -> None:
    """Explain the rights: mostly at once by who saw it, else by the care coordinator."""
    language = LANGUAGES.get(person.nationality or "", "en")
    by = finder
    if finder not in EXPLAINERS or life.chance(0.03):
        by = "youth_care" if person.child and person.dutch else "care_coordinator"
    if life.recent(person.seen_on, 30) and life.chance(0.07):
        return
    life.happens(
        life.after(person.seen_on, *life.pick({(0, 0): 88, (1, 3): 9, (4, 15): 3})),
        by,
        "rights_explained",
        by=by,
        language=language,
        interpreter=language not in {"nl", "en"} or life.chance(0.2),
    )


def _consent(life: Life, person: Person, finder: str, day: date) -> None:
    by = finder if finder in EXPLAINERS or finder in {"health_service", "municipality"} else ""
    by = by or ("youth_care" if person.child else "care_coordinator")
    life.agrees(day, by, "coordination_point", "register_notification")
