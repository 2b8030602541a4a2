# SPDX-License-Identifier: EUPL-1.2
"""A human decides that two files are of one person or not; who may not see hears nothing."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from middenstip.access.acting import acting
from middenstip.access.actors import Actor
from middenstip.access.models import Role
from middenstip.audit.models import ReadEntry
from middenstip.linkage import selectors, services
from middenstip.linkage.candidates import candidates
from middenstip.linkage.models import Likeness, Verdict
from middenstip.linkage.services import Alike, DoesNotFit, VerdictChanged
from middenstip.thread import erasure
from middenstip.thread.break_glass import break_glass
from middenstip.thread.errors import NotAllowed, NotThere
from middenstip.thread.models import Event
from middenstip.thread.records import Opened
from middenstip.thread.selectors import recordable_events, thread_of
from middenstip.thread.services import correct_event
from tests.linkage.files import GROUND, decide, named, opened
from tests.thread.chain import Chain, member
from tests.thread.test_sharing import colleague

pytestmark = pytest.mark.django_db
VERDICT_EVENTS = ("same_person", "not_same_person", "same_person_open_again")


def events(case_id: UUID) -> list[tuple[str, dict[str, Any]]]:
    """What the whole thread says of verdicts, past every wall; the mark is sealed here."""
    found = Event.objects.filter(case_id=case_id, type__in=VERDICT_EVENTS).order_by("seq")
    return list(found.values_list("type", "fields"))


def seen(actor: Actor, file: Opened) -> set[UUID]:
    """The other files of the person of a file, for somebody."""
    return {each.case_id for each in selectors.others(actor=actor, case_id=file.case_id)}


# --- What a verdict does -------------------------------------------------------------------


def test_same_stands_in_both_threads_and_each_file_shows_the_other(chain: Chain) -> None:
    one, two = opened(chain), opened(chain)
    decide(chain.police, one.case_id, two.case_id, "same")
    for here, there in ((one, two), (two, one)):
        last = thread_of(actor=chain.police, case_id=here.case_id)[-1]
        assert (last.type, last.category) == ("same_person", "identity")
        assert last.fields["ground"] == GROUND
        assert seen(chain.police, here) == {there.case_id}


def test_the_two_threads_cannot_be_laid_side_by_side_by_what_the_event_says(
    chain: Chain,
) -> None:
    one, two = opened(chain), opened(chain)
    verdict = decide(chain.police, one.case_id, two.case_id, "same")
    marks = [
        thread_of(actor=chain.police, case_id=file.case_id)[-1].fields["mark"]
        for file in (one, two)
    ]
    assert len(set(marks)) == 2
    told = {str(value) for value in (verdict, one.case_id, two.case_id, one.person_id)}
    told |= {two.pseudonym, str(two.person_id)}
    for file in (one, two):
        assert not [each for each in told if each in str(events(file.case_id))]
    assert not any(mark in str(events(file.case_id)) for mark in marks for file in (one, two))


def test_different_stands_in_both_threads_and_joins_nothing(chain: Chain) -> None:
    one, two = opened(chain), opened(chain)
    decide(chain.police, one.case_id, two.case_id, "different")
    assert [name for name, _ in events(one.case_id)] == ["not_same_person"]
    assert [name for name, _ in events(two.case_id)] == ["not_same_person"]
    assert seen(chain.police, one) == set()


def test_not_knowing_is_kept_but_no_thread_speaks_of_it(chain: Chain) -> None:
    one, two = opened(chain), opened(chain)
    decide(chain.police, one.case_id, two.case_id, "unknown")
    found = selectors.standing(actor=chain.police, one=one.case_id, two=two.case_id)
    assert found is not None
    assert found.verdict == "unknown"
    assert events(one.case_id) == events(two.case_id) == []
    decide(chain.police, one.case_id, two.case_id, "same")
    decide(chain.police, one.case_id, two.case_id, "unknown")
    assert [name for name, _ in events(one.case_id)] == [
        "same_person",
        "same_person_open_again",
    ]
    assert seen(chain.police, one) == set()


def test_files_hang_together_through_a_third(chain: Chain) -> None:
    one, two, three, four = (opened(chain) for _ in range(4))
    decide(chain.police, one.case_id, two.case_id, "same")
    decide(chain.police, three.case_id, two.case_id, "same")
    assert seen(chain.police, one) == {two.case_id, three.case_id}
    assert seen(chain.police, four) == set()


def test_the_history_of_a_pair_tells_who_decided_what_on_which_ground(chain: Chain) -> None:
    one, two = opened(chain), opened(chain)
    first = decide(chain.police, one.case_id, two.case_id, "same", score=7.5)
    second = decide(chain.coordination_point, one.case_id, two.case_id, "different")
    found = selectors.history(actor=chain.police, one=two.case_id, two=one.case_id)
    assert [(each.id, each.verdict, each.score) for each in found] == [
        (second, "different", None),
        (first, "same", 7.5),
    ]
    assert found[1].organisation == chain.police.organisation_name
    assert {each.ground for each in found} == {GROUND}


# --- What is refused -----------------------------------------------------------------------


def test_a_verdict_that_changed_meanwhile_is_refused(chain: Chain) -> None:
    one, two = opened(chain), opened(chain)
    first = decide(chain.police, one.case_id, two.case_id, "same", seen=None)
    for wrong in (None, uuid4()):
        with pytest.raises(VerdictChanged):
            decide(chain.police, one.case_id, two.case_id, "different", seen=wrong)
    decide(chain.police, one.case_id, two.case_id, "different", seen=first)
    assert Verdict.objects.count() == 2


def test_a_file_is_not_compared_with_itself(chain: Chain) -> None:
    one = opened(chain)
    with pytest.raises(ValidationError) as refused:
        services.decide(
            actor=chain.police, one=one.case_id, two=one.case_id, verdict="same", ground=GROUND
        )
    assert "verdict" in refused.value.message_dict


@pytest.mark.parametrize(
    ("verdict", "ground", "field"),
    [
        ("same", "", "ground"),
        ("different", "", "ground"),
        ("same", "forged", "ground"),
        ("unknown", "forged", "ground"),
        ("maybe", GROUND, "verdict"),
        ("", GROUND, "verdict"),
    ],
)
def test_a_forged_answer_or_ground_is_refused_at_its_field(
    chain: Chain, verdict: str, ground: str, field: str
) -> None:
    one, two = opened(chain), opened(chain)
    with pytest.raises(ValidationError) as refused:
        decide(chain.police, one.case_id, two.case_id, verdict, ground=ground)
    assert list(refused.value.message_dict) == [field]
    assert not Verdict.objects.exists()


def test_same_is_refused_where_two_of_the_files_were_found_different(chain: Chain) -> None:
    one, two, three = (opened(chain) for _ in range(3))
    decide(chain.police, one.case_id, two.case_id, "same")
    decide(chain.police, one.case_id, three.case_id, "different")
    with pytest.raises(DoesNotFit):
        decide(chain.police, two.case_id, three.case_id, "same")
    assert events(two.case_id)[-1][0] == "same_person"
    decide(chain.police, one.case_id, three.case_id, "same")  # the contradiction itself goes
    assert seen(chain.police, two) == {one.case_id, three.case_id}


def test_different_is_refused_of_two_that_a_third_file_joins(chain: Chain) -> None:
    one, two, three = (opened(chain) for _ in range(3))
    decide(chain.police, one.case_id, two.case_id, "same")
    decide(chain.police, two.case_id, three.case_id, "same")
    with pytest.raises(DoesNotFit):
        decide(chain.police, one.case_id, three.case_id, "different")
    decide(chain.police, one.case_id, two.case_id, "different")
    assert seen(chain.police, one) == set()


def test_one_poisoned_file_cannot_draw_the_register_together(chain: Chain) -> None:
    poisoned = opened(chain)
    files = [opened(chain, number) for number in range(2, 12)]
    for file in files[:9]:
        decide(chain.police, poisoned.case_id, file.case_id, "same")
    with pytest.raises(DoesNotFit):
        decide(chain.police, poisoned.case_id, files[9].case_id, "same")
    assert len(seen(chain.police, poisoned)) == 9
    # Two groups that would be too many together are not joined either.
    decide(chain.police, files[9].case_id, opened(chain, 12).case_id, "same")
    with pytest.raises(DoesNotFit):
        decide(chain.police, files[0].case_id, files[9].case_id, "same")


def test_who_does_not_decide_in_the_pack_may_not(chain: Chain) -> None:
    one, two = opened(chain), opened(chain)
    for file in (one, two):
        chain.bring_in(file.case_id, chain.prosecution)
    assert not selectors.may_decide(chain.prosecution)
    for verdict in ("same", "different", "unknown"):
        with pytest.raises(NotAllowed):
            decide(chain.prosecution, one.case_id, two.case_id, verdict)
    assert selectors.may_decide(chain.police)
    assert not selectors.may_decide(chain.administrator)
    assert not selectors.may_decide(replace(chain.police, purpose=""))


def test_a_file_without_a_name_cannot_be_compared(chain: Chain) -> None:
    one, nameless = opened(chain), chain.notified()
    with pytest.raises(NotAllowed):
        decide(chain.police, one.case_id, nameless.case_id, "same")


def test_who_sees_a_case_but_not_the_name_decides_nothing_and_is_shown_nothing(
    chain: Chain,
) -> None:
    one, two = opened(chain), opened(chain)
    ngo = member("ngo")
    for file in (one, two):
        chain.bring_in(file.case_id, ngo, categories=["care"])
    decide(chain.police, one.case_id, two.case_id, "same")
    assert seen(ngo, one) == set()
    with pytest.raises(NotThere):
        selectors.history(actor=ngo, one=one.case_id, two=two.case_id)
    with pytest.raises(NotAllowed):
        services.decide(
            actor=ngo, one=one.case_id, two=two.case_id, verdict="different", ground=GROUND
        )
    assert [name for name, _ in events(one.case_id)] == ["same_person"]
    types = {event.type for event in thread_of(actor=ngo, case_id=one.case_id)}
    assert not types & set(VERDICT_EVENTS)


def test_in_an_emergency_nothing_is_decided(chain: Chain) -> None:
    one, two = opened(chain), opened(chain)
    for file in (one, two):
        glass = break_glass(
            actor=chain.shelter, pseudonym=file.pseudonym, ground="life_or_safety",
            text="Hij staat nu voor de deur van de opvang",
        )  # fmt: skip
        assert glass is not None
    looking = replace(chain.shelter, purpose="save_life")
    with pytest.raises(NotAllowed):
        services.decide(
            actor=looking, one=one.case_id, two=two.case_id, verdict="same", ground=GROUND
        )
    assert not selectors.may_decide(looking)


def test_nobody_records_a_verdict_by_hand_or_corrects_one(chain: Chain) -> None:
    one, two = opened(chain), opened(chain)
    assert not set(recordable_events(actor=chain.police, case_id=one.case_id)) & set(
        VERDICT_EVENTS
    )
    for name in VERDICT_EVENTS:
        fields = {"mark": "x"} | ({} if name == VERDICT_EVENTS[2] else {"ground": GROUND})
        with pytest.raises(ValidationError):
            chain.record(chain.police, one.case_id, name, **fields)
    decide(chain.police, one.case_id, two.case_id, "same")
    event = thread_of(actor=chain.police, case_id=one.case_id)[-1]
    with pytest.raises(ValidationError):
        correct_event(
            actor=chain.police, case_id=one.case_id, event_id=event.id, replaced_by=None
        )
    assert seen(chain.police, one) == {two.case_id}


# --- Who hears of it -----------------------------------------------------------------------


@pytest.fixture
def stranger() -> Actor:
    """Police of elsewhere, who see only what they notified themselves."""
    return member("police", "Politie elders")


def test_a_file_that_is_not_shared_is_not_there(chain: Chain, stranger: Actor) -> None:
    mine, theirs = opened(chain, by=stranger), opened(chain)
    for one, two in ((mine, theirs), (theirs, mine)):
        for nobody in (two.case_id if two is theirs else one.case_id, uuid4()):
            with pytest.raises(NotThere):
                services.decide(
                    actor=stranger, one=mine.case_id, two=nobody, verdict="same", ground=GROUND
                )
        with pytest.raises(NotThere):
            selectors.standing(actor=stranger, one=one.case_id, two=two.case_id)
    with pytest.raises(NotThere):
        selectors.others(actor=stranger, case_id=theirs.case_id)


def test_a_group_shows_nobody_a_file_that_is_not_shared(chain: Chain, stranger: Actor) -> None:
    first, last = opened(chain, by=stranger), opened(chain, by=stranger)
    between = opened(chain)
    point = chain.coordination_point
    decide(point, first.case_id, between.case_id, "same")
    decide(point, between.case_id, last.case_id, "same")
    assert seen(point, first) == {between.case_id, last.case_id}
    # Only the file in between tells that the two are one person.
    assert seen(stranger, first) == set()
    assert selectors.group_of(actor=stranger, person_id=first.person_id) == {first.person_id}
    assert seen(chain.police, between) == set()


def test_no_refusal_tells_of_a_verdict_on_a_file_that_is_not_shared(
    chain: Chain, stranger: Actor
) -> None:
    first, last = opened(chain, by=stranger), opened(chain, by=stranger)
    between = opened(chain)
    point = chain.coordination_point
    decide(point, first.case_id, between.case_id, "same")
    decide(point, between.case_id, last.case_id, "different")
    decide(stranger, first.case_id, last.case_id, "same")
    assert seen(stranger, first) == {last.case_id}
    assert [name for name, _ in events(last.case_id)] == ["not_same_person", "same_person"]


def test_a_name_under_number_takes_the_group_from_who_may_not_know_it(chain: Chain) -> None:
    one, two = opened(chain), opened(chain)
    point = chain.coordination_point
    decide(point, one.case_id, two.case_id, "same")
    assert seen(point, one) == {two.case_id}
    chain.record(chain.police, two.case_id, "complaint_filed", by="police", under_number=True)
    assert seen(point, one) == seen(point, two) == set()
    assert seen(chain.police, one) == {two.case_id}
    with pytest.raises(NotAllowed):
        services.decide(
            actor=point, one=one.case_id, two=two.case_id, verdict="different", ground=GROUND
        )


def test_each_look_at_another_file_is_in_the_read_log(chain: Chain) -> None:
    one, two = opened(chain), opened(chain)
    decide(chain.police, one.case_id, two.case_id, "same")
    selectors.others(actor=chain.police, case_id=one.case_id)
    last = ReadEntry.objects.order_by("id").last()
    assert last is not None
    assert (last.cases, last.kind) == ([two.case_id], "list")
    assert last.categories == ["coordination", "identity"]


# --- Removal -------------------------------------------------------------------------------


def alike_files(actor: Actor) -> set[UUID]:
    """The files that would be shown to somebody who notifies the same person once more."""
    return {each.case_id for each in candidates(actor=actor, identity=named())}


def test_a_person_who_is_removed_leaves_likenesses_groups_and_verdicts(chain: Chain) -> None:
    one, two, three = (opened(chain) for _ in range(3))
    police, point = chain.police, chain.coordination_point
    assert alike_files(police) == {one.case_id, two.case_id, three.case_id}
    decide(police, one.case_id, two.case_id, "same")
    alike = [
        Alike(one=one.person_id, two=two.person_id, score=9.0, weights="shipped"),
        Alike(one=two.person_id, two=three.person_id, score=4.0, weights="shipped"),
        Alike(one=one.person_id, two=three.person_id, score=3.0, weights="shipped"),
    ]
    assert services.keep_likenesses(actor=police, found=alike) == 3
    proposal = erasure.propose_on_request(actor=police, case_id=two.case_id)
    erasure.say_yes(actor=point, proposal_id=proposal)
    assert erasure.say_yes(actor=colleague(point, Role.MEMBER), proposal_id=proposal)
    (left,) = Likeness.objects.all()
    assert two.person_id not in (left.one_id, left.two_id)
    assert seen(police, one) == set()
    assert alike_files(police) == {one.case_id, three.case_id}
    with pytest.raises(NotAllowed):
        services.decide(
            actor=police, one=one.case_id, two=two.case_id, verdict="different", ground=GROUND
        )
    with acting(police):
        assert not Verdict.objects.exists()
    assert Verdict.objects.count() == 1


# --- Pairs that nobody settled -------------------------------------------------------------


def alike(one: Opened, two: Opened, score: float) -> Alike:
    return Alike(one=one.person_id, two=two.person_id, score=score, weights="shipped")


def test_pairs_that_nobody_settled_come_most_alike_first_and_doubted_last(
    chain: Chain,
) -> None:
    a, b, c, d = (opened(chain, number) for number in range(1, 5))
    police = chain.police
    pairs = [alike(a, b, 3.0), alike(b, a, 3.5), alike(a, c, 9.0), alike(c, d, 6.0)]
    pairs += [alike(a, d, 5.0), alike(a, a, 99.0)]
    assert services.keep_likenesses(actor=police, found=pairs) == 4
    decide(police, a.case_id, c.case_id, "unknown")
    found = selectors.undecided(actor=police)
    assert [(item.score, item.doubted) for item in found.items] == [
        (6.0, False), (5.0, False), (3.5, False), (9.0, True),
    ]  # fmt: skip
    assert found.total == 4
    assert {found.items[0].one.case_id, found.items[0].two.case_id} == {c.case_id, d.case_id}
    decide(police, c.case_id, d.case_id, "same")
    decide(police, a.case_id, d.case_id, "same")
    left = selectors.undecided(actor=police)
    assert [(item.score, item.together) for item in left.items] == [(3.5, False), (9.0, True)]
    assert len(selectors.undecided(actor=police, page=2, length=1).items) == 1
    assert selectors.undecided(actor=police, page=9).items == ()


def test_pairs_with_a_file_that_is_not_shared_are_not_even_counted(
    chain: Chain, stranger: Actor
) -> None:
    one, two, hidden = opened(chain, by=stranger), opened(chain, by=stranger), opened(chain)
    point = chain.coordination_point
    pairs = [alike(one, two, 5.0), alike(one, hidden, 8.0)]
    assert services.keep_likenesses(actor=stranger, found=pairs) == 1
    assert services.keep_likenesses(actor=point, found=pairs) == 2
    assert selectors.undecided(actor=point).total == 2
    found = selectors.undecided(actor=stranger)
    assert (found.total, [item.score for item in found.items]) == (1, [5.0])
    assert selectors.undecided(actor=chain.rapporteur).total == 0


# --- The database by itself ----------------------------------------------------------------


def test_the_database_refuses_a_change_of_a_verdict_also_for_its_owner(chain: Chain) -> None:
    one, two = opened(chain), opened(chain)
    verdict = decide(chain.police, one.case_id, two.case_id, "same")
    row = Verdict.objects.filter(pk=verdict)
    for change in (lambda: row.update(verdict="different"), row.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_the_database_refuses_a_verdict_in_anothers_name_or_on_what_one_may_not_see(
    chain: Chain, stranger: Actor
) -> None:
    one, two = opened(chain), opened(chain)
    mine = opened(chain, by=stranger)
    pair = selectors.in_order(one.person_id, two.person_id)

    def write(actor: Actor, by: Actor, persons: tuple[UUID, UUID]) -> None:
        with acting(actor), transaction.atomic():
            Verdict.objects.create(
                one_id=persons[0], two_id=persons[1], number=1, verdict="same",
                by_id=by.user_id, organisation_id=by.organisation_id,
            )  # fmt: skip

    refused = [
        (chain.police, stranger, pair),
        (stranger, stranger, pair),
        (stranger, stranger, selectors.in_order(mine.person_id, two.person_id)),
        (chain.police, chain.police, pair[::-1]),
    ]
    for actor, by, persons in refused:
        with pytest.raises(DatabaseError):
            write(actor, by, persons)
    write(chain.police, chain.police, pair)
    with pytest.raises(DatabaseError):
        write(chain.police, chain.police, pair)  # the same number once more
