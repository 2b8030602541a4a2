# SPDX-License-Identifier: EUPL-1.2
"""Cases with known answers from a file that stands outside the project.

Set MIDDENSTIP_VIGNETTES to a JSON list of cases: id, on, input, and expect with any of schemes,
missing, duties, how, refused, flags, no_flags, facts, error.
"""

import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from middenstip.pack.load import load_pack
from middenstip.rules.assess import assess
from middenstip.rules.command import as_json
from middenstip.rules.input import BadInput, read_input

FILE = os.environ.get("MIDDENSTIP_VIGNETTES")
CASES: list[dict[str, Any]] = json.loads(Path(FILE).read_text()) if FILE else []

pytestmark = pytest.mark.skipif(not FILE, reason="MIDDENSTIP_VIGNETTES names no file of cases")


def answer(case: dict[str, Any]) -> dict[str, Any]:
    pack, on = load_pack("nl"), date.fromisoformat(case["on"])
    content = case["raw"] if "raw" in case else json.dumps(case["input"])
    facts, events = read_input(pack, content.encode(), on)
    got = assess(pack, facts=facts, events=events, on=on)
    document: dict[str, Any] = json.loads(as_json(pack, got, "nl"))
    return document


@pytest.mark.parametrize("case", CASES or [{}], ids=lambda case: case.get("id", "none"))
def test_case(case: dict[str, Any]) -> None:
    expect = case["expect"]
    if "error" in expect:
        with pytest.raises(BadInput) as caught:
            answer(case)
        assert all(word.lower() in str(caught.value).lower() for word in expect["error"])
        return
    got = answer(case)
    schemes = {s["id"]: s for s in got["schemes"]}
    duties: dict[str, Any] = {}
    for duty in got["duties"]:
        duties.setdefault(duty["id"], duty)
    flags = {flag["rule"] for flag in got["flags"]}
    for key, outcome in expect.get("schemes", {}).items():
        allowed = outcome if isinstance(outcome, list) else [outcome]
        assert schemes[key]["outcome"] in allowed, schemes[key]["because"]
    for key, facts in expect.get("missing", {}).items():
        assert set(facts) <= set(schemes[key]["missing"])
    for key, wanted in expect.get("duties", {}).items():
        assert wanted is not None or key not in duties
        for name, value in (wanted or {}).items():
            assert duties[key][name] == value, (key, name)
    for key, words in expect.get("how", {}).items():
        assert words in duties[key]["how"]
    if "refused" in expect:
        assert sorted(r["rule"] for r in got["refused"]) == sorted(expect["refused"])
    assert set(expect.get("flags", [])) <= flags
    assert not set(expect.get("no_flags", [])) & flags
    for key, value in expect.get("facts", {}).items():
        assert got["facts"].get(key) == value
