# SPDX-License-Identifier: EUPL-1.2
"""The room of the blind check."""

from django.apps import AppConfig


class BlindcheckConfig(AppConfig):
    """Registers the room, and keeps its codes in line with what persons are found by."""

    name = "middenstip.blindcheck"
    label = "blindcheck"

    def ready(self) -> None:
        """Hear when names or a day of birth are stored, in the same transaction."""
        from middenstip.blindcheck.codes import keep_found_by
        from middenstip.vault.signals import found_by

        found_by.connect(keep_found_by, dispatch_uid="blindcheck.codes")
