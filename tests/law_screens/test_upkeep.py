# SPDX-License-Identifier: EUPL-1.2
"""Who keeps the law sees what to check again, what lapses, and what is not translated."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from middenstip.access import services
from middenstip.access.models import Membership
from middenstip.law import upkeep
from middenstip.pack.load import load_pack

pytestmark = pytest.mark.django_db
PACK = load_pack("nl")
TODAY = date(2026, 11, 23)


def somebody(client: Client, kind: str, *, administrator: bool = False) -> Membership:
    """Sign in a member of an organisation of a kind, in English."""
    organisation = services.create_organisation(actor=None, kind=kind, name="Test")
    membership = services.add_member(
        actor=None,
        organisation_id=organisation.id,
        email="iemand@test.example",
        display_name="A. Voorbeeld",
    )
    if administrator:
        services.make_administrator(actor=None, user_id=membership.user_id)
    services.set_language(user=membership.user, language="en")
    client.force_login(membership.user)
    return membership


@pytest.mark.parametrize("name", ["law:keeping_up", "law:coverage"])
@pytest.mark.parametrize(
    ("kind", "administrator", "status"),
    [
        ("coordination_point", False, 200),
        ("police", True, 200),
        ("police", False, 403),
        ("rapporteur", False, 403),
    ],
)
def test_the_page_is_for_who_keeps_the_law(
    client: Client, name: str, kind: str, administrator: bool, status: int
) -> None:
    somebody(client, kind, administrator=administrator)
    assert client.get(reverse(name)).status_code == status
    tabs = client.get(reverse("law:schemes")).context["tabs"]
    shown = [tab for tab in tabs if tab["href"].startswith(reverse("law:keeping_up"))]
    assert bool(shown) == (status == 200)


def test_every_item_with_a_source_has_its_last_check() -> None:
    found = upkeep.checked_items(today=TODAY)
    ids = {item.id for item in found}
    assert {*PACK.schemes, *PACK.duties, *PACK.guards, *PACK.flags} <= ids
    assert [item.checked_on for item in found] == sorted(item.checked_on for item in found)


def test_an_item_is_as_old_and_as_sure_as_its_weakest_source() -> None:
    found = {item.id: item for item in upkeep.checked_items(today=TODAY)}
    for scheme_id, item in PACK.schemes.items():
        refs = [ref for version in item.versions for ref in version.sources]
        days = [r.checked_on or PACK.sources[r.source].checked_on for r in refs]
        assert found[scheme_id].checked_on == min(days)
        unsure = any(ref.confidence == "unverified" for ref in refs)
        assert found[scheme_id].sure is not unsure


def test_a_check_is_old_after_six_months() -> None:
    for day, old in ((date(2026, 8, 28), False), (date(2026, 9, 1), True)):
        by_id = {item.id: item for item in upkeep.checked_items(today=day)}
        assert by_id["NL-STAY-01"].checked_on == date(2026, 2, 28)
        assert by_id["NL-STAY-01"].old is old


def test_what_ends_within_a_year_with_nothing_after_it_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    item = PACK.schemes["NL-STAY-01"]
    last = item.versions[-1].model_copy(update={"valid_to": date(2027, 6, 30)})
    ending = item.model_copy(update={"versions": (*item.versions[:-1], last)})
    pack = PACK.model_copy(update={"schemes": PACK.schemes | {"NL-STAY-01": ending}})
    monkeypatch.setattr(upkeep, "pack", lambda: pack)
    label = item.label["nl"]

    def told(today: date) -> list[bool]:
        return [one.late for one in upkeep.lapses(today=today) if one.label == label]

    assert told(date(2026, 6, 29)) == []
    assert told(date(2026, 6, 30)) == [False]
    assert told(date(2027, 7, 1)) == [True]
    assert told(date(2028, 7, 1)) == []


def test_a_figure_is_looked_for_while_law_of_today_names_it() -> None:
    told = {lapse.label for lapse in upkeep.lapses(today=TODAY)}
    named = {a for version in PACK.schemes_on(TODAY).values() for a in version.amounts}
    ever = {a for item in PACK.schemes.values() for v in item.versions for a in v.amounts}
    ran_out = {k for k, amount in PACK.amounts.items() if amount.on(TODAY) is None}
    assert ran_out & named or ran_out - ever
    for key in ran_out:
        assert (PACK.amounts[key].label["nl"] in told) == (key in named or key not in ever), key


def test_a_calendar_of_holidays_that_runs_out_is_named() -> None:
    assert "2030" not in str([lapse.day for lapse in upkeep.lapses(today=TODAY)])
    assert date(2030, 12, 31) in [lapse.day for lapse in upkeep.lapses(today=date(2030, 2, 1))]


def test_the_page_names_contacts_to_call_again(client: Client) -> None:
    somebody(client, "coordination_point")
    page = client.get(reverse("law:keeping_up"))
    shown = {contact.id for contact in page.context["contacts"]}
    never = {k for k, contact in PACK.directory.items() if contact.checked_on is None}
    assert never <= shown
    assert "never checked" in page.content.decode()


def test_what_is_not_covered_tells_why(client: Client) -> None:
    somebody(client, "coordination_point")
    text = client.get(reverse("law:coverage")).content.decode()
    assert "NL-STAY-01" in text
    assert "not covered" in text
