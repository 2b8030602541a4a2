# SPDX-License-Identifier: EUPL-1.2
"""Lists that are cut to a length and come with a total, in as few statements as can be.

Behind row security a statement takes longer to plan than to answer. So a total is counted only
where a list is full, and the pseudonyms of all lists of a page are asked for at once.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, F, Func, QuerySet, UUIDField, Value

from middenstip.database.prepared import prepared
from middenstip.thread.models import Case

COUNT_TO = 1000


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Listed(Generic[T]):
    """The first of a list, and how many there are in all.

    Counting stops at a limit on lists that everybody opens all day: `more` then tells that
    there are more than `total`, and `shown` says so ("1000+").
    """

    items: tuple[T, ...]
    total: int
    more: bool = False

    @property
    def shown(self) -> str:
        """The number as people read it."""
        return f"{self.total}+" if self.more else str(self.total)


def listed(items: tuple[T, ...], counted: int) -> Listed[T]:
    """Return a list with its total, counted by `counts` or `first_of`."""
    return Listed(items, min(counted, COUNT_TO), counted > COUNT_TO)


def first_of(
    rows: QuerySet[Any, Any],
    counted: QuerySet[Any, Any],
    *,
    start: int = 0,
    length: int,
    exact: bool = False,
) -> tuple[list[Any], int]:
    """Return rows `start` to `start + length` of an ordered list, and how many there are.

    `counted` is the same list with the fewest columns (`values`). It is counted only when the
    rows do not tell by themselves where it ends; to just past COUNT_TO unless `exact`.
    """
    found = list(rows[start : start + length]) if length else []
    if len(found) < length and (found or not start):
        return found, start + len(found)
    return found, counted.order_by().count() if exact else counts([counted])[0]


def counts(lists: Sequence[QuerySet[Any, Any]]) -> list[int]:
    """Return the number of rows of each list, counted to just past COUNT_TO, in one query.

    A list names the columns that it is to read (`values`): the fewer the better.
    """
    parts: list[str] = []
    values: list[Any] = []
    counts = [0] * len(lists)
    asked: list[int] = []
    for place, found in enumerate(lists):
        try:
            text, given = found.order_by()[: COUNT_TO + 1].query.sql_with_params()
        except EmptyResultSet:
            continue
        parts.append(f"(SELECT count(*) FROM ({text}) AS counted)")  # noqa: S608 - built by Django
        values += given
        asked.append(place)
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(parts)}", values)
            for place, number in zip(asked, cursor.fetchone(), strict=True):
                counts[place] = number
    return counts


def of_ids(cases: Collection[UUID]) -> QuerySet[Case]:
    """Return these cases, few enough for a page, by a statement whose plan can be kept.

    The same text however many there are; and whoever asks, it touches no more than these.
    """
    listed = Value(list(cases), output_field=ArrayField(UUIDField()))
    return Case.objects.filter(
        Func(
            F("pk"),
            listed,
            template="%(expressions)s)",
            arg_joiner=" = ANY (",
            output_field=BooleanField(),
        )
    )


def named(lists: Sequence[Listed[Any]]) -> list[Listed[Any]]:
    """Return lists of lines about cases with the pseudonym of each, asked for at once.

    The database shows the pseudonym of a case that the actor sees and of no other; a line that
    got none is left out.
    """
    cases = {item.case_id for found in lists for item in found.items}
    if not cases:
        return list(lists)
    rows = of_ids(cases).values_list("pk", "person__pseudonym")
    with prepared():
        names: dict[UUID, str] = dict(rows)
    return [
        replace(
            found,
            items=tuple(
                replace(item, pseudonym=names[item.case_id])
                for item in found.items
                if item.case_id in names
            ),
        )
        for found in lists
    ]
