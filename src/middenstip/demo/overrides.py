# SPDX-License-Identifier: EUPL-1.2
"""The stories in which a case is shared without consent, told through the ordinary door."""

from datetime import date, datetime, time

from middenstip import clock
from middenstip.demo import stories
from middenstip.demo.parties import REGIONS, Parties
from middenstip.thread.models import Case
from middenstip.thread.sharing import override_consent


def happen(parties: Parties, until: date) -> None:
    """Let the coordination point share, soon after midnight of the last day, without consent.

    Of stories that are not there (a smaller country was asked for) nothing is done. Nobody has
    answered yet.
    """
    moment = datetime.combine(until, time(0, 25), clock.AMSTERDAM)
    point = parties.first("coordination_point", REGIONS[0])
    for entry in stories.entries():
        wish = entry.get("override")
        case = Case.objects.filter(person__pseudonym=entry["pseudonym"]).first()
        if not wish or case is None:
            continue
        recipient = parties.first(wish["recipient"], REGIONS[0])
        with clock.at(moment):
            override_consent(
                actor=point,
                case_id=case.pk,
                organisation_id=recipient.organisation_id,
                purpose=wish["purpose"],
                ground=wish["ground"],
                text=wish["text"],
            )
