# SPDX-License-Identifier: EUPL-1.2
"""Queued work of the thread room."""

from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from middenstip import clock
from middenstip.thread.rebuild import rederive
from middenstip.thread.reminders import remind
from middenstip.thread.review_mail import mail_managers


@app.task(
    name="middenstip.thread.new_day",
    lock="thread.new_day",
    retry=RetryStrategy(max_attempts=8, exponential_wait=4),
)
def new_day() -> None:
    """Derive every case for today and send the notices of today.

    Does nothing twice, so it can be queued and retried freely. Notices go out even when a case
    cannot be derived; the task then fails afterwards, to be retried and seen.
    """
    today = clock.today()
    outcome = rederive(today, only_older=True)
    remind(today)
    if outcome.failed:
        raise RuntimeError(f"{len(outcome.failed)} cases could not be derived; see the log")


@app.task(
    name="middenstip.thread.mail_managers",
    retry=RetryStrategy(max_attempts=8, exponential_wait=4),
)
def mail_managers_of(organisation_ids: list[str]) -> None:
    """Tell the managers of organisations by mail that something waits for them to look at."""
    mail_managers(UUID(each) for each in organisation_ids)
