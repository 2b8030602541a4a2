# SPDX-License-Identifier: EUPL-1.2
"""What the thread room does every legal day."""

from datetime import date

from middenstip import clock
from middenstip.jobs.daily import daily_task
from middenstip.thread.retention import finish_removals, propose_due
from middenstip.thread.tasks import new_day


@daily_task("thread.new_day")
def queue_new_day(day: date) -> None:
    """Queue the work of a new day, in the same transaction as the mark that it was done.

    The work itself is long and goes in small transactions of its own. Days that were missed are
    not made up for one by one: only what is most urgent today is told.
    """
    if day == clock.today():
        new_day.defer()


@daily_task("thread.retention")
def propose_removals(day: date) -> None:
    """Finish removals that an older dump undid, and propose everybody whose term has passed.

    Days that were missed are not made up for: today's proposals hold what those would have.
    """
    if day == clock.today():
        finish_removals(day)
        propose_due(day)
