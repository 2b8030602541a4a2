# SPDX-License-Identifier: EUPL-1.2
"""What the walls cost: the same pages with and without them, side by side and in turns.

Two servers of one process each stand on one database: the product, and the product without its
walls (`bench.unwalled` says what that leaves out). One client asks both for the same page, in
the order ABBA, so that what else the machine does hits both. A page of a case must be the same
on both sides before any time counts.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from typing import Any

from bench.country import environment
from bench.http import Client, served
from bench.measure import MILLISECOND, Figure, percentile

SIZES = (5_000, 50_000)
INVOLVED = (10, 1_000)
TURNS = 30  # of ABBA: twice as many requests on each side
TARGET = 1.3
CHANGING = re.compile(r'name="csrfmiddlewaretoken"[^>]*>|data-seconds="[0-9]*"')
Visit = Callable[[Client], tuple[float, str]]


@dataclass(slots=True)
class Took:
    """The seconds of the requests of one cell, with and without walls."""

    on: list[float]
    off: list[float]


def figures() -> Iterator[Figure]:
    """Measure every cell at every size: how many times as long a page takes with walls."""
    for persons in SIZES:
        environ = {**environment(persons), "MIDDENSTIP_DB_ROLE": "app"}
        without = {
            **environ,
            "MIDDENSTIP_DB_ROLE": "owner",
            "MIDDENSTIP_BENCH": "1",
            "DJANGO_SETTINGS_MODULE": "bench.unwalled_settings",
        }
        members = _members({**environ, "MIDDENSTIP_DB_ROLE": "owner"})
        with (
            served(environ, workers=1) as (on, _),
            served(without, workers=1, application="bench.unwalled_wsgi:application") as (
                off,
                _,
            ),
        ):
            for member in members:
                sides = [Client(port, member["session"]) for port in (on, off)]
                yield from _member(persons, member, sides)


def _member(persons: int, member: dict[str, Any], sides: Sequence[Client]) -> Iterator[Figure]:
    where = f"{persons:,} persons, involved in {member['involved']}"
    for name, visits in _reads(member).items():
        took = _in_turns(visits, sides, alike=name == "case page")
        for share, title in ((0.5, "p50"), (0.95, "p95")):
            on, off = (percentile(side, share) for side in (took.on, took.off))
            note = f"{on * MILLISECOND:.1f} ms with, {off * MILLISECOND:.1f} ms without walls"
            note += f"; {len(took.on)} requests each"
            yield Figure(f"{name}, {where}, {title}", on / off, "times", TARGET, note)


def _reads(member: dict[str, Any]) -> dict[str, list[Visit]]:
    """Return what is visited; a kind of page that has nothing to show is left out."""
    reads = {
        "desk": [_page("/")],
        "case page": [_page(f"/cases/{case}/") for case in member["cases"]],
        "list of cases": [_page("/cases/")],
        "search, a word": [_search(words) for words in member["words"]],
        "search, a name": [_search(words) for words in member["names"]],
    }
    return {name: visits for name, visits in reads.items() if visits}


def _page(path: str) -> Visit:
    def visit(client: Client) -> tuple[float, str]:
        return _expect(client.get(path))

    return visit


def _search(words: str) -> Visit:
    def visit(client: Client) -> tuple[float, str]:
        if "csrftoken" not in client.cookies:
            client.get("/cases/")
        token = client.cookies["csrftoken"]
        return _expect(client.post("/cases/", csrfmiddlewaretoken=token, words=words))

    return visit


def _expect(answer: tuple[float, int, str]) -> tuple[float, str]:
    took, status, text = answer
    if status not in (200, 302):  # one hit leads on to its case
        raise AssertionError(f"answer {status}")
    return took, text


def _in_turns(visits: Sequence[Visit], sides: Sequence[Client], *, alike: bool) -> Took:
    """Visit each page once on both sides without counting, then in turns."""
    for visit in visits:
        pages = [CHANGING.sub("", visit(side)[1]) for side in sides]
        if alike and pages[0] != pages[1]:
            raise AssertionError(
                f"a page differs with and without walls:\n{_difference(*pages)}"
            )
    on, off = sides
    took = Took([], [])
    for turn in range(TURNS):
        visit = visits[turn % len(visits)]
        took.on.append(visit(on)[0])
        took.off.append(visit(off)[0])
        visit = visits[(turn + 1) % len(visits)]
        took.off.append(visit(off)[0])
        took.on.append(visit(on)[0])
    return took


def _difference(one: str, other: str) -> str:
    """Return the first lines in which two pages differ; the people in them are made up."""
    lines = unified_diff(one.splitlines(), other.splitlines(), "with", "without", "", "", 0)
    return "\n".join(list(lines)[:12])


def _members(environ: dict[str, str]) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "bench.walls_members", *map(str, INVOLVED)]
    found = subprocess.run(command, env=environ, check=True, stdout=subprocess.PIPE).stdout
    members: list[dict[str, Any]] = json.loads(found)
    return members
