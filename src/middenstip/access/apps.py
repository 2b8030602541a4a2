# SPDX-License-Identifier: EUPL-1.2
"""The access room."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Registers the checks that keep the demo switch out of production."""

    name = "middenstip.access"
    label = "access"

    def ready(self) -> None:
        """Import the checks, so that Django runs them at every start; hook on to logins."""
        from middenstip.access import checks, limits_login, oidc  # noqa: F401

        limits_login.connect()
        oidc.connect()
