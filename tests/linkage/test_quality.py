# SPDX-License-Identifier: EUPL-1.2
"""How good the comparison is: measured levels and what people decided, in counts only."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize
from pytest_django.live_server_helper import LiveServer

from middenstip.access.actors import Actor
from middenstip.linkage import selectors, services, weights
from middenstip.linkage.quality import judged, quality
from middenstip.matching.levels import CHANCES
from middenstip.matching.weights import approve, shipped, write_weights
from middenstip.thread.errors import NotThere
from middenstip.thread.models import Case
from tests.browser import DESKTOP, PHONE, assert_accessible
from tests.desk.conftest import entered
from tests.linkage.files import decide, opened
from tests.thread.chain import Chain

pytestmark = pytest.mark.django_db
ADDRESS = "/same/quality/"


@pytest.fixture
def decided(chain: Chain) -> Chain:
    """Four pairs: two that were likely, one that was not, and one that was taken back."""
    first, *others = [opened(chain, number) for number in range(1, 6)]
    for other, (verdict, score) in zip(
        others,
        (("same", 5.0), ("different", 4.0), ("unknown", -2.0), ("same", 1.0)),
        strict=True,
    ):
        decide(chain.police, first.case_id, other.case_id, verdict, score=score)
    last = selectors.standing(actor=chain.police, one=first.case_id, two=others[-1].case_id)
    assert last
    services.undo(actor=chain.police, verdict=last.id)
    return chain


def by_words(actor: Actor) -> list[tuple[int, int, int]]:
    return [(each.same, each.different, each.unknown) for each in quality(actor=actor).said]


def test_what_was_decided_is_counted_by_what_the_screen_said(decided: Chain) -> None:
    found = quality(actor=decided.police)
    assert [bool(each.words) for each in found.said] == [True, True, True, False]
    assert by_words(decided.police) == [(1, 1, 0), (0, 0, 0), (0, 0, 1), (0, 0, 1)]
    assert found.decided == 4


def test_pairs_that_the_actor_may_not_know_are_not_counted(decided: Chain) -> None:
    assert by_words(decided.shelter) == [(0, 0, 0)] * 4
    assert judged(actor=decided.shelter) == {}
    assert quality(actor=decided.shelter).decided == 0


def test_who_decides_nothing_finds_no_page(chain: Chain) -> None:
    for actor in (chain.rapporteur, chain.administrator):
        with pytest.raises(NotThere):
            quality(actor=actor)
    assert entered(chain.rapporteur).get(ADDRESS).status_code == 404


def test_the_page_says_what_was_measured_and_names_nobody(decided: Chain) -> None:
    page = entered(decided.police).get(ADDRESS).content.decode()
    assert "How good is the comparison?" in page
    assert "learnt on 23 November 2026 from invented people" in page
    assert f"{int(100 * CHANCES[-1])} in 100 sure" in page
    levels = entered(decided.police).get(ADDRESS).context["levels"]
    assert all(line.right < 100 for line in levels)  # never rounded up to certainty
    assert "Voornaam" not in page
    assert not any(str(case) in page for case in Case.objects.values_list("pk", flat=True))


def test_without_a_decision_or_a_measurement_the_page_says_so(
    chain: Chain, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "own.json"
    write_weights(path, replace(shipped(), measured={}, name="own"))
    approve(path, "A. Voorbeeld")
    approve(path, "B. Voorbeeld")
    monkeypatch.setenv(weights.VARIABLE, str(path))
    page = entered(chain.police).get(ADDRESS).content.decode()
    assert "do not say how good they are" in page
    assert "Nobody decided about a pair yet" in page
    assert "approved by: A. Voorbeeld, B. Voorbeeld" in page


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE])
def test_the_page_is_accessible_and_no_wider_than_the_screen(
    decided: Chain,
    transactional_db: None,
    live_server: LiveServer,
    new_page: Callable[..., Page],
    language: str,
    viewport: ViewportSize,
) -> None:
    page = new_page(viewport=viewport)
    cookie = entered(decided.police, language).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page.goto(live_server.url + ADDRESS)
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
