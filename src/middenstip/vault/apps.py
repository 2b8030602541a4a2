# SPDX-License-Identifier: EUPL-1.2
"""The vault room: its checks, and its own set-up where no real person is stored."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class VaultConfig(AppConfig):
    """Registers the check that the master key fits the database."""

    name = "middenstip.vault"
    label = "vault"

    def ready(self) -> None:
        """Check at every start; set the vault up after a migration of demo and development."""
        from middenstip.vault import checks, keyring  # noqa: F401 - registers the check

        post_migrate.connect(keyring.set_up_local, sender=self)
