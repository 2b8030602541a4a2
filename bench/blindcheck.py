# SPDX-License-Identifier: EUPL-1.2
"""How long an answer of the blind check takes in a real database, and whether it depends on it.

50,000 made-up persons stand in a database of its own, notified, with their codes. Somebody asks
for people who are there and people who are not, by turns. Runs in a process of its own
(``python -m bench.blindcheck``), for Django knows one database.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from statistics import median
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

import psycopg

from bench.country import environment
from bench.measure import MILLISECOND, Figure, percentile
from middenstip import clock

COUNTRY = 11  # persons of the fictional country, for its organisations and people
PERSONS = 50_000
ASKED = 40  # of each kind
AT_ONCE = 1_000
SYLLABLES = ("ba", "no", "li", "ku", "mar", "sen", "tol", "vi", "zan", "re", "do", "fai")


def figures() -> Iterator[Figure]:
    """Measure in another process: the first question, later ones, known beside not known."""
    environ = environment(COUNTRY)
    _run({**environ, "MIDDENSTIP_DB_ROLE": "owner"}, "fill")
    with psycopg.connect(environ["DATABASE_URL"], autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE")
    found = json.loads(_run({**environ, "MIDDENSTIP_DB_ROLE": "app"}, "ask"))
    note = f"{PERSONS:,} persons; opens all codes, once in five minutes at most"
    yield Figure("blind check: first question", found["first"], "ms", None, note)
    for kind, name in (("known", "who is there"), ("not_known", "who is not there")):
        times = found["times"][kind]
        note = f"middle of {len(times)}; p95 {percentile(times, 0.95):.0f} ms"
        note += f"; processor of ours {median(found['worked'][kind]):.0f} ms"
        note += f"; answered so: {found['right'][kind]:.2f}"
        yield Figure(f"blind check: {name}", median(times), "ms", None, note)
    for what, name in (("times", "waiting"), ("worked", "processor")):
        pairs = zip(found[what]["known"], found[what]["not_known"], strict=True)
        apart = abs(median(one / other for one, other in pairs) - 1)
        note = "by turns; middle of the pairs; share of the time"
        yield Figure(f"blind check: apart by the answer, {name}", apart, "", 0.05, note)


def _run(environ: Mapping[str, str], what: str) -> bytes:
    command = [sys.executable, "-m", "bench.blindcheck", what]
    return subprocess.run(command, env=environ, check=True, stdout=subprocess.PIPE).stdout


def _values(number: int) -> dict[str, str]:
    """Return a made-up name and birth date, the same for a number each time."""
    drawn = random.Random(number)
    given, family = ("".join(drawn.choices(SYLLABLES, k=3)) for _ in range(2))
    day = f"{drawn.randint(1960, 2008)}-{drawn.randint(1, 12):02}-{drawn.randint(2, 28):02}"
    return {"given_name": given, "family_name": family, "birth_date": day}


def _id(number: int) -> UUID:
    return uuid5(NAMESPACE_OID, f"blindcheck {number}")


def fill() -> None:
    """Store the persons that are not there yet, with a case in the register and a code."""
    from middenstip.access.models import Organisation
    from middenstip.blindcheck.codes import keep_found_by
    from middenstip.thread.models import Basis, Case, Involvement, Person, Reason

    point = Organisation.objects.get(kind="coordination_point")
    there = set(Person.objects.values_list("pk", flat=True))
    missing = [number for number in range(PERSONS) if _id(number) not in there]
    for start in range(0, len(missing), AT_ONCE):
        ids = {_id(number): number for number in missing[start : start + AT_ONCE]}
        Person.objects.bulk_create(Person(id=i, pseudonym=f"bench-{n}") for i, n in ids.items())
        Case.objects.bulk_create(
            Case(id=i, person_id=i, opened_on=clock.today(), opened_by=point, version=1)
            for i in ids
        )
        Involvement.objects.bulk_create(
            Involvement(
                case_id=i, organisation=point, purpose="register_notification",
                basis=Basis.LEGAL_DUTY, categories=["identity"], reason=Reason.REGISTER,
            )
            for i in ids
        )  # fmt: skip
        keep_found_by({i: _values(number) for i, number in ids.items()})
        print(f"  {start:,} of {len(missing):,} persons", file=sys.stderr, flush=True)


def ask() -> None:
    """Ask for who is there and who is not, by turns; print JSON."""
    from middenstip.access.models import Membership
    from middenstip.access.selectors import actor_for
    from middenstip.blindcheck import selectors, services

    services.MOST_A_DAY, services.MOST_FOR_ONE = 1_000_000, 1_000_000  # type: ignore[misc]
    services.TRIES = "1000000/1s"  # type: ignore[misc]
    member = Membership.objects.filter(organisation__kind="ngo", user__is_active=True).first()
    assert member is not None
    actor = actor_for(email=member.user.email, organisation_id=member.organisation_id)

    def once(number: int) -> tuple[float, float, str]:
        asked = services.Asked(**_values(number))
        start, processor = time.perf_counter(), time.process_time()
        question = services.ask(actor=actor, asked=asked)
        took, worked = time.perf_counter() - start, time.process_time() - processor
        answer = selectors.question_of(actor=actor, question_id=question).answer
        return took * MILLISECOND, worked * MILLISECOND, answer

    first, _, _ = once(1)
    kinds = ("known", "not_known")
    times, worked, right = ({kind: list[float]() for kind in kinds} for _ in range(3))
    for turn in range(ASKED):
        for kind in kinds if turn % 2 else reversed(kinds):
            took, work, answer = once(turn * 7 if kind == "known" else PERSONS + turn)
            times[kind].append(took)
            worked[kind].append(work)
            right[kind].append(answer == kind)
    shares: dict[str, Any] = {kind: sum(said) / len(said) for kind, said in right.items()}
    json.dump({"first": first, "times": times, "worked": worked, "right": shares}, sys.stdout)


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "middenstip.settings.demo")
    django.setup()
    {"fill": fill, "ask": ask}[sys.argv[1]]()
