# SPDX-License-Identifier: EUPL-1.2
"""`middenstip match`: its four forms, and what it says of input that cannot be used."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from middenstip import cli

PEOPLE = """rec_id,source,given_name,family_name,alias,sex,birth_date,nationality,phone
r1,police,Olga,Voorbeeldova,,F,1999-04-03,UA,0612345678
r2,shelter,Voorbeeldowa,Olha,,F,1999,UA,
r3,ngo,Олга,Voorbeeldova,Princess,F,1999-04-03,UA,+31612345678
r4,health,Pham,Thi Bich,,F,2003-11-20,VN,
r5,police,Phạm,Bích,,F,2003-01-01,VN,
r6,ngo,Kwame,Sample,,M,1988-02-29,GH,
"""


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(PEOPLE, encoding="utf-8")
    return path


def test_pairs_and_persons_have_the_promised_columns(people: Path, tmp_path: Path) -> None:
    pairs, persons = tmp_path / "pairs.csv", tmp_path / "persons.csv"
    assert (
        cli.run(["match", str(people), "--pairs", str(pairs), "--persons", str(persons)]) == 0
    )
    found = rows(pairs)
    assert list(found[0]) == ["rec_id_l", "rec_id_r", "score"]
    assert all(0.01 < float(row["score"]) <= 1 for row in found)
    assert {frozenset((row["rec_id_l"], row["rec_id_r"])) for row in found} >= {
        frozenset(("r1", "r3")),
        frozenset(("r1", "r2")),
        frozenset(("r4", "r5")),
    }
    groups = {row["rec_id"]: row["person"] for row in rows(persons)}
    assert list(groups) == ["r1", "r2", "r3", "r4", "r5", "r6"]
    assert groups["r1"] == groups["r3"]
    assert groups["r6"] == "r6"


def test_a_label_column_is_never_used(people: Path, tmp_path: Path) -> None:
    labelled = tmp_path / "labelled.csv"
    head, *lines = PEOPLE.splitlines()
    labelled.write_text("\n".join([head + ",cluster", *(line + ",one" for line in lines)]))
    one, two = tmp_path / "one.csv", tmp_path / "two.csv"
    assert cli.run(["match", str(people), "--pairs", str(one)]) == 0
    assert cli.run(["match", str(labelled), "--pairs", str(two)]) == 0
    assert one.read_text() == two.read_text()


def test_columns_can_be_renamed_and_further_ones_compared(tmp_path: Path) -> None:
    path, out = tmp_path / "list.csv", tmp_path / "pairs.csv"
    path.write_text(
        "rec_id,voornaam,surname,dob,email\n"
        "1,Jan,Voorbeeld,19880203,jan@v.example\n"
        "2,Jan,Voorbeelt,19880203,jan@v.example\n"
        "3,Piet,Anders,19700101,p@a.example\n",
        encoding="utf-8",
    )
    mapping = "given_name=voornaam,family_name=surname,birth_date=dob"
    done = cli.run(
        ["match", str(path), "--map", mapping, "--also", "email", "--pairs", str(out)]
    )
    assert done == 0
    assert next((r["rec_id_l"], r["rec_id_r"]) for r in rows(out)) == ("1", "2")


def test_a_query_finds_the_record_first_and_prints_how_long_it_took(
    people: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    query, out = tmp_path / "query.csv", tmp_path / "out.csv"
    query.write_text(
        "rec_id,given_name,family_name,birth_date\nq1,Olga,Vorbeeldova,1999-04-03\n"
    )
    asked = ["match", str(people), "--query", str(query), "--top", "2", "--out", str(out)]
    assert cli.run(asked) == 0
    found = rows(out)
    assert list(found[0]) == ["query", "rank", "rec_id", "score"]
    assert [row["rank"] for row in found] == [str(i) for i in range(1, len(found) + 1)]
    assert found[0]["rec_id"] in {"r1", "r3"}
    assert len(found) <= 2
    said = capsys.readouterr().out
    assert "p50" in said
    assert "p95" in said


def test_pairs_of_names_are_scored_in_order(tmp_path: Path) -> None:
    path, out = tmp_path / "names.csv", tmp_path / "out.csv"
    path.write_text("name1,name2\nAnna Voorbeeld,Voorbeeld Anna\nAnna,Zebedeus\nАнна,Anna\n")
    assert cli.run(["match", "--names", str(path), "--out", str(out)]) == 0
    found = rows(out)
    assert list(found[0]) == ["name1", "name2", "score"]
    assert float(found[0]["score"]) == 1.0
    assert float(found[1]["score"]) < 0.5 < float(found[2]["score"])


def test_a_name_is_found_in_a_pool(tmp_path: Path) -> None:
    pool, asked, out = (tmp_path / name for name in ("pool.txt", "asked.txt", "out.csv"))
    pool.write_text("goldenweiser\nmarchenko\nyusupov\npetrenko\n")
    asked.write_text("марченко\n", encoding="utf-8")
    done = cli.run(
        [
            "match",
            "--pool",
            str(pool),
            "--name-queries",
            str(asked),
            "--top",
            "2",
            "--out",
            str(out),
        ]
    )
    assert done == 0
    first = rows(out)[0]
    assert (first["query"], first["rank"], first["name"]) == ("марченко", "1", "marchenko")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"given_name\nAnna\n", "no column rec_id"),
        (b"rec_id,given_name\n1,Anna\n1,Bela\n", "row 3: rec_id '1' was used in row 2"),
        (b"rec_id,given_name\n1,Anna,more\n", "row 2: 3 cells where the first row has 2"),
        (b"rec_id,given_name\n,Anna\n", "row 2: rec_id is empty"),
        (b"rec_id,given_name\n1,\xff\xfe\n", "is not UTF-8"),
        (b"rec_id,given_name\n1," + b"a" * 3000 + b"\n", "row 2: a cell has 3000 signs"),
        (b"", "no column rec_id"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_by_row_and_nothing_is_written(
    content: bytes, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = tmp_path / "bad.csv", tmp_path / "out.csv"
    path.write_bytes(content)
    assert cli.run(["match", str(path), "--pairs", str(out)]) == 2
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "FILE is missing"),
        (["people.csv", "--map", "surname=dob"], "no such field"),
        (["people.csv", "--map", "family_name=nothing"], "has no column 'nothing'"),
        (["people.csv", "--map", "nonsense"], "is not FIELD=COLUMN"),
        (["people.csv", "--also", "nothing"], "has no column 'nothing'"),
        (["nobody.csv"], "cannot be read"),
        (["people.csv", "--query", "people.csv"], "--out is missing"),
        (["people.csv", "--pairs", "no/such/folder.csv"], "cannot be written"),
    ],
)
def test_wrong_use_says_what_is_wrong(
    options: list[str],
    said: str,
    people: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(people.parent)
    assert cli.run(["match", *options]) == 2
    assert said in capsys.readouterr().err


def test_an_unreadable_birth_date_is_told_with_its_row_and_stops_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = tmp_path / "list.csv", tmp_path / "persons.csv"
    path.write_text("rec_id,given_name,birth_date\n1,Anna,1990-02-31\n2,Anna,about 20\n")
    assert cli.run(["match", str(path), "--persons", str(out)]) == 0
    said = capsys.readouterr().err
    assert "row 2: birth date '1990-02-31' is no day of the calendar" in said
    assert "row 3: birth date 'about 20'" in said
    assert len(rows(out)) == 2
