# SPDX-License-Identifier: EUPL-1.2
"""A fictional person by number: who it is and everything that happened until the last day."""

from datetime import date, timedelta

from middenstip.demo.life import Life
from middenstip.demo.parties import REGIONS, Parties
from middenstip.demo.tracks import (
    aside,
    justice,
    minors,
    money,
    residence,
    shelter,
    start,
    together,
)
from middenstip.demo.tracks.person import Person, make

DAYS = 4 * 365
# Voorbeeldstad is the large town of the country.
SHARES = dict(zip(REGIONS, (34.0, 22.0, 17.0, 15.0, 12.0), strict=True))


def live(number: int, *, seed: int, parties: Parties, until: date) -> Life:
    """Return the life of a person, always the same for a number, seed and last day."""
    life = Life(number=number, seed=seed, parties=parties, region="", until=until)
    life.region = life.pick(SHARES)
    # A little more each year, and always somebody in the last days.
    back = round(DAYS * (1 - life.draw.random() ** 0.85))
    if life.chance(0.002):
        back = life.draw.randint(0, 2)
    person = make(life, until - timedelta(days=back))
    if life.chance(0.015) and not person.child and not person.dutch:
        residence.seen_as_witness(life, person)
        start.begin(life, person)
        start.notify(life, person, "police", bed=False)
        residence.witness(life, person)
        together.bring_together(life, person)
        return life
    finder = start.begin(life, person)
    _help(life, person, finder)
    stay = _decide(life, person, finder)
    trial = justice.criminal_case(life, person, finder, stay)
    if not person.dutch and not person.eu:
        residence.permits(life, person, stay, trial.end)
    money.money(life, person, trial)
    aside.told_later(life, person)
    aside.mistake(life, person)
    together.bring_together(life, person)
    return life


def _help(life: Life, person: Person, finder: str) -> None:
    bed = not person.unaccompanied and life.chance(0.1 if person.child else 0.48)
    notified_on = start.notify(life, person, finder, bed=bed)
    life.bring_in("care_coordinator")
    if person.unaccompanied:
        minors.unaccompanied(life, person)
    elif person.child:
        minors.at_home(life, person)
    if bed:
        shelter.shelter(life, person, finder, notified_on=notified_on)


def _decide(life: Life, person: Person, finder: str) -> residence.Stay:
    """Let foreign nationals think it over first; Dutch nationals decide at once."""
    if not person.dutch:
        return residence.reflect(life, person, finder)
    day = life.after(person.seen_on, 0, 30)
    kind = life.pick({"complaint": 45, "other_cooperation": 10, "declines": 25, "": 20})
    by = finder if finder in {"police", "border_police"} else "police"
    if kind == "complaint":
        life.happens(day, by, "complaint_filed", by=by)
    elif kind:
        life.happens(day, by, "cooperation_recorded", cooperation=kind)
    return residence.Stay(kind, day if kind else None)
