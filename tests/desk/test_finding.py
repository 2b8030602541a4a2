# SPDX-License-Identifier: EUPL-1.2
"""Finding a case by pseudonym, among the cases one may see; nothing stands in the address."""

from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from middenstip.thread.finding import find_cases
from middenstip.thread.models import Person
from tests.desk.conftest import Enter
from tests.thread.chain import Chain

pytestmark = pytest.mark.django_db


def _named(case_id: UUID, pseudonym: str) -> None:
    Person.objects.filter(cases=case_id).update(pseudonym=pseudonym)


@pytest.fixture
def named(chain: Chain) -> dict[str, UUID]:
    """Three cases notified by the police, with pseudonyms we know."""
    cases = {}
    for pseudonym in ("Vlier-Zes-Kade", "Vlier-Acht-Kade", "Eik-Zes-Poort"):
        cases[pseudonym] = chain.notified().case_id
        _named(cases[pseudonym], pseudonym)
    return cases


@pytest.mark.parametrize("words", ["Eik-Zes-Poort", "eik zes poort", " POORT ", "poort-eik"])
def test_one_hit_opens_the_case(
    chain: Chain, enter: Enter, named: dict[str, UUID], words: str
) -> None:
    answer = enter(chain.police).post("/cases/", {"words": words})
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/cases/{named['Eik-Zes-Poort']}/"


def test_several_hits_are_listed(chain: Chain, enter: Enter, named: dict[str, UUID]) -> None:
    page = enter(chain.police).post("/cases/", {"words": "vlier"})
    text = page.content.decode()
    assert "2 cases found" in text
    assert "Vlier-Acht-Kade" in text
    assert "Eik-Zes-Poort" not in text


def test_a_case_one_may_not_see_is_not_there(
    chain: Chain, enter: Enter, named: dict[str, UUID]
) -> None:
    client = enter(chain.prosecution)
    page = client.post("/cases/", {"words": "Eik-Zes-Poort"})
    assert page.status_code == 200
    assert str(named["Eik-Zes-Poort"]) not in page.content.decode()
    assert "No case found that you may see" in page.content.decode()
    assert find_cases(actor=chain.prosecution).total == 0
    assert find_cases(actor=chain.coordination_point).total == 3


@pytest.mark.parametrize(
    ("words", "status"),
    [("%", 200), ("_", 200), ("' OR 1=1 --", 200), ("a\x00b", 422), ("x" * 101, 422)],
)
def test_odd_words_find_nothing_and_break_nothing(
    chain: Chain, enter: Enter, named: dict[str, UUID], words: str, status: int
) -> None:
    page = enter(chain.police).post("/cases/", {"words": words})
    assert page.status_code == status
    if status == 200:
        assert "No case found" in page.content.decode()


def test_the_list_leafs_and_asks_the_same_number_of_queries(
    chain: Chain, enter: Enter, named: dict[str, UUID]
) -> None:
    first = find_cases(actor=chain.police, length=2)
    second = find_cases(actor=chain.police, page=2, length=2)
    assert {i.case_id for i in (*first.items, *second.items)} == set(named.values())
    client = enter(chain.police)
    client.get("/cases/")
    with CaptureQueriesContext(connection) as few:
        client.get("/cases/")
    for _ in range(4):
        chain.notified()
    with CaptureQueriesContext(connection) as many:
        client.get("/cases/")
    assert len(few) == len(many)
