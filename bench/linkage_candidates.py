# SPDX-License-Identifier: EUPL-1.2
"""Earlier files of a person, found in a real database, beside the index in memory.

The open register is opened file by file in a database of its own, but for the latest
notification of 1,000 known persons; those are asked for. Who is who judges only. Runs in a
process of its own (``python -m bench.linkage_candidates``), for Django knows one database.
"""

from __future__ import annotations

import csv
import json
import os
import random
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

import psycopg

from bench.country import environment
from bench.matching_data import unpacked
from bench.measure import MILLISECOND, Figure, percentile
from middenstip import clock
from middenstip.matching.index import Index
from middenstip.matching.learn import taught
from middenstip.matching.records import Person, person
from middenstip.matching.weights import shipped

PERSONS = 10  # of the fictional country, for its organisations and people
ASKED = 1000
AT_ONCE = 500
SEXES = {"F": "female", "M": "male"}
Row = Mapping[str, str]


def figures() -> Iterator[Figure]:
    """Measure in another process: who is missed beside the index, and how long it takes."""
    environ = {**environment(PERSONS), "MIDDENSTIP_DB_ROLE": "app"}
    _run(environ, "fill")
    with psycopg.connect(environ["DATABASE_URL"], autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE")
    found = json.loads(_run(environ, "ask"))
    note = f"{found['asked']:,} persons not learnt from, among {found['files']:,} files"
    yield Figure("candidates: not in the first ten", 1 - found["ten"], "", 0.05, note)
    beside = found["index_ten"] - found["ten"]
    note = f"index in memory on the same fields: {1 - found['index_ten']:.3f}"
    yield Figure("candidates: missed beside the index, first ten", beside, "", 0.02, note)
    note = f"index in memory on the same fields: {1 - found['index_first']:.3f}"
    yield Figure("candidates: not first", 1 - found["first"], "", None, note)
    worked = found["program"] + found["database"]
    note = f"processor: program {found['program']:.0f} ms, database {found['database']:.0f} ms;"
    note += f" waited {found['middle']:.0f} ms in the middle, p95 {found['p95']:.0f}"
    yield Figure("candidates: one look-up", worked, "ms", 100.0, note)


def _run(environ: Mapping[str, str], what: str) -> bytes:
    command = [sys.executable, "-m", "bench.linkage_candidates", what]
    return subprocess.run(command, env=environ, check=True, stdout=subprocess.PIPE).stdout


@dataclass(frozen=True)
class Register:
    """The rows of the open register, and which of them are asked for."""

    rows: Sequence[Row]
    asked: frozenset[int]

    def of_case(self) -> dict[UUID, str]:
        """Return who each file is of."""
        return {_case_id(row): row["cluster"] for row in self.rows}

    def share(self, found: Callable[[Row], Sequence[str]]) -> tuple[float, float]:
        """Return how often the right person comes first, and among the first ten."""
        first = ten = 0
        for i in sorted(self.asked):
            who = found(self.rows[i])
            first += who[:1] == [self.rows[i]["cluster"]]
            ten += self.rows[i]["cluster"] in who
        return first / len(self.asked), ten / len(self.asked)


def register() -> Register:
    """Return the register, and the latest notification of persons nothing was learnt from."""
    with unpacked("register_dev").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    of_person: dict[str, list[int]] = defaultdict(list)
    for i, row in enumerate(rows):
        of_person[row["cluster"]].append(i)
    known = sorted(who for who, of in of_person.items() if len(of) > 1 and not taught(who))
    random.Random(2).shuffle(known)
    latest = (
        max(of_person[who], key=lambda i: rows[i]["notified_on"]) for who in known[:ASKED]
    )
    return Register(rows, frozenset(latest))


def _case_id(row: Row) -> UUID:
    return uuid5(NAMESPACE_OID, row["rec_id"])


def _facts(row: Row) -> dict[str, Any]:
    """Return the facts a file holds; of a year alone 1 January is written, as people do."""
    facts: dict[str, Any] = {}
    if birth := row["birth_date"]:
        facts["birth_date"] = birth if len(birth) > 4 else f"{birth}-01-01"
    if row["sex"] in SEXES:
        facts["sex"] = SEXES[row["sex"]]
    if row["nationality"]:
        facts["nationalities"] = [row["nationality"]]
    return facts


def _cut(row: Row) -> Person:
    """Return what the index compares: no more than the file of a case holds."""
    names = {name: row[name] for name in ("given_name", "family_name", "alias", "phone")}
    facts = _facts(row)
    more = {"birth_date": facts.get("birth_date", ""), "sex": facts.get("sex", "")}
    return person(row["rec_id"], {**names, **more, "nationality": row["nationality"]})[0]


def fill() -> None:
    """Open the files that are not there yet."""
    from middenstip.access.acting import acting
    from middenstip.thread.bulk import open_cases
    from middenstip.thread.visibility import named_cases

    actor, whole = _actor(), register()
    with acting(actor):
        there = set(named_cases(actor).values_list("pk", flat=True))
    missing = [
        row
        for i, row in enumerate(whole.rows)
        if i not in whole.asked and _case_id(row) not in there
    ]
    for start in range(0, len(missing), AT_ONCE):
        open_cases(actor=actor, cases=map(_new_case, missing[start : start + AT_ONCE]))
        print(f"  {start:,} of {len(missing):,} files", file=sys.stderr, flush=True)


def _new_case(row: Row) -> Any:
    from middenstip.thread.records import NewCase, NewEvent

    notified = {"by": "police", "basis": "legal_duty", "bed_needed": False}
    day = clock.today()
    return NewCase(
        case_id=_case_id(row),
        events=[
            NewEvent("indication_seen", day, {"by": "police"}),
            NewEvent("notified", day, notified),
        ],
        facts=_facts(row),
        identity=_identity(row),
    )


def _identity(row: Row) -> Any:
    from middenstip.thread.records import NewIdentity

    return NewIdentity(
        given_name=row["given_name"],
        family_name=row["family_name"],
        alias=row["alias"],
        phone=row["phone"],
    )


def _actor() -> Any:
    """Return somebody of the police, who notified everybody."""
    from middenstip.access import demo
    from middenstip.access.selectors import actor_for

    return actor_for(email=demo.email(next(a for a in demo.ACCOUNTS if a.kind == "police")))


def _database_worked() -> float:
    """Return the processor seconds of the database for us; its server is on this machine."""
    from django.conf import settings
    from django.db import connections

    ticks = 0
    for name in {"default", settings.READ_LOG_CONNECTION}:
        with connections[name].cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (number,) = cursor.fetchone()
        told = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
        ticks += int(told[11]) + int(told[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def ask() -> None:
    """Ask for the persons that were kept apart, in both ways; print JSON."""
    from middenstip.audit.looks import collecting
    from middenstip.linkage.candidates import candidates

    actor, whole = _actor(), register()
    who, waits = whole.of_case(), list[float]()

    def in_database(row: Row) -> list[str]:
        start = time.perf_counter()
        with collecting("bench"):
            found = candidates(actor=actor, identity=_identity(row), facts=_facts(row))
        waits.append((time.perf_counter() - start) * MILLISECOND)
        return [who.get(each.case_id, "") for each in found]

    in_database(whole.rows[min(whole.asked)])
    waits.clear()
    program, database = time.process_time(), _database_worked()
    first, ten = whole.share(in_database)
    program, database = time.process_time() - program, _database_worked() - database
    persons = [_cut(row) for i, row in enumerate(whole.rows) if i not in whole.asked]
    index, labels = Index(persons, shipped()), {r["rec_id"]: r["cluster"] for r in whole.rows}
    index_first, index_ten = whole.share(
        lambda row: [labels[hit.rec_id] for hit in index.find(_cut(row), 10)]
    )
    json.dump(
        {
            "asked": len(whole.asked),
            "files": len(persons),
            "first": first,
            "ten": ten,
            "index_first": index_first,
            "index_ten": index_ten,
            "middle": percentile(waits, 0.5),
            "p95": percentile(waits, 0.95),
            "program": program / len(whole.asked) * MILLISECOND,
            "database": database / len(whole.asked) * MILLISECOND,
        },
        sys.stdout,
    )


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "middenstip.settings.demo")
    django.setup()
    {"fill": fill, "ask": ask}[sys.argv[1]]()
