# SPDX-License-Identifier: EUPL-1.2
"""What the intake room does once for every legal day."""

from datetime import date

from middenstip.intake.services import delete_expired
from middenstip.jobs.daily import daily_task


@daily_task("intake.drafts")
def drop_expired_drafts(day: date) -> None:
    """Delete drafts that were not sent within 28 days."""
    delete_expired(today=day)
