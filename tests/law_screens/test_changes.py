# SPDX-License-Identifier: EUPL-1.2
"""What changed in the law: by day, by scheme, and what takes effect by itself on its day."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from middenstip import clock
from middenstip.access import services
from middenstip.access.models import Membership
from middenstip.law import changes, selectors
from middenstip.pack.conditions import Comparison
from middenstip.pack.load import load_pack
from middenstip.pack.model import Pack
from middenstip.rules.assess import assess
from middenstip.web.words import Citation

pytestmark = pytest.mark.django_db
PACK = load_pack("nl")
STAY = "NL-STAY-01"
NEW_DAY = date(2027, 4, 1)


@pytest.fixture
def member(client: Client) -> Membership:
    """Somebody signed in who reads English, a member since long."""
    organisation = services.create_organisation(actor=None, kind="police", name="Politie Test")
    membership = services.add_member(
        actor=None,
        organisation_id=organisation.id,
        email="agent@test.example",
        display_name="A. Voorbeeld",
        since=date(2020, 1, 1),
    )
    services.set_language(user=membership.user, language="en")
    client.force_login(membership.user)
    return membership


@pytest.fixture
def changed(monkeypatch: pytest.MonkeyPatch) -> Pack:
    """A pack in which the reflection period ends for adults on 31 March 2027."""
    item = PACK.schemes[STAY]
    old = item.versions[-1].model_copy(update={"valid_to": date(2027, 3, 31)})
    new = old.model_copy(
        update={
            "valid_from": NEW_DAY,
            "valid_to": None,
            "applies_when": Comparison.model_validate({"fact": "is_minor", "is": True}),
            "changed": {"nl": "Alleen nog voor kinderen.", "en": "For children only."},
        }
    )
    later = item.model_copy(update={"versions": (*item.versions[:-1], old, new)})
    pack = PACK.model_copy(update={"schemes": PACK.schemes | {STAY: later}})
    for room in (selectors, changes):
        monkeypatch.setattr(room, "pack", lambda: pack)
    return pack


def test_a_law_to_come_is_listed_as_coming(
    client: Client,
    member: Membership,
    changed: Pack,
) -> None:
    with clock.at(date(2026, 11, 23)):
        page = client.get(reverse("law:changes"))
    (first, *_rest) = page.context["days"]
    assert (first.day, first.coming) == (NEW_DAY, True)
    assert [c.words for c in first.changes] == ["For children only."]
    assert "to come" in page.content.decode()


def test_on_its_day_the_new_law_holds_without_anybody_doing_anything(
    client: Client,
    member: Membership,
    changed: Pack,
) -> None:
    facts = {"indication": True, "age": 30}
    told = {}
    for moment in (date(2027, 3, 31), NEW_DAY):
        with clock.at(moment):
            page = client.get(reverse("law:scheme_changes", args=[STAY]))
            (now,) = [c for c in page.context["columns"] if c.version.in_force]
            answer = assess(changed, facts=facts, events=(), on=clock.today())
            got = next(s.outcome for s in answer.schemes if s.id == STAY)
            day = next(
                d
                for d in client.get(reverse("law:changes")).context["days"]
                if d.day == NEW_DAY
            )
            told[moment.day] = (now.version.valid_from == NEW_DAY, got, day.coming)
    assert told[31][0] is False
    assert told[31][1] != "does_not_apply"
    assert told[31][2] is True
    assert told[1] == (True, "does_not_apply", False)


def test_versions_stand_side_by_side_with_what_differs(
    client: Client,
    member: Membership,
    changed: Pack,
) -> None:
    page = client.get(reverse("law:scheme_changes", args=[STAY]))
    newest, *_older, oldest = page.context["columns"]
    assert newest.differs == {"condition"}
    assert oldest.differs == frozenset()
    assert page.content.decode().count("differs from the version before") >= 1


def test_only_days_between_the_days_asked_are_shown(
    client: Client,
    member: Membership,
) -> None:
    every = [d.day for d in client.get(reverse("law:changes")).context["days"]]
    assert every == sorted(every, reverse=True)
    day = every[len(every) // 2]
    page = client.get(reverse("law:changes"), {"first": day, "last": day})
    assert [d.day for d in page.context["days"]] == [day]


def test_how_the_law_stood_on_the_first_day_is_no_change() -> None:
    days = changes.changed_days(today=date(2026, 11, 23), first=None, last=None)
    assert min(d.day for d in days) > PACK.header.first_day


def test_every_day_on_which_a_version_takes_over_is_listed() -> None:
    listed = {d.day for d in changes.changed_days(today=date.min, first=None, last=None)}
    for item in PACK.schemes.values():
        for version in item.versions[1:]:
            assert version.valid_from in listed, item.label


def test_every_change_names_its_source() -> None:
    for day in changes.changed_days(today=date(2026, 11, 23), first=None, last=None):
        for change in day.changes:
            assert change.sources, change.label
            assert all(isinstance(s, Citation) and s.url for s in change.sources)


@pytest.mark.parametrize(
    "asked",
    [
        {"first": "01-06-2020", "last": "01-01-2020"},
        {"first": "31-02-2014"},
        {"last": "x" * 3000},
        {"first": "\x00"},
    ],
)
def test_a_bad_period_gives_a_message_and_every_change(
    client: Client,
    member: Membership,
    asked: dict[str, str],
) -> None:
    page = client.get(reverse("law:changes"), asked)
    assert page.status_code == 200
    assert page.context["period_form"].errors
    every = changes.changed_days(today=clock.today(), first=None, last=None)
    assert len(page.context["days"]) == len(every)


def test_an_unknown_scheme_has_no_changes(client: Client, member: Membership) -> None:
    address = reverse("law:scheme_changes", args=["NL-NIETS-99"])
    assert client.get(address).status_code == 404


def test_an_amount_stands_beside_the_version_it_belongs_to(
    client: Client,
    member: Membership,
) -> None:
    told = client.get(reverse("law:scheme", args=["NL-COM-04"]), {"on": "2014-09-01"})
    shown = dict(told.context["scheme"].now.amounts)
    assert shown
    assert any("€" in value for value in shown.values())
