# SPDX-License-Identifier: EUPL-1.2
"""What was kept for as long as the pack says is proposed for removal, once, and never removed
by the night itself.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.utils import translation

from middenstip import clock
from middenstip.access.actors import Actor
from middenstip.access.models import Role
from middenstip.database import WORKER_ROLE
from middenstip.pack.parts import EventMatch
from middenstip.thread import erasure, rebuild, retention, services
from middenstip.thread.country import pack
from middenstip.thread.errors import NotAllowed, NotThere
from middenstip.thread.models import DutyRun, Identity, Person, RemovalProposal
from middenstip.thread.records import NewEvent, NewIdentity, Opened
from middenstip.vault.services import destroy_key
from tests.thread.chain import SEEN, Chain
from tests.thread.test_concurrency import at_once
from tests.thread.test_sharing import colleague

pytestmark = pytest.mark.django_db
START = date(2016, 2, 29)
WHO = NewIdentity(given_name="Proefnaam", phone="0612345678")


@pytest.fixture(autouse=True)
def _in_english() -> None:
    translation.activate("en")


@pytest.fixture
def second(chain: Chain) -> Actor:
    return colleague(chain.coordination_point, Role.MEMBER)


@contextmanager
def as_worker() -> Iterator[None]:
    """Do it with the rights of the role that works at night."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {WORKER_ROLE}")
        yield
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")


def night(day: date) -> list[str]:
    """Let the worker propose on a day; return why, of what waits."""
    with clock.at(day), as_worker():
        retention.propose_due(day)
    waiting = RemovalProposal.objects.filter(erasure.OPEN).order_by("why")
    return list(waiting.values_list("why", flat=True))


def notified(chain: Chain, *, open_duties: bool = False) -> Opened:
    """A case that was notified and recorded on one day, long ago."""
    with clock.at(START):
        opened = chain.notified(on=START, identity=WHO)
    if not open_duties:
        DutyRun.objects.filter(case_id=opened.case_id).update(state="met")
    return opened


def signal(chain: Chain) -> Opened:
    """A signal that nobody followed up."""
    with clock.at(START):
        return services.open_case(
            actor=chain.police,
            events=[NewEvent("indication_seen", START, SEEN)],
            identity=WHO,
        )


def test_five_years_after_the_last_thing_when_nothing_is_left_to_do(chain: Chain) -> None:
    notified(chain)
    assert night(date(2021, 2, 27)) == []
    assert night(date(2021, 2, 28)) == ["closed_case"]  # no 29 February: its last day
    row = RemovalProposal.objects.get()
    assert (row.due_on, row.proposed_by_id, row.reason) == (date(2021, 2, 28), None, "")


def test_it_waits_while_a_duty_is_open_until_fifteen_years(chain: Chain) -> None:
    notified(chain, open_duties=True)
    assert night(date(2031, 2, 27)) == []
    assert night(date(2031, 2, 28)) == ["whole_case"]


def test_a_signal_on_which_nothing_followed_after_six_months(chain: Chain) -> None:
    signal(chain)
    assert night(date(2016, 8, 28)) == []
    assert night(date(2016, 8, 29)) == ["signal_without_follow_up"]


def test_a_signal_on_which_something_followed_is_no_such_signal(chain: Chain) -> None:
    followed = signal(chain)
    with clock.at(START + timedelta(days=3)):
        chain.record(chain.police, followed.case_id, "rights_explained",
                     by="police", language="en", interpreter=True)  # fmt: skip
    notified(chain, open_duties=True)
    assert night(date(2017, 8, 29)) == []


def test_what_was_recorded_late_counts_from_the_day_it_was_recorded(chain: Chain) -> None:
    opened = notified(chain)
    with clock.at(date(2020, 6, 1)):
        chain.record(chain.police, opened.case_id, "rights_explained", on=START,
                     by="police", language="en", interpreter=True)  # fmt: skip
    DutyRun.objects.update(state="met")
    assert night(date(2025, 5, 31)) == []
    assert night(date(2025, 6, 1)) == ["closed_case"]


def test_once_for_a_person_and_a_reason(chain: Chain) -> None:
    notified(chain)
    for day in (date(2021, 3, 1), date(2021, 3, 2), date(2032, 1, 1)):
        assert night(day) == ["closed_case"]
    assert RemovalProposal.objects.count() == 1


def test_the_night_removes_nobody(chain: Chain) -> None:
    notified(chain)
    night(date(2040, 1, 1))
    assert not Person.objects.filter(removed_at__isnull=False).exists()
    assert Identity.objects.exists()


def test_after_a_no_the_term_starts_again(chain: Chain, second: Actor) -> None:
    notified(chain)
    night(date(2021, 3, 1))
    with clock.at(date(2021, 4, 1)):
        erasure.say_no(
            actor=second, proposal_id=RemovalProposal.objects.get().pk, text="Er loopt iets"
        )
    assert night(date(2026, 3, 31)) == []
    assert night(date(2026, 4, 1)) == ["closed_case"]


def test_something_new_makes_a_proposal_lapse(chain: Chain, second: Actor) -> None:
    opened = notified(chain)
    night(date(2021, 3, 1))
    proposal = RemovalProposal.objects.get().pk
    with clock.at(date(2021, 3, 2)):
        chain.record(chain.police, opened.case_id, "reflection_period_offered", by="police")
    seen = erasure.removal_of(actor=second, proposal_id=proposal)
    assert seen.stale
    with pytest.raises(NotAllowed, match="starts again"):
        erasure.say_yes(actor=second, proposal_id=proposal)
    assert night(date(2021, 3, 3)) == []
    assert erasure.removal_of(actor=second, proposal_id=proposal).state == "lapsed"
    DutyRun.objects.update(state="met")
    assert night(date(2026, 3, 2)) == ["closed_case"]


def test_who_asks_to_be_removed_goes_on_asking_whatever_is_recorded(
    chain: Chain, second: Actor
) -> None:
    opened = chain.notified(identity=WHO)
    asked = erasure.propose_on_request(actor=chain.police, case_id=opened.case_id)
    chain.record(chain.police, opened.case_id, "reflection_period_offered", by="police")
    assert night(clock.today()) == ["own_request"]
    erasure.say_yes(actor=second, proposal_id=asked)
    assert erasure.say_yes(actor=chain.coordination_point, proposal_id=asked)


def test_nothing_is_proposed_while_it_must_be_kept(chain: Chain, second: Actor) -> None:
    notified(chain)
    night(date(2021, 3, 1))
    proposal = RemovalProposal.objects.get().pk
    erasure.place_hold(actor=second, proposal_id=proposal, text="Hoger beroep loopt")
    erasure.say_no(actor=second, proposal_id=proposal, text="Nu niet")
    assert night(date(2050, 1, 1)) == []


def test_a_removal_on_a_term_says_which(chain: Chain, second: Actor) -> None:
    opened = notified(chain)
    night(date(2021, 3, 1))
    proposal = RemovalProposal.objects.get().pk
    erasure.say_yes(actor=second, proposal_id=proposal)
    erasure.say_yes(actor=chain.coordination_point, proposal_id=proposal)
    assert Person.objects.get(pk=opened.person_id).removed_because == "closed_case"
    assert night(date(2060, 1, 1)) == []


def test_who_comes_back_with_an_old_dump_is_removed_again_at_night(chain: Chain) -> None:
    opened = chain.notified(identity=WHO)
    destroy_key(opened.person_id, "own_request")  # what the backup of the keys knows
    with as_worker():
        assert retention.finish_removals(clock.today()) == 1
        assert retention.finish_removals(clock.today()) == 0
    person = Person.objects.get(pk=opened.person_id)
    assert person.removed_because == "own_request"
    assert not Identity.objects.exists()
    assert list(rebuild.check()) == []


def test_a_term_that_cannot_be_counted_stops_the_night(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = pack().retention["closed_case"]
    other = item.model_copy(update={"starts": (EventMatch(event="notified"),)})
    monkeypatch.setitem(pack().retention, "closed_case", other)
    with pytest.raises(ImproperlyConfigured, match="closed_case"):
        retention.propose_due(clock.today())


@pytest.mark.django_db(transaction=True)
def test_two_who_say_yes_at_once_remove_one_person_once(chain: Chain, second: Actor) -> None:
    opened = chain.notified(identity=WHO)
    asked = erasure.propose_on_request(actor=chain.police, case_id=opened.case_id)
    results = at_once(
        lambda: erasure.say_yes(actor=second, proposal_id=asked),
        lambda: erasure.say_yes(actor=chain.coordination_point, proposal_id=asked),
    )
    assert sorted(results) == [False, True]
    assert Person.objects.get(pk=opened.person_id).removed_at


@pytest.mark.django_db(transaction=True)
def test_one_who_says_yes_twice_at_once_is_still_one(chain: Chain) -> None:
    opened = chain.notified(identity=WHO)
    asked = erasure.propose_on_request(actor=chain.police, case_id=opened.case_id)
    yes = lambda: erasure.say_yes(actor=chain.coordination_point, proposal_id=asked)  # noqa: E731
    results = at_once(yes, yes)
    assert {type(result) for result in results} == {bool, NotAllowed}
    assert Person.objects.get(pk=opened.person_id).removed_at is None


@pytest.mark.django_db(transaction=True)
def test_who_records_while_a_person_is_removed_is_before_or_refused(
    chain: Chain, second: Actor
) -> None:
    opened = chain.notified(identity=WHO)
    asked = erasure.propose_on_request(actor=chain.police, case_id=opened.case_id)
    erasure.say_yes(actor=second, proposal_id=asked)
    results = at_once(
        lambda: erasure.say_yes(actor=chain.coordination_point, proposal_id=asked),
        lambda: chain.record(
            chain.police, opened.case_id, "reflection_period_offered", by="police"
        ),
    )
    assert results[0] is True
    assert isinstance(results[1], NotAllowed) or results[1].version == opened.version + 1
    assert list(rebuild.check()) == []


@pytest.mark.django_db(transaction=True)
def test_a_yes_and_a_no_at_once_end_in_one_of_them(chain: Chain, second: Actor) -> None:
    opened = chain.notified(identity=WHO)
    asked = erasure.propose_on_request(actor=chain.police, case_id=opened.case_id)
    third = colleague(chain.coordination_point, Role.MEMBER, "derde")
    erasure.say_yes(actor=third, proposal_id=asked)
    results = at_once(
        lambda: erasure.say_yes(actor=second, proposal_id=asked),
        lambda: erasure.say_no(
            actor=chain.coordination_point, proposal_id=asked, text="Er loopt iets"
        ),
    )
    assert sum(isinstance(result, NotThere) for result in results) == 1
    gone = Person.objects.get(pk=opened.person_id).removed_at is not None
    assert gone == (results[0] is True)
