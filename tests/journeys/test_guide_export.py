# SPDX-License-Identifier: EUPL-1.2
"""The exported guide in a real browser, given by a plain web server under some path: nothing
but files, and nothing of the visitor anywhere."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from middenstip import clock
from middenstip.guide.export import build
from middenstip.guide.export_write import write
from middenstip.pack.load import load_pack
from tests.browser import PHONE, assert_accessible, keyboard_walk

NewPage = Callable[..., Page]
LANGS = ("nl", "ar")
BELOW = "/some/where"
MOST_BYTES = 60_000
HEADERS = 350  # what the headers of one answer cost, roughly

STORED = """async () => ({
  cookies: document.cookie,
  local: Object.keys(localStorage), session: Object.keys(sessionStorage),
  databases: (await indexedDB.databases()).map((one) => one.name),
  caches: await caches.keys(),
  workers: (await navigator.serviceWorker.getRegistrations()).length,
  history: history.length, state: history.state,
})"""
KEPT = """async () => {
  const found = [];
  for (const name of await caches.keys()) {
    for (const request of await (await caches.open(name)).keys()) found.push(request.url);
  }
  return found.sort();
}"""


class Site:
    """A web server of files on this machine; `asked` are (method, path, body) of requests."""

    def __init__(self, folder: Path) -> None:
        self.asked: list[tuple[str, str, bytes]] = []
        self.folder = folder
        self.server: ThreadingHTTPServer | None = None
        self.port = 0
        self.start()

    def start(self) -> None:
        site = self

        class Handler(SimpleHTTPRequestHandler):
            def log_message(self, *_: Any) -> None:
                """Say nothing."""

            def parse_request(self) -> bool:
                understood = super().parse_request()
                if understood:
                    length = int(self.headers.get("Content-Length") or 0)
                    site.asked.append((self.command, self.path, self.rfile.read(length)))
                return understood

        self.server = ThreadingHTTPServer(
            ("127.0.0.1", self.port), partial(Handler, directory=str(self.folder))
        )
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """No network any more."""
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{BELOW}/{path}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("web")
    pack = load_pack("nl")
    write(
        build(pack, list(LANGS), clock.today()),
        root / BELOW.strip("/"),
        pack.header.version,
        clock.today(),
    )
    return root


@pytest.fixture
def site(folder: Path) -> Iterator[Site]:
    found = Site(folder)
    yield found
    found.stop()


def open_door(page: Page, site: Site, door: str = "nl/help/index.html") -> None:
    page.goto(site.url(door))
    expect(page.locator("h1#question")).to_be_visible()


def answer(page: Page, times: int = 1) -> None:
    """Give the first answer that is offered, or say that it is not known."""
    for _ in range(times):
        step = page.locator(".step").inner_text()
        choices = page.locator(".choices button")
        (choices if choices.count() else page.locator(".skips button")).first.click()
        page.wait_for_function(
            "(step) => !document.querySelector('.step')"
            " || document.querySelector('.step').innerText !== step",
            arg=step,
        )


def see_result(page: Page) -> None:
    page.locator("button[name=show]").click()
    expect(page.locator("#by-need")).to_be_visible()


def test_a_whole_conversation_leaves_nothing_behind(browser_page: Page, site: Site) -> None:
    foreign: list[str] = []
    browser_page.on(
        "request",
        lambda request: (
            foreign.append(request.url) if not request.url.startswith(site.url("")) else None
        ),
    )
    open_door(browser_page, site)
    before = browser_page.evaluate(STORED)
    answer(browser_page, 5)
    see_result(browser_page)
    assert browser_page.locator(".told dt").count() == 5
    browser_page.locator(".told button").nth(2).click()
    expect(browser_page.locator(".step")).to_contain_text("5")
    browser_page.locator("button[name=back]").click()
    see_result(browser_page)
    assert browser_page.evaluate(STORED) == before
    nothing: dict[str, Any] = {"cookies": "", "local": [], "session": [], "databases": []}
    assert {**before, **nothing, "caches": [], "workers": 0} == before
    assert browser_page.url == site.url("nl/help/index.html")
    assert foreign == []
    files = {f"{BELOW}/{path}" for path in _files(site)}
    for method, path, body in site.asked:
        assert (method, body) == ("GET", b"")
        assert path in files, "an address that is no file could carry an answer"
    browser_page.reload()
    expect(browser_page.locator(".step")).to_contain_text("1")


def _files(site: Site) -> set[str]:
    root = site.folder / BELOW.strip("/")
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def test_the_first_view_is_light(browser_page: Page, site: Site) -> None:
    sizes = {}
    for page in ("index.html", "nl/index.html", "nl/help/index.html", "ar/helping/index.html"):
        site.asked.clear()
        browser_page.goto("about:blank")
        browser_page.context.new_cdp_session(browser_page).send("Network.clearBrowserCache")
        browser_page.goto(site.url(page), wait_until="networkidle")
        if "help" in page:
            expect(browser_page.locator("h1#question")).to_be_visible()
        paths = {path.partition("?")[0] for _, path, _ in site.asked}
        sizes[page] = sum(
            HEADERS + len(gzip.compress((site.folder / path.lstrip("/")).read_bytes(), 6))
            for path in paths
        )
    print(sizes)
    assert max(sizes.values()) < MOST_BYTES, sizes


def test_keyboard_alone_is_enough(browser_page: Page, site: Site) -> None:
    open_door(browser_page, site)
    for _ in range(3):
        for _ in range(30):
            browser_page.keyboard.press("Tab")
            if browser_page.evaluate(
                "document.activeElement.closest('.choices, .skips') !== null"
            ):
                break
        step = browser_page.locator(".step").inner_text()
        browser_page.keyboard.press("Enter")
        expect(browser_page.locator(".step")).not_to_have_text(step)
        assert browser_page.evaluate("document.activeElement.id") == "main"
    keyboard_walk(browser_page)


def test_a_wrong_number_or_day_is_told_and_nothing_is_lost(
    browser_page: Page, site: Site
) -> None:
    open_door(browser_page, site)
    for _ in range(40):
        if browser_page.locator("input#year, input#number").count():
            break
        answer(browser_page)
    typed = browser_page.locator("input#year, input#number").first
    step = browser_page.locator(".step").inner_text()
    typed.fill("zomaar")
    typed.press("Enter")
    expect(browser_page.locator("#trouble")).to_be_visible()
    expect(browser_page.locator(".step")).to_have_text(step)
    browser_page.locator(".skips button").first.click()
    expect(browser_page.locator("#trouble")).to_have_count(0)


def test_another_language_takes_the_answers_along(browser_page: Page, site: Site) -> None:
    open_door(browser_page, site)
    answer(browser_page, 2)
    browser_page.locator(".languages a[lang=ar]").click()
    expect(browser_page.locator("html")).to_have_attribute("dir", "rtl")
    expect(browser_page.locator("html")).to_have_attribute("lang", "ar")
    expect(browser_page.locator(".step")).to_contain_text("3")
    assert browser_page.url == site.url("ar/help/index.html")
    see_result(browser_page)
    assert browser_page.locator(".told dt").count() == 2
    browser_page.locator(".languages a[lang=nl]").click()
    expect(browser_page.locator("html")).to_have_attribute("dir", "ltr")
    expect(browser_page.locator("#by-need")).to_be_visible()


def test_leaving_works_in_the_middle_of_a_conversation(browser_page: Page, site: Site) -> None:
    open_door(browser_page, site)
    answer(browser_page)
    left = browser_page.locator("#leave").get_attribute("href")
    assert left
    browser_page.route(
        f"{left}*",
        lambda route: route.fulfill(body="<title>Weer</title>", content_type="text/html"),
    )
    for _ in range(3):
        browser_page.keyboard.press("Shift")
    browser_page.wait_for_url(left)
    browser_page.go_back()
    assert browser_page.url == "about:blank"


@pytest.mark.parametrize("door", ["nl/help/index.html", "ar/helping/index.html"])
def test_everybody_can_use_it(new_page: NewPage, site: Site, door: str) -> None:
    page = new_page(viewport=PHONE)
    open_door(page, site, door)
    assert_accessible(page)
    answer(page, 3)
    see_result(page)
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_without_script_all_there_is_stands_by_need(new_page: NewPage, site: Site) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(site.url("nl/help/index.html"))
    assert page.locator("#guide section.need").count() == len(load_pack("nl").needs)
    links = page.locator("#guide a[href*='schemes/']")
    assert links.count() >= len(load_pack("nl").schemes_on(clock.today()))
    assert page.locator("#guide a[href^='tel:']").count() > 5
    assert page.locator("button:visible").count() == 0
    links.first.click()
    expect(page.locator("h1")).to_be_visible()
    assert "/nl/schemes/" in page.url
    expect(page.locator(".sources").first).to_be_visible()


def test_when_the_script_does_not_come_the_list_appears(new_page: NewPage, site: Site) -> None:
    page = new_page()
    page.route("**/run.*.js", lambda route: route.abort())
    page.goto(site.url("nl/help/index.html"))
    expect(page.locator("#guide h1")).to_be_visible(timeout=20_000)


def test_when_the_rules_do_not_come_it_says_so(new_page: NewPage, site: Site) -> None:
    page = new_page()
    page.route("**/rules.*.json", lambda route: route.abort())
    page.goto(site.url("nl/help/index.html"))
    expect(page.locator("#stuck")).to_be_visible()
    expect(page.locator("#guide h1")).to_be_visible()
    expect(page.locator("h1#question")).to_be_hidden()


def test_an_answer_given_before_the_rules_are_there_counts(
    new_page: NewPage, site: Site
) -> None:
    page = new_page()
    held: list[Route] = []
    page.route("**/rules.*.json", lambda route: held.append(route))
    page.goto(site.url("nl/help/index.html"))
    page.wait_for_function("document.documentElement.classList.contains('runs')")
    page.locator(".choices button").first.click()
    expect(page.locator(".step")).to_contain_text("1")
    assert held
    held[0].continue_()
    expect(page.locator(".step")).to_contain_text("2")


def test_when_the_result_does_not_come_the_answers_stay(new_page: NewPage, site: Site) -> None:
    page = new_page()
    broken = [True]

    def sometimes(route: Route) -> None:
        if broken[0]:
            route.abort()
        else:
            route.continue_()

    page.route("**/help-more.*.json", sometimes)
    open_door(page, site)
    answer(page, 2)
    page.locator("button[name=show]").click()
    expect(page.locator("#stuck")).to_be_visible()
    expect(page.locator(".step")).to_contain_text("3")
    broken[0] = False
    see_result(page)
    assert page.locator(".told dt").count() == 2


def keep(page: Page, site: Site) -> None:
    page.goto(site.url("nl/safe/index.html"))
    page.locator("[data-keep-add]").click()
    expect(page.locator("[data-keep-wipe]")).to_be_visible(timeout=60_000)


def test_once_kept_it_works_without_a_network(browser_page: Page, site: Site) -> None:
    keep(browser_page, site)
    kept = browser_page.evaluate(KEPT)
    names = {unquote(urlsplit(url).path).removeprefix(f"{BELOW}/") for url in kept}
    assert names == {
        path
        for path in _files(site)
        if path.partition("/")[0] not in ("ar", "files.json", "worker.js")
        and not path.endswith(".pdf")
    }
    site.stop()
    open_door(browser_page, site)
    answer(browser_page, 3)
    see_result(browser_page)
    assert browser_page.locator(".told dt").count() == 3
    browser_page.locator("#main a[href*='schemes/']").first.evaluate("link => link.click()")
    expect(browser_page.locator(".sources").first).to_be_visible()
    # An address that is not kept leads to the nearest page that is.
    browser_page.goto(site.url("nl/nergens/index.html"))
    assert browser_page.url == site.url("nl/index.html")
    # Nothing came in beside the files: no answer, no other page.
    assert browser_page.evaluate(KEPT) == kept


def test_wiping_leaves_nothing(browser_page: Page, site: Site) -> None:
    keep(browser_page, site)
    browser_page.reload()
    browser_page.locator("[data-keep-wipe]").click()
    expect(browser_page.locator("[data-keep-add]")).to_be_visible()
    expect(browser_page.locator("[data-keep-status]")).not_to_be_empty()
    stored = browser_page.evaluate(STORED)
    assert (stored["caches"], stored["workers"]) == ([], 0)
    browser_page.goto("about:blank")
    site.stop()
    with pytest.raises(Exception, match="ERR_CONNECTION_REFUSED"):
        browser_page.goto(site.url("nl/index.html"))


def test_a_new_guide_takes_the_place_of_the_kept_one(browser_page: Page, site: Site) -> None:
    keep(browser_page, site)
    (name,) = browser_page.evaluate("() => caches.keys()")
    worker = site.folder / BELOW.strip("/") / "worker.js"
    old = worker.read_text("utf-8")
    version = old.partition('"version": "')[2][:16]
    try:
        worker.write_text(old.replace(version, "0" * 16), "utf-8")
        browser_page.evaluate(
            "async () => (await navigator.serviceWorker.getRegistration()).update()"
        )
        browser_page.wait_for_function(
            "async (old) => { const names = await caches.keys();"
            " return names.length === 1 && names[0] !== old; }",
            arg=name,
        )
    finally:
        worker.write_text(old, "utf-8")


@pytest.mark.parametrize(
    "refusal",
    [
        "ServiceWorkerContainer.prototype.register = () => Promise.reject(new Error('no'))",
        "delete Navigator.prototype.serviceWorker",
        "ServiceWorkerContainer.prototype.getRegistrations = () => Promise.reject(new Error())",
    ],
)
def test_a_browser_that_keeps_nothing_is_told_so(
    new_page: NewPage, site: Site, refusal: str
) -> None:
    page = new_page()
    page.add_init_script(refusal)
    page.goto(site.url("nl/safe/index.html"))
    add = page.locator("[data-keep-add]")
    if add.is_visible():
        add.click()
    says = page.locator("[data-keep-status]")
    expect(says).to_contain_text(_says(page, "refused"))
    expect(page.locator("[data-keep-wipe]")).to_be_hidden()
    open_door(page, site)
    answer(page)


def test_a_full_phone_keeps_nothing_halfway(
    new_page: NewPage, site: Site, folder: Path
) -> None:
    """One file that cannot be had is as bad as a full phone: all or nothing."""
    page = new_page()
    lost = next((folder / BELOW.strip("/") / "nl").glob("noticed/index.html"))
    aside = lost.with_suffix(".aside")
    lost.rename(aside)
    try:
        page.goto(site.url("nl/safe/index.html"))
        page.locator("[data-keep-add]").click()
        expect(page.locator("[data-keep-status]")).to_contain_text(_says(page, "refused"))
        stored = page.evaluate(STORED)
        assert (stored["caches"], stored["workers"]) == ([], 0)
    finally:
        aside.rename(lost)


def _says(page: Page, what: str) -> str:
    said: str = page.evaluate(
        "(what) => document.querySelector(`[data-keep-says=${what}]`)"
        ".content.textContent.trim().slice(0, 40)",
        what,
    )
    assert said
    return said
