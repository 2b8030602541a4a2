# SPDX-License-Identifier: EUPL-1.2
"""When a session ends, that looking does not keep it alive, and whose it is."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings

from middenstip.access import selectors, services
from middenstip.access.models import Membership, Session
from middenstip.access.session import SessionStore

pytestmark = pytest.mark.django_db
TEN_HOURS = 10 * 60 * 60


@pytest.fixture
def member() -> Membership:
    organisation = services.create_organisation(actor=None, kind="police", name="Politie Test")
    return services.add_member(
        actor=None,
        organisation_id=organisation.id,
        email="agent@test.example",
        display_name="A. Voorbeeld",
    )


@pytest.fixture
def browser(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def _left() -> float:
    return (Session.objects.get().expire_date - timezone.now()).total_seconds()


def _age(browser: Client, *, idle: timedelta, total: timedelta) -> None:
    """As if this session began `total` ago and was last used `idle` ago."""
    session = browser.session
    session["started"] = (timezone.now() - total).timestamp()
    session.save()
    until = timezone.now() - idle + timedelta(minutes=30)
    Session.objects.update(expire_date=until)


def test_it_ends_after_half_an_hour_without_work(browser: Client, member: Membership) -> None:
    assert 1795 < _left() <= 1800
    assert Session.objects.get().user_id == member.user_id
    _age(browser, idle=timedelta(minutes=29), total=timedelta(hours=1))
    assert browser.get("/account/organisation/").status_code == 200
    _age(browser, idle=timedelta(minutes=30, seconds=1), total=timedelta(hours=1))
    assert browser.get("/account/organisation/").status_code == 302
    assert browser.get("/account/session/").json()["who"] == ""


def test_work_moves_the_end_on_and_is_written_once_a_minute(browser: Client) -> None:
    _age(browser, idle=timedelta(minutes=20), total=timedelta(hours=1))
    browser.get("/account/organisation/")
    assert _left() > 1790
    with CaptureQueriesContext(
        connection,
    ) as queries:
        browser.get("/account/organisation/")
    assert not [each for each in queries if each["sql"].startswith("UPDATE")]


def test_it_ends_ten_hours_after_logging_in_however_much_is_done(browser: Client) -> None:
    _age(browser, idle=timedelta(minutes=5), total=timedelta(hours=9, minutes=50))
    browser.get("/account/organisation/")
    browser.post("/account/session/keep/")
    assert 590 < _left() <= 1500
    _age(browser, idle=timedelta(0), total=timedelta(hours=10, seconds=1))
    browser.get("/account/organisation/")
    assert not browser.session.get("acting_organisation")
    assert _left() <= 1800


def test_looking_keeps_nothing_alive_and_writes_nothing(browser: Client) -> None:
    _age(browser, idle=timedelta(minutes=20), total=timedelta(hours=1))
    before = Session.objects.values().get()
    with CaptureQueriesContext(connection) as queries:
        found = browser.get("/account/session/").json()
    assert 590 < found["seconds"] <= 600
    assert found["who"]
    assert Session.objects.values().get() == before
    assert all(each["sql"].startswith("SELECT") for each in queries), queries.captured_queries


def test_keep_working_keeps_it_alive(browser: Client) -> None:
    _age(browser, idle=timedelta(minutes=28), total=timedelta(hours=1))
    assert browser.post("/account/session/keep/").json()["seconds"] > 1790
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = browser.cookies
    assert strict.post("/account/session/keep/").status_code == 403


def test_a_session_that_was_ended_is_not_brought_back_by_work(browser: Client) -> None:
    store = SessionStore(browser.session.session_key)
    store.load()
    store.ends_at = timezone.now()
    Session.objects.all().delete()
    store.touch()
    assert not Session.objects.exists()


def test_who_differs_per_organisation_and_tells_nothing(
    browser: Client, member: Membership
) -> None:
    first = browser.get("/account/session/").json()["who"]
    other = services.create_organisation(actor=None, kind="shelter", name="Opvang Test")
    services.add_member(
        actor=None, organisation_id=other.id, email="agent@test.example", display_name="x"
    )
    browser.post("/account/organisation/", {"organisation": str(other.id)})
    second = browser.get("/account/session/").json()["who"]
    assert first != second
    assert str(member.user_id) not in first
    assert selectors.memberships_today(member.user_id).count() == 2


def test_a_page_without_login_watches_nothing(client: Client, browser: Client) -> None:
    assert "session-watch" not in client.get("/account/login/").content.decode()
    assert "session-watch" in browser.get("/account/organisation/").content.decode()


def test_the_numbers_are_those_of_the_house(settings: Settings) -> None:
    assert (settings.SESSION_IDLE_AGE, settings.SESSION_COOKIE_AGE) == (1800, TEN_HOURS)
    assert settings.SESSION_LOOK_AGE < 60


def test_what_comes_from_elsewhere_or_is_secret_is_not_given_back(browser: Client) -> None:
    form = {"email": "n@test.example", "password": "geheim woord"}
    stranger = Client(enforce_csrf_checks=True)
    assert stranger.post("/account/people/", form).status_code == 403
    assert "n@test.example" not in stranger.post("/account/people/", form).content.decode()
    stranger.get("/account/login/")
    token = stranger.cookies["csrftoken"].value
    answer = stranger.post("/account/people/", {**form, "csrfmiddlewaretoken": token})
    assert answer.status_code == 403
    assert "n@test.example" in answer.content.decode()
    assert "geheim woord" not in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
