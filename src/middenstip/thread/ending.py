# SPDX-License-Identifier: EUPL-1.2
"""Ending involvements: they keep their row, with the moment at which they ended."""

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Greatest

from middenstip import clock
from middenstip.thread.models import Involvement


def end_now(involvements: QuerySet[Involvement]) -> int:
    """End those that hold now and return how many; the caller has opened their cases."""
    now = clock.now()
    holding = involvements.filter(Q(until__isnull=True) | Q(until__gt=now))
    return holding.update(until=Greatest(Value(now), F("since")))
