# SPDX-License-Identifier: EUPL-1.2
"""Changes of the read log beside the looks themselves (`looks`)."""

from datetime import date

from django.db import connection


def close_day(day: date) -> date:
    """Make the anchor of a legal day that is over, unless there is one of that day or later.

    Covers everything since the anchor before, so days that were missed are in it. A day that is
    not over (by the clock of the database) is not closed; the day before today is. Returns the
    day of the last anchor.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_close_day(%s)", [day])
        row: tuple[date] = cursor.fetchone()
    return row[0]
