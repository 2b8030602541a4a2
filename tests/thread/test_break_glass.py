# SPDX-License-Identifier: EUPL-1.2
"""In an emergency one person opens one case for one hour, and is looked at by others."""

from dataclasses import replace
from datetime import timedelta
from json import loads
from typing import Any
from uuid import UUID

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction
from django.test import Client, RequestFactory
from django.utils import translation

from middenstip import clock
from middenstip.access.acting import NotEntered, acting, deriving
from middenstip.access.actors import Actor
from middenstip.access.limits import Limited
from middenstip.access.models import Role, User
from middenstip.access.selectors import PURPOSE_KEY, acting_for, open_emergency
from middenstip.access.services import choose_purpose
from middenstip.audit.models import Kind, ReadEntry
from middenstip.thread import consents, reviews, selectors, services, sharing
from middenstip.thread.access_notices import unread_notices
from middenstip.thread.break_glass import Glass, as_told, break_glass
from middenstip.thread.errors import NotAllowed, NotThere
from middenstip.thread.models import Involvement, Override
from middenstip.thread.records import NewIdentity, Opened
from middenstip.thread.review_mail import mail_managers
from tests.thread.chain import Chain, member
from tests.thread.test_consents import sees, yes
from tests.thread.test_sharing import colleague

pytestmark = pytest.mark.django_db
WHY = "Zij belt nu: hij staat voor de deur met een mes."


@pytest.fixture(autouse=True)
def _in_english() -> None:
    translation.activate("en")


@pytest.fixture
def opened(chain: Chain) -> Opened:
    """A case of which the shelter knows nothing."""
    return chain.notified(identity=NewIdentity(given_name="Proef", phone="000-1"))


def broken(actor: Actor, opened: Opened, **more: Any) -> Glass:
    values = {"pseudonym": opened.pseudonym, "ground": "life_or_safety", "text": WHY}
    glass = break_glass(actor=actor, **(values | more))
    assert glass is not None
    return glass


def in_emergency(actor: Actor) -> Actor:
    """The same person, having chosen the emergency."""
    return replace(actor, purpose="save_life")


def test_the_glass_opens_one_case_for_this_person_for_an_hour(
    chain: Chain, opened: Opened
) -> None:
    other = chain.notified()
    glass = broken(chain.shelter, opened)
    person = in_emergency(chain.shelter)
    assert sees(person, opened.case_id)
    assert not sees(person, other.case_id)
    identity = selectors.identity_of(actor=person, case_id=opened.case_id)
    assert identity is not None
    assert identity.phone == "000-1"
    row = Involvement.objects.get(override_id=glass.override_id)
    assert row.until == row.since + timedelta(minutes=60) == glass.ends
    with clock.at(glass.ends), pytest.raises(NotThere):
        selectors.case_for(actor=person, case_id=opened.case_id)


def test_it_shows_who_is_in_danger_and_no_more(chain: Chain, opened: Opened) -> None:
    chain.record(chain.police, opened.case_id, "investigation_opened", by="police")
    glass = broken(chain.shelter, opened)
    sight = selectors.whole_case(actor=in_emergency(chain.shelter), case_id=glass.case_id)
    assert sight.sight.categories == {"identity", "contact", "protection", "health"}
    assert {event.category for event in sight.thread} <= sight.sight.categories
    assert (
        "shelter_address"
        not in Involvement.objects.get(override_id=glass.override_id).categories
    )


def test_the_database_opens_no_address_of_a_shelter_even_when_the_table_would(
    chain: Chain, opened: Opened
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE thread_purposeright SET categories = categories || '{shelter_address}'"
            " WHERE purpose = 'save_life'"
        )
    glass = broken(chain.shelter, opened)
    assert (
        "shelter_address"
        not in Involvement.objects.get(override_id=glass.override_id).categories
    )


def test_a_colleague_sees_nothing_through_it(chain: Chain, opened: Opened) -> None:
    broken(chain.shelter, opened)
    other = in_emergency(colleague(chain.shelter, Role.MANAGER))
    with pytest.raises(NotEntered):
        selectors.case_for(actor=other, case_id=opened.case_id)


def test_it_does_not_show_with_the_usual_purpose(chain: Chain, opened: Opened) -> None:
    broken(chain.shelter, opened)
    assert not sees(chain.shelter, opened.case_id)


def test_nobody_acts_in_an_emergency_without_a_broken_glass(
    chain: Chain, opened: Opened
) -> None:
    with pytest.raises(NotEntered), acting(in_emergency(chain.shelter)):
        pass


def test_an_emergency_that_is_over_cannot_be_entered_in_the_database(
    chain: Chain, opened: Opened
) -> None:
    glass = broken(chain.shelter, opened)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE thread_involvement SET until = since WHERE override_id = %s",
            [glass.override_id],
        )
    with pytest.raises(NotEntered), acting(in_emergency(chain.shelter)):
        pass
    assert open_emergency(chain.shelter) is None


UNKNOWN = ["Tulp-Blauw-Nergens", "'; DROP TABLE thread_case; --", "x", "Tulp-%-Haven"]


@pytest.mark.parametrize("told", UNKNOWN)
def test_an_unknown_pseudonym_opens_nothing_and_tells_nobody(
    chain: Chain, opened: Opened, told: str
) -> None:
    assert (
        break_glass(actor=chain.shelter, pseudonym=told, ground="life_or_safety", text=WHY)
        is None
    )
    assert not Override.objects.exists()
    assert not Involvement.objects.filter(purpose="save_life").exists()


def test_a_pseudonym_is_taken_as_it_was_said(chain: Chain, opened: Opened) -> None:
    said = opened.pseudonym.replace("-", "  ").upper()
    assert as_told(said) == opened.pseudonym
    assert broken(chain.shelter, opened, pseudonym=said).case_id == opened.case_id


def test_trying_is_limited_also_when_nothing_was_found(chain: Chain, opened: Opened) -> None:
    words = {"ground": "life_or_safety", "text": WHY}
    for _ in range(5):
        break_glass(actor=chain.shelter, pseudonym="Tulp Blauw Nergens", **words)
    with pytest.raises(Limited):
        break_glass(actor=chain.shelter, pseudonym=opened.pseudonym, **words)
    assert not Override.objects.exists()


BAD: dict[str, tuple[str, dict[str, Any]]] = {
    "no reason": ("text", {"text": "  "}),
    "too short a reason": ("text", {"text": "het is spoed, echt"}),
    "no ground": ("ground", {"ground": ""}),
    "no pseudonym": ("pseudonym", {"pseudonym": " - "}),
}


@pytest.mark.parametrize(("field", "wrong"), BAD.values(), ids=BAD.keys())
def test_what_is_missing_is_told_before_anything_is_looked_up(
    chain: Chain, opened: Opened, field: str, wrong: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError) as refused:
        broken(chain.shelter, opened, **wrong)
    assert list(refused.value.message_dict) == [field]


@pytest.mark.parametrize("kind", ["prosecution", "rapporteur", "administrator"])
def test_only_who_saves_lives_can_break_the_glass(
    chain: Chain, opened: Opened, kind: str
) -> None:
    with pytest.raises(NotAllowed):
        broken(getattr(chain, kind), opened)


def test_the_database_opens_it_for_no_other_kind_purpose_or_ground(
    chain: Chain, opened: Opened
) -> None:
    for actor, purpose, ground in (
        (chain.prosecution, "save_life", "life_or_safety"),
        (chain.shelter, "give_shelter", "life_or_safety"),
        (chain.shelter, "save_life", "curiosity"),
    ):
        with (
            pytest.raises(DatabaseError, match="no such purpose"),
            transaction.atomic(),
            acting(actor),
            connection.cursor() as cursor,
        ):
            cursor.execute(
                "SELECT * FROM wall_break_glass(%s, %s, %s)",
                [opened.pseudonym, purpose, ground],
            )


def test_the_program_cannot_break_a_glass_past_that_function(
    chain: Chain, opened: Opened
) -> None:
    glass = Override.objects.get(pk=broken(chain.shelter, opened).override_id)
    longer = {
        "case_id": opened.case_id,
        "organisation_id": glass.organisation_id,
        "purpose": "save_life",
        "basis": "vital_interest",
        "categories": ["identity"],
        "reason": "notified",
        "override": glass,
    }
    for wrong in (
        {"user_id": glass.by_id, "until": glass.at + timedelta(minutes=61)},
        {"user_id": None, "until": glass.at + timedelta(minutes=30)},
        {"user_id": chain.police.user_id, "until": glass.at + timedelta(minutes=30)},
    ):
        with (
            pytest.raises(IntegrityError, match="no matching override"),
            transaction.atomic(),
            acting(chain.police),
            deriving([opened.case_id]),
        ):
            Involvement.objects.create(**longer | wrong)


def test_managers_and_the_coordination_point_are_told_at_once(
    chain: Chain, opened: Opened
) -> None:
    manager = colleague(chain.shelter, Role.MANAGER)
    glass = broken(chain.shelter, opened)
    for actor in (manager, chain.coordination_point):
        (notice,), _total = unread_notices(actor=actor, length=9)
        assert (notice.kind, notice.override_id) == ("glass_broken", glass.override_id)
        assert notice.case_id is None or actor is chain.coordination_point
    assert unread_notices(actor=chain.shelter, length=9) == ([], 0)
    assert unread_notices(actor=chain.police, length=9) == ([], 0)


def test_a_coordination_point_that_does_not_see_the_case_looks_back_at_it_too(
    chain: Chain,
) -> None:
    unnotified = services.open_case(
        actor=chain.police, events=[], facts={"in_danger": True, "age": 30}
    )
    assert not sees(chain.coordination_point, unnotified.case_id)
    glass = broken(chain.shelter, unnotified)
    seen = reviews.review_of(actor=chain.coordination_point, override_id=glass.override_id)
    assert (seen.text, seen.pseudonym, seen.glass) == (WHY, unnotified.pseudonym, True)
    reviews.answer_override(
        actor=chain.coordination_point,
        override_id=glass.override_id,
        outcome="not_justified",
        text="Er was niets aan de hand",
    )
    with pytest.raises(NotEntered):
        selectors.case_for(actor=in_emergency(chain.shelter), case_id=unnotified.case_id)
    assert not sees(chain.coordination_point, unnotified.case_id)


def test_the_mail_names_nobody_and_nothing(chain: Chain, opened: Opened) -> None:
    manager = colleague(chain.shelter, Role.MANAGER)
    broken(chain.shelter, opened)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args FROM procrastinate_jobs"
            " WHERE task_name = 'middenstip.thread.mail_managers'"
        )
        arguments = loads(cursor.fetchone()[0])
    told = [UUID(each) for each in arguments["organisation_ids"]]
    assert set(told) == {
        chain.shelter.organisation_id,
        chain.coordination_point.organisation_id,
    }
    assert mail_managers(told) == 1
    (sent,) = mail.outbox
    assert sent.to == [User.objects.get(pk=manager.user_id).email]
    whole = f"{sent.subject}{sent.body}"
    for secret in (opened.pseudonym, "Proef", "Voorbeeld", WHY, str(opened.case_id)):
        assert secret not in whole


def test_who_broke_it_cannot_judge_it_and_a_manager_must_say_why(
    chain: Chain, opened: Opened
) -> None:
    manager = colleague(chain.shelter, Role.MANAGER)
    glass = broken(manager, opened)
    with pytest.raises(NotAllowed):
        reviews.answer_override(
            actor=manager, override_id=glass.override_id, outcome="justified", text="Ja"
        )
    second = colleague(chain.shelter, Role.MANAGER, "derde")
    with pytest.raises(ValidationError) as refused:
        reviews.answer_override(
            actor=second, override_id=glass.override_id, outcome="justified"
        )
    assert list(refused.value.message_dict) == ["text"]


def test_every_look_through_it_is_logged_as_such_and_shown_to_who_looks_back(
    chain: Chain, opened: Opened
) -> None:
    glass = broken(chain.shelter, opened)
    selectors.identity_of(actor=in_emergency(chain.shelter), case_id=glass.case_id)
    selectors.thread_of(actor=chain.police, case_id=glass.case_id)
    entry = ReadEntry.objects.get(user_id=chain.shelter.user_id)
    assert entry.kind == Kind.BREAK_GLASS
    seen = reviews.review_of(actor=chain.coordination_point, override_id=glass.override_id)
    assert [look.categories for look in seen.looks] == [("identity",)]


def test_in_an_emergency_one_looks_and_records_nothing(chain: Chain, opened: Opened) -> None:
    elsewhere = member("police", "Voorbeeld politie elders")
    broken(elsewhere, opened)
    person = in_emergency(elsewhere)
    ngo = member("ngo")
    with pytest.raises(NotAllowed):
        chain.record(person, opened.case_id, "reflection_period_offered", by="police")
    with pytest.raises(NotAllowed):
        consents.record_consent(
            actor=person, case_id=opened.case_id, consent=yes(ngo, "help", "care")
        )
    with pytest.raises(NotAllowed):
        sharing.override_consent(
            actor=person,
            case_id=opened.case_id,
            organisation_id=chain.shelter.organisation_id,
            purpose="give_shelter",
            ground="life_or_safety",
            text=WHY,
        )
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
        acting(person),
        deriving([opened.case_id]),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            'INSERT INTO thread_event (id, case_id, seq, type, "on", recorded_by_id,'
            " organisation_id, organisation_kind, category, fields, pack_version)"
            " VALUES (gen_random_uuid(), %s, 99, 'reflection_period_offered', now(), %s, %s,"
            " 'police', 'residence', '{}', '1')",
            [opened.case_id, person.user_id, person.organisation_id],
        )


def test_the_session_acts_in_the_emergency_until_it_ends(
    chain: Chain, opened: Opened, client: Client
) -> None:
    user = User.objects.get(pk=chain.shelter.user_id)
    client.force_login(user)
    request = RequestFactory().get("/")
    request.user, request.session = user, client.session
    with pytest.raises(PermissionDenied):
        choose_purpose(request=request, actor=chain.shelter, purpose="save_life")
    request.session[PURPOSE_KEY] = "save_life"
    assert acting_for(request).purpose == "give_shelter"
    glass = broken(chain.shelter, opened)
    choose_purpose(request=request, actor=chain.shelter, purpose="save_life")
    assert acting_for(request).purpose == "save_life"
    assert open_emergency(chain.shelter) == glass.ends
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE thread_involvement SET until = since WHERE override_id = %s",
            [glass.override_id],
        )
    assert acting_for(request).purpose == "give_shelter"


def test_broken_glasses_are_counted(chain: Chain, opened: Opened) -> None:
    first, _second = broken(chain.shelter, opened), broken(chain.shelter, chain.notified())
    reviews.answer_override(
        actor=chain.coordination_point,
        override_id=first.override_id,
        outcome="justified",
        text="Levensgevaar",
    )
    assert sharing.override_counts(clock.today().year) == sharing.OverrideCounts(
        glasses=2, justified=1
    )
