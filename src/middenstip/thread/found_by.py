# SPDX-License-Identifier: EUPL-1.2
"""Making anew what every person is found by: after the program learnt to find in another way.

In small transactions, each under the locks of its cases, so that nothing that is recorded
meanwhile is lost. Shows nobody; needs the rights of the owner, because no role of the program
may know everybody's name. `middenstip tokens` runs it.
"""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

import typer
from django.db import transaction
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

from middenstip.thread.models import Case, CaseState, Identity, Person
from middenstip.thread.sealing import (
    IDENTITY_COLUMNS,
    TOKEN_COLUMNS,
    open_facts,
    open_identity,
    tokens_of,
)
from middenstip.vault import keyring
from middenstip.vault.services import keys_of, replace_tokens

BATCH: Final = 200
NONE: Final = dict.fromkeys((*TOKEN_COLUMNS, "birth_date"), "")


def rebuild(progress: Callable[[int], None] = lambda number: None) -> int:
    """Make the tokens of every person anew; return how many persons were looked at.

    May be run again at any time and stopped half-way: what was made stays.
    """
    last, done = UUID(int=0), 0
    while batch := _batch(last):
        with transaction.atomic():
            _make(batch)
        last, done = batch[-1], done + len(batch)
        progress(len(batch))
    return done


def tokens() -> None:
    """Make anew what persons are found by. Needed once, when this version is new."""
    keyring.require_ready()
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        bar = progress.add_task("", total=_persons().count())
        done = rebuild(lambda number: progress.advance(bar, number))
    typer.echo(f"{done} persons can be found anew")


def _persons() -> Any:
    return Person.objects.filter(removed_at__isnull=True)


def _batch(after: UUID) -> list[UUID]:
    found = _persons().filter(pk__gt=after).order_by("pk")
    return list(found.values_list("pk", flat=True)[:BATCH])


def _make(persons: list[UUID]) -> None:
    cases = Case.objects.select_for_update().filter(person_id__in=persons).order_by("pk")
    person_of = dict(cases.values_list("pk", "person_id"))
    keys = keys_of(persons)
    states = CaseState.objects.filter(case_id__in=person_of).values_list("case_id", "facts")
    facts = {
        person_of[case_id]: open_facts(
            keys.get(person_of[case_id]), {n: v for n, v in stored.items() if n == "birth_date"}
        )
        for case_id, stored in states
    }
    named = {
        row.pop("person_id"): row
        for row in Identity.objects.filter(person_id__in=persons).values(
            "person_id", *IDENTITY_COLUMNS
        )
    }
    for person_id in persons:
        if key := keys.get(person_id):
            identity = open_identity(key, named[person_id]) if person_id in named else None
            found = tokens_of(identity, facts.get(person_id, {}))
            replace_tokens(person_id, NONE | found)
