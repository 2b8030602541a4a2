# SPDX-License-Identifier: EUPL-1.2
"""Finding a case again by the pseudonym of its person. Names are not searched here."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Q

from middenstip import clock
from middenstip.access.actors import Actor
from middenstip.thread.models import RunState
from middenstip.thread.selectors import visible_cases
from middenstip.thread.worklists import Listed

LENGTH = 25


@dataclass(frozen=True, slots=True)
class FoundCase:
    """A line in the list of cases. `overdue` counts duties of whoever owns them."""

    case_id: UUID
    pseudonym: str
    opened_on: date
    opened_by: str
    overdue: int


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
    late = Q(duty_runs__state=RunState.RUNNING, duty_runs__due_on__lt=clock.today())
    start = (max(page, 1) - 1) * length
    chosen = [
        case_id
        for (case_id,) in found.order_by("-opened_on", "id").values_list("pk")[
            start : start + length
        ]
    ]
    rows = (
        visible_cases(actor)
        .filter(pk__in=chosen)
        .annotate(overdue=Count("duty_runs", filter=late))
        .order_by("-opened_on", "id")
        .values_list("id", "person__pseudonym", "opened_on", "opened_by__name", "overdue")
    )
    return Listed(tuple(FoundCase(*row) for row in rows), found.count())
