# SPDX-License-Identifier: EUPL-1.2
"""What the room of the read log does every legal day."""

from datetime import date, timedelta

from middenstip.audit.services import close_day
from middenstip.jobs.daily import daily_task


@daily_task("audit.anchor")
def anchor_yesterday(day: date) -> None:
    """Make the anchor of the day before: the day itself is not over."""
    close_day(day - timedelta(days=1))
