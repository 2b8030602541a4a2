# SPDX-License-Identifier: EUPL-1.2
"""The public guide."""

from django.apps import AppConfig


class GuideConfig(AppConfig):
    """Registers the room under its own name."""

    name = "middenstip.guide"
    label = "guide"
