# SPDX-License-Identifier: EUPL-1.2
"""What every template knows about who is looking."""

from math import ceil
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from middenstip import clock
from middenstip.access.actors import Actor
from middenstip.access.demo import ACCOUNTS
from middenstip.access.purposes import emergency_purpose, purposes_of
from middenstip.access.selectors import open_emergency


def actor(request: HttpRequest) -> dict[str, Any]:
    """Give templates `actor` (None for a stranger) and in the demo its accounts.

    `several_purposes` tells whether there is another purpose to choose; `emergency_minutes` how
    long somebody who looks in an emergency still can, None for all others.
    """
    who: Actor | None = getattr(request, "actor", None)
    minutes = _minutes_left(who)
    return {
        "actor": who,
        "emergency_minutes": minutes,
        "several_purposes": minutes is not None
        or (who is not None and len(purposes_of(who.organisation_kind)) > 1),
        "DEMO": settings.DEMO,
        "demo_accounts": ACCOUNTS if settings.DEMO else (),
    }


def _minutes_left(who: Actor | None) -> int | None:
    if who is None or not who.purpose:
        return None
    if who.purpose != emergency_purpose(who.organisation_kind):
        return None
    ends = open_emergency(who)
    return 0 if ends is None else max(0, ceil((ends - clock.now()).total_seconds() / 60))
