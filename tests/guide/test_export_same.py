# SPDX-License-Identifier: EUPL-1.2
"""The exported guide shows the pages of the server, sign for sign, whatever was answered."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from datetime import date
from random import Random
from urllib.parse import urlencode, urlsplit

import pytest
from django.http import QueryDict
from django.test import RequestFactory
from playwright.sync_api import Page, Route

from middenstip import clock
from middenstip.guide import views
from middenstip.guide.export import Export, build
from middenstip.guide.export_links import file_of
from middenstip.pack.load import load_pack
from middenstip.pack.model import Pack
from tests.guide import made_up

TODAY = date(2026, 11, 23)
LANGS = ("nl", "en", "ar")
VISITS = 60  # for each door and language
TYPES = {
    "html": "text/html; charset=utf-8",
    "js": "text/javascript",
    "json": "application/json",
}
TYPES |= {"css": "text/css", "svg": "image/svg+xml"}

STEP = """async ([visits, today, pages, judge, ...files]) => {
  const { nextPage } = await import(pages);
  const { Rules } = await import(judge);
  const read = async (address) => (await fetch(address)).json();
  const [data, said, rest] = await Promise.all(files.map(read));
  const rules = new Rules(data);
  const made = [];
  for (const fields of visits) {
    made.push(await nextPage(rules, said, async () => rest, fields, today));
  }
  return made.map((page) => [page.title, page.main]);
}"""


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack("nl")


@pytest.fixture(scope="module")
def made(pack: Pack) -> Export:
    with clock.at(TODAY):
        return build(pack, list(LANGS), TODAY)


@pytest.fixture
def exported(made: Export, new_page: Callable[..., Page]) -> Page:
    """A page on an address of nowhere, on which the export stands."""
    return _opened(made, new_page())


def _opened(made: Export, page: Page) -> Page:
    def answer(route: Route) -> None:
        path = urlsplit(route.request.url).path.lstrip("/")
        ending = path.rpartition(".")[2]
        if path in made.files:
            route.fulfill(body=made.files[path], content_type=TYPES[ending])
        else:
            route.fulfill(status=404, body="")

    page.route("**/*", answer)
    page.goto("http://guide.test/nl/safe/index.html")
    return page


def _on_the_server(
    door: str, lang: str, fields: list[tuple[str, str]], day: date = TODAY
) -> list[str]:
    address = f"/guide/{lang}/{door}/"
    request = RequestFactory().post(
        address, urlencode(fields), content_type="application/x-www-form-urlencoded"
    )
    assert isinstance(request.POST, QueryDict)
    request.exported = True  # type: ignore[attr-defined]
    with clock.at(day):
        html = views.help_me(request, lang) if door == "help" else views.helping(request, lang)
    shown = html.content.decode()
    title = re.search(r"<title>(.*?)</title>", shown, re.DOTALL)
    main = re.search(r'<main id="main" tabindex="-1">\n(.*?)\n</main>', shown, re.DOTALL)
    assert title
    assert main
    return [title[1], _as_file(main[1], f"{lang}/{door}")]


def _as_file(html: str, folder: str) -> str:
    return re.sub(
        r'(?<==")/guide/[^"#]*',
        lambda found: posixpath.relpath(file_of(found[0]), folder),
        html,
    )


def _in_the_browser(
    made: Export,
    page: Page,
    door: str,
    lang: str,
    visits: list[list[tuple[str, str]]],
    day: date,
) -> list[list[str]]:
    def path(start: str, ending: str) -> str:
        (found,) = [f for f in made.files if f.startswith(start) and f.endswith(ending)]
        return f"/{found}"

    shown: list[list[str]] = page.evaluate(
        STEP,
        [
            visits,
            day.isoformat(),
            path("assets/page.", ".js"),
            path("assets/rules.", ".js"),
            path("assets/rules.", ".json"),
            path(f"{lang}/texts/{door}.", ".json"),
            path(f"{lang}/texts/{door}-more.", ".json"),
        ],
    )
    return shown


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("door", ["help", "helping"])
def test_every_step_reads_the_same_in_the_browser(
    made: Export,
    exported: Page,
    pack: Pack,
    door: str,
    lang: str,
) -> None:
    random = Random(f"{door} {lang}")  # noqa: S311 - the same made-up visits every time
    visits = list(made_up.visits(pack, random, TODAY, VISITS))
    shown = _in_the_browser(made, exported, door, lang, visits, TODAY)
    results = 0
    for fields, page in zip(visits, shown, strict=True):
        expected = _on_the_server(door, lang, fields)
        assert page[0] == expected[0], fields
        assert page[1].splitlines() == expected[1].splitlines(), fields
        results += 'id="by-need"' in page[1]
    assert VISITS / 5 < results < VISITS


def test_an_old_export_shows_the_law_of_today_by_itself(
    pack: Pack, new_page: Callable[..., Page]
) -> None:
    """Made the day before schemes began or ended, looked at on the day that they did."""
    before, after = date(2022, 3, 31), date(2022, 4, 1)
    with clock.at(before):
        old = build(pack, ["nl"], before)
    assert old.law_until == after
    page = _opened(old, new_page())
    random = Random(18)  # noqa: S311 - the same made-up visits every time
    visits = [[("show", "1")], *made_up.visits(pack, random, TODAY, 25)]
    on_both_days = []
    for day in (before, after):
        shown = _in_the_browser(old, page, "help", "nl", visits, day)
        for fields, found in zip(visits, shown, strict=True):
            expected = _on_the_server("help", "nl", fields, day)
            assert found[1].splitlines() == expected[1].splitlines(), (day, fields)
        on_both_days.append(shown)
    assert on_both_days[0] != on_both_days[1]
