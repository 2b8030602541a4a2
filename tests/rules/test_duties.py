# SPDX-License-Identifier: EUPL-1.2
"""Clocks: what starts them, when they are due, what ends them, and how it is told."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from middenstip.pack.model import Pack
from middenstip.rules.results import DutyResult
from tests.rules.small import REF, ask, duty, event, small_pack

EVENTS = {
    "seen": event(by={"type": "code"}, until={"type": "date"}),
    "done": event(),
    "dropped": event(),
    "tells": event({"fact": "a", "to": True}),
}
START = {"starts": [{"event": "seen"}], "met_by": [{"event": "done"}]}


def pack_with(**more: Any) -> Pack:
    return small_pack(events=EVENTS, duties={"D": duty(**{**START, **more})})


def runs(pack: Pack, *items: tuple[Any, ...], on: int = 31, **facts: Any) -> list[DutyResult]:
    return list(ask(pack, *items, on=date(2014, 7, on), **facts).duties)


def states(
    pack: Pack, *items: tuple[Any, ...], on: int = 31, **facts: Any
) -> list[tuple[Any, ...]]:
    return [(d.key, d.state, d.met_on) for d in runs(pack, *items, on=on, **facts)]


TWO_WEEKS = pack_with()


@pytest.mark.parametrize(("on", "state"), [(14, "open"), (15, "open"), (16, "overdue")])
def test_overdue_only_after_the_due_day(on: int, state: str) -> None:
    (run,) = runs(TWO_WEEKS, ("seen", 1), on=on)
    assert (run.due_on, run.state, run.starts_on) == (
        date(2014, 7, 15),
        state,
        date(2014, 7, 1),
    )
    assert run.how == "2 weeks from 2014-07-01"
    assert (run.key, run.started_by, run.owner, run.basis) == ("D:0", 0, "helper", "law")


def test_how_in_dutch() -> None:
    (run,) = ask(TWO_WEEKS, ("seen", 1), lang="nl").duties
    assert run.how == "2 weken vanaf 2014-07-01"


def test_met_and_met_late_are_both_met() -> None:
    assert states(TWO_WEEKS, ("seen", 1), ("done", 3)) == [("D:0", "met", date(2014, 7, 3))]
    assert states(TWO_WEEKS, ("seen", 1), ("done", 30)) == [("D:0", "met", date(2014, 7, 30))]


def test_events_of_the_first_day_meet_in_any_order() -> None:
    assert states(TWO_WEEKS, ("done", 1), ("seen", 1)) == [("D:1", "met", date(2014, 7, 1))]
    assert states(TWO_WEEKS, ("done", 1), ("seen", 2)) == [("D:1", "overdue", None)]


@given(st.permutations([("seen", 1), ("done", 1), ("tells", 1)]))
def test_one_day_in_any_order_is_the_same(items: list[Any]) -> None:
    (run,) = runs(TWO_WEEKS, *items)
    assert (run.state, run.met_on) == ("met", date(2014, 7, 1))


def test_met_by_counts_only_where_its_condition_certainly_holds() -> None:
    pack = pack_with(met_by=[{"event": "done", "when": {"fact": "a", "is": True}}])
    assert states(pack, ("seen", 1), ("done", 3))[0][1] == "overdue"
    assert states(pack, ("seen", 1), ("tells", 2), ("done", 3))[0][1] == "met"


def test_met_when_facts_say_so() -> None:
    assert states(pack_with(met_when={"fact": "a", "is": True}), ("seen", 1), a=True) == [
        ("D:0", "met", None)
    ]


def test_void_by_event_and_by_facts() -> None:
    pack = pack_with(void_by=[{"event": "dropped"}], void_when={"fact": "a", "is": True})
    assert states(pack, ("seen", 1), ("dropped", 2)) == [("D:0", "void", None)]
    assert states(pack, ("seen", 1), a=True) == [("D:0", "void", None)]
    assert states(pack, ("seen", 1), ("done", 2), ("dropped", 3))[0][1] == "met"
    assert states(pack, ("seen", 1), ("dropped", 2), ("done", 3))[0][1] == "void"


def test_each_start_makes_a_run_of_its_own() -> None:
    assert states(TWO_WEEKS, ("seen", 1), ("done", 2), ("seen", 20)) == [
        ("D:2", "open", None),
        ("D:0", "met", date(2014, 7, 2)),
    ]


def test_after_met_starts_anew_only_when_none_is_running() -> None:
    pack = pack_with(repeat="after_met")
    assert states(pack, ("seen", 1), ("seen", 2)) == [("D:0", "overdue", None)]
    keys = [key for key, *_ in states(pack, ("seen", 1), ("done", 2), ("seen", 3))]
    assert keys == ["D:2", "D:0"]


def test_after_met_counts_what_facts_ended() -> None:
    pack = pack_with(repeat="after_met", void_when={"fact": "b", "is": True})
    forget = ("facts_recorded", 4, {"facts": {"b": False}})
    items = (("seen", 1), ("facts_recorded", 2, {"facts": {"b": True}}), ("seen", 3), forget)
    assert [key for key, *_ in states(pack, *items)] == ["D:0", "D:2"]


def test_once_starts_only_once() -> None:
    keys = [
        k for k, *_ in states(pack_with(repeat="once"), ("seen", 1), ("done", 2), ("seen", 3))
    ]
    assert keys == ["D:0"]


def test_a_start_that_also_meets_meets_the_run_before_it() -> None:
    pack = pack_with(starts=[{"event": "seen"}], met_by=[{"event": "seen"}])
    assert states(pack, ("seen", 1), ("seen", 5)) == [
        ("D:1", "overdue", None),
        ("D:0", "met", date(2014, 7, 5)),
    ]


def test_the_key_of_a_run_stays_the_same_when_more_happens() -> None:
    first = {run.key for run in runs(TWO_WEEKS, ("seen", 1))}
    later = {run.key for run in runs(TWO_WEEKS, ("seen", 1), ("done", 2), ("seen", 3))}
    assert first <= later


def test_the_owner_is_who_saw_it_else_by_cases_else_otherwise() -> None:
    cases = [{"when": {"fact": "a", "is": True}, "then": "other_helper"}]
    pack = pack_with(owner={"event": "by", "cases": cases, "otherwise": "helper"})
    assert runs(pack, ("seen", 1, {"by": "watcher"}), a=True)[0].owner == "watcher"
    assert runs(pack, ("seen", 1), a=True)[0].owner == "other_helper"
    assert runs(pack, ("seen", 1, {"by": "victim"}))[0].owner == "helper"


BY_STEPS = [
    {"when": {"fact": "a", "is": True}, "term": {"days": 3}},
    {"term": {"weeks": 2}},
]


def test_a_term_that_may_hold_is_told_and_the_next_counts() -> None:
    (run,) = runs(pack_with(due=BY_STEPS), ("seen", 1))
    assert run.due_on == date(2014, 7, 15)
    assert run.how == (
        "2 weeks from 2014-07-01 (not known: A; then perhaps 3 days from 2014-07-01)"
    )


def test_a_term_is_chosen_by_the_facts_of_the_start() -> None:
    pack = pack_with(due=BY_STEPS)
    told = ("facts_recorded", 2, {"facts": {"a": True}})
    assert runs(pack, ("seen", 1), told, a=False)[0].due_on == date(2014, 7, 15)


def test_what_becomes_known_later_counts_for_the_start() -> None:
    """Whether there is a Dublin claim may be known only days after the period began."""
    told = ("facts_recorded", 2, {"facts": {"a": True}})
    assert runs(pack_with(due=BY_STEPS), ("seen", 1), told)[0].due_on == date(2014, 7, 4)


@pytest.mark.parametrize(
    ("due", "fields", "facts", "due_on", "how"),
    [
        ([{"date": {"event": "on"}}], {}, {}, 1, "on the day itself, 2014-07-01"),
        (
            [{"date": {"event": "until"}}],
            {"until": "2014-07-09"},
            {},
            9,
            "on 2014-07-09 (until)",
        ),
        ([{"date": {"event": "until"}}], {}, {}, None, "not known: until"),
        (
            [{"date": {"fact": "d", "minus": {"days": 2}}}],
            {},
            {"d": date(2014, 7, 9)},
            7,
            "on 2014-07-07 (D - 2 days)",
        ),
        (
            [{"term": {"days": 8}, "after": {"fact": "d"}}],
            {},
            {"d": date(2014, 7, 9)},
            17,
            "8 days from 2014-07-09",
        ),
        (
            [{"term": {"days": 8}, "after": {"fact": "d"}}],
            {},
            {},
            None,
            "8 days from a day that is not known (D)",
        ),
        (
            [{"when": {"fact": "a", "is": True}, "term": {"days": 1}}],
            {},
            {},
            None,
            "not known: A",
        ),
        (
            [
                {
                    "term": {"days": 1},
                    "how": {"nl": "nog {m}", "en": "rest {m}, {k}, {event.by}, {today}"},
                }
            ],
            {},
            {"m": 15000, "k": "x"},
            2,
            "rest 15000, letter x, not known, 2014-07-31",
        ),
    ],
)
def test_due_day_and_how(due: Any, fields: Any, facts: Any, due_on: Any, how: str) -> None:
    (run,) = runs(pack_with(due=due), ("seen", 1, fields), **facts)
    assert run.due_on == (date(2014, 7, due_on) if due_on else None)
    assert run.how == how


def test_a_run_without_a_known_day_is_open() -> None:
    (run,) = runs(pack_with(due=[{"date": {"fact": "d"}}]), ("seen", 1))
    assert (run.state, run.due_on) == ("open", None)


def versions(law_of: str) -> Pack:
    """Two weeks until 10 July 2014, three days since."""
    old = {"valid_from": date(2014, 1, 1), "valid_to": date(2014, 7, 10)}
    parts = [
        {**old, "due": [{"term": {"weeks": 2}}], "basis": "law", "sources": REF},
        {
            "valid_from": date(2014, 7, 11),
            "due": [{"term": {"days": 3}}],
            "basis": "policy",
            "sources": REF,
        },
    ]
    return pack_with(versions=parts, law_of=law_of)


def test_the_law_of_the_day_it_started_or_of_the_day_asked() -> None:
    assert runs(versions("start"), ("seen", 1))[0].due_on == date(2014, 7, 15)
    assert runs(versions("day_asked"), ("seen", 1))[0].due_on == date(2014, 7, 4)
    assert runs(versions("start"), ("seen", 11))[0].due_on == date(2014, 7, 14)


def test_no_duty_where_no_law_was_in_force() -> None:
    assert runs(versions("start"), ("seen", date(2013, 12, 31))) == []


BY_FACTS = {
    "starts": [{"condition": {"fact": "a", "is": True}, "on": {"value": {"fact": "d"}}}],
    "due": [{"term": {"days": 3}}],
}


def test_facts_start_a_duty_on_the_day_they_give() -> None:
    pack = pack_with(**BY_FACTS)
    (run,) = runs(pack, a=True, d=date(2014, 7, 20))
    assert (run.key, run.starts_on, run.due_on) == ("D:0", date(2014, 7, 20), date(2014, 7, 23))
    assert run.started_by is None
    assert runs(pack, d=date(2014, 7, 20)) == []
    assert runs(pack, ("done", 19), a=True, d=date(2014, 7, 20))[0].state == "overdue"
    assert runs(pack, ("done", 21), a=True, d=date(2014, 7, 20))[0].state == "met"


def test_facts_that_give_no_day_start_a_duty_without_one() -> None:
    (run,) = runs(pack_with(**BY_FACTS), a=True)
    assert (run.starts_on, run.due_on, run.state) == (None, None, "open")


def test_facts_without_a_start_day_count_from_the_day_asked_and_any_event_meets() -> None:
    pack = pack_with(starts=[{"condition": {"fact": "a", "is": True}}])
    (run,) = runs(pack, a=True)
    assert run.starts_on == date(2014, 7, 31)
    assert runs(pack, ("done", 2), a=True)[0].state == "met"


def test_duties_stand_in_the_order_people_need() -> None:
    pack = small_pack(
        events=EVENTS,
        duties={
            "late": duty(starts=[{"event": "seen"}], due=[{"term": {"days": 2}}]),
            "later": duty(starts=[{"event": "seen"}], due=[{"term": {"days": 1}}]),
            "soon": duty(starts=[{"event": "seen"}], due=[{"term": {"days": 40}}]),
            "whenever": duty(starts=[{"event": "seen"}], due=[{"date": {"fact": "d"}}]),
            "met_first": duty(**START),
            "void": duty(starts=[{"event": "seen"}], void_by=[{"event": "tells"}]),
        },
    )
    got = [d.id for d in runs(pack, ("seen", 1), ("tells", 2), ("done", 20))]
    assert got == ["later", "late", "soon", "whenever", "met_first", "void"]
