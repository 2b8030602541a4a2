# SPDX-License-Identifier: EUPL-1.2
"""How PostgreSQL answers behind the walls: ``python -m bench.plans [PERSONS]``.

Every statement of a list or page is asked again with EXPLAIN (ANALYZE), as the program's role
and as one actor, so the policies of row security are part of it. Prints, slowest first, what a
statement takes and which steps of its plan were repeated often or read a whole table: that is
what grows with the register. ``--full`` prints whole plans.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from bench.country import environment

OFTEN = 200  # a step repeated more often than this is named
MANY = 2000  # as is a whole table of more rows than this
ACCOUNTS = ("police", "coordination-point")


@dataclass(frozen=True, slots=True)
class Asked:
    """One statement of a read: how long it took in ms, and what stands out in its plan."""

    read: str
    took: float
    planned: float
    outstanding: tuple[str, ...]
    text: str
    plan: str


def main() -> None:
    """Explain everything for two actors and print it."""
    reader = argparse.ArgumentParser(prog="bench.plans", description=__doc__)
    reader.add_argument("persons", nargs="?", type=int, default=5_000)
    reader.add_argument("--full", action="store_true", help="print the whole plans too")
    reader.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    asked = reader.parse_args()
    if not asked.here:
        environ = {**environment(asked.persons), "MIDDENSTIP_DB_ROLE": "app"}
        command = [sys.executable, "-m", "bench.plans", "--here"]
        command += ["--full"] if asked.full else []
        sys.exit(subprocess.run(command, env=environ, check=False).returncode)
    import django

    django.setup()
    for account in ACCOUNTS:
        _explain(account, full=asked.full)


def _explain(account: str, *, full: bool) -> None:
    found = sorted(_statements(account), key=lambda asked: -asked.took)
    print(f"\n{account}: {len(found)} statements")
    for read in dict.fromkeys(asked.read for asked in found):
        mine = [asked for asked in found if asked.read == read]
        took, planned = sum(a.took for a in mine), sum(a.planned for a in mine)
        print(f"  {read}: {len(mine)} statements, {took:.1f} ms and {planned:.1f} ms planning")
    for asked in found:
        if asked.took < 1 and not asked.outstanding and not full:
            continue
        print(f"  {asked.took:8.1f} ms (planning {asked.planned:.1f})  {asked.read}")
        for line in asked.outstanding:
            print(f"             {line}")
        if full:
            print(asked.text, asked.plan, sep="\n")


def _statements(account: str) -> Iterator[Asked]:
    from middenstip.access.acting import acting
    from middenstip.access.demo import ACCOUNTS as DEMO
    from middenstip.access.demo import email
    from middenstip.access.selectors import actor_for

    actor = actor_for(email=email(next(known for known in DEMO if known.key == account)))
    for name, work in _reads(actor).items():
        noted: list[tuple[str, Any]] = []
        with acting(actor), _noting(noted):
            work()
        with acting(actor):
            for text, values in noted:
                yield _asked(name, text, values)


def _reads(actor: Any) -> dict[str, Callable[[], object]]:
    from middenstip.thread import finding, selectors, worklists

    first = finding.find_cases(actor=actor).items[0]
    word = first.pseudonym.split("-")[0]
    return {
        "desk: worklist": lambda: worklists.worklist(actor=actor, length=8),
        "desk: new cases": lambda: worklists.new_cases(actor=actor, length=5),
        "desk: deviations": lambda: worklists.flags_for(actor=actor, length=5),
        "desk: reminders": lambda: worklists.notices_for(actor=actor, length=5),
        "organisations": lambda: worklists.loads(actor=actor),
        "cases": lambda: finding.find_cases(actor=actor),
        "cases, last page": lambda: finding.find_cases(actor=actor, page=60),
        "search: word": lambda: finding.find_cases(actor=actor, words=word),
        "search: name": lambda: finding.find_cases(actor=actor, words="Voorbeeld"),
        "case page": lambda: selectors.whole_case(actor=actor, case_id=first.case_id),
        "case: involved": lambda: selectors.members_of(actor=actor, case_id=first.case_id),
        "case: person": lambda: selectors.identity_of(actor=actor, case_id=first.case_id),
    }


@contextmanager
def _noting(noted: list[tuple[str, Any]]) -> Iterator[None]:
    from django.db import connection

    def keep(execute: Any, text: str, values: Any, many: bool, context: Any) -> Any:
        if text.lstrip("( ").upper().startswith(("SELECT", "WITH")):
            noted.append((text, values))
        return execute(text, values, many, context)

    with connection.execute_wrapper(keep):
        yield


def _asked(read: str, text: str, values: Any) -> Asked:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {text}", values)
        whole = cursor.fetchone()[0]
    whole = json.loads(whole) if isinstance(whole, str) else whole
    plan = whole[0]
    return Asked(
        read,
        plan["Execution Time"],
        plan["Planning Time"],
        tuple(_outstanding(plan["Plan"])),
        text,
        json.dumps(plan["Plan"], indent=1),
    )


def _outstanding(step: dict[str, Any]) -> Iterator[str]:
    """Yield the steps that were repeated often, or that read or threw away many rows."""
    rows = step["Actual Rows"] * step["Actual Loops"]
    thrown = step.get("Rows Removed by Filter", 0) * step["Actual Loops"]
    where = step.get("Relation Name", step.get("Index Name", step.get("Function Name", "")))
    about = f"{step['Node Type']} {where} {step.get('Subplan Name', '')}".rstrip()
    if step["Actual Loops"] > OFTEN:
        yield f"{about}: {step['Actual Loops']} times"
    elif step["Node Type"] == "Seq Scan" and rows + thrown > MANY:
        yield f"{about}: {rows:.0f} rows read, {thrown:.0f} thrown away"
    elif thrown > MANY:
        yield f"{about}: {thrown:.0f} rows thrown away"
    for below in step.get("Plans", ()):
        yield from _outstanding(below)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "middenstip.settings.demo")
    main()
