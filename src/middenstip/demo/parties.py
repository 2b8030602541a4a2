# SPDX-License-Identifier: EUPL-1.2
"""The organisations of the fictional country, and who records for each of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from uuid import UUID

from middenstip.access import services
from middenstip.access.actors import Actor
from middenstip.access.demo import ACCOUNTS, DEMO_DOMAIN, create_accounts, email
from middenstip.access.selectors import actor_for, organisations

REGIONS = ("Voorbeeldstad", "Noordverzinsel", "Zuidfantasie", "Oostbedacht", "Westvoorbeeld")

# One office in each region. Those of the demo accounts are there already and keep their names.
REGIONAL = {
    "police": "Politie {}",
    "care_coordinator": "Zorgcoördinatie {}",
    "prosecution": "OM Parket {}",
    "municipality": "Gemeente {}",
}
# One office, or a few, for the whole country.
NATIONAL = {
    "shelter": (
        "Opvang Het Bedachte Dak",
        "Opvang De Denkbeeldige Brug",
        "Opvang Voorbeeldig Thuis",
    ),
    "reception_agency": ("COA (demo)",),
    "court": ("Rechtbank Fictieland",),
    "injury_fund": ("Schadefonds (demo)",),
    "victim_support": ("Slachtofferhulp (demo)",),
    "legal_aid": ("Advocaten Verzonnen Recht", "Advocatuur Het Voorbeeld"),
    "youth_care": ("Jeugdhulp De Verzinsels",),
    "child_protection": ("Raad voor de Kinderbescherming (demo)",),
    "school_attendance": ("Leerplicht Voorbeeldstad",),
    "health_service": ("GGD Voorbeeldstad", "Praktijk De Bedachte Dokter"),
    "expertise_centre": ("EMM (demo)",),
    "return_organisation": ("IOM (demo)",),
    "ngo": ("Stichting Het Verzonnen Licht", "Vereniging Voorbeeldhulp"),
}


@dataclass(frozen=True, slots=True)
class Parties:
    """Who can record: by organisation kind, in a fixed order."""

    by_kind: dict[str, tuple[tuple[str, Actor], ...]]

    def choose(self, kind: str, region: str, draw: Random) -> Actor:
        """Return the office of a kind in a region; by chance one of the national ones."""
        offices = self.by_kind[kind]
        here = [actor for where, actor in offices if where == region]
        return here[0] if here else draw.choice(offices)[1]

    def first(self, kind: str, region: str) -> Actor:
        """Return the office of a kind in a region, else the first one."""
        offices = self.by_kind[kind]
        return next((actor for where, actor in offices if where == region), offices[0][1])

    def names(self) -> dict[UUID, str]:
        """Return the name of every organisation by its id."""
        return {
            actor.organisation_id: actor.organisation_name
            for offices in self.by_kind.values()
            for _region, actor in offices
        }


def settle() -> Parties:
    """Make the organisations that are not there yet, each with a member, and return all.

    Accounts have addresses that can receive no mail and no password. Raises
    ImproperlyConfigured when the demo switch is off.
    """
    create_accounts()
    found: dict[str, list[tuple[str, Actor]]] = {}
    for account in ACCOUNTS:
        if not account.is_administrator:
            actor = actor_for(email=email(account))
            found.setdefault(account.kind, []).append((account.region, actor))
    for kind, pattern in REGIONAL.items():
        names = [(region, pattern.format(region)) for region in REGIONS]
        found[kind] = _settle_kind(kind, names, found.get(kind, []))
    for kind, national in NATIONAL.items():
        found[kind] = _settle_kind(kind, [("", name) for name in national], found.get(kind, []))
    return Parties({kind: tuple(offices) for kind, offices in found.items()})


def _settle_kind(
    kind: str, names: Sequence[tuple[str, str]], offices: list[tuple[str, Actor]]
) -> list[tuple[str, Actor]]:
    there = {actor.organisation_name for _region, actor in offices}
    existing = dict(organisations(kind=kind).values_list("name", "pk"))
    for number, (region, name) in enumerate(names, start=1):
        if name in there:
            continue
        if name not in existing:
            made = services.create_organisation(actor=None, kind=kind, name=name, region=region)
            existing[name] = made.pk
        address = f"{kind.replace('_', '-')}-{number}.land@{DEMO_DOMAIN}"
        services.add_member(
            actor=None,
            organisation_id=existing[name],
            email=address,
            display_name=f"Voorbeeld {name}"[:120],
        )
        offices.append((region, actor_for(email=address)))
    return offices
