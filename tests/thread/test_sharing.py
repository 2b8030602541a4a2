# SPDX-License-Identifier: EUPL-1.2
"""Sharing without consent: for life, safety or a child, short, with a reason, seen by two."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import translation

from middenstip import clock
from middenstip.access.acting import acting, deriving
from middenstip.access.actors import Actor
from middenstip.access.models import Role
from middenstip.access.selectors import actor_for
from middenstip.access.services import add_member
from middenstip.thread import consents, reviews, selectors, sharing
from middenstip.thread.access_notices import mark_read, unread_notices
from middenstip.thread.errors import NotAllowed, NotThere
from middenstip.thread.models import Basis, Involvement, Override, Reason
from middenstip.thread.records import Opened
from tests.thread.chain import Chain, member
from tests.thread.test_consents import sees, yes

pytestmark = pytest.mark.django_db
WHY = "Ze ligt op de spoedafdeling en kan zelf niets zeggen."


@pytest.fixture(autouse=True)
def _in_english() -> None:
    translation.activate("en")


@pytest.fixture
def clinic(chain: Chain) -> Actor:
    return member("health_service")


@pytest.fixture
def opened(chain: Chain) -> Opened:
    return chain.notified()


def colleague(actor: Actor, role: Role, name: str = "tweede") -> Actor:
    """Somebody else of the same organisation."""
    address = f"{name}.{role}@{actor.organisation_id}.example"
    add_member(
        actor=None,
        organisation_id=actor.organisation_id,
        email=address,
        display_name=f"{name.title()} Voorbeeld",
        role=role,
    )
    return actor_for(email=address)


def override(chain: Chain, opened: Opened, recipient: Actor, **more: Any) -> UUID:
    """The police let a clinic see the case to treat somebody who cannot be asked."""
    values: dict[str, Any] = {
        "purpose": "treat",
        "ground": "life_or_safety",
        "text": WHY,
        "organisation_id": recipient.organisation_id,
    }
    return sharing.override_consent(
        actor=chain.police, case_id=opened.case_id, **(values | more)
    )


def bypass(chain: Chain, opened: Opened, **values: Any) -> None:
    """Insert an involvement past the service, as the program's role."""
    row = {
        "case_id": opened.case_id,
        "basis": Basis.VITAL_INTEREST,
        "reason": Reason.NOTIFIED,
        "categories": ["identity"],
        "purpose": "treat",
    }
    with transaction.atomic(), acting(chain.police), deriving([opened.case_id]):
        Involvement.objects.create(**row | values)


def test_an_override_opens_the_case_for_a_day_and_lapses(
    chain: Chain, opened: Opened, clinic: Actor
) -> None:
    override_id = override(chain, opened, clinic)
    assert sees(clinic, opened.case_id)
    row = Involvement.objects.get(override_id=override_id)
    assert row.until == row.since + timedelta(hours=24)
    assert set(row.categories) == {"identity", "contact", "health", "care"}
    with clock.at(clock.now() + timedelta(hours=24, seconds=1)), pytest.raises(NotThere):
        selectors.case_for(actor=clinic, case_id=opened.case_id)


def test_an_override_that_has_lapsed_shows_nothing_in_the_database_either(
    chain: Chain, opened: Opened, clinic: Actor
) -> None:
    with clock.at(clock.now() - timedelta(hours=25)):
        override(chain, opened, clinic)
    assert not sees(clinic, opened.case_id)


def test_a_second_person_makes_it_two_weeks(
    chain: Chain, opened: Opened, clinic: Actor
) -> None:
    override_id = override(chain, opened, clinic)
    at = Override.objects.get(pk=override_id).at
    reviews.answer_override(
        actor=chain.coordination_point, override_id=override_id, outcome="justified"
    )
    assert sees(clinic, opened.case_id)
    with clock.at(at + timedelta(days=13)):
        selectors.case_for(actor=clinic, case_id=opened.case_id)
    with clock.at(at + timedelta(days=14)), pytest.raises(NotThere):
        selectors.case_for(actor=clinic, case_id=opened.case_id)


def test_a_second_person_who_says_no_ends_it_at_once_and_the_recipient_is_told(
    chain: Chain, opened: Opened, clinic: Actor
) -> None:
    override_id = override(chain, opened, clinic)
    manager = colleague(chain.police, Role.MANAGER)
    reviews.answer_override(
        actor=manager,
        override_id=override_id,
        outcome="not_justified",
        text="Zij kon zelf kiezen",
    )
    assert not sees(clinic, opened.case_id)
    notices, _total = unread_notices(actor=clinic, length=9)
    assert [each.kind for each in notices] == ["removed", "involved"]


def test_a_yes_after_it_lapsed_opens_nothing_again(
    chain: Chain, opened: Opened, clinic: Actor
) -> None:
    with clock.at(clock.now() - timedelta(hours=25)):
        override_id = override(chain, opened, clinic)
    reviews.answer_override(
        actor=chain.coordination_point, override_id=override_id, outcome="justified"
    )
    assert not sees(clinic, opened.case_id)


SECOND: dict[str, Callable[[Chain, Actor], Actor]] = {
    "a colleague who is no manager": lambda chain, clinic: colleague(chain.police, Role.MEMBER),
    "a manager of the recipient": lambda chain, clinic: colleague(clinic, Role.MANAGER),
    "a manager elsewhere": lambda chain, clinic: colleague(chain.prosecution, Role.MANAGER),
    "an administrator": lambda chain, clinic: chain.administrator,
}


@pytest.mark.parametrize("who", SECOND.values(), ids=SECOND.keys())
def test_who_is_no_second_person_answers_nothing(
    chain: Chain, opened: Opened, clinic: Actor, who: Callable[[Chain, Actor], Actor]
) -> None:
    override_id = override(chain, opened, clinic)
    with pytest.raises(NotThere):
        reviews.answer_override(
            actor=who(chain, clinic), override_id=override_id, outcome="justified"
        )
    assert reviews.reviews(actor=who(chain, clinic), answered=False, length=9) == []


def test_nobody_answers_what_they_did_themselves(
    chain: Chain, opened: Opened, clinic: Actor
) -> None:
    add_member(
        actor=None,
        organisation_id=chain.police.organisation_id,
        email=f"{chain.police.organisation_id}@voorbeeld.example",
        display_name="A. Voorbeeld",
        role=Role.MANAGER,
    )
    override_id = override(chain, opened, clinic)
    with pytest.raises(NotAllowed):
        reviews.answer_override(
            actor=chain.police, override_id=override_id, outcome="justified"
        )
    with pytest.raises(IntegrityError, match="override_second_person"):
        answer_past_the_service(chain.police, override_id, chain.police.user_id)


def answer_past_the_service(actor: Actor, override_id: UUID, user_id: UUID) -> None:
    with transaction.atomic(), acting(actor), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE thread_override SET answered_by_id = %s, answered_at = now(),"
            " outcome = 'justified' WHERE id = %s",
            [user_id, override_id],
        )


def test_the_database_takes_an_answer_from_a_second_person_only(
    chain: Chain, opened: Opened, clinic: Actor
) -> None:
    override_id = override(chain, opened, clinic)
    plain, manager = colleague(chain.police, Role.MEMBER), colleague(chain.police, Role.MANAGER)
    for actor, user_id in ((plain, plain.user_id), (plain, manager.user_id)):
        with pytest.raises(IntegrityError, match="only a manager"):
            answer_past_the_service(actor, override_id, user_id)
    answer_past_the_service(clinic, override_id, clinic.user_id)
    assert Override.objects.get(pk=override_id).outcome == "", "the clinic cannot reach the row"
    answer_past_the_service(manager, override_id, manager.user_id)
    with pytest.raises(IntegrityError, match="answered once"):
        answer_past_the_service(
            chain.coordination_point, override_id, chain.coordination_point.user_id
        )


def test_an_answer_is_given_once(chain: Chain, opened: Opened, clinic: Actor) -> None:
    override_id = override(chain, opened, clinic)
    answer: dict[str, Any] = {"override_id": override_id, "outcome": "not_justified"}
    reviews.answer_override(actor=chain.coordination_point, **answer)
    with pytest.raises(NotThere):
        reviews.answer_override(actor=colleague(chain.police, Role.MANAGER), **answer)


BAD: dict[str, tuple[str, dict[str, Any]]] = {
    "another ground": ("ground", {"ground": "curiosity"}),
    "too few words": ("text", {"text": "omdat het moet"}),
    "a purpose without vital interest": ("purpose", {"purpose": "help"}),
    "an emergency": ("purpose", {"purpose": "save_life"}),
}


@pytest.mark.parametrize(("field", "wrong"), BAD.values(), ids=BAD.keys())
def test_what_makes_no_override_is_told_at_its_field(
    chain: Chain, opened: Opened, clinic: Actor, field: str, wrong: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError) as refused:
        override(chain, opened, clinic, **wrong)
    assert list(refused.value.message_dict) == [field]
    assert not sees(clinic, opened.case_id)


def test_nobody_overrides_for_the_own_organisation_nor_for_one_that_is_never_let_in(
    chain: Chain, opened: Opened
) -> None:
    for recipient in (chain.police, chain.prosecution, chain.rapporteur):
        with pytest.raises(ValidationError) as refused:
            override(chain, opened, recipient)
        assert list(refused.value.message_dict) == ["organisation_id"]


def test_protecting_a_child_is_no_ground_for_somebody_known_to_be_of_age(chain: Chain) -> None:
    youth_care = member("youth_care")
    child = {"ground": "child_protection", "purpose": "protect_child"}
    grown, young, unknown = (
        chain.notified(facts={"nationalities": ["NG"], **known})
        for known in ({"age": 30}, {"age": 15}, {})
    )
    with pytest.raises(ValidationError) as refused:
        override(chain, grown, youth_care, **child)
    assert list(refused.value.message_dict) == ["ground"]
    for opened in (young, unknown):
        override(chain, opened, youth_care, **child)
        assert sees(youth_care, opened.case_id)


def test_who_does_not_see_the_case_overrides_nothing(
    chain: Chain, opened: Opened, clinic: Actor
) -> None:
    with pytest.raises(NotThere):
        sharing.override_consent(
            actor=chain.prosecution,
            case_id=opened.case_id,
            organisation_id=clinic.organisation_id,
            purpose="treat",
            ground="life_or_safety",
            text=WHY,
        )


def test_the_second_persons_and_the_recipient_are_told_and_nobody_else(
    chain: Chain, opened: Opened, clinic: Actor
) -> None:
    manager = colleague(chain.police, Role.MANAGER)
    override_id = override(chain, opened, clinic)
    for actor in (manager, chain.coordination_point):
        (notice,), _total = unread_notices(actor=actor, length=9)
        assert (notice.kind, notice.override_id) == ("override", override_id)
        assert notice.pseudonym == opened.pseudonym
    assert unread_notices(actor=chain.police, length=9) == ([], 0), "a member of no rank"
    assert unread_notices(actor=chain.prosecution, length=9) == ([], 0)
    (told,), _total = unread_notices(actor=clinic, length=9)
    assert told.kind == "involved"
    mark_read(actor=clinic, notice_id=told.id)
    assert unread_notices(actor=clinic, length=9) == ([], 0)
    with pytest.raises(NotThere):
        mark_read(actor=chain.prosecution, notice_id=told.id)


@pytest.mark.parametrize(
    "wrong",
    [
        {"until": timedelta(hours=24, seconds=1)},
        {"purpose": "treat", "categories": ["identity", "justice"]},
        {"purpose": "protect_child"},
    ],
    ids=["longer than a day", "more than the purpose has", "for another purpose"],
)
def test_the_database_refuses_what_the_override_does_not_carry(
    chain: Chain, opened: Opened, clinic: Actor, wrong: dict[str, Any]
) -> None:
    made = Override.objects.get(pk=override(chain, opened, clinic))
    length = wrong.pop("until", timedelta(hours=1))
    with pytest.raises(IntegrityError, match=r"no matching override|no such purpose"):
        bypass(
            chain,
            opened,
            organisation_id=clinic.organisation_id,
            override=made,
            until=made.at + length,
            **wrong,
        )


def test_the_database_takes_no_override_for_oneself_answered_or_as_a_glass(
    chain: Chain, opened: Opened, clinic: Actor
) -> None:
    row = {
        "case_id": opened.case_id,
        "glass": False,
        "purpose": "treat",
        "ground": "life_or_safety",
        "organisation_id": clinic.organisation_id,
        "by_id": chain.police.user_id,
        "by_organisation_id": chain.police.organisation_id,
    }
    wrong = (
        {"organisation_id": chain.police.organisation_id},
        {"glass": True},
        {"by_id": clinic.user_id},
        {"outcome": "justified"},
    )
    for values in wrong:
        with (
            pytest.raises(DatabaseError, match="row-level security"),
            transaction.atomic(),
            acting(chain.police),
            deriving([opened.case_id]),
        ):
            Override.objects.create(**row | values)


def test_an_override_dated_ahead_carries_nothing(
    chain: Chain, opened: Opened, clinic: Actor
) -> None:
    with (
        clock.at(clock.now() + timedelta(days=30)),
        pytest.raises(IntegrityError, match="no matching override"),
    ):
        override(chain, opened, clinic)


def test_the_reason_is_sealed_and_read_by_who_looks_back(
    chain: Chain, opened: Opened, clinic: Actor
) -> None:
    override_id = override(chain, opened, clinic)
    assert "spoed" not in Override.objects.get(pk=override_id).text
    manager = colleague(chain.police, Role.MANAGER)
    (seen,) = reviews.reviews(actor=manager, answered=False, length=9)
    assert (seen.text, seen.pseudonym, seen.mine) == (WHY, opened.pseudonym, False)
    reviews.answer_override(
        actor=manager, override_id=override_id, outcome="justified", text="Levensgevaar bleek"
    )
    assert "Levensgevaar" not in Override.objects.get(pk=override_id).answer
    (answered,) = reviews.reviews(actor=manager, answered=True, length=9)
    assert (answered.answer, answered.outcome) == ("Levensgevaar bleek", "justified")
    assert answered.ends == answered.at + timedelta(days=14)


def test_an_answer_is_late_after_two_working_days(
    chain: Chain, opened: Opened, clinic: Actor
) -> None:
    override(chain, opened, clinic)
    (now,) = reviews.reviews(actor=chain.coordination_point, answered=False, length=9)
    assert not now.late
    with clock.at(now.answer_by + timedelta(days=1)):
        (later,) = reviews.reviews(actor=chain.coordination_point, answered=False, length=9)
        assert later.late


@pytest.mark.parametrize(
    ("day", "last"),
    [
        ("2026-11-23", "2026-11-25"),
        ("2026-11-27", "2026-12-01"),
        ("2026-11-28", "2026-12-01"),
        ("2026-12-24", "2026-12-29"),
    ],
    ids=["a Monday", "a Friday", "a Saturday", "the day before Christmas"],
)
def test_weekends_and_holidays_are_no_working_days(day: str, last: str) -> None:
    assert reviews.answer_day(date.fromisoformat(day)).isoformat() == last


def test_only_the_coordination_point_ends_what_it_was_brought_in_for(
    chain: Chain, opened: Opened
) -> None:
    ngo = member("ngo")
    consent_id = consents.record_consent(
        actor=chain.police, case_id=opened.case_id, consent=yes(ngo, "help", "care")
    )
    sharing.share(
        actor=chain.police,
        case_id=opened.case_id,
        organisation_id=ngo.organisation_id,
        consent_id=consent_id,
    )
    ending = {"case_id": opened.case_id, "organisation_id": ngo.organisation_id}
    with pytest.raises(NotAllowed):
        sharing.end_involvement(actor=chain.police, purpose="help", **ending)
    sharing.end_involvement(actor=chain.coordination_point, purpose="help", **ending)
    assert not sees(ngo, opened.case_id)
    (notice, *_rest), _total = unread_notices(actor=ngo, length=9)
    assert notice.kind == "removed"
    with pytest.raises(NotThere):
        sharing.end_involvement(
            actor=chain.coordination_point,
            case_id=opened.case_id,
            organisation_id=chain.police.organisation_id,
            purpose="own_record",
        )
    assert sees(chain.police, opened.case_id)


def test_the_counts_are_of_the_year_and_nothing_but_numbers(
    chain: Chain, opened: Opened, clinic: Actor
) -> None:
    year = clock.today().year
    with clock.at(date(year - 1, 6, 1)):
        override(chain, chain.notified(on=date(year - 1, 5, 1)), clinic)
    said_yes, said_no, _open = (override(chain, chain.notified(), clinic) for _ in range(3))
    for override_id, outcome in ((said_yes, "justified"), (said_no, "not_justified")):
        reviews.answer_override(
            actor=chain.coordination_point, override_id=override_id, outcome=outcome
        )
    assert sharing.override_counts(year) == sharing.OverrideCounts(
        overrides=3, confirmed=1, refused=1, unanswered=1
    )
    assert sharing.override_counts(year - 1).overrides == 1
