# SPDX-License-Identifier: EUPL-1.2
"""What the room of the blind check does once for every legal day."""

from datetime import date

from middenstip import clock
from middenstip.blindcheck.services import delete_old, forget_codes
from middenstip.jobs.daily import daily_task


@daily_task("blindcheck.forget")
def forget_questions(day: date) -> None:
    """Empty codes of questions after 24 hours, and delete questions after a year.

    Days that were missed are not made up for: the work of today holds theirs.
    """
    if day == clock.today():
        forget_codes(clock.now())
        delete_old(clock.now())
