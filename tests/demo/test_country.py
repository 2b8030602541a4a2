# SPDX-License-Identifier: EUPL-1.2
"""The small country holds everything there is, breaks no rule and knows no future."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from middenstip import clock
from middenstip.access.models import Organisation, User
from middenstip.demo import stories
from middenstip.demo.country import Filled
from middenstip.thread import rebuild
from middenstip.thread.country import FACTS_RECORDED, pack
from middenstip.thread.models import Case, CaseState, DutyRun, Event, FlagRun, Identity, Person
from tests.demo.conftest import PERSONS, UNTIL

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("filled")]


def test_every_event_that_was_told_entered(filled: Filled) -> None:
    assert filled.persons == PERSONS == Case.objects.count()
    assert filled.events == Event.objects.count()
    assert not CaseState.objects.exclude(refused=[]).exists()


def test_every_kind_of_event_happens() -> None:
    happened = set(Event.objects.values_list("type", flat=True))
    assert happened >= pack().events.keys() | {FACTS_RECORDED, "corrected"}


def test_every_scheme_applies_to_somebody() -> None:
    applying = {
        scheme
        for outcomes in CaseState.objects.values_list("outcomes", flat=True)
        for scheme, found in outcomes.items()
        if found["outcome"] == "applies"
    }
    assert applying == set(pack().schemes)


def test_every_duty_begins_for_somebody() -> None:
    assert set(DutyRun.objects.values_list("duty", flat=True)) == set(pack().duties)


def test_every_deviation_is_shown_somewhere() -> None:
    shown = set(FlagRun.objects.values_list("flag", flat=True))
    assert shown == set(pack().flags)


def test_some_duties_are_overdue_and_most_are_not() -> None:
    running = DutyRun.objects.filter(state="running")
    overdue = running.filter(due_on__lt=UNTIL).count()
    assert 0 < overdue < PERSONS / 4
    assert running.count() > overdue


def test_rebuilding_changes_nothing() -> None:
    assert list(rebuild.check()) == []


def test_nothing_lies_after_the_last_day() -> None:
    for on, recorded_at in Event.objects.values_list("on", "recorded_at"):
        assert on <= clock.legal_day(recorded_at) <= UNTIL


def test_moments_rise_along_a_thread() -> None:
    moments: dict[Any, list[Any]] = {}
    for case_id, moment in Event.objects.order_by("case_id", "seq").values_list(
        "case_id", "recorded_at"
    ):
        moments.setdefault(case_id, []).append(moment)
    assert all(found == sorted(found) for found in moments.values())


def test_some_things_are_recorded_long_after_they_happened() -> None:
    days = [
        (clock.legal_day(recorded_at) - on).days
        for on, recorded_at in Event.objects.exclude(type="corrected").values_list(
            "on", "recorded_at"
        )
    ]
    assert max(days) > 30


def test_wrong_entries_stand_beside_their_corrections() -> None:
    corrections = Event.objects.filter(type="corrected")
    replaced = [event.fields["replaced_by"] is not None for event in corrections]
    assert any(replaced)
    assert not all(replaced)


def test_names_and_numbers_are_visibly_made_up() -> None:
    assert 0 < Identity.objects.count() < PERSONS / 2
    made_up = re.compile("Voorbeeld|Verzonnen|Verzinsel|Fictie|Bedacht|Denkbeeld|Proefpersoon")
    for identity in Identity.objects.all():
        assert made_up.search(identity.given_name)
        assert made_up.search(identity.family_name)
        assert re.fullmatch(r"(000-\d{7})?", identity.phone)


def test_accounts_can_receive_no_mail_and_have_no_password() -> None:
    for user in User.objects.all():
        assert user.email.endswith("@demo.example")
        assert not user.has_usable_password()


def test_organisations_are_of_kinds_of_the_pack() -> None:
    kinds = set(Organisation.objects.values_list("kind", flat=True))
    assert kinds <= set(pack().organisation_kinds)
    assert Organisation.objects.filter(kind="police").count() == 5
    assert Organisation.objects.filter(kind="coordination_point").count() == 1


def test_pseudonyms_are_three_words_and_nobody_shares_one() -> None:
    pseudonyms = list(Person.objects.values_list("pseudonym", flat=True))
    assert len(set(pseudonyms)) == PERSONS
    assert all(len(pseudonym.split("-")) == 3 for pseudonym in pseudonyms)


@pytest.mark.parametrize(
    ("pseudonym", "duty", "days_left"),
    [
        ("Tulp-Blauw-Haven", "apply_living_allowance", -10),
        ("Varen-Tien-Kade", "move_from_emergency_bed", -1),
        ("Braam-Stil-Spoor", "alert_on_disappearance", -2),
        ("Mimosa-Ivoor-Wad", "apply_non_temporary_permit", 0),
        ("Mimosa-Ivoor-Wad", "renew_residence_permit", 0),
        ("Peer-Kobalt-Markt", "pay_compensation_advance", 14),
        ("Riet-Zacht-Ven", "place_in_shelter", 0),
        ("Riet-Zacht-Ven", "notify_coordination_point", -1),
        ("Munt-Vijf-Duin", "end_reflection_period", -6),
        ("Haver-Rond-Terp", "leave_protected_reception", -9),
    ],
)
def test_story_shows_the_duty_it_is_told_for(pseudonym: str, duty: str, days_left: int) -> None:
    run = DutyRun.objects.get(case__person__pseudonym=pseudonym, duty=duty, state="running")
    assert run.due_on is not None
    assert (run.due_on - UNTIL).days == days_left
    assert run.owner_id is not None


@pytest.mark.parametrize(
    ("pseudonym", "scheme", "outcome"),
    [
        ("Tulp-Blauw-Haven", "NL-LIV-01", "applies"),
        ("Klaver-Goud-Brug", "NL-STAY-02", "applies"),
        ("Eik-Zeven-Polder", "NL-MIN-02", "applies"),
        ("Lelie-Zilver-Tuin", "NL-LIV-01", "applies"),
        ("Rogge-Koper-Werf", "NL-EU-01", "applies"),
        ("Rogge-Koper-Werf", "NL-COM-06", "applies"),
        ("Mimosa-Ivoor-Wad", "NL-STAY-05B", "applies"),
        ("Salie-Grijs-Plein", "NL-STAY-05A", "unknown"),
        ("Den-Hoog-Dijk", "NL-NPP-01", "applies"),
        ("Den-Hoog-Dijk", "NL-COM-03", "applies"),
        ("Linze-Paars-Gracht", "NL-STAY-03", "applies"),
        ("Linze-Paars-Gracht", "NL-STAY-05C", "applies"),
    ],
)
def test_story_shows_the_scheme_it_is_told_for(
    pseudonym: str, scheme: str, outcome: str
) -> None:
    state = CaseState.objects.get(case__person__pseudonym=pseudonym)
    assert state.outcomes[scheme]["outcome"] == outcome


def test_story_of_the_dismissed_case_waits_for_the_judgement_of_the_ind() -> None:
    state = CaseState.objects.get(case__person__pseudonym="Salie-Grijs-Plein")
    assert state.outcomes["NL-STAY-05A"]["missing"] == ["individual_circumstances_weigh"]


def test_demo_accounts_see_the_stories_of_their_organisation() -> None:
    assert _sees("Politie Voorbeeldstad") >= {"Tulp-Blauw-Haven", "Munt-Vijf-Duin"}
    assert _sees("KMar Luchthaven Verzinsel") >= {"Braam-Stil-Spoor", "Riet-Zacht-Ven"}
    assert _sees("Arbeidsinspectie (demo)") >= {"Rogge-Koper-Werf"}
    assert _sees("Opvang De Verzonnen Haven") >= {"Tulp-Blauw-Haven"}
    assert _sees("CJIB (demo)") >= {"Peer-Kobalt-Markt", "Den-Hoog-Dijk"}
    assert _sees("Nidos (demo)") >= {"Eik-Zeven-Polder", "Braam-Stil-Spoor"}


def test_the_guide_to_the_demo_lists_every_story() -> None:
    text = (Path(django_settings.PACKAGE).parents[1] / "docs/demo.md").read_text("utf-8")
    told = [entry["pseudonym"] for entry in stories.entries()]
    assert [name for name in told if f"`{name}`" not in text] == []


def _sees(organisation: str) -> set[str]:
    names: Iterable[str] = Person.objects.filter(
        cases__involvements__organisation__name=organisation
    ).values_list("pseudonym", flat=True)
    return set(names)
