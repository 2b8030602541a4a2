# SPDX-License-Identifier: EUPL-1.2
"""The intake room."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """Registers the room under its own name."""

    name = "middenstip.intake"
    label = "intake"
