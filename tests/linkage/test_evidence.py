# SPDX-License-Identifier: EUPL-1.2
"""Evidence in words: what speaks for is not said to speak against, and nothing goes unsaid."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pytest
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from middenstip.linkage import evidence
from middenstip.linkage.evidence import KINDS, Reasons, Side, reasons
from middenstip.linkage.known import stated
from middenstip.matching.compare import compare
from middenstip.matching.explain import explain
from middenstip.matching.records import Person
from middenstip.matching.table import Frequencies, Table
from middenstip.matching.weights import shipped

FATIMA = {"given_name": "Fatima", "family_name": "Voorbeeldova", "phone": "0612345678"}
BORN = {"birth_date": "1995-04-13", "sex": "female", "nationalities": ["MA"]}


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with override("en"):
        yield


def _said(
    one: tuple[Mapping[str, str], Mapping[str, Any]],
    two: tuple[Mapping[str, str], Mapping[str, Any]],
) -> Reasons:
    left, right = stated(*one), stated(*two)
    counts = Frequencies(n=1000)
    found = explain(left.cut("a"), right.beside(left).cut("b"), counts, shipped())
    return reasons(found, Side.of(left), Side.of(right))


def _line(said: Reasons, kind: str) -> evidence.Reason:
    return next(line for line in said.lines if line.kind == kind)


@pytest.mark.parametrize(
    ("other", "kind", "found", "sign"),
    [
        ({"birth_date": "1995-04-13"}, "birth date", "the same day", 1),
        ({"birth_date": "1995-12-30"}, "birth date", "another day in the same year", -1),
        ({"birth_date": "1950-12-30"}, "birth date", "another day, many years apart", -1),
        ({"birth_date": "1995-01-01"}, "birth date", "the year is the same", 1),
        ({"sex": "male"}, "sex", "another", -1),
        ({"nationalities": ["DZ", "MA"]}, "nationality", "a nationality in common", 1),
        ({"nationalities": ["VN"]}, "nationality", "no nationality in common", -1),
        ({"sex": "male", "birth_date": ""}, "birth date", "not known in one", 0),
    ],
)
def test_each_kind_says_what_was_found_and_which_way_it_speaks(
    other: dict[str, Any], kind: str, found: str, sign: int
) -> None:
    line = _line(_said((FATIMA, BORN), (FATIMA, {**BORN, **other})), kind)
    assert found in line.found
    assert (line.level > 0) - (line.level < 0) == sign
    assert line.strength == str(evidence.STRENGTHS[line.level])


def test_names_say_how_many_parts_are_alike_and_show_letters() -> None:
    said = _said((FATIMA, {}), ({"given_name": "Fatma", "family_name": "Forbeeldowa"}, {}))
    assert "two parts of the name" in _line(said, "names").found
    assert [(word.left, word.right) for word in said.letters] == [
        ("fatima", "fatma"),
        ("voorbeeldova", "forbeeldowa"),
    ] or len(said.letters) == 2
    for word in said.letters:
        assert "".join(step.left for step in word.steps) == word.left
        assert "".join(step.right for step in word.steps) == word.right


def test_a_name_in_another_script_is_said_to_stand_for_the_other() -> None:
    (word,) = _said(({"given_name": "Fatima"}, {}), ({"given_name": "فاطمة"}, {})).letters
    assert word.translated


def test_what_neither_file_knows_has_no_line() -> None:
    said = _said(({"given_name": "Fatima"}, {}), ({"given_name": "Fatima"}, {}))
    assert [line.kind for line in said.lines] == ["names"]


TEXT = st.text(max_size=30)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.tuples(TEXT, TEXT, TEXT, TEXT),
    st.tuples(TEXT, TEXT, TEXT, TEXT),
    st.sampled_from(["", "1900-01-01", "1995-04-13", "geen dag"]),
    st.sampled_from([[], ["NL"], ["NG", "NL"]]),
)
def test_whatever_is_typed_is_put_in_words_and_never_a_number(
    one: tuple[str, ...], two: tuple[str, ...], born: str, nations: list[str]
) -> None:
    names = ("given_name", "family_name", "alias", "phone")
    left = dict(zip(names, one, strict=True))
    right = dict(zip(names, two, strict=True))
    said = _said((left, {"birth_date": born}), (right, {**BORN, "nationalities": nations}))
    for line in said.lines:
        assert line.strength
        assert -3 <= line.level <= 3
        assert not any(sign.isdigit() for sign in line.strength + said.whole)


def test_every_feature_of_two_stated_values_has_words() -> None:
    """A feature that is added to the comparison must be said, or left out on purpose."""
    table = Table([Person("a"), Person("b")], Frequencies(n=2))
    names = compare(table, np.array([0]), np.array([1]))
    silent = ("rare", "words ", "one word only", "left over", "not stated", "other but")
    for feature, kind in zip(names.names, names.kinds, strict=True):
        if kind in KINDS and not any(part in feature for part in silent):
            words = feature in evidence.FOUND or feature.rsplit(" ", 1)[-1] in evidence.YEARS
            assert words, feature
