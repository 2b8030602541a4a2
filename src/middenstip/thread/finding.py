# SPDX-License-Identifier: EUPL-1.2
"""Finding a case again: by the pseudonym of its person, or by who it is.

A name is compared by keyed tokens (`vault.finding`): the database holds none that can be read.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from middenstip import clock
from middenstip.access.acting import as_actor
from middenstip.access.actors import Actor
from middenstip.audit.looks import looked
from middenstip.database.prepared import prepared
from middenstip.thread.lists import COUNT_TO, Listed, first_of, listed, of_ids
from middenstip.thread.models import Case, RunState
from middenstip.thread.visibility import (
    COORDINATION,
    involvements,
    named_cases,
    visible_cases,
    visible_runs,
)
from middenstip.vault.services import find_by_tokens

LENGTH = 25
NEWEST = ("-opened_on", "id")
SHORTEST_NUMBER = 6
# How one part of a name sounds is shared by too many to be an answer; so is one of more parts.
SOUND, PART = "name.part.sound", "name.part"


@dataclass(frozen=True, slots=True)
class FoundCase:
    """A line in the list of cases. `overdue` counts the duties that the actor may
    know of, of whoever owns them."""

    case_id: UUID
    pseudonym: str
    opened_on: date
    opened_by: str
    overdue: int


@as_actor
def find_cases(
    *, actor: Actor, words: str = "", page: int = 1, length: int = LENGTH
) -> Listed[FoundCase]:
    """Return one page (from 1) of the cases the actor sees, the newest first.

    With `words`: those whose pseudonym holds every word, whatever the case of the letters and
    whether words are joined by hyphens or spaces; and, where the actor may know who somebody
    is, those of a person with that name, phone number or day of birth, exact or by sound.
    Nothing is said of cases one may not see, not even in the total.
    """
    if words.strip():
        found = _found(actor, words)
        counted: QuerySet[Any] = found.values("pk")
    else:
        found = visible_cases(actor)
        counted = involvements(actor).order_by().values("case_id").distinct()
    start = (max(page, 1) - 1) * length
    chosen = found.order_by(*NEWEST).values_list("pk", flat=True)
    ids, total = first_of(chosen, counted, start=start, length=length)
    with prepared():
        rows = list(_lines(actor, ids)) if ids else []
    items = tuple(FoundCase(*row) for row in rows)
    looked(actor=actor, cases=[item.case_id for item in items], categories=[COORDINATION])
    return listed(items, total)


def _lines(actor: Actor, ids: list[UUID]) -> QuerySet[Any, Any]:
    """Return cases as the fields of `FoundCase`, the newest first; the database asks again
    which of them the actor sees.
    """
    late = visible_runs(actor).filter(
        case_id=OuterRef("pk"), state=RunState.RUNNING, due_on__lt=clock.today()
    )
    counted = late.order_by().values("case_id").annotate(number=Count("pk"))
    overdue = Coalesce(Subquery(counted.values("number")), 0)
    lines = of_ids(ids).annotate(overdue=overdue).order_by(*NEWEST)
    return lines.values_list(
        "id", "person__pseudonym", "opened_on", "opened_by__name", "overdue"
    )


def _found(actor: Actor, words: str) -> QuerySet[Case]:
    """Return the cases the actor sees whose pseudonym holds every word, or by `_by_name`.

    Whose pseudonym that is is looked up first, past row security: comparing words might tell
    something of a hidden row, so PostgreSQL would ask the policies of every person before it.
    """
    escaped = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    patterns = [f"%{word}%" for word in escaped.replace("-", " ").split()]
    named = Q(pk__in=_by_name(actor, words))
    with connection.cursor() as cursor:
        cursor.execute("SELECT wall_pseudonyms(%s) LIMIT %s", [patterns, COUNT_TO + 1])
        persons = [person for (person,) in cursor.fetchall()]
    if len(persons) > COUNT_TO:  # too many to hand over
        called = RawSQL("SELECT wall_pseudonyms(%s::text[])", [patterns])
        return visible_cases(actor).filter(Q(person_id__in=called) | named)
    return visible_cases(actor, row_by_row=True).filter(Q(person_id__in=persons) | named)


def _by_name(actor: Actor, words: str) -> list[UUID]:
    """Return the cases of persons with this name, number or day of birth.

    The tokens tell who; which of them the actor may know is asked of every case again.
    """
    asked = {"name": words, "alias": words}
    digits = [letter for letter in words if letter.isdigit()]
    if len(digits) >= SHORTEST_NUMBER:
        asked["phone"] = words
    with suppress(ValueError):
        asked["birth_date"] = date.fromisoformat(words.strip()).isoformat()
    too_little = {SOUND, PART} if len(words.split()) > 1 else {SOUND}
    persons = [
        match.person_id for match in find_by_tokens(asked) if not set(match.on) <= too_little
    ]
    found = named_cases(actor).filter(person_id__in=persons) if persons else Case.objects.none()
    return list(found.values_list("pk", flat=True))
