# SPDX-License-Identifier: EUPL-1.2
"""No answer leaves before the log is written; without the log there is no answer."""

from collections.abc import Callable, Iterator
from types import ModuleType
from uuid import UUID

import pytest
from django.conf import settings as project
from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.urls import path

from middenstip.access.rules import access_rule
from middenstip.audit.looks import LogNotWritten, looked
from middenstip.audit.middleware import ReadLogMiddleware
from middenstip.audit.models import ReadEntry
from tests.audit.log import somebody

CASE = UUID("33333333-3333-4333-8333-333333333333")
NAME = "A. Voorbeeld"


def look(category: str = "care") -> None:
    looked(actor=somebody(), case_id=CASE, categories=[category])


@access_rule("public")
def page(request: HttpRequest) -> HttpResponse:
    look()
    return HttpResponse(NAME)


@access_rule("public")
def fails(request: HttpRequest) -> HttpResponse:
    look()
    raise RuntimeError(NAME)


@access_rule("public")
def nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse("nobody")


@access_rule("public")
def streamed(request: HttpRequest) -> StreamingHttpResponse:
    look("first")

    def lines() -> Iterator[str]:
        yield f"{ReadEntry.objects.count()} "
        look("second")
        yield NAME

    return StreamingHttpResponse(lines())


class Addresses(ModuleType):
    urlpatterns = [
        path("page/<uuid:case>/", lambda request, case: page(request), name="look_page"),
        path("page/", page, name="look_page"),
        path("fails/", fails, name="look_fails"),
        path("nothing/", nothing, name="look_nothing"),
        path("streamed/", streamed, name="look_streamed"),
    ]


@pytest.fixture
def visitor(db: None, settings: object) -> Client:
    settings.ROOT_URLCONF = Addresses("addresses_of_the_test")  # type: ignore[attr-defined]
    return Client(raise_request_exception=False)


@pytest.fixture
def no_log(visitor: Client) -> Callable[[], None]:
    """Take the function away that writes the log."""

    def take_away() -> None:
        with connection.cursor() as cursor:
            cursor.execute("ALTER FUNCTION audit_append(jsonb) RENAME TO audit_elsewhere")

    return take_away


def test_a_page_leaves_one_entry_named_after_its_address(visitor: Client) -> None:
    assert visitor.get("/page/").content.decode() == NAME
    entry = ReadEntry.objects.get()
    assert (entry.chain, entry.operation, entry.failed) == (CASE, "look_page", False)


def test_a_page_that_shows_nobody_leaves_no_entry(visitor: Client) -> None:
    assert visitor.get("/nothing/").status_code == 200
    assert not ReadEntry.objects.exists()


def test_a_view_that_raises_still_leaves_its_entry(visitor: Client) -> None:
    assert visitor.get("/fails/").status_code == 500
    entry = ReadEntry.objects.get()
    assert (entry.operation, entry.failed) == ("look_fails", True)


def test_without_the_log_there_is_a_calm_503_and_no_data(
    visitor: Client, no_log: Callable[[], None], caplog: pytest.LogCaptureFixture
) -> None:
    no_log()
    answer = visitor.get("/page/")
    assert answer.status_code == 503
    assert NAME not in answer.content.decode()
    assert "Dit kunnen we nu niet laten zien" in answer.content.decode()
    assert (answer["Retry-After"], answer["Cache-Control"]) == ("60", "no-store")
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "the read log could not be written: look_page" in caplog.text
    assert str(CASE) not in caplog.text


def test_without_the_log_an_error_page_is_503_too_and_a_page_of_nobody_goes_on(
    visitor: Client, no_log: Callable[[], None]
) -> None:
    no_log()
    assert visitor.get("/nothing/").status_code == 200
    assert visitor.get("/fails/").status_code == 503


def test_of_a_streamed_answer_the_log_is_written_before_the_first_byte_and_each_part(
    visitor: Client,
) -> None:
    answer = visitor.get("/streamed/")
    assert ReadEntry.objects.count() == 1
    assert answer.getvalue().decode() == f"1 {NAME}"
    first, second = ReadEntry.objects.order_by("seq")
    assert (first.categories, second.categories) == (["first"], ["second"])
    assert first.trace == second.trace
    assert second.operation == "look_streamed"


def test_a_streamed_answer_breaks_off_before_a_part_that_cannot_be_logged(
    visitor: Client, no_log: Callable[[], None]
) -> None:
    def lines(request: HttpRequest) -> StreamingHttpResponse:
        def parts() -> Iterator[str]:
            yield "nobody"
            look()
            yield NAME

        return StreamingHttpResponse(parts())

    no_log()
    parts = iter(ReadLogMiddleware(lines)(RequestFactory().get("/")))
    assert next(parts) == b"nobody"
    # The mistake in the database ends the transaction of the test; nothing is read after it.
    with pytest.raises(LogNotWritten):
        next(parts)


def test_the_log_is_written_when_the_transaction_of_the_request_is_over() -> None:
    order = project.MIDDLEWARE
    place = order.index("middenstip.audit.middleware.ReadLogMiddleware")
    assert place < order.index("middenstip.access.middleware.ActorMiddleware")
