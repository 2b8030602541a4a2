# SPDX-License-Identifier: EUPL-1.2
"""Every scheme of the Dutch pack: columns and engine agree on random people, day by day."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from middenstip.pack.load import load_pack
from middenstip.pack.model import Fact, Pack
from middenstip.rules.assess import assess
from middenstip.rules.columns import outcomes
from middenstip.rules.columns_table import facts_table, stored_row
from middenstip.rules.results import ThreadEvent

TRUTHS = {"applies": True, "does_not_apply": False, "unknown": None}


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack("nl")


def random_value(pack: Pack, fact: Fact, on: date, dice: Random) -> Any:
    codes = list(pack.codes_of(fact.code_list)) if fact.code_list else []
    match fact.type:
        case "yes_no":
            return dice.random() < 0.5
        case "integer":
            return dice.choice([0, 1, 15, 17, 18, 19, 40])
        case "money":
            return dice.choice([0, 100, 5000, 15000.5])
        case "code":
            return dice.choice(codes)
        case "date":
            years = dice.choice([0, 0, 0, 1, 3, 10, 18, 18, 40])
            return on - timedelta(days=years * 365 + dice.randrange(-10, 120))
    if fact.type == "countries":
        codes = ["NL", "NG", "RO", "UA", "stateless", "unknown"]
    return [dice.choice(codes) for _ in range(dice.choice([0, 1, 1, 1, 2, 3]))]


def random_person(pack: Pack, on: date, dice: Random) -> dict[str, Any]:
    known = dice.choice([0.1, 0.5, 0.9, 1.0])
    asked = [k for k, f in pack.facts.items() if f.askable or f.compute is None]
    asked += dice.sample(list(pack.facts), 2)
    return {
        k: random_value(pack, pack.facts[k], on, dice) for k in asked if dice.random() < known
    }


@pytest.mark.parametrize("year", [2012, 2014, 2023, 2026])
def test_columns_and_engine_agree_on_every_scheme(pack: Pack, year: int) -> None:
    on, dice = date(year, 2, 28), Random(year)  # noqa: S311
    rows = [random_person(pack, on, dice) for _ in range(250)]
    found = outcomes(pack, on=on, facts=facts_table(pack, rows))
    seen = set()
    for row, answer in zip(rows, found.iter_rows(named=True), strict=True):
        one = assess(pack, facts=row, events=(), on=on)
        assert answer == {s.id: TRUTHS[s.outcome] for s in one.schemes}, row
        seen |= set(answer.items())
    # The people are varied enough to mean something: nearly every outcome occurs somewhere.
    assert len(seen) >= 2.5 * len(found.columns)


def test_facts_kept_by_the_register_give_the_outcomes_of_the_thread(pack: Pack) -> None:
    on = date(2024, 5, 1)
    threads = [
        [("indication_seen", {"by": "police"}), ("reflection_period_started", {})],
        [("complaint_filed", {"by": "police"}), ("case_dismissed", {"kind": "policy"})],
        [("case_dismissed", {"kind": "policy", "conditional": True})],
        [],
    ]
    facts = {"birth_date": date(2000, 2, 29), "nationalities": ["NG"], "lawful_stay": False}
    rows, expected = [], []
    for thread in threads:
        events = [
            ThreadEvent(n, kind, date(2024, 4, 1 + n), fields)
            for n, (kind, fields) in enumerate(thread)
        ]
        one = assess(pack, facts=facts, events=events, on=on)
        rows.append(stored_row(pack, one.facts, one.origins))
        expected.append({s.id: TRUTHS[s.outcome] for s in one.schemes})
    assert outcomes(pack, on=on, facts=facts_table(pack, rows)).to_dicts() == expected
