# SPDX-License-Identifier: EUPL-1.2
"""Pages that are the same for everybody are made once a day; no answer is kept anywhere."""

from __future__ import annotations

from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from middenstip import clock
from middenstip.guide import middleware
from middenstip.guide.middleware import GuideMiddleware, Pages

TODAY = date(2026, 11, 23)
GZIP = {"accept-encoding": "gzip"}
FORM = "application/x-www-form-urlencoded"


def beyond(request: HttpRequest) -> HttpResponse:
    """What stands behind the guide; never asked here."""
    raise AssertionError(request.path)


@pytest.fixture
def guide() -> GuideMiddleware:
    return GuideMiddleware(beyond)


@pytest.mark.parametrize(
    "path", ["", "help/", "noticed/hotel/", "schemes/NL-STAY-01/", "safe/"]
)
def test_the_second_visitor_gets_the_page_of_the_first(
    guide: GuideMiddleware, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = RequestFactory().get(f"/guide/hu/{path}", headers=GZIP)
    first = guide(ask)
    assert first.status_code == 200
    with monkeypatch.context() as closed:
        closed.setattr(middleware, "_guarded", beyond)
        second = guide(ask)
    assert second.content == first.content
    assert dict(second.headers) == dict(first.headers)
    assert second["Cache-Control"] == "no-store"


def test_nothing_that_somebody_answered_is_kept(guide: GuideMiddleware) -> None:
    send = RequestFactory()
    body = urlencode({"a.age": "17", "show": "1"})
    told = guide(send.post("/guide/nl/help/", body, content_type=FORM, headers=GZIP))
    assert told.status_code == 200
    guide(send.get("/guide/nl/help/", {"a.age": "17"}, headers=GZIP))
    guide(send.get("/guide/nl/nowhere/", headers=GZIP))
    guide(send.get("/guide/", headers=GZIP))
    assert guide.pages.found == {}
    asked = guide(send.get("/guide/nl/help/", headers=GZIP))
    assert asked.content != told.content
    assert [path for _, path in guide.pages.found] == ["/guide/nl/help/"]


def test_a_new_day_has_its_own_pages(guide: GuideMiddleware) -> None:
    ask = RequestFactory().get("/guide/en/schemes/NL-STAY-01/", headers=GZIP)
    for day in (TODAY, TODAY + timedelta(days=1)):
        with clock.at(day):
            guide(ask)
        assert [kept for kept, _ in guide.pages.found] == [day]


def test_kept_pages_take_a_bounded_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middleware, "MOST_PAGES", 5)
    pages = Pages()
    for place in range(23):
        ask = RequestFactory().get(f"/guide/nl/{place}/", headers=GZIP)
        pages.answer(ask, lambda request: HttpResponse("x", headers={"Content-Language": "nl"}))
        assert 0 < len(pages.found) <= 5


def test_who_cannot_read_a_compressed_page_gets_it_plain(guide: GuideMiddleware) -> None:
    guide(RequestFactory().get("/guide/nl/", headers=GZIP))
    plain = guide(RequestFactory().get("/guide/nl/"))
    assert not plain.has_header("Content-Encoding")
    assert b"<h1>" in plain.content
