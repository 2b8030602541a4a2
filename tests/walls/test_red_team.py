# SPDX-License-Identifier: EUPL-1.2
"""What somebody with one valid account tries: each of these once opened something, or might."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation

from middenstip import clock
from middenstip.access.acting import acting, deriving
from middenstip.access.actors import Actor
from middenstip.access.models import Membership, User
from middenstip.access.services import add_member
from middenstip.audit.models import ReadEntry
from middenstip.thread import consents, rebuild, reviews, selectors, services, sharing
from middenstip.thread.errors import NotAllowed
from middenstip.thread.models import Involvement
from middenstip.thread.records import NewEvent, Opened
from middenstip.thread.visibility import sight_of
from tests.thread.chain import Chain, member
from tests.thread.test_break_glass import broken, in_emergency
from tests.thread.test_consents import sees, yes
from tests.thread.test_sharing import override

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> None:
    translation.activate("en")


@pytest.fixture
def chain(db: None) -> Chain:
    return Chain()


@pytest.fixture
def ngo(chain: Chain) -> Actor:
    return member("ngo")


@pytest.fixture
def opened(chain: Chain) -> Opened:
    return chain.notified()


def let_in(chain: Chain, opened: Opened, recipient: Actor, purpose: str, *kinds: str) -> UUID:
    """The police write a consent down, and the coordination point shares on it."""
    consent_id = consents.record_consent(
        actor=chain.police, case_id=opened.case_id, consent=yes(recipient, purpose, *kinds)
    )
    sharing.share(
        actor=chain.coordination_point,
        case_id=opened.case_id,
        organisation_id=recipient.organisation_id,
        consent_id=consent_id,
    )
    return consent_id


def test_nobody_lets_themselves_see_more_on_a_consent_they_wrote_down_themselves(
    chain: Chain, opened: Opened, ngo: Actor
) -> None:
    let_in(chain, opened, ngo, "help", "care")
    wider = consents.record_consent(
        actor=ngo,
        case_id=opened.case_id,
        consent=yes(ngo, "help", "identity", "care"),
    )
    with pytest.raises(NotAllowed):
        sharing.share(
            actor=ngo,
            case_id=opened.case_id,
            organisation_id=ngo.organisation_id,
            consent_id=wider,
        )
    assert "identity" not in sight(ngo, opened)
    sharing.share(
        actor=chain.coordination_point,
        case_id=opened.case_id,
        organisation_id=ngo.organisation_id,
        consent_id=wider,
    )
    assert "identity" in sight(ngo, opened)


def test_the_database_takes_no_involvement_on_a_consent_of_the_recipient_itself(
    chain: Chain, opened: Opened, ngo: Actor
) -> None:
    let_in(chain, opened, ngo, "help", "care")
    wider = consents.record_consent(
        actor=ngo, case_id=opened.case_id, consent=yes(ngo, "help", "identity", "care")
    )
    sharing.end_involvement(
        actor=chain.coordination_point,
        case_id=opened.case_id,
        organisation_id=ngo.organisation_id,
        purpose="help",
    )
    with (
        pytest.raises(DatabaseError, match="no matching consent"),
        transaction.atomic(),
        acting(ngo),
        deriving([opened.case_id]),
    ):
        Involvement.objects.create(
            case_id=opened.case_id,
            organisation_id=ngo.organisation_id,
            purpose="help",
            basis="consent",
            reason="notified",
            categories=["identity", "care"],
            consent_id=wider,
        )


def sight(actor: Actor, opened: Opened) -> frozenset[str]:
    with acting(actor):
        return sight_of(actor=actor, case_id=opened.case_id).categories


@pytest.mark.parametrize("type_", ["consent_given", "consent_withdrawn"])
def test_a_decision_on_sharing_does_not_enter_as_a_mere_event(
    chain: Chain, opened: Opened, ngo: Actor, type_: str
) -> None:
    """Or somebody reads "withdrawn" in the thread while the sharing goes on."""
    let_in(chain, opened, ngo, "help", "care")
    fields: dict[str, Any] = {"recipient": "ngo", "purpose": "help", "categories": ["care"]}
    with pytest.raises(ValidationError):
        chain.record(chain.police, opened.case_id, type_, **fields)
    event = chain.record(chain.police, opened.case_id, "rights_explained", **_rights()).events[
        0
    ]
    with pytest.raises(ValidationError):
        services.correct_event(
            actor=chain.police,
            case_id=opened.case_id,
            event_id=event.id,
            replaced_by=NewEvent(type_, clock.today(), fields),
        )


def _rights() -> dict[str, Any]:
    return {"by": "police", "language": "en", "interpreter": False}


def test_a_consent_that_carries_sharing_is_withdrawn_and_not_corrected_away(
    chain: Chain, opened: Opened, ngo: Actor
) -> None:
    let_in(chain, opened, ngo, "help", "care")
    thread = selectors.thread_of(actor=chain.police, case_id=opened.case_id)
    event = next(each for each in thread if each.type == "consent_given")
    with pytest.raises(ValidationError, match="withdraw"):
        services.correct_event(
            actor=chain.police, case_id=opened.case_id, event_id=event.id, replaced_by=None
        )
    assert sees(ngo, opened.case_id)


def test_who_looks_in_an_emergency_opens_no_new_case_either(
    chain: Chain, opened: Opened
) -> None:
    broken(chain.shelter, opened)
    person = in_emergency(chain.shelter)
    with pytest.raises(NotAllowed):
        services.open_case(
            actor=person,
            events=[NewEvent("indication_seen", clock.today(), {"by": "shelter"})],
        )


def test_a_membership_that_has_not_begun_enters_nothing_in_the_database(
    chain: Chain, opened: Opened
) -> None:
    Membership.objects.filter(user_id=chain.police.user_id).update(
        since=clock.today() + timedelta(days=1)
    )
    with pytest.raises(PermissionDenied), acting(chain.police):
        pass


def test_a_form_typed_for_one_organisation_is_not_sent_for_another(
    chain: Chain, opened: Opened
) -> None:
    """An old tab, without script: what stands there was typed as somebody else."""
    user = User.objects.get(pk=chain.police.user_id)
    add_member(
        actor=None,
        organisation_id=chain.coordination_point.organisation_id,
        email=user.email,
        display_name=user.display_name,
    )
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)

    def choose(actor: Actor) -> int:
        page = client.get(reverse("access:choose_organisation"))
        token = str(page.context["csrf_token"])
        return client.post(
            reverse("access:choose_organisation"),
            {"organisation": actor.organisation_id, "csrfmiddlewaretoken": token},
        ).status_code

    assert choose(chain.police) == 302
    address = f"/cases/{opened.case_id}/record/rights_explained/"
    old = client.get(address)
    typed = {
        "csrfmiddlewaretoken": str(old.context["csrf_token"]),
        "version": old.context["form"]["version"].value(),
        "on": clock.today().isoformat(),
        "by": "police",
        "language": "en",
        "interpreter": "no",
    }
    assert choose(chain.coordination_point) == 302
    assert client.post(address, typed).status_code == 403
    kinds = {
        event.organisation_kind
        for event in selectors.thread_of(actor=chain.police, case_id=opened.case_id)
    }
    assert kinds == {"police"}


def test_a_look_at_the_head_of_a_case_is_logged(chain: Chain, opened: Opened) -> None:
    client = Client()
    client.force_login(User.objects.get(pk=chain.police.user_id))
    before = ReadEntry.objects.count()
    assert client.get(f"/api/v1/cases/{opened.case_id}").status_code == 200
    assert ReadEntry.objects.count() == before + 1


def test_reading_the_reason_of_a_broken_glass_is_logged(chain: Chain, opened: Opened) -> None:
    glass = broken(chain.shelter, opened)
    before = ReadEntry.objects.filter(user_id=chain.coordination_point.user_id).count()
    reviews.review_of(actor=chain.coordination_point, override_id=glass.override_id)
    after = ReadEntry.objects.filter(user_id=chain.coordination_point.user_id).count()
    assert after == before + 1


def test_the_day_of_birth_cannot_be_read_off_a_refusal(chain: Chain, ngo: Actor) -> None:
    """The refusal stays (a wrong day does harm); it does not say that there is a birth."""
    opened = chain.notified(facts={"birth_date": "2010-05-05"})
    let_in(chain, opened, ngo, "help", "care")
    before = date(2009, 5, 5)
    with pytest.raises(ValidationError) as refused:
        chain.record(ngo, opened.case_id, "indication_seen", before, by="ngo")
    assert "born" not in str(refused.value)
    with pytest.raises(ValidationError) as told:
        chain.record(chain.police, opened.case_id, "indication_seen", before, by="police")
    assert "born" in str(told.value)


def test_who_was_let_in_for_little_does_not_come_to_see_all_by_recording_something(
    chain: Chain, opened: Opened
) -> None:
    """A statutory task of its own carries who opened the case, was brought in for it, or must
    act; not who a person let in for care, and who then records a trifle.
    """
    youth_care = member("youth_care")
    let_in(chain, opened, youth_care, "protect_child", "care")
    chain.record(youth_care, opened.case_id, "indication_seen", by="youth_care")
    assert sight(youth_care, opened) == {"care"}
    rebuild.rederive(clock.today())
    assert sight(youth_care, opened) == {"care"}
    assert not list(rebuild.check())
    services.involve(
        actor=chain.coordination_point,
        case_id=opened.case_id,
        organisation_id=youth_care.organisation_id,
    )
    assert sight(youth_care, opened) == {"care"}, "brought in again on the same consent"


def test_an_override_that_was_refused_leaves_only_what_one_recorded_oneself(
    chain: Chain, opened: Opened
) -> None:
    guest = member("child_protection")
    override_id = override(chain, opened, guest, purpose="protect_child")
    chain.record(guest, opened.case_id, "indication_seen", by="child_protection")
    reviews.answer_override(
        actor=chain.coordination_point,
        override_id=override_id,
        outcome="not_justified",
        text="Dit kon wachten.",
    )
    assert sight(guest, opened) == frozenset()
    thread = selectors.thread_of(actor=guest, case_id=opened.case_id)
    assert [event.organisation_kind for event in thread] == ["child_protection"]


def test_who_was_in_before_keeps_its_task_when_a_person_consents_as_well(
    chain: Chain,
) -> None:
    youth_care = member("youth_care")
    opened = chain.notified(by=youth_care)
    point = chain.coordination_point
    consent_id = consents.record_consent(
        actor=point,
        case_id=opened.case_id,
        consent=yes(youth_care, "protect_child", "care"),
    )
    sharing.share(
        actor=point,
        case_id=opened.case_id,
        organisation_id=youth_care.organisation_id,
        consent_id=consent_id,
    )
    chain.record(youth_care, opened.case_id, "indication_seen", by="youth_care")
    rebuild.rederive(clock.today())
    assert "health" in sight(youth_care, opened)
    consents.withdraw_consent(actor=point, case_id=opened.case_id, consent_id=consent_id)
    assert "health" in sight(youth_care, opened)
