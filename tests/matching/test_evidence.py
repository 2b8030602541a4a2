# SPDX-License-Identifier: EUPL-1.2
"""What speaks for and against: it adds up, says why, and bad input does not turn it round."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from middenstip.matching.engine import match
from middenstip.matching.explain import Evidence, explain, letters
from middenstip.matching.index import Index
from middenstip.matching.names import name_words
from middenstip.matching.records import Person
from middenstip.matching.table import Frequencies
from middenstip.matching.weights import shipped

from .people import crowd, somebody

WEIGHTS = shipped()
CROWD = crowd()
COUNTS = Frequencies.of(CROWD)


def evidence(one: Person, two: Person) -> Evidence:
    return explain(one, two, COUNTS, WEIGHTS)


def kind(found: Evidence, name: str) -> float:
    return sum(part.log_odds for part in found.contributions if part.kind == name)


texts = st.text(max_size=30)
people = st.builds(
    somebody,
    st.just("x"),
    texts,
    texts,
    st.sampled_from(["", "1990", "1990-01-01", "1990-05-04", "1991-04-05", "nonsense"]),
    alias=texts,
    sex=st.sampled_from(["", "F", "M", "?"]),
    nationality=st.sampled_from(["", "NG", "RO"]),
    birth_place=texts,
    phone=st.sampled_from(["", "0612345678", "12"]),
)


@settings(max_examples=60, deadline=None)
@given(people, people)
def test_the_contributions_add_up_to_the_score_whatever_is_compared(
    one: Person, two: Person
) -> None:
    found = evidence(one, two)
    total = found.start + sum(part.log_odds for part in found.contributions)
    assert found.score == pytest.approx(total)
    assert np.isfinite(found.score)


@settings(max_examples=40, deadline=None)
@given(people, people)
def test_it_does_not_matter_which_record_comes_first(one: Person, two: Person) -> None:
    assert evidence(one, two).score == pytest.approx(evidence(two, one).score, abs=1e-4)


def test_what_the_explanation_says_is_what_the_engine_scored() -> None:
    records = [*CROWD, somebody("a", "Olga", "Voorbeeldova", "1999-04-03")]
    records.append(somebody("b", "Olha", "Voorbeeldowa", "1999-04-03"))
    scored = match(records, WEIGHTS)
    at = next(i for i in range(len(scored.a)) if scored.a[i] == len(CROWD))
    told = explain(records[-2], records[-1], Frequencies.of(records), WEIGHTS)
    assert told.score == pytest.approx(float(scored.own[at]), abs=1e-3)
    linked = explain(
        records[-2], records[-1], Frequencies.of(records), WEIGHTS, (told.score, 3.0)
    )
    assert linked.contributions[-1].kind == "through another record"
    assert linked.score == pytest.approx(
        linked.start + sum(part.log_odds for part in linked.contributions)
    )


def test_a_missing_value_speaks_neither_way() -> None:
    full = somebody("1", "Olga", "Voorbeeldova", "1999-04-03", sex="F", phone="0612345678")
    bare = somebody("2", "Olga", "Voorbeeldova")
    found = evidence(full, bare)
    for name in ("sex", "nationality", "phone", "alias", "birth place"):
        assert kind(found, name) == 0


def test_names_written_letter_by_letter_across_scripts() -> None:
    (latin,), (cyrillic,) = name_words("Marchenko"), name_words("Марченко")
    steps = letters(latin, cyrillic)
    assert "".join(step.left for step in steps) == "marchenko"
    assert "".join(step.right for step in steps) == "марченко"
    assert any("ch" in step.left and "ч" in step.right for step in steps)


def test_twins_are_not_one_person_and_a_father_is_not_his_son() -> None:
    same = evidence(
        somebody("1", "Kehinde", "Voorbeeld", "2001-05-06"),
        somebody("2", "Kehinde", "Voorbeeld", "2001-05-06"),
    )
    twins = evidence(
        somebody("1", "Kehinde", "Voorbeeld", "2001-05-06"),
        somebody("2", "Taiwo", "Voorbeeld", "2001-05-06"),
    )
    father = evidence(
        somebody("1", "Ali", "Voorbeeld", "1970-03-04"),
        somebody("2", "Ali", "Voorbeeld", "2001-11-20"),
    )
    assert kind(twins, "names") < kind(same, "names") - 2
    assert twins.score < same.score - 2
    assert kind(father, "birth date") < 0
    assert father.score < 0 < same.score


def test_a_birth_date_that_everybody_has_proves_nothing() -> None:
    def persons(born: str) -> int:
        named = [" ".join(w.latin for w, _ in p.names) for p in CROWD]
        records = [somebody(str(i), name, born=born) for i, name in enumerate(named)]
        return len(set(match(records, WEIGHTS).groups().tolist()))

    none = persons("")
    assert persons("1900-01-01") >= 0.95 * none
    assert persons("1971-08-09") >= 0.95 * none


def test_a_phone_that_four_hundred_records_share_joins_nobody() -> None:
    shared = [
        somebody(
            p.rec_id, p.names[0][0].latin, p.names[1][0].latin, str(p.birth), phone="0687654321"
        )
        for p in crowd(400)
    ]
    with_phone, without = match(shared, WEIGHTS).groups(), match(crowd(400), WEIGHTS).groups()
    assert len(set(with_phone.tolist())) >= 0.95 * len(set(without.tolist()))
    counts = Frequencies.of(shared)
    one = explain(shared[0], shared[1], counts, WEIGHTS)
    rare = explain(
        somebody("a", phone="0611111111"), somebody("b", phone="0611111111"), counts, WEIGHTS
    )
    assert kind(one, "phone") < kind(rare, "phone") / 2


@pytest.mark.parametrize(
    "name",
    [
        "",
        "X",
        "a" * 500,
        "Олга Olga أولغا",
        "Dr. Prof. Mrs",
        "-",
        "１２３",
        "\u202eOlga",
        "O'",
        "👩",
    ],
)
def test_no_name_breaks_the_comparison_or_the_look_up(name: str) -> None:
    index = Index(CROWD, WEIGHTS)
    asked = somebody("q", name, name, "1990-05-04", alias=name)
    found = index.find(asked, 5)
    assert len(found) <= 5
    assert all(0 <= hit.chance <= 1 for hit in found)
    scored = match([*CROWD, asked], WEIGHTS)
    assert np.isfinite(scored.score).all()


def test_a_poisoned_list_does_not_melt_the_register() -> None:
    """Records that take one name of each of two people must not chain everybody together."""
    register = crowd(200)
    poison = [
        somebody(
            f"p{i}",
            register[i].names[0][0].latin,
            register[i + 1].names[-1][0].latin,
            str(register[i].birth if i % 2 else register[i + 1].birth),
        )
        for i in range(199)
    ]
    groups = match([*register, *poison], WEIGHTS).groups()
    sizes = np.unique(groups, return_counts=True)[1]
    assert sizes.max() <= 6
    registered = set(groups[:200].tolist())
    assert len(registered) >= 180
