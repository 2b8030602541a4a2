# SPDX-License-Identifier: EUPL-1.2
"""The description of the API is open, true and kept with the documents."""

import json
from pathlib import Path

import pytest
from django.test import Client

from middenstip.api import document, urls
from tests.api.conftest import BASE

KEPT = Path(__file__).parents[2] / "docs" / "schema" / "openapi.json"


def test_the_kept_description_is_that_of_the_code() -> None:
    assert KEPT.read_text(encoding="utf-8") == document.as_text(), (
        "Run: script/middenstip api > docs/schema/openapi.json"
    )


@pytest.mark.django_db
def test_anybody_may_read_the_description(client: Client) -> None:
    answer = client.get(f"{BASE}/openapi.json")
    assert answer.status_code == 200
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer.json()["openapi"].startswith("3.1")


def test_every_operation_is_described_with_the_problems_it_may_answer() -> None:
    told = document.described()
    named = {
        operation["operationId"]: operation
        for methods in told["paths"].values()
        for operation in methods.values()
    }
    assert set(named) == {entry.name for entry in urls.urlpatterns} - {"openapi"}
    for operation in named.values():
        assert {"401", "403"} <= set(operation["responses"])
        assert operation["description"]
        assert not any(status.startswith("422") for status in operation["responses"])


def test_no_parameter_of_an_address_can_hold_what_is_known_of_a_person() -> None:
    parameters = {
        each["name"]
        for methods in document.described()["paths"].values()
        for operation in methods.values()
        for each in operation["parameters"]
    }
    assert parameters == {
        "case_id", "page", "page_size", "on", "known_on", "section", "organisation", "If-Match",
    }  # fmt: skip


def test_the_description_holds_no_text_that_is_not_json() -> None:
    assert json.loads(document.as_text()) == document.described()
