# SPDX-License-Identifier: EUPL-1.2
"""The linkage room."""

from django.apps import AppConfig


class LinkageConfig(AppConfig):
    """Registers the room under its own name."""

    name = "middenstip.linkage"
    label = "linkage"

    def ready(self) -> None:
        """Refuse to start with weights that two people did not approve."""
        from middenstip.linkage.weights import require_usable

        require_usable()
