# SPDX-License-Identifier: EUPL-1.2
"""Bad input is told in one clear line for each problem; good input is never converted."""

import json
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from middenstip.pack.load import load_pack
from middenstip.rules.assess import assess
from middenstip.rules.dates import DayOutOfRange
from middenstip.rules.input import BadInput, read_input

ON = date(2014, 7, 31)
PACK = load_pack("nl")


def read(document: Any) -> Any:
    """Read a document, given as bytes or as what becomes JSON."""
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    return read_input(PACK, content, ON)


def problems(document: Any) -> list[str]:
    with pytest.raises(BadInput) as caught:
        read(document)
    return caught.value.problems


def on_events(*events: Any) -> dict[str, Any]:
    return {"events": list(events)}


def test_nothing_is_a_good_input_too() -> None:
    assert read({}) == ({}, [])
    assert read({"facts": None, "events": None}) == ({}, [])


def test_values_are_typed_and_null_means_not_known() -> None:
    facts, events = read(
        {
            "facts": {"birth_date": "1990-05-17", "sex": None, "nationalities": ["NG", "NG"]},
            "events": [
                {
                    "type": "residence_permit_granted",
                    "on": "2014-07-01",
                    "kind": "temporary_victim",
                    "valid_until": "2015-07-01",
                },
                {
                    "type": "facts_recorded",
                    "on": "2014-07-02",
                    "facts": {"age": None, "bed_needed": True},
                },
            ],
        }
    )
    assert facts == {"birth_date": date(1990, 5, 17), "nationalities": ("NG",)}
    assert [event.id for event in events] == [0, 1]
    assert events[0].fields == {"kind": "temporary_victim", "valid_until": date(2015, 7, 1)}
    assert events[1].fields == {"facts": {"bed_needed": True, "age": None}}


@pytest.mark.parametrize("codes", [["unknown"], ["NG", "unknown"], ["stateless"], []])
def test_a_nationality_may_be_unknown_or_none(codes: list[str]) -> None:
    assert read({"facts": {"nationalities": codes}})[0] == {"nationalities": tuple(codes)}


def test_a_byte_order_mark_is_let_pass() -> None:
    assert read(b"\xef\xbb\xbf{}") == ({}, [])


def test_a_correction_may_name_an_event_by_place_or_by_its_own_id() -> None:
    seen = {"type": "bed_requested", "on": "2014-07-01", "id": "first"}
    for name in (0, "first"):
        fix = {"type": "corrected", "on": "2014-07-02", "corrects": name}
        _, events = read(on_events(seen, fix))
        assert events[1].fields == {"corrects": 0, "replaced_by": None}


def test_a_correction_puts_a_typed_event_in_place() -> None:
    seen = {"type": "bed_requested", "on": "2014-07-01"}
    new = {"type": "emergency_bed_started", "on": "2014-07-01", "planned_nights": 2}
    fix = {"type": "corrected", "on": "2014-07-02", "corrects": 0, "replaced_by": new}
    _, events = read(on_events(seen, fix))
    assert events[1].fields["replaced_by"] == {
        "type": "emergency_bed_started",
        "on": date(2014, 7, 1),
        "fields": {"planned_nights": 2},
    }


BED = {"type": "emergency_bed_started", "on": "2014-07-01"}
PERMIT = {"type": "residence_permit_granted", "on": "2014-07-01"}
FIX = {"type": "corrected", "on": "2014-07-02"}


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (b"", "empty"),
        (b"   \n", "empty"),
        (b"\xff\xfe{\x00}\x00", "UTF-16"),
        (b'{"facts": "\xe9"}', "UTF-8"),
        (b'{"facts": {', "line 1, column 12"),
        (b'{"facts":\n {"age" 17}}', "line 2, column 9"),
        (b'{"facts": {"age": NaN}}', "NaN"),
        (b'{"facts": {"age": 1' + b"0" * 5000 + b"}}", "not JSON"),
        (b'{"facts": {"compensation_paid": 1e400}}', "too large"),
        (b'{"facts": {"compensation_paid": -1}}', "at least 0"),
        (b'{"facts": {"compensation_paid": 1.234}}', "cents"),
        (b"[" * 100_000, "nested"),
        (b'{"facts": {"age": 1, "age": 2}}', "age: this key stands twice"),
        ([], "a list"),
        (17, "a number"),
        ({"fact": {}}, "fact: unknown key; did you mean facts?"),
        ({"facts": []}, "facts: is a list"),
        ({"events": {}}, "events: is an object"),
        ({"facts": {"ethnicity": "x"}}, "facts.ethnicity: there is no such fact"),
        ({"facts": {"birthdate": "1990-01-01"}}, "did you mean birth_date"),
        ({"facts": {"birth_date": "1990-02-30"}}, "is no date"),
        ({"facts": {"birth_date": "17-05-1990"}}, "is no date"),
        ({"facts": {"birth_date": "19900517"}}, "is no date"),
        ({"facts": {"birth_date": "1990-W20-4"}}, "is no date"),
        ({"facts": {"birth_date": 1990}}, "a number; expected a date"),
        ({"facts": {"birth_date": "1899-12-31"}}, "before 1900-01-01"),
        ({"facts": {"birth_date": "2014-08-01"}}, "lies after 2014-07-31"),
        ({"facts": {"age": "17"}}, "the text '17'; expected a whole number"),
        ({"facts": {"age": 17.5}}, "whole number"),
        ({"facts": {"age": True}}, "is true; expected a whole number"),
        ({"facts": {"age": -1}}, "at least 0"),
        ({"facts": {"age": 200}}, "at most 120"),
        ({"facts": {"is_minor": "yes"}}, "expected true, false or null"),
        ({"facts": {"is_minor": 1}}, "expected true, false or null"),
        ({"facts": {"compensation_paid": True}}, "is true; expected an amount"),
        ({"facts": {"compensation_paid": 10**30}}, "too large"),
        ({"facts": {"sex": "femal"}}, "did you mean female"),
        ({"facts": {"sex": ["female"]}}, "is a list; expected a code"),
        ({"facts": {"nationalities": "NG"}}, "expected a list"),
        (
            {"facts": {"nationalities": ["ng"]}},
            "nationalities[0]: ng is not a known value; did you mean NG?",
        ),
        ({"facts": {"nationalities": [["NG"]]}}, "nationalities[0]: is a list"),
        (on_events(7), "events[0]: is a number"),
        (on_events({}), "events[0].type: is missing"),
        (on_events({"type": ["x"], "on": "2014-07-01"}), "events[0].type: is a list"),
        (on_events({"type": "bed_request", "on": "2014-07-01"}), "did you mean bed_requested"),
        (on_events({"type": "bed_requested"}), "events[0].on: is missing"),
        (on_events({"type": "bed_requested", "on": "soon"}), "events[0].on: soon is no date"),
        (on_events({**BED, "planed_nights": 2}), "did you mean planned_nights"),
        (
            on_events({**BED, "planned_nights": -1}),
            "events[0].planned_nights: -1 is out of bounds",
        ),
        (on_events({**BED, "reason": "a\u0000b"}), "control characters"),
        (on_events({**BED, "reason": "\ud800"}), "control characters"),
        (on_events({**BED, "reason": "x" * 10_001}), "10001 characters"),
        (on_events({**BED, "reason": ["x"]}), "expected text"),
        (on_events({**PERMIT, "valid_until": "2014-06-30"}), "lies before 2014-07-01"),
        (
            on_events(
                {
                    "type": "reflection_period_started",
                    "on": "2014-07-01",
                    "planned_end": "2014-06-01",
                }
            ),
            "events[0].planned_end",
        ),
        (
            on_events({"type": "judgment_given", "on": "2014-07-01", "final_on": "2014-06-01"}),
            "events[0].final_on",
        ),
        (
            {"facts": {"birth_date": "1990-05-17"}, **on_events({**BED, "on": "1990-05-16"})},
            "birth",
        ),
        (on_events({**BED, "id": 7}), "events[0].id"),
        (on_events(FIX), "no earlier event to correct"),
        (
            on_events(BED, {**FIX, "corrects": 1}),
            "events[1].corrects: 1 names no earlier event",
        ),
        (on_events(BED, {**FIX, "corrects": True}), "names no earlier event"),
        (on_events(BED, {**FIX, "corrects": "first"}), "names no earlier event"),
        (on_events(BED, {**FIX, "corrects": 0, "replaced": None}), "did you mean replaced_by"),
        (on_events(BED, {**FIX, "corrects": 0, "replaced_by": 3}), "replaced_by: is a number"),
        (
            on_events(BED, {**FIX, "corrects": 0, "replaced_by": {**FIX, "corrects": 0}}),
            "puts no correction in place",
        ),
        (
            on_events(
                BED, {**FIX, "corrects": 0, "replaced_by": {**BED, "planned_nights": "2"}}
            ),
            "events[1].replaced_by.planned_nights",
        ),
        (
            on_events({"type": "facts_recorded", "on": "2014-07-01", "facts": {"x": 1}}),
            "facts.x",
        ),
        (on_events({"type": "facts_recorded", "on": "2014-07-01", "fact": {}}), "mean facts"),
        ({"events": [BED] * 10_001}, "at most 10,000"),
    ],
)
def test_bad_input_is_named(document: Any, words: str) -> None:
    found = problems(document)
    assert any(words in line for line in found), found
    assert all("\n" not in line and line.isprintable() for line in found)


def test_every_problem_is_told_at_once() -> None:
    found = problems({"facts": {"age": "x", "sex": "q"}, "events": [{}, {"type": "nothing"}]})
    assert [line.split(":")[0] for line in found] == [
        "facts.age",
        "facts.sex",
        "events[0].type",
        "events[0].on",
        "events[1].type",
        "events[1].on",
    ]


def test_many_problems_are_cut_off_and_counted() -> None:
    assert problems({"events": [7] * 150})[-1] == "and 50 more problems"


def test_what_was_put_in_is_shown_short_and_printable() -> None:
    (line,) = problems({"facts": {"\u202e\n" + "x" * 500: 1}})
    assert line.isprintable()
    assert len(line) < 400


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["facts", "events", "type", "on", "corrects", "replaced_by", "age"])
            | st.text(max_size=4),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)
days = st.dates(date(2012, 1, 1), date(2016, 1, 1)).map(date.isoformat)
odd = (
    st.none()
    | st.booleans()
    | st.integers(-3, 9)
    | st.text(max_size=3)
    | days
    | st.just("9999-12-31")
)
near_events = st.builds(
    lambda kind, on, fields: {"type": kind, "on": on, **fields},
    st.sampled_from([*PACK.events, "corrected", "facts_recorded", "nothing"]),
    days | odd,
    st.dictionaries(
        st.sampled_from(
            ["kind", "by", "valid_until", "final_on", "amount", "corrects", "facts"]
        ),
        odd,
        max_size=3,
    ),
)
near = st.fixed_dictionaries(
    {
        "facts": st.dictionaries(st.sampled_from(list(PACK.facts)), odd, max_size=4),
        "events": st.lists(near_events, max_size=6),
    }
)


@settings(max_examples=300, deadline=None)
@given(
    junk
    | near
    | st.fixed_dictionaries({"facts": junk})
    | st.fixed_dictionaries({"events": junk})
)
def test_whatever_is_put_in_is_answered_or_refused(document: Any) -> None:
    """The only errors are those that the command turns into lines."""
    with suppress(BadInput, DayOutOfRange):
        facts, events = read(document)
        assert assess(PACK, facts=facts, events=events, on=ON).on == ON


@given(st.binary(max_size=40))
def test_whatever_bytes_are_put_in(content: bytes) -> None:
    with suppress(BadInput):
        assert read(content) == ({}, [])
