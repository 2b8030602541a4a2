# SPDX-License-Identifier: EUPL-1.2
"""Limits slow down who guesses, count for all web processes, and lock nobody else out."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection, connections, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django.fixtures import Settings

from middenstip import clock
from middenstip.access import limits
from middenstip.access.limits import Delay, Limited, Rate, take
from middenstip.access.limits_middleware import LimitsMiddleware
from middenstip.access.limits_models import LimitEntry
from middenstip.access.limits_page import too_often
from middenstip.access.services import add_member, create_organisation

pytestmark = pytest.mark.django_db
START = datetime(2026, 11, 23, 9, tzinfo=UTC)


def _later(**span: float) -> Any:
    return clock.at(START + timedelta(**span))


@pytest.mark.parametrize(
    ("text", "amount", "seconds"), [("5/10m", 5, 600), ("1/h", 1, 3600), ("30/2d", 30, 172800)]
)
def test_a_rate_is_read(text: str, amount: int, seconds: int) -> None:
    assert Rate.read(text) == Rate(amount, timedelta(seconds=seconds))


@pytest.mark.parametrize("text", ["", "5", "5/10", "0/m", "5/0m", "5/10w", "-1/m", "5/m/ip"])
def test_an_unreadable_rate_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a rate looks like"):
        Rate.read(text)


def test_a_rate_lets_so_many_go_and_gives_one_back_after_its_part_of_the_time() -> None:
    with _later():
        for _ in range(3):
            take("search", "a", "3/30s")
        with pytest.raises(Limited) as refused:
            take("search", "a", "3/30s")
        assert refused.value.until == START + timedelta(seconds=10)
        take("search", "b", "3/30s")
        take("other", "a", "3/30s")
    with _later(seconds=9.9), pytest.raises(Limited):
        take("search", "a", "3/30s")
    with _later(seconds=10):
        take("search", "a", "3/30s")
        with pytest.raises(Limited):
            take("search", "a", "3/30s")
    with _later(seconds=100):
        for _ in range(3):
            take("search", "a", "3/30s")


def test_trying_on_while_refused_makes_the_wait_no_longer() -> None:
    with _later():
        take("search", "a", "1/m")
        for _ in range(20):
            with pytest.raises(Limited) as refused:
                take("search", "a", "1/m")
    assert refused.value.until == START + timedelta(minutes=1)


def test_a_delay_doubles_after_the_free_failures_and_is_forgotten() -> None:
    delay = Delay(free=2, first=timedelta(seconds=30), longest=timedelta(minutes=2))
    waits = []
    with _later():
        for _ in range(6):
            limits.fail("login", "a", delay)
            until = limits.waiting("login", "a")
            waits.append((until - START).total_seconds() if until else 0)
    assert waits == [0, 0, 30, 60, 120, 120]
    with _later(minutes=3):
        assert limits.waiting("login", "a") is None
        assert limits.waiting("login", "b") is None
    with _later(hours=25):
        limits.fail("login", "a", delay)
        assert limits.waiting("login", "a") is None


def test_what_may_be_forgotten_is_taken_away_at_a_next_failure() -> None:
    with _later():
        take("search", "a", "1/m")
        limits.fail("login", "a", Delay(free=1, memory=timedelta(hours=1)))
    with _later(hours=2):
        limits.fail("login", "b", Delay(free=1))
    assert LimitEntry.objects.count() == 1


def test_the_table_tells_no_address_and_no_name() -> None:
    take("login", "agent@test.example", "5/m")
    entry = LimitEntry.objects.get()
    assert len(entry.key) == 64
    assert "agent" not in entry.key


def test_absurd_keys_are_counted_like_others() -> None:
    for key in ["", "\x00", "x" * 100_000, "\ud800", "'; --"]:
        take("search", key, "1/m")
        with pytest.raises(Limited):
            take("search", key, "1/m")


@pytest.fixture
def own_connection(settings: Settings, transactional_db: None) -> Iterator[None]:
    """A second connection, as in demo and production; the suite does without."""
    connections["limits"] = connections.create_connection("default")
    settings.LIMITS_CONNECTION = "limits"
    yield
    connections["limits"].close()
    del connections["limits"]


@transaction.atomic
def _refused_after_counting() -> None:
    take("break-glass", "a", "1/h")
    raise PermissionError


def test_what_was_counted_stays_counted_when_the_request_is_rolled_back(
    own_connection: None,
) -> None:
    with pytest.raises(PermissionError):
        _refused_after_counting()
    with pytest.raises(Limited):
        take("break-glass", "a", "1/h")


def test_many_processes_at_once_take_no_more_than_the_rate(transactional_db: None) -> None:
    def once(_: int) -> bool:
        try:
            take("search", "a", "7/h")
        except Limited:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(once, range(40))) == 7


def _request(**more: Any) -> HttpRequest:
    return RequestFactory().get("/", **more)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "1.1.1.1", "10.0.0.9"),
        (1, "6.6.6.6, 1.1.1.1", "1.1.1.1"),
        (1, None, "10.0.0.9"),
        (2, "6.6.6.6, 1.1.1.1, 10.0.0.2", "1.1.1.1"),
        (2, "1.1.1.1", "10.0.0.9"),
        (1, "6.6.6.6, nonsense", ""),
        (1, "2001:db8::1", "2001:db8::1"),
        (1, "[2001:db8::1]", "2001:db8::1"),
    ],
)
def test_the_visitor_is_who_our_outermost_proxy_saw_whatever_is_forged(
    settings: Settings, proxies: int, forwarded: str | None, expected: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = _request(REMOTE_ADDR="10.0.0.9", headers=headers)
    assert limits.client_ip(request) == expected


def test_a_subscriber_with_many_ipv6_addresses_counts_as_one() -> None:
    first = _request(REMOTE_ADDR="2001:db8:1:2::1")
    second = _request(REMOTE_ADDR="2001:db8:1:2:ffff::9")
    other = _request(REMOTE_ADDR="2001:db8:1:3::1")
    assert limits.per_ip(first) == limits.per_ip(second) != limits.per_ip(other)


@limits.limited("thing", limits.per_ip, "1/h", methods=("POST",))
def _view(request: HttpRequest) -> HttpResponse:
    return HttpResponse("done")


def test_a_limited_view_refuses_and_the_middleware_answers_429_with_the_time(
    client: Client,
) -> None:
    make = RequestFactory()
    with _later():
        assert _view(make.post("/thing/", {"a": "1"})).status_code == 200
        assert _view(make.get("/thing/")).status_code == 200
        with pytest.raises(Limited) as refused:
            _view(make.post("/thing/", {"a": "1"}))
        request = make.post("/thing/?x=1", {"a": ["one", "two"], "csrfmiddlewaretoken": "t"})
        answer = LimitsMiddleware(_view).process_exception(request, refused.value)
    assert answer is not None
    assert answer.status_code == 429
    assert answer["Retry-After"] == "3600"
    page = answer.content.decode()
    assert "11:00" in page  # 10:00 UTC in Amsterdam
    assert 'action="/thing/?x=1"' in page
    assert 'name="a" value="one"' in page
    assert 'name="a" value="two"' in page
    assert 'value="t"' not in page


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("middenstip.access.views.selectors.memberships_today", "/account/organisation/"),
        ("middenstip.access.middleware.acting", "/law/"),
    ],
)
def test_a_limit_deep_inside_a_page_is_answered_with_429_too(
    client: Client, target: str, path: str
) -> None:
    police = create_organisation(actor=None, kind="police", name="Politie Test")
    member = add_member(
        actor=None, organisation_id=police.pk, email="a@test.example", display_name="A"
    )
    client.force_login(member.user)
    until = clock.now() + timedelta(minutes=5)
    with patch(target, side_effect=Limited(until)):
        answer = client.get(path)
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) in {299, 300}


def test_the_429_page_keeps_no_password_or_code() -> None:
    request = RequestFactory().post(
        "/x/", {"login": "a", "password": "geheim", "code": "123456"}
    )
    page = too_often(request, START).content.decode()
    assert "geheim" not in page
    assert "123456" not in page
    assert 'name="login"' not in page
