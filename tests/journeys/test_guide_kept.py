# SPDX-License-Identifier: EUPL-1.2
"""The guide of the server, kept on a phone: what happens when the network goes away."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

pytestmark = pytest.mark.django_db(transaction=True)
KEPT = """async () => {
  const found = [];
  for (const name of await caches.keys()) {
    for (const request of await (await caches.open(name)).keys()) found.push(request.url);
  }
  return found.sort();
}"""


class Wire:
    """The way to the server, which can be cut."""

    def __init__(self, server: str) -> None:
        parts = urlsplit(server)
        self.server = (parts.hostname or "localhost", parts.port or 80)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.open: list[socket.socket] = []
        self.url = f"http://localhost:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        # Closing does not wake who waits in accept(); shutting down does.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for one in self.open:
            one.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self.listener.accept()
                far = socket.create_connection(self.server)
            except OSError:
                return
            self.open += [near, far]
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    @staticmethod
    def _carry(one: socket.socket, other: socket.socket) -> None:
        try:
            while data := one.recv(65_536):
                other.sendall(data)
            other.shutdown(socket.SHUT_WR)
        except OSError:
            return


@pytest.fixture
def wire(live_server: LiveServer) -> Iterator[Wire]:
    found = Wire(live_server.url)
    yield found
    if found.listener.fileno() != -1:
        found.cut()


def keep(page: Page, wire: Wire) -> None:
    page.goto(f"{wire.url}/guide/nl/safe/")
    page.locator("[data-keep-add]").click()
    expect(page.locator("[data-keep-wipe]")).to_be_visible(timeout=120_000)


def test_nothing_is_kept_before_somebody_asks(browser_page: Page, wire: Wire) -> None:
    for path in ("/guide/nl/", "/guide/nl/safe/", "/guide/nl/help/"):
        browser_page.goto(f"{wire.url}{path}")
        assert (
            browser_page.evaluate(
                "async () => (await navigator.serviceWorker.getRegistrations()).length"
            )
            == 0
        )
    assert browser_page.evaluate(KEPT) == []


def test_without_a_network_the_kept_guide_answers(browser_page: Page, wire: Wire) -> None:
    page = browser_page
    keep(page, wire)
    kept = page.evaluate(KEPT)
    assert kept
    assert all(url.startswith(f"{wire.url}/guide/kept/nl/") for url in kept)
    page.goto(f"{wire.url}/guide/nl/help/")
    page.locator(".choices button").first.click()
    expect(page.locator(".step")).to_contain_text("2")
    assert "/kept/" not in page.url, "with a network the server answers"
    wire.cut()
    # In the middle of a conversation: the question that follows comes from the phone.
    page.locator(".skips button").first.click()
    page.wait_for_url(f"{wire.url}/guide/kept/nl/nl/help/index.html")
    expect(page.locator("h1#question")).to_be_visible()
    page.locator(".choices button").first.click()
    expect(page.locator(".step")).to_contain_text("2")
    page.locator("button[name=show]").click()
    expect(page.locator("#by-need")).to_be_visible()
    page.goto(f"{wire.url}/guide/nl/noticed/")
    expect(page.locator("ul.sectors")).to_be_visible()
    assert page.evaluate(KEPT) == kept
    # What was kept can be wiped from the kept pages too.
    page.goto(f"{wire.url}/guide/nl/safe/")
    page.locator("[data-keep-wipe]").click()
    expect(page.locator("[data-keep-add]")).to_be_visible()
    assert page.evaluate(KEPT) == []
    assert page.context.cookies() == []


def test_addresses_of_what_is_kept(client: Client) -> None:
    worker = client.get("/guide/worker.js?lang=nl")
    assert worker["Content-Type"].startswith("text/javascript")
    assert b'"root": "kept/nl/"' in worker.content
    page = client.get("/guide/kept/nl/nl/help/index.html")
    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store"
    assert not page.cookies
    for address in (
        "/guide/worker.js",
        "/guide/worker.js?lang=xx",
        "/guide/kept/xx/index.html",
        "/guide/kept/nl/none.html",
        "/guide/kept/nl/../../etc/passwd",
    ):
        assert client.get(address).status_code == 404, address
    sent = client.post("/guide/kept/nl/nl/help/index.html", {"a.indication": "yes"})
    assert sent.status_code in (404, 415)
