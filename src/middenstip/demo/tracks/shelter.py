# SPDX-License-Identifier: EUPL-1.2
"""Beds: asked for, an emergency bed, a place, and leaving it."""

from datetime import date, timedelta

from middenstip.demo.life import Life
from middenstip.demo.tracks.person import Person

REASONS = (
    "Geen plek vrij die avond.",
    "Er was nog geen tolk voor de intake.",
    "Plek kwam de volgende dag vrij.",
    "Vervoer naar de opvang lukte niet meer.",
)
PLAN = {"arranged": 55.0, "planned": 35.0, "not_needed": 7.0, "declined": 3.0}


def shelter(life: Life, person: Person, finder: str, *, notified_on: date | None) -> None:
    """Find a bed for somebody who needs one, and let them leave it again."""
    asked = notified_on or person.seen_on
    if notified_on is None or life.chance(0.25):
        by = finder if finder in {"police", "border_police", "ngo", "shelter"} else "police"
        life.happens(asked, by, "bed_requested")
    kind, placer = _kind(life, person)
    wait = life.pick({0: 50, 1: 22, 2: 12, 3: 6, 5: 6, 9: 4})
    if life.recent(asked, 30) and life.chance(0.25):
        wait = life.draw.randint(31, 60)  # There are fewer places than people.
    elif life.chance(0.25):
        wait = _emergency(life, person, asked, finder)
    placed = asked + timedelta(days=wait)
    if not life.happens(placed, placer, "placed_in_shelter", kind=kind, by=placer):
        return
    _plan(life, placed, placer)
    if life.chance(0.8):
        life.happens(
            life.after(placed, 20, 400),
            "coordination_point" if kind == "specialised" else placer,
            "left_shelter",
            reason=life.pick(
                {
                    "moved_on": 45,
                    "own_home": 15,
                    "own_choice": 14,
                    "returned": 8,
                    "unknown_destination": 10,
                    "ended_by_shelter": 4,
                    "other": 4,
                }
            ),
        )


def _kind(life: Life, person: Person) -> tuple[str, str]:
    """Return the kind of shelter and who places."""
    if person.child:
        return "youth_care", "youth_care"
    if person.dutch:
        return "municipal", "municipality"
    if person.eu and life.chance(0.6):
        return "municipal", "municipality"
    if life.chance(0.06):
        life.told(person.seen_on, "care_coordinator", multiple_problems=True)
        return "multiple_problems", "coordination_point"
    kind = "specialised"
    if person.sex == "male" and "labour" in person.forms:
        kind = "labour_exploitation"
    return kind, "care_coordinator" if life.chance(0.04) else "coordination_point"


def _emergency(life: Life, person: Person, asked: date, finder: str) -> int:
    """Put somebody on an emergency bed and return after how many nights a place is found."""
    by = finder if finder in {"police", "border_police"} else "coordination_point"
    nights = life.pick({1: 30, 2: 26, 3: 24, 4: 9, 5: 6, 6: 5})
    life.happens(
        asked,
        by,
        "emergency_bed_started",
        planned_nights=min(nights, 3),
        reason=None if life.chance(0.06) else life.draw.choice(REASONS),
    )
    if life.chance(0.25):
        life.happens(asked + timedelta(days=nights), by, "emergency_bed_ended")
        nights += life.pick({0: 70, 1: 20, 2: 10})
    return nights


def _plan(life: Life, placed: date, placer: str) -> None:
    if not life.chance(0.7):
        return
    by = "youth_care" if placer == "youth_care" else "shelter"
    guidance = None if life.chance(0.08) else life.pick(PLAN)
    life.happens(
        life.after(placed, 2, 30),
        by,
        "support_plan_made",
        known_after=life.pick({0: 80, 3: 15, 14: 5}),
        shelter_decision=life.pick(PLAN),
        guidance_decision=guidance,
        security_decision=life.pick({None: 60, "not_needed": 30, "arranged": 10}),
    )
