# SPDX-License-Identifier: EUPL-1.2
"""What the login page asks about providers."""

from django import template

from middenstip.access import oidc
from middenstip.access.oidc_config import ProviderConfig

register = template.Library()


@register.simple_tag
def oidc_providers() -> tuple[ProviderConfig, ...]:
    """Return the providers through which people may log in, in the order of the buttons."""
    return oidc.providers()
