# SPDX-License-Identifier: EUPL-1.2
"""The operations give what the selectors and services give, as JSON."""

import json
from datetime import timedelta
from uuid import UUID

import pytest

from middenstip import clock
from middenstip.thread import selectors, worklists
from middenstip.thread.models import Event
from middenstip.thread.records import NewIdentity
from tests.api.conftest import PROBLEM, Program, program_of
from tests.thread.chain import RIGHTS, Chain, member

RECORDED = {"type": "rights_explained", "on": clock.today().isoformat(), "fields": RIGHTS}


def test_me_tells_for_which_organisation_one_acts(chain: Chain, police: Program) -> None:
    told = police.get("/me").json()
    assert told["organisation"] == {
        "id": str(chain.police.organisation_id),
        "kind": "police",
        "name": "Voorbeeld police",
    }
    assert told["language"] == "en"


def test_a_list_tells_how_many_there_are_and_where_the_others_are(
    chain: Chain, police: Program
) -> None:
    cases = {str(chain.notified().case_id) for _number in range(3)}
    first = police.get("/cases?page_size=2").json()
    assert (first["count"], len(first["results"]), first["previous"]) == (3, 2, None)
    second = police.client.get(first["next"]).json()
    assert (second["next"], len(second["results"])) == (None, 1)
    assert second["previous"].endswith("/api/v1/cases?page_size=2&page=1")
    assert {each["case_id"] for each in [*first["results"], *second["results"]]} == cases


def test_words_to_look_for_stand_in_the_body_and_in_no_address(
    chain: Chain, police: Program
) -> None:
    opened = [chain.notified() for _number in range(3)]
    found = police.post("/cases/_search?page_size=1", {"words": opened[1].pseudonym}).json()
    assert [each["pseudonym"] for each in found["results"]] == [opened[1].pseudonym]
    assert found["count"] == 1
    every = police.post("/cases/_search?page_size=1", {"words": ""}).json()
    assert every["next"].endswith("/api/v1/cases/_search?page_size=1&page=2")


def test_a_case_comes_with_its_version_as_etag(police: Program, case: UUID) -> None:
    answer = police.get(f"/cases/{case}")
    assert answer["ETag"] == f'"{answer.json()["version"]}"'
    assert answer["API-Version"] == "1.0.0"
    assert "no-store" in answer["Cache-Control"]


def test_the_thread_is_that_of_the_selector(chain: Chain, police: Program, case: UUID) -> None:
    told = police.get(f"/cases/{case}/events").json()
    expected = selectors.thread_of(actor=chain.police, case_id=case)
    assert [(each["seq"], each["type"]) for each in told["results"]] == [
        (each.seq, each.type) for each in expected
    ]
    assert told["count"] == len(expected)
    assert told["results"][0]["fields"] == dict(expected[0].fields)


def test_the_assessment_is_that_of_the_selector_on_the_day_asked(
    chain: Chain, police: Program, case: UUID
) -> None:
    day = clock.today() - timedelta(days=5)
    told = police.get(f"/cases/{case}/assessment?on={day}").json()
    expected = selectors.assessment_of(actor=chain.police, case_id=case, on=day, lang="en")
    assert told["on"] == day.isoformat()
    assert {each["id"]: each["outcome"] for each in told["schemes"]} == {
        each.id: each.outcome for each in expected.schemes
    }
    assert [each["key"] for each in told["duties"]] == [each.key for each in expected.duties]
    assert told["facts"]["birth_date"] == "1995-04-13"
    assert all(each["label"] for each in [*told["schemes"], *told["duties"]])


def test_what_was_recorded_later_is_left_out_when_asked(police: Program, case: UUID) -> None:
    before = clock.today() - timedelta(days=1)
    told = police.get(f"/cases/{case}/assessment?known_on={before}").json()
    assert told["on"] == before.isoformat()
    assert "birth_date" not in told["facts"]


def test_the_duties_are_those_of_the_assessment(
    chain: Chain, police: Program, case: UUID
) -> None:
    told = police.get(f"/cases/{case}/duties").json()["results"]
    expected = selectors.assessment_of(actor=chain.police, case_id=case).duties
    assert expected
    assert [(each["key"], each["state"]) for each in told] == [
        (each.key, each.state) for each in expected
    ]


def test_the_worklist_is_read_by_section(chain: Chain, police: Program, case: UUID) -> None:
    whole = worklists.worklist(actor=chain.police)
    for section in worklists.SECTIONS:
        told = police.get(f"/worklist/{section}").json()
        assert told["count"] == getattr(whole, section).total


def test_only_the_coordination_point_reads_the_worklist_of_another(
    chain: Chain, police: Program, case: UUID
) -> None:
    path = f"/worklist/overdue?organisation={chain.care_coordinator.organisation_id}"
    assert police.get(path).status_code == 404
    assert program_of(chain.coordination_point).get(path).status_code == 200


def test_an_event_is_recorded_once_with_the_version_that_was_seen(
    police: Program, case: UUID
) -> None:
    seen = police.version(case)
    answer = police.post(f"/cases/{case}/events", RECORDED, If_Match=seen)
    assert answer.status_code == 201
    assert answer["ETag"] == police.version(case) != seen
    again = police.post(f"/cases/{case}/events", RECORDED, If_Match=seen)
    assert (again.status_code, again["Content-Type"]) == (412, PROBLEM)
    assert again["ETag"] == answer["ETag"]
    assert again.json()["version"] == answer.json()["version"]
    assert Event.objects.filter(case_id=case, type="rights_explained").count() == 1


def test_recording_without_the_version_that_was_seen_is_refused(
    police: Program, case: UUID
) -> None:
    answer = police.post(f"/cases/{case}/events", RECORDED)
    assert answer.status_code == 400
    assert answer.json()["errors"] == [
        {"in": "header", "field": "If-Match", "message": "This is missing."}
    ]


def test_what_somebody_told_is_recorded_as_facts(police: Program, case: UUID) -> None:
    told = {
        "type": "facts_recorded",
        "on": clock.today().isoformat(),
        "fields": {"facts": {"in_danger": True}},
    }
    answer = police.post(f"/cases/{case}/events", told, If_Match=police.version(case))
    assert answer.status_code == 201
    assert police.get(f"/cases/{case}/assessment").json()["facts"]["in_danger"] is True


def test_an_event_that_the_law_refuses_is_a_conflict_with_rule_and_source(
    police: Program, case: UUID
) -> None:
    day = clock.today().isoformat()
    for event in (
        {"type": "reflection_period_offered", "on": day, "fields": {"by": "police"}},
        {"type": "reflection_period_started", "on": day, "fields": {}},
    ):
        answer = police.post(f"/cases/{case}/events", event, If_Match=police.version(case))
    ended = {
        "type": "reflection_period_ended",
        "on": day,
        "fields": {"ended_by": "police", "ground": "other"},
    }
    answer = police.post(f"/cases/{case}/events", ended, If_Match=police.version(case))
    assert answer.status_code == 409, answer.content
    told = answer.json()
    assert told["rule"]
    assert told["sources"][0]["article"]


def test_all_that_is_wrong_in_an_event_is_told_at_once(police: Program, case: UUID) -> None:
    wrong = {
        "type": "rights_explained",
        "on": clock.today().isoformat(),
        "fields": {"by": "nobody", "language": 7, "shoe": "38"},
    }
    answer = police.post(f"/cases/{case}/events", wrong, If_Match=police.version(case))
    assert (answer.status_code, answer["Content-Type"]) == (400, PROBLEM)
    named = {each["field"] for each in answer.json()["errors"]}
    assert {"fields.by", "fields.language", "fields.shoe"} <= named


def test_a_day_is_a_day_and_not_a_number_of_seconds(police: Program, case: UUID) -> None:
    for wrong in (1719532800, "1719532800", "28-06-2024", "2024-06-31", "0001-01-01", None):
        body = {**RECORDED, "on": wrong}
        answer = police.post(f"/cases/{case}/events", body, If_Match=police.version(case))
        assert answer.status_code == 400, wrong
        assert [each["field"] for each in answer.json()["errors"]] == ["on"]
        assert police.get(f"/cases/{case}/assessment?on={wrong}").status_code == 400


def test_a_story_is_judged_as_the_command_does_and_not_stored(
    chain: Chain, police: Program
) -> None:
    story = {
        "facts": {"nationalities": ["NG"], "lawful_stay": False},
        "events": [{"type": "indication_seen", "on": "2014-07-01", "by": "police"}],
    }
    before = Event.objects.count()
    told = police.post("/assess?on=2014-07-15", story).json()
    assert told["on"] == "2014-07-15"
    assert "applies" in {each["outcome"] for each in told["schemes"]}
    assert Event.objects.count() == before


def test_all_that_is_wrong_in_a_story_is_told_at_its_place(police: Program) -> None:
    wrong = {"facts": {"shoe": 38}, "events": [{"type": "indication_seen"}]}
    errors = police.post("/assess", wrong).json()["errors"]
    assert [each["field"] for each in errors] == ["facts.shoe", "events[0].on"]


def test_the_pack_tells_its_purposes_and_the_schemes_of_a_day(police: Program) -> None:
    purposes = police.get("/pack/purposes").json()["results"]
    assert all(each["label"] and each["categories"] is not None for each in purposes)
    assert police.get("/pack/schemes?on=2014-07-01").json()["count"] > 0
    assert police.get("/pack/schemes?on=1900-01-01").json()["count"] == 0


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"", "application/json", 400),
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'{"words": "a", "words": "b"}', "application/json", 400),
        (b'{"words": NaN}', "application/json", 400),
        (b'{"words": "\xff"}', "application/json", 400),
        (b'{"words": "\\u0000"}', "application/json", 400),
        (b'{"words": "\\ud800"}', "application/json", 400),
        (b'{"words": ' + b"[" * 200 + b"]" * 200 + b"}", "application/json", 400),
        (b'{"words": ' + b"[" * 90_000 + b"]" * 90_000 + b"}", "application/json", 400),
        (b'{"words": "' + b"x" * 201 + b'"}', "application/json", 400),
        (b'{"words": "a"}', "text/plain", 415),
        (b"words=a", "application/x-www-form-urlencoded", 415),
        (b'{"words": "' + b"x" * 6_000_000 + b'"}', "application/json", 400),
    ],
    ids=lambda value: repr(value[:24]) if isinstance(value, bytes) else str(value),
)
def test_a_body_that_cannot_be_read_is_a_problem(
    police: Program, body: bytes, kind: str, status: int
) -> None:
    answer = police.post("/cases/_search", body, content_type=kind)
    assert (answer.status_code, answer["Content-Type"]) == (status, PROBLEM)
    assert answer.json()["status"] == status


def test_candidates_tell_which_earlier_files_one_may_see_and_why(chain: Chain) -> None:
    who = NewIdentity(given_name="Voornaam", family_name="Voorbeeldsma", phone="0612345678")
    opened = chain.notified(identity=who)
    asked = {
        "given_name": "Vornaam",
        "family_name": "Voorbeeldsma",
        "birth_date": "1995-04-13",
        "nationalities": ["NG"],
    }
    police, stranger = program_of(chain.police), program_of(member("police", "Politie elders"))
    (found,) = police.post("/candidates", asked).json()["results"]
    assert (found["case_id"], found["level"]) == (str(opened.case_id), 2)
    assert {"names", "birth date"} <= {each["kind"] for each in found["reasons"]}
    told = json.dumps(found)
    assert not [
        word for word in ("Voornaam", "Voorbeeldsma", "0612345678", "1995") if word in told
    ]
    for nobody in (stranger, program_of(chain.rapporteur)):
        assert nobody.post("/candidates", asked).json()["results"] == []
    assert police.post("/candidates", {}).json()["count"] == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"given_name": "x" * 201},
        {"sex": "forged"},
        {"nationalities": ["NG"] * 11},
        {"nationalities": ["nowhere"]},
        {"birth_date": "13-04-1995"},
        {"name": "Voornaam"},
    ],
)
def test_what_is_asked_of_candidates_must_be_right(
    police: Program, wrong: dict[str, object]
) -> None:
    answer = police.post("/candidates", wrong)
    assert (answer.status_code, answer["Content-Type"]) == (400, PROBLEM)
    assert next(iter(wrong)) in answer.content.decode()
