# SPDX-License-Identifier: EUPL-1.2
"""The api room."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Registers the room under its own name."""

    name = "middenstip.api"
    label = "api"
