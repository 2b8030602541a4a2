# SPDX-License-Identifier: EUPL-1.2
"""Kind of organisation × purpose × kind of data: seen or not, on which ground, as `matrix.yaml`
says, by the program and by PostgreSQL alone.
"""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import yaml
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test import override_settings
from django.utils import translation

from middenstip import clock
from middenstip.access.acting import acting, deriving
from middenstip.access.actors import Actor
from middenstip.pack.load import load_pack
from middenstip.thread import consents, selectors, services, sharing
from middenstip.thread.errors import NotThere
from middenstip.thread.models import (
    Case,
    Consent,
    DutyRun,
    Event,
    FlagRun,
    Identity,
    Involvement,
    Override,
)
from middenstip.thread.records import NewEvent, NewIdentity
from middenstip.thread.visibility import visible_events, visible_flags, visible_runs
from tests.thread.chain import member
from tests.walls.register import yes

pytestmark = pytest.mark.django_db
PACK = load_pack("nl")
KINDS_OF_DATA = frozenset({
    "identity", "contact", "protection", "witness_protection", "residence", "shelter",
    "shelter_address", "health", "care", "justice", "money", "family", "exploitation",
    "coordination",
})  # fmt: skip
TABLE: dict[str, dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("matrix.yaml").read_text()
)
GROUNDS = ("legal_duty", "consent", "vital_interest")
WHY = "Ze ligt op de spoedafdeling en kan zelf niets zeggen."
PAIRS = [(purpose, kind) for purpose, row in TABLE.items() for kind in row["who"]]
# An emergency is opened, not chosen (`tests/thread/test_break_glass.py`), and figures are of no
# case: the last test.
CHOSEN = [pair for pair in PAIRS if pair[0] not in {"save_life", "report_extent"}]


def sees(purpose: str) -> frozenset[str]:
    named = TABLE[purpose]["sees"]
    return KINDS_OF_DATA - {"shelter_address"} if named == "all but where" else frozenset(named)


def given(purpose: str) -> frozenset[str]:
    """What others can give: where somebody stays is given to nobody."""
    return sees(purpose) - {"shelter_address"}


@pytest.fixture(autouse=True)
def _in_english() -> None:
    translation.activate("en")


@pytest.fixture
def police(db: None) -> Actor:
    return member("police", "Politie van de zaak")


@pytest.fixture
def case(police: Actor) -> UUID:
    """A case with an event, a duty and a deviation in every kind of data."""
    opened = services.open_case(
        actor=police,
        events=[NewEvent("indication_seen", clock.today(), {"by": "police"})],
        identity=NewIdentity(given_name="Proef", family_name="Persoon"),
    )
    known = Event.objects.filter(case_id=opened.case_id).values()[0]
    DutyRun.objects.filter(case_id=opened.case_id).delete()
    FlagRun.objects.filter(case_id=opened.case_id).delete()
    for number, category in enumerate(sorted(KINDS_OF_DATA - {known["category"]}), start=50):
        Event.objects.create(**known | {"id": uuid4(), "seq": number, "category": category})
    for category in KINDS_OF_DATA:
        DutyRun.objects.create(
            case_id=opened.case_id, key=category, duty="d", need="n", owner_kind="police",
            state="running", basis="law", category=category,
            owner_id=police.organisation_id,
        )  # fmt: skip
        FlagRun.objects.create(case_id=opened.case_id, flag="f", rule="R-00", category=category)
    return opened.case_id


def let_in(
    police: Actor, case: UUID, actor: Actor, ground: str, categories: frozenset[str]
) -> None:
    """Insert an involvement past the services, as the program's role."""
    row: dict[str, Any] = {"until": None}
    with acting(police), deriving([case]):
        if ground == "consent":
            row["consent"] = Consent.objects.create(
                case_id=case, recipient_id=actor.organisation_id, purpose=actor.purpose,
                categories=sorted(categories), decision="given", form="sharing_consent",
                form_version="1", language="en", interpreter=False, how="spoken",
                explained_by="police", on=clock.today(), recorded_by_id=police.user_id,
                organisation_id=police.organisation_id,
            )  # fmt: skip
        if ground == "vital_interest":
            row["override"] = Override.objects.create(
                case_id=case, glass=False, organisation_id=actor.organisation_id,
                purpose=actor.purpose, ground="life_or_safety", by_id=police.user_id,
                by_organisation_id=police.organisation_id, at=clock.now(),
            )  # fmt: skip
            row["until"] = row["override"].at + timedelta(hours=24)
        Involvement.objects.create(
            case_id=case, organisation_id=actor.organisation_id, purpose=actor.purpose,
            basis=ground, categories=sorted(categories), reason="notified", **row,
        )  # fmt: skip


def seen_by_program(actor: Actor, case: UUID) -> dict[str, frozenset[str]]:
    """With the row security of the database left out."""
    with override_settings(ACTING_ROLE=""), acting(actor):
        return {
            name: frozenset(rows(actor).filter(case_id=case).values_list("category", flat=True))
            for name, rows in (
                ("events", visible_events), ("duties", visible_runs), ("flags", visible_flags)
            )
        }  # fmt: skip


def seen_by_database(actor: Actor, case: UUID) -> dict[str, frozenset[str]]:
    """With the filter of the program left out."""
    with acting(actor):
        return {
            name: frozenset(
                rows.objects.filter(case_id=case).values_list("category", flat=True)
            )
            for name, rows in (("events", Event), ("duties", DutyRun), ("flags", FlagRun))
        }


def test_the_pack_says_what_the_table_says() -> None:
    said = {
        purpose_id: (set(each.organisation_kinds), set(each.categories), set(each.basis),
                     each.names_under_number)
        for purpose_id, each in PACK.purposes.items()
        if purpose_id != "own_record"
    }  # fmt: skip
    assert said == {
        purpose: (set(row["who"]), set(sees(purpose)), set(row["basis"]),
                  row.get("name_under_number", False))
        for purpose, row in TABLE.items()
    }  # fmt: skip
    assert set(PACK.data_categories) == KINDS_OF_DATA


@pytest.mark.parametrize(("purpose", "kind"), CHOSEN, ids=map("-".join, CHOSEN))
def test_a_purpose_shows_its_kinds_of_data_and_no_other(
    police: Actor, case: UUID, purpose: str, kind: str
) -> None:
    actor = replace(member(kind), purpose=purpose)
    refused = replace(member(kind, "Elders"), purpose=purpose)
    ground = next(each for each in TABLE[purpose]["basis"] if each != "own_record")
    let_in(police, case, actor, ground, given(purpose))
    expected = dict.fromkeys(("events", "duties", "flags"), given(purpose))
    assert seen_by_program(actor, case) == expected
    assert seen_by_database(actor, case) == expected
    with acting(actor):
        assert Case.objects.filter(pk=case).exists()
        assert Identity.objects.exists() == ("identity" in sees(purpose))
    found = selectors.identity_of(actor=actor, case_id=case)
    assert (found is not None) == ("identity" in sees(purpose))
    for seen in (seen_by_program, seen_by_database):
        for name, shown in seen(refused, case).items():
            assert shown == frozenset(), name
    with pytest.raises(NotThere):
        selectors.case_for(actor=refused, case_id=case)
    Case.objects.filter(pk=case).update(under_number=True)
    knows = TABLE[purpose].get("name_under_number", False) and "identity" in sees(purpose)
    assert (selectors.identity_of(actor=actor, case_id=case) is not None) == knows
    with acting(actor):
        assert Identity.objects.exists() == knows


@pytest.mark.parametrize(("purpose", "kind"), PAIRS, ids=["-".join(pair) for pair in PAIRS])
def test_the_database_refuses_a_ground_or_a_kind_of_data_that_a_purpose_lacks(
    police: Actor, case: UUID, purpose: str, kind: str
) -> None:
    actor = replace(member(kind), purpose=purpose)
    for ground in GROUNDS:
        if ground in TABLE[purpose]["basis"]:
            continue
        with pytest.raises(DatabaseError, match="no such purpose"), transaction.atomic():
            let_in(police, case, actor, ground, given(purpose))
    for category in KINDS_OF_DATA - sees(purpose):
        with pytest.raises(DatabaseError), transaction.atomic():
            let_in(police, case, actor, TABLE[purpose]["basis"][0], frozenset({category}))
    others = {each for each, row in TABLE.items() if kind not in row["who"]}
    with pytest.raises(DatabaseError, match="no such purpose"), transaction.atomic():
        let_in(police, case, replace(actor, purpose=min(others)), "legal_duty", frozenset())
    assert not Involvement.objects.filter(organisation_id=actor.organisation_id).exists()


@pytest.mark.parametrize(("purpose", "kind"), PAIRS, ids=["-".join(pair) for pair in PAIRS])
def test_the_services_refuse_a_ground_that_a_purpose_lacks(
    police: Actor, case: UUID, purpose: str, kind: str
) -> None:
    other, grounds = member(kind), TABLE[purpose]["basis"]
    if "consent" not in grounds:
        wanted = yes(other, purpose, *sorted(sees(purpose))[:1])
        with pytest.raises(ValidationError):
            consents.record_consent(actor=police, case_id=case, consent=wanted)
    if "vital_interest" not in grounds or purpose == "save_life":
        with pytest.raises(ValidationError):
            sharing.override_consent(
                actor=police, case_id=case, organisation_id=other.organisation_id,
                purpose=purpose, ground="life_or_safety", text=WHY,
            )  # fmt: skip
    assert not Involvement.objects.filter(organisation_id=other.organisation_id).exists()


def test_no_statutory_task_is_made_of_consent(police: Actor, case: UUID) -> None:
    """The coordination point brings in by law only who has a statutory task."""
    point = member("coordination_point")
    let_in(police, case, point, "legal_duty", given("register_notification"))
    by_law = {
        kind for row in TABLE.values() if "legal_duty" in row["basis"] for kind in row["who"]
    }
    for kind in sorted({kind for row in TABLE.values() for kind in row["who"]}):
        other = member(kind, f"Nog een {kind}")
        try:
            services.involve(actor=point, case_id=case, organisation_id=other.organisation_id)
        except ValidationError:
            assert kind not in by_law or kind == "rapporteur", kind
        else:
            assert kind in by_law, kind


def test_own_records_show_what_one_recorded_and_no_more(police: Actor, case: UUID) -> None:
    shelter = member("shelter")
    let_in(police, case, shelter, "consent", frozenset({"shelter"}))
    services.record_event(
        actor=shelter, case_id=case, type="left_shelter", on=clock.today(),
        fields={"reason": "moved_on"},
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("UPDATE thread_involvement SET until = greatest(since, now())"
                       " WHERE basis = 'consent'")  # fmt: skip
    for seen in (
        selectors.thread_of(actor=shelter, case_id=case),
        list(_rows(shelter, case)),
    ):
        assert {each.organisation_id for each in seen} == {shelter.organisation_id}
    assert selectors.identity_of(actor=shelter, case_id=case) is None


def _rows(actor: Actor, case: UUID) -> list[Event]:
    with acting(actor):
        return list(Event.objects.filter(case_id=case))


def test_who_reports_figures_sees_no_case(police: Actor, case: UUID) -> None:
    rapporteur = member("rapporteur")
    assert all(not shown for shown in seen_by_database(rapporteur, case).values())
    with pytest.raises(NotThere):
        selectors.case_for(actor=rapporteur, case_id=case)
