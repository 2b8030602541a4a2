# SPDX-License-Identifier: EUPL-1.2
"""Who manages organisations, for messages that only a manager should get."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q

from middenstip import clock
from middenstip.access.models import Membership, Role


def manager_addresses(organisation_ids: Iterable[UUID]) -> list[tuple[str, str]]:
    """Return (e-mail address, language) of the managers of today, each once."""
    today = clock.today()
    found = Membership.objects.filter(
        Q(until__isnull=True) | Q(until__gte=today),
        organisation_id__in=list(organisation_ids),
        organisation__is_active=True,
        user__is_active=True,
        is_active=True,
        since__lte=today,
        role=Role.MANAGER,
    )
    return sorted(set(found.values_list("user__email", "user__language")))
