# SPDX-License-Identifier: EUPL-1.2
"""The wider pages of the law room in a real browser: axe, and a phone."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page

from middenstip.access import services
from tests.browser import DESKTOP, PHONE, assert_accessible

pytestmark = pytest.mark.django_db(transaction=True)
PLACES = (
    "purposes",
    "keeping",
    "changes",
    "schemes/NL-COM-04/changes",
    "keeping-up",
    "keeping-up/coverage",
)
PICTURES = os.environ.get("PICTURES")  # a folder to keep what the pages look like


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_wide_pages_pass_axe_and_fit_the_width(
    new_page: Callable[..., Page],
    live_server: Any,
    client: Client,
    viewport: dict[str, int],
    language: str,
) -> None:
    organisation = services.create_organisation(
        actor=None, kind="coordination_point", name="CoMensha Test"
    )
    membership = services.add_member(
        actor=None,
        organisation_id=organisation.id,
        email="agent@test.example",
        display_name="A. Voorbeeld",
    )
    services.set_language(user=membership.user, language=language)
    client.force_login(membership.user)
    page = new_page(viewport=viewport)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value}
    page.context.add_cookies([{**cookie, "url": live_server.url}])
    for place in PLACES:
        page.goto(f"{live_server.url}/law/{place}/")
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
        if PICTURES:
            name = f"{place.replace('/', '-')}-{language}-{viewport['width']}.png"
            page.screenshot(path=Path(PICTURES) / name, full_page=True)
