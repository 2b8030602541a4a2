# SPDX-License-Identifier: EUPL-1.2
"""Values on their way in: what is kept, and what is refused with a message that tells why."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from middenstip.pack.model import EventField
from middenstip.thread.values import clean_fields, clean_text, clean_value


def field(type_: str, **more: Any) -> EventField:
    return EventField(type=type_, label={"nl": "Veld", "en": "Field"}, **more)  # type: ignore[arg-type]


KEPT = {
    "a date": ("date", date(2024, 2, 29), "2024-02-29"),
    "a date as text": ("date", "2024-02-29", "2024-02-29"),
    "a number": ("integer", 17, 17),
    "no": ("yes_no", False, False),
    "whole euros": ("money", Decimal("15000.00"), 15000),
    "euros and cents": ("money", Decimal("1250.37"), 1250.37),
    "text with lines": ("text", "een\r\ntwee\r\tdrie ", "een\ntwee\n\tdrie"),
    "text from right to left": ("text", "شاهد عيان", "شاهد عيان"),
    "emoji": ("text", "👩🏽‍⚕️ gezien", "👩🏽‍⚕️ gezien"),
    "a formula": ("text", "=1+2", "=1+2"),
}
REFUSED = {
    "a moment": ("date", datetime(2024, 2, 29, tzinfo=UTC)),
    "a day that does not exist": ("date", "2023-02-29"),
    "a week date": ("date", "2024-W09-4"),
    "a basic date": ("date", "20240229"),
    "a year of another age": ("date", "0024-02-29"),
    "yes as a number": ("integer", True),
    "a number as text": ("integer", "17"),
    "a broken number": ("integer", 17.5),
    "an endless number": ("integer", 10**400),
    "one as yes": ("yes_no", 1),
    "yes as text": ("yes_no", "waar"),
    "negative euros": ("money", Decimal("-0.01")),
    "half a cent": ("money", Decimal("0.005")),
    "no number": ("money", float("nan")),
    "all the money": ("money", float("inf")),
    "more than all the money": ("money", Decimal("1e400")),
    "euros as text": ("money", "15000"),
    "a NUL": ("text", "een\x00twee"),
    "a bell": ("text", "een\x07twee"),
    "a C1 sign": ("text", "een\x9btwee"),
    "half a sign": ("text", "een\ud83dtwee"),
    "two megabytes": ("text", "n" * 2_000_000),
    "a number as text field": ("text", 17),
}


@pytest.mark.parametrize(("type_", "given_", "stored"), KEPT.values(), ids=KEPT.keys())
def test_a_good_value_is_kept(type_: str, given_: Any, stored: Any) -> None:
    assert clean_value(field(type_), given_) == stored


@pytest.mark.parametrize(("type_", "given_"), REFUSED.values(), ids=REFUSED.keys())
def test_a_bad_value_is_refused_without_repeating_it(type_: str, given_: Any) -> None:
    with pytest.raises(ValidationError) as bad:
        clean_value(field(type_), given_)
    assert bad.value.messages[0]
    assert str(given_) not in " ".join(bad.value.messages)


def test_a_code_is_one_of_its_list_and_the_message_offers_labels() -> None:
    organisations = field("code", code_list="organisation_kind")
    assert clean_value(organisations, "police") == "police"
    with translation.override("nl"), pytest.raises(ValidationError, match="Politie"):
        clean_value(organisations, "Agent")
    with pytest.raises(ValidationError):
        clean_value(organisations, ["police"])


def test_a_list_of_codes_keeps_its_order_and_holds_each_code_once() -> None:
    categories = field("codes", code_list="data_category")
    assert clean_value(categories, ("health", "care", "health")) == ["health", "care"]
    for wrong in ("health", {"health": 1}, ["health", "?"], [["health"]]):
        with pytest.raises(ValidationError):
            clean_value(categories, wrong)


def test_every_problem_is_told_at_once_and_unknown_values_are_left_out() -> None:
    declared = {
        "day": field("date"),
        "reason": field("text", required=True),
        "n": field("integer"),
    }
    assert clean_fields(declared, {"day": None, "reason": "ja", "n": ""}) == {"reason": "ja"}
    with pytest.raises(ValidationError) as bad:
        clean_fields(declared, {"day": "x", "n": "y", "m": 1})
    assert set(bad.value.message_dict) == {"day", "reason", "n", "m"}


@given(st.text(max_size=200))
def test_any_text_is_kept_in_a_form_that_is_stable_or_refused(text: str) -> None:
    try:
        kept = clean_text(text)
    except ValidationError:
        return
    assert clean_text(kept) == kept
    assert "\x00" not in kept
    kept.encode()
