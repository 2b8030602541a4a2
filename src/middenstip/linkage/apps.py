# SPDX-License-Identifier: EUPL-1.2
"""The linkage room."""

from django.apps import AppConfig


class LinkageConfig(AppConfig):
    """Registers the room under its own name."""

    name = "middenstip.linkage"
    label = "linkage"
