# SPDX-License-Identifier: EUPL-1.2
"""The law room: every page opens, tells the law of the day asked, survives bad input."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from middenstip.access import services
from middenstip.access.models import Membership
from middenstip.law import selectors
from middenstip.pack.load import load_pack

pytestmark = pytest.mark.django_db
PACK = load_pack("nl")
PLACES = (
    "schemes",
    "duties",
    "guards",
    "flags",
    "purposes",
    "keeping",
    "sources",
    "changes",
)


@pytest.fixture
def member(client: Client) -> Membership:
    organisation = services.create_organisation(actor=None, kind="police", name="Politie Test")
    membership = services.add_member(
        actor=None,
        organisation_id=organisation.id,
        email="agent@test.example",
        display_name="A. Voorbeeld",
    )
    client.force_login(membership.user)
    return membership


def _in(member: Membership, language: str) -> None:
    services.set_language(user=member.user, language=language)


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("place", PLACES)
def test_every_part_opens_in_both_languages(
    client: Client, member: Membership, place: str, language: str
) -> None:
    _in(member, language)
    page = client.get(reverse(f"law:{place}"))
    assert page.status_code == 200
    assert f'lang="{language}"' in page.content.decode()


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_scheme_and_duty_opens(client: Client, member: Membership, language: str) -> None:
    _in(member, language)
    for name, ids in (("scheme", PACK.schemes), ("duty", PACK.duties)):
        for item_id, item in ids.items():
            page = client.get(reverse(f"law:{name}", args=[item_id]))
            assert page.status_code == 200, item_id
            assert item.label[language].encode() in page.content.replace(b"&#x27;", b"'")


def test_a_scheme_not_in_force_that_day_says_between_which_days_it_is(
    client: Client, member: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    _in(member, "en")
    item = PACK.schemes["NL-STAY-01"]
    ended = item.versions[-1].model_copy(
        update={"valid_from": date(2012, 3, 1), "valid_to": date(2015, 8, 31)}
    )
    schemes = PACK.schemes | {"NL-STAY-01": item.model_copy(update={"versions": (ended,)})}
    changed = PACK.model_copy(update={"schemes": schemes})
    monkeypatch.setattr(selectors, "pack", lambda: changed)
    for day in ("2012-02-29", "2015-09-01"):
        for address in (reverse("law:scheme", args=["NL-STAY-01"]), reverse("law:schemes")):
            text = client.get(address, {"on": day}).content.decode()
            assert "from 1 March 2012 to 31 August 2015" in text
            assert "ot in force on" in text
    for day in ("2012-03-01", "2015-08-31"):
        page = client.get(reverse("law:scheme", args=["NL-STAY-01"]), {"on": day})
        assert page.context["scheme"].now is not None


def test_the_version_of_the_day_asked_is_marked(client: Client, member: Membership) -> None:
    _in(member, "en")
    address = reverse("law:scheme", args=["NL-COM-04"])
    for day, words in (("2014-09-01", "25000"), ("2024-09-01", "1000 to 35000")):
        page = client.get(address, {"on": day})
        (current,) = [v for v in page.context["scheme"].versions if v.in_force]
        assert words in current.gives
        assert f"law on 1 September {day[:4]}" in page.content.decode()


def test_a_conflict_between_sources_is_shown_as_such(
    client: Client, member: Membership
) -> None:
    _in(member, "en")
    text = client.get(reverse("law:scheme", args=["NL-STAY-01"])).content.decode()
    assert "Where sources disagree" in text
    assert "The government says: only the victim can end the period early" in text


def test_what_nobody_checked_is_marked_not_verified(client: Client, member: Membership) -> None:
    _in(member, "en")
    text = client.get(reverse("law:scheme", args=["NL-COM-04"])).content.decode()
    assert "not verified" in text


def test_a_house_rule_and_a_target_are_never_called_law(
    client: Client, member: Membership
) -> None:
    _in(member, "en")
    page = client.get(reverse("law:duties"))
    shown = {duty.id: duty.now.basis for duty in page.context["duties"] if duty.now}
    assert shown["notify_coordination_point"] == "house rule, not law"
    assert shown["decide_residence_application"] == "target, not law"
    text = client.get(reverse("law:duty", args=["notify_coordination_point"])).content.decode()
    assert "house rule, not law" in text


@pytest.mark.parametrize(
    "day",
    ["31-02-2014", "2014-02-31", "1900-01-01", "01-01-9999", "x" * 5000, "\x00", "نص", "😀"],
)
@pytest.mark.parametrize("place", PLACES)
def test_a_bad_day_gives_a_message_and_todays_law(
    client: Client, member: Membership, day: str, place: str
) -> None:
    page = client.get(reverse(f"law:{place}"), {"on": day})
    assert page.status_code == 200
    assert page.context["day_form"].errors["on"]
    assert page.context["query"] == ""


def test_an_unknown_scheme_or_duty_is_not_there(client: Client, member: Membership) -> None:
    for name in ("scheme", "duty"):
        assert client.get(reverse(f"law:{name}", args=["NL-NIETS-99"])).status_code == 404


def test_the_matrix_never_lets_anybody_but_a_shelter_see_the_address(
    client: Client, member: Membership
) -> None:
    _in(member, "en")
    rows = client.get(reverse("law:purposes")).context["rows"]
    with_address = [r for r in rows if dict(r.categories)["Address of the shelter"]]
    assert with_address
    assert {kind for row in with_address for kind in row.kinds} == {"Shelter"}


def test_the_matrix_says_what_is_special_about_a_purpose(
    client: Client, member: Membership
) -> None:
    _in(member, "en")
    page = client.get(reverse("law:purposes"))
    marks = {row.id: " ".join(row.marks) for row in page.context["rows"]}
    assert "every notified case" in marks["register_notification"]
    assert "under number" in marks["investigate"]
    assert "Only in an emergency" in marks["save_life"]
    assert marks["judge"] == ""
    assert "Sees every notified case, not only its own." in page.content.decode()


def test_every_term_is_shown_with_what_happens_then_and_its_source(
    client: Client, member: Membership
) -> None:
    _in(member, "en")
    page = client.get(reverse("law:keeping"))
    shown = {item.id: item for item in page.context["kept"]}
    assert set(shown) == set(PACK.retention)
    assert (shown["unsent_notification"].term, shown["unsent_notification"].warning) == (
        "28 days",
        "7 days",
    )
    assert "nobody can read any more who it was" in shown["closed_case"].action
    for item in shown.values():
        assert any(source.confidence == "house rule" for source in item.sources)


def test_a_consent_form_is_shown_whole_on_the_days_that_it_holds(
    client: Client, member: Membership
) -> None:
    _in(member, "en")
    page = client.get(reverse("law:keeping"), {"on": "2014-09-01"})
    assert [form.id for form in page.context["forms"]] == list(PACK.consent_forms)
    text = page.content.decode()
    assert "You keep all your rights" in text or "you keep all your rights" in text
    assert "{" not in "".join(words for f in page.context["forms"] for _, words in f.parts)
    assert "[name of the organisation]" in text


def test_refusals_and_deviations_show_all_of_the_pack(
    client: Client, member: Membership
) -> None:
    assert len(client.get(reverse("law:guards")).context["rules"]) == len(PACK.guards)
    assert len(client.get(reverse("law:flags")).context["rules"]) == len(PACK.flags)
