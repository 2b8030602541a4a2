# SPDX-License-Identifier: EUPL-1.2
"""Conditions in words: nothing of a condition is lost, and a negation says the opposite."""

from datetime import date
from typing import Any

import pytest
from django.utils import translation
from pydantic import TypeAdapter

from middenstip.law.wording import Clause, Wording
from middenstip.pack.conditions import Condition
from middenstip.pack.load import load_pack

PACK = load_pack("nl")
READ: TypeAdapter[Any] = TypeAdapter(Condition)


def _words(tree: dict[str, Any], event: str | None = None, language: str = "en") -> Clause:
    with translation.override(language):
        wording = Wording(PACK, PACK.events[event] if event else None)
        return wording.clause(READ.validate_python(tree))


@pytest.mark.parametrize(
    ("tree", "said"),
    [
        ({"fact": "is_minor", "is": True}, "Minor: yes"),
        ({"not": {"fact": "is_minor", "is": True}}, "Minor: no"),
        ({"fact": "is_minor", "is": False}, "Minor: no"),
        ({"fact": "age", "lt": 18}, "Age: less than 18"),
        ({"not": {"fact": "age", "lt": 18}}, "Age: at least 18"),
        ({"not": {"fact": "age", "le": 18}}, "Age: more than 18"),
        (
            {"fact": "birth_date", "ge": date(2014, 7, 1)},
            "Date of birth: on or after 1 July 2014",
        ),
        ({"fact": "birth_date", "lt": {"today": True}}, "Date of birth: before today"),
        ({"fact": "birth_date", "known": True}, "Date of birth: known"),
        ({"fact": "birth_date", "known": False}, "Date of birth: not known"),
        ({"not": {"fact": "birth_date", "known": True}}, "Date of birth: not known"),
        ({"fact": "role", "is": "witness"}, "Role: witness"),
        ({"not": {"fact": "role", "is": "witness"}}, "Role: not witness"),
        ({"not": {"not": {"fact": "role", "is": "witness"}}}, "Role: witness"),
        (
            {"fact": "birth_date", "plus": {"years": 18}, "le": {"today": True}},
            "18 years after “Date of birth”: on or before today",
        ),
    ],
)
def test_a_comparison_says_what_it_compares(tree: dict[str, Any], said: str) -> None:
    assert _words(tree).text.casefold() == said.casefold()


def test_a_field_of_an_event_has_the_label_of_its_form() -> None:
    said = _words({"event": "ended_by", "is": "victim"}, "reflection_period_ended")
    assert said.text.startswith("Who wanted the end: ")
    on = _words({"event": "on", "lt": {"fact": "birth_date"}}, "reflection_period_ended")
    assert on.text == "the day of the event: before Date of birth"


def test_what_an_unknown_counts_as_is_said() -> None:
    inner = {"fact": "is_minor", "is": True}
    assert "not known counts as yes" in _words({"possibly": inner}).text
    assert "not known counts as no" in _words({"certainly": inner}).text
    not_certain = _words({"not": {"certainly": inner}})
    assert not_certain.text == "it is not certain that:"
    assert not_certain.parts[0].text == "Minor: yes"


def test_negation_of_branches_keeps_the_parts_as_they_are() -> None:
    parts = [{"fact": "is_minor", "is": True}, {"fact": "age", "lt": 18}]
    assert _words({"not": {"any": parts}}).text == "none of these:"
    assert _words({"not": {"all": parts}}).text == "not all of these together:"
    assert [part.text for part in _words({"not": {"all": parts}}).parts] == [
        "Minor: yes",
        "Age: less than 18",
    ]


def _leaves(node: Any) -> int:
    for key in ("all", "any"):
        inner = getattr(node, key, None)
        if isinstance(inner, tuple):
            return sum(_leaves(part) for part in inner)
    for key in ("not_", "possibly", "certainly"):
        if hasattr(node, key):
            return _leaves(getattr(node, key))
    return 1


def _lines(clause: Clause) -> int:
    return sum(_lines(part) for part in clause.parts) if clause.parts else 1


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_condition_of_the_pack_is_told_whole(language: str) -> None:
    with translation.override(language):
        for scheme in PACK.schemes.values():
            for version in scheme.versions:
                told = Wording(PACK).clause(version.applies_when)
                assert _lines(told) == _leaves(version.applies_when)
        for guard in PACK.guards.values():
            told = Wording(PACK, PACK.events[guard.event]).clause(guard.refuse_when)
            assert _lines(told) == _leaves(guard.refuse_when)


def test_an_amount_is_written_as_money_with_its_length_of_time() -> None:
    amount = PACK.amounts["rvb_allowance"]
    with translation.override("nl"):
        words = Wording(PACK)
        assert words.amount(amount, 935.81) == "€ 935,81 per maand"
        assert words.amount(amount, 1000.0) == "€ 1.000 per maand"
    with translation.override("en"):
        assert Wording(PACK).amount(PACK.amounts["rvb_share"], 70.0) == "70 percent"
