# SPDX-License-Identifier: EUPL-1.2
"""Who sees which case: every read, for everybody; no and nothing get the same answer."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from middenstip import clock
from middenstip.access.acting import NotEntered, acting
from middenstip.access.actors import Actor
from middenstip.thread import selectors, services, worklists
from middenstip.thread.errors import NotAllowed, NotThere
from middenstip.thread.models import Case, Involvement, Notice
from middenstip.thread.records import NewEvent, NewIdentity, Opened
from middenstip.thread.reminders import mark_read, remind
from tests.thread.chain import NOTIFIED, SEEN, Chain, member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("held")]

READS: dict[str, Callable[[Actor, UUID], Any]] = {
    "case_for": lambda a, c: selectors.case_for(actor=a, case_id=c),
    "identity_of": lambda a, c: selectors.identity_of(actor=a, case_id=c),
    "members_of": lambda a, c: selectors.members_of(actor=a, case_id=c),
    "thread_of": lambda a, c: selectors.thread_of(actor=a, case_id=c),
    "assessment_of": lambda a, c: selectors.assessment_of(actor=a, case_id=c),
    "whole_case": lambda a, c: selectors.whole_case(actor=a, case_id=c),
    "recordable_events": lambda a, c: selectors.recordable_events(actor=a, case_id=c),
}


@pytest.fixture
def opened(chain: Chain) -> Opened:
    """A notified case; the person consented to a shelter and a care coordinator."""
    case = chain.notified(identity=NewIdentity(given_name="Proef"))
    chain.bring_in(case.case_id, chain.shelter, chain.care_coordinator)
    chain.record(chain.police, case.case_id, "reflection_period_started")
    remind(clock.today())
    return case


@pytest.fixture
def second(chain: Chain) -> Actor:
    """Somebody at a second coordination point, which is there before the case is."""
    return member("coordination_point", "Tweede coördinatiepunt")


def who(chain: Chain, second: Actor) -> dict[str, tuple[Actor, bool]]:
    """The matrix: everybody, and whether they see the case."""
    return {
        "the police that recorded": (chain.police, True),
        "the care coordinator with consent": (chain.care_coordinator, True),
        "the shelter with consent": (chain.shelter, True),
        "a shelter without": (member("shelter", "Voorbeeld opvang elders"), False),
        "the coordination point": (chain.coordination_point, True),
        "a second coordination point": (second, True),
        "the coordination point, to find a bed": (
            replace(chain.coordination_point, purpose="place_in_shelter"), False),
        "the police for no purpose": (replace(chain.police, purpose=""), False),
        "police elsewhere": (member("police", "Voorbeeld politie elders"), False),
        "the prosecution, not involved": (chain.prosecution, False),
        "the rapporteur": (chain.rapporteur, False),
        "an administrator of the coordination point": (chain.administrator, False),
        "an administrator of the police": (replace(chain.police, is_administrator=True), False),
        "a kind of no pack": (replace(chain.police, organisation_kind="secret_service"), False),
    }  # fmt: skip


@pytest.mark.parametrize("read", READS.values(), ids=READS.keys())
def test_each_read_of_a_case_knows_who_looks(
    chain: Chain, second: Actor, opened: Opened, read: Callable[[Actor, UUID], Any]
) -> None:
    for name, (actor, sees) in who(chain, second).items():
        with pytest.raises(NotThere) as unknown:
            read(actor, uuid4())
        if sees:
            assert read(actor, opened.case_id) is not None, name
        else:
            with pytest.raises(NotThere) as refused:
                read(actor, opened.case_id)
            assert str(refused.value) == str(unknown.value), name


def test_each_list_knows_who_looks(chain: Chain, second: Actor, opened: Opened) -> None:
    for name, (actor, sees) in who(chain, second).items():
        cases = set(selectors.visible_cases(actor).values_list("pk", flat=True))
        assert cases == ({opened.case_id} if sees else set()), name
        with acting(actor):
            assert list(selectors.changed_facts().rows) == [], name
            if name != "a kind of no pack":  # the database asks for the kind itself
                assert set(Case.objects.values_list("pk", flat=True)) == cases, name
        work = worklists.worklist(actor=actor)
        new = worklists.new_cases(actor=actor)
        flags = worklists.flags_for(actor=actor)
        notices = worklists.notices_for(actor=actor)
        lists: list[Any] = [getattr(work, section) for section in worklists.SECTIONS]
        for listed in (*lists, new, flags, notices):
            assert {item.case_id for item in listed.items} <= cases, name
            assert listed.total == len(listed.items), name


def test_an_organisation_kind_that_does_nothing_in_cases_cannot_be_brought_in(
    chain: Chain, opened: Opened
) -> None:
    with pytest.raises(ValidationError):
        services.involve(
            actor=chain.coordination_point,
            case_id=opened.case_id,
            organisation_id=chain.rapporteur.organisation_id,
        )
    with pytest.raises(IntegrityError, match="no such purpose"), transaction.atomic():
        Involvement.objects.create(
            case_id=opened.case_id,
            organisation_id=chain.rapporteur.organisation_id,
            purpose="report_extent",
            basis="own_record",
            categories=[],
            reason="own_record",
        )
    with pytest.raises(NotThere):
        selectors.case_for(actor=chain.rapporteur, case_id=opened.case_id)


def test_only_the_coordination_point_brings_an_organisation_in(
    chain: Chain, opened: Opened
) -> None:
    elsewhere = member("police", "Voorbeeld politie elders")
    with pytest.raises(NotAllowed):
        services.involve(
            actor=chain.police,
            case_id=opened.case_id,
            organisation_id=elsewhere.organisation_id,
        )
    with pytest.raises(NotAllowed):
        chain.notified(involve=[elsewhere.organisation_id])
    services.involve(
        actor=chain.coordination_point,
        case_id=opened.case_id,
        organisation_id=elsewhere.organisation_id,
    )
    assert selectors.case_for(actor=elsewhere, case_id=opened.case_id).id == opened.case_id
    with pytest.raises(ValidationError):
        services.involve(
            actor=chain.coordination_point, case_id=opened.case_id, organisation_id=uuid4()
        )


def test_who_owns_no_duty_any_more_leaves_the_case(chain: Chain) -> None:
    case = chain.notified()
    service = chain.immigration_service
    chain.record(chain.police, case.case_id, "complaint_filed", by="police")
    sent = chain.record(
        chain.police, case.case_id, "residence_application_sent", kind="temporary_victim"
    )
    assert selectors.case_for(actor=service, case_id=case.case_id)
    services.correct_event(
        actor=chain.police,
        case_id=case.case_id,
        event_id=sent.events[0].id,
        replaced_by=None,
    )
    with pytest.raises(NotThere):
        selectors.case_for(actor=service, case_id=case.case_id)


def test_the_register_shows_what_was_notified_as_long_as_that_holds(chain: Chain) -> None:
    point = chain.coordination_point
    seen = services.open_case(
        actor=chain.police, events=[NewEvent("indication_seen", clock.today(), SEEN)]
    )
    with pytest.raises(NotThere):
        selectors.case_for(actor=point, case_id=seen.case_id)
    notified = chain.record(chain.police, seen.case_id, "notified", **NOTIFIED)
    assert selectors.case_for(actor=point, case_id=seen.case_id)
    services.correct_event(
        actor=chain.police,
        case_id=seen.case_id,
        event_id=notified.events[0].id,
        replaced_by=None,
    )
    with pytest.raises(NotThere):
        selectors.case_for(actor=point, case_id=seen.case_id)


def test_nobody_acts_for_a_purpose_that_the_own_kind_does_not_have(
    chain: Chain, opened: Opened
) -> None:
    for actor in (
        replace(chain.police, purpose="coordinate_care"),
        replace(chain.police, organisation_id=chain.shelter.organisation_id),
    ):
        with pytest.raises(NotEntered):
            selectors.case_for(actor=actor, case_id=opened.case_id)


def test_of_two_of_a_kind_none_is_chosen_until_one_is_brought_in(chain: Chain) -> None:
    one, two = member("care_coordinator", "Zorg een"), member("care_coordinator", "Zorg twee")
    case = chain.notified()
    chain.record(chain.police, case.case_id, "reflection_period_started")
    point = chain.coordination_point
    without = worklists.worklist(actor=point).no_owner
    assert [(item.duty, item.owner) for item in without.items] == [
        ("apply_living_allowance", None)
    ]
    with pytest.raises(ValidationError):
        services.involve(actor=point, case_id=case.case_id, organisation_id=two.organisation_id)
    chain.bring_in(case.case_id, two)
    assert worklists.worklist(actor=point).no_owner.total == 0
    assert [i.duty for i in worklists.worklist(actor=two).later.items] == [
        "apply_living_allowance"
    ]
    assert worklists.worklist(actor=one).later.total == 0


def test_nobody_reads_the_notices_of_another_organisation(chain: Chain, opened: Opened) -> None:
    notice = Notice.objects.filter(
        organisation_id=chain.coordination_point.organisation_id, skipped=False
    ).get()
    with pytest.raises(NotThere):
        mark_read(actor=chain.shelter, notice_id=notice.pk)
    assert mark_read(actor=chain.shelter) == 0
    notice.refresh_from_db()
    assert notice.read_at is None
    with pytest.raises(NotThere):
        worklists.worklist(
            actor=chain.police, organisation_id=chain.coordination_point.organisation_id
        )


def test_only_the_own_load_is_seen_except_by_the_coordination_point(
    chain: Chain, opened: Opened
) -> None:
    police = chain.police
    own = worklists.loads(actor=police)
    assert [load.organisation_id for load in own] == [police.organisation_id]
    everybody = {load.kind for load in worklists.loads(actor=chain.coordination_point)}
    # What the care coordinator must do is about money, which the register does not hold.
    assert everybody == {"police", "coordination_point"}
    assert [load.kind for load in worklists.loads(actor=chain.care_coordinator)] == [
        "care_coordinator"
    ]
    assert worklists.loads(actor=chain.rapporteur) == []
