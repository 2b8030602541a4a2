# SPDX-License-Identifier: EUPL-1.2
"""The parts of matching one by one: dates, names, letters, groups, weights, looking up."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from middenstip import cli
from middenstip.matching.cluster import group
from middenstip.matching.dates import Birth, read_birth
from middenstip.matching.index import Index
from middenstip.matching.letters import letters_of
from middenstip.matching.name_score import NamePool, name_scores
from middenstip.matching.names import name_words, skeleton
from middenstip.matching.records import BadInput, phone_key
from middenstip.matching.transducer import Shape, learn
from middenstip.matching.weights import approve, read_weights, shipped, write_weights

from .people import crowd, somebody


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1990", Birth(1990)),
        ("1990-05", Birth(1990, 5)),
        ("1990-05-04", Birth(1990, 5, 4)),
        ("19900504", Birth(1990, 5, 4)),
        ("4-5-1990", Birth(1990, 5, 4)),
        ("", None),
    ],
)
def test_a_birth_date_is_read_with_its_precision(text: str, said: Birth | None) -> None:
    assert read_birth(text) == said


def test_first_of_january_is_not_taken_for_an_exact_day() -> None:
    assert not Birth(1990, 1, 1).exact
    assert Birth(1990, 1, 2).exact


@pytest.mark.parametrize("text", ["1990-13-01", "1990-02-30", "about 20", "90", "0000-01-01"])
def test_what_is_no_birth_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"calendar|no birth date"):
        read_birth(text)


def test_titles_and_particles_do_not_tell_people_apart() -> None:
    assert [w.latin for w in name_words("Dr. Ali bin al-Hassan")] == ["ali", "hassan"]
    assert [w.latin for w in name_words("Haji")] == ["haji"]


def test_spellings_of_one_sound_share_a_skeleton() -> None:
    assert skeleton("goloebjev") == skeleton("golubyev") == skeleton("golubiew")
    assert skeleton("mustapha") == skeleton("moostafa")
    assert skeleton("mustafa") != skeleton("musa")


def test_ways_of_writing_one_telephone_number() -> None:
    assert len({phone_key(t) for t in ("+31 6 1234 5678", "0031612345678", "0612345678")}) == 1
    assert phone_key("112") == ""


def test_letters_are_learnt_from_pairs_nobody_aligned() -> None:
    pairs = [
        ("абв", "abv"),
        ("ваб", "vab"),
        ("бша", "bsha"),
        ("шав", "shav"),
        ("вша", "vsha"),
    ] * 8
    learnt = learn(pairs, Shape(1, 2), rounds=6)
    assert learnt.spell("шаб", 1) == ["shab"]
    assert [step[:2] for step in learnt.align("шаб", "shab")] == [
        ("ш", "sh"),
        ("а", "a"),
        ("б", "b"),
    ]
    right, wrong = learnt.likelihood(["шаб", "шаб"], ["shab", "vaba"])
    assert right > wrong + 5


@settings(max_examples=50, deadline=None)
@given(st.text(alphabet="абвгдежзиклмнопрстуфхцчшщьюя", min_size=1, max_size=12))
def test_an_alignment_uses_every_letter_once(word: str) -> None:
    learnt = letters_of("cyrillic")
    for spelling in learnt.spell(word, 2):
        steps = learnt.align(word, spelling)
        assert "".join(left for left, _, _ in steps) == word
        assert "".join(right for _, right, _ in steps) == spelling


@pytest.mark.parametrize(
    ("native", "latin"),
    [("محمود", "mahmoud"), ("тимошенко", "tymoshenko"), ("馬丁內斯", "martinez")],
)
def test_a_name_in_its_own_script_is_found_among_latin_names(native: str, latin: str) -> None:
    pool = NamePool([latin, "goldstein", "okonkwo", "nakamura", "rossi", "petersen", "silva"])
    assert pool.find(native, 1)[0][0] == latin


def test_the_order_of_names_is_free_but_another_name_is_another_name() -> None:
    one, two, three = name_scores(
        [("Jan Voorbeeld", "Voorbeeld, Jan"), ("Jan Voorbeeld", "Jan Anders"), ("", "Jan")]
    )
    assert one == 1.0
    assert two < 0.8
    assert three == 0.0


def test_two_signs_of_one_sound_are_two_names() -> None:
    same, other = name_scores([("高市早苗", "高市早苗"), ("高石早苗", "高市早苗")])
    assert other < same


def test_one_weak_link_does_not_join_two_well_known_persons() -> None:
    inside = [
        (a, b) for block in (range(4), range(4, 8)) for a in block for b in block if a < b
    ]
    pairs = [*inside, (3, 4)]
    a, b = (np.array(side) for side in zip(*pairs, strict=True))
    score = np.array([5.0] * len(inside) + [2.0])
    found = group(8, a, b, score)
    assert found.tolist() == [0, 0, 0, 0, 4, 4, 4, 4]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 9), st.integers(0, 9), st.floats(-9, 9)).filter(
            lambda t: t[0] < t[1]
        ),
        max_size=30,
        unique_by=lambda t: (t[0], t[1]),
    ),
    st.randoms(),
)
def test_groups_do_not_depend_on_the_order_of_pairs(
    links: list[tuple[int, int, float]], chance: object
) -> None:
    def grouped(rows: list[tuple[int, int, float]]) -> list[int]:
        a, b = (np.array([r[i] for r in rows], dtype=np.int64) for i in (0, 1))
        return group(10, a, b, np.array([r[2] for r in rows])).tolist()

    other = links[:]
    chance.shuffle(other)  # type: ignore[attr-defined]
    found = grouped(links)
    assert found == grouped(other)
    assert all(found[first] == first <= row for row, first in enumerate(found))


def test_weights_that_two_people_did_not_approve_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "weights.json"
    write_weights(path, shipped())
    with pytest.raises(BadInput, match="approved by 0 of two"):
        read_weights(path)
    approve(path, "A. Voorbeeld")
    with pytest.raises(BadInput, match="a second person must"):
        approve(path, " a. voorbeeld ")
    assert cli.run(["match", "approve", str(path), "--name", "B. Voorbeeld"]) == 0
    assert "may be used" in capsys.readouterr().out
    assert read_weights(path).approved_by == ("A. Voorbeeld", "B. Voorbeeld")


def test_a_file_that_claims_to_be_shipped_needs_approval_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "weights.json"
    write_weights(path, shipped())
    assert json.loads(path.read_text())["shipped"]
    with pytest.raises(BadInput, match="approved by"):
        read_weights(path)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"name": 1}'])
def test_what_is_no_weights_file_is_refused(content: str, tmp_path: Path) -> None:
    path = tmp_path / "weights.json"
    path.write_text(content)
    with pytest.raises(BadInput, match="is no weights file"):
        read_weights(path)


def test_learning_reports_before_and_after_and_needs_enough_pairs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    people, out = tmp_path / "judged.csv", tmp_path / "weights.json"
    lines = ["rec_id,given_name,family_name,birth_date,who"]
    for i, one in enumerate(crowd(300)):
        given, family = one.names[0][0].latin, one.names[1][0].latin
        lines.append(f"a{i},{given},{family},{one.birth},p{i}")
        lines.append(f"b{i},{family},{given[:-1]},{one.birth},p{i}")
    people.write_text("\n".join(lines))
    learn_it = ["match", "learn", str(people), "--label", "who", "--out", str(out)]
    assert cli.run(learn_it) == 0
    said = capsys.readouterr().out
    assert "before: best F1" in said
    assert "after:  best F1" in said
    learnt = json.loads(out.read_text())
    assert learnt["approved_by"] == []
    assert learnt["learnt_on"]
    assert learnt["measured"]["best F1 after"] > 0.5
    people.write_text("\n".join(lines[:9]))
    assert cli.run(learn_it) == 2
    assert "too few judged pairs" in capsys.readouterr().err


def test_a_record_added_later_is_found_at_once() -> None:
    index = Index(crowd(), shipped())
    index.add(somebody("new", "Zwetlana", "Nieuwenaam", "1988-07-06"))
    found = index.find(somebody("q", "Svetlana", "Nieuwenaam", "1988-07-06"), 3)
    assert found[0].rec_id == "new"
    assert found[0].evidence().score == pytest.approx(found[0].score, abs=1e-3)


def test_a_question_leaves_nothing_behind_in_the_index() -> None:
    index = Index(crowd(), shipped())
    first = [(f.rec_id, f.score) for f in index.find(crowd()[3], 5)]
    index.find(somebody("q", "Zzyzx Qwerty", "Øåß المجهول", "2001-02-03", alias="新名"), 5)
    assert [(f.rec_id, f.score) for f in index.find(crowd()[3], 5)] == first


def test_the_record_itself_is_not_offered_as_somebody_else() -> None:
    people = crowd()
    assert all(hit.rec_id != "c7" for hit in Index(people, shipped()).find(people[7], 50))
