# SPDX-License-Identifier: EUPL-1.2
"""The demo's one-click accounts: fictional people, present only when the demo switch is on."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from middenstip.access.models import Membership, Organisation, Role, User

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


# `.example` belongs to nobody, for ever (RFC 2606).
DEMO_DOMAIN = "demo.example"


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One button on the login page: `key` is its address, `kind` an organisation kind."""

    key: str
    role: "StrOrPromise"
    name: str
    kind: str
    organisation: str
    region: str = ""
    is_administrator: bool = False


ACCOUNTS: tuple[DemoAccount, ...] = (
    DemoAccount(
        "police",
        _("Police officer, Voorbeeldstad"),
        "A. Voorbeeld",
        "police",
        "Politie Voorbeeldstad",
        "Voorbeeldstad",
    ),
    DemoAccount(
        "police-north",
        _("Police officer, Noordverzinsel"),
        "B. Voorbeeld",
        "police",
        "Politie Noordverzinsel",
        "Noordverzinsel",
    ),
    DemoAccount(
        "border-police",
        _("Royal Marechaussee"),
        "C. Voorbeeld",
        "border_police",
        "KMar Luchthaven Verzinsel",
    ),
    DemoAccount(
        "labour-inspectorate",
        _("Labour inspectorate"),
        "D. Voorbeeld",
        "labour_inspectorate",
        "Arbeidsinspectie (demo)",
    ),
    DemoAccount(
        "coordination-point",
        _("Coordination point"),
        "E. Voorbeeld",
        "coordination_point",
        "Coördinatiepunt (demo)",
    ),
    DemoAccount(
        "care-coordinator",
        _("Care coordinator, Voorbeeldstad"),
        "F. Voorbeeld",
        "care_coordinator",
        "Zorgcoördinatie Voorbeeldstad",
        "Voorbeeldstad",
    ),
    DemoAccount(
        "care-coordinator-north",
        _("Care coordinator, Noordverzinsel"),
        "G. Voorbeeld",
        "care_coordinator",
        "Zorgcoördinatie Noordverzinsel",
        "Noordverzinsel",
    ),
    DemoAccount(
        "shelter", _("Shelter"), "H. Voorbeeld", "shelter", "Opvang De Verzonnen Haven"
    ),
    DemoAccount(
        "immigration-service",
        _("Immigration service (IND)"),
        "I. Voorbeeld",
        "immigration_service",
        "IND (demo)",
    ),
    DemoAccount(
        "prosecution",
        _("Public prosecution"),
        "J. Voorbeeld",
        "prosecution",
        "OM Parket Voorbeeldstad",
        "Voorbeeldstad",
    ),
    DemoAccount(
        "guardianship",
        _("Guardianship (Nidos)"),
        "K. Voorbeeld",
        "guardianship",
        "Nidos (demo)",
    ),
    DemoAccount(
        "collection-agency",
        _("Collection agency (CJIB)"),
        "L. Voorbeeld",
        "collection_agency",
        "CJIB (demo)",
    ),
    DemoAccount(
        "rapporteur",
        _("National rapporteur"),
        "M. Voorbeeld",
        "rapporteur",
        "Nationaal Rapporteur (demo)",
    ),
    DemoAccount(
        "administrator",
        _("Administrator"),
        "N. Voorbeeld",
        "other",
        "Beheer (demo)",
        is_administrator=True,
    ),
)


def email(account: DemoAccount) -> str:
    """Return the address of a demo account, which can never receive mail."""
    return f"{account.key}@{DEMO_DOMAIN}"


@transaction.atomic
def create_accounts() -> list[User]:
    """Make or restore every demo account with its organisation and membership.

    Raises ImproperlyConfigured when the demo switch is off.
    """
    if not settings.DEMO:
        raise ImproperlyConfigured("demo accounts are made only when the demo switch is on")
    return [_create(account) for account in ACCOUNTS]


def account(key: str) -> User | None:
    """Return the user of a demo account; None when the switch is off or the key unknown."""
    known = {entry.key: entry for entry in ACCOUNTS}
    if not settings.DEMO or key not in known:
        return None
    return User.objects.filter(email=email(known[key]), is_active=True).first()


def _create(account: DemoAccount) -> User:
    organisation, _created = Organisation.objects.get_or_create(
        kind=account.kind, name=account.organisation, defaults={"region": account.region}
    )
    user = User.objects.filter(email=email(account)).first()
    if user is None:
        user = User.objects.create_user(email(account), display_name=account.name)
    user.is_administrator = account.is_administrator
    user.is_active = True
    user.save(update_fields=["is_administrator", "is_active"])
    Membership.objects.get_or_create(
        user=user, organisation=organisation, is_active=True, defaults={"role": Role.MANAGER}
    )
    return user
