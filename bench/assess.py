# SPDX-License-Identifier: EUPL-1.2
"""One assessment of a thread of thirty events with the whole pack, and the command for it."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bench.measure import MILLISECOND, Figure, median
from middenstip.pack.load import load_pack
from middenstip.rules.assess import assess
from middenstip.rules.results import ThreadEvent

ON = date(2024, 6, 1)
FACTS = {
    "birth_date": date(2003, 3, 14),
    "sex": "female",
    "nationalities": ["NG"],
    "exploitation_forms": ["sexual"],
    "exploited_in_netherlands": True,
    "own_income": False,
}
# (days after 2 January 2022, type, fields): a person of three years in the chain.
THREAD: tuple[tuple[int, str, dict[str, Any]], ...] = (
    (0, "indication_seen", {"by": "police", "source": "interview"}),
    (0, "rights_explained", {"by": "police", "language": "en", "interpreter": True}),
    (0, "reflection_period_offered", {"by": "police"}),
    (0, "reflection_period_started", {}),
    (1, "notified", {"by": "police", "basis": "legal_duty", "bed_needed": True}),
    (1, "bed_requested", {}),
    (1, "emergency_bed_started", {"planned_nights": 3, "reason": "no place"}),
    (4, "placed_in_shelter", {"kind": "specialised", "by": "coordination_point"}),
    (4, "emergency_bed_ended", {}),
    (9, "living_allowance_applied", {}),
    (30, "consent_given", {"recipient": "victim_support", "purpose": "care"}),
    (60, "complaint_filed", {"by": "police", "under_number": True, "domicile": "shelter"}),
    (60, "cooperation_recorded", {"cooperation": "complaint"}),
    (60, "reflection_period_ended", {"ended_by": "victim", "ground": "complaint"}),
    (61, "residence_application_sent", {"kind": "temporary_victim"}),
    (63, "residence_permit_granted", {"kind": "temporary_victim", "valid_until": "2023-03-06"}),
    (90, "investigation_opened", {"by": "police"}),
    (200, "prosecution_started", {}),
    (210, "claim_joined", {"amount": 15000}),
    (220, "injury_fund_applied", {}),
    (300, "summons_issued", {}),
    (380, "judgment_given", {"outcome": "convicted", "final_on": "2023-02-01"}),
    (380, "claim_decided", {"outcome": "partly", "amount": 9000}),
    (395, "judgment_final", {"outcome": "convicted"}),
    (395, "compensation_order_imposed", {"amount": 9000, "final_on": "2023-02-01"}),
    (400, "residence_application_sent", {"kind": "non_temporary"}),
    (520, "residence_permit_granted", {"kind": "non_temporary", "valid_until": "2028-06-06"}),
    (640, "compensation_paid", {"amount": 1500, "payer": "offender"}),
    (660, "left_shelter", {"reason": "own_home"}),
    (700, "consent_withdrawn", {"recipient": "victim_support", "purpose": "care"}),
)
FIRST_DAY = date(2022, 1, 2)


def figures() -> Iterator[Figure]:
    """Measure in this process, then from the start of the command to its answer."""
    pack = load_pack("nl")
    events = [
        ThreadEvent(n, kind, FIRST_DAY + timedelta(days=days), fields)
        for n, (days, kind, fields) in enumerate(THREAD)
    ]
    one = assess(pack, facts=FACTS, events=events, on=ON)
    took = median(lambda: assess(pack, facts=FACTS, events=events, on=ON), runs=2000, warm=50)
    note = f"{len(events)} events, {len(one.schemes)} schemes, {len(one.duties)} duties"
    yield Figure("one assess in process", took * MILLISECOND, "ms", 1.0, note)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "person.json"
        told = [{"type": e.type, "on": e.on.isoformat(), **e.fields} for e in events]
        file.write_text(json.dumps({"facts": FACTS, "events": told}, default=str))
        command = [Path(sys.executable).parent / "middenstip", "assess", "--on", str(ON), file]
        answer = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        if answer["schemes"][0]["id"] != one.schemes[0].id or answer["refused"]:
            raise AssertionError("the command answers otherwise, or refuses an event")
        took = median(lambda: subprocess.run(command, check=True, capture_output=True), runs=15)
    yield Figure("command assess, start to answer", took, "s", 0.5, "a new process each time")
