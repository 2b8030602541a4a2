# SPDX-License-Identifier: EUPL-1.2
"""A changed pack is looked at before it goes live: what differs, and for whom it matters."""

from __future__ import annotations

import json
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from middenstip import clock
from middenstip.pack.load import load_pack
from middenstip.rules.pack_command import app
from middenstip.rules.preview import (
    Difference,
    Story,
    Turn,
    item_changes,
    made_up,
    preview,
    telling_days,
)
from tests.pack.small import both, kinds, write

TODAY = date(2014, 6, 1)
CHILD = Story("child", TODAY, {"birth_date": date(2004, 1, 1)})


@pytest.fixture
def live(tmp_path: Path) -> Path:
    """The small pack as it is live."""
    (tmp_path / "live").mkdir()
    return write(tmp_path / "live", kinds())


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """The small pack with a bed for adults only."""
    (tmp_path / "changed").mkdir()
    return write(tmp_path / "changed", adults_only())


def adults_only() -> dict[str, Any]:
    content = kinds()
    content["schemes"]["XX-01"]["versions"][1]["applies_when"] = {"fact": "age", "ge": 18}
    return content


def run(*arguments: str) -> tuple[int, str]:
    """Exit status and everything told."""
    with clock.at(date(2026, 11, 23)):
        result = CliRunner().invoke(app, ["preview", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.output


def test_a_pack_beside_itself_shows_no_change(live: Path) -> None:
    pack = load_pack(live)
    same = preview(pack, load_pack(live), stories=[CHILD], people=50, seed=1, today=TODAY)
    assert (same.items, same.story_changes, same.changed_people) == ((), (), 0)
    assert (same.people, same.stories) == (50, 1)


def test_a_changed_condition_is_shown_where_it_stands(live: Path, changed: Path) -> None:
    (item,) = item_changes(load_pack(live), load_pack(changed))
    assert (item.kind, item.id, item.what) == ("schemes", "XX-01", "changed")
    start = "versions.2014-01-01.applies_when"
    assert Difference(f"{start}.fact", None, "age") in item.differences
    assert Difference(f"{start}.possibly.fact", "minor", None) in item.differences
    assert all(line.path.startswith(start) for line in item.differences)


def test_an_item_that_is_new_or_gone_is_named(live: Path, tmp_path: Path) -> None:
    content = kinds()
    content["needs"]["health"] = {"label": both("Health"), "order": 2}
    gone = next(iter(content["flags"]))
    del content["flags"][gone]
    (tmp_path / "other").mkdir()
    found = list(item_changes(load_pack(live), load_pack(write(tmp_path / "other", content))))
    assert {(i.kind, i.id, i.what) for i in found} == {
        ("needs", "health", "new"),
        ("flags", gone, "gone"),
    }


def test_a_story_that_ends_otherwise_is_named(live: Path, changed: Path) -> None:
    found = preview(
        load_pack(live), load_pack(changed), stories=[CHILD], people=0, seed=1, today=TODAY
    )
    (story,) = found.story_changes
    assert story.story == "child"
    assert story.turns == (Turn("XX-01", "applies", "does_not_apply"),)


def test_people_are_counted_by_what_turns_for_them(live: Path, changed: Path) -> None:
    found = preview(
        load_pack(live), load_pack(changed), stories=[], people=300, seed=1, today=TODAY
    )
    turned = [t for t in found.people_turns if t.on == TODAY]
    assert {t.turn.id for t in turned} == {"XX-01"}
    to_adults = next(t for t in turned if t.turn == Turn("XX-01", "does_not_apply", "applies"))
    born = to_adults.example["birth_date"]
    assert (TODAY - born).days / 365.2425 >= 18
    assert set(to_adults.example) <= {"birth_date"}, "only what the scheme rests on is shown"
    assert 0 < found.changed_people <= 300
    assert sum(t.count for t in turned) >= found.changed_people


def test_the_same_seed_gives_the_same_people(live: Path) -> None:
    pack = load_pack(live)
    one, again, other = (list(made_up(pack, pack, 20, seed, TODAY)) for seed in (1, 1, 2))
    assert one == again != other


def test_law_to_come_is_asked_on_its_own_day(live: Path, tmp_path: Path) -> None:
    content = kinds()
    first, second = content["schemes"]["XX-01"]["versions"]
    second["valid_to"] = date(2014, 12, 31)
    third = {
        **second,
        "valid_from": date(2015, 1, 1),
        "applies_when": {"fact": "age", "ge": 18},
    }
    del third["valid_to"]
    content["schemes"]["XX-01"]["versions"] = [first, second, third]
    (tmp_path / "later").mkdir()
    later = load_pack(write(tmp_path / "later", content))
    days = telling_days(load_pack(live), later, TODAY)
    assert {TODAY, date(2015, 1, 1)} <= set(days)
    found = preview(load_pack(live), later, stories=[], people=200, seed=1, today=TODAY)
    assert {turn.on for turn in found.people_turns} == {date(2015, 1, 1)}


def test_every_scheme_of_the_dutch_pack_is_decided_for_somebody() -> None:
    """The made-up people reach all law, or a change would seem to touch nobody."""
    pack = load_pack("nl")
    nobody: dict[str, Any] = {"header": pack.header}
    schemes = {
        key: item.model_copy(
            update={
                "versions": tuple(
                    v.model_copy(update={"valid_to": date(1999, 1, 1)}) for v in item.versions
                )
            }
        )
        for key, item in pack.schemes.items()
    }
    none = pack.model_copy(update={"schemes": schemes, **nobody})
    found = preview(pack, none, stories=[], people=1000, seed=1, today=date(2026, 11, 23))
    applied = {t.turn.id for t in found.people_turns if t.turn.before == "applies"}
    in_force = set(pack.schemes_on(date(2026, 11, 23)))
    assert not in_force - applied


# The command


def test_the_command_writes_text_and_a_page(live: Path, changed: Path, tmp_path: Path) -> None:
    stories = tmp_path / "stories"
    stories.mkdir()
    told = [{"id": "child", "on": TODAY, "facts": {"birth_date": date(2004, 1, 1)}}]
    (stories / "some.yaml").write_text(yaml.safe_dump(told), encoding="utf-8")
    page = tmp_path / "preview.html"
    common = (str(changed), "--against", str(live), "--stories", str(stories))
    status, words = run(*common, "--html", str(page))
    assert status == 0
    assert "1 of 1 stories" in words
    assert "XX-01: applies -> does not apply" in words
    told_page = page.read_text(encoding="utf-8")
    assert "<script" not in told_page
    assert "XX-01" in told_page
    status, words = run(*common, "--lang", "nl")
    assert "XX-01: geldt -> geldt niet" in words
    status, words = run(*common, "--format", "json", "--people", "5")
    assert json.loads(words)["people"] == 5


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.seen.append(tag)


def test_what_stands_in_a_pack_cannot_become_a_tag(live: Path, tmp_path: Path) -> None:
    content = kinds()
    content["needs"]["shelter"]["label"] = both("<script>alert(1)</script><img src=x>")
    (tmp_path / "bad").mkdir()
    write(tmp_path / "bad", content)
    page = tmp_path / "preview.html"
    assert run(str(tmp_path / "bad"), "--against", str(live), "--html", str(page))[0] == 0
    tags = _Tags()
    tags.feed(page.read_text(encoding="utf-8"))
    assert not {"script", "img"} & set(tags.seen)


def test_translations_that_differ_are_shown(live: Path, changed: Path) -> None:
    (changed / "texts").mkdir()
    content = {"language": "ro", "texts": {"needs.shelter.label": {"of": "0" * 8, "text": "a"}}}
    (changed / "texts" / "ro.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    assert "texts.ro new" in run(str(changed), "--against", str(live), "--people", "1")[1]


def test_a_pack_that_fails_its_check_is_not_compared(live: Path, tmp_path: Path) -> None:
    content = kinds()
    content["schemes"]["XX-01"]["need"] = "sheltr"
    (tmp_path / "bad").mkdir()
    write(tmp_path / "bad", content)
    status, words = run(str(tmp_path / "bad"), "--against", str(live))
    assert status == 2
    assert "did you mean shelter?" in words
    assert "nothing was compared" in words


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--lang", "fr"), "none of en, nl"),
        (("--stories", "nowhere"), "no folder of stories"),
        (("--against", "nll"), "no country pack nll"),
        (("--html", "/no/such/folder/x.html"), "cannot write"),
    ],
)
def test_wrong_use_is_told_without_a_traceback(
    live: Path, arguments: tuple[str, ...], words: str
) -> None:
    status, output = run(str(live), "--against", str(live), "--people", "1", *arguments)
    assert status == 2
    assert words in " ".join(output.split())


@pytest.mark.parametrize(
    "content", ["- {id: a}\n", "x: [\n", "- [1, 2]\n", "- {id: a, on: later}\n", "7\n"]
)
def test_a_bad_file_of_stories_is_named(live: Path, tmp_path: Path, content: str) -> None:
    (tmp_path / "stories").mkdir()
    (tmp_path / "stories" / "bad.yaml").write_text(content, encoding="utf-8")
    stories = str(tmp_path / "stories")
    status, words = run(str(live), "--against", str(live), "--stories", stories)
    assert status == 2
    assert "stories" in words
