# SPDX-License-Identifier: EUPL-1.2
"""The law room."""

from django.apps import AppConfig


class LawConfig(AppConfig):
    """Registers the room under its own name."""

    name = "middenstip.law"
    label = "law"
