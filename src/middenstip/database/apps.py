# SPDX-License-Identifier: EUPL-1.2
"""The database room: minimum version, the rights of the program's roles, row security."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class DatabaseConfig(AppConfig):
    """Last in INSTALLED_APPS, so that its step sees the tables of every other room."""

    name = "middenstip.database"
    label = "database"

    def ready(self) -> None:
        """Refuse servers before 15 (row-level security and grants as we use them) and grant."""
        from django.db.backends.postgresql.features import DatabaseFeatures

        from middenstip.database import MINIMUM_VERSION
        from middenstip.database.grants import apply_grants
        from middenstip.database.walls import apply_walls

        DatabaseFeatures.minimum_database_version = MINIMUM_VERSION
        post_migrate.connect(apply_grants, sender=self)
        post_migrate.connect(apply_walls, sender=self)
