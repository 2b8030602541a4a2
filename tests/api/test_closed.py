# SPDX-License-Identifier: EUPL-1.2
"""What is not for somebody is answered alike, for a program, and says nothing."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from middenstip import clock
from middenstip.access.limits import Limited
from middenstip.access.models import User
from middenstip.access.rules import access_rule
from middenstip.api import urls
from middenstip.api.operations import router
from middenstip.thread.country import pack
from tests.api.conftest import BASE, PROBLEM, Program, program_of
from tests.api.test_operations import RECORDED
from tests.thread.chain import Chain, member

READS = ["", "/events", "/assessment", "/duties"]


def test_a_stranger_is_told_to_log_in_and_is_not_sent_to_a_page(stranger: Program) -> None:
    for path in ("/me", "/cases", f"/cases/{uuid4()}", "/pack/purposes", "/worklist/today"):
        answer = stranger.get(path)
        assert (answer.status_code, answer["Content-Type"]) == (401, PROBLEM)
        assert not answer.has_header("Location")
    partial = stranger.client.get(f"{BASE}/me", headers={"HX-Request": "true"})
    assert (partial.status_code, partial.has_header("HX-Redirect")) == (401, False)


@pytest.mark.django_db
def test_somebody_without_an_organisation_is_told_to_choose_one() -> None:
    client = Client()
    client.force_login(User.objects.create_user("los@test.example", display_name="A"))
    answer = client.get(f"{BASE}/cases")
    assert (answer.status_code, answer["Content-Type"]) == (403, PROBLEM)


def test_a_change_without_the_csrf_token_is_refused(police: Program, case: UUID) -> None:
    seen = police.version(case)
    forged = replace(police, token="")
    answer = forged.post(f"/cases/{case}/events", RECORDED, If_Match=seen)
    assert (answer.status_code, answer["Content-Type"]) == (403, PROBLEM)
    assert police.version(case) == seen


def test_no_operation_escapes_the_check_of_the_csrf_token() -> None:
    assert not [e.name for e in urls.urlpatterns if getattr(e.callback, "csrf_exempt", False)]


@pytest.mark.parametrize("part", READS)
def test_a_case_of_others_and_no_case_are_one_answer(
    chain: Chain, case: UUID, part: str
) -> None:
    outside = program_of(member("police", "Voorbeeld elders"))
    assert program_of(chain.police).get(f"/cases/{case}{part}").status_code == 200
    theirs, nowhere = (
        outside.get(f"/cases/{case}{part}"),
        outside.get(f"/cases/{uuid4()}{part}"),
    )
    assert theirs.status_code == nowhere.status_code == 404
    assert theirs.content == nowhere.content
    told, also = dict(theirs.headers), dict(nowhere.headers)
    told.pop("Expires"), also.pop("Expires")  # the second of the answer
    assert told == also


def test_recording_in_a_case_of_others_is_as_in_no_case(chain: Chain, case: UUID) -> None:
    outside = program_of(member("police", "Voorbeeld elders"))
    theirs = outside.post(f"/cases/{case}/events", RECORDED, If_Match='"3"')
    nowhere = outside.post(f"/cases/{uuid4()}/events", RECORDED, If_Match='"3"')
    assert theirs.status_code == nowhere.status_code == 404
    assert theirs.content == nowhere.content


def test_what_an_organisation_may_not_record_is_as_not_there(
    police: Program, case: UUID
) -> None:
    theirs = next(
        name for name, event in pack().events.items() if "police" not in event.recorded_by
    )
    seen = police.version(case)
    event = {**RECORDED, "type": theirs, "fields": {}}
    answer = police.post(f"/cases/{case}/events", event, If_Match=seen)
    nowhere = police.post(f"/cases/{uuid4()}/events", event, If_Match=seen)
    assert answer.status_code == nowhere.status_code == 404
    assert answer.content == nowhere.content
    assert police.version(case) == seen


@pytest.mark.parametrize(
    "path", ["", "/", "/nothing", "/cases/x", "/cases/", "/docs", "/openapi"]
)
def test_an_address_that_is_not_there_is_a_problem(police: Program, path: str) -> None:
    answer = police.get(path)
    assert (answer.status_code, answer["Content-Type"]) == (404, PROBLEM)
    assert answer["API-Version"] == "1.0.0"


def test_a_method_that_an_address_does_not_have_names_those_it_has(police: Program) -> None:
    answer = police.client.get(f"{BASE}/assess")
    assert (answer.status_code, answer["Content-Type"]) == (405, PROBLEM)
    assert answer["Allow"] == "POST"


def test_pages_keep_their_own_errors(client: Client, db: None) -> None:
    assert client.get("/nothing/").headers["Content-Type"].startswith("text/html")
    assert not client.get("/account/login/").has_header("API-Version")


def test_every_operation_states_its_rule() -> None:
    assert all(entry.callback.access_rule for entry in urls.urlpatterns)


def test_two_rules_at_one_address_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    view = next(each for each in router.path_operations.values() if len(each.operations) > 1)
    other = access_rule("public")(lambda request: None)
    monkeypatch.setattr(view.operations[0], "view_func", other)
    with pytest.raises(ImproperlyConfigured, match="different rules"):
        urls._rules()


def test_who_asks_too_much_is_told_when_to_go_on(
    police: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def used_up(**_: object) -> None:
        raise Limited(clock.now() + timedelta(seconds=90))

    monkeypatch.setattr("middenstip.api.operations.finding.find_cases", used_up)
    answer = police.get("/cases")
    assert (answer.status_code, answer["Content-Type"]) == (429, PROBLEM)
    assert 80 < int(answer["Retry-After"]) <= 90


def test_an_error_of_ours_tells_nothing_of_what_it_was(
    police: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(**_: object) -> None:
        raise RuntimeError("A. Voorbeeld, born 1995")

    monkeypatch.setattr("middenstip.api.operations.finding.find_cases", fails)
    police.client.raise_request_exception = False
    answer = police.get("/cases")
    assert (answer.status_code, answer["Content-Type"]) == (500, PROBLEM)
    assert "Voorbeeld" not in answer.content.decode()
