# SPDX-License-Identifier: EUPL-1.2
"""Who the fictional person is. The shares are invented and mirror no real statistics."""

from dataclasses import dataclass
from datetime import date, timedelta

from middenstip.demo.life import Life, months_after
from middenstip.thread.records import NewIdentity

# group: (share, sexes, nationalities)
GROUPS: dict[str, float] = {
    "third_woman": 27,
    "third_man": 17,
    "eu_woman": 13,
    "eu_man": 12,
    "dutch_woman": 6,
    "dutch_girl": 6,
    "dutch_boy": 4,
    "unaccompanied": 9,
    "accompanied": 2,
    "stateless": 1,
    "unclear": 3,
}
THIRD = ("NG", "VN", "PH", "ET", "ER", "SO", "SL", "GN", "MA", "BR", "CO", "VE", "UA", "MD",
         "AL", "RS", "TR", "CN", "IN", "ID", "GH", "UG", "SY", "IR", "TH", "DO")  # fmt: skip
EU = ("RO", "BG", "HU", "PL", "SK", "LT", "LV", "HR", "ES", "PT", "CZ")
MEN, WOMEN = {"male": 1.0}, {"female": 1.0}
SEXES: dict[str, dict[str, float]] = {
    "third_man": MEN,
    "eu_man": MEN,
    "dutch_boy": MEN,
    "unaccompanied": {"male": 60, "female": 39, "x": 1},
    "accompanied": {"female": 55, "male": 45},
    "stateless": {"female": 55, "male": 45},
    "unclear": {"female": 50, "male": 35, "unknown": 15},
}
FORMS: dict[str, dict[tuple[str, ...], float]] = {
    "woman": {
        ("sexual",): 70,
        ("labour",): 12,
        ("domestic_servitude",): 8,
        ("sexual", "criminal"): 3,
        ("forced_marriage", "sexual"): 2,
        ("begging",): 2,
        ("labour", "sexual"): 2,
        ("organ_removal",): 0.3,
        ("other",): 0.7,
    },
    "man": {
        ("labour",): 72,
        ("criminal",): 12,
        ("sexual",): 8,
        ("begging",): 3,
        ("domestic_servitude",): 2,
        ("labour", "criminal"): 3,
    },
    "child": {
        ("criminal",): 38,
        ("sexual",): 38,
        ("labour",): 10,
        ("begging",): 8,
        ("sexual", "criminal"): 4,
        ("forced_marriage",): 2,
    },
}
GIVEN = ("Voorbeeld", "Verzonnen", "Fictie", "Bedacht", "Denkbeeld")
FAMILY = ("Proefpersoon", "Voorbeeldnaam", "Van Verzinsel", "De Fictie", "Bedachtnaam")


@dataclass(slots=True)
class Person:
    """What is known about somebody; None where nobody knows.

    `certainly_child` is how old the story takes the person to be on the first day.
    """

    group: str
    seen_on: date
    sex: str
    nationality: str | None
    birth_date: date | None
    age: int | None
    is_minor: bool | None
    forms: tuple[str, ...]
    child: bool

    @property
    def dutch(self) -> bool:
        """Tell whether this is a Dutch national."""
        return self.nationality == "NL"

    @property
    def eu(self) -> bool:
        """Tell whether this is a citizen of another country of the EU."""
        return self.nationality in EU

    @property
    def unaccompanied(self) -> bool:
        """Tell whether this is a child from outside the EU without parent or guardian."""
        return self.group == "unaccompanied"

    def turns_18_on(self) -> date | None:
        """Return the 18th birthday where the date of birth is known."""
        return None if self.birth_date is None else months_after(self.birth_date, 18 * 12)


def make(life: Life, seen_on: date) -> Person:
    """Draw a person who is first seen on a day."""
    group = life.pick(GROUPS)
    child = group in {"dutch_girl", "dutch_boy", "unaccompanied", "accompanied"}
    sex = life.pick(SEXES.get(group, WOMEN))
    years = life.draw.randint(12, 17) if child else round(life.draw.triangular(18, 61, 24))
    born = months_after(seen_on, -12 * years) - timedelta(days=life.draw.randint(0, 360))
    if child:
        born = min(born, months_after(seen_on, -12 * 11))
        born = max(born, months_after(seen_on, -12 * 18) + timedelta(days=20))
    forms = FORMS["child" if child else "man" if sex == "male" else "woman"]
    knows = life.pick({"birth_date": 88, "age": 8, "is_minor": 2, "nothing": 2})
    if group == "unclear":
        knows = life.pick({"age": 30, "is_minor": 20, "nothing": 50})
    return Person(
        group=group,
        seen_on=seen_on,
        sex=sex,
        nationality=_nationality(life, group),
        birth_date=born if knows == "birth_date" else None,
        age=years if knows == "age" else None,
        is_minor=child if knows == "is_minor" else None,
        forms=life.pick(forms),
        child=child,
    )


def _nationality(life: Life, group: str) -> str | None:
    if group.startswith("dutch"):
        return "NL"
    if group.startswith("eu"):
        return life.draw.choice(EU)
    if group == "stateless" or (group == "unclear" and life.chance(0.7)):
        return None
    return life.draw.choice(THIRD)


def name(life: Life) -> NewIdentity:
    """Draw a name that anybody sees is made up, with a telephone number that cannot exist."""
    return NewIdentity(
        given_name=life.draw.choice(GIVEN),
        family_name=f"{life.draw.choice(FAMILY)} {life.number:05d}",
        phone=f"000-{life.number:07d}" if life.chance(0.3) else "",
    )
