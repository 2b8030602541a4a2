# SPDX-License-Identifier: EUPL-1.2
"""The pages of sharing: who gets them, bad input, and what they tell to whom."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from middenstip import clock
from middenstip.access.models import Role
from middenstip.thread import consents, sharing
from middenstip.thread.break_glass import break_glass
from middenstip.thread.models import Consent, Override
from middenstip.thread.records import Opened
from tests.desk.conftest import Enter, entered
from tests.thread.chain import Chain, member
from tests.thread.test_consents import yes
from tests.thread.test_sharing import colleague

pytestmark = pytest.mark.django_db
WHY = "Zij belt nu: hij staat voor de deur met een mes."


@pytest.fixture
def opened(chain: Chain) -> Opened:
    return chain.notified()


def pages(case_id: UUID, consent_id: UUID) -> list[str]:
    case = f"/cases/{case_id}"
    return [
        f"{case}/person/",
        f"{case}/consent/",
        f"{case}/consent/{consent_id}/withdraw/",
        f"{case}/stop-sharing/",
        f"{case}/override/",
        f"{case}/end/{uuid4()}/help/",
    ]


def test_who_does_not_see_the_case_gets_the_same_answer_as_for_no_case(
    chain: Chain, opened: Opened
) -> None:
    ngo = member("ngo")
    consent_id = consents.record_consent(
        actor=chain.police, case_id=opened.case_id, consent=yes(ngo, "help", "care")
    )
    for stranger in (chain.prosecution, chain.rapporteur, chain.immigration_service, ngo):
        client = entered(stranger)
        for here, nowhere in zip(
            pages(opened.case_id, consent_id), pages(uuid4(), uuid4()), strict=True
        ):
            answers = client.get(here), client.get(nowhere)
            assert [answer.status_code for answer in answers] == [404, 404], here
        assert (
            client.post(f"/cases/{opened.case_id}/consent/{consent_id}/share/").status_code
            == 404
        )


GOOD = {
    "decision": "given",
    "categories": ["care"],
    "on": "",
    "valid_until": "",
    "language": "en",
    "interpreter": "no",
    "how": "spoken",
    "explained_by": "police",
}
BAD: dict[str, tuple[str, dict[str, Any]]] = {
    "no decision": ("decision", {"decision": ""}),
    "a made-up decision": ("decision", {"decision": "withdrawn"}),
    "no kind of data": ("categories", {"categories": []}),
    "a kind of data too many": ("categories", {"categories": ["health"]}),
    "no day that exists": ("on", {"on": "31-02-2014"}),
    "a day to come": ("on", {"on": "01-01-2100"}),
    "an end before the start": ("valid_until", {"valid_until": "01-01-2001"}),
    "a language that is none": ("language", {"language": "xx"}),
    "control characters": ("withholding", {"withholding": "a\x07b"}),
}


@pytest.mark.parametrize(("field", "wrong"), BAD.values(), ids=BAD.keys())
def test_a_wrong_answer_is_told_at_its_field_and_nothing_is_kept(
    chain: Chain, enter: Enter, opened: Opened, field: str, wrong: dict[str, Any]
) -> None:
    ngo = member("ngo")
    address = f"/cases/{opened.case_id}/consent/?recipient={ngo.organisation_id}:help"
    good = GOOD | {"on": "01-01-2026"}
    answer = enter(chain.police).post(address, good | wrong)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Consent.objects.exists()


@pytest.mark.parametrize(
    "recipient", ["", "x", "x:help", "00000000-0000-4000-8000-000000000000:help"]
)
def test_a_wrong_recipient_asks_again(
    chain: Chain, enter: Enter, opened: Opened, recipient: str
) -> None:
    address = f"/cases/{opened.case_id}/consent/?recipient={recipient}"
    client = enter(chain.police)
    for answer in (client.get(address), client.post(address, GOOD)):
        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == ["recipient"]


def test_a_consent_is_kept_as_it_was_filled_in(
    chain: Chain, enter: Enter, opened: Opened
) -> None:
    ngo = member("ngo")
    address = f"/cases/{opened.case_id}/consent/?recipient={ngo.organisation_id}:help"
    sent = enter(chain.police).post(address, GOOD | {"on": "01-01-2026"})
    assert (sent.status_code, sent["Location"]) == (302, f"/cases/{opened.case_id}/person/")
    row = Consent.objects.get()
    assert (row.purpose, row.categories, row.interpreter) == ("help", ["care"], False)


def test_who_sees_little_is_told_only_of_itself_and_can_stop_the_sharing(
    chain: Chain, enter: Enter, opened: Opened
) -> None:
    ngo = member("ngo")
    consent_id = consents.record_consent(
        actor=chain.police, case_id=opened.case_id, consent=yes(ngo, "help", "care")
    )
    sharing.share(
        actor=chain.police,
        case_id=opened.case_id,
        organisation_id=ngo.organisation_id,
        consent_id=consent_id,
    )
    client = enter(ngo)
    page = client.get(f"/cases/{opened.case_id}/person/")
    assert {line.member.name for line in page.context["members"]} == {"Voorbeeld ngo"}
    assert page.context["unseen"]
    stop = f"/cases/{opened.case_id}/stop-sharing/"
    data = {"organisation": str(ngo.organisation_id), "on": "01-01-2100"}
    assert list(client.post(stop, data).context["form"].errors) == ["on"]
    done = client.post(stop, data | {"on": clock.today().strftime("%d-%m-%Y")})
    assert done.status_code == 302
    lines = client.get(f"/cases/{opened.case_id}/").context["page"].lines
    assert [line.organisation for line in lines] == ["Voorbeeld ngo"], "what it recorded itself"


def test_an_override_needs_the_tick(chain: Chain, enter: Enter, opened: Opened) -> None:
    clinic = member("health_service")
    data = {
        "recipient": f"{clinic.organisation_id}:treat",
        "ground": "life_or_safety",
        "text": WHY,
    }
    address = f"/cases/{opened.case_id}/override/"
    client = enter(chain.police)
    assert list(client.post(address, data).context["form"].errors) == ["sure"]
    assert not Override.objects.exists()
    assert client.post(address, data | {"sure": "on"}).status_code == 302
    assert entered(clinic).get(f"/cases/{opened.case_id}/").status_code == 200


def test_an_emergency_is_not_there_for_who_cannot_use_it(chain: Chain, enter: Enter) -> None:
    for actor in (chain.prosecution, chain.rapporteur, chain.immigration_service):
        assert enter(actor).get("/cases/break-glass/").status_code == 404
        assert b"break-glass" not in enter(actor).get("/").content


def test_every_pseudonym_that_opens_nothing_gets_one_answer_and_tries_are_limited(
    chain: Chain, enter: Enter, opened: Opened
) -> None:
    client = enter(chain.shelter)
    data = {"ground": "life_or_safety", "text": WHY}
    answers = [
        client.post("/cases/break-glass/", data | {"pseudonym": told})
        for told in ("Tulp-Blauw-Nergens", "x", "Tulp-%-Haven", "a b c", "1=1")
    ]
    assert {answer.status_code for answer in answers} == {422}
    assert {str(answer.context["form"].errors["pseudonym"]) for answer in answers} == {
        str(answers[0].context["form"].errors["pseudonym"])
    }
    refused = client.post("/cases/break-glass/", data | {"pseudonym": opened.pseudonym})
    assert refused.status_code == 429
    assert not Override.objects.exists()


def test_in_an_emergency_no_page_records_and_the_head_says_how_long(
    chain: Chain, enter: Enter, opened: Opened
) -> None:
    client = enter(chain.shelter)
    sent = client.post(
        "/cases/break-glass/",
        {"pseudonym": opened.pseudonym, "ground": "life_or_safety", "text": WHY},
    )
    assert sent["Location"] == f"/cases/{opened.case_id}/"
    page = client.get(sent["Location"])
    assert b"Emergency: 60 minutes left" in page.content
    assert b"/record/" not in page.content
    assert page.context["question"] is None
    answer = client.post(
        f"/cases/{opened.case_id}/record/bed_requested/", {"on": "01-01-2026", "version": "9"}
    )
    assert answer.status_code in (403, 422, 404)
    chosen = client.post("/account/purpose/", {"purpose": "give_shelter"})
    assert chosen.status_code == 302
    assert client.get(f"/cases/{opened.case_id}/").status_code == 404


def test_nobody_chooses_a_purpose_of_another_kind(chain: Chain, enter: Enter) -> None:
    client = enter(chain.shelter)
    for purpose in ("investigate", "save_life", "", "curiosity"):
        assert client.post("/account/purpose/", {"purpose": purpose}).status_code == 403


def test_looking_back_is_for_managers_and_the_coordination_point(
    chain: Chain, enter: Enter, opened: Opened
) -> None:
    glass = break_glass(
        actor=chain.shelter, pseudonym=opened.pseudonym, ground="life_or_safety", text=WHY
    )
    assert glass is not None
    manager = colleague(chain.shelter, Role.MANAGER)
    address = f"/reviews/{glass.override_id}/"
    for actor in (chain.shelter, chain.police, colleague(chain.police, Role.MANAGER)):
        assert enter(actor).get(address).status_code == 404
    for actor in (manager, chain.coordination_point):
        assert WHY.encode() in enter(actor).get(address).content
    client = enter(manager)
    wrong = client.post(address, {"outcome": "justified", "text": ""})
    assert list(wrong.context["form"].errors) == ["text"]
    done = client.post(address, {"outcome": "justified", "text": "Er was acuut gevaar"})
    assert done.status_code == 302
    again = client.post(address, {"outcome": "not_justified", "text": "Toch niet"})
    assert again.status_code == 404
    assert Override.objects.get(pk=glass.override_id).outcome == "justified"


def test_who_did_it_reads_that_somebody_else_answers(
    chain: Chain, enter: Enter, opened: Opened
) -> None:
    manager = colleague(chain.shelter, Role.MANAGER)
    glass = break_glass(
        actor=manager, pseudonym=opened.pseudonym, ground="life_or_safety", text=WHY
    )
    assert glass is not None
    page = enter(manager).get(f"/reviews/{glass.override_id}/")
    assert page.context["form"] is None
    assert b"You did this yourself" in page.content


@pytest.mark.parametrize("notice", ["", "x", "999999999", "9" * 30])
def test_a_message_that_is_not_there_cannot_be_read(
    chain: Chain, enter: Enter, notice: str
) -> None:
    answer = enter(chain.police).post("/notices/sharing/read/", {"notice": notice})
    assert answer.status_code == 404
