# SPDX-License-Identifier: EUPL-1.2
"""Somebody notifies a person who has a file already: seen, decided, and taken back again."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from middenstip import clock
from middenstip.access.actors import Actor
from middenstip.access.models import User
from middenstip.access.selectors import actor_for
from middenstip.linkage import selectors
from middenstip.thread.models import Case
from middenstip.thread.records import NewEvent, NewIdentity, Opened
from middenstip.thread.selectors import thread_of
from middenstip.thread.services import open_case
from tests.browser import assert_accessible
from tests.journeys.test_notify import coordination_point, fill_in, following, log_in
from tests.thread.chain import NOTIFIED, SEEN

pytestmark = pytest.mark.django_db(transaction=True)


def earlier(actor: Actor) -> Opened:
    """A file from before, of the person that `fill_in` notifies, spelt by somebody else."""
    day = clock.today() - timedelta(days=90)
    return open_case(
        actor=actor,
        events=[NewEvent("indication_seen", day, SEEN), NewEvent("notified", day, NOTIFIED)],
        facts={"birth_date": "1990-11-17", "nationalities": ["VN"], "sex": "male"},
        identity=NewIdentity(given_name="Prooef", family_name="Persoon"),
    )


def others(actor: Actor, case_id: UUID) -> list[UUID]:
    return [each.case_id for each in selectors.others(actor=actor, case_id=case_id)]


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_an_officer_sees_the_earlier_file_says_it_is_the_same_and_takes_it_back(
    request: pytest.FixtureRequest, live_server: Any, size: str
) -> None:
    page: Page = request.getfixturevalue("browser_page" if size == "desktop" else "phone_page")
    coordination_point()
    log_in(page, live_server, "police")
    officer = actor_for(email=User.objects.get().email)
    first = earlier(officer)
    fill_in(page)

    known = page.get_by_role("region", name="Is deze persoon al bekend?")
    expect(known.get_by_role("heading", name=first.pseudonym)).to_be_visible()
    expect(known).to_contain_text("Prooef Persoon")
    expect(known).to_contain_text("17 november 1990")
    assert_accessible(page)

    # Yes without saying why is asked again; the yes stays.
    known.get_by_label("Ja", exact=False).first.check()
    following(page, "Versturen")
    assert Case.objects.count() == 1
    expect(known.get_by_label("Ja", exact=False).first).to_be_checked()
    assert_accessible(page)
    known.get_by_role("combobox").select_option("records_compared")
    following(page, "Versturen")

    second = Case.objects.exclude(pk=first.case_id).get().pk
    assert page.url.endswith(f"/cases/{second}/")
    assert others(officer, first.case_id) == [second]
    assert thread_of(actor=officer, case_id=first.case_id)[-1].type == "same_person"

    page.goto(f"{live_server.url}/same/{second}/{first.case_id}/")
    assert_accessible(page)
    following(page, "Dit besluit terugnemen")
    assert others(officer, first.case_id) == []
    assert thread_of(actor=officer, case_id=second)[-1].type == "same_person_open_again"
