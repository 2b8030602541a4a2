# SPDX-License-Identifier: EUPL-1.2
"""How facts follow from other facts, and which of two values wins."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from middenstip.pack.model import Pack
from tests.rules.small import ask, both, fact, small_pack


def computed(formula: dict[str, Any], **facts: Any) -> Any:
    """The value of a fact that a formula gives, on 31 July 2014."""
    pack = small_pack(
        facts={"e": fact("date"), "q": fact("money"), "out": fact("code", compute=formula)}
    )
    return ask(pack, **facts).facts.get("out")


@pytest.mark.parametrize(
    ("formula", "facts", "value"),
    [
        ({"condition": {"fact": "n", "lt": 18}}, {"n": 17}, True),
        ({"condition": {"fact": "n", "lt": 18}}, {}, None),
        ({"years_between": [{"fact": "d"}, {"today": True}]}, {"d": date(1996, 8, 1)}, 17),
        ({"years_between": [{"fact": "d"}, {"today": True}]}, {"d": date(1996, 7, 31)}, 18),
        ({"days_between": [{"fact": "d"}, {"today": True}]}, {"d": date(2014, 7, 28)}, 3),
        (
            {"value": {"fact": "d", "plus": {"months": 1}}},
            {"d": date(2014, 1, 31)},
            date(2014, 2, 28),
        ),
        ({"difference": [{"fact": "m"}, {"fact": "q"}]}, {"m": 20000, "q": 5000}, 15000),
        ({"difference": [{"fact": "m"}, {"fact": "q"}]}, {"m": 20000}, None),
        ({"sum": [{"fact": "m"}, {"fact": "q"}]}, {"m": 0.1, "q": 0.2}, 0.3),
        ({"sum": [{"fact": "m"}, {"fact": "q"}]}, {"m": 1}, None),
        (
            {"first_known": [{"fact": "d"}, {"fact": "e"}]},
            {"e": date(2014, 1, 1)},
            date(2014, 1, 1),
        ),
        (
            {"earliest": [{"fact": "d"}, {"fact": "e"}]},
            {"d": date(2014, 2, 1), "e": date(2014, 1, 1)},
            date(2014, 1, 1),
        ),
        ({"latest": [{"fact": "d"}, {"fact": "e"}]}, {"d": date(2014, 2, 1)}, date(2014, 2, 1)),
        ({"latest": [{"fact": "d"}, {"fact": "e"}]}, {}, None),
    ],
)
def test_formulas(formula: dict[str, Any], facts: dict[str, Any], value: Any) -> None:
    assert computed(formula, **facts) == value


CHOICE = {
    "cases": [
        {"when": {"fact": "a", "is": True}, "then": "first"},
        {"when": {"fact": "b", "is": True}, "then": {"fact": "k"}},
    ],
    "otherwise": "last",
}


@pytest.mark.parametrize(
    ("facts", "value"),
    [
        ({"a": True}, "first"),
        ({"a": False, "b": True, "k": "x"}, "x"),
        ({"a": False, "b": False}, "last"),
        ({"b": True, "k": "x"}, None),
        ({"a": False}, None),
    ],
)
def test_the_first_branch_that_holds_gives_the_value(facts: dict[str, Any], value: Any) -> None:
    """A branch that may hold leaves the value unknown; a later branch does not jump in."""
    assert computed(CHOICE, **facts) == value


def countries() -> Pack:
    """A pack that groups countries, in which Beland left the near group in 2013."""
    items: dict[str, Any] = {
        "AA": {"label": both("Aland"), "group": "home"},
        "BB": {
            "label": both("Beland"),
            "groups": [{"group": "near", "valid_to": date(2013, 12, 31)}],
        },
        "CC": {"label": both("Celand")},
        "DD": {"label": both("Deland"), "group": "near"},
        "unknown": {"label": both("not known")},
    }
    order = {"precedence": ["home", "near", "far"], "otherwise": "far"}
    return small_pack(
        facts={
            "lands": fact("countries", code_list="lands"),
            "group": fact("code", compute={"group_of": "lands"}),
        },
        code_lists={"lands": {"label": both("Lands"), "items": items, **order}},
    )


@pytest.mark.parametrize(
    ("lands", "on", "group"),
    [
        (["CC"], 2014, "far"),
        (["CC", "DD"], 2014, "near"),
        (["DD", "AA"], 2014, "home"),
        (["BB"], 2013, "near"),
        (["BB"], 2014, "far"),
        (["unknown"], 2014, None),
        (["DD", "unknown"], 2014, None),
        (["AA", "unknown"], 2014, "home"),
        ([], 2014, None),
    ],
)
def test_group_of_two_nationalities_on_the_day(lands: list[str], on: int, group: Any) -> None:
    """The group that stands first counts; one nationality that is not known might bring it."""
    assert ask(countries(), on=date(on, 6, 1), lands=lands).facts.get("group") == group


AGE = {
    "birth": fact("date"),
    "age": fact("integer", compute={"years_between": [{"fact": "birth"}, {"today": True}]}),
    "minor": fact("yes_no", compute={"condition": {"fact": "age", "lt": 18}}),
}
PACK_OF_AGES = small_pack(facts=AGE)


def test_computed_wins_over_what_was_told_and_says_so() -> None:
    got = ask(small_pack(facts=AGE), birth=date(1990, 5, 17), minor=True)
    assert got.facts["minor"] is False
    assert got.origins["minor"] == "computed"
    assert got.notes == ("MINOR was given as yes; other facts say no",)


def test_told_value_stands_where_nothing_can_be_computed() -> None:
    got = ask(small_pack(facts=AGE), age=16)
    assert (got.facts["age"], got.facts["minor"]) == (16, True)
    assert (got.origins["age"], got.origins["minor"]) == ("given", "computed")
    assert got.notes == ()


def test_prefer_given_and_default_come_in_their_order() -> None:
    facts = {
        "out": fact(
            "yes_no",
            prefer="given",
            default=False,
            compute={"condition": {"fact": "a", "is": True}},
        )
    }
    pack = small_pack(facts=facts)
    for told, value, origin in (
        ({"out": False, "a": True}, False, "given"),
        ({"a": True}, True, "computed"),
        ({}, False, "default"),
    ):
        got = ask(pack, **told)
        assert (got.facts["out"], got.origins["out"]) == (value, origin)


def test_facts_hold_only_what_is_known() -> None:
    assert ask(small_pack(facts=AGE)).facts == {}


@given(st.dates(date(1920, 1, 1), date(2014, 7, 31)))
def test_minor_until_the_day_someone_turns_18(born: date) -> None:
    got = ask(PACK_OF_AGES, birth=born)
    assert got.facts["minor"] is (got.facts["age"] < 18)
