# SPDX-License-Identifier: EUPL-1.2
"""Notices to the organisation that must act: 14, 7 and 1 days before a due day, and when late.

Days are legal days (Europe/Amsterdam). Running it again, twice at once, or after days of outage
never tells the same thing twice: the table's unique constraint sees to that.
"""

from datetime import date
from uuid import UUID

from django.db import connection, transaction

from middenstip import clock
from middenstip.access.acting import as_actor
from middenstip.access.actors import Actor
from middenstip.access.selectors import organisations
from middenstip.thread.country import pack
from middenstip.thread.errors import NotThere
from middenstip.thread.models import NoticeKind
from middenstip.thread.worklists import own_notices

# Days before the due day from which a notice is due; -1 is the first day that is late.
NEARNESS = {NoticeKind.D14: 14, NoticeKind.D7: 7, NoticeKind.D1: 1, NoticeKind.OVERDUE: -1}

# Of the thresholds passed only the most urgent is told; those overtaken (by an outage, or by a
# term shorter than they are) are kept as skipped. One statement, so that two runs at once meet
# at the unique constraint and nowhere else.
_REMIND = """
INSERT INTO thread_notice
    (case_id, organisation_id, duty, key, due_on, kind, skipped, settled)
SELECT run.case_id, coalesce(run.owner_id, %(coordinator)s::uuid), run.duty, run.key,
    run.due_on, passed.kind, passed.place < max(passed.place) OVER (PARTITION BY run.id),
    false
FROM thread_dutyrun run
JOIN unnest(%(kinds)s::text[], %(days)s::int[]) WITH ORDINALITY AS passed(kind, days, place)
    ON run.due_on - %(today)s::date <= passed.days
WHERE run.state = 'running' AND run.due_on <= %(today)s::date + %(first)s::int
    AND coalesce(run.owner_id, %(coordinator)s::uuid) IS NOT NULL
ORDER BY run.due_on, run.id, passed.place
ON CONFLICT DO NOTHING
"""


def remind(today: date) -> int:
    """Write the notices that are due on a day; return how many were written (skipped included).

    A run without an owner is told to the coordination point.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        # Two workers at once: the second waits here, and then finds what the first wrote.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('thread.remind'))")
        cursor.execute(
            _REMIND,
            {
                "today": today,
                "coordinator": _coordinator(),
                "kinds": [kind.value for kind in NEARNESS],
                "days": list(NEARNESS.values()),
                "first": max(NEARNESS.values()),
            },
        )
        return int(cursor.rowcount)


@as_actor
def mark_read(*, actor: Actor, notice_id: int | None = None) -> int:
    """Mark one reminder of the own organisation as read, or all of them; return how many.

    NotThere for a reminder that is not there for this actor. Read again changes nothing.
    """
    found = own_notices(actor)
    if notice_id is not None:
        found = found.filter(pk=notice_id)
        if not found.exists():
            raise NotThere
    return found.filter(read_at__isnull=True).update(read_at=clock.now())


def _coordinator() -> UUID | None:
    kinds = [kind for kind, item in pack().organisation_kinds.items() if item.coordinates]
    found = organisations().filter(kind__in=kinds).order_by("created_at", "id")
    return found.values_list("id", flat=True).first()
