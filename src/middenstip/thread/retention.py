# SPDX-License-Identifier: EUPL-1.2
"""What has been kept for as long as the country pack says, proposed for removal every night.

Nothing is removed here: two people decide (`thread.erasure`). By the worker, who knows no name.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from uuid import UUID

from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from middenstip import clock
from middenstip.pack.model import Retention
from middenstip.rules.dates import add_term, subtract_term
from middenstip.thread import rebuild
from middenstip.thread.country import NOTIFIED, pack
from middenstip.thread.models import RemovalProposal

# A term of months ends on a shorter month's last day: looked at a few days wider, then counted.
CLAMPED = timedelta(days=3)
# Of each kind of item whose person is removed: what else must be true of all of the person.
_CONDITIONS = {
    # Longest first: who is proposed for one reason is not proposed for another.
    "case": "true",
    "contact": """NOT EXISTS (
        SELECT FROM thread_dutyrun d WHERE d.case_id = ANY (cases) AND d.state = 'running')""",
    # House rule: one organisation recorded it, on one day, and nobody was notified or told.
    "unfollowed_signal": """organisations = 1 AND days = 1 AND NOT registered
        AND NOT EXISTS (SELECT FROM thread_involvement i
            WHERE i.case_id = ANY (cases) AND i.reason = 'notified')""",
}
_DUE = """
WITH old AS (
    SELECT p.id AS person_id FROM thread_person p
    WHERE p.removed_at IS NULL
        AND EXISTS (SELECT FROM thread_case c WHERE c.person_id = p.id)
        AND NOT EXISTS (
            SELECT FROM thread_case c WHERE c.person_id = p.id AND c.opened_on > %(limit)s)
), known AS (
    SELECT c.person_id,
        array_agg(DISTINCT c.id) AS cases,
        (array_agg(c.id ORDER BY c.opened_on DESC, c.id))[1] AS newest,
        max(greatest(c.opened_on, e.on,
            (e.recorded_at AT TIME ZONE 'Europe/Amsterdam')::date)) AS last_on,
        count(e.id) AS version,
        count(DISTINCT e.organisation_id) AS organisations,
        count(DISTINCT (e.recorded_at AT TIME ZONE 'Europe/Amsterdam')::date) AS days,
        coalesce(bool_or(e.type = %(notified)s), false) AS registered
    FROM old JOIN thread_case c ON c.person_id = old.person_id
    LEFT JOIN thread_event e ON e.case_id = c.id
    GROUP BY c.person_id
), asked AS (
    SELECT known.*, greatest(last_on, (
        SELECT max((r.said_no_at AT TIME ZONE 'Europe/Amsterdam')::date)
        FROM thread_removalproposal r
        WHERE r.case_id = ANY (cases) AND r.why = %(why)s)) AS from_on
    FROM known
    WHERE NOT EXISTS (
            SELECT FROM thread_retentionhold h
            WHERE h.case_id = ANY (cases) AND h.lifted_at IS NULL)
        AND NOT EXISTS (
            SELECT FROM thread_removalproposal r
            WHERE r.case_id = ANY (cases) AND r.said_no_at IS NULL AND r.lapsed_at IS NULL
                AND r.done_at IS NULL)
)
SELECT newest, version, from_on FROM asked WHERE from_on <= %(limit)s AND {condition}
ORDER BY newest
"""
_LAPSE = """
UPDATE thread_removalproposal r SET lapsed_at = %s
WHERE r.said_no_at IS NULL AND r.lapsed_at IS NULL AND r.done_at IS NULL AND r.why <> %s
    AND r.version <> (
        SELECT sum(k.version) FROM thread_case c
        JOIN thread_case k ON k.person_id = c.person_id WHERE c.id = r.case_id)
"""


def propose_due(day: date) -> int:
    """Propose to remove everybody whose term has passed; return how many.

    Once for a person and a reason while it waits, and never while something must be kept. What
    waits lapses when something was recorded since. After a no the term starts again.
    """
    lapse_overtaken()
    return sum(_propose(why, item, day) for why, item in terms())


def terms() -> list[tuple[str, Retention]]:
    """Return the items of the pack that end in removing a person, with their ids.

    ImproperlyConfigured for an item whose term starts at something that is not counted here.
    """
    found = [
        (why, item)
        for what in _CONDITIONS
        for why, item in pack().retention.items()
        if item.what == what and item.action == "remove_person"
    ]
    for why, item in found:
        if item.starts != "last_event":
            raise ImproperlyConfigured(
                f"retention {why}: a term that ends in removing a person starts at last_event"
            )
    return found


def lapse_overtaken() -> int:
    """End the proposals of a term in whose case something was recorded since; return how many.

    A person who asks for removal goes on asking whatever is recorded.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LAPSE, [clock.now(), "own_request"])
        return int(cursor.rowcount)


def finish_removals(day: date) -> int:
    """Remove what is left of everybody whose key was destroyed; return how many cases.

    After an older dump was put back a person may be there again whose key is not.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT wall_settle_removals()")
        cases: Sequence[UUID] = [case_id for (case_id,) in cursor.fetchall()]
    if cases:
        rebuild.rederive(day, case_ids=cases)
    return len(cases)


def _propose(why: str, item: Retention, day: date) -> int:
    made = [
        RemovalProposal(case_id=case_id, why=why, version=version, due_on=due_on)
        for case_id, version, due_on in _due(why, item, day)
    ]
    RemovalProposal.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def _due(why: str, item: Retention, day: date) -> Iterator[tuple[UUID, int, date]]:
    """Yield the cases whose term has passed, their number of events, and the day it did."""
    limit = subtract_term(day, item.term) + CLAMPED
    statement = _DUE.format(condition=_CONDITIONS[item.what])
    with connection.cursor() as cursor:
        cursor.execute(statement, {"limit": limit, "why": why, "notified": NOTIFIED})
        for case_id, version, from_on in cursor.fetchall():
            due_on = add_term(from_on, item.term)
            if due_on <= day:
                yield case_id, version, due_on
