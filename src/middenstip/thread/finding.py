# SPDX-License-Identifier: EUPL-1.2
"""Finding a case again by the pseudonym of its person. Names are not searched here."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count

from middenstip import clock
from middenstip.access.acting import as_actor
from middenstip.access.actors import Actor
from middenstip.thread.models import RunState
from middenstip.thread.visibility import visible_cases, visible_runs
from middenstip.thread.worklists import Listed

LENGTH = 25


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
    whether words are joined by hyphens or spaces. Nothing is said of cases one may not see, not
    even in the total.
    """
    found = visible_cases(actor)
    for word in words.replace("-", " ").split():
        found = found.filter(person__pseudonym__icontains=word)
    start = (max(page, 1) - 1) * length
    chosen = [
        case_id
        for (case_id,) in found.order_by("-opened_on", "id").values_list("pk")[
            start : start + length
        ]
    ]
    late = visible_runs(actor).filter(
        case_id__in=chosen, state=RunState.RUNNING, due_on__lt=clock.today()
    )
    overdue = dict(late.order_by().values_list("case_id").annotate(number=Count("pk")))
    rows = (
        visible_cases(actor)
        .filter(pk__in=chosen)
        .order_by("-opened_on", "id")
        .values_list("id", "person__pseudonym", "opened_on", "opened_by__name")
    )
    items = tuple(FoundCase(*row, overdue.get(row[0], 0)) for row in rows)
    return Listed(items, found.count())
