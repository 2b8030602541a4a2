# SPDX-License-Identifier: EUPL-1.2
"""Lists of several organisations matched by codes: no name leaves, and the counts hold."""

from __future__ import annotations

import csv
import itertools
import random
import stat
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from middenstip import cli
from middenstip.matching.blind import SIZE, Code, Encoder, likeness
from middenstip.matching.cluster import group
from middenstip.matching.codes import alike, judge
from middenstip.matching.records import BadInput

from .people import crowd, somebody

ENCODER = Encoder(b"0123456789abcdef0123456789abcdef", "test")
HEAD = "rec_id,given_name,family_name,birth_date\n"
ONE = "1,Olga,Voorbeeldova,1999-04-03\n2,Kwame,Samplesen,1988-02-29\n3,Thi,Bichvoorbeeld,2003\n"
TWO = "a,Voorbeeldowa,Olga,1999-04-03\nb,Ngozi,Okwuvoorbeeld,1983-12-09\n"
THREE = "x,Olga,Voorbeeldova,1999-04-03\ny,Ngozi,Okwuvoorbeeld,1983-12-09\n"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "key"
    assert cli.run(["match", "key", "--out", str(path)]) == 0
    return path


def encoded(folder: Path, key: Path, name: str, people: str, purpose: str = "year") -> Path:
    """Return the codes of a list, made by the command."""
    plain, out = folder / f"{name}-plain.csv", folder / f"{name}.csv"
    plain.write_text(HEAD + people, encoding="utf-8")
    asked = ["match", "encode", str(plain), "--key-file", str(key), "--purpose", purpose]
    assert cli.run([*asked, "--out", str(out)]) == 0
    return out


def test_three_lists_are_matched_and_counted_without_a_name(
    tmp_path: Path, key: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lists = [
        encoded(tmp_path, key, name, people)
        for name, people in (("police", ONE), ("shelter", TWO), ("ngo", THREE))
    ]
    for path in lists:
        text = path.read_text(encoding="utf-8").lower()
        assert not any(word in text for word in ("olga", "voorbeeld", "1999", "ngozi"))
    pairs, persons, counts = (tmp_path / f"{name}.out" for name in ("pairs", "persons", "n"))
    capsys.readouterr()
    asked = ["--pairs", str(pairs), "--persons", str(persons), "--lists", str(counts)]
    assert cli.run(["match", "codes", *map(str, lists), *asked]) == 0
    assert rows(pairs)[0]["rec_id_l"].partition(":")[0] in {"police", "shelter", "ngo"}
    who = {row["rec_id"]: row["person"] for row in rows(persons)}
    assert who["police:1"] == who["shelter:a"] == who["ngo:x"]
    assert who["shelter:b"] == who["ngo:y"] != who["police:1"]
    assert rows(counts) == [
        {"police": "1", "shelter": "1", "ngo": "1", "persons": "1"},
        {"police": "1", "shelter": "0", "ngo": "0", "persons": "2"},
        {"police": "0", "shelter": "1", "ngo": "1", "persons": "1"},
    ]
    said = capsys.readouterr().out
    assert "7 records of 3 lists, 4 persons" in said
    assert "1  police and shelter and ngo" in said


def test_a_key_is_for_the_owner_alone_and_never_overwritten(
    tmp_path: Path, key: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    before = key.read_bytes()
    other = tmp_path / "other"
    assert cli.run(["match", "key", "--out", str(other)]) == 0
    assert other.read_bytes() != before
    assert cli.run(["match", "key", "--out", str(key)]) == 2
    assert "never overwritten" in capsys.readouterr().err
    assert key.read_bytes() == before
    key.chmod(0o640)
    asked = ["match", "encode", "no.csv", "--key-file", str(key), "--purpose", "p"]
    assert cli.run([*asked, "--out", str(tmp_path / "out")]) == 2
    assert "chmod 600" in capsys.readouterr().err


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"zz" * 32, b"00" * 31, b"00" * 33])
def test_what_is_no_key_is_refused_and_not_repeated(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, people = tmp_path / "key", tmp_path / "people.csv"
    path.write_bytes(content)
    path.chmod(0o600)
    people.write_text(HEAD + ONE)
    asked = ["match", "encode", str(people), "--key-file", str(path), "--purpose", "p"]
    assert cli.run([*asked, "--out", str(tmp_path / "out.csv")]) == 2
    said = capsys.readouterr().err
    assert "key" in said
    assert "zzzz" not in said
    assert not (tmp_path / "out.csv").exists()


def test_lists_of_another_key_or_purpose_are_refused_and_not_matched_to_nobody(
    tmp_path: Path, key: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = encoded(tmp_path, key, "one", ONE)
    other_purpose = encoded(tmp_path, key, "two", TWO, purpose="other")
    assert cli.run(["match", "codes", str(one), str(other_purpose)]) == 2
    assert "two: made with another key or purpose than one" in capsys.readouterr().err
    second = tmp_path / "key2"
    assert cli.run(["match", "key", "--out", str(second)]) == 0
    other_key = encoded(tmp_path, second, "three", TWO)
    assert cli.run(["match", "codes", str(one), str(other_key)]) == 2


def test_bad_lists_are_refused_by_row_and_nothing_is_written(
    tmp_path: Path, key: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = encoded(tmp_path, key, "good", ONE)
    head, first, *rest = good.read_text().splitlines()
    bad = tmp_path / "bad.csv"
    for lines, said in (
        ([head, first, first], "row 3: rec_id '1' was used in row 2"),
        ([head, first[:-1] + "z"], "row 2: a code is not hexadecimal"),
        ([head, first[:-2]], "row 2: a code has 63 bytes"),
        ([head, first + ",x"], "row 2: 5 cells"),
        ([head, first[1:]], "row 2: rec_id or exchange is empty"),
        ([head + ",given_name", first + ",Olga"], "send codes only"),
        (["rec_id,names", first], "no column exchange, birth"),
        ([head, first, rest[0].replace(first.split(",")[1], "0" * 16)], "another exchange"),
    ):
        bad.write_text("\n".join(lines) + "\n")
        out = tmp_path / "out.csv"
        assert cli.run(["match", "codes", str(good), str(bad), "--pairs", str(out)]) == 2
        assert said in capsys.readouterr().err
        assert not out.exists()
    for files, said in (
        ([good], "give two or more"),
        ([good, good], "two lists are called good"),
        ([good, tmp_path / "nothing.csv"], "cannot be read"),
    ):
        assert cli.run(["match", "codes", *map(str, files)]) == 2
        assert said in capsys.readouterr().err


def test_no_output_replaces_a_list_or_another_output_and_all_are_written_or_none(
    tmp_path: Path, key: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = encoded(tmp_path, key, "one", ONE), encoded(tmp_path, key, "two", TWO)
    before, out = one.read_text(), tmp_path / "out.csv"
    for options, said in (
        (["--pairs", str(one)], "is read or written already"),
        (["--pairs", str(out), "--persons", str(out)], "is read or written already"),
        (["--pairs", str(out), "--lists", str(tmp_path / "no" / "n")], "cannot be written"),
        (["--pairs", str(out), "--lists", str(tmp_path)], "is a folder"),
    ):
        assert cli.run(["match", "codes", str(one), str(two), *options]) == 2
        assert said in capsys.readouterr().err
    assert one.read_text() == before
    assert not out.exists()
    assert not list(tmp_path.glob("*.part"))


def test_who_has_no_name_is_somebody_of_their_own_and_an_empty_list_harms_nothing() -> None:
    nameless = [ENCODER.code(somebody("", "", "", "1990-05-04")) for _ in range(3)]
    assert judge(nameless, [0, 1, 2]).person.tolist() == [0, 1, 2]
    assert judge([], []).person.tolist() == []


def test_the_same_person_twice_on_a_list_counts_once_unless_lists_are_said_to_be_clean() -> (
    None
):
    olga = ENCODER.code(somebody("1", "Olga", "Voorbeeldova", "1999-04-03"))
    codes = [*(ENCODER.code(one) for one in crowd(60)), olga, olga, olga]
    lists = [0] * 60 + [0, 0, 1]
    free = judge(codes, lists).person
    assert free[60] == free[61] == free[62]
    clean = judge(codes, lists, one_to_one=True)
    assert clean.person[60] != clean.person[61]
    assert all(lists[a] != lists[b] for a, b in zip(clean.a, clean.b, strict=True))


@given(st.randoms(use_true_random=False), st.integers(2, 24), st.integers(1, 4))
@settings(max_examples=60, deadline=None)
def test_groups_kept_apart_never_hold_two_of_one_list(
    chance: random.Random, size: int, lists: int
) -> None:
    pairs = [p for p in itertools.combinations(range(size), 2) if chance.random() < 0.5]
    a, b = (np.array([p[side] for p in pairs], dtype=np.int64) for side in (0, 1))
    score = np.array([chance.uniform(-4, 8) for _ in pairs])
    number = np.array([chance.randrange(lists) for _ in range(size)])
    found = group(size, a, b, score, apart=number)
    members = sorted(zip(found.tolist(), number.tolist(), strict=True))
    assert len(set(members)) == len(members)


@given(st.randoms(use_true_random=False), st.integers(0, 40))
@settings(max_examples=40, deadline=None)
def test_the_search_by_birth_finds_what_comparing_everybody_finds(
    chance: random.Random, size: int
) -> None:
    people = [
        somebody(
            str(i),
            chance.choice(["Olga", "Olha", "Kwame", "", "Bich"]),
            chance.choice(["Voorbeeldova", "Sample", "Voorbeeldowa", ""]),
            chance.choice(["1999-04-03", "1999", "1999-11-20", "1971-12-30", ""]),
        )
        for i in range(size)
    ]
    codes = [ENCODER.code(one) for one in people]
    found = alike(codes)
    got = {
        (a, b): (round(names, 9), round(birth, 9))
        for a, b, names, birth in zip(
            *(part.tolist() for part in (found.a, found.b, found.names, found.birth)),
            strict=True,
        )
    }
    wanted = by_everybody(codes)
    assert got == {pair: value for pair, value in wanted.items() if pair in got}
    if size <= 26:  # nobody has more candidates than are kept
        assert got == wanted


def by_everybody(codes: list[Code]) -> dict[tuple[int, int], tuple[float, float]]:
    """Return each pair worth keeping, compared one by one."""
    found = {}
    for a, b in itertools.combinations(range(len(codes)), 2):
        names = likeness(codes[a].names, codes[b].names)
        birth = likeness(codes[a].birth, codes[b].birth)
        counts = 0.4 if birth is None else birth
        if names is not None and counts >= 0.2 and names * counts >= 0.08:
            found[a, b] = (round(names, 9), round(-1.0 if birth is None else birth, 9))
    return found


def test_a_code_of_the_wrong_size_never_enters_a_comparison() -> None:
    with pytest.raises(BadInput):
        Code(b"x" * (SIZE // 8 + 1), b"")
