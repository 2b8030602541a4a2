# SPDX-License-Identifier: EUPL-1.2
"""Who filed a complaint under number has no name for whoever does not need it: in the program,
and in the database when the program forgets to ask.
"""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from django.utils import translation

from middenstip.access.acting import acting
from middenstip.access.actors import Actor
from middenstip.access.purposes import purpose_of
from middenstip.thread import finding, rebuild, selectors, services, visibility
from middenstip.thread.models import Case, Identity
from middenstip.thread.records import NewEvent, NewIdentity, Opened
from middenstip.thread.under_number import name_and_post
from tests.thread.chain import Chain

pytestmark = pytest.mark.django_db
WHO = NewIdentity(given_name="Proefnaam", family_name="Verzonnen", phone="0612345678")


@pytest.fixture(autouse=True)
def _in_english() -> None:
    translation.activate("en")


@pytest.fixture
def opened(chain: Chain) -> Opened:
    """A notified case that the shelter and the care coordinator see with consent."""
    opened = chain.notified(identity=WHO)
    chain.bring_in(opened.case_id, chain.shelter, chain.care_coordinator)
    return opened


def complain(chain: Chain, case_id: UUID, **fields: Any) -> UUID:
    values: dict[str, Any] = {"by": "police", "under_number": True, "domicile": "lawyer"}
    values |= fields
    return chain.record(chain.police, case_id, "complaint_filed", **values).events[0].id


def named(actor: Actor, case_id: UUID) -> bool:
    return selectors.identity_of(actor=actor, case_id=case_id) is not None


def in_database(actor: Actor, opened: Opened) -> bool:
    """Tell whether PostgreSQL itself shows the row of the name to this actor."""
    with acting(actor):
        return Identity.objects.filter(pk=opened.person_id).exists()


def seeing(chain: Chain) -> dict[bool, list[Actor]]:
    """Return who sees the case, by whether their purpose needs the name under number."""
    actors = [chain.police, chain.coordination_point, chain.shelter, chain.care_coordinator]
    found: dict[bool, list[Actor]] = {True: [], False: []}
    for actor in actors:
        found[purpose_of(actor.purpose).names_under_number].append(actor)
    return found


def test_the_pack_gives_the_name_to_some_and_not_to_others(chain: Chain) -> None:
    assert chain.coordination_point in seeing(chain)[False]
    assert chain.police in seeing(chain)[True]


def test_without_a_number_everybody_who_may_know_a_name_does(
    chain: Chain, opened: Opened
) -> None:
    complain(chain, opened.case_id, under_number=False)
    for actor in (*seeing(chain)[True], *seeing(chain)[False]):
        assert named(actor, opened.case_id)
        assert in_database(actor, opened)


def test_under_number_the_name_is_for_those_purposes_only_that_need_it(
    chain: Chain, opened: Opened
) -> None:
    complain(chain, opened.case_id)
    for needs_it, actors in seeing(chain).items():
        for actor in actors:
            assert named(actor, opened.case_id) is needs_it
            assert in_database(actor, opened) is needs_it


@pytest.mark.parametrize("words", ["Verzonnen", "Proefnaam Verzonnen", "0612345678",
                                   "1995-04-13"])  # fmt: skip
def test_nobody_else_finds_the_person_by_name_phone_or_day_of_birth(
    chain: Chain, opened: Opened, words: str
) -> None:
    point = chain.coordination_point
    assert finding.find_cases(actor=point, words=words).total == 1
    complain(chain, opened.case_id)
    assert finding.find_cases(actor=point, words=words).total == 0
    assert finding.find_cases(actor=chain.police, words=words).total == 1
    assert finding.find_cases(actor=point, words=opened.pseudonym).total == 1


def test_the_database_hides_the_name_when_the_program_forgets_to(
    chain: Chain, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    complain(chain, opened.case_id)

    def forgetful(**asked: Any) -> visibility.Sight:
        return replace(visibility.sight_of(**asked), name=True)

    monkeypatch.setattr(selectors, "sight_of", forgetful)
    assert not named(chain.coordination_point, opened.case_id)
    assert named(chain.police, opened.case_id)


def test_nothing_else_that_is_shown_holds_the_name(chain: Chain, opened: Opened) -> None:
    complain(chain, opened.case_id)
    whole = selectors.whole_case(actor=chain.coordination_point, case_id=opened.case_id)
    found = finding.find_cases(actor=chain.coordination_point)
    everything = f"{whole!r} {[dict(e.fields) for e in whole.thread]} {found!r}"
    for secret in ("Proefnaam", "Verzonnen", "0612345678"):
        assert secret not in everything


def test_taking_the_complaint_back_shows_the_name_again(chain: Chain, opened: Opened) -> None:
    event = complain(chain, opened.case_id)
    services.correct_event(
        actor=chain.police, case_id=opened.case_id, event_id=event, replaced_by=None
    )
    assert named(chain.coordination_point, opened.case_id)
    assert in_database(chain.coordination_point, opened)
    assert list(rebuild.check()) == []


def test_a_later_complaint_under_the_own_name_does_not_lift_the_number(
    chain: Chain, opened: Opened
) -> None:
    complain(chain, opened.case_id)
    complain(chain, opened.case_id, under_number=False)
    assert Case.objects.get(pk=opened.case_id).under_number
    assert not named(chain.coordination_point, opened.case_id)


def test_the_page_says_why_to_who_may_know_of_a_complaint(chain: Chain, opened: Opened) -> None:
    point = chain.coordination_point
    assert not name_and_post(actor=point, case_id=opened.case_id).number_only
    complain(chain, opened.case_id)
    assert name_and_post(actor=point, case_id=opened.case_id).number_only
    assert not name_and_post(actor=chain.police, case_id=opened.case_id).number_only


def test_who_may_not_know_of_a_complaint_is_not_told_of_one_either(
    chain: Chain, opened: Opened
) -> None:
    place = replace(chain.coordination_point, purpose="place_in_shelter")
    assert "justice" not in purpose_of(place.purpose).categories
    chain.agree(opened.case_id, place, purpose="place_in_shelter")
    services.involve(
        actor=chain.coordination_point,
        case_id=opened.case_id,
        organisation_id=place.organisation_id,
    )
    assert named(place, opened.case_id)
    complain(chain, opened.case_id)
    assert not named(place, opened.case_id)
    assert not name_and_post(actor=place, case_id=opened.case_id).number_only


def test_post_goes_by_the_chosen_domicile_for_who_may_reach_the_person(
    chain: Chain, opened: Opened
) -> None:
    complain(chain, opened.case_id, domicile="lawyer")
    for actor in (chain.police, chain.shelter, chain.care_coordinator):
        assert "contact" in purpose_of(actor.purpose).categories
        assert name_and_post(actor=actor, case_id=opened.case_id).post_via == "lawyer"
    assert "contact" not in purpose_of(chain.coordination_point.purpose).categories
    point = name_and_post(actor=chain.coordination_point, case_id=opened.case_id)
    assert point.post_via == ""


def test_the_latest_choice_counts_and_an_own_address_is_never_told(
    chain: Chain, opened: Opened
) -> None:
    complain(chain, opened.case_id, domicile="lawyer")
    event = complain(chain, opened.case_id, domicile="police_station")
    seen = name_and_post(actor=chain.shelter, case_id=opened.case_id)
    assert seen.post_via == "police_station"
    other = {"by": "police", "under_number": True, "domicile": "own"}
    day = Case.objects.get(pk=opened.case_id).events.get(pk=event).on
    services.correct_event(
        actor=chain.police,
        case_id=opened.case_id,
        event_id=event,
        replaced_by=NewEvent("complaint_filed", day, other),
    )
    assert name_and_post(actor=chain.shelter, case_id=opened.case_id).post_via == ""
