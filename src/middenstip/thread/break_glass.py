# SPDX-License-Identifier: EUPL-1.2
"""Opening one case in an emergency, for one person, for one hour, with a reason.

Somebody on the telephone tells the pseudonym; nothing can be searched. The organisation's
managers and the coordination point are told at once, every look is logged as such, and somebody
else judges it afterwards (`thread.reviews`). In an emergency one looks and does not record.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from middenstip.access import limits
from middenstip.access.acting import as_actor
from middenstip.access.actors import Actor
from middenstip.access.purposes import emergency_purpose
from middenstip.thread.country import pack
from middenstip.thread.errors import NotAllowed
from middenstip.thread.models import Override
from middenstip.thread.sealing import key_for
from middenstip.thread.sharing import clean_reason, reviewers
from middenstip.thread.tasks import mail_managers_of
from middenstip.vault.services import keys_of

LONGEST_PSEUDONYM = 80
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Glass:
    """A case opened in an emergency: to be looked at for `purpose`, until `ends`."""

    override_id: UUID
    case_id: UUID
    purpose: str
    ends: datetime


def may_break_glass(actor: Actor) -> bool:
    """Tell whether this actor's kind of organisation can open a case in an emergency at all."""
    return not actor.is_administrator and bool(emergency_purpose(actor.organisation_kind))


@as_actor
def break_glass(*, actor: Actor, pseudonym: str, ground: str, text: str) -> Glass | None:
    """Open the case with exactly this pseudonym for this person; None when there is none.

    Every try counts for `settings.GLASS_RATE`; `limits.Limited` beyond it. NotAllowed for a
    kind of organisation without the purpose, and ValidationError keyed by argument, before
    anything is looked up: these answers tell nothing of any case.
    """
    if not may_break_glass(actor):
        raise NotAllowed(_("Your organisation cannot open a case in an emergency."))
    purpose = emergency_purpose(actor.organisation_kind)
    told, reason = _checked(pseudonym, ground, text)
    limits.take("break_glass", f"person {actor.user_id}", settings.GLASS_RATE)
    with transaction.atomic():
        found = _break(told, purpose, ground)
        if found is None:
            _log.warning("nobody has the pseudonym that person %s gave", actor.user_id)
            return None
        override_id, case_id, person_id, ends = found
        keys = keys_of([person_id])
        key = key_for(person_id, {case_id: keys[person_id]} if keys else {}, case_id)
        sealed = key.seal(f"override.{override_id}.text", reason)
        Override.objects.filter(pk=override_id).update(text=sealed)
        told_to = reviewers() | {actor.organisation_id}
        mail_managers_of.defer(organisation_ids=sorted(map(str, told_to)))
    return Glass(override_id, case_id, purpose, ends)


def as_told(pseudonym: str) -> str:
    """Return a pseudonym as it is kept, however its three words were typed."""
    words = pseudonym.replace("-", " ").split()
    return "-".join(word[:1].upper() + word[1:].lower() for word in words)


def _checked(pseudonym: str, ground: str, text: str) -> tuple[str, str]:
    problems: dict[str, list[str]] = {}
    told, reason = as_told(pseudonym), ""
    if not told or len(told) > LONGEST_PSEUDONYM or "\0" in told:
        problems["pseudonym"] = [_("Give the three words of the pseudonym.")]
    if ground not in pack().codes_of("override_ground"):
        problems["ground"] = [_("Choose one of the grounds.")]
    try:
        reason = clean_reason(text)
    except ValidationError as error:
        problems |= error.message_dict
    if problems:
        raise ValidationError(dict(problems))
    return told, reason


def _break(told: str, purpose: str, ground: str) -> tuple[UUID, UUID, UUID, datetime] | None:
    """Let the database find the case and open it; see `thread.emergency_walls`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM wall_break_glass(%s, %s, %s)", [told, purpose, ground])
        row: tuple[UUID, UUID, UUID, datetime] | None = cursor.fetchone()
    return row
