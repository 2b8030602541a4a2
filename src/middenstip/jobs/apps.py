# SPDX-License-Identifier: EUPL-1.2
"""The room of background work."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Its `tasks` module is found by Procrastinate, the rooms' `daily` modules by itself."""

    name = "middenstip.jobs"
    label = "jobs"

    def ready(self) -> None:
        """Find the daily tasks of every room."""
        from middenstip.jobs import daily

        daily.discover()
