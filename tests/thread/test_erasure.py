# SPDX-License-Identifier: EUPL-1.2
"""Removing a person: two people, for good, and what stays can be counted but not read."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import translation

from middenstip import clock
from middenstip.access.acting import acting, deriving
from middenstip.access.actors import Actor
from middenstip.access.models import Role
from middenstip.thread import consents, erasure, finding, rebuild, selectors, services
from middenstip.thread.access_notices import unread_notices
from middenstip.thread.break_glass import break_glass
from middenstip.thread.errors import NotAllowed, NotThere
from middenstip.thread.models import (
    CaseState,
    DutyRun,
    Event,
    Identity,
    Notice,
    Person,
    RemovalProposal,
    RetentionHold,
)
from middenstip.thread.records import NewIdentity, Opened
from middenstip.thread.reminders import remind
from middenstip.thread.worklists import worklist
from middenstip.vault.models import Destruction, PersonKey, Token
from tests.thread.chain import Chain
from tests.thread.test_sharing import colleague

pytestmark = pytest.mark.django_db
WHO = NewIdentity(given_name="Proefnaam", family_name="Verzonnen", phone="0612345678")
WHY = "Zij belde zelf en wil dat haar gegevens weg zijn."


@pytest.fixture(autouse=True)
def _in_english() -> None:
    translation.activate("en")


@pytest.fixture
def opened(chain: Chain) -> Opened:
    return chain.notified(identity=WHO)


@pytest.fixture
def second(chain: Chain) -> Actor:
    """Somebody else of the coordination point."""
    return colleague(chain.coordination_point, Role.MEMBER)


def asked(chain: Chain, opened: Opened) -> UUID:
    """The police write down that the person asks to be removed."""
    return erasure.propose_on_request(actor=chain.police, case_id=opened.case_id, text=WHY)


def removed(chain: Chain, opened: Opened, second: Actor) -> UUID:
    proposal = asked(chain, opened)
    assert not erasure.say_yes(actor=chain.coordination_point, proposal_id=proposal)
    assert erasure.say_yes(actor=second, proposal_id=proposal)
    return proposal


def test_two_people_remove_who_somebody_is(chain: Chain, opened: Opened, second: Actor) -> None:
    chain.record(
        chain.coordination_point, opened.case_id, "emergency_bed_started",
        planned_nights=2, reason="Vertrouwelijk",
    )  # fmt: skip
    before = Event.objects.filter(case_id=opened.case_id).count()
    removed(chain, opened, second)
    person = Person.objects.get(pk=opened.person_id)
    assert person.removed_because == "own_request"
    assert person.removed_at is not None
    key = PersonKey.objects.get(pk=opened.person_id)
    assert (bytes(key.wrapped), key.destroyed_because) == (b"", "own_request")
    assert not Identity.objects.filter(pk=opened.person_id).exists()
    assert not Token.objects.filter(person_id=opened.person_id).exists()
    assert Event.objects.filter(case_id=opened.case_id).count() == before
    facts = CaseState.objects.get(case_id=opened.case_id).facts
    assert {"birth_date", "age", "is_minor"} & facts.keys() <= {"is_minor"}
    assert facts["nationalities"] == ["NG"]
    assert list(rebuild.check()) == []


def test_nothing_that_was_sealed_is_shown_any_more(
    chain: Chain, opened: Opened, second: Actor
) -> None:
    chain.record(
        chain.coordination_point, opened.case_id, "emergency_bed_started",
        planned_nights=2, reason="Vertrouwelijk",
    )  # fmt: skip
    removed(chain, opened, second)
    whole = selectors.whole_case(actor=chain.police, case_id=opened.case_id)
    everything = f"{whole.thread!r} {[dict(e.fields) for e in whole.thread]}"
    everything += f"{whole.assessment!r}"
    for secret in ("Vertrouwelijk", "1995", "Proefnaam", "sealed:"):
        assert secret not in everything
    assert whole.case.removed_because == "own_request"
    assert whole.recordable == ()
    assert selectors.identity_of(actor=chain.police, case_id=opened.case_id) is None
    assert finding.find_cases(actor=chain.police, words="Verzonnen").total == 0
    assert consents.consents_of(actor=chain.police, case_id=opened.case_id) == []


def test_who_did_not_see_the_case_still_does_not(
    chain: Chain, opened: Opened, second: Actor
) -> None:
    removed(chain, opened, second)
    with pytest.raises(NotThere):
        selectors.case_for(actor=chain.shelter, case_id=opened.case_id)
    assert selectors.case_for(actor=chain.police, case_id=opened.case_id).removed_at


def test_everybody_involved_is_told_and_nobody_else(
    chain: Chain, opened: Opened, second: Actor
) -> None:
    removed(chain, opened, second)
    for actor in (chain.police, chain.coordination_point):
        (notice,), _ = unread_notices(actor=actor, length=9)
        assert (notice.kind, notice.pseudonym) == ("person_removed", opened.pseudonym)
    assert unread_notices(actor=chain.shelter, length=9)[0] == []


def test_nothing_can_be_recorded_shared_or_broken_open_afterwards(
    chain: Chain, opened: Opened, second: Actor
) -> None:
    removed(chain, opened, second)
    case = opened.case_id
    with pytest.raises(NotAllowed, match="removed"):
        chain.record(chain.police, case, "reflection_period_offered", by="police")
    with pytest.raises(NotAllowed, match="removed"):
        services.record_facts(actor=chain.police, case_id=case, facts={"in_danger": True})
    with pytest.raises(NotAllowed, match="removed"):
        services.involve(
            actor=chain.coordination_point,
            case_id=case,
            organisation_id=chain.immigration_service.organisation_id,
        )
    with pytest.raises(NotAllowed, match="removed"):
        asked(chain, opened)
    told = {"pseudonym": opened.pseudonym, "ground": "life_or_safety", "text": WHY}
    assert break_glass(actor=chain.shelter, **told) is None


def test_no_duty_runs_for_who_was_removed(chain: Chain, second: Actor) -> None:
    opened = chain.notified(identity=WHO, on=clock.today() - timedelta(days=40))
    assert DutyRun.objects.filter(case_id=opened.case_id, state="running").exists()
    removed(chain, opened, second)
    assert not DutyRun.objects.filter(case_id=opened.case_id, state="running").exists()
    assert DutyRun.objects.filter(case_id=opened.case_id).exists()
    found = worklist(actor=chain.coordination_point)
    assert found.overdue.total == found.week.total == 0
    rebuild.rederive(clock.today())
    assert not DutyRun.objects.filter(case_id=opened.case_id, state="running").exists()


def test_no_last_day_is_left_from_which_a_birthday_follows(chain: Chain, second: Actor) -> None:
    young = clock.today().replace(day=1, year=clock.today().year - 17).isoformat()
    facts = {"birth_date": young, "nationalities": ["NG"], "lawful_stay": False}
    opened = chain.notified(identity=WHO, facts=facts, on=clock.today() - timedelta(days=40))
    remind(clock.today())
    assert Notice.objects.filter(case_id=opened.case_id).exists()
    before = set(DutyRun.objects.filter(case_id=opened.case_id).values_list("duty", flat=True))
    removed(chain, opened, second)
    left = set(DutyRun.objects.filter(case_id=opened.case_id).values_list("duty", flat=True))
    assert left < before
    assert not Notice.objects.filter(case_id=opened.case_id).exists()


def test_one_person_is_not_two(chain: Chain, opened: Opened) -> None:
    proposal = asked(chain, opened)
    erasure.say_yes(actor=chain.coordination_point, proposal_id=proposal)
    with pytest.raises(NotAllowed, match="Somebody else"):
        erasure.say_yes(actor=chain.coordination_point, proposal_id=proposal)
    other_desk = replace(chain.coordination_point, purpose="place_in_shelter")
    with pytest.raises(NotAllowed, match="Somebody else"):
        erasure.say_yes(actor=other_desk, proposal_id=proposal)
    assert not Destruction.objects.exists()


def test_only_the_coordination_point_decides(chain: Chain, opened: Opened) -> None:
    proposal = asked(chain, opened)
    for actor in (chain.police, chain.shelter, chain.rapporteur, chain.administrator):
        assert erasure.removals(actor=actor, decided=False, length=9) == []
        with pytest.raises((NotThere, PermissionDenied)):
            erasure.removal_of(actor=actor, proposal_id=proposal)
        with pytest.raises((NotThere, PermissionDenied)):
            erasure.say_yes(actor=actor, proposal_id=proposal)
    assert RemovalProposal.objects.get(pk=proposal).first_yes_by_id is None


def test_it_decides_about_a_case_that_it_does_not_see(chain: Chain, second: Actor) -> None:
    unnotified = services.open_case(
        actor=chain.police, events=[], facts={"in_danger": True}, identity=WHO
    )
    proposal = asked(chain, unnotified)
    seen = erasure.removal_of(actor=chain.coordination_point, proposal_id=proposal)
    assert (seen.case_id, seen.head.pseudonym) == (None, unnotified.pseudonym)
    assert (seen.reason, seen.head.named, seen.state) == (WHY, True, "waiting")
    erasure.say_yes(actor=second, proposal_id=proposal)
    assert erasure.say_yes(actor=chain.coordination_point, proposal_id=proposal)
    with pytest.raises(NotThere):
        selectors.case_for(actor=chain.coordination_point, case_id=unnotified.case_id)
    done = erasure.removal_of(actor=second, proposal_id=proposal)
    assert (done.state, done.reason, done.head.named) == ("done", "", False)
    assert list(rebuild.check()) == []


def test_a_removal_opens_no_thread_for_what_comes_after_it(chain: Chain, second: Actor) -> None:
    unnotified = services.open_case(actor=chain.police, events=[], facts={"in_danger": True})
    proposal = asked(chain, unnotified)
    erasure.say_yes(actor=second, proposal_id=proposal)
    with acting(chain.coordination_point):
        erasure.say_yes(actor=chain.coordination_point, proposal_id=proposal)
        assert not Event.objects.filter(case_id=unnotified.case_id).exists()


def test_a_no_needs_a_reason_and_ends_it(chain: Chain, opened: Opened, second: Actor) -> None:
    proposal = asked(chain, opened)
    with pytest.raises(ValidationError) as refused:
        erasure.say_no(actor=second, proposal_id=proposal, text=" ")
    assert list(refused.value.message_dict) == ["text"]
    erasure.say_no(actor=second, proposal_id=proposal, text="Er loopt een hoger beroep")
    seen = erasure.removal_of(actor=chain.coordination_point, proposal_id=proposal)
    assert (seen.state, seen.said_no_because) == ("refused", "Er loopt een hoger beroep")
    assert "beroep" not in RemovalProposal.objects.get(pk=proposal).said_no_because
    with pytest.raises(NotThere):
        erasure.say_yes(actor=second, proposal_id=proposal)
    assert asked(chain, opened) != proposal


def test_asking_twice_is_one_proposal(chain: Chain, opened: Opened) -> None:
    assert asked(chain, opened) == asked(chain, opened)
    assert len(erasure.removals(actor=chain.coordination_point, decided=False, length=9)) == 1


def test_the_words_of_the_person_are_kept_sealed(chain: Chain, opened: Opened) -> None:
    row = RemovalProposal.objects.get(pk=asked(chain, opened))
    assert row.reason.startswith("sealed:")


def test_what_must_be_kept_is_not_removed_until_that_is_lifted(
    chain: Chain, opened: Opened, second: Actor
) -> None:
    proposal, point = asked(chain, opened), chain.coordination_point
    erasure.say_yes(actor=second, proposal_id=proposal)
    with pytest.raises(ValidationError):
        erasure.place_hold(actor=point, proposal_id=proposal, text="")
    erasure.place_hold(actor=point, proposal_id=proposal, text="Hoger beroep loopt")
    seen = erasure.removal_of(actor=second, proposal_id=proposal)
    assert (seen.hold_reason, seen.head.held) == ("Hoger beroep loopt", True)
    with pytest.raises(NotAllowed, match="kept"):
        erasure.say_yes(actor=point, proposal_id=proposal)
    with pytest.raises(NotThere):
        erasure.lift_hold(actor=chain.police, proposal_id=proposal)
    erasure.lift_hold(actor=second, proposal_id=proposal)
    assert erasure.say_yes(actor=point, proposal_id=proposal)
    assert RetentionHold.objects.get().reason.startswith("sealed:")


YES = "UPDATE thread_removalproposal SET {} WHERE id = %s"
FORGED = {
    "a yes of somebody else": "first_yes_by_id = '{other}'",
    "two at once, the second of somebody else": (
        "first_yes_by_id = '{me}', second_yes_by_id = '{other}'"
    ),
    "the same person twice": "first_yes_by_id = '{me}', second_yes_by_id = '{me}'",
    "done without a yes": "done_at = now()",
    "another reason": "why = 'closed_case'",
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED.keys())
def test_the_database_takes_a_yes_of_who_acts_only(
    chain: Chain, opened: Opened, second: Actor, forged: str
) -> None:
    proposal, me = asked(chain, opened), chain.coordination_point
    words = forged.format(me=me.user_id, other=second.user_id)
    with (
        pytest.raises(DatabaseError),
        transaction.atomic(),
        acting(me),
        connection.cursor() as cursor,
    ):
        cursor.execute(YES.format(words), [proposal])


def test_the_database_removes_nobody_on_one_yes_or_while_held(
    chain: Chain, opened: Opened, second: Actor
) -> None:
    proposal = asked(chain, opened)
    erasure.say_yes(actor=second, proposal_id=proposal)
    with (
        pytest.raises(IntegrityError, match="two people"),
        transaction.atomic(),
        acting(chain.coordination_point),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT wall_remove(%s)", [proposal])
    erasure.place_hold(actor=second, proposal_id=proposal, text="Hoger beroep loopt")
    words = f"second_yes_by_id = '{chain.coordination_point.user_id}'"
    with (
        pytest.raises(IntegrityError, match="must be kept"),
        transaction.atomic(),
        acting(chain.coordination_point),
        connection.cursor() as cursor,
    ):
        cursor.execute(YES.format(words), [proposal])


def test_the_database_marks_nobody_as_removed_whose_key_is_there(
    chain: Chain, opened: Opened
) -> None:
    with (
        pytest.raises(IntegrityError, match="destroying the key"),
        transaction.atomic(),
        acting(chain.police),
        deriving([opened.case_id]),
    ):
        Person.objects.filter(pk=opened.person_id).update(removed_at=clock.now())


def test_the_database_shows_a_proposal_to_nobody_else(chain: Chain, opened: Opened) -> None:
    asked(chain, opened)
    for actor in (chain.police, chain.shelter):
        with acting(actor):
            assert not RemovalProposal.objects.exists()
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM wall_removals(ARRAY(SELECT id FROM"
                               " thread_removalproposal))")  # fmt: skip
                assert cursor.fetchone() == (0,)
