# SPDX-License-Identifier: EUPL-1.2
"""Tasks that the worker starts by itself."""

from procrastinate.contrib.django import app

from middenstip.jobs import daily


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="daily", lock="daily", name="middenstip.daily")
def run_daily(timestamp: int) -> None:
    """Do what is due for each day; every ten minutes, so an outage is made up for soon."""
    daily.run_due()
