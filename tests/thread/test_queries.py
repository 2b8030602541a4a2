# SPDX-License-Identifier: EUPL-1.2
"""How many queries each door takes: written down, and the same for one case as for many."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from middenstip import clock
from middenstip.access.acting import acting
from middenstip.thread import rebuild, selectors, worklists
from middenstip.thread.reminders import remind
from tests.thread.chain import RIGHTS, Chain

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("held")]

NIGHTLY = "derive anew"
OF_THE_POINT = {"new_cases", "loads"}
# Counted inside `acting`, which a request enters once (`test_entering_takes_two_statements`).
# What the walls ask for: who may know what (1), the whole thread opened and closed for the
# rules (2), the person's key (2), and the read log (1). A figure may go down. It goes up only
# with a reason in the commit.
BASELINE = {
    "record an event": 17,
    "case_for": 2,  # the second tells the read log; within a request that is done once
    "thread_of": 5,
    "assessment_of": 8,
    "whole_case": 9,
    "recordable_events": 6,
    "members_of": 3,
    "worklist": 4,
    "duty_page": 3,
    "new_cases": 3,
    "flags_for": 3,
    "notices_for": 3,
    "loads": 1,
    NIGHTLY: 15,
}


def doors(chain: Chain, case_id: Any) -> dict[str, Callable[[], Any]]:
    police = chain.police
    case = {"actor": police, "case_id": case_id}
    return {
        "record an event": lambda: chain.record(police, case_id, "rights_explained", **RIGHTS),
        "case_for": lambda: selectors.case_for(**case),
        "thread_of": lambda: selectors.thread_of(**case),
        "assessment_of": lambda: selectors.assessment_of(**case),
        "whole_case": lambda: selectors.whole_case(**case),
        "recordable_events": lambda: selectors.recordable_events(**case),
        "members_of": lambda: selectors.members_of(**case),
        "worklist": lambda: worklists.worklist(actor=police),
        "duty_page": lambda: worklists.duty_page(actor=police, section="overdue"),
        "new_cases": lambda: worklists.new_cases(actor=chain.coordination_point),
        "flags_for": lambda: worklists.flags_for(actor=police),
        "notices_for": lambda: worklists.notices_for(actor=police),
        "loads": lambda: worklists.loads(actor=chain.coordination_point),
        NIGHTLY: lambda: rebuild.rederive(clock.today()),
    }


def count(chain: Chain, case_id: Any) -> dict[str, int]:
    found = {}
    for name, door in doors(chain, case_id).items():
        actor = chain.coordination_point if name in OF_THE_POINT else chain.police
        entered = acting(actor) if name != NIGHTLY else nullcontext()
        with entered, CaptureQueriesContext(connection) as captured:
            door()
        found[name] = len(captured)
    return found


def test_no_door_takes_more_queries_than_written_down_nor_more_with_more_cases(
    chain: Chain,
) -> None:
    case_id = chain.notified().case_id
    chain.record(chain.police, case_id, "reflection_period_started")
    chain.record(chain.police, case_id, "rights_explained", **RIGHTS)
    remind(clock.today())
    one = count(chain, case_id)
    for _ in range(12):
        more = chain.notified().case_id
        chain.record(chain.police, more, "reflection_period_started")
        chain.record(chain.coordination_point, case_id, "bed_requested")
    remind(clock.today())
    many = count(chain, case_id)
    assert many == one
    assert {name: n for name, n in many.items() if n > BASELINE[name]} == {}


def test_entering_takes_two_statements_and_entering_again_none(chain: Chain) -> None:
    def entered() -> list[str]:
        with CaptureQueriesContext(connection) as captured, acting(chain.police):
            pass
        return [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]

    # The tests go back to the owner afterwards, as a request does not: two statements more.
    assert [sql.split("(")[0] for sql in entered()] == [
        "SELECT wall_enter",
        "SET LOCAL ROLE middenstip_app",
        "RESET ROLE",
        "SELECT wall_enter",
    ]
    with acting(chain.police):
        assert entered() == []
