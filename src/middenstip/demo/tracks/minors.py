# SPDX-License-Identifier: EUPL-1.2
"""Children without parents: a guardian, protected shelter, disappearing, turning 18."""

from datetime import date, timedelta

from middenstip.demo.life import Life
from middenstip.demo.tracks.person import Person


def unaccompanied(life: Life, person: Person) -> None:
    """Record guardian and protected shelter of a child without parents."""
    life.bring_in("guardianship", "reception_agency", "child_protection")
    _prepare_18(life, person, "guardianship")
    guardian = _guardian(life, person)
    if guardian is None:
        return
    if life.chance(0.3):
        life.happens(guardian, "guardianship", "bed_requested")
    if life.chance(0.2):
        life.told(guardian, "guardianship", trafficking_risk=True)
    birthday = person.turns_18_on()
    placed = life.after(guardian, *life.pick({(0, 0): 60, (1, 3): 30, (4, 12): 10}))
    if birthday and placed >= birthday:
        placed = guardian
    if not life.happens(
        placed,
        "reception_agency",
        "placed_in_shelter",
        kind="protected_reception",
        by="guardianship",
        planned_end=birthday if life.chance(0.4) else None,
    ):
        return
    if life.chance(0.16):
        _disappears(life, person, life.after(placed, 3, 160), birthday)
        return
    if birthday:
        left = life.after(birthday, *life.pick({(-25, 0): 88, (1, 20): 12}))
        life.happens(max(left, placed), "reception_agency", "left_shelter", reason="turned_18")


def at_home(life: Life, person: Person) -> None:
    """Record the help for a child that lives here."""
    life.bring_in("youth_care")
    _prepare_18(life, person, "youth_care")
    if life.chance(0.15):
        placed = life.after(person.seen_on, 0, 20)
        if life.happens(
            placed, "youth_care", "placed_in_shelter", kind="youth_care", by="youth_care"
        ):
            life.happens(
                life.after(placed, 60, 350), "youth_care", "left_shelter", reason="moved_on"
            )
    if life.chance(0.12):
        gone = life.after(person.seen_on, 4, 120)
        birthday = person.turns_18_on()
        if birthday is None or gone < birthday:
            _away(life, gone, "youth_care")


def _prepare_18(life: Life, person: Person, by: str) -> None:
    """Make the plan for turning 18, mostly in time: half a year before the birthday."""
    birthday = person.turns_18_on()
    if birthday is None or not life.chance(0.9):
        return
    planned = life.after(birthday, *life.pick({(-240, -185): 85, (-182, -90): 15}))
    life.happens(max(planned, person.seen_on), by, "turning_18_planned")


def _guardian(life: Life, person: Person) -> date | None:
    day = life.after(person.seen_on, *life.pick({(0, 1): 70, (2, 7): 30}))
    birthday = person.turns_18_on()
    if birthday and day >= birthday:
        return None
    if not life.happens(day, "guardianship", "guardian_appointed", provisional=True):
        return None
    lasting = life.after(day, *life.pick({(15, 41): 84, (42, 42): 6, (43, 80): 10}))
    if birthday is None or lasting < birthday:
        life.happens(lasting, "court", "guardian_appointed", provisional=False)
    return day


def _disappears(life: Life, person: Person, day: date, birthday: date | None) -> None:
    if birthday and day >= birthday:
        life.happens(birthday, "reception_agency", "left_shelter", reason="turned_18")
        return
    back = _away(life, day, "reception_agency")
    if back is None:
        life.happens(
            life.after(day, 1, 8),
            "reception_agency",
            "left_shelter",
            reason="unknown_destination",
        )
    elif birthday:
        life.happens(
            max(birthday, back), "reception_agency", "left_shelter", reason="turned_18"
        )


def _away(life: Life, day: date, who: str) -> date | None:
    """Let a child disappear; return the day it was found, if it was."""
    where = life.pick({"unknown": 78, "known_to_guardian": 12, None: 10})
    if not life.happens(day, who, "minor_disappeared", whereabouts=where):
        return None
    forgotten = life.recent(day, 40) and life.chance(0.35)
    if not forgotten:
        alert = life.after(day, *life.pick({(0, 0): 82, (1, 2): 12, (3, 20): 6}))
        life.happens(alert, who, "disappearance_alert_sent", whereabouts=where)
    if not life.chance(0.45):
        return None
    found = life.after(day, 1, 40)
    life.happens(found, "police", "minor_found", whereabouts="known_to_guardian")
    return found + timedelta(days=1)
