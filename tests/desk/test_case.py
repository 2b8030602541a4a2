# SPDX-License-Identifier: EUPL-1.2
"""The page of a case: what it tells, to whom, and as of which day."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from middenstip import clock
from middenstip.rules.dates import full_years
from middenstip.thread import services
from tests.desk.conftest import Enter
from tests.thread.chain import Chain


def test_the_page_tells_who_what_next_and_where_the_needs_stand(
    chain: Chain, enter: Enter, story: UUID
) -> None:
    page = enter(chain.coordination_point).get(f"/cases/{story}/")
    age = full_years(date(1999, 4, 13), clock.today())
    assert set(page.context["facts"]) == {f"{age} years old", "female"}
    near = enter(chain.care_coordinator).get(f"/cases/{story}/").context["facts"]
    assert set(near) == {f"{age} years old", "female", "English", "interpreter needed"}
    assert page.context["alerts"] == ("in danger now",)
    duties = page.context["duties"]
    assert duties[0]["left"] < 0
    assert any(duty["mine"] for duty in duties)
    sectors = {sector.id: sector.state for sector in page.context["sectors"]}
    assert sectors["shelter"] == "urgent"
    assert sectors["residence"] == "later"
    assert len(sectors) == 11


def test_unknown_age_counts_as_possibly_a_minor(chain: Chain, enter: Enter) -> None:
    opened = chain.notified(facts={"sex": "male"})
    page = enter(chain.coordination_point).get(f"/cases/{opened.case_id}/")
    assert page.context["facts"][:2] == ("age not known", "may be a minor")


def test_a_child_is_named_as_such(chain: Chain, enter: Enter) -> None:
    opened = chain.notified(facts={"age": 15})
    page = enter(chain.coordination_point).get(f"/cases/{opened.case_id}/")
    assert page.context["facts"][:2] == ("15 years old", "minor")


def test_every_scheme_in_force_comes_with_a_receipt(
    chain: Chain, enter: Enter, story: UUID
) -> None:
    page = enter(chain.coordination_point).get(f"/cases/{story}/").context["page"]
    rights = [r for need in page.rights for r in (*need.shown, *need.others)]
    assert {right.id for right in rights} == {scheme.id for scheme in page.assessment.schemes}
    for right in rights:
        assert right.sources
        assert right.facts
        assert right.because or right.outcome == "applies"
    unsure = next(right for right in rights if right.id == "NL-COM-04")
    assert unsure.unsure


def test_a_missing_fact_leads_to_its_question(chain: Chain, enter: Enter, story: UUID) -> None:
    client = enter(chain.coordination_point)
    page = client.get(f"/cases/{story}/")
    missing = [
        fact
        for need in page.context["page"].rights
        for right in need.shown
        for fact, _label, askable in right.missing
        if askable
    ]
    assert missing
    for fact in set(missing):
        assert client.get(f"/cases/{story}/facts/", {"fact": fact}).status_code == 200


def test_the_next_question_is_answered_on_the_spot(
    chain: Chain, enter: Enter, story: UUID
) -> None:
    client = enter(chain.care_coordinator)
    page = client.get(f"/cases/{story}/")
    fact = page.context["page"].assessment.next_question
    version = page.context["page"].case.version
    assert fact == "criminal_case"
    answer = client.post(
        f"/cases/{story}/answer/{fact}/",
        {"question-criminal_case": "investigation", "question-version": version},
    )
    assert answer.status_code == 302
    after = client.get(f"/cases/{story}/").context["page"]
    assert after.assessment.facts["criminal_case"] == "investigation"
    assert after.assessment.next_question != fact


def test_no_answer_to_the_question_records_nothing(
    chain: Chain, enter: Enter, story: UUID
) -> None:
    client = enter(chain.coordination_point)
    version = client.get(f"/cases/{story}/").context["page"].case.version
    answer = client.post(
        f"/cases/{story}/answer/criminal_case/",
        {"question-criminal_case": "", "question-version": version},
    )
    assert answer.status_code == 422
    assert "Nothing is new here" in answer.content.decode()
    assert client.get(f"/cases/{story}/").context["page"].case.version == version


def test_a_case_one_may_not_see_is_not_there(chain: Chain, enter: Enter, story: UUID) -> None:
    seen = enter(chain.coordination_point).get(f"/cases/{story}/")
    pseudonym = seen.context["page"].case.pseudonym
    paths = ("", "record/", "record/rights_explained/", "facts/", "answer/age/")
    for actor in (chain.prosecution, chain.shelter, chain.rapporteur):
        client = enter(actor)
        for path in paths:
            hidden = client.get(f"/cases/{story}/{path}")
            absent = client.get(f"/cases/{uuid4()}/{path}")
            assert (hidden.status_code, absent.status_code) == (404, 404)
            assert pseudonym not in hidden.content.decode()


def test_a_correction_shows_what_it_replaced(chain: Chain, enter: Enter, story: UUID) -> None:
    page = enter(chain.care_coordinator).get(f"/cases/{story}/").context["page"]
    correction = next(line for line in page.lines if line.replaces)
    assert correction.what == "Taken back"
    assert "Rights explained" in correction.replaces
    wrong = next(line for line in page.lines if line.state == "corrected")
    assert wrong.correct_href == ""


def test_only_who_recorded_an_event_or_coordinates_is_offered_to_correct_it(
    chain: Chain, enter: Enter, story: UUID
) -> None:
    care = enter(chain.care_coordinator).get(f"/cases/{story}/").context["page"]
    assert not any(line.correct_href for line in care.lines)
    police = enter(chain.police).get(f"/cases/{story}/").context["page"]
    own = [line for line in police.lines if line.organisation == "Voorbeeld police"]
    assert all(line.correct_href for line in own if line.state != "corrected")
    assert not any(
        line.correct_href for line in police.lines if line.organisation != "Voorbeeld police"
    )


def test_a_case_as_it_was_known_on_an_earlier_day(chain: Chain, enter: Enter) -> None:
    today = clock.today()
    with clock.at(today - timedelta(days=40)):
        opened = chain.notified(on=today - timedelta(days=40), facts={"age": 30})
    chain.record(
        chain.police, opened.case_id, "reflection_period_started", today - timedelta(days=39)
    )
    client = enter(chain.coordination_point)
    day = today - timedelta(days=20)
    now = client.get(f"/cases/{opened.case_id}/", {"on": f"{day:%d-%m-%Y}", "known": "now"})
    assert now.context["page"].assessment.facts["stay_ground"] == "reflection_period"
    assert now.context["page"].assessment.on == day
    assert now.context["record_url"] == ""
    assert "You look back at" in now.content.decode()


def test_what_was_recorded_later_was_not_known_then(
    chain: Chain, enter: Enter, story: UUID
) -> None:
    yesterday = clock.today() - timedelta(days=1)
    client = enter(chain.coordination_point)
    then = client.get(f"/cases/{story}/", {"on": yesterday.isoformat(), "known": "then"})
    # Everything in the story was recorded today, about days that lie before.
    assert then.context["page"].lines == ()
    assert then.context["page"].assessment.duties == ()
    now = client.get(f"/cases/{story}/", {"on": yesterday.isoformat(), "known": "now"})
    assert now.context["page"].lines


@pytest.mark.parametrize(
    "day", ["31-02-2014", "2999-01-01", "1990-01-01", "x", "\x00", "😀", "1" * 3000]
)
def test_a_day_that_is_none_gives_a_message_and_the_case_of_today(
    chain: Chain, enter: Enter, story: UUID, day: str
) -> None:
    page = enter(chain.coordination_point).get(f"/cases/{story}/", {"on": day, "known": "then"})
    assert page.status_code == 200
    assert page.context["look_back"].errors["on"]
    assert not page.context["page"].moment.past


def test_the_page_asks_the_database_the_same_number_of_times_however_long_the_thread(
    chain: Chain, enter: Enter, story: UUID
) -> None:
    client = enter(chain.coordination_point)
    client.get(f"/cases/{story}/")
    with CaptureQueriesContext(connection) as short:
        client.get(f"/cases/{story}/")
    for _each in range(5):
        chain.record(chain.police, story, "statement_given", by_victim=True)
        services.record_facts(actor=chain.police, case_id=story, facts={"children_along": 1})
    with CaptureQueriesContext(connection) as long:
        client.get(f"/cases/{story}/")
    assert len(long) == len(short)
    assert len(long) <= 24
