# SPDX-License-Identifier: EUPL-1.2
"""Who may be the same person is found whatever the spelling, and shown to who may see it."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from middenstip.access.actors import Actor
from middenstip.audit.looks import collecting
from middenstip.linkage.candidates import candidates, candidates_for_case, compared
from middenstip.thread.errors import NotThere
from middenstip.thread.records import NewIdentity
from tests.linkage.files import decide
from tests.thread.chain import Chain, member

pytestmark = pytest.mark.django_db
WHO = NewIdentity(
    given_name="Fatima Zohra", family_name="Voorbeeldova", alias="Zizi", phone="0612345678"
)
BORN: dict[str, Any] = {"birth_date": "1995-04-13", "sex": "female", "nationalities": ["MA"]}


@pytest.fixture
def chain() -> Chain:
    return Chain()


def _file(chain: Chain, who: NewIdentity = WHO, **facts: Any) -> UUID:
    return chain.notified(identity=who, facts={"lawful_stay": False, **facts}).case_id


def _found(actor: Actor, who: NewIdentity | None, **facts: Any) -> list[UUID]:
    return [each.case_id for each in candidates(actor=actor, identity=who, facts=facts)]


@pytest.mark.parametrize(
    ("who", "facts"),
    [
        (WHO, BORN),
        (NewIdentity(given_name="Fatma", family_name="Vorbeldowa"), BORN),
        (NewIdentity(given_name="Voorbeeldova", family_name="Fatima Zohra"), {}),
        (NewIdentity(given_name="فاطمة", family_name="Voorbeeldova"), {}),
        (NewIdentity(given_name="Mevr. FATIMA", family_name="Fóórbeeldova"), {}),
        (NewIdentity(given_name="Zizi", phone="+31 6 1234 5678"), {}),
        (NewIdentity(given_name="Zohra"), BORN),
    ],
)
def test_an_earlier_file_is_found_in_another_spelling_order_or_script(
    chain: Chain, who: NewIdentity, facts: dict[str, Any]
) -> None:
    earlier = _file(chain, **BORN)
    _file(chain, NewIdentity(given_name="Piet", family_name="Ander"), birth_date="1970-02-03")
    assert _found(chain.police, who, **facts)[:1] == [earlier]


@pytest.mark.parametrize(
    "who",
    [
        None,
        NewIdentity(),
        NewIdentity(given_name="X"),
        NewIdentity(given_name="?!", family_name="—"),
        NewIdentity(given_name="mevrouw"),
        NewIdentity(given_name="Ж" * 500, family_name="王" * 500, alias="ع" * 500),
    ],
)
def test_a_name_that_tells_nothing_finds_nobody_and_stops_nothing(
    chain: Chain, who: NewIdentity | None
) -> None:
    _file(chain, **BORN)
    assert _found(chain.police, who, birth_date="geen dag") == []


def test_everybody_born_on_the_first_of_january_1900_is_no_candidate_of_everybody(
    chain: Chain,
) -> None:
    for number in range(60):
        who = NewIdentity(given_name=f"Naam{chr(97 + number % 26) * 3}{number}")
        _file(chain, who, birth_date="1900-01-01")
    who = NewIdentity(given_name="Quirijn", family_name="Onvergelijkelijk")
    assert _found(chain.police, who, birth_date="1900-01-01") == []


def test_one_phone_in_many_files_speaks_hardly_for_anything(chain: Chain) -> None:
    shared = [
        _file(chain, NewIdentity(given_name=f"Naam{chr(97 + n)}", phone="0201234567"))
        for n in range(12)
    ]
    chosen = NewIdentity(given_name="Quirijn", phone="0201234567")
    found = candidates(actor=chain.police, identity=chosen)
    alone = candidates(actor=chain.police, identity=replace(chosen, given_name=""))
    assert {each.case_id for each in [*found, *alone]} <= set(shared)
    assert all(each.reasons.level == 0 for each in found)


def test_who_may_not_see_a_file_finds_nothing_of_it(chain: Chain) -> None:
    _file(chain, **BORN)
    assert _found(chain.shelter, WHO, **BORN) == []
    other = replace(chain.police, organisation_id=chain.shelter.organisation_id)
    assert _found(replace(other, purpose=""), WHO, **BORN) == []


def test_files_one_may_not_see_take_no_place_from_those_one_may(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("middenstip.linkage.candidates.AT_ONCE", 2)
    monkeypatch.setattr("middenstip.linkage.candidates.LOOK_AT", 1)
    for _ in range(6):
        _file(chain, **BORN)
    who = replace(WHO, given_name="Fatima", phone="")
    elsewhere = member("police", "Politie Elders (voorbeeld)")
    assert _found(elsewhere, WHO, **BORN) == []
    mine = chain.notified(by=elsewhere, identity=who, facts={"lawful_stay": False}).case_id
    assert _found(elsewhere, WHO, **BORN) == [mine]


def test_what_is_cut_is_not_compared_either(chain: Chain) -> None:
    case = _file(chain, **BORN)
    (found,) = candidates(actor=chain.police, identity=WHO, facts=BORN)
    assert "phone" in {line.kind for line in found.reasons.telling}
    with connection.cursor() as cursor:
        # As the owner without triggers: an involvement can otherwise only end.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE thread_involvement SET categories = array_remove(categories, 'contact')"
        )
        cursor.execute("SET LOCAL session_replication_role = origin")
    (less,) = candidates(actor=chain.police, identity=WHO, facts=BORN)
    assert less.case_id == case
    assert less.score < found.score
    phone = next(line for line in less.reasons.lines if line.kind == "phone")
    assert (phone.right, phone.level) == ("", 0)


def test_each_that_is_shown_stands_in_the_read_log(chain: Chain) -> None:
    case = _file(chain, **BORN)
    with collecting("test") as collector:
        candidates(actor=chain.police, identity=WHO)
        told = {key.case_id: seen.categories for key, seen in collector._seen.items()}
    assert "identity" in told[case]


def test_a_case_finds_the_others_of_the_person_with_what_was_decided(chain: Chain) -> None:
    one, two = _file(chain, **BORN), _file(chain, **BORN)
    police = chain.police
    (found,) = candidates_for_case(actor=police, case_id=one)
    assert (found.case_id, found.verdict) == (two, None)
    decide(police, one, two, "different")
    (found,) = candidates_for_case(actor=police, case_id=one)
    assert found.verdict is not None
    assert found.verdict.verdict == "different"


def test_two_files_are_compared_the_same_both_ways(chain: Chain) -> None:
    one = _file(chain, **{**BORN, "nationalities": ["DZ", "MA"]})
    two = _file(chain, replace(WHO, given_name="Fatma"), **{**BORN, "nationalities": ["MA"]})
    there = compared(actor=chain.police, one=one, two=two)
    back = compared(actor=chain.police, one=two, two=one)
    assert there.score == pytest.approx(back.score)
    assert {line.kind: line.level for line in there.reasons.lines} == {
        line.kind: line.level for line in back.reasons.lines
    }


def test_a_file_that_is_not_there_for_somebody_is_not_compared(chain: Chain) -> None:
    one, two = _file(chain, **BORN), _file(chain, **BORN)
    nameless = chain.notified(identity=None).case_id
    for pair in ((one, one), (one, nameless), (nameless, one)):
        with pytest.raises(NotThere):
            compared(actor=chain.police, one=pair[0], two=pair[1])
    with pytest.raises(NotThere):
        compared(actor=chain.shelter, one=one, two=two)
    with pytest.raises(NotThere):
        candidates_for_case(actor=chain.shelter, case_id=one)


def test_the_number_of_queries_does_not_grow_with_what_is_found(chain: Chain) -> None:
    counts = []
    for _ in range(2):
        for _ in range(3):
            _file(chain, **BORN)
        with (
            CaptureQueriesContext(
                connection,
            ) as caught,
            collecting("test"),
        ):
            candidates(actor=chain.police, identity=WHO, facts=BORN)
        counts.append(len(caught))
    assert counts[0] == counts[1]


def test_a_poisoned_file_of_many_names_is_bounded(chain: Chain) -> None:
    for number in range(8):
        _file(chain, NewIdentity(given_name=f"Naam{chr(97 + number)}", family_name="Ander"))
    poison = " ".join(f"Naam{chr(97 + number)}" for number in range(26)) + " Ander"
    found = candidates(
        actor=chain.police, identity=NewIdentity(given_name=poison, alias=poison)
    )
    assert all(each.reasons.level < 2 for each in found)


def test_twins_are_found_and_the_other_given_name_speaks_against(chain: Chain) -> None:
    _file(chain, replace(WHO, given_name="Khadija", alias=""), **BORN)
    asked = replace(WHO, given_name="Fatima", alias="")
    (found,) = candidates(actor=chain.police, identity=asked, facts=BORN)
    same = _file(chain, asked, **BORN)
    best = candidates(actor=chain.police, identity=asked, facts=BORN)[0]
    assert (best.case_id, best.score > found.score) == (same, True)


def test_a_day_of_another_type_is_read_as_well(chain: Chain) -> None:
    earlier = _file(chain, **BORN)
    assert _found(chain.police, WHO, birth_date=date(1995, 4, 13)) == [earlier]
