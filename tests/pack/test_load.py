# SPDX-License-Identifier: EUPL-1.2
"""Reading a pack: where it is found, what is refused, and what is read as what."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from middenstip.pack.files import line_of, read_folder, read_yaml
from middenstip.pack.load import load_pack, pack_folder, shipped_countries
from middenstip.pack.model import KINDS, Pack
from middenstip.pack.problems import PackError
from tests.pack.small import kinds, write


def problems_of(folder: Path) -> list[str]:
    with pytest.raises(PackError) as caught:
        load_pack(folder)
    return [str(p) for p in caught.value.problems]


def test_the_dutch_pack_is_shipped_and_read_once() -> None:
    assert "nl" in shipped_countries()
    assert load_pack("nl") is load_pack("nl")


def test_a_folder_is_read_anew(folder: Path) -> None:
    before = load_pack(folder)
    (folder / "needs.yaml").write_text("{}\n", encoding="utf-8")
    assert before.needs
    assert load_pack(folder).needs == {}


def test_one_file_per_kind_or_many_makes_no_difference(tmp_path: Path) -> None:
    whole, split = tmp_path / "whole", tmp_path / "split"
    for kind, items in kinds().items():
        write_one(whole, kind, items)
        if kind == "pack":
            write_one(split, kind, items)
            continue
        for item_id, item in items.items():
            write_one(split / kind, item_id, {item_id: item})
    assert load_pack(split) == load_pack(whole)


def write_one(folder: Path, name: str, content: object) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    write(folder, {name: content})


@pytest.mark.parametrize("name", ["nll", "", "no/such/folder"])
def test_an_unknown_country_or_folder_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        pack_folder(name or tmp_path)


def test_nothing_in_a_loaded_pack_can_be_changed(pack: Pack) -> None:
    with pytest.raises(ValueError, match="frozen"):
        pack.facts["age"].askable = True


def test_an_id_in_two_files_is_an_error(folder: Path) -> None:
    write_one(folder / "needs", "more", {"shelter": kinds()["needs"]["shelter"]})
    (told,) = problems_of(folder)
    assert "shelter: this id of needs stands in" in told
    assert "needs/more.yaml" in told
    assert "needs.yaml" in told


BAD_FILES = {
    "key twice": (
        b"a:\n  x: 1\n  x: 2\n",
        "needs.yaml:3: the file is no good YAML: the key 'x'",
    ),
    "id twice": (b"a: {}\na: {}\n", "the key 'a' stands here twice"),
    "truncated": (b"a: {label: [", "needs.yaml:1: the file is no good YAML"),
    "tab": (b"a:\n\tb: 1\n", "needs.yaml:2: the file is no good YAML"),
    "latin-1": ("a: {label: caf\xe9}".encode("latin-1"), "not UTF-8"),
    "utf-16": ("a: 1".encode("utf-16"), "not UTF-8"),
    "nul": (b"a: \x00", "no good YAML"),
    "empty": (b"", "the file is empty"),
    "comment only": (b"# nothing\n", "the file is empty"),
    "a list": (b"- a\n", "must be a mapping of ids to items, not list"),
    "a number as id": (b"1: {}\n", "the id 1 is not text"),
    "no such day": (b"a: 2014-02-30\n", "2014-02-30 is no day of the calendar"),
    "two documents": (b"a: 1\n---\nb: 2\n", "no good YAML"),
    "python object": (b"a: !!python/object/apply:os.system [ls]\n", "no good YAML"),
}


@pytest.mark.parametrize(("content", "words"), BAD_FILES.values(), ids=BAD_FILES)
def test_a_bad_file_is_named_with_its_line(folder: Path, content: bytes, words: str) -> None:
    (folder / "needs.yaml").write_bytes(content)
    assert any("needs.yaml" in told and words in told for told in problems_of(folder))


def test_a_misspelt_kind_of_file_is_not_passed_over(folder: Path) -> None:
    (folder / "scheme.yaml").write_text("x: {}\n", encoding="utf-8")
    told = "scheme.yaml: scheme is no kind of item; did you mean schemes"
    assert any(problem.startswith(told) for problem in problems_of(folder))


def test_words_that_yaml_takes_for_truth_values_stay_words(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(
        "on: yes\nNO: off\nt: true\nn: 12\nm: 1.5\nc: 1:30\nz: 010\nd: 2014-07-01\n"
    )
    assert read_yaml(path) == {
        "on": "yes",
        "NO": "off",
        "t": True,
        "n": 12,
        "m": 1.5,
        "c": "1:30",
        "z": "010",
        "d": date(2014, 7, 1),
    }


@given(st.binary(max_size=200))
def test_no_content_of_a_file_breaks_the_reader(tmp_path_factory: object, junk: bytes) -> None:
    folder = tmp_path_factory.mktemp("junk")  # type: ignore[attr-defined]
    (folder / "pack.yaml").write_bytes(b"country: xx\n")
    (folder / "facts.yaml").write_bytes(junk)
    raw = read_folder(folder)
    assert raw.problems or isinstance(raw.kinds["facts"], dict)


def test_the_line_of_a_key_path_is_found(folder: Path) -> None:
    path = folder / "facts.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[(line_of(path, ["age", "compute"]) or 0) - 1].strip() == "compute:"
    assert line_of(path, ["age", "no such key"]) == line_of(path, ["age"])


def test_every_kind_has_a_place_in_the_folder(folder: Path) -> None:
    assert {p.stem for p in folder.glob("*.yaml")} == {*KINDS, "pack"}
