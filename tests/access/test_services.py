# SPDX-License-Identifier: EUPL-1.2
"""Who may make organisations and members."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError

from middenstip import clock
from middenstip.access import selectors, services
from middenstip.access.actors import Actor
from middenstip.access.models import Membership, Organisation, Role

pytestmark = pytest.mark.django_db


def _member(organisation: Organisation, email: str, role: str = Role.MEMBER) -> Actor:
    services.add_member(
        actor=None,
        organisation_id=organisation.id,
        email=email,
        display_name="A. Voorbeeld",
        role=role,
    )
    return selectors.actor_for(email=email, organisation_id=organisation.id)


@pytest.fixture
def police() -> Organisation:
    return services.create_organisation(actor=None, kind="police", name="Politie Test")


def test_a_member_makes_no_organisations_and_no_members(police: Organisation) -> None:
    actor = _member(police, "a@test.example")
    with pytest.raises(PermissionDenied):
        services.create_organisation(actor=actor, kind="police", name="Eigen politie")
    with pytest.raises(PermissionDenied):
        services.add_member(
            actor=actor, organisation_id=police.id, email="b@test.example", display_name="B"
        )


def test_a_manager_adds_and_ends_members_of_the_own_organisation_only(
    police: Organisation,
) -> None:
    manager = _member(police, "m@test.example", Role.MANAGER)
    other = services.create_organisation(actor=None, kind="shelter", name="Opvang Test")
    added = services.add_member(
        actor=manager, organisation_id=police.id, email="b@test.example", display_name="B"
    )
    services.end_membership(actor=manager, membership_id=added.id)
    with pytest.raises(PermissionDenied):
        services.add_member(
            actor=manager, organisation_id=other.id, email="b@test.example", display_name="B"
        )


def test_adding_somebody_twice_keeps_one_membership(police: Organisation) -> None:
    _member(police, "a@test.example")
    _member(police, " A@TEST.example ", Role.MANAGER)
    assert list(Membership.objects.values_list("role", flat=True)) == [Role.MANAGER]


def test_a_membership_holds_from_its_first_day_to_its_last(police: Organisation) -> None:
    with clock.at(date(2026, 3, 29)):
        membership = services.add_member(
            actor=None,
            organisation_id=police.id,
            email="a@test.example",
            display_name="A",
            since=date(2026, 3, 30),
        )
    membership.until = date(2026, 4, 1)
    membership.save()
    for day, holds in [(29, False), (30, True), (31, True)]:
        with clock.at(date(2026, 3, day)):
            found = selectors.memberships_today(membership.user_id).exists()
            assert found is holds
    with clock.at(date(2026, 4, 1)):
        assert selectors.memberships_today(membership.user_id).exists()
    with clock.at(date(2026, 4, 2)):
        assert not selectors.memberships_today(membership.user_id).exists()


def test_a_closed_organisation_gives_nobody_an_actor(police: Organisation) -> None:
    _member(police, "a@test.example")
    Organisation.objects.update(is_active=False)
    with pytest.raises(PermissionDenied):
        selectors.actor_for(email="a@test.example")


@pytest.mark.parametrize(
    ("email", "name"), [("geen adres", "A"), ("a@test.example", "x" * 121), ("", "A")]
)
def test_bad_input_is_refused_and_nothing_is_kept(
    police: Organisation, email: str, name: str
) -> None:
    with pytest.raises(ValidationError):
        services.add_member(
            actor=None, organisation_id=police.id, email=email, display_name=name
        )
    assert not Membership.objects.exists()


def test_an_organisation_exists_once_within_its_kind(police: Organisation) -> None:
    with pytest.raises(ValidationError):
        services.create_organisation(actor=None, kind="police", name="POLITIE TEST")
    with pytest.raises(IntegrityError):
        Organisation.objects.create(kind="police", name="politie test")
