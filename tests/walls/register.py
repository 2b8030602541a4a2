# SPDX-License-Identifier: EUPL-1.2
"""One small register, filled through the doors, with a row in every table that has a wall.

Every value about the person is made up and occurs nowhere else, so that a test can look for it.
"""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from middenstip import clock
from middenstip.access.actors import Actor
from middenstip.access.models import Role
from middenstip.access.selectors import actor_for
from middenstip.access.services import add_member
from middenstip.blindcheck import services as blindcheck
from middenstip.blindcheck.models import CallBack
from middenstip.intake import services as intake
from middenstip.intake.models import ImportedRow
from middenstip.linkage import services as linkage
from middenstip.thread import consents, erasure, reviews, sharing
from middenstip.thread.break_glass import break_glass
from middenstip.thread.models import Event, Notice
from middenstip.thread.records import NewConsent, NewEvent, NewIdentity, Opened
from middenstip.thread.reminders import remind
from middenstip.thread.selectors import thread_of
from middenstip.thread.services import open_case, record_facts
from tests.thread.chain import Chain, member

# Each is one word of letters, or digits, that no other text of the system holds.
SECRETS = {
    "given_name": "Zwaluwmina",
    "family_name": "Kwartelhof",
    "alias": "Regenboogje",
    "phone": "0612345987",
    "birth_date": "1997-03-29",
    "turned_18": "2015-03-29",
    "note": "Littekenlinks",
    "withholding": "Zwijgoveroom",
    "bed_reason": "Bedkelderreden",
    "measure_reason": "Maatregelwoord",
    "dismissed_reason": "Sepotfluister",
    "override_reason": "Spoedbewusteloos",
    "review_answer": "Nagekekenwoord",
    "glass_reason": "Glasdeurmes",
    "glass_answer": "Glasoordeel",
    "removal_reason": "Verwijderverzoek",
    "hold_reason": "Bewaarbevel",
    "refusal_reason": "Weigerwoord",
    "twin_given": "Zwaluwmientje",
    "twin_family": "Kwartelhove",
    "call_name": "Terugbelcollega",
    "call_phone": "0687651122",
    "draft_name": "Conceptnaamke",
    "draft_family": "Conceptachter",
    "draft_note": "Conceptnotitie",
    "draft_phone": "0687654123",
}


@dataclass
class Register:
    """What was made, and who may see how much of it."""

    chain: Chain
    case_id: UUID
    pseudonym: str
    person_id: UUID
    consent_id: UUID
    withdrawn_id: UUID
    override_id: UUID
    glass_id: UUID
    draft_id: UUID
    event_id: UUID
    notice_id: int
    question_id: UUID  # of the ngo, whether the person is known
    call_id: UUID
    twin_id: UUID  # another file of the same person, seen by police and coordination point
    verdict_id: UUID
    ngo: Actor  # sees identity and care, by consent
    withdrawn: Actor  # saw, until the person took the consent back
    clinic: Actor  # sees by an override
    stranger: Actor  # a shelter of another case
    lapsed: Actor  # an override that nobody confirmed in time
    words: dict[str, str] = field(default_factory=lambda: dict(SECRETS))

    def outsiders(self) -> dict[str, Actor]:
        """Who must see nothing of the case, and why."""
        point = self.chain.coordination_point
        return {
            "not involved": self.stranger,
            "police elsewhere": member("police", "Politie elders"),
            "a purpose it was not given": replace(point, purpose="place_in_shelter"),
            "no purpose": replace(self.chain.police, purpose=""),
            "consent withdrawn": self.withdrawn,
            "override lapsed": self.lapsed,
            "an administrator": replace(self.chain.police, is_administrator=True),
        }


def yes(recipient: Actor, purpose: str, *categories: str, **more: Any) -> NewConsent:
    """A consent for some data, written down by the police today."""
    new = NewConsent(
        recipient_id=recipient.organisation_id, purpose=purpose, categories=categories,
        on=clock.today(), form="", form_version="", language="en", interpreter=False,
        how="spoken", explained_by="police",
    )  # fmt: skip
    return replace(new, **more)


def second_person(actor: Actor) -> Actor:
    """A manager of the same organisation."""
    address = f"tweede@{actor.organisation_id}.example"
    add_member(
        actor=None, organisation_id=actor.organisation_id, email=address,
        display_name="B. Voorbeeld", role=Role.MANAGER,
    )  # fmt: skip
    return actor_for(email=address)


def filled() -> Register:
    """Fill a register through the doors of the program, as its people would."""
    chain = Chain()
    words, police = SECRETS, chain.police
    ngo, withdrawn, clinic = member("ngo"), member("victim_support"), member("health_service")
    stranger, lapsed = member("shelter", "Opvang elders"), member("health_service", "Elders")
    day = clock.today() - timedelta(days=20)
    opened = open_case(
        actor=police,
        events=[
            NewEvent("indication_seen", day, {"by": "police"}),
            NewEvent(
                "notified", day, {"by": "police", "basis": "legal_duty", "bed_needed": True}
            ),
        ],
        facts={
            "birth_date": words["birth_date"], "nationalities": ["NG"], "lawful_stay": False,
        },
        identity=NewIdentity(
            given_name=words["given_name"], family_name=words["family_name"],
            alias=words["alias"], phone=words["phone"], note=words["note"],
        ),
    )  # fmt: skip
    case = opened.case_id
    other = open_case(actor=police, events=[NewEvent("indication_seen", day, {"by": "police"})])
    _share(police, other.case_id, yes(stranger, "give_shelter", "identity"))
    _tell(chain, case, day)
    twin, verdict_id = _twin(chain, opened, day)
    consent_id = _share(police, case, yes(ngo, "help", "identity", "care",
                                          withholding=words["withholding"]))  # fmt: skip
    withdrawn_id = _share(police, case, yes(withdrawn, "support_victim", "identity", "justice"))
    consents.withdraw_consent(actor=police, case_id=case, consent_id=withdrawn_id)
    consents.record_consent(
        actor=police, case_id=case, consent=yes(member("legal_aid"), "give_legal_aid",
                                                decision="refused"),
    )  # fmt: skip
    with clock.at(clock.now() - timedelta(hours=25)):
        _override(police, case, lapsed)
    override_id = _override(police, case, clinic)
    reviews.answer_override(
        actor=chain.coordination_point, override_id=override_id, outcome="justified",
        text=words["review_answer"],
    )  # fmt: skip
    glass_id = _glass(chain, opened.pseudonym)
    _removal(chain, case)
    remind(clock.today())
    ImportedRow.objects.create(
        key="a" * 64, content="b" * 64, organisation_id=police.organisation_id, case_id=case
    )
    question_id = _asked(ngo)
    thread_of(actor=police, case_id=case)  # so that the read log holds a look
    return Register(
        chain=chain, case_id=case, pseudonym=opened.pseudonym, person_id=opened.person_id,
        consent_id=consent_id, withdrawn_id=withdrawn_id, override_id=override_id,
        glass_id=glass_id, draft_id=_draft(police), ngo=ngo, withdrawn=withdrawn,
        clinic=clinic, stranger=stranger, lapsed=lapsed,
        event_id=Event.objects.filter(case_id=case).order_by("seq").values_list("pk")[0][0],
        notice_id=Notice.objects.filter(case_id=case).values_list("pk")[0][0],
        question_id=question_id, call_id=CallBack.objects.get(question_id=question_id).pk,
        twin_id=twin, verdict_id=verdict_id,
    )  # fmt: skip


def _twin(chain: Chain, opened: Opened, day: date) -> tuple[UUID, UUID]:
    """Open a second file of the person, found alike and joined by the police."""
    twin = chain.notified(
        on=day, facts={}, identity=NewIdentity(SECRETS["twin_given"], SECRETS["twin_family"])
    )
    police, persons = chain.police, (opened.person_id, twin.person_id)
    linkage.keep_likenesses(actor=police, found=[linkage.Alike(*persons, 8.0, "shipped")])
    verdict = linkage.decide(
        actor=police, one=opened.case_id, two=twin.case_id, verdict="same",
        ground="records_compared",
    )  # fmt: skip
    return twin.case_id, verdict


def _tell(chain: Chain, case: UUID, day: date) -> None:
    """Record something in every free text of an event, and facts of some categories."""
    police, words = chain.police, SECRETS
    chain.record(police, case, "reflection_period_offered", day, by="police")
    chain.record(police, case, "protective_measure_taken", day, measure="security",
                 reason=words["measure_reason"])  # fmt: skip
    chain.record(police, case, "emergency_bed_started", day, planned_nights=3,
                 reason=words["bed_reason"])  # fmt: skip
    record_facts(
        actor=police, case_id=case, facts={"serious_injury": True, "in_danger": True}, on=day
    )
    chain.bring_in(case, chain.prosecution)
    chain.record(chain.prosecution, case, "case_dismissed", kind="policy", conditional=False,
                 reason=words["dismissed_reason"])  # fmt: skip


def _share(by: Actor, case: UUID, consent: NewConsent) -> UUID:
    consent_id = consents.record_consent(actor=by, case_id=case, consent=consent)
    sharing.share(
        actor=by, case_id=case, organisation_id=consent.recipient_id, consent_id=consent_id
    )
    return consent_id


def _override(by: Actor, case: UUID, recipient: Actor) -> UUID:
    return sharing.override_consent(
        actor=by, case_id=case, organisation_id=recipient.organisation_id, purpose="treat",
        ground="life_or_safety", text=f"{SECRETS['override_reason']} op de spoedafdeling",
    )  # fmt: skip


def _glass(chain: Chain, pseudonym: str) -> UUID:
    glass = break_glass(
        actor=chain.shelter, pseudonym=pseudonym, ground="life_or_safety",
        text=f"{SECRETS['glass_reason']}, hij staat nu voor de deur",
    )  # fmt: skip
    assert glass is not None
    reviews.answer_override(
        actor=chain.coordination_point, override_id=glass.override_id, outcome="justified",
        text=SECRETS["glass_answer"],
    )  # fmt: skip
    return glass.override_id


def _removal(chain: Chain, case: UUID) -> None:
    """The person asks for removal; the coordination point says that it cannot be now."""
    point = chain.coordination_point
    asked = erasure.propose_on_request(
        actor=chain.police, case_id=case, text=SECRETS["removal_reason"]
    )
    erasure.place_hold(actor=point, proposal_id=asked, text=SECRETS["hold_reason"])
    erasure.say_no(actor=point, proposal_id=asked, text=SECRETS["refusal_reason"])


def _asked(by: Actor) -> UUID:
    """An organisation asks whether the person is known, and to be called back."""
    asked = blindcheck.Asked(
        SECRETS["given_name"], SECRETS["family_name"], SECRETS["birth_date"]
    )
    question_id = blindcheck.ask(actor=by, asked=asked)
    blindcheck.ask_call(
        actor=by, question_id=question_id, name=SECRETS["call_name"],
        phone=SECRETS["call_phone"],
    )  # fmt: skip
    return question_id


def _draft(writer: Actor) -> UUID:
    draft = intake.begin_draft(actor=writer)
    typed = {
        "given_name": [SECRETS["draft_name"]],
        "family_name": [SECRETS["draft_family"]],
        "note": [SECRETS["draft_note"]],
        "phone": [SECRETS["draft_phone"]],
    }
    intake.save_step(actor=writer, draft_id=draft.id, step=1, typed=typed, settled=False)
    return draft.id
