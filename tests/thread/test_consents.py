# SPDX-License-Identifier: EUPL-1.2
"""A person decides about each recipient, purpose and kind of data; sharing follows at once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import translation

from middenstip import clock
from middenstip.access.acting import acting, deriving
from middenstip.access.actors import Actor
from middenstip.pack.model import Pack
from middenstip.thread import bulk_sharing, consents, selectors, services, sharing
from middenstip.thread.access_notices import unread_notices
from middenstip.thread.country import pack
from middenstip.thread.errors import NotAllowed, NotThere
from middenstip.thread.models import Basis, Consent, Decision, Involvement, Reason
from middenstip.thread.rebuild import rederive
from middenstip.thread.records import NewConsent, Opened
from tests.thread.chain import Chain, member

pytestmark = pytest.mark.django_db


def yes(recipient: Actor, purpose: str, *categories: str, **more: Any) -> NewConsent:
    """A consent for the named data, as a counter clerk would write it down."""
    new = NewConsent(
        recipient_id=recipient.organisation_id,
        purpose=purpose,
        categories=categories,
        on=clock.today(),
        form="",
        form_version="",
        language="en",
        interpreter=False,
        how="spoken",
        explained_by="police",
    )
    return replace(new, **more)


@pytest.fixture(autouse=True)
def _in_english() -> None:
    translation.activate("en")


@pytest.fixture
def ngo(chain: Chain) -> Actor:
    """An organisation that sees nothing without consent."""
    return member("ngo")


@pytest.fixture
def opened(chain: Chain) -> Opened:
    return chain.notified()


def help_consent(chain: Chain, opened: Opened, ngo: Actor, **more: Any) -> UUID:
    """The person lets the police tell this organisation who they are and what care they get."""
    new = replace(yes(ngo, "help", "identity", "care"), **more)
    return consents.record_consent(actor=chain.police, case_id=opened.case_id, consent=new)


def sees(actor: Actor, case_id: UUID) -> bool:
    """Whether the case is there for this actor, by the program and by the database alone."""
    try:
        selectors.case_for(actor=actor, case_id=case_id)
        by_program = True
    except NotThere:
        by_program = False
    with acting(actor), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM thread_case WHERE id = %s", [case_id])
        by_database = cursor.fetchone() == (1,)
    assert by_program == by_database
    return by_program


def test_a_consent_enters_the_thread_and_opens_nothing_by_itself(
    chain: Chain, opened: Opened, ngo: Actor
) -> None:
    help_consent(chain, opened, ngo)
    thread = selectors.thread_of(actor=chain.police, case_id=opened.case_id)
    assert thread[-1].type == "consent_given"
    assert thread[-1].fields == {
        "recipient": "ngo",
        "purpose": "help",
        "categories": ["identity", "care"],
    }
    assert not sees(ngo, opened.case_id)


def test_sharing_on_a_consent_shows_its_categories_and_no_others(
    chain: Chain, opened: Opened, ngo: Actor
) -> None:
    consent_id = help_consent(chain, opened, ngo)
    sharing.share(
        actor=chain.coordination_point,
        case_id=opened.case_id,
        organisation_id=ngo.organisation_id,
        consent_id=consent_id,
    )
    assert sees(ngo, opened.case_id)
    seen = {event.category for event in selectors.thread_of(actor=ngo, case_id=opened.case_id)}
    assert seen <= {"identity", "care"}
    chain.record(chain.police, opened.case_id, "investigation_opened", by="police")
    assert "justice" not in {
        event.category for event in selectors.thread_of(actor=ngo, case_id=opened.case_id)
    }


def test_who_wrote_the_consent_down_shares_too_and_nobody_else(
    chain: Chain, opened: Opened, ngo: Actor
) -> None:
    consent_id = help_consent(chain, opened, ngo)
    share = {
        "case_id": opened.case_id,
        "organisation_id": ngo.organisation_id,
        "consent_id": consent_id,
    }
    with pytest.raises(NotThere):
        sharing.share(actor=chain.prosecution, **share)
    services.involve(
        actor=chain.coordination_point,
        case_id=opened.case_id,
        organisation_id=chain.prosecution.organisation_id,
    )
    with pytest.raises(NotAllowed):
        sharing.share(actor=chain.prosecution, **share)
    sharing.share(actor=chain.police, **share)
    assert sees(ngo, opened.case_id)


def test_consent_for_one_organisation_does_not_open_another(
    chain: Chain, opened: Opened, ngo: Actor
) -> None:
    consent_id = help_consent(chain, opened, ngo)
    other = member("ngo", "Voorbeeld ander")
    with pytest.raises(ValidationError, match="no such consent"):
        sharing.share(
            actor=chain.coordination_point,
            case_id=opened.case_id,
            organisation_id=other.organisation_id,
            consent_id=consent_id,
        )
    with pytest.raises(ValidationError, match="needs consent first"):
        sharing.share(
            actor=chain.coordination_point,
            case_id=opened.case_id,
            organisation_id=other.organisation_id,
        )
    assert not sees(other, opened.case_id)


def bypass(chain: Chain, opened: Opened, **values: Any) -> None:
    """Insert an involvement past the service, as the program's role."""
    row = {
        "case_id": opened.case_id,
        "basis": Basis.CONSENT,
        "reason": Reason.NOTIFIED,
        "categories": ["identity"],
    }
    with (
        transaction.atomic(),
        acting(chain.coordination_point),
        deriving([opened.case_id]),
    ):
        Involvement.objects.create(**row | values)


BYPASSES: dict[str, Callable[[Actor, Actor, Actor, Consent], dict[str, Any]]] = {
    "for another organisation": lambda ngo, other, care, consent: {
        "organisation_id": other.organisation_id,
        "purpose": "help",
        "consent": consent,
    },
    "for a kind of data that was not named": lambda ngo, other, care, consent: {
        "organisation_id": ngo.organisation_id,
        "purpose": "help",
        "consent": consent,
        "categories": ["contact"],
    },
    "for another purpose": lambda ngo, other, care, consent: {
        "organisation_id": care.organisation_id,
        "purpose": "coordinate_care",
        "consent": consent,
    },
    "by a statutory task that it does not have": lambda ngo, other, care, consent: {
        "organisation_id": ngo.organisation_id,
        "purpose": "help",
        "basis": Basis.LEGAL_DUTY,
    },
}


@pytest.mark.parametrize("values", BYPASSES.values(), ids=BYPASSES.keys())
def test_the_database_refuses_what_no_consent_carries(
    chain: Chain, opened: Opened, ngo: Actor, values: Any
) -> None:
    consent = Consent.objects.get(pk=help_consent(chain, opened, ngo))
    other = member("ngo", "Voorbeeld ander")
    with pytest.raises(IntegrityError, match=r"no matching consent|no such purpose, basis"):
        bypass(chain, opened, **values(ngo, other, chain.care_coordinator, consent))


def test_the_database_takes_what_the_consent_carries(
    chain: Chain, opened: Opened, ngo: Actor
) -> None:
    consent = Consent.objects.get(pk=help_consent(chain, opened, ngo))
    bypass(
        chain,
        opened,
        organisation_id=ngo.organisation_id,
        purpose="help",
        consent=consent,
    )
    assert sees(ngo, opened.case_id)


def test_withdrawing_ends_the_sharing_at_once_and_tells_the_recipient(
    chain: Chain, opened: Opened, ngo: Actor
) -> None:
    consent_id = help_consent(chain, opened, ngo)
    share(chain, opened, ngo, consent_id)
    assert sees(ngo, opened.case_id)
    consents.withdraw_consent(
        actor=chain.coordination_point, case_id=opened.case_id, consent_id=consent_id
    )
    assert not sees(ngo, opened.case_id)
    notices, _total = unread_notices(actor=ngo, length=9)
    assert [(each.kind, each.case_id) for each in notices] == [
        ("consent_withdrawn", None),
        ("involved", None),
    ]
    thread = selectors.thread_of(actor=chain.police, case_id=opened.case_id)
    assert thread[-1].type == "consent_withdrawn"


def share(chain: Chain, opened: Opened, recipient: Actor, consent_id: UUID) -> None:
    sharing.share(
        actor=chain.coordination_point,
        case_id=opened.case_id,
        organisation_id=recipient.organisation_id,
        consent_id=consent_id,
    )


def test_what_an_organisation_recorded_itself_stays_after_the_withdrawal(
    chain: Chain, opened: Opened, ngo: Actor
) -> None:
    consent_id = help_consent(chain, opened, ngo)
    share(chain, opened, ngo, consent_id)
    chain.record(
        ngo, opened.case_id, "rights_explained", by="ngo", language="en", interpreter=False
    )
    consents.withdraw_consent(actor=chain.police, case_id=opened.case_id, consent_id=consent_id)
    own = selectors.thread_of(actor=ngo, case_id=opened.case_id)
    assert {event.organisation_id for event in own} == {ngo.organisation_id}


def test_a_withdrawn_consent_carries_nothing_any_more(
    chain: Chain, opened: Opened, ngo: Actor
) -> None:
    consent_id = help_consent(chain, opened, ngo)
    consents.withdraw_consent(actor=chain.police, case_id=opened.case_id, consent_id=consent_id)
    assert unread_notices(actor=ngo, length=9) == ([], 0), "it never knew of this person"
    with pytest.raises(ValidationError, match="took this consent back"):
        share(chain, opened, ngo, consent_id)
    with pytest.raises(IntegrityError, match="no matching consent"):
        bypass(
            chain,
            opened,
            organisation_id=ngo.organisation_id,
            purpose="help",
            consent_id=consent_id,
        )
    with pytest.raises(NotThere):
        consents.withdraw_consent(
            actor=chain.police, case_id=opened.case_id, consent_id=consent_id
        )


def test_withdrawing_takes_back_every_consent_for_that_purpose(
    chain: Chain, opened: Opened, ngo: Actor
) -> None:
    first = help_consent(chain, opened, ngo)
    second = help_consent(chain, opened, ngo)
    share(chain, opened, ngo, first)
    consents.withdraw_consent(actor=chain.police, case_id=opened.case_id, consent_id=second)
    assert not sees(ngo, opened.case_id)
    with pytest.raises(ValidationError, match="took this consent back"):
        share(chain, opened, ngo, first)


def test_a_newer_consent_takes_the_place_of_an_older_one(
    chain: Chain, opened: Opened, ngo: Actor
) -> None:
    share(chain, opened, ngo, help_consent(chain, opened, ngo))
    narrower = consents.record_consent(
        actor=chain.police, case_id=opened.case_id, consent=yes(ngo, "help", "care")
    )
    share(chain, opened, ngo, narrower)
    share(chain, opened, ngo, narrower)
    members = selectors.members_of(actor=chain.police, case_id=opened.case_id)
    assert [each.purpose for each in members if each.kind == "ngo"] == ["help"]
    assert selectors.identity_of(actor=ngo, case_id=opened.case_id) is None


def test_a_refusal_is_kept_opens_nothing_and_is_no_event(
    chain: Chain, opened: Opened, ngo: Actor
) -> None:
    before = len(selectors.thread_of(actor=chain.police, case_id=opened.case_id))
    refusal = consents.record_consent(
        actor=chain.police,
        case_id=opened.case_id,
        consent=yes(ngo, "help", decision=Decision.REFUSED),
    )
    assert len(selectors.thread_of(actor=chain.police, case_id=opened.case_id)) == before
    with pytest.raises(ValidationError, match="refused"):
        share(chain, opened, ngo, refusal)
    with pytest.raises(IntegrityError, match="no matching consent"):
        bypass(
            chain,
            opened,
            organisation_id=ngo.organisation_id,
            purpose="help",
            consent_id=refusal,
        )


def test_a_refusal_cannot_stand_beside_a_consent_that_holds(
    chain: Chain, opened: Opened, ngo: Actor
) -> None:
    help_consent(chain, opened, ngo)
    with pytest.raises(ValidationError, match="record its withdrawal"):
        consents.record_consent(
            actor=chain.police,
            case_id=opened.case_id,
            consent=yes(ngo, "help", decision=Decision.REFUSED),
        )


def test_a_consent_runs_out_on_the_day_after_its_last(
    chain: Chain, opened: Opened, ngo: Actor
) -> None:
    last = clock.today() + timedelta(days=3)
    consent_id = help_consent(chain, opened, ngo, valid_until=last)
    share(chain, opened, ngo, consent_id)
    with clock.at(last):
        selectors.case_for(actor=ngo, case_id=opened.case_id)
    with clock.at(last + timedelta(days=1)):
        with pytest.raises(NotThere):
            selectors.case_for(actor=ngo, case_id=opened.case_id)
        with pytest.raises(ValidationError, match="run out"):
            share(chain, opened, ngo, consent_id)


def test_an_involvement_never_outlasts_its_consent_in_the_database(
    chain: Chain, opened: Opened, ngo: Actor
) -> None:
    last = clock.today() + timedelta(days=3)
    consent_id = help_consent(chain, opened, ngo, valid_until=last)
    for until in (None, clock.end_of(last) + timedelta(seconds=1)):
        with pytest.raises(IntegrityError, match="no matching consent"):
            bypass(
                chain,
                opened,
                organisation_id=ngo.organisation_id,
                purpose="help",
                consent_id=consent_id,
                until=until,
            )


def test_a_duty_finds_another_owner_when_consent_has_run_out(chain: Chain) -> None:
    opened = chain.notified()
    last = clock.today() + timedelta(days=3)
    consent_id = consents.record_consent(
        actor=chain.police,
        case_id=opened.case_id,
        consent=yes(
            chain.care_coordinator, "coordinate_care", "residence", "money", valid_until=last
        ),
    )
    share(chain, opened, chain.care_coordinator, consent_id)
    chain.record(chain.police, opened.case_id, "reflection_period_started")

    def owners() -> set[Any]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT DISTINCT owner_id FROM thread_dutyrun"
                " WHERE case_id = %s AND owner_kind = 'care_coordinator'",
                [opened.case_id],
            )
            return {owner for (owner,) in cursor.fetchall()}

    assert owners() == {chain.care_coordinator.organisation_id}
    with clock.at(last + timedelta(days=1)):
        rederive(clock.today(), case_ids=[opened.case_id])
    assert owners() == {None}


BAD: dict[str, tuple[str, dict[str, Any]]] = {
    "an organisation that is not there": ("recipient_id", {"recipient_id": uuid4()}),
    "a purpose of another kind": ("purpose", {"purpose": "treat"}),
    "a purpose that is not there": ("purpose", {"purpose": "curiosity"}),
    "a kind of data too many": ("categories", {"categories": ("identity", "health")}),
    "no kind of data": ("categories", {"categories": ()}),
    "a language that is not there": ("language", {"language": "xx"}),
    "a way that is not there": ("how", {"how": "by dream"}),
    "somebody who is not there": ("explained_by", {"explained_by": "astrologer"}),
    "a day to come": ("on", {"on": date(2100, 1, 1)}),
    "a last day before the first": ("valid_until", {"valid_until": date(2000, 1, 1)}),
    "a form that is not there": ("form", {"form": "handshake", "form_version": "1"}),
    "a version that is not there": ("form", {"form": "sharing_consent", "form_version": "0"}),
    "a withdrawal as a decision": ("decision", {"decision": "withdrawn"}),
    "words without end": ("withholding", {"withholding": "x" * 2001}),
}


@pytest.mark.parametrize(("field", "wrong"), BAD.values(), ids=BAD.keys())
def test_what_makes_no_valid_consent_is_told_at_its_field(
    chain: Chain, opened: Opened, ngo: Actor, field: str, wrong: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError) as refused:
        help_consent(chain, opened, ngo, **wrong)
    assert list(refused.value.message_dict) == [field]
    assert not Consent.objects.exists()


def test_nobody_consents_to_what_rests_on_a_statutory_task(
    chain: Chain, opened: Opened
) -> None:
    with pytest.raises(ValidationError) as refused:
        consents.record_consent(
            actor=chain.police,
            case_id=opened.case_id,
            consent=yes(chain.prosecution, "prosecute", "identity"),
        )
    assert list(refused.value.message_dict) == ["recipient_id"]


def test_where_somebody_stays_is_never_shared_by_consent(chain: Chain, opened: Opened) -> None:
    assert "shelter_address" not in bulk_sharing.shareable("give_shelter")
    with pytest.raises(ValidationError) as refused:
        consents.record_consent(
            actor=chain.police,
            case_id=opened.case_id,
            consent=yes(chain.shelter, "give_shelter", "shelter", "shelter_address"),
        )
    assert list(refused.value.message_dict) == ["categories"]


def test_the_words_that_were_used_are_those_of_the_form_of_that_day(
    chain: Chain, opened: Opened, ngo: Actor
) -> None:
    row = Consent.objects.get(pk=help_consent(chain, opened, ngo))
    country: Pack = pack()
    form, version = country.consent_form("help", clock.today())
    assert (row.form, row.form_version) == (form, version.version)


def test_what_must_not_be_told_is_sealed_and_kept_from_the_recipient(
    chain: Chain, opened: Opened, ngo: Actor
) -> None:
    help_consent(chain, opened, ngo, withholding="Niets over mijn kind")
    with connection.cursor() as cursor:
        cursor.execute("SELECT withholding FROM thread_consent")
        (stored,) = cursor.fetchone()
    assert "kind" not in stored
    told = {
        actor.organisation_kind: consents.consents_of(actor=actor, case_id=opened.case_id)[0]
        for actor in (chain.police, chain.coordination_point)
    }
    assert {each.withholding for each in told.values()} == {"Niets over mijn kind"}
    consent_id = told["police"].id
    share(chain, opened, ngo, consent_id)
    (seen,) = consents.consents_of(actor=ngo, case_id=opened.case_id)
    assert seen.id == consent_id
    assert seen.withholding == ""


def test_others_are_told_of_their_own_consents_only(
    chain: Chain, opened: Opened, ngo: Actor
) -> None:
    share(chain, opened, ngo, help_consent(chain, opened, ngo))
    consents.record_consent(
        actor=chain.police,
        case_id=opened.case_id,
        consent=yes(chain.shelter, "give_shelter", "shelter"),
    )
    assert len(consents.consents_of(actor=chain.police, case_id=opened.case_id)) == 2
    mine = consents.consents_of(actor=ngo, case_id=opened.case_id)
    assert [each.recipient_id for each in mine] == [ngo.organisation_id]
    with pytest.raises(NotThere):
        consents.consents_of(actor=chain.shelter, case_id=opened.case_id)


def test_who_sees_little_still_writes_down_that_somebody_stops_the_sharing(
    chain: Chain, opened: Opened, ngo: Actor
) -> None:
    share(chain, opened, ngo, help_consent(chain, opened, ngo))
    shelter_consent = consents.record_consent(
        actor=chain.police,
        case_id=opened.case_id,
        consent=yes(chain.shelter, "give_shelter", "shelter"),
    )
    share(chain, opened, chain.shelter, shelter_consent)
    consents.withdraw_all_from(
        actor=ngo, case_id=opened.case_id, recipient_id=chain.shelter.organisation_id
    )
    assert not sees(chain.shelter, opened.case_id)
    assert sees(ngo, opened.case_id)
    consents.withdraw_all_from(
        actor=ngo, case_id=opened.case_id, recipient_id=chain.prosecution.organisation_id
    )


@pytest.mark.parametrize("work", ["record", "withdraw"])
def test_who_does_not_see_the_case_records_and_withdraws_nothing(
    chain: Chain, opened: Opened, ngo: Actor, work: str
) -> None:
    consent_id = help_consent(chain, opened, ngo)
    new, case_id = yes(ngo, "help", "care"), opened.case_id
    works: dict[str, Callable[[Actor], object]] = {
        "record": lambda who: consents.record_consent(actor=who, case_id=case_id, consent=new),
        "withdraw": lambda who: consents.withdraw_consent(
            actor=who, case_id=case_id, consent_id=consent_id
        ),
    }
    with pytest.raises(NotThere):
        works[work](chain.prosecution)


def test_every_kind_that_can_see_a_case_can_write_a_decision_down() -> None:
    kinds = {
        kind
        for purpose_id, purpose in pack().purposes.items()
        if not purpose.emergency and purpose.categories and purpose_id != "own_record"
        for kind in purpose.organisation_kinds
    }
    for event in ("consent_given", "consent_withdrawn"):
        assert kinds <= set(pack().events[event].recorded_by)


def test_a_decision_is_never_changed_or_removed(
    chain: Chain, opened: Opened, ngo: Actor, as_program_role: Any
) -> None:
    help_consent(chain, opened, ngo)
    for statement in (
        "UPDATE thread_consent SET decision = 'refused'",
        "DELETE FROM thread_consent",
    ):
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            as_program_role(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
