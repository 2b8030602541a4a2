# SPDX-License-Identifier: EUPL-1.2
"""Knock at every operation from outside, with what fits its description and what does not.

As a stranger, as a member of an organisation that is in no case, and as one that is in one case
and not in another. Holds: nothing fails with a 500, every answer is as described, no answer
holds anything of a case of others, and such a case is answered as one that is not there.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from typing import Any
from uuid import UUID, uuid4

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from middenstip import clock
from middenstip.api import document
from middenstip.thread.models import Event
from middenstip.thread.records import NewIdentity
from middenstip.wsgi import application
from tests.api.conftest import Program, program_of
from tests.thread.chain import Chain, member

MARK = "Verzonnenmerk"
EXAMPLES = 6
CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
# Who logs in is chosen by each test, not drawn.
DESCRIBED = {name: part for name, part in document.described().items() if name != "security"}
OPERATIONS = [
    found.ok() for found in schemathesis.openapi.from_dict(DESCRIBED).get_all_operations()
]
# Every other body is brought near the truth: by chance alone none would be taken.
NEAR = {
    "record_event": {"type": "indication_seen", "on": "2024-06-28", "fields": {"by": "police"}},
    "search_cases": {"words": MARK},
    "assess": {
        "facts": {"nationalities": ["NG"], "lawful_stay": False},
        "events": [{"type": "indication_seen", "on": "2014-07-01", "by": "police"}],
    },
}


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Leave out the line that Django logs for every refusal."""
    for name in ("django.request", "django.security.csrf"):
        caplog.set_level(logging.ERROR, logger=name)


@contextmanager
def _connection_kept() -> Iterator[None]:
    """Keep the connection and the transaction of the test, as Django's own test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


@pytest.fixture
def hidden(chain: Chain) -> tuple[UUID, set[str]]:
    """A case that only others are in, and what of it must never be told."""
    opened = chain.notified(
        by=(other := member("police", f"{MARK} politie")),
        identity=NewIdentity(given_name=f"{MARK} naam", alias=f"{MARK} alias"),
    )
    day = clock.today()
    chain.record(other, opened.case_id, "reflection_period_offered", day, by="police")
    events = Event.objects.filter(case_id=opened.case_id).values_list("id", flat=True)
    told = {opened.case_id, opened.person_id, other.organisation_id, *events}
    return opened.case_id, {MARK, opened.pseudonym, *(str(each) for each in told)}


def _generated(operation: Any, examples: int) -> Iterator[Case]:
    """Draw the same cases each time: some that fit the description, some that do not."""
    drawn: list[Case] = []
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

        @settings(
            max_examples=examples,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def draw(case: Case) -> None:
            drawn.append(case)

        try:
            draw()
        except Unsatisfiable:
            # Of an operation without input nothing can be made that does not fit.
            assert mode is GenerationMode.NEGATIVE, operation.label
    yield from drawn


def _answer(case: Case, program: Program) -> Any:
    cookies = {name: each.value for name, each in program.client.cookies.items()}
    with _connection_kept():
        return case.call(
            app=application, headers={"X-CSRFToken": program.token}, cookies=cookies
        )


def _knock(program: Program, case_ids: list[UUID], secrets: set[str]) -> dict[str, set[int]]:
    """Try every operation; return which statuses each answered with."""
    seen: dict[str, set[int]] = {}
    places = cycle(case_ids)
    for operation in OPERATIONS:
        name = operation.definition.raw["operationId"]
        for number, case in enumerate(_generated(operation, EXAMPLES)):
            fits = case.meta is not None and case.meta.generation.mode.is_positive
            if fits and "case_id" in case.path_parameters:
                case.path_parameters["case_id"] = str(next(places))
            if fits and name in NEAR and number % 2:
                case.body = NEAR[name]
                case.query = {}
            answer = _answer(case, program)
            case.validate_response(answer, checks=CHECKS)
            assert answer.headers["api-version"] == ["1.0.0"]
            found = [each for each in secrets if each in answer.text]
            assert not found, f"{operation.label} told {found}"
            seen.setdefault(operation.label, set()).add(answer.status_code)
    return seen


def _same_as_nowhere(program: Program, case_id: UUID) -> None:
    for operation in OPERATIONS:
        if "{case_id}" not in operation.path:
            continue
        answers = []
        for place in (case_id, uuid4()):
            case = operation.Case(path_parameters={"case_id": str(place)}, headers={})
            if operation.method == "post":
                case.headers["If-Match"] = '"3"'
                case.media_type = "application/json"
                case.body = {"type": "indication_seen", "on": "2024-06-28", "fields": {}}
            answers.append(_answer(case, program))
        theirs, nowhere = answers
        assert (theirs.status_code, theirs.content) == (404, nowhere.content), operation.label


@pytest.mark.django_db
def test_a_stranger_gets_nothing_but_the_request_to_log_in(
    hidden: tuple[UUID, set[str]],
) -> None:
    case_id, secrets = hidden
    seen = _knock(Program(Client()), [case_id, uuid4()], secrets)
    assert set().union(*seen.values()) <= {401, 403, 404}


def test_a_member_without_involvement_sees_no_case(
    chain: Chain, hidden: tuple[UUID, set[str]]
) -> None:
    case_id, secrets = hidden
    program = program_of(chain.shelter)
    seen = _knock(program, [case_id, uuid4()], secrets)
    assert 200 in seen["GET /api/v1/cases"]
    for label, statuses in seen.items():
        if "{case_id}" in label:
            assert statuses <= {400, 404}, label
    _same_as_nowhere(program, case_id)


def test_a_member_sees_the_own_case_and_nothing_of_another(
    chain: Chain, hidden: tuple[UUID, set[str]]
) -> None:
    case_id, secrets = hidden
    mine = chain.notified().case_id
    program = program_of(chain.police)
    seen = _knock(program, [mine, mine, case_id, uuid4()], secrets)
    for label, statuses in seen.items():
        if label.startswith("GET") and "{case_id}" in label:
            assert {200, 404} <= statuses, label
    _same_as_nowhere(program, case_id)
