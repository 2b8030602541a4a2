# SPDX-License-Identifier: EUPL-1.2
"""What was told later, and entries that were wrong and corrected."""

from datetime import timedelta

from middenstip.demo.life import Life
from middenstip.demo.tracks.person import THIRD, Person
from middenstip.thread.country import FACTS_RECORDED
from middenstip.thread.records import NewEvent


def told_later(life: Life, person: Person) -> None:
    """Record facts that somebody told later on, some of them long after they were so."""
    day = life.after(person.seen_on, 1, 40)
    late = life.pick({0: 70, 4: 15, 30: 10, 120: 5})
    health = life.chance(0.3)
    life.told(
        day,
        "care_coordinator",
        known_after=late,
        serious_injury=life.chance(0.5) if health else None,
        violent_offence_in_netherlands=True if life.chance(0.08) else None,
        works_in_sex_work_wants_exit=(
            True if "sexual" in person.forms and life.chance(0.08) else None
        ),
    )
    if "criminal" in person.forms and life.chance(0.7):
        life.told(day, "legal_aid", known_after=late, committed_offence_as_victim=True)
    if person.eu:
        if person.sex == "female" and life.chance(0.2):
            entered = life.after(person.seen_on, -70, -5)
            life.told(day, "care_coordinator", in_womens_shelter=True, entered_on=entered)
        if life.chance(0.3):
            life.told(day, "municipality", eu_support_exclusion=life.chance(0.3))


def mistake(life: Life, person: Person) -> None:
    """Write something wrong in some of the cases, and correct it some days later."""
    if not life.notes or not life.chance(0.05):
        return
    day = life.after(person.seen_on, 0, 30)
    course = life.pick({"nationality": 50, "wrong_thread": 50})
    if course == "nationality" and person.nationality in THIRD:
        wrong = life.told(day, "care_coordinator", nationalities=[life.draw.choice(THIRD)])
        right = {"facts": {"nationalities": [person.nationality]}}
        for note in wrong:
            life.correct(
                note,
                note.recorded_on + timedelta(days=life.draw.randint(1, 12)),
                NewEvent(FACTS_RECORDED, day, right),
            )
    else:
        entry = life.happens(day, "care_coordinator", "return_requested")
        if entry:
            later = entry.recorded_on + timedelta(days=life.draw.randint(0, 9))
            life.correct(entry, later, None)
