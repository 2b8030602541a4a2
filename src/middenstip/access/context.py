# SPDX-License-Identifier: EUPL-1.2
"""What every template knows about who is looking."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from middenstip.access.demo import ACCOUNTS


def actor(request: HttpRequest) -> dict[str, Any]:
    """Give templates `actor` (None for a stranger) and in the demo its accounts."""
    return {
        "actor": getattr(request, "actor", None),
        "DEMO": settings.DEMO,
        "demo_accounts": ACCOUNTS if settings.DEMO else (),
    }
