# SPDX-License-Identifier: EUPL-1.2
"""Before a second file is opened the writer sees likely earlier ones and decides about them."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from middenstip.access.actors import Actor
from middenstip.intake.earlier import joins
from middenstip.intake.models import Draft
from middenstip.linkage import selectors
from middenstip.linkage.models import Likeness, Verdict
from middenstip.thread.models import Case, Identity
from tests.intake.conftest import NEEDS, RIGHTS, WHAT, WHO, begin, fill
from tests.thread.chain import member

pytestmark = pytest.mark.django_db
GROUND = "records_compared"
# Spelt another way by somebody in a hurry.
AGAIN = WHO | {"given_name": "Prooef", "family_name": "Persson"}


@pytest.fixture
def police(actor_of: Callable[..., Actor]) -> Actor:
    return actor_of("police")


@pytest.fixture
def client(police: Actor, client_of: Callable[[Actor], Client]) -> Client:
    return client_of(police)


def written(client: Client, who: dict[str, Any] = WHO) -> str:
    """Fill in a draft and return the address of its check page."""
    draft = begin(client)
    fill(client, draft, WHAT, who, NEEDS, RIGHTS)
    return f"/notify/{draft}/check/"


def sent(client: Client, who: dict[str, Any] = WHO, **answers: Any) -> UUID:
    """Send a notification and return its case."""
    answer = client.post(written(client, who), answers)
    assert answer.status_code == 302, answer.content.decode()
    return UUID(answer["Location"].split("/")[2])


def says(case_id: UUID, verdict: str = "", ground: str = GROUND) -> dict[str, str]:
    """What the page sends about one earlier file."""
    return {"shown": str(case_id), f"{case_id}-verdict": verdict, f"{case_id}-ground": ground}


def others(actor: Actor, case_id: UUID) -> set[UUID]:
    return {each.case_id for each in selectors.others(actor=actor, case_id=case_id)}


def test_the_check_page_shows_the_earlier_file_and_why(client: Client) -> None:
    first = sent(client)
    page = client.get(written(client, AGAIN)).content.decode()
    assert Case.objects.get(pk=first).person.pseudonym in page
    assert f"/cases/{first}/" in page
    assert "29 februari 1992" in page
    assert "Verzonnen" in page


def test_same_is_stored_with_the_sending_and_both_files_show_each_other(
    client: Client, police: Actor
) -> None:
    first = sent(client)
    second = sent(client, AGAIN, **says(first, "same"))
    assert others(police, first) == {second}
    verdict = Verdict.objects.get()
    assert (verdict.ground, verdict.by_id) == (GROUND, police.user_id)
    assert verdict.score is not None
    assert Identity.objects.count() == 2


@pytest.mark.parametrize("verdict", ["different", "unknown"])
def test_different_and_not_knowing_are_stored_too(
    client: Client, police: Actor, verdict: str
) -> None:
    first = sent(client)
    second = sent(client, AGAIN, **says(first, verdict))
    held = selectors.standing(actor=police, one=second, two=first)
    assert held is not None
    assert held.verdict == verdict
    assert others(police, first) == set()


def test_what_nobody_answered_is_kept_for_who_looks_later(
    client: Client, police: Actor
) -> None:
    first = sent(client)
    second = sent(client, AGAIN, **says(first))
    assert not Verdict.objects.exists()
    (item,) = selectors.undecided(actor=police).items
    assert {item.one.case_id, item.two.case_id} == {first, second}


def test_a_likely_file_that_was_not_shown_yet_is_shown_before_anything_is_sent(
    client: Client,
) -> None:
    address = written(client, AGAIN)
    first = sent(client)  # somebody else was quicker
    answer = client.post(address)
    assert answer.status_code == 409
    assert Case.objects.get(pk=first).person.pseudonym in answer.content.decode()
    assert Case.objects.count() == 1
    assert client.post(address, says(first)).status_code == 302
    assert Case.objects.count() == 2


def test_yes_without_a_ground_is_asked_again_and_nothing_chosen_is_lost(
    client: Client,
) -> None:
    first = sent(client)
    answer = client.post(written(client, AGAIN), says(first, "same", ""))
    assert answer.status_code == 409
    page = answer.content.decode()
    chosen = page[: page.index("checked")].rsplit("<input", 1)[1]
    assert 'value="same"' in chosen
    assert Case.objects.count() == 1
    assert Draft.objects.count() == 1


def test_a_forged_file_is_not_there_and_nothing_is_sent(client: Client) -> None:
    first = sent(client)
    theirs = member("police", "Politie elders")
    for forged in (uuid4(), theirs.organisation_id):
        answer = client.post(
            written(client, AGAIN),
            {"shown": [str(first), str(forged)], f"{forged}-verdict": "same",
             f"{forged}-ground": GROUND},
        )  # fmt: skip
        assert answer.status_code == 404
    answer = client.post(written(client, AGAIN), {"shown": "no id"})
    assert answer.status_code == 409
    assert Case.objects.count() == 1
    assert not Likeness.objects.exists()


def test_a_file_that_is_not_shared_is_not_shown_and_delays_nothing(
    client: Client, client_of: Callable[[Actor], Client]
) -> None:
    sent(client_of(member("police", "Politie elders")))
    address = written(client, AGAIN)
    page = client.get(address).content.decode()
    assert Case.objects.get().person.pseudonym not in page
    assert 'id="earlier"' not in page
    assert client.post(address).status_code == 302


def test_an_anonymous_notification_looks_for_nobody(client: Client) -> None:
    sent(client)
    draft = begin(client)
    nameless = {key: WHO[key] for key in ("sex", "nationality_1", "preferred_language")}
    no_bed = {"in_danger": "no", "bed_needed": "no", "children_along": "0"}
    fill(client, draft, WHAT | {"basis": "anonymous"}, nameless, no_bed, RIGHTS)
    assert 'id="earlier"' not in client.get(f"/notify/{draft}/check/").content.decode()


def test_answers_that_contradict_what_was_decided_send_nothing(
    client: Client, police: Actor
) -> None:
    first = sent(client)
    second = sent(client, AGAIN, **says(first, "different"))
    address = written(client)
    both = says(first, "same") | says(second, "same") | {"shown": [str(first), str(second)]}
    answer = client.post(address, both)
    assert answer.status_code == 409
    assert 'id="problems"' in answer.content.decode()
    assert Case.objects.count() == 2
    assert Verdict.objects.count() == 1
    assert client.post(address, both | {f"{second}-verdict": "different"}).status_code == 302
    assert Verdict.objects.count() == 3
    assert len(others(police, first)) == 1


def test_a_notification_sent_twice_decides_once(client: Client) -> None:
    first = sent(client)
    address = written(client, AGAIN)
    answers = [client.post(address, says(first, "same")) for _ in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert Verdict.objects.count() == 1


def test_who_does_not_see_afterwards_who_it_is_cannot_join(
    actor_of: Callable[..., Actor],
) -> None:
    assert joins(actor_of("police"))
    assert joins(actor_of("coordination_point"))
    assert not joins(member("ngo"))
    assert not joins(actor_of("legal_aid"))


def test_the_coordination_point_joins_while_it_notifies(
    client: Client, actor_of: Callable[..., Actor], client_of: Callable[[Actor], Client]
) -> None:
    point = actor_of("coordination_point")
    first = sent(client)
    writer = client_of(point)
    draft = begin(writer)
    fill(writer, draft, WHAT | {"by": "border_police"}, AGAIN, NEEDS, {"told": "no"})
    answer = writer.post(f"/notify/{draft}/check/", says(first, "same"))
    assert answer.status_code == 302, answer.content.decode()
    assert len(others(point, first)) == 1
