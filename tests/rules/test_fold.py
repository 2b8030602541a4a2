# SPDX-License-Identifier: EUPL-1.2
"""From a thread to facts: order, corrections, delays, guards, and who wins over whom."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from middenstip.rules.assess import BadThread, assess, would_refuse
from middenstip.rules.results import ThreadEvent
from tests.rules.small import ask, event, fact, scheme, small_pack, thread

PACK = small_pack(
    facts={"told_once": fact("yes_no"), "role": fact("code", code_list="letters", default="x")},
    events={
        "says": event(
            {"fact": "k", "to": {"event": "k"}}, k={"type": "code", "code_list": "letters"}
        ),
        "pays": event({"fact": "m", "add": {"event": "amount"}}, amount={"type": "money"}),
        "starts": event({"fact": "d", "to": {"event": "on"}}, {"fact": "a", "to": True}),
        "ends": event(
            {"fact": "a", "to": False},
            {"fact": "b", "to": True, "when": {"fact": "a", "is": False}},
        ),
        "adds": event({"fact": "l", "add": {"event": "k"}}, k={"type": "code"}),
        "forgets": event({"fact": "k", "clear": True}),
        "once": event({"fact": "told_once", "to": True, "if_unknown": True}),
        "roles": event({"fact": "role", "to": "y", "if_unknown": True}),
        "later": event(
            {
                "fact": "c",
                "to": True,
                "since": {"event": "until", "plus": {"days": 1}},
                "when": {"fact": "a", "is": True},
            },
            until={"type": "date"},
        ),
    },
    guards={
        "R-01": {
            "rule": "R-01",
            "event": "starts",
            "refuse_when": {"fact": "a", "is": True},
            "message": {
                "nl": "al begonnen op {d}, weer {event.on}",
                "en": "began on {d}, again {event.on}",
            },
        },
        "R-02": {
            "rule": "R-02",
            "event": "starts",
            "refuse_when": {"fact": "a", "known": True},
            "message": {"nl": "weet", "en": "known"},
            "valid_from": date(2014, 7, 10),
        },
    },
    schemes={"S": scheme({"fact": "a", "is": True})},
)


def value(name: str, *items: tuple[Any, ...], on: int = 31, **facts: Any) -> Any:
    return ask(PACK, *items, on=date(2014, 7, on), **facts).facts.get(name)


def says(day: int, code: str | None) -> tuple[str, int, dict[str, Any]]:
    return ("says", day, {"k": code})


def test_events_count_in_the_order_of_their_days_not_of_the_list() -> None:
    assert value("k", says(3, "y"), says(1, "x")) == "y"


def test_events_of_one_day_count_in_the_order_of_the_list() -> None:
    assert value("k", says(3, "x"), says(3, "y")) == "y"


def test_events_after_the_day_asked_are_ignored() -> None:
    assert value("k", says(1, "x"), says(20, "y"), on=19) == "x"
    assert value("k", says(1, "x"), says(20, "y"), on=20) == "y"


@given(
    st.lists(
        st.tuples(st.sampled_from(["starts", "ends", "forgets", "once"]), st.integers(1, 28))
    ),
    st.integers(1, 28),
)
def test_the_answer_of_a_day_rests_on_the_events_up_to_it(items: Any, day: int) -> None:
    whole = ask(PACK, *items, on=date(2014, 7, day))
    upto = [item for item in thread(*items) if item.on <= date(2014, 7, day)]
    assert assess(PACK, facts={}, events=upto, on=date(2014, 7, day), lang="en") == whole


@given(
    st.lists(
        st.tuples(st.just("pays"), st.just(1), st.integers(0, 99).map(lambda n: {"amount": n}))
    )
)
def test_payments_of_one_day_add_up_in_any_order(items: Any) -> None:
    assert value("m", *items) == value("m", *items[::-1])


def test_an_event_wins_over_a_given_fact_and_says_so() -> None:
    got = ask(PACK, says(3, "y"), k="x")
    assert (got.facts["k"], got.origins["k"]) == ("y", "event")
    assert got.notes == ("K was given as letter x; says of 2014-07-03 says letter y",)


def test_no_note_when_an_event_agrees_with_what_was_given() -> None:
    assert ask(PACK, says(3, "y"), k="y").notes == ()


def test_an_event_that_leaves_a_value_open_makes_an_earlier_one_unknown() -> None:
    assert value("k", says(3, "y"), says(4, None)) is None
    assert value("k", says(4, None), k="x") == "x"  # what was given stands


def test_clear_makes_unknown() -> None:
    assert value("k", says(3, "y"), ("forgets", 4)) is None


def test_if_unknown_leaves_a_known_value_but_not_a_default() -> None:
    assert value("told_once", ("once", 1), told_once=False) is False
    assert value("told_once", ("once", 1)) is True
    assert value("role", ("roles", 1)) == "y"
    assert value("role") == "x"


def test_effects_of_one_event_follow_each_other() -> None:
    assert value("b", ("starts", 1), ("ends", 2)) is True


def test_additions() -> None:
    assert value("m", ("pays", 1, {"amount": 5000}), ("pays", 2, {"amount": 1000.5})) == 6000.5
    assert value("m", ("pays", 1, {"amount": 0.1}), ("pays", 2, {"amount": 0.2})) == 0.3


def test_a_list_grows_and_names_nothing_twice() -> None:
    items = [("adds", day, {"k": code}) for day, code in enumerate("xyx", start=1)]
    assert value("l", *items) == ("x", "y")
    assert value("l", ("facts_recorded", 1, {"facts": {"l": ["z"]}}), *items) == ("z", "x", "y")


def test_addition_of_an_unknown_amount_leaves_the_total_unknown() -> None:
    assert (
        value("m", ("pays", 1, {"amount": 5}), ("pays", 2), ("pays", 3, {"amount": 5})) is None
    )


def test_a_given_total_is_not_counted_twice() -> None:
    got = ask(PACK, ("pays", 1, {"amount": 5000}), m=5000)
    assert got.facts["m"] == 5000
    assert got.notes


def test_what_was_told_on_a_day_is_the_start_of_later_additions() -> None:
    told = ("facts_recorded", 1, {"facts": {"m": 5000}})
    assert value("m", told, ("pays", 2, {"amount": 1000})) == 6000


def test_a_delayed_effect_takes_effect_on_its_day() -> None:
    items = (("starts", 1), ("later", 2, {"until": date(2014, 7, 10)}))
    assert value("c", *items, on=10) is None
    assert value("c", *items, on=11) is True


def test_a_delayed_effect_is_judged_on_its_day() -> None:
    items = (("starts", 1), ("later", 2, {"until": date(2014, 7, 10)}), ("ends", 5))
    assert value("c", *items) is None


def test_a_delayed_effect_without_a_known_day_does_not_happen() -> None:
    assert value("c", ("starts", 1), ("later", 2)) is None


def test_a_refused_event_does_not_enter_and_the_first_guard_tells_why() -> None:
    got = ask(PACK, ("starts", 1), ("starts", 12))
    assert got.facts["d"] == date(2014, 7, 1)
    (refusal,) = got.refused
    assert (refusal.event, refusal.rule, refusal.type) == (1, "R-01", "starts")
    assert refusal.message == "began on 2014-07-01, again 2014-07-12"
    assert refusal.sources


def test_a_guard_sees_only_earlier_events() -> None:
    assert [r.event for r in ask(PACK, ("starts", 12), ("starts", 1)).refused] == [0]


def test_a_guard_refuses_only_what_certainly_breaks_the_rule() -> None:
    assert ask(PACK, ("starts", 1)).refused == ()


def test_a_guard_holds_between_its_days() -> None:
    assert [r.rule for r in ask(PACK, ("ends", 1), ("starts", 9)).refused] == []
    assert [r.rule for r in ask(PACK, ("ends", 1), ("starts", 10)).refused] == ["R-02"]


def test_would_refuse_asks_before_recording() -> None:
    new = ThreadEvent("new", "starts", date(2014, 7, 3))
    begun = thread(("starts", 1))
    refusal = would_refuse(PACK, facts={}, events=begun, new_event=new, lang="en")
    assert refusal is not None
    assert refusal.rule == "R-01"
    assert would_refuse(PACK, facts={}, events=[], new_event=new) is None


def test_would_refuse_judges_what_a_correction_puts_in_place() -> None:
    events = thread(("starts", 1), ("ends", 12))
    put = {"corrects": 1, "replaced_by": {"type": "starts", "on": "2014-07-05"}}
    correction = ThreadEvent("new", "corrected", date(2014, 7, 13), put)
    refusal = would_refuse(PACK, facts={}, events=events, new_event=correction)
    assert refusal is not None
    assert refusal.event == 1


def test_facts_recorded_have_the_force_of_given_ones() -> None:
    told = ("facts_recorded", 5, {"facts": {"k": "z"}})
    assert value("k", told, on=4) is None
    assert value("k", told, k="x") == "z"
    assert value("k", told, says(6, "y")) == "y"
    assert value("k", says(4, "y"), told) == "y"
    assert "K was told as letter z" in ask(PACK, says(4, "y"), told).notes[0]


def test_facts_recorded_as_unknown_take_back_what_was_told() -> None:
    assert value("k", ("facts_recorded", 5, {"facts": {"k": None}}), k="x") is None


def fix(place: int, day: int, new: dict[str, Any] | None) -> tuple[str, int, dict[str, Any]]:
    return ("corrected", day, {"corrects": place, "replaced_by": new})


Y = {"type": "says", "on": "2014-07-01", "k": "y"}
Z = {"type": "says", "on": date(2014, 7, 1), "fields": {"k": "z"}}


def test_a_correction_replaces_an_event_at_its_place() -> None:
    assert value("k", says(1, "x"), fix(0, 5, Y)) == "y"
    assert value("k", says(1, "x"), says(1, "z"), fix(0, 5, Y)) == "z"


def test_a_correction_removes_an_event() -> None:
    assert value("k", says(1, "x"), says(2, "y"), fix(1, 5, None)) == "x"


def test_a_correction_counts_from_the_day_it_was_made() -> None:
    assert value("k", says(1, "x"), fix(0, 5, Y), on=4) == "x"


def test_a_correction_of_a_correction_replaces_what_it_said() -> None:
    assert value("k", says(1, "x"), fix(0, 5, Y), fix(1, 6, Z)) == "z"
    assert value("k", says(1, "x"), fix(0, 5, Y), fix(1, 6, Z), fix(2, 7, Y)) == "y"


def test_taking_back_a_correction_brings_the_event_back() -> None:
    assert value("k", says(1, "x"), fix(0, 5, Y), fix(1, 6, None)) == "x"
    assert value("k", says(1, "x"), fix(0, 5, None), fix(1, 6, Z)) == "z"


def test_the_last_of_two_corrections_counts() -> None:
    assert value("k", says(1, "x"), fix(0, 5, Y), fix(0, 6, Z)) == "z"


def test_a_refused_event_keeps_its_number_when_corrected() -> None:
    put = {"type": "starts", "on": "2014-07-03"}
    assert [
        r.event for r in ask(PACK, ("starts", 1), says(2, "x"), fix(1, 5, put)).refused
    ] == [1]


@pytest.mark.parametrize("target", [1, 2, 7, "x", None, [0]])
def test_a_correction_of_nothing_is_an_error(target: Any) -> None:
    with pytest.raises(BadThread, match="event 1"):
        ask(PACK, says(1, "x"), ("corrected", 2, {"corrects": target}), says(3, "y"))


@pytest.mark.parametrize(
    ("items", "facts"), [([("nothing", 1)], {}), ([], {"nothing": 1})], ids=["event", "fact"]
)
def test_unknown_event_types_and_facts_are_errors(items: Any, facts: Any) -> None:
    with pytest.raises(BadThread, match="nothing"):
        ask(PACK, *items, **facts)


def test_stored_values_of_the_register_are_understood() -> None:
    """JSON of the register holds days as text and lists as lists."""
    got = ask(PACK, ("later", 2, {"until": "2014-07-10"}), d="2014-07-02", l=["x"], a=True)
    assert (got.facts["d"], got.facts["l"]) == (date(2014, 7, 2), ("x",))
    assert got.facts["c"] is True
