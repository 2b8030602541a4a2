# SPDX-License-Identifier: EUPL-1.2
"""What every template knows about who is looking."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def actor(request: HttpRequest) -> dict[str, Any]:
    """Give templates `actor` (None for a stranger), `DEMO` and `languages`."""
    return {
        "actor": getattr(request, "actor", None),
        "DEMO": settings.DEMO,
        "languages": settings.LANGUAGES,
    }
