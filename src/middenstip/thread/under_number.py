# SPDX-License-Identifier: EUPL-1.2
"""A complaint under number: why no name is shown, and where post may go.

That the name itself stays hidden is in `thread.visibility` and, once more, in `thread.walls`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from middenstip import clock
from middenstip.access.acting import as_actor, deriving
from middenstip.access.actors import Actor
from middenstip.rules.fold import corrected_thread
from middenstip.thread.country import COMPLAINT, CORRECTED, pack
from middenstip.thread.derive import Row, as_thread
from middenstip.thread.errors import NotThere
from middenstip.thread.models import Event
from middenstip.thread.store import rows_of
from middenstip.thread.visibility import CONTACT, IDENTITY, look, sight_of, visible_cases

DOMICILE, OWN_ADDRESS = "domicile", "own"


@dataclass(frozen=True, slots=True)
class NameAndPost:
    """What to say beside a name, or in its place.

    `number_only`: the name is hidden because a complaint was filed under number, and this actor
    may know of complaints. `post_via`: the code of the chosen domicile (police station, lawyer,
    shelter), empty where none was chosen or this actor may not see the category `contact`.
    """

    number_only: bool
    post_via: str


@as_actor
def name_and_post(*, actor: Actor, case_id: UUID) -> NameAndPost:
    """Return what stands beside the name of a case; NotThere as `selectors.case_for`."""
    sight = sight_of(actor=actor, case_id=case_id)
    hidden = visible_cases(actor).filter(pk=case_id).values_list("under_number", flat=True)
    under_number = hidden.first()
    if under_number is None:
        raise NotThere
    told = {IDENTITY, pack().events[COMPLAINT].category} <= sight.categories
    post_via = ""
    if CONTACT in sight.categories:
        look(actor, case_id, [CONTACT])
        post_via = _domicile_of(case_id)
    return NameAndPost(under_number and told and not sight.name, post_via)


def _domicile_of(case_id: UUID) -> str:
    with deriving([case_id]):
        if not Event.objects.filter(case_id=case_id, type__in=[COMPLAINT, CORRECTED]).exists():
            return ""
        rows = rows_of([case_id])[case_id]
    return chosen_domicile(rows)


def chosen_domicile(rows: Sequence[Row]) -> str:
    """Return the domicile of the latest complaint in a whole thread that names one, as a code;
    an own address is none. For who may see the category `contact` only.
    """
    if not any(row.type in (COMPLAINT, CORRECTED) for row in rows):
        return ""
    chosen = ""
    for _, event in corrected_thread(as_thread(rows), clock.today()):
        if event.type == COMPLAINT and event.fields.get(DOMICILE):
            chosen = str(event.fields[DOMICILE])
    return "" if chosen == OWN_ADDRESS else chosen
