# SPDX-License-Identifier: EUPL-1.2
"""Who is brought in at the end: support for who can claim, and who has a new case to look at.

Drawn last, so that nothing that happened before is other for it.
"""

from middenstip.demo.life import Life
from middenstip.demo.tracks.person import Person

# The last days in which somebody who was brought in may have done nothing yet.
NEW = 30
SUPPORTED = 0.995


# Who is asked to look when something happened to somebody lately.
ASKED = (
    ("shelter", "placed_in_shelter", "specialised"),
    ("immigration_service", "reflection_period_started", None),
    ("prosecution", "investigation_opened", None),
    ("prosecution", "complaint_filed", None),
)


def bring_together(life: Life, person: Person) -> None:
    """Let others take part beside those who recorded something; not where it is anonymous."""
    events = [note.event for note in life.notes if note.event is not None]
    if any(event.fields.get("basis") == "anonymous" for event in events):
        return
    told: set[str] = set()
    for event in events:
        told |= event.fields.get("facts", {}).keys()
    if "exploitation_ended_on" in told and life.chance(SUPPORTED):
        # Nearly everybody who can apply to the injury fund agrees to help with it.
        life.bring_in("victim_support")
        life.wishes.setdefault("victim_support", {})
    for kind, type_, of_kind in ASKED:
        if any(
            event.type == type_
            and life.recent(event.on, NEW)
            and event.fields.get("kind") == of_kind
            for event in events
        ):
            life.bring_in(kind)
    if "labour" in person.forms and life.recent(person.seen_on, NEW):
        life.bring_in("labour_inspectorate")
