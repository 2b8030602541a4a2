# SPDX-License-Identifier: EUPL-1.2
"""On which basis who may notify whom: the rules of NL-PRIV-01 and R-33.

These are conditions for handing over data, not for what a person is entitled to; the assessment
of a thread does not know them, so that a thread from before keeps its meaning.
"""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from middenstip.access.actors import Actor
from middenstip.pack.cited import Cited
from middenstip.thread.country import pack
from middenstip.thread.errors import only_looking
from middenstip.thread.visibility import in_emergency

LEGAL_DUTY, CONSENT, ANONYMOUS = "legal_duty", "consent", "anonymous"
SEEN, NOTIFIED = "indication_seen", "notified"
# Besluit politiegegevens art. 4:2 lid 1 onder b sub 3 names these, directly or through the
# decree on special investigation services. All others need prior written consent since the AVG.
NOTIFY_BY_DUTY = frozenset({"police", "border_police", "labour_inspectorate"})
CONSENT_NEEDED_SINCE = date(2018, 5, 25)
SOURCES = ("COM-avg", "BPG")


def may_record(kind: str, event: str) -> bool:
    """Tell whether organisations of this kind record events of this type."""
    return kind in pack().events[event].recorded_by


def may_notify(actor: Actor) -> bool:
    """Tell whether this actor can notify: its organisation records notifications.

    Someone who manages accounts opens no case, whoever employs them.
    """
    return may_record(actor.organisation_kind, NOTIFIED) and not actor.is_administrator


def require_notifier(actor: Actor) -> None:
    """PermissionDenied, with the reason, unless this actor can notify.

    Not who looks in an emergency either: from there nothing is recorded.
    """
    if in_emergency(actor):
        raise PermissionDenied(only_looking())
    if not may_notify(actor):
        raise PermissionDenied(
            _("%(organisation)s does not notify. Ask an organisation that does.")
            % {"organisation": actor.organisation_name}
        )


def duty_allowed(kind: str, on: date) -> bool:
    """Tell whether an organisation of this kind could notify by legal duty on a day."""
    return kind in NOTIFY_BY_DUTY or on < CONSENT_NEEDED_SINCE


def basis_problem(kind: str, basis: str, on: date) -> str:
    """Return why this basis is not open to this kind of notifier on a day; empty when it is."""
    if basis != LEGAL_DUTY or duty_allowed(kind, on):
        return ""
    return _(
        "Since 25 May 2018 only the police, the Marechaussee and the labour inspectorate "
        "notify by legal duty. Others need the person's consent beforehand, in writing. "
        "Choose consent, or notify anonymously."
    )


def sources() -> list[Cited]:
    """Return where these rules stand, as the country pack cites it."""
    country = pack()
    purpose = country.purposes["register_notification"]
    return [country.cite(ref) for ref in purpose.sources if ref.source in SOURCES]
