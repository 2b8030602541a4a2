# SPDX-License-Identifier: EUPL-1.2
"""A translation counts while the text it was made of stands; else the reader sees English."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from middenstip.pack.check import check_folder
from middenstip.pack.command import app
from middenstip.pack.load import load_pack
from middenstip.pack.model import Pack
from middenstip.pack.problems import PackError
from middenstip.pack.reading import Words, fingerprint
from middenstip.pack.translating import merge, skeleton, write_skeleton
from middenstip.pack.translations import all_texts, guide_texts, languages_of, standing
from tests.pack.small import both, kinds, write

NEED = "needs.shelter.label"
TITLE = "schemes.XX-01.for_you.title"


@pytest.fixture
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder beside the pack, where a translator works."""
    return tmp_path_factory.mktemp("outside")


def put(folder: Path, lang: str, texts: dict[str, str], **more: Any) -> Path:
    """Write translations of the small pack as it is, by key."""
    known = all_texts(load_pack(folder))
    made = {k: {"of": fingerprint(known[k]["nl"]), "text": t} for k, t in texts.items()}
    return put_raw(folder, f"{lang}.yaml", {"language": lang, **more, "texts": made})


def put_raw(folder: Path, name: str, content: Any) -> Path:
    """Write a file in the folder of translations."""
    path = folder / "texts" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return path


def told(folder: Path) -> str:
    """Every problem of a pack folder, as lines."""
    return "\n".join(map(str, check_folder(folder)))


def test_a_text_is_read_in_the_language_of_the_reader(folder: Path) -> None:
    put(folder, "ro", {NEED: "Adăpost"})
    pack = load_pack(folder)
    assert pack.read(pack.needs["shelter"].label, "ro") == Words("Adăpost", "ro")
    assert pack.read(pack.needs["shelter"].label, "nl") == Words("Shelter (nl)", "nl")


def test_what_is_not_translated_is_english_and_says_so(folder: Path) -> None:
    put(folder, "ro", {NEED: "Adăpost"})
    pack = load_pack(folder)
    for lang in ("ro", "bg"):
        assert pack.read(pack.facts["birth_date"].label, lang) == Words("Birth", "en")


def test_without_english_the_language_of_the_pack_is_left(pack: Pack) -> None:
    assert pack.read({"nl": "Alleen dit"}, "ro") == Words("Alleen dit", "nl")


def test_a_translation_of_a_text_that_changed_is_shown_in_english(tmp_path: Path) -> None:
    put(write(tmp_path, kinds()), "ro", {NEED: "Adăpost", "directory.line.what": "Un pat"})
    changed = kinds()
    changed["needs"]["shelter"]["label"] = {"nl": "Bed", "en": "Bed"}
    pack = load_pack(write(tmp_path, changed))
    assert pack.read(pack.needs["shelter"].label, "ro") == Words("Bed", "en")
    (now,) = standing(pack, tmp_path, "ro")
    assert (now.stale, now.done) == ((NEED,), 1)
    assert NEED not in now.missing


def test_a_language_is_checked_when_all_its_files_are(folder: Path) -> None:
    put(folder, "ro", {NEED: "Adăpost"}, checked_by="A. Popescu", checked_on=date(2026, 3, 1))
    reader = load_pack(folder).reader("ro")
    assert (reader.checked_by, reader.checked_on) == ("A. Popescu", date(2026, 3, 1))
    unchecked = map(load_pack(folder).unchecked, ("ro", "nl", "zu"))
    assert list(unchecked) == [False, False, True]
    put_raw(folder, "ro.more.yaml", {"language": "ro", "texts": {}})
    reader = load_pack(folder).reader("ro")
    assert (reader.checked_by, reader.checked_on) == (None, None)


def test_the_direction_of_a_language_stands_in_its_file(folder: Path) -> None:
    put(folder, "ar", {NEED: "مأوى"}, direction="rtl")
    assert load_pack(folder).reader("ar").direction == "rtl"
    assert load_pack(folder).reader("ro").direction == "ltr"


def test_the_guide_asks_for_what_a_person_in_need_reads(pack: Pack) -> None:
    wanted = guide_texts(pack)
    assert {NEED, TITLE, "facts.birth_date.ask_you", "facts.birth_date.why"} <= set(wanted)
    assert {"sectors.farm.signs.0", "directory.line.what", "amounts.money.label"} <= set(wanted)
    assert not [key for key in wanted if key.startswith(("duties.", "purposes."))]


def test_answers_are_asked_for_where_a_question_is(tmp_path: Path) -> None:
    content = kinds()
    content["facts"]["countries"]["ask_you"] = both("Which passports?")
    content["code_lists"]["country"]["items"]["AA"]["for_you"] = both("Aland, my land")
    wanted = guide_texts(load_pack(write(tmp_path, content)))
    assert "code_lists.country.items.AA.for_you" in wanted
    assert "code_lists.country.items.AA.label" not in wanted
    assert "code_lists.country.items.BB.label" in wanted


BAD_FILES: dict[str, tuple[str, Any, str]] = {
    "no language": (
        "ro.yaml",
        {"texts": {}},
        "ro.yaml:1: language: the key language is missing",
    ),
    "other name": ("bg.yaml", {"language": "ro"}, "bg.yaml: language: the file holds ro"),
    "odd name": ("Romanian.yaml", {"language": "ro"}, "name it after its language"),
    "own language": ("nl.yaml", {"language": "nl"}, "nl is a language of the pack"),
    "unknown key": ("ro.yaml", {"language": "ro", "txts": {}}, "txts is no key here"),
    "bad mark": (
        "ro.yaml",
        {"language": "ro", "texts": {NEED: {"of": "xyz", "text": "a"}}},
        "fingerprint",
    ),
    "empty text": (
        "ro.yaml",
        {"language": "ro", "texts": {NEED: {"of": "0123abcd", "text": " "}}},
        "the text is empty",
    ),
    "key that is gone": (
        "ro.yaml",
        {"language": "ro", "texts": {"needs.shelte.label": {"of": "0123abcd", "text": "a"}}},
        "did you mean needs.shelter.label",
    ),
    "braces": (
        "ro.yaml",
        {"language": "ro", "texts": {NEED: {"of": "0123abcd", "text": "a {b}"}}},
        "braces must be: none",
    ),
    "half a check": ("ro.yaml", {"language": "ro", "checked_by": "A"}, "go together"),
    "checked tomorrow": (
        "ro.yaml",
        {"language": "ro", "checked_by": "A", "checked_on": date(2031, 1, 1)},
        "lies in the future",
    ),
    "a list": ("ro.yaml", ["ro"], "ro.yaml"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_of_translations_is_named(folder: Path, name: str) -> None:
    file, content, words = BAD_FILES[name]
    put_raw(folder, file, content)
    assert words in told(folder)


def test_a_text_that_stands_in_two_files_is_named(folder: Path) -> None:
    put(folder, "ro", {NEED: "a"})
    entry = {"of": "0123abcd", "text": "b"}
    put_raw(folder, "ro.more.yaml", {"language": "ro", "texts": {NEED: entry}})
    assert "stands in texts/ro.more.yaml as well" in told(folder)


def test_a_file_that_is_no_text_does_not_break_the_check(folder: Path) -> None:
    path = put(folder, "ro", {NEED: "a"})
    path.write_bytes(b"language: \xff")
    assert "not UTF-8" in told(folder)
    with pytest.raises(PackError, match="UTF-8"):
        load_pack(folder).reader("ro")


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(words=st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="{}")))
def test_what_a_translator_writes_comes_back_as_written(
    folder: Path, outside: Path, words: str
) -> None:
    for left in (folder / "texts").glob("*"):
        left.unlink()
    pack, path = load_pack(folder), outside / "task.yaml"
    path.unlink(missing_ok=True)
    write_skeleton(skeleton(pack, folder, "ro"), path)
    filled = yaml.safe_load(path.read_text(encoding="utf-8"))
    filled["texts"][TITLE]["text"] = words
    path.write_text(yaml.safe_dump(filled, allow_unicode=True), encoding="utf-8")
    done = merge(pack, folder, path)
    title = load_pack(folder).schemes["XX-01"].for_you
    assert title is not None
    if words.strip():
        assert done.taken == (TITLE,)
        assert load_pack(folder).read(title.title, "ro") == Words(words.strip(), "ro")
    else:
        assert done.taken == ()
        assert languages_of(folder) == ()


def filled_in(pack: Pack, folder: Path, path: Path, texts: dict[str, Any]) -> Path:
    """A translator's file with some texts written."""
    write_skeleton(skeleton(pack, folder, "ro"), path)
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    for key, words in texts.items():
        content["texts"][key]["text"] = words
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return path


def test_a_text_that_changed_while_it_was_translated_is_refused(
    tmp_path: Path, outside: Path
) -> None:
    folder = write(tmp_path, kinds())
    path = outside / "task.yaml"
    filled_in(load_pack(folder), folder, path, {NEED: "Adăpost", TITLE: "Un pat"})
    changed = kinds()
    changed["needs"]["shelter"]["label"] = both("Bed")
    pack = load_pack(write(folder, changed))
    done = merge(pack, folder, path)
    assert done.taken == (TITLE,)
    ((key, why),) = done.refused
    assert key == NEED
    assert "Bed (nl)" in why


def test_taking_in_keeps_what_was_there(folder: Path, outside: Path) -> None:
    put(folder, "ro", {NEED: "Adăpost"})
    pack = load_pack(folder)
    path = filled_in(pack, folder, outside / "task.yaml", {TITLE: "Un pat"})
    assert NEED not in yaml.safe_load(path.read_text(encoding="utf-8"))["texts"]
    merge(pack, folder, path)
    again = load_pack(folder)
    assert again.read(again.needs["shelter"].label, "ro").text == "Adăpost"
    assert check_folder(folder) == []


def test_new_words_nobody_checked_take_the_mark_away(folder: Path, outside: Path) -> None:
    put(folder, "ro", {NEED: "a"}, checked_by="A. Popescu", checked_on=date(2026, 3, 1))
    pack = load_pack(folder)
    merge(pack, folder, filled_in(pack, folder, outside / "task.yaml", {TITLE: "Un pat"}))
    assert load_pack(folder).reader("ro").checked_by is None


def test_a_stale_translation_comes_along_as_what_it_was(tmp_path: Path) -> None:
    put(write(tmp_path, kinds()), "ro", {NEED: "Adăpost"})
    changed = kinds()
    changed["needs"]["shelter"]["label"] = both("Bed")
    pack = load_pack(write(tmp_path, changed))
    assert skeleton(pack, tmp_path, "ro").texts[NEED].was == "Adăpost"


# The command


def run(*arguments: str) -> tuple[int, str]:
    """Exit status and everything told."""
    result = CliRunner().invoke(app, list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.output


def test_the_command_counts_and_names(folder: Path) -> None:
    put(folder, "ro", {NEED: "Adăpost"})
    status, words = run("translations", str(folder), "--lang", "ro")
    assert status == 0
    assert "ro: 1 of" in words
    assert "not checked by a sworn translator" in words
    assert f"missing: {TITLE}" in words


def test_the_command_writes_and_takes_in(folder: Path, outside: Path) -> None:
    path = outside / "out" / "ro.yaml"
    where = (str(folder), "--lang", "ro", "--write-missing", str(path))
    assert run("translations", *where)[0] == 2  # no such folder
    path.parent.mkdir()
    assert run("translations", *where)[0] == 0
    status, words = run("translations", *where)
    assert (status, "exists already" in " ".join(words.split())) == (2, True)
    status, words = run("translations", str(folder), "--merge", str(path))
    assert (status, "0 taken in" in words) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--write-missing", "x.yaml"), "for which language"),
        (("--lang", "nl", "--write-missing", "x.yaml"), "language of the pack itself"),
        (("--lang", "../x"), "no language code"),
        (("--merge", "nowhere.yaml"), "nowhere.yaml"),
    ],
)
def test_wrong_use_is_told_without_a_traceback(
    folder: Path, arguments: tuple[str, ...], words: str
) -> None:
    status, output = run("translations", str(folder), *arguments)
    assert status == 2
    assert words in output


def test_contacts_are_named_and_fail_only_when_asked(folder: Path) -> None:
    status, words = run("contacts", str(folder))
    assert (status, "line: Line (0800 1234): checked on 2020-01-01" in words) == (0, True)
    assert run("contacts", str(folder), "--fail")[0] == 1
