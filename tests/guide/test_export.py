# SPDX-License-Identifier: EUPL-1.2
"""The guide as files: what is in them, and how they get on disk."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from django.urls import reverse

from middenstip import clock
from middenstip.cli import run
from middenstip.guide import views
from middenstip.guide.export import Export, build, law_from, worker
from middenstip.guide.export_links import Assets, BrokenLink, Place, local
from middenstip.guide.export_templates import NotForExport, compile_page
from middenstip.guide.export_write import MANIFEST, NotWritten, write
from middenstip.guide.languages import LANGUAGES
from middenstip.guide.pages import LEAVE_TO
from middenstip.pack.load import load_pack
from middenstip.pack.model import Pack

TODAY = date(2026, 11, 23)
LANGS = ("nl", "ar")


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack("nl")


@pytest.fixture(scope="module")
def made(pack: Pack) -> Export:
    with clock.at(TODAY):
        return build(pack, list(LANGS), TODAY)


class Page(HTMLParser):
    """What a page holds and leads to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[tuple[str, str, str]] = []
        self.ids: set[str] = set()
        self.inline: list[str] = []
        self.metas: dict[str, str] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.ids.add(given.get("id", ""))
        if tag == "meta":
            self.metas[given.get("http-equiv") or given.get("name", "")] = given.get(
                "content", ""
            )
        if tag == "script" and "src" not in given:
            self.inline.append(tag)
        for name, value in given.items():
            if name == "style" or name.startswith("on"):
                self.inline.append(f"{tag} {name}")
            if name in ("href", "src", "action", "formaction") or name in (
                "data-rules",
                "data-texts",
                "data-more",
                "data-keep-worker",
            ):
                self.links.append((tag, name, value))


def _pages(made: Export) -> Iterator[tuple[str, Page]]:
    for path, content in made.files.items():
        if path.endswith(".html"):
            yield path, Page(content.decode())


def test_every_link_leads_to_a_file_of_the_export(made: Export) -> None:
    pages = dict(_pages(made))
    for path, page in pages.items():
        for _, name, link in page.links:
            parts = urlsplit(link)
            if parts.scheme in ("https", "http", "tel", "mailto"):
                continue
            assert not parts.scheme, (path, link)
            assert not parts.netloc, (path, link)
            assert not link.startswith("/"), (
                f"{path}: {link} only works at the root of a server"
            )
            target = posixpath.normpath(
                posixpath.join(posixpath.dirname(path), unquote(parts.path))
            )
            target = path if not parts.path else target
            assert target in made.files, f"{path}: {name} leads to {link}, which is not there"
            if parts.fragment and target in pages:
                assert parts.fragment in pages[target].ids, f"{path}: no place {link}"


def test_scripts_and_styles_name_only_files_of_the_export(made: Export) -> None:
    for path, content in made.files.items():
        if path.endswith(".js") and path != "worker.js":
            for line in content.decode().splitlines():
                if " from " in line and line.startswith(("import", "}")):
                    name = line.rpartition(' from "./')[2].rstrip('";')
                    assert f"assets/{name}" in made.files, (path, line)


def test_every_page_has_a_strict_policy_and_nothing_inline(made: Export) -> None:
    for path, page in _pages(made):
        policy = page.metas["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert page.metas["referrer"] == "no-referrer"
        assert page.inline == [], path


def test_nothing_is_fetched_from_elsewhere(made: Export) -> None:
    for path, page in _pages(made):
        for tag, name, link in page.links:
            if tag != "a":
                assert not urlsplit(link).netloc, f"{path}: {tag} {name} fetches {link}"


def test_every_page_lets_somebody_leave(made: Export) -> None:
    for path, page in _pages(made):
        assert "leave" in page.ids, path
        assert ("a", "href", LEAVE_TO) in page.links, path


def test_every_scheme_and_sector_has_a_page_in_every_language(made: Export, pack: Pack) -> None:
    for lang in LANGS:
        for scheme in pack.schemes:
            assert f"{lang}/schemes/{scheme}/index.html" in made.files
        for sector in pack.sectors:
            assert f"{lang}/noticed/{sector}/index.html" in made.files
        for door in ("help", "helping", "noticed", "safe"):
            assert f"{lang}/{door}/index.html" in made.files


def test_sheets_to_hand_over_go_along_but_not_to_a_phone(made: Export, pack: Pack) -> None:
    for lang in LANGS:
        sheets = [key for key, sheet in pack.sheets.items() if sheet.form == "page"]
        assert sheets
        for key in sheets:
            assert made.files[f"{lang}/paper/sheets/{key}.pdf"].startswith(b"%PDF")
        for path, content in made.files.items():
            if path.startswith(f"{lang}/texts/") and "-more." in path:
                assert [key for key, _ in json.loads(content)["sheets"]] == sheets
    with clock.at(TODAY):
        kept = build(pack, ["nl"], TODAY, kept_below="kept/nl/")
    assert not [path for path in kept.files if path.endswith(".pdf")]
    more = [json.loads(text) for path, text in kept.files.items() if "-more." in path]
    assert [texts["sheets"] for texts in more] == [[], []]


def test_a_language_that_is_not_exported_is_not_offered(made: Export) -> None:
    other = set(LANGUAGES) - set(LANGS)
    for path, content in made.files.items():
        if path.endswith(".html"):
            html = content.decode()
            assert not [lang for lang in other if f'hreflang="{lang}"' in html], path


def test_the_same_pack_gives_the_same_files(made: Export, pack: Pack) -> None:
    """Otherwise every export would make every phone fetch the guide again."""
    with clock.at(TODAY):
        again = build(pack, list(LANGS), TODAY)
    assert again.files == made.files


def test_the_worker_keeps_one_language_and_changes_with_any_file(made: Export) -> None:
    files = {k: v for k, v in made.files.items() if k != "worker.js"}
    said = worker(files, LANGS, "").decode()
    table = json.loads(said.partition("const KEPT = ")[2].partition(";\n")[0])
    assert all(path.startswith("ar/") for path in table["languages"]["ar"])
    assert not [path for path in table["shared"] if path.startswith(("ar/", "nl/"))]
    changed = worker({**files, "nl/index.html": b"other"}, LANGS, "").decode()
    assert changed != said


def test_the_law_of_a_day_is_that_since_its_last_change(pack: Pack) -> None:
    for day in (date(2023, 5, 18), date(2023, 6, 1)):
        assert law_from(pack, day) == date(2023, 5, 18)
    assert law_from(pack, date(2023, 5, 17)) < date(2023, 5, 17)


def test_an_address_outside_the_guide_is_refused() -> None:
    place = Place("nl/index.html", "", ["nl"])
    page = '<meta charset="utf-8"><a href="/login/">x</a>'
    with pytest.raises(BrokenLink, match=r"nl/index.html: href='/login/' leads out"):
        local(page, place, Assets(), lambda _: None)
    with pytest.raises(BrokenLink, match="no security policy"):
        local("<p>no head</p>", place, Assets(), lambda _: None)
    with pytest.raises(BrokenLink, match="no static file"):
        Assets().static("guide/none.css")


def test_a_template_that_a_browser_cannot_fill_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from middenstip.guide import export_templates

    monkeypatch.setattr(export_templates, "FILTERS", frozenset({"day"}))
    with pytest.raises(NotForExport, match="has no filter"):
        compile_page("guide/result.html", "nl")
    monkeypatch.setattr(export_templates, "FILTERS", frozenset({"day", "cut", "slice"}))
    monkeypatch.setattr(export_templates, "PAGES", frozenset())
    with pytest.raises(NotForExport, match="if not exported"):
        compile_page("guide/result.html", "nl")
    with pytest.raises(NotForExport, match="does not extend"):
        compile_page("guide/offer.html", "nl")


def test_what_needs_a_server_is_left_out(made: Export) -> None:
    assert reverse("guide:paper", args=["nl", "help"])
    texts = [v.decode() for k, v in made.files.items() if "/texts/" in k]
    assert texts
    assert not [text for text in texts if "guide:paper" in text]
    assert views.help_me


# On disk ------------------------------------------------------------------------------------


def _small(**files: str) -> Export:
    contents = {name.replace("__", "/"): text.encode() for name, text in files.items()}
    return Export(contents, ("nl",), TODAY, None)


def test_it_is_written_with_a_list_of_files_and_sizes(tmp_path: Path) -> None:
    target = tmp_path / "new" / "guide"
    export = _small(**{"index.html": "<p>hello</p>", "nl__a.txt": "a" * 1000})
    manifest = write(export, target, "1.0", TODAY)
    assert json.loads((target / MANIFEST).read_text("utf-8")) == manifest
    assert manifest["files"]["nl/a.txt"]["bytes"] == 1000
    assert manifest["files"]["nl/a.txt"]["gzip"] < 100
    assert (target / "nl" / "a.txt").read_text() == "a" * 1000
    assert [path.name for path in target.parent.iterdir()] == ["guide"]


def test_an_earlier_export_gives_way_whole(tmp_path: Path) -> None:
    target = tmp_path / "guide"
    write(_small(old="1", both="1"), target, "1.0", TODAY)
    write(_small(both="2"), target, "1.0", TODAY)
    assert not (target / "old").exists()
    assert (target / "both").read_text() == "2"
    assert [path.name for path in tmp_path.iterdir()] == ["guide"]


def test_an_empty_directory_may_be_used(tmp_path: Path) -> None:
    (tmp_path / "guide").mkdir()
    write(_small(a="1"), tmp_path / "guide", "1.0", TODAY)
    assert (tmp_path / "guide" / "a").exists()


def test_what_others_put_there_is_never_lost(tmp_path: Path) -> None:
    target = tmp_path / "guide"
    target.mkdir()
    (target / "thesis.txt").write_text("years of work")
    with pytest.raises(NotWritten, match="is not empty and holds no earlier export"):
        write(_small(a="1"), target, "1.0", TODAY)
    (target / MANIFEST).write_text('{"made_by": "somebody", "files": {}}')
    with pytest.raises(NotWritten, match="holds no earlier export"):
        write(_small(a="1"), target, "1.0", TODAY)
    (target / MANIFEST).unlink()
    (target / "thesis.txt").unlink()
    write(_small(a="1"), target, "1.0", TODAY)
    (target / "thesis.txt").write_text("years of work")
    with pytest.raises(NotWritten, match=r"that no export wrote \(thesis.txt\)"):
        write(_small(a="2"), target, "1.0", TODAY)
    assert (target / "thesis.txt").read_text() == "years of work"
    assert (target / "a").read_text() == "1"


def test_a_file_or_a_link_is_no_directory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path)
    for name in ("file", "link"):
        with pytest.raises(NotWritten, match="is no directory"):
            write(_small(a="1"), tmp_path / name, "1.0", TODAY)
    with pytest.raises(NotWritten, match="cannot be written"):
        write(_small(a="1"), tmp_path / "file" / "below", "1.0", TODAY)


def test_what_fails_halfway_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "guide"
    write(_small(a="1"), target, "1.0", TODAY)

    def full(self: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(NotWritten, match="No space left on device"):
        write(_small(a="2"), target, "1.0", TODAY)
    assert (target / "a").read_text() == "1"
    assert [path.name for path in tmp_path.iterdir()] == ["guide"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["x", "--lang", "xx"], "--lang: 'xx' is none of nl, en"),
        (["x", "--on", "2026-13-01"], "--on: '2026-13-01' is no date"),
        (["/dev/null", "--lang", "nl"], "/dev/null is no directory"),
        ([], "Missing argument"),
    ],
)
def test_wrong_use_ends_with_2_and_one_line(
    arguments: list[str],
    said: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["guide", "export", *arguments]) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert "Traceback" not in told.err
    assert list(tmp_path.iterdir()) == []


def test_the_command_tells_what_it_wrote(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run(["guide", "export", str(tmp_path / "guide"), "--lang", "nl"]) == 0
    said = capsys.readouterr().out
    assert "files in" in said
    assert "over the wire" in said
    listed = json.loads((tmp_path / "guide" / MANIFEST).read_text("utf-8"))
    assert listed["languages"] == ["nl"]
    there = {
        p.relative_to(tmp_path / "guide").as_posix() for p in tmp_path.rglob("*") if p.is_file()
    }
    assert there == set(listed["files"]) | {MANIFEST}
