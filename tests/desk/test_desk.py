# SPDX-License-Identifier: EUPL-1.2
"""The worklist: whose it is, what stands in it, and who has none."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from middenstip import clock
from middenstip.access.models import User
from middenstip.pack.load import load_pack
from middenstip.thread.reminders import remind
from tests.desk.conftest import Enter
from tests.thread.chain import Chain

LIVING_ALLOWANCE = load_pack("nl").duties["apply_living_allowance"].label["en"]


def test_the_coordination_point_sees_what_is_late_first(
    chain: Chain, enter: Enter, story: UUID
) -> None:
    page = enter(chain.coordination_point).get("/")
    blocks = {block.id: block for block in page.context["blocks"]}
    assert list(blocks) == ["overdue", "today", "week"]
    late = [line.what for line in blocks["overdue"].lines]
    assert late[0] == "Move from the emergency bed to shelter"
    assert all(line.case_id == story for line in blocks["overdue"].lines)
    text = page.content.decode()
    assert "days late" in text
    assert "working practice, not law" in text


def test_the_database_asks_once_who_acts(chain: Chain, enter: Enter, story: UUID) -> None:
    client = enter(chain.coordination_point)
    client.get("/")
    with CaptureQueriesContext(connection) as asked:
        client.get("/")
    told = [one["sql"] or "" for one in asked]  # a statement that is kept has no text here
    entered = [sql for sql in told if "SELECT wall_enter(" in sql]
    who = [sql for sql in entered if chain.coordination_point.organisation_id.hex in sql]
    assert len(who) == 1, entered


def test_each_organisation_has_its_own_list(chain: Chain, enter: Enter, story: UUID) -> None:
    care = enter(chain.care_coordinator).get("/")
    overdue = care.context["blocks"][0]
    assert [line.what for line in overdue.lines] == [LIVING_ALLOWANCE]
    assert overdue.lines[0].mine
    assert enter(chain.prosecution).get("/").context["blocks"][0].total == 0


@pytest.mark.parametrize("language", ["nl", "en"])
def test_who_has_no_task_in_a_case_is_told_why_and_what_else_there_is(
    chain: Chain, enter: Enter, story: UUID, language: str
) -> None:
    client = enter(chain.rapporteur, language)
    page = client.get("/")
    assert page.status_code == 200
    assert "blocks" not in page.context
    assert "/law/purposes/" in page.content.decode()
    for path in ("/worklist/overdue/", "/deviations/", "/organisations/", "/cases/"):
        assert client.get(path).status_code == 404


def test_an_administrator_sees_no_case_whoever_employs_them(
    chain: Chain, enter: Enter, story: UUID
) -> None:
    User.objects.filter(pk=chain.coordination_point.user_id).update(is_administrator=True)
    client = enter(chain.coordination_point)
    assert b"who keeps the keys" in client.get("/").content
    assert client.get(f"/cases/{story}/").status_code == 404


def test_the_coordination_point_can_look_at_each_organisation(
    chain: Chain, enter: Enter, story: UUID
) -> None:
    client = enter(chain.coordination_point)
    rows = client.get("/organisations/").context["rows"]
    loads = {load.kind: href for load, _kind, href in rows}
    assert "care_coordinator" not in loads, "its duty here is about money"
    page = client.get(loads["police"])
    assert page.context["chosen"] == chain.police.organisation_name
    overdue = next(load.overdue for load, _kind, _href in rows if load.kind == "police")
    assert page.context["blocks"][0].total == overdue
    assert "notice_lines" not in page.context
    only = client.get("/organisations/", {"kind": "police"}).context["rows"]
    assert [load.kind for load, _kind, _href in only] == ["police"]
    assert client.get("/organisations/", {"kind": "<script>"}).status_code == 200


def test_nobody_else_can_look_at_the_list_of_another(
    chain: Chain, enter: Enter, story: UUID
) -> None:
    other = {"organisation": str(chain.care_coordinator.organisation_id)}
    client = enter(chain.police)
    assert client.get("/", other).status_code == 404
    assert client.get("/worklist/overdue/", other).status_code == 404
    assert client.get("/organisations/").status_code == 404


@pytest.mark.parametrize("asked", ["x", "1", "0" * 32, "\x00", "😀"])
def test_an_organisation_that_is_not_there_is_not_found(
    chain: Chain, enter: Enter, asked: str
) -> None:
    assert enter(chain.coordination_point).get("/", {"organisation": asked}).status_code == 404


def test_the_address_of_the_desk_holds_nothing_about_a_person(
    chain: Chain, enter: Enter, story: UUID
) -> None:
    text = enter(chain.coordination_point).get("/").content.decode()
    assert "birth" not in text
    assert "1999" not in text


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999", "1" * 5000, "٣", "1.5", "😀"])
def test_a_page_number_that_is_none_shows_a_page(
    chain: Chain, enter: Enter, story: UUID, page: str
) -> None:
    client = enter(chain.coordination_point)
    for path in ("/worklist/overdue/", "/deviations/"):
        assert client.get(path, {"page": page}).status_code == 200


def test_a_long_list_goes_page_by_page(chain: Chain, enter: Enter) -> None:
    for _each in range(27):
        chain.notified(on=clock.today() - timedelta(days=4))
    client = enter(chain.coordination_point)
    first = client.get("/worklist/overdue/")
    second = client.get("/worklist/overdue/", {"page": "2"})
    assert (len(first.context["lines"]), len(second.context["lines"])) == (25, 2)
    seen = {line.case_id for page in (first, second) for line in page.context["lines"]}
    assert len(seen) == 27


def test_an_unknown_part_of_the_worklist_is_not_there(chain: Chain, enter: Enter) -> None:
    assert enter(chain.police).get("/worklist/everything/").status_code == 404
    assert enter(chain.police).get("/worklist/no_owner/").status_code == 404


def test_an_empty_part_says_what_that_means(chain: Chain, enter: Enter) -> None:
    text = enter(chain.police).get("/worklist/overdue/").content.decode()
    assert "Nothing is overdue." in text


def test_a_new_notification_stands_on_the_desk_of_the_coordination_point(
    chain: Chain, enter: Enter
) -> None:
    opened = chain.notified(on=clock.today())
    new = enter(chain.coordination_point).get("/").context["new"]
    assert [item.pseudonym for item in new.items] == [opened.pseudonym]


def test_reminders_can_be_read_one_by_one_and_all_at_once(
    chain: Chain, enter: Enter, story: UUID
) -> None:
    chain.notified(on=clock.today() - timedelta(days=3))
    remind(clock.today())
    client = enter(chain.coordination_point)
    before = client.get("/").context["notices"]
    assert before.total >= 2
    answer = client.post("/notices/read/", {"notice": before.items[0].id})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/").context["notices"].total == before.total - 1
    client.post("/notices/read/")
    assert client.get("/").context["notices"].total == 0


@pytest.mark.parametrize("notice", ["x", "99999999", "-1", "1" * 400, "٣"])
def test_a_reminder_of_nobody_is_not_there(chain: Chain, enter: Enter, notice: str) -> None:
    client = enter(chain.police)
    assert client.post("/notices/read/", {"notice": notice}).status_code == 404
    assert client.get("/notices/read/").status_code == 405


def test_the_desk_asks_the_database_the_same_number_of_times_however_much_there_is(
    chain: Chain, enter: Enter, story: UUID
) -> None:
    client = enter(chain.coordination_point)
    client.get("/")
    with CaptureQueriesContext(connection) as few:
        client.get("/")
    for day in range(12):
        chain.notified(on=clock.today() - timedelta(days=day))
    remind(clock.today())
    with CaptureQueriesContext(connection) as many:
        client.get("/")
    # Parts that were empty before (today, new, reminders) may each ask for their lines now.
    assert len(many) <= len(few) + 3
    for day in range(12):
        chain.notified(on=clock.today() - timedelta(days=day))
    with CaptureQueriesContext(connection) as more:
        client.get("/")
    assert len(more) == len(many)
