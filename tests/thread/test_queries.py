# SPDX-License-Identifier: EUPL-1.2
"""How many queries each door takes: written down, and the same for one case as for many."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from middenstip import clock
from middenstip.thread import rebuild, selectors, worklists
from middenstip.thread.reminders import remind
from tests.thread.chain import RIGHTS, Chain

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("held")]

# A figure may go down. It goes up only with a reason in the commit.
BASELINE = {
    "record an event": 12,
    "case_for": 1,
    "thread_of": 2,
    "assessment_of": 2,
    "whole_case": 3,
    "recordable_events": 2,
    "members_of": 2,
    "duties_of": 2,
    "worklist": 7,
    "duty_page": 2,
    "new_cases": 2,
    "flags_for": 2,
    "notices_for": 2,
    "loads": 1,
    "derive anew": 15,
}


def doors(chain: Chain, case_id: Any) -> dict[str, Callable[[], Any]]:
    police, point = chain.police, chain.coordination_point
    case = {"actor": police, "case_id": case_id}
    return {
        "record an event": lambda: chain.record(police, case_id, "rights_explained", **RIGHTS),
        "case_for": lambda: selectors.case_for(**case),
        "thread_of": lambda: selectors.thread_of(**case),
        "assessment_of": lambda: selectors.assessment_of(**case),
        "whole_case": lambda: selectors.whole_case(**case),
        "recordable_events": lambda: selectors.recordable_events(**case),
        "members_of": lambda: selectors.members_of(**case),
        "duties_of": lambda: worklists.duties_of(**case),
        "worklist": lambda: worklists.worklist(actor=police),
        "duty_page": lambda: worklists.duty_page(actor=police, section="overdue"),
        "new_cases": lambda: worklists.new_cases(actor=point),
        "flags_for": lambda: worklists.flags_for(actor=police),
        "notices_for": lambda: worklists.notices_for(actor=police),
        "loads": lambda: worklists.loads(actor=point),
        "derive anew": lambda: rebuild.rederive(clock.today()),
    }


def count(chain: Chain, case_id: Any) -> dict[str, int]:
    found = {}
    for name, door in doors(chain, case_id).items():
        with CaptureQueriesContext(connection) as captured:
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
