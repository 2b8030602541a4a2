# SPDX-License-Identifier: EUPL-1.2
"""Reading answers from a form: what is given comes back as it was, what is wrong is named."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from middenstip.guide.answers import MOST_FIELDS, Answers, read_answers
from middenstip.pack.load import load_pack

PACK = load_pack("nl")
ON = date(2026, 11, 23)


def read(*fields: tuple[str, str]) -> Answers:
    answers, refused = read_answers(PACK, [(name, [value]) for name, value in fields], ON)
    assert refused == ()
    return answers


def trouble(*fields: tuple[str, str]) -> list[tuple[str, str]]:
    _, refused = read_answers(PACK, [(name, [value]) for name, value in fields], ON)
    return [(one.fact, one.trouble) for one in refused]


def test_each_kind_of_answer_is_typed_as_the_pack_says() -> None:
    answers = read(
        ("a.bed_needed", "yes"),
        ("a.own_income", "no"),
        ("a.age", "17"),
        ("a.cooperation", "undecided"),
        ("a.compensation_awarded", "1200,50"),
        ("a.exploitation_ended_on", "2024-05-17"),
    )
    assert answers.facts == {
        "bed_needed": True,
        "own_income": False,
        "age": 17,
        "cooperation": "undecided",
        "compensation_awarded": 1200.5,
        "exploitation_ended_on": date(2024, 5, 17),
    }


def test_several_codes_travel_as_several_fields_of_one_name() -> None:
    answers, refused = read_answers(
        PACK, [("a.exploitation_forms", ["labour", "begging", "labour"])], ON
    )
    assert refused == ()
    assert answers.facts == {"exploitation_forms": ("labour", "begging")}
    assert answers.fields == [
        ("a.exploitation_forms", "labour"),
        ("a.exploitation_forms", "begging"),
    ]


def test_the_order_of_asking_is_kept() -> None:
    answers = read(("a.bed_needed", "?"), ("a.age", "17"), ("a.own_income", "-"))
    assert [one.fact for one in answers.given] == ["bed_needed", "age", "own_income"]


@pytest.mark.parametrize("skip", ["?", "-"])
def test_who_does_not_know_or_rather_not_says_has_answered_without_a_fact(skip: str) -> None:
    answers = read(("a.age", skip))
    assert answers.facts == {}
    assert answers.asked == {"age"}
    assert answers.given[0].skipped
    assert answers.fields == [("a.age", skip)]


def test_pressing_do_not_know_wins_over_what_was_also_chosen() -> None:
    answers, _ = read_answers(PACK, [("a.age", ["17", "?"])], ON)
    assert answers.facts == {}
    assert answers.fields == [("a.age", "?")]


@pytest.mark.parametrize(
    ("told", "first", "last"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-2", date(2024, 2, 1), date(2024, 2, 29)),
        ("2023-12", date(2023, 12, 1), date(2023, 12, 31)),
    ],
)
def test_a_year_or_a_month_is_a_day_known_in_part(told: str, first: date, last: date) -> None:
    answers = read(("a.exploitation_ended_on", told))
    assert answers.facts == {}
    days = list(answers.partial[0].days)
    assert (days[0], days[-1]) == (first, last)
    assert len(days) == (last - first).days + 1


def test_a_day_may_come_in_parts() -> None:
    name = "a.exploitation_ended_on"
    whole = read((f"{name}.y", "2024"), (f"{name}.m", "5"), (f"{name}.d", "7"))
    assert whole.facts == {"exploitation_ended_on": date(2024, 5, 7)}
    month = read((f"{name}.y", "2024"), (f"{name}.m", "5"), (f"{name}.d", ""))
    assert month.fields == [(name, "2024-05")]
    assert trouble((f"{name}.y", "2024"), (f"{name}.m", ""), (f"{name}.d", "7")) == [
        ("exploitation_ended_on", "no_day")
    ]
    assert trouble((f"{name}.y", ""), (f"{name}.m", ""), (f"{name}.d", "")) == [
        ("exploitation_ended_on", "empty")
    ]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("a.shoe_size", "44", ("shoe_size", "no_such_fact")),
        ("a.reflection_period_runs", "yes", ("reflection_period_runs", "no_such_fact")),
        ("a.bed_needed", "perhaps", ("bed_needed", "no_choice")),
        ("a.bed_needed", "", ("bed_needed", "empty")),
        ("a.cooperation", "murder", ("cooperation", "no_choice")),
        ("a.exploitation_forms", "murder", ("exploitation_forms", "no_choice")),
        ("a.age", "many", ("age", "no_number")),
        ("a.age", "17.5", ("age", "no_number")),
        ("a.age", "-3", ("age", "no_number")),
        ("a.age", "300", ("age", "out_of_bounds")),
        ("a.exploitation_ended_on", "2024-02-30", ("exploitation_ended_on", "no_day")),
        ("a.exploitation_ended_on", "20244", ("exploitation_ended_on", "no_day")),
        ("a.exploitation_ended_on", "3024", ("exploitation_ended_on", "no_day")),
        ("a.exploitation_ended_on", "٢٠٢٤", ("exploitation_ended_on", "no_day")),
    ],
)
def test_what_is_no_answer_is_named_and_counts_as_not_answered(
    name: str, value: str, expected: tuple[str, str]
) -> None:
    assert trouble((name, value)) == [expected]


def test_other_fields_of_a_form_are_passed_over() -> None:
    assert read(("back", "age"), ("csrf", "x")) == Answers()


def test_a_flood_of_fields_is_cut_off() -> None:
    flood = [(f"x{place}", ["1"]) for place in range(MOST_FIELDS + 5)]
    answers, refused = read_answers(PACK, [*flood, ("a.age", ["17"])], ON)
    assert answers == Answers()
    assert [one.trouble for one in refused] == ["too_many"]


TEXTS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["yes", "no", "?", "-", "17", "2024", "2024-05", "labour"]),
)
NAMES = st.one_of(
    st.sampled_from([f"a.{fact}" for fact in PACK.facts]),
    st.sampled_from([f"a.{fact}.{part}" for fact in PACK.facts for part in "ymd"]),
    st.text(max_size=10),
)


@given(st.lists(st.tuples(NAMES, st.lists(TEXTS, max_size=3)), max_size=8))
def test_whatever_is_sent_is_read_or_refused_and_travels_on_unchanged(
    fields: list[tuple[str, list[str]]],
) -> None:
    answers, _ = read_answers(PACK, fields, ON)
    again: dict[str, list[str]] = {}
    for name, value in answers.fields:
        again.setdefault(name, []).append(value)
    same, refused = read_answers(PACK, list(again.items()), ON)
    assert refused == ()
    assert same == answers
