# SPDX-License-Identifier: EUPL-1.2
"""The state of each need follows from duties, deviations and schemes, and from nothing else."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from middenstip.desk.needs import Happened, NeedState, arranged_needs, need_states
from middenstip.pack.load import load_pack
from middenstip.rules.assess import assess
from middenstip.rules.results import (
    Assessment,
    DutyResult,
    FlagResult,
    SchemeResult,
    ThreadEvent,
)

PACK = load_pack("nl")
DAY = date(2014, 9, 1)
EMPTY = Assessment("nl", DAY, "x", {}, {}, (), (), (), (), None, ())


def _duty(state: str, due: date | None, need: str = "money") -> DutyResult:
    return DutyResult(
        "apply_living_allowance", "key", "care_coordinator", need, DAY, due, state,  # type: ignore[arg-type]
        None, "", "law", (), None,
    )  # fmt: skip


def _scheme(scheme: str, outcome: str) -> SchemeResult:
    need = PACK.schemes[scheme].need
    return SchemeResult(scheme, outcome, (), (), (), need, DAY)  # type: ignore[arg-type]


def _flag(flag: str) -> FlagResult:
    return FlagResult(flag, PACK.flags[flag].rule, DAY, "", ())


def _state(need: str, happened: tuple[Happened, ...] = (), **parts: Any) -> NeedState:
    states = need_states(PACK, replace(EMPTY, **parts), happened)
    return next(state for state in states if state.need == need)


def test_needs_stand_in_the_order_of_the_wheel() -> None:
    states = need_states(PACK, EMPTY, ())
    assert [state.need for state in states][:2] == ["safety", "shelter"]
    assert len(states) == len(PACK.needs)


def test_nothing_applies_is_none() -> None:
    assert _state("money") == NeedState("money", "none")
    assert _state("money", schemes=(_scheme("NL-LIV-01", "does_not_apply"),)).state == "none"


def test_a_scheme_that_may_apply_is_unknown() -> None:
    assert _state("money", schemes=(_scheme("NL-LIV-01", "unknown"),)).state == "unknown"


def test_a_scheme_that_applies_and_nobody_arranged_is_open() -> None:
    schemes = (_scheme("NL-LIV-01", "applies"), _scheme("NL-COM-04", "applies"))
    assert _state("money", schemes=schemes) == NeedState("money", "open", 2)


def test_money_applied_for_does_not_pass_for_health() -> None:
    done = (Happened("living_allowance_applied", DAY),)
    schemes = (_scheme("NL-LIV-01", "applies"),)
    assert _state("money", done, schemes=schemes) == NeedState("money", "arranged")
    assert _state("health", done, schemes=schemes) == NeedState("health", "open", 1)


def test_a_reflection_period_does_not_pass_for_somebody_to_talk_to() -> None:
    started = Happened("reflection_period_started", DAY)
    schemes = (_scheme("NL-STAY-01", "applies"),)
    assert _state("residence", (started,), schemes=schemes).state == "arranged"
    assert _state("someone_to_talk_to", (started,), schemes=schemes).state == "open"
    plan = Happened("support_plan_made", DAY, {"guidance_decision": "arranged"})
    assert _state("someone_to_talk_to", (started, plan), schemes=schemes).state == "arranged"


@pytest.mark.parametrize(
    ("left", "state", "count"),
    [(0, "open", 1), (14, "open", 1), (15, "later", 0), (None, "open", 1)],
)
def test_a_duty_far_away_asks_for_nothing_now(left: int | None, state: str, count: int) -> None:
    due = None if left is None else DAY + timedelta(days=left)
    assert _state("money", duties=(_duty("open", due),)) == NeedState("money", state, count)  # type: ignore[arg-type]


def test_an_overdue_duty_is_urgent_whatever_else_is_arranged() -> None:
    found = _state(
        "money",
        (Happened("living_allowance_applied", DAY),),
        duties=(_duty("overdue", DAY - timedelta(days=1)), _duty("met", DAY)),
        schemes=(_scheme("NL-LIV-01", "applies"),),
    )
    assert found == NeedState("money", "urgent", 1)


def test_a_met_duty_arranges_and_a_void_one_says_nothing() -> None:
    assert _state("money", duties=(_duty("met", DAY),)).state == "arranged"
    assert _state("money", duties=(_duty("void", DAY),)).state == "none"


def test_a_met_duty_does_not_hide_what_may_apply() -> None:
    """To have explained the rights is not to have a lawyer."""
    schemes = (_scheme("NL-LIV-01", "unknown"),)
    assert _state("money", duties=(_duty("met", DAY),), schemes=schemes).state == "unknown"


def test_what_is_only_good_to_know_keeps_no_case_open() -> None:
    """That a complaint is possible is a choice of the person, no task of whoever helps."""
    schemes = (_scheme("NL-REP-02", "applies"), _scheme("NL-REP-10", "applies"))
    assert _state("justice", schemes=schemes) == NeedState("justice", "none")
    lawyer = (_scheme("NL-REP-10", "applies"), _scheme("NL-LEG-01", "unknown"))
    assert _state("legal_help", schemes=lawyer).state == "unknown"


def test_notified_is_not_sheltered() -> None:
    schemes = (_scheme("NL-SHE-05", "applies"),)
    told = Happened("notified", DAY, {"by": "police", "bed_needed": True})
    assert _state("shelter", (told,), schemes=schemes).state == "open"
    no_bed = replace(told, fields={"by": "police", "bed_needed": False})
    assert _state("shelter", (no_bed,), schemes=schemes).state == "arranged"


def test_a_deviation_that_lasts_is_urgent() -> None:
    assert _state("shelter", flags=(_flag("R-20-running"),)) == NeedState(
        "shelter", "urgent", 1
    )


def test_a_deviation_of_the_past_hurts_nobody_today() -> None:
    assert _state("shelter", flags=(_flag("R-20-ended"),)).state == "none"


def test_a_deviation_that_only_tells_of_an_overdue_duty_counts_once() -> None:
    duty = replace(_duty("overdue", DAY), id="offer_reflection_period", need="residence")
    found = _state("residence", duties=(duty,), flags=(_flag("R-01"),))
    assert found == NeedState("residence", "urgent", 1)


def test_a_permit_of_another_kind_arranges_nothing() -> None:
    scheme = PACK.schemes["NL-STAY-02"]
    granted = Happened("residence_permit_granted", DAY, {"kind": "temporary_victim"})
    assert arranged_needs(scheme, [granted])
    assert not arranged_needs(scheme, [replace(granted, fields={"kind": "non_temporary"})])
    withdrawn = Happened("residence_permit_withdrawn", DAY, {"kind": "temporary_victim"})
    assert not arranged_needs(scheme, [granted, withdrawn])
    assert arranged_needs(scheme, [withdrawn, granted])


def test_who_left_the_shelter_is_not_sheltered() -> None:
    scheme = PACK.schemes["NL-SHE-01"]
    placed = Happened("placed_in_shelter", DAY, {"kind": "specialised"})
    left = Happened("left_shelter", DAY + timedelta(days=3), {"reason": "other"})
    assert arranged_needs(scheme, [placed])
    assert not arranged_needs(scheme, [left, placed]), "the order of recording does not matter"


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                ThreadEvent(0, "indication_seen", DAY, {"by": "police"}),
                ThreadEvent(0, "notified", DAY, {"by": "police", "bed_needed": True}),
                ThreadEvent(0, "reflection_period_started", DAY, {}),
                ThreadEvent(0, "emergency_bed_started", DAY, {"planned_nights": 2}),
                ThreadEvent(0, "placed_in_shelter", DAY, {"kind": "specialised"}),
                ThreadEvent(0, "left_shelter", DAY, {}),
                ThreadEvent(0, "living_allowance_applied", DAY, {}),
            ]
        ),
        st.integers(0, 60),
    ),
    max_size=8,
)


@given(EVENTS, st.integers(0, 400))
def test_the_wheel_never_hides_an_overdue_duty(
    drawn: list[tuple[ThreadEvent, int]], later: int
) -> None:
    events = [
        replace(event, id=place, on=DAY + timedelta(days=days))
        for place, (event, days) in enumerate(drawn)
    ]
    facts = {"age": 24, "nationalities": ["NG"], "lawful_stay": False}
    found = assess(PACK, facts=facts, events=events, on=DAY + timedelta(days=later))
    happened = [Happened(event.type, event.on, event.fields) for event in events]
    states = {state.need: state for state in need_states(PACK, found, happened)}
    for duty in found.duties:
        if duty.state == "overdue":
            assert states[duty.need].state == "urgent"
        if duty.state == "open":
            assert states[duty.need].state in {"urgent", "open", "later"}
    for scheme in found.schemes:
        if scheme.outcome != "does_not_apply":
            assert states[scheme.need].state != "none"
    for state in states.values():
        assert (state.count > 0) == (state.state in {"urgent", "open"})
