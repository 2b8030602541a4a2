# SPDX-License-Identifier: EUPL-1.2
"""Who a person is stands apart from the case; the coordination point brings others in."""

from uuid import UUID, uuid4

import pytest

from middenstip import clock
from middenstip.thread import services
from middenstip.thread.records import NewEvent, NewIdentity
from middenstip.thread.selectors import members_of
from tests.desk.conftest import Enter
from tests.thread.chain import Chain

pytestmark = pytest.mark.django_db


@pytest.fixture
def named(chain: Chain) -> UUID:
    """A case whose person has a visibly made-up name and number."""
    return services.open_case(
        actor=chain.police,
        events=[
            NewEvent("indication_seen", clock.today(), {"by": "police"}),
            NewEvent("notified", clock.today(), {"by": "police", "basis": "legal_duty"}),
        ],
        identity=NewIdentity(given_name="Verzonnen", family_name="Voorbeeld", phone="000-123"),
    ).case_id


def test_the_name_is_on_its_own_page_and_not_on_the_case(
    chain: Chain, enter: Enter, named: UUID
) -> None:
    client = enter(chain.police)
    person = client.get(f"/cases/{named}/person/").content.decode()
    assert "Verzonnen" in person
    assert "000-123" in person
    case = client.get(f"/cases/{named}/").content.decode()
    assert "000-123" not in case
    assert f"/cases/{named}/person/" in case


def test_who_is_not_involved_sees_no_name(chain: Chain, enter: Enter, named: UUID) -> None:
    stranger = enter(chain.prosecution)
    answers = [stranger.get(f"/cases/{case}/person/") for case in (named, uuid4())]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert b"Verzonnen" not in answers[0].content


def test_only_the_coordination_point_brings_an_organisation_in(
    chain: Chain, enter: Enter, named: UUID
) -> None:
    address = f"/cases/{named}/person/"
    chosen = {"organisation": str(chain.prosecution.organisation_id)}
    assert enter(chain.police).get(address).context["form"] is None
    enter(chain.police).post(address, chosen)
    assert enter(chain.prosecution).get(address).status_code == 404
    done = enter(chain.coordination_point).post(address, chosen)
    assert done.status_code == 302
    assert enter(chain.prosecution).get(address).status_code == 200
    inside = members_of(actor=chain.coordination_point, case_id=named)
    assert chain.prosecution.organisation_id in {member.organisation_id for member in inside}


@pytest.mark.parametrize("choice", ["", "x", "11111111-2222-4333-8444-555555555555"])
def test_a_wrong_choice_is_told(chain: Chain, enter: Enter, named: UUID, choice: str) -> None:
    answer = enter(chain.coordination_point).post(
        f"/cases/{named}/person/", {"organisation": choice}
    )
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["organisation"]


def test_a_rapporteur_cannot_be_brought_in(chain: Chain, enter: Enter, named: UUID) -> None:
    form = enter(chain.coordination_point).get(f"/cases/{named}/person/").context["form"]
    choices = {value for value, _label in form.fields["organisation"].choices}
    assert str(chain.rapporteur.organisation_id) not in choices
    assert str(chain.prosecution.organisation_id) in choices
