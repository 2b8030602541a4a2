# SPDX-License-Identifier: EUPL-1.2
"""The guide's scripts in a real browser, from the folder they stand in, on an address of
nowhere: no server, no network."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page, Route

SCRIPTS = Path(__file__).parents[2] / "src/middenstip/guide/static/guide"
NOWHERE = "http://guide.test"


def open_with_scripts(page: Page, changed: dict[str, str] | None = None) -> None:
    """Open an empty page beside the scripts; ``changed`` puts other texts in their place."""

    def answer(route: Route) -> None:
        name = urlsplit(route.request.url).path.lstrip("/")
        if not name:
            route.fulfill(body="<!doctype html><title>-</title>", content_type="text/html")
        elif (changed or {}).get(name) or (SCRIPTS / name).is_file():
            body = (changed or {}).get(name) or (SCRIPTS / name).read_text("utf-8")
            route.fulfill(body=body, content_type="text/javascript")
        else:
            route.fulfill(status=404, body="")

    page.route("**/*", answer)
    page.goto(f"{NOWHERE}/")
