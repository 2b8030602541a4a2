# SPDX-License-Identifier: EUPL-1.2
"""True, false and not known: the condition language keeps the laws of three-valued logic."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from middenstip.pack.conditions import Condition
from middenstip.rules.conditions import Node, Reason, compile_condition
from middenstip.rules.engine import engine_for
from middenstip.rules.facts import Facts
from tests.rules.small import DAY, small_pack

ADAPTER: TypeAdapter[Any] = TypeAdapter(Condition)
ENGINE = engine_for(small_pack())
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "a": st.booleans(),
    "b": st.booleans(),
    "c": st.booleans(),
    "n": st.integers(0, 4),
    "d": st.dates(date(2014, 6, 28), date(2014, 7, 3)),
    "k": st.sampled_from(["x", "y", "z"]),
    "l": st.lists(st.sampled_from(["x", "y", "z", "unknown"]), max_size=3).map(tuple),
}
known_facts = st.fixed_dictionaries(VALUES)
some_facts = st.fixed_dictionaries({}, optional=VALUES)
orders = st.sampled_from(["lt", "le", "gt", "ge", "is"])
plain_leaves = st.one_of(
    st.builds(lambda f, v: {"fact": f, "is": v}, st.sampled_from("abc"), st.booleans()),
    st.builds(lambda o, v: {"fact": "n", o: v}, orders, st.integers(0, 4)),
    st.builds(lambda o: {"fact": "d", o: {"today": True}}, orders),
    st.builds(lambda o: {"fact": "d", "plus": {"days": 1}, o: {"today": True}}, orders),
    st.builds(lambda v: {"fact": "k", "in": v}, st.lists(st.sampled_from("xyz"), min_size=1)),
    st.builds(lambda v: {"fact": "l", "has": v}, st.sampled_from("xyz")),
    st.builds(
        lambda v: {"fact": "l", "has_any": v}, st.lists(st.sampled_from("xyz"), min_size=1)
    ),
)
knowing_leaves = st.builds(
    lambda f, v: {"fact": f, "known": v}, st.sampled_from("abcndkl"), st.booleans()
)


def trees(leaves: st.SearchStrategy[Any], *turns: str) -> st.SearchStrategy[Any]:
    """Conditions over leaves, with the given one-part branches beside all and any."""
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds(lambda p: {"all": p}, st.lists(inner, min_size=1, max_size=3)),
            st.builds(lambda p: {"any": p}, st.lists(inner, min_size=1, max_size=3)),
            *(st.builds(lambda p, t=turn: {t: p}, inner) for turn in turns),
        ),
        max_leaves=8,
    )


plain = trees(plain_leaves, "not")
anything = trees(plain_leaves | knowing_leaves, "not", "possibly", "certainly")


def compiled(condition: Any) -> Node:
    return compile_condition(ADAPTER.validate_python(condition))


def view(facts: dict[str, Any]) -> Facts:
    return Facts(ENGINE, facts, {}, frozenset(), DAY)


def judge(condition: Any, facts: dict[str, Any]) -> bool | None:
    return compiled(condition).judge(view(facts))


T, F, U = {"fact": "a", "is": True}, {"fact": "a", "is": False}, {"fact": "b", "is": True}


@pytest.mark.parametrize(
    ("condition", "truth"),
    [
        ({"all": [T, T]}, True),
        ({"all": [T, U]}, None),
        ({"all": [U, F]}, False),
        ({"any": [F, F]}, False),
        ({"any": [F, U]}, None),
        ({"any": [U, T]}, True),
        ({"not": U}, None),
        ({"not": T}, False),
        ({"possibly": U}, True),
        ({"possibly": F}, False),
        ({"certainly": U}, False),
        ({"certainly": T}, True),
        ({"fact": "b", "known": True}, False),
        ({"fact": "b", "known": False}, True),
        ({"fact": "a", "known": True}, True),
        ({"fact": "k", "in": ["x"]}, None),
        ({"fact": "n", "lt": {"fact": "m"}}, None),
    ],
)
def test_truth_tables(condition: Any, truth: bool | None) -> None:
    assert judge(condition, {"a": True, "n": 3}) is truth


@pytest.mark.parametrize(
    ("codes", "has_x"),
    [(("x",), True), (("x", "unknown"), True), (("y", "unknown"), None), (("y",), False)],
)
def test_list_with_unknown_may_hold_more_than_it_names(codes: Any, has_x: bool | None) -> None:
    assert judge({"fact": "l", "has": "x"}, {"l": codes}) is has_x
    assert judge({"fact": "l", "has_any": ["x", "z"]}, {"l": codes}) is has_x


def test_empty_list_is_known_and_holds_nothing() -> None:
    assert judge({"fact": "l", "has": "x"}, {"l": ()}) is False
    assert judge({"fact": "l", "known": True}, {"l": ()}) is True


@given(plain, plain, some_facts)
def test_de_morgan(one: Any, other: Any, facts: dict[str, Any]) -> None:
    assert judge({"not": {"all": [one, other]}}, facts) is judge(
        {"any": [{"not": one}, {"not": other}]}, facts
    )


@given(plain, known_facts, st.sets(st.sampled_from("abcndkl")))
def test_knowing_more_never_turns_an_outcome_around(
    condition: Any, facts: dict[str, Any], hidden: set[str]
) -> None:
    less = {k: v for k, v in facts.items() if k not in hidden}
    before = judge(condition, less)
    if before is not None:
        assert judge(condition, facts) is before


@given(plain, known_facts.map(lambda f: {**f, "l": tuple(x for x in f["l"] if x != "unknown")}))
def test_nothing_is_unknown_when_everything_is_known(condition: Any, facts: Any) -> None:
    assert judge(condition, facts) is not None


@given(anything, some_facts)
def test_possibly_and_certainly_are_never_unknown(
    condition: Any, facts: dict[str, Any]
) -> None:
    truth = judge(condition, facts)
    assert judge({"possibly": condition}, facts) is (truth is not False)
    assert judge({"certainly": condition}, facts) is (truth is True)
    assert judge({"not": {"possibly": {"not": condition}}}, facts) is (truth is True)


@given(anything, some_facts, known_facts)
def test_the_deciding_leaves_really_decide(
    condition: Any, facts: dict[str, Any], others: dict[str, Any]
) -> None:
    """With a known outcome, changing only facts outside the deciding leaves changes nothing."""
    node = compiled(condition)
    truth = node.judge(view(facts))
    reasons: list[Reason] = []
    node.reasons(view(facts), True, reasons)
    assert reasons
    deciding = {fact for reason in reasons for fact in reason.leaf.facts}
    changed = {k: v for k, v in others.items() if k not in deciding}
    kept = {k: v for k, v in facts.items() if k in deciding}
    if truth is not None:
        assert node.judge(view({**changed, **kept})) is truth


@given(plain, some_facts)
def test_an_unknown_outcome_is_decided_by_unknown_leaves(condition: Any, facts: Any) -> None:
    node = compiled(condition)
    reasons: list[Reason] = []
    node.reasons(view(facts), True, reasons)
    if node.judge(view(facts)) is None:
        assert {reason.truth for reason in reasons} == {None}


@given(st.lists(anything, min_size=1, max_size=4), some_facts)
def test_the_order_of_parts_does_not_matter(parts: list[Any], facts: Any) -> None:
    for branch in ("all", "any"):
        assert judge({branch: parts}, facts) is judge({branch: parts[::-1]}, facts)
