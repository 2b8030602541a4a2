# SPDX-License-Identifier: EUPL-1.2
"""The people of an organisation: roles, leaving, the last manager, and who may look at all."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from middenstip.access import invitations, members, selectors, services
from middenstip.access.actors import Actor
from middenstip.access.models import Invitation, Membership, Organisation, Role, Session, User

pytestmark = pytest.mark.django_db


class House:
    """Two organisations and an administrator, with one door to make people."""

    def __init__(self) -> None:
        self.police = services.create_organisation(actor=None, kind="police", name="Politie T")
        self.shelter = services.create_organisation(actor=None, kind="shelter", name="Opvang T")
        office = services.create_organisation(actor=None, kind="other", name="Beheer T")
        self.manager = self.person(self.police, "m@test.example", Role.MANAGER)
        self.member = self.person(self.police, "lid@test.example")
        self.stranger = self.person(self.shelter, "baas@test.example", Role.MANAGER)
        clerk = self.person(office, "beheer@test.example")
        services.make_administrator(actor=None, user_id=clerk.user_id)
        self.administrator = selectors.actor_for(email="beheer@test.example")

    def person(self, organisation: Organisation, email: str, role: str = Role.MEMBER) -> Actor:
        services.add_member(
            actor=None,
            organisation_id=organisation.id,
            email=email,
            display_name=f"Voorbeeld {email[0]}",
            role=role,
        )
        return selectors.actor_for(email=email, organisation_id=organisation.id)


@pytest.fixture
def house() -> House:
    return House()


def _membership(actor: Actor) -> Membership:
    return Membership.objects.get(
        user_id=actor.user_id, organisation_id=actor.organisation_id, is_active=True
    )


def _client(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def test_the_list_is_for_managers_and_administrators(house: House) -> None:
    own = _client(house.manager).get("/account/people/")
    assert "lid@test.example" in own.content.decode()
    theirs = f"/account/organisations/{house.police.id}/people/"
    assert _client(house.administrator).get(theirs).status_code == 200
    assert _client(house.member).get("/account/people/").status_code == 403
    for nobody in (house.member, house.stranger):
        answer = _client(nobody).get(theirs)
        assert answer.status_code == 403
        assert "lid@test.example" not in answer.content.decode()
        with pytest.raises(PermissionDenied):
            members.people_of(actor=nobody, organisation_id=house.police.id)


def test_the_list_shows_role_and_second_step(house: House) -> None:
    found = members.people_of(actor=house.manager, organisation_id=house.police.id)
    assert [(each.email, each.role, each.has_second_factor) for each in found] == [
        ("lid@test.example", "member", False),
        ("m@test.example", "manager", False),
    ]
    assert found[0].seen_at is None
    _client(house.member).get("/account/organisation/")
    found = members.people_of(actor=house.manager, organisation_id=house.police.id)
    assert found[0].seen_at is not None


def test_a_manager_makes_managers_and_the_other_way_round(house: House) -> None:
    place = _membership(house.member)
    path = f"/account/people/{place.id}/role/"
    assert _client(house.stranger).post(path, {"role": "manager"}).status_code == 403
    assert _client(house.member).post(path, {"role": "manager"}).status_code == 403
    assert _membership(house.member).role == Role.MEMBER
    _client(house.manager).post(path, {"role": "manager"})
    assert _membership(house.member).role == Role.MANAGER
    _client(house.manager).post(path, {"role": "koning"})
    assert _membership(house.member).role == Role.MANAGER
    _client(house.manager).post(path, {"role": "member"})
    assert _membership(house.member).role == Role.MEMBER


def test_the_last_manager_stays(house: House) -> None:
    own = _membership(house.manager).id
    with pytest.raises(ValidationError, match=r"laatste|last"):
        members.end_membership(actor=house.manager, membership_id=own)
    with pytest.raises(ValidationError):
        members.change_role(actor=house.manager, membership_id=own, role=Role.MEMBER)
    answer = _client(house.manager).post(f"/account/people/{own}/end/")
    assert answer.status_code == 200
    assert _membership(house.manager).role == Role.MANAGER
    members.change_role(
        actor=house.manager, membership_id=_membership(house.member).id, role=Role.MANAGER
    )
    answer = _client(house.manager).post(f"/account/people/{own}/end/")
    assert answer["Location"] == "/account/login/"
    assert not Membership.objects.get(pk=own).is_active


def test_a_closed_account_does_not_count_as_a_manager(house: House) -> None:
    second = house.person(house.police, "tweede@test.example", Role.MANAGER)
    User.objects.filter(pk=second.user_id).update(is_active=False)
    with pytest.raises(ValidationError):
        members.end_membership(actor=house.manager, membership_id=_membership(house.manager).id)


def test_an_administrator_ends_a_manager_and_appoints_a_new_one(house: House) -> None:
    place = _membership(house.member).id
    with pytest.raises(PermissionDenied):
        members.change_role(actor=house.administrator, membership_id=place, role=Role.MANAGER)
    members.end_membership(
        actor=house.administrator, membership_id=_membership(house.manager).id
    )
    members.change_role(actor=house.administrator, membership_id=place, role=Role.MANAGER)
    assert _membership(house.member).role == Role.MANAGER


def test_an_administrator_does_not_make_themselves_manager(house: House) -> None:
    with pytest.raises(PermissionDenied):
        members.change_role(
            actor=house.administrator,
            membership_id=_membership(house.administrator).id,
            role=Role.MANAGER,
        )


def test_only_the_own_manager_ends_a_membership(house: House) -> None:
    place = _membership(house.member).id
    for nobody in (house.stranger, house.member):
        assert _client(nobody).post(f"/account/people/{place}/end/").status_code == 403
        with pytest.raises(PermissionDenied):
            members.end_membership(actor=nobody, membership_id=place)
    answer = _client(house.manager).post(f"/account/people/{place}/end/")
    assert answer["Location"] == "/account/people/"
    assert not Membership.objects.get(pk=place).is_active


def test_a_leaver_with_open_sessions_is_out_at_once(house: House) -> None:
    desk, phone = _client(house.member), _client(house.member)
    assert desk.get("/account/organisation/").status_code == 200
    assert Session.objects.filter(user_id=house.member.user_id).count() == 2
    members.end_membership(actor=house.manager, membership_id=_membership(house.member).id)
    assert not Session.objects.filter(user_id=house.member.user_id).exists()
    for browser in (desk, phone):
        assert browser.get("/account/session/").json() == {"who": "", "seconds": 0}
        assert browser.get("/account/organisation/")["Location"].startswith("/account/login/")
        assert browser.post("/account/session/keep/").status_code == 302


def test_who_has_another_membership_stays_logged_in(house: House) -> None:
    house.person(house.shelter, "lid@test.example")
    browser = _client(house.member)
    members.end_membership(actor=house.manager, membership_id=_membership(house.member).id)
    page = browser.get("/account/organisation/")
    assert page.context["actor"].organisation_name == "Opvang T"


def test_a_closed_account_is_out_at_once_and_comes_back_without_membership(
    house: House,
) -> None:
    browser = _client(house.member)
    with pytest.raises(PermissionDenied):
        members.set_account_active(
            actor=house.manager, user_id=house.member.user_id, active=False
        )
    with pytest.raises(PermissionDenied):
        members.set_account_active(
            actor=house.administrator, user_id=house.administrator.user_id, active=False
        )
    members.set_account_active(
        actor=house.administrator, user_id=house.member.user_id, active=False
    )
    assert browser.get("/account/organisation/").status_code == 302
    members.set_account_active(
        actor=house.administrator, user_id=house.member.user_id, active=True
    )
    assert not selectors.memberships_today(house.member.user_id).exists()


def test_only_an_administrator_makes_changes_and_ends_organisations(house: House) -> None:
    new = {"kind": "shelter", "name": "Opvang Nieuw", "region": ""}
    assert _client(house.manager).get("/account/organisations/").status_code == 403
    assert _client(house.manager).post("/account/organisations/", new).status_code == 403
    answer = _client(house.administrator).post("/account/organisations/", new)
    made = Organisation.objects.get(name="Opvang Nieuw")
    assert answer["Location"] == f"/account/organisations/{made.id}/people/"
    again = _client(house.administrator).post("/account/organisations/", new)
    assert again.status_code == 200
    assert "ms-error-summary" in again.content.decode()
    path = f"/account/organisations/{made.id}/"
    assert _client(house.manager).post(path, {"name": "X"}).status_code == 403
    _client(house.administrator).post(path, {"name": "Opvang Later", "region": "Noord"})
    made.refresh_from_db()
    assert (made.name, made.region) == ("Opvang Later", "Noord")


def test_an_organisation_that_ends_takes_its_people_and_invitations_with_it(
    house: House,
) -> None:
    invitations.invite(
        actor=house.manager,
        organisation_id=house.police.id,
        email="n@test.example",
        role=Role.MEMBER,
        link=lambda token: f"https://test.example/{token}",
    )
    browser = _client(house.member)
    path = f"/account/organisations/{house.police.id}/end/"
    assert _client(house.manager).post(path).status_code == 403
    assert _client(house.administrator).post(path).status_code == 302
    assert browser.get("/account/organisation/").status_code == 302
    assert not Membership.objects.filter(organisation=house.police, is_active=True).exists()
    assert Invitation.objects.get().withdrawn_at
    with pytest.raises(PermissionDenied):
        members.end_organisation(
            actor=house.administrator, organisation_id=house.administrator.organisation_id
        )


def test_an_unknown_id_is_refused_like_a_forbidden_one(house: House) -> None:
    nowhere = "00000000-0000-4000-8000-000000000000"
    browser = _client(house.manager)
    for path in (f"people/{nowhere}/end/", f"organisations/{nowhere}/people/"):
        assert browser.get(f"/account/{path}").status_code == 403
    assert browser.post(f"/account/people/{nowhere}/role/").status_code == 403
    assert browser.post(f"/account/invitations/{nowhere}/withdraw/").status_code == 403
