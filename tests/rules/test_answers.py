# SPDX-License-Identifier: EUPL-1.2
"""Schemes with their reasons, flags, the next question, and what may be recorded."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from middenstip.pack.model import Pack
from middenstip.rules.assess import NoLawInForce, assess_scheme, may_record
from middenstip.rules.results import SchemeResult
from tests.rules.small import REF, ask, both, duty, event, fact, scheme, small_pack

AGES = {
    "birth": fact("date"),
    "age": fact("integer", compute={"years_between": [{"fact": "birth"}, {"today": True}]}),
    "minor": fact("yes_no", compute={"condition": {"fact": "age", "lt": 18}}),
}


def only(
    condition: Any, lang: str = "en", on: date = date(2014, 7, 31), **facts: Any
) -> SchemeResult:
    """The result of a single scheme with this condition."""
    pack = small_pack(facts=AGES, schemes={"S": scheme(condition)})
    (result,) = ask(pack, lang=lang, on=on, **facts).schemes
    return result


@pytest.mark.parametrize(
    ("condition", "facts", "outcome", "because"),
    [
        ({"fact": "a", "is": True}, {"a": True}, "applies", "A: yes."),
        ({"fact": "a", "is": True}, {"a": False}, "does_not_apply", "A: no (needed: yes)."),
        ({"fact": "a", "is": True}, {}, "unknown", "Not known: A."),
        ({"fact": "n", "lt": 18}, {"n": 17}, "applies", "N: 17 (less than 18)."),
        ({"fact": "n", "lt": 18}, {"n": 18}, "does_not_apply", "N: 18 (needed: less than 18)."),
        (
            {"not": {"fact": "k", "in": ["x", "y"]}},
            {"k": "x"},
            "does_not_apply",
            "K: letter x (needed: none of: letter x, letter y).",
        ),
        (
            {"fact": "d", "plus": {"years": 3}, "le": {"today": True}},
            {"d": date(2014, 1, 1)},
            "does_not_apply",
            "D + 3 years: 2017-01-01 (needed: on or before Today = 2014-07-31).",
        ),
        (
            {"fact": "l", "has": "x"},
            {"l": ["y"]},
            "does_not_apply",
            "L: letter y (needed: with letter x).",
        ),
        (
            {"fact": "l", "has": "x"},
            {"l": ["y", "unknown"]},
            "unknown",
            "Not known: L (letter y, letter unknown).",
        ),
        (
            {"possibly": {"fact": "a", "is": True}},
            {},
            "applies",
            "Not known: A, which therefore counts as possible.",
        ),
        (
            {"certainly": {"fact": "a", "is": True}},
            {},
            "does_not_apply",
            "Not known: A, which is therefore not certain.",
        ),
        ({"fact": "a", "known": True}, {}, "does_not_apply", "A: not known (needed: known)."),
        ({"fact": "m", "gt": 0}, {"m": 15000}, "applies", "M: 15000 (more than 0)."),
        ({"fact": "m", "gt": 0}, {"m": 0.5}, "applies", "M: 0.50 (more than 0)."),
    ],
)
def test_sentences(condition: Any, facts: Any, outcome: str, because: str) -> None:
    result = only(condition, **facts)
    assert (result.outcome, result.because) == (outcome, (because,))
    assert result.sources


def test_sentences_in_dutch() -> None:
    assert only({"fact": "n", "lt": 18}, lang="nl", n=18).because == (
        "N-nl: 18 (nodig: minder dan 18).",
    )


def test_say_tells_the_obstacle() -> None:
    leaf = {"fact": "a", "known": False, "say": {"nl": "Al gehad.", "en": "Used already."}}
    assert only(leaf, a=True).because == ("Used already.",)
    assert only(leaf).because == ("A: not known.",)


def test_only_what_decided_is_told() -> None:
    both_false = {"all": [{"fact": x, "is": True} for x in "abc"]}
    assert only(both_false, a=False, b=True, c=False).because == (
        "A: no (needed: yes).",
        "C: no (needed: yes).",
    )
    one_true = {"any": [{"fact": x, "is": True} for x in "abc"]}
    assert only(one_true, a=False, b=True, c=True).because == ("B: yes.",)


def test_missing_names_a_computed_fact_and_what_would_settle_it() -> None:
    assert only({"fact": "minor", "is": True}).missing == ("minor", "age", "birth")
    assert only({"fact": "minor", "is": True}, age=17).missing == ()


def test_missing_names_a_list_that_may_hold_more() -> None:
    assert only({"fact": "l", "has": "x"}, l=["unknown"]).missing == ("l",)


def test_a_scheme_may_rest_on_another() -> None:
    pack = small_pack(
        schemes={
            "S": scheme({"fact": "a", "is": True}),
            "T": scheme({"not": {"scheme": "S"}}),
            "OLD": scheme({"fact": "a", "is": True}, valid_to=date(2001, 1, 1)),
            "U": scheme({"scheme": "OLD"}),
        }
    )
    got = {s.id: s for s in ask(pack).schemes}
    assert got["T"].outcome == "unknown"
    assert got["T"].missing == ("a",)
    assert "OLD" not in got
    assert got["U"].outcome == "does_not_apply"
    assert {s.id: s.outcome for s in ask(pack, a=False).schemes}["T"] == "applies"


TWO_LAWS = small_pack(
    schemes={
        "S": {
            "need": "help",
            "versions": [
                {
                    "valid_from": date(2011, 1, 1),
                    "valid_to": date(2014, 6, 30),
                    "applies_when": {"fact": "a", "is": True},
                    "gives": both("old"),
                    "sources": REF,
                },
                {
                    "valid_from": date(2014, 7, 1),
                    "applies_when": {"fact": "b", "is": True},
                    "gives": both("new"),
                    "sources": REF,
                },
            ],
        }
    }
)


@pytest.mark.parametrize(
    ("on", "outcome"),
    [(date(2014, 6, 30), "applies"), (date(2014, 7, 1), "does_not_apply")],
)
def test_the_law_of_the_day_asked_counts(on: date, outcome: str) -> None:
    assert ask(TWO_LAWS, on=on, a=True, b=False).schemes[0].outcome == outcome


def test_a_day_without_law_lists_nothing_and_asking_one_names_the_days() -> None:
    on = date(2010, 12, 31)
    assert ask(TWO_LAWS, on=on).schemes == ()
    with pytest.raises(NoLawInForce, match=r"2010-12-31.*2011-01-01 to 2014-06-30"):
        assess_scheme(TWO_LAWS, "S", facts={}, events=[], on=on)
    assert assess_scheme(
        TWO_LAWS, "S", facts={"a": True}, events=[], on=date(2012, 1, 1)
    ).outcome


def test_a_kept_answer_is_never_that_of_another_person_day_or_language() -> None:
    """Settled answers are kept by what they rest on; this is what they must not mix up."""
    pack = small_pack(schemes={"S": scheme({"fact": "d", "lt": {"today": True}})})
    days = [date(2014, 7, n) for n in range(1, 6)]
    for _ in range(2):
        for day in days:
            for on in days:
                for lang, word in (("en", "Today"), ("nl", "Vandaag")):
                    (got,) = ask(pack, on=on, lang=lang, d=day).schemes
                    assert got.outcome == ("applies" if day < on else "does_not_apply")
                    assert word in got.because[0]
                    assert on.isoformat() in got.because[0]


def test_a_kept_answer_misses_what_this_person_lacks() -> None:
    """The total is unknown for all of them; what lacks behind it differs."""
    total = fact("money", compute={"sum": [{"fact": "m"}, {"fact": "q"}]})
    pack = small_pack(
        facts={"q": fact("money"), "total": total},
        schemes={"S": scheme({"fact": "total", "gt": 0})},
    )
    for facts, missing in (
        ({}, ("total", "m", "q")),
        ({"m": 1}, ("total", "q")),
        ({"q": 1}, ("total", "m")),
        ({}, ("total", "m", "q")),
    ):
        assert ask(pack, **facts).schemes[0].missing == missing


def questions(**kinds: Any) -> Pack:
    return small_pack(facts={**AGES, "j": fact("yes_no", judgement_of="helper")}, **kinds)


def next_of(schemes: dict[str, Any], **facts: Any) -> str | None:
    pack = questions(schemes={key: scheme(c) for key, c in schemes.items()})
    return ask(pack, **facts).next_question


A, B, C = ({"fact": x, "is": True} for x in "abc")


def test_the_next_question_settles_most() -> None:
    assert next_of({"S": {"all": [A, B]}, "T": {"all": [B, C]}}) == "b"


def test_of_equals_the_first_scheme_and_fact_come_first() -> None:
    assert next_of({"S": B, "T": A}) == "b"
    assert next_of({"S": {"all": [A, B]}}) == "a"


def test_no_question_when_nothing_is_open_or_nothing_can_be_asked() -> None:
    assert next_of({"S": A}, a=True) is None
    assert next_of({"S": {"fact": "j", "is": True}}) is None


def test_what_only_a_human_may_judge_is_not_asked() -> None:
    assert next_of({"S": {"any": [{"fact": "j", "is": True}, A]}}) == "a"


@pytest.mark.parametrize(
    ("condition", "question"),
    [
        ({"fact": "minor", "is": True}, "minor"),
        ({"fact": "n", "ge": 3}, "n"),
        ({"fact": "d", "plus": {"years": 3}, "le": {"today": True}}, "d"),
        ({"fact": "k", "in": ["x"]}, "k"),
        ({"fact": "l", "has_any": ["x"]}, "l"),
        ({"fact": "m", "gt": 100}, "m"),
    ],
)
def test_every_type_of_fact_can_be_the_question(condition: Any, question: str) -> None:
    assert next_of({"S": condition}) == question


def test_a_date_of_birth_settles_through_what_follows_from_it() -> None:
    older = {"fact": "age", "ge": 12}
    assert next_of({"S": {"fact": "minor", "is": True}, "T": older, "U": older}) in (
        "age",
        "birth",
    )


EVENTS = {
    "seen": event(by={"type": "text"}),
    "told": event({"fact": "a", "to": True}),
}


def flags(**flag: Any) -> Pack:
    kinds = {"R-01": {"rule": "R-01", "message": both("look"), **flag}}
    return small_pack(
        events=EVENTS, duties={"D": duty(starts=[{"event": "seen"}])}, flags=kinds
    )


def raised(pack: Pack, *items: tuple[Any, ...], **facts: Any) -> list[tuple[Any, ...]]:
    return [(f.rule, f.since, f.event) for f in ask(pack, *items, **facts).flags]


def test_flag_by_an_overdue_duty_since_the_day_after() -> None:
    pack = flags(duty="D")
    assert raised(pack, ("seen", 1)) == [("R-01", date(2014, 7, 16), None)]
    assert raised(pack, ("seen", 20)) == []


def test_flag_by_an_event_where_its_condition_certainly_holds() -> None:
    pack = flags(event="seen", when={"event": "by", "known": False})
    assert raised(pack, ("seen", 3)) == [("R-01", date(2014, 7, 3), 0)]
    assert raised(pack, ("seen", 3, {"by": "x"})) == []


def test_flag_by_facts_since_the_day_they_give() -> None:
    pack = flags(when={"fact": "a", "is": True}, since={"value": {"fact": "d"}})
    assert raised(pack, a=True, d=date(2014, 7, 5)) == [("R-01", date(2014, 7, 5), None)]
    assert raised(pack, a=True) == [("R-01", None, None)]
    assert raised(pack, a=True, d=date(2014, 8, 1)) == []
    assert raised(pack) == []


def test_a_flag_fills_its_message() -> None:
    pack = flags(event="seen", message={"nl": "{event.by}", "en": "{event.by} saw {k} and {a}"})
    (flag,) = ask(pack, ("seen", 1, {"by": "Somebody"}), k="x").flags
    assert flag.message == "Somebody saw letter x and not known"


def test_may_record_what_is_offered_unless_certainly_not() -> None:
    events: dict[str, Any] = {
        "any_time": {**event(), "order": 2},
        "when_a": {**event(), "order": 1, "offered_when": A},
        "not_theirs": {**event(), "recorded_by": ["watcher"]},
    }
    pack = small_pack(events=events)
    assert may_record(pack, ask(pack), "helper") == ["when_a", "any_time"]
    assert may_record(pack, ask(pack, a=False), "helper") == ["any_time"]
    assert may_record(pack, ask(pack), "watcher") == ["not_theirs"]


def test_may_record_understands_what_the_register_stored() -> None:
    ended = {"fact": "d", "lt": {"today": True}}
    pack = small_pack(
        events={
            "after": {**event(), "offered_when": {"all": [ended, {"fact": "l", "has": "x"}]}}
        }
    )
    got = ask(pack)
    for day, offered in (("2014-07-30", ["after"]), ("2014-07-31", [])):
        stored = replace(got, facts={"d": day, "l": ["x"]})  # type: ignore[dict-item]
        assert may_record(pack, stored, "helper") == offered
