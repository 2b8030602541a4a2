# SPDX-License-Identifier: EUPL-1.2
"""What the intake room does once for every legal day."""

from datetime import date

from middenstip.intake.services import delete_expired, forget_imported
from middenstip.jobs.daily import daily_task


@daily_task("intake.drafts")
def drop_expired_drafts(day: date) -> None:
    """Delete drafts that were not sent within 28 days."""
    delete_expired(today=day)


@daily_task("intake.imported_rows")
def forget_old_rows(day: date) -> None:
    """Forget the rows of files that came in longer ago than the pack keeps them."""
    forget_imported(today=day)
