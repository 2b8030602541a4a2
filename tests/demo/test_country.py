# SPDX-License-Identifier: EUPL-1.2
"""The small country holds everything there is, breaks no rule and knows no future."""

import re
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from middenstip import clock
from middenstip.access.models import Organisation, User
from middenstip.access.purposes import duty_purposes
from middenstip.demo import stories
from middenstip.demo.country import Filled
from middenstip.thread import rebuild
from middenstip.thread.country import (
    FACTS_RECORDED,
    NOT_SAME_PERSON,
    SAME_PERSON,
    SAME_PERSON_OPEN,
    pack,
)
from middenstip.thread.models import (
    AccessNotice,
    Case,
    CaseState,
    Consent,
    DutyRun,
    Event,
    FlagRun,
    Identity,
    Involvement,
    Override,
    Person,
)
from middenstip.thread.sealing import IDENTITY_COLUMNS, open_identity
from middenstip.vault.services import keys_of
from tests.demo.conftest import PERSONS, UNTIL

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("filled")]


def test_every_event_that_was_told_entered(filled: Filled) -> None:
    assert filled.persons == PERSONS == Case.objects.count()
    assert filled.events == Event.objects.count()
    assert not CaseState.objects.exclude(refused=[]).exists()


def test_every_kind_of_event_happens() -> None:
    happened = set(Event.objects.values_list("type", flat=True))
    # Whether two files are of one person nobody decided yet: that is for who tries the demo.
    decided = {SAME_PERSON, NOT_SAME_PERSON, SAME_PERSON_OPEN}
    assert happened >= pack().events.keys() - decided | {FACTS_RECORDED, "corrected"}


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
    with clock.at(UNTIL):
        assert list(rebuild.check()) == []


def test_a_consent_that_ran_out_since_is_no_fault_of_the_derivation() -> None:
    ran_out = Involvement.objects.filter(
        until__gte=clock.end_of(UNTIL), until__lt=clock.now(), basis="consent"
    )
    assert ran_out.exists()
    assert list(rebuild.check()) == []


def test_nearly_every_duty_that_runs_has_somebody_who_must_do_it() -> None:
    running = DutyRun.objects.filter(state="running")
    assert running.filter(owner_id=None).count() < PERSONS / 25


def test_who_decides_on_prosecution_and_residence_has_something_new_to_look_at() -> None:
    assert "Varen-Tien-Kade" in _sees("OM Parket Voorbeeldstad")
    assert "Varen-Tien-Kade" in _sees("Opvang De Verzonnen Haven")
    lately = clock.end_of(UNTIL - timedelta(days=14))
    new = Involvement.objects.filter(organisation__name="IND (demo)", since__gt=lately)
    assert new.exclude(reason="own_record").exists()


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
    keys = keys_of(Identity.objects.values_list("person_id", flat=True))
    for row in Identity.objects.values("person_id", *IDENTITY_COLUMNS):
        identity = open_identity(keys[row.pop("person_id")], row)
        assert made_up.search(identity["given_name"])
        assert made_up.search(identity["family_name"])
        assert re.fullmatch(r"(000-\d{7})?", identity["phone"])


def test_every_sharing_rests_on_a_consent_a_task_or_an_own_record() -> None:
    now = clock.now()
    for held in Involvement.objects.select_related("consent", "organisation"):
        if held.basis == "consent":
            assert held.consent is not None
            assert held.consent.recipient_id == held.organisation_id
        elif held.basis == "legal_duty":
            assert held.purpose in duty_purposes(held.organisation.kind)
        else:
            assert held.basis in {"own_record", "vital_interest"}
    taken_back = Involvement.objects.filter(consent__withdrawal__isnull=False)
    assert taken_back.exists()
    assert not taken_back.exclude(until__lte=now).exists()


def test_people_say_yes_no_not_everything_not_for_ever_and_no_more() -> None:
    given = Consent.objects.filter(decision="given")
    assert {"given", "refused", "withdrawn"} == set(
        Consent.objects.values_list("decision", flat=True)
    )
    assert given.exclude(valid_until=None).exists()
    assert given.values("purpose", "categories").distinct().count() > (
        given.values("purpose").distinct().count()
    )
    assert {True, False} == set(given.values_list("interpreter", flat=True))
    assert given.values("language").distinct().count() > 3
    refused = Consent.objects.filter(decision="refused")
    for no in refused:
        assert not Involvement.objects.filter(
            case_id=no.case_id, organisation_id=no.recipient_id, basis="consent"
        ).exists()


def test_the_shelter_was_told_to_stop_and_sees_one_case_without_consent() -> None:
    shelter = Organisation.objects.get(name="Opvang De Verzonnen Haven")
    told = AccessNotice.objects.filter(organisation=shelter, kind="consent_withdrawn")
    assert "Klaver-Goud-Brug" in set(told.values_list("pseudonym", flat=True))
    override = Override.objects.get()
    assert override.answered_by_id is None
    assert override.case.person.pseudonym == "Hazel-Wit-Oever"
    assert override.organisation_id == shelter.pk


def test_of_who_was_notified_anonymously_nothing_tells_who_it_is() -> None:
    anonymous = Event.objects.filter(type="notified", fields__basis="anonymous")
    cases = Case.objects.filter(pk__in=anonymous.values("case_id"))
    assert cases.filter(person__pseudonym="Vlier-Oud-Hof").exists()
    assert not Identity.objects.filter(person__cases__in=cases).exists()
    assert not Event.objects.filter(
        case__in=cases, fields__facts__has_key="birth_date"
    ).exists()


def test_some_names_are_for_those_only_who_may_see_a_name_under_number() -> None:
    hidden = Case.objects.filter(under_number=True)
    assert hidden.filter(person__pseudonym="Klaver-Goud-Brug").exists()


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
