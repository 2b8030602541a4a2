# SPDX-License-Identifier: EUPL-1.2
"""What the columns promise beside equal answers: logic, tables, refusals, order, start time."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from itertools import product
from typing import Any

import polars as pl
import pytest

from middenstip.pack.model import Pack
from middenstip.rules.columns import outcomes
from middenstip.rules.columns_table import facts_table, stored_row
from tests.rules.columns.small_packs import BASE, SOURCE, TEXT, build

ON = date(2014, 9, 1)
AB = [{"y1": one, "y2": other} for one, other in product((True, False, None), repeat=2)]
YES_1, YES_2 = {"fact": "y1", "is": True}, {"fact": "y2", "is": True}


def pack_with(facts: dict[str, Any] | None = None, **schemes: Any) -> Pack:
    kinds = {
        name: {"type": kind, "label": TEXT, "category": "x", "code_list": "codes"}
        for name, kind in BASE.items()
    }
    version = {"valid_from": date(2010, 1, 1), "gives": TEXT, "sources": [SOURCE]}
    made = {
        name: {"label": TEXT, "need": "n", "versions": [{**version, "applies_when": condition}]}
        for name, condition in schemes.items()
    }
    for name, fact in (facts or {}).items():
        kinds[name] = kinds.get(name, {"label": TEXT, "category": "x"}) | fact
    return build(kinds, made)


def answers(pack: Pack, rows: list[dict[str, Any]], scheme: str = "S") -> list[bool | None]:
    return outcomes(pack, on=ON, facts=facts_table(pack, rows))[scheme].to_list()


def test_and_is_kleenes_on_the_backend() -> None:
    table = [True, False, None, False, False, False, None, False, None]
    assert answers(pack_with(S={"all": [YES_1, YES_2]}), AB) == table


def test_or_is_kleenes_on_the_backend() -> None:
    table = [True, True, True, True, False, None, True, None, None]
    assert answers(pack_with(S={"any": [YES_1, YES_2]}), AB) == table


def test_possibly_and_certainly_settle_what_is_not_known() -> None:
    rows: list[dict[str, Any]] = [{"y1": True}, {"y1": False}, {"y1": None}]
    assert answers(pack_with(S={"possibly": YES_1}), rows) == [True, False, True]
    assert answers(pack_with(S={"certainly": YES_1}), rows) == [True, False, False]
    assert answers(pack_with(S={"not": YES_1}), rows) == [False, True, None]


def test_a_list_with_a_code_not_known_may_hold_what_it_does_not_name() -> None:
    lists = (["a"], ["b"], ["b", "unknown"], ["unknown", "a"], [], None)
    found = answers(pack_with(S={"fact": "l1", "has": "a"}), [{"l1": codes} for codes in lists])
    assert found == [True, False, None, True, False, None]


def test_a_fact_without_a_column_is_unknown_for_everybody() -> None:
    pack = pack_with(S={"any": [YES_1, YES_2]}, T=YES_2)
    found = outcomes(pack, on=ON, facts=facts_table(pack, [{"y1": True}, {"y1": False}]))
    assert found.to_dict(as_series=False) == {"S": [True, None], "T": [None, None]}


def test_rows_without_any_fact_are_still_rows() -> None:
    assert answers(pack_with(S=YES_1), [{}, {}]) == [None, None]


def test_a_default_holds_unless_an_event_left_the_fact_uncertain() -> None:
    pack = pack_with({"y1": {"default": False}}, S=YES_1)
    stored = [
        stored_row(pack, {"y1": True, "n1": 3}, {"y1": "event", "n1": "given"}),
        stored_row(pack, {"y1": False}, {"y1": "default"}),
        stored_row(pack, {}, {}),
    ]
    assert stored == [{"y1": True, "n1": 3}, {}, {"uncertain": ["y1"]}]
    assert answers(pack, stored) == [True, False, None]


def test_what_was_computed_for_another_day_is_computed_anew() -> None:
    years = {"years_between": [{"fact": "d1"}, {"today": True}]}
    age = {"type": "integer", "compute": years}
    pack = pack_with({"age": age}, S={"fact": "age", "lt": 18})
    facts = {"d1": "1996-09-02", "age": 99}
    row = stored_row(pack, facts, {"d1": "given", "age": "computed"})
    assert row == {"d1": "1996-09-02"}
    assert answers(pack, [row]) == [True]


def test_keys_come_along_and_rows_keep_their_order() -> None:
    count = 300_000  # more than the pieces in which the engine works
    numbers = pl.Series("case", range(count))
    facts = pl.DataFrame({"case": numbers.cast(pl.String), "y1": numbers % 3 == 0})
    found = outcomes(pack_with(S=YES_1), on=ON, facts=facts, keys=["case"])
    assert found.columns == ["case", "S"]
    assert found["case"].to_list() == facts["case"].to_list()
    assert found["S"].to_list() == facts["y1"].to_list()


def test_a_misspelt_fact_is_refused_by_name_with_the_nearest() -> None:
    with pytest.raises(ValueError, match=r"no fact y11 .*y1"):
        facts_table(pack_with(S=YES_1), [{"y11": True}])
    with pytest.raises(ValueError, match="no fact colour"):
        outcomes(pack_with(S=YES_1), on=ON, facts=pl.DataFrame({"colour": ["red"]}))


@pytest.mark.parametrize(
    "row",
    [
        {"d1": "2014-02-30"},
        {"d1": 20140230},
        {"n1": "17"},
        {"n1": 10**30},
        {"y1": 1},
        {"m1": "much"},
        {"c1": 4},
        {"l1": "a"},
    ],
    ids=str,
)
def test_a_value_of_another_type_is_refused_by_its_fact(
    row: dict[str, Any],
) -> None:
    with pytest.raises(ValueError, match=f"fact {next(iter(row))}: a value does not fit"):
        facts_table(pack_with(S=YES_1), [{}, row])


def test_a_day_before_all_law_is_an_error_that_says_so() -> None:
    pack = pack_with(S=YES_1)
    with pytest.raises(ValueError, match="no scheme in force on 1999-01-01"):
        outcomes(pack, on=date(1999, 1, 1), facts=facts_table(pack, [{}]))


def test_a_field_of_an_event_has_no_place_in_a_column() -> None:
    with pytest.raises(ValueError, match="no event is at hand in columns: field by"):
        answers(pack_with(S={"event": "by", "is": "police"}), [{"y1": True}])


def test_facts_in_a_circle_are_refused() -> None:
    circle = {"type": "yes_no", "compute": {"condition": {"fact": "k2", "is": True}}}
    other = {"type": "yes_no", "compute": {"condition": {"fact": "k1", "is": True}}}
    pack = pack_with({"k1": circle, "k2": other}, S={"fact": "k1", "is": True})
    with pytest.raises(ValueError, match="depends on itself"):
        answers(pack, [{"y1": True}])


def test_one_assessment_never_waits_for_polars_or_ibis_to_start() -> None:
    program = "import sys, middenstip.rules.assess; print({'ibis', 'polars'} & {*sys.modules})"
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "set()"
