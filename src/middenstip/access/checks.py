# SPDX-License-Identifier: EUPL-1.2
"""System checks of the access room."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register()
def demo_switch_is_off_in_production(
    app_configs: Sequence[Any] | None, **_: Any
) -> list[CheckMessage]:
    """Report access.E001 when one-click accounts would be open outside the demo and tests."""
    production = settings.SETTINGS_MODULE == "middenstip.settings.production"
    if settings.DEMO and production:
        return [
            Error(
                "The demo switch is on in production settings.",
                hint="Unset MIDDENSTIP_DEMO: it opens accounts without a password.",
                id="access.E001",
            )
        ]
    return []


@register()
def second_factor_is_off_only_in_tests(
    app_configs: Sequence[Any] | None, **_: Any
) -> list[CheckMessage]:
    """Report access.E002 when a password alone would do outside demo and tests."""
    testing = settings.SETTINGS_MODULE == "middenstip.settings.test"
    if settings.SECOND_FACTOR_REQUIRED or settings.DEMO or testing:
        return []
    return [
        Error(
            "SECOND_FACTOR_REQUIRED is off outside the demo.",
            hint="Leave it on: a stolen password alone would open cases.",
            id="access.E002",
        )
    ]
