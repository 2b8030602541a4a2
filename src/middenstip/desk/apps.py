# SPDX-License-Identifier: EUPL-1.2
"""The desk room."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Registers the room under its own name."""

    name = "middenstip.desk"
    label = "desk"
