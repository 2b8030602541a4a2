# SPDX-License-Identifier: EUPL-1.2
"""Filling is repeatable, all or nothing, and possible in a demo only."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings
from typer.testing import CliRunner

from middenstip import clock
from middenstip.demo import command, country, stories
from middenstip.demo.parties import settle
from middenstip.thread.models import Case, Event
from middenstip.thread.records import NewEvent, PastCase, PastEvent
from tests.demo.conftest import UNTIL

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_switch")]


def told(persons: int, seed: int = 1, until: date = UNTIL) -> list[PastCase]:
    """The cases of a country, made anew."""
    return list(country.cases(persons, seed, settle(), until))


def test_the_same_seed_and_day_give_the_same_persons_events_and_ids() -> None:
    assert told(60) == told(60)


def test_more_persons_change_nobody() -> None:
    assert told(60) == told(90)[:60]


def test_another_seed_gives_other_people() -> None:
    first, second = told(40), told(40, seed=2)
    assert not {case.case_id for case in first} & {case.case_id for case in second}
    other = {case.pseudonym for case in first} & {case.pseudonym for case in second}
    assert other == {entry["pseudonym"] for entry in stories.entries()}


def test_what_is_stored_is_what_was_told() -> None:
    country.fill(persons=30, seed=1, until=UNTIL)
    expected = {event.id for case in told(30) for event in case.events}
    assert set(Event.objects.values_list("id", flat=True)) == expected


@pytest.mark.parametrize(
    "until", [date(2024, 2, 29), date(2025, 12, 31), date(2026, 3, 31), date(2026, 1, 1)]
)
def test_no_day_makes_a_story_break_a_rule(until: date) -> None:
    filled = country.fill(persons=60, seed=3, until=until)
    assert filled.persons == 60


def test_an_event_that_a_guard_refuses_stops_the_fill(monkeypatch: Any) -> None:
    case = told(1)[0]
    wrong = NewEvent("emergency_bed_started", UNTIL, {"planned_nights": 9, "reason": "x"})
    past = PastEvent(case.events[0].actor, wrong, case.events[-1].recorded_at)
    refused = PastCase(events=[*case.events, past], pseudonym="Voorbeeld")
    monkeypatch.setattr(country, "cases", lambda *arguments: iter([refused]))
    with pytest.raises(RuntimeError, match="Voorbeeld was refused"):
        country.fill(persons=1, seed=1, until=UNTIL)
    assert not Case.objects.exists()


def test_a_fill_that_is_stopped_leaves_nothing() -> None:
    def stop(number: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        country.fill(persons=5, seed=1, until=UNTIL, progress=stop)
    assert not Case.objects.exists()


def test_the_last_day_cannot_lie_in_the_future() -> None:
    with pytest.raises(ImproperlyConfigured, match="future"):
        country.fill(persons=1, seed=1, until=clock.today() + timedelta(days=1))


def test_nothing_is_made_without_the_demo_switch() -> None:
    with override_settings(DEMO=False), pytest.raises(ImproperlyConfigured):
        country.fill(persons=1, seed=1, until=UNTIL)
    assert not Case.objects.exists()


def test_filling_again_says_so_and_changes_nothing() -> None:
    arguments = ["fill", "--persons", "20", "--until", "2026-06-30"]
    first = CliRunner().invoke(command.app, arguments)
    assert "20 fictional persons" in first.output
    events = Event.objects.count()
    again = CliRunner().invoke(command.app, arguments)
    assert again.exit_code == 0
    assert "filled already: 20 cases" in again.output
    assert Event.objects.count() == events


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("-0d", date(2026, 6, 30)),
        ("-2w", date(2026, 6, 16)),
        ("+14d-8m", date(2025, 11, 14)),
        ("-4m", date(2026, 2, 28)),
        ("+5m-18y", date(2008, 11, 30)),
    ],
)
def test_days_of_a_story_count_from_the_last_day(text: str, day: date) -> None:
    assert stories.day_of(text, UNTIL) == day


@pytest.mark.parametrize("text", ["yesterday", "-3x", "10"])
def test_a_day_that_is_none_is_named(text: str) -> None:
    with pytest.raises(ValueError, match=text):
        stories.day_of(text, UNTIL)
