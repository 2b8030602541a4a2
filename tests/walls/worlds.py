# SPDX-License-Identifier: EUPL-1.2
"""Small random worlds, and an oracle of a few lines that says who may see what in them.

The oracle knows only what people did (who recorded, who was named in a consent that stands, was
the case notified) and the pack's table of purposes. It reads no involvement and shares no line
with the program.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from hypothesis import strategies as st

from middenstip import clock
from middenstip.access.actors import Actor
from middenstip.pack.load import load_pack
from middenstip.thread.consents import record_consent, withdraw_consent
from middenstip.thread.errors import EventRefused
from middenstip.thread.models import DutyRun
from middenstip.thread.records import NewConsent, NewEvent, NewIdentity
from middenstip.thread.services import open_case, record_event
from middenstip.thread.sharing import share
from tests.thread.chain import member

PACK = load_pack("nl")
KINDS = (
    "police", "border_police", "coordination_point", "care_coordinator", "shelter",
    "immigration_service", "prosecution", "guardianship", "victim_support", "legal_aid",
)  # fmt: skip
NAMES = ("Zonnetje Verzonnen", "Maantje Bedacht", "Sterre Bestaatniet")
Step = tuple[str, int, int, str]


@dataclass
class Told:
    """One case as the oracle knows it."""

    case_id: UUID
    name: str
    notified: bool
    opener: Actor
    under_number: bool = False
    recorded: list[tuple[UUID, str, int]] = field(default_factory=list)  # who, category, seq
    shared: dict[UUID, tuple[UUID, str, frozenset[str]]] = field(default_factory=dict)
    guests: set[UUID] = field(default_factory=set)


@dataclass
class Sees:
    """What the oracle allows an actor of one case."""

    categories: frozenset[str]
    own: bool
    name: bool


def people() -> list[Actor]:
    """Make two organisations of each kind (one where a country has one) and return an actor for
    each purpose of each.
    """
    actors = []
    for kind in KINDS:
        for number in range(1 if kind in {"coordination_point", "immigration_service"} else 2):
            somebody = member(kind, f"{kind} {number}")
            actors += [
                replace(somebody, purpose=purpose_id)
                for purpose_id, purpose in PACK.purposes.items()
                if kind in purpose.organisation_kinds
                and purpose_id not in {"own_record", "save_life"}
            ]
    return actors


def steps() -> st.SearchStrategy[list[Step]]:
    """What happens in a world: deed, case, person, and a word that the deed may use."""
    return st.lists(
        st.tuples(
            st.sampled_from(["open", "event", "consent", "number", "withdraw"]),
            st.integers(0, 2),
            st.integers(0, 99),
            st.sampled_from(["identity", "health", "money", "justice", "care", "all"]),
        ),
        min_size=4,
        max_size=9,
    )


def build(actors: list[Actor], happened: list[Step]) -> list[Told]:
    """Do the steps that the program lets happen; return the cases as the oracle knows them."""
    world: list[Told] = []
    for deed, case, who, word in happened:
        actor = actors[who % len(actors)]
        if deed == "open" or not world:
            world.append(_open(actors, who, case, word))
            continue
        told = world[case % len(world)]
        with suppress(Http404, PermissionDenied, ValidationError, EventRefused):
            _DEEDS[deed](told, actor, actors[(who * 7 + case) % len(actors)], word)
    return world


def _open(actors: list[Actor], who: int, case: int, word: str) -> Told:
    investigators = [each for each in actors if each.organisation_kind == "police"]
    actor = investigators[who % len(investigators)]
    notified = word != "care"
    day = clock.today() - timedelta(days=5)
    events = [NewEvent("indication_seen", day, {"by": "police"})]
    if notified:
        fields = {"by": "police", "basis": "legal_duty", "bed_needed": who % 2 == 0}
        events.append(NewEvent("notified", day, fields))
    opened = open_case(
        actor=actor,
        events=events,
        facts={"nationalities": ["NG"], "birth_date": "1999-09-17", "serious_injury": True},
        identity=NewIdentity(*NAMES[case].split()),
    )
    told = Told(opened.case_id, NAMES[case], notified, actor)
    told.recorded += [
        (actor.organisation_id, category, seq) for category, seq in _stored(opened.case_id)
    ]
    return told


def _event(told: Told, actor: Actor, other: Actor, word: str) -> None:
    done = record_event(
        actor=actor,
        case_id=told.case_id,
        type="rights_explained" if word != "money" else "reflection_period_offered",
        on=clock.today(),
        fields={"by": actor.organisation_kind}
        | ({"language": "en", "interpreter": False} if word != "money" else {}),
    )
    _add(told, actor, {stored.seq for stored in done.events})


def _number(told: Told, actor: Actor, other: Actor, word: str) -> None:
    """File a complaint under number, by who opened the case: anybody else seldom may."""
    done = record_event(
        actor=told.opener,
        case_id=told.case_id,
        type="complaint_filed",
        on=clock.today(),
        fields={"by": "police", "under_number": True, "domicile": "lawyer"},
    )
    told.under_number = True
    _add(told, told.opener, {stored.seq for stored in done.events})


def _consent(told: Told, actor: Actor, other: Actor, word: str) -> None:
    before = {seq for _, _, seq in told.recorded}
    purpose = PACK.purposes[other.purpose]
    wanted = [c for c in purpose.categories if word == "all" or c in {word, "identity"}]
    consent_id = record_consent(
        actor=actor,
        case_id=told.case_id,
        consent=NewConsent(
            recipient_id=other.organisation_id, purpose=other.purpose, on=clock.today(),
            form="sharing_consent", form_version="", language="nl", interpreter=False,
            how="spoken", explained_by=actor.organisation_kind, categories=tuple(wanted),
        ),
    )  # fmt: skip
    _add(told, actor, {seq for _, seq in _stored(told.case_id)} - before)
    share(
        actor=actor,
        case_id=told.case_id,
        organisation_id=other.organisation_id,
        consent_id=consent_id,
    )
    # Who was let in before it recorded anything does not come to see more by recording.
    if other.organisation_id not in {whom for whom, _, _ in told.recorded}:
        told.guests.add(other.organisation_id)
    # A newer consent for the same takes the place of the older one.
    for key, (whom, why, _) in list(told.shared.items()):
        if (whom, why) == (other.organisation_id, other.purpose):
            del told.shared[key]
    kept = frozenset(wanted or purpose.categories) - {"shelter_address"}
    told.shared[consent_id] = (other.organisation_id, other.purpose, kept)


def _withdraw(told: Told, actor: Actor, other: Actor, word: str) -> None:
    if not told.shared:
        return
    consent_id = sorted(told.shared)[0]
    before = {seq for _, _, seq in told.recorded}
    withdraw_consent(actor=actor, case_id=told.case_id, consent_id=consent_id)
    del told.shared[consent_id]
    _add(told, actor, {seq for _, seq in _stored(told.case_id)} - before)


_DEEDS: dict[str, Any] = {
    "event": _event,
    "number": _number,
    "consent": _consent,
    "withdraw": _withdraw,
}


def _stored(case_id: UUID) -> list[tuple[str, int]]:
    from middenstip.thread.models import Event

    return list(Event.objects.filter(case_id=case_id).values_list("category", "seq"))


def _add(told: Told, actor: Actor, seqs: set[int]) -> None:
    told.recorded += [
        (actor.organisation_id, category, seq)
        for category, seq in _stored(told.case_id)
        if seq in seqs
    ]


def oracle(told: Told, actor: Actor) -> Sees | None:
    """Return what this actor may see of a case, None for nothing at all."""
    purpose, organisation = PACK.purposes[actor.purpose], actor.organisation_id
    own = any(who == organisation for who, _, _ in told.recorded)
    owners = DutyRun.objects.filter(case_id=told.case_id, owner_id=organisation)
    by_law = "legal_duty" in purpose.basis and (
        (own and organisation not in told.guests)
        or owners.exists()
        or (purpose.whole_register and told.notified)
    )
    categories = set(purpose.categories if by_law else ())
    for whom, why, agreed in told.shared.values():
        if (whom, why) == (organisation, actor.purpose):
            categories |= agreed
    if not (own or categories):
        return None
    hidden = told.under_number and not purpose.names_under_number
    return Sees(frozenset(categories), own, "identity" in categories and not hidden)


def events_allowed(told: Told, actor: Actor, sees: Sees) -> set[int]:
    """Return the numbers of the events that the oracle allows."""
    return {
        seq
        for who, category, seq in told.recorded
        if category in sees.categories or who == actor.organisation_id
    }


def each_view(
    actors: list[Actor], world: list[Told]
) -> Iterator[tuple[Actor, dict[UUID, Sees]]]:
    """Yield every actor with what the oracle allows, by case."""
    for actor in actors:
        found = {told.case_id: oracle(told, actor) for told in world}
        yield actor, {case_id: sees for case_id, sees in found.items() if sees is not None}
