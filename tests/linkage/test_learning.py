# SPDX-License-Identifier: EUPL-1.2
"""Weights learnt from the register's own decisions: enough, measured, approved by two."""

import json
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured

from middenstip.linkage import learning, weights
from middenstip.linkage.learning import labels, learn_weights
from middenstip.matching import learn, levels
from middenstip.matching.records import BadInput
from middenstip.matching.weights import approve, read_weights, shipped, write_weights
from middenstip.thread.records import NewIdentity, Opened
from tests.linkage.files import decide, opened
from tests.linkage.test_searching import asked, quiet
from tests.thread.chain import Chain

HEADS = ("Bal", "Cor", "Dim", "Fen", "Gur", "Hol", "Jan", "Kes", "Lum", "Mor", "Nad", "Pir")
PAIRS = 12


def ids(number: int) -> list[UUID]:
    return sorted(uuid4() for _ in range(number))


@pytest.mark.parametrize(
    ("answers", "groups"),
    [
        ({(0, 1): "same", (1, 2): "same"}, [{0, 1, 2}]),
        ({(0, 1): "same", (1, 2): "different"}, [{0, 1}, {2}]),
        ({(0, 1): "different"}, [{0}, {1}]),
        ({(0, 1): "same", (2, 3): "unknown"}, [{0, 1}]),
        ({(0, 1): "same", (1, 2): "unknown"}, [{0}]),
        ({}, []),
    ],
)
def test_persons_are_labelled_by_what_holds_and_the_unsure_are_left_out(
    answers: dict[tuple[int, int], str], groups: list[set[int]]
) -> None:
    people = ids(4)
    found = labels({(people[a], people[b]): answer for (a, b), answer in answers.items()})
    made: dict[str, set[int]] = {}
    for person, label in found.items():
        made.setdefault(label, set()).add(people.index(person))
    assert sorted(made.values(), key=min) == groups


def test_who_was_judged_by_nobody_is_in_neither_half() -> None:
    assert not learn.taught("")
    assert {learn.taught(f"p{number}") for number in range(20)} == {True, False}


def files_of(chain: Chain, number: int) -> tuple[Opened, Opened]:
    """Two files of one made-up person, the second under another spelling."""
    head, tail = HEADS[number % len(HEADS)], HEADS[(number * 5 + 3) % len(HEADS)].lower()
    facts = {"birth_date": f"{1970 + number}-0{1 + number % 9}-1{number % 9}"}
    first = NewIdentity(given_name=f"{head}ana", family_name=f"{tail}ovic")
    again = NewIdentity(given_name=f"{tail}owitz", family_name=f"{head}anna")
    return (
        chain.notified(identity=first, facts=facts),
        chain.notified(identity=again, facts=facts),
    )


@pytest.fixture
def judged(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> Chain:
    """A register in which twelve people have two files each, which somebody joined."""
    monkeypatch.setattr(learn, "LEAST_PAIRS", 2)
    monkeypatch.setattr(learning, "LEAST_TAUGHT", 2)
    monkeypatch.setattr(learning, "LEAST_MEASURED", 2)
    half: dict[str, bool] = {"": False}
    monkeypatch.setattr(
        learn, "taught", lambda label: half.setdefault(label, len(half) % 2 > 0)
    )
    opened(chain, 99)
    for number in range(PAIRS):
        one, two = files_of(chain, number)
        decide(chain.coordination_point, one.case_id, two.case_id, "same")
    return chain


@pytest.mark.django_db
def test_too_few_decisions_are_refused_with_what_is_needed(
    chain: Chain, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = files_of(chain, 1)
    decide(chain.coordination_point, one.case_id, two.case_id, "same")
    with pytest.raises(BadInput, match=r"too few decisions.*50 and 20 are needed"):
        learn_weights(actor=chain.coordination_point, name="n", progress=quiet)
    out = tmp_path / "weights.json"
    assert asked(chain.coordination_point, "learn", "--out", str(out)) == 2
    assert "too few decisions" in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.django_db
def test_the_register_learns_and_two_people_approve_before_it_counts(
    judged: Chain,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "weights.json"
    assert asked(judged.coordination_point, "learn", "--out", str(out)) == 0
    said = capsys.readouterr().out
    for figure in (
        "before: best F1",
        "after:  best F1",
        "recall at precision 0.99",
        "precision",
    ):
        assert figure in said
    made = json.loads(out.read_text())
    assert "decisions of this register" in made["learnt_from"]
    assert {"best F1 before", "best F1 after", "precision above 0.5"} <= set(made["measured"])
    assert not any(head.lower() in out.read_text().lower() for head in ("balana", "corovic"))
    assert asked(judged.coordination_point, "learn", "--out", str(out)) == 2
    monkeypatch.setenv(weights.VARIABLE, str(out))
    config = apps.get_app_config("linkage")
    weights._read.cache_clear()
    with pytest.raises(ImproperlyConfigured, match="approved by 0 of two people"):
        config.ready()
    for name in ("A. Voorbeeld", "B. Voorbeeld"):
        approve(out, name)
    config.ready()
    assert weights.current().name == made["name"]
    weights._read.cache_clear()


def test_without_a_file_named_the_weights_are_those_that_come_along(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(weights.VARIABLE, raising=False)
    weights.require_usable()
    assert weights.current() == shipped()


def test_a_named_file_that_is_not_there_or_says_to_be_shipped_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "own.json"
    monkeypatch.setenv(weights.VARIABLE, str(path))
    with pytest.raises(ImproperlyConfigured, match="cannot be read"):
        weights.require_usable()
    write_weights(path, shipped())
    with pytest.raises(ImproperlyConfigured, match="of two people"):
        weights.require_usable()


def test_levels_are_read_back_from_a_file_as_they_were_measured(tmp_path: Path) -> None:
    shown = levels.levels_in(shipped().measured)
    assert [each.chance for each in shown] == list(levels.CHANCES)
    assert all(0 < each.precision <= 1 and 0 < each.recall <= 1 for each in shown)
    path = tmp_path / "weights.json"
    write_weights(path, shipped())
    assert levels.levels_in(read_weights(path, approved=False).measured) == shown
    assert levels.levels_in({}) == []
