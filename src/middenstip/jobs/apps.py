# SPDX-License-Identifier: EUPL-1.2
"""The room of background work."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Its `tasks` module is found by Procrastinate's autodiscovery."""

    name = "middenstip.jobs"
    label = "jobs"
