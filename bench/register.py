# SPDX-License-Identifier: EUPL-1.2
"""From the register to the outcomes of everybody, and then only what changed.

Runs in a process of its own (``python -m bench.register``), for Django knows one database.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from bench.country import environment
from bench.measure import Figure, seconds

PERSONS = 50_000
CHANGES = 100


def figures() -> Iterator[Figure]:
    """Measure in another process, on the country of that size.

    It takes on the worker's role to read everybody, and the program's role to record.
    """
    environ = {**environment(PERSONS), "MIDDENSTIP_DB_ROLE": "owner"}
    command = [sys.executable, "-m", "bench.register"]
    found = json.loads(subprocess.run(command, env=environ, check=True, stdout=-1).stdout)
    note = f"{found['cases']:,} cases: read, typed, every scheme; best of 2"
    yield Figure("register to outcomes, all", found["all"], "s", 10.0, note)
    note = f"{found['changed']} cases changed since, merged, every scheme of everybody"
    yield Figure("register to outcomes, changes", found["changes"], "s", None, note)


def main() -> None:
    """Read everybody twice, record some events, read what changed; print JSON."""
    import django

    django.setup()
    import polars as pl
    from django.db import connection

    from middenstip import clock
    from middenstip.access import demo
    from middenstip.access.selectors import actor_for
    from middenstip.database import APP_ROLE, WORKER_ROLE
    from middenstip.pack.load import load_pack
    from middenstip.rules.columns import outcomes
    from middenstip.rules.columns_table import facts_table, stored_row
    from middenstip.thread import finding, selectors, services

    account = next(a for a in demo.ACCOUNTS if a.kind == "coordination_point")
    actor = actor_for(email=demo.email(account))
    pack, kept = load_pack("nl"), dict[str, Any]()

    def become(role: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET ROLE {role}")

    def read(since: int) -> int:
        become(WORKER_ROLE)
        changed = selectors.changed_facts(since=since)
        rows = [
            {"case": str(row.case_id), **stored_row(pack, row.facts, row.origins)}
            for row in changed.rows
        ]
        fresh = facts_table(pack, rows, keys=["case"])
        if since:
            old = kept["facts"].join(fresh, on="case", how="anti")
            fresh = pl.concat([old, fresh], how="diagonal")
        kept.update(facts=fresh, read=len(rows), mark=changed.mark)
        kept["outcomes"] = outcomes(pack, on=clock.today(), facts=fresh, keys=["case"])
        return changed.mark

    took = min(seconds(lambda: read(0)) for _ in range(2))
    cases, before = kept["read"], kept["outcomes"]
    become(APP_ROLE)
    for line in finding.find_cases(actor=actor, length=CHANGES).items:
        services.record_facts(
            actor=actor, case_id=line.case_id, facts={"multiple_problems": True}
        )
    mark = kept["mark"]
    again = seconds(lambda: read(mark))
    changed = kept["read"]
    incremental = kept["outcomes"].sort("case")
    read(0)
    if not incremental.equals(kept["outcomes"].sort("case")) or before.height != cases:
        raise AssertionError("reading only the changes gives other outcomes")
    json.dump({"cases": cases, "all": took, "changed": changed, "changes": again}, sys.stdout)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "middenstip.settings.demo")
    main()
