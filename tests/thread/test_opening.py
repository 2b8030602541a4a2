# SPDX-License-Identifier: EUPL-1.2
"""Opening cases: one or thousands, through the same checks, all or none."""

import random
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from middenstip import clock
from middenstip.thread import bulk, rebuild
from middenstip.thread.errors import EventRefused, NotAllowed
from middenstip.thread.models import Case, Event, Identity, Involvement, Person
from middenstip.thread.pseudonyms import COLOURS, PLACES, PLANTS, draw
from middenstip.thread.records import (
    NewCase,
    NewEvent,
    NewIdentity,
    Opened,
    PastCase,
    PastEvent,
)
from middenstip.thread.selectors import assessment_of, case_for, identity_of, thread_of
from middenstip.thread.services import open_case, record_facts
from tests.thread.chain import NOTIFIED, RIGHTS, SEEN, Chain, yes_to

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("held")]


def no_case_is_there() -> bool:
    return not (Person.objects.exists() or Case.objects.exists() or Event.objects.exists())


def test_a_case_has_a_person_a_pseudonym_and_its_first_events(chain: Chain) -> None:
    opened = chain.notified(identity=NewIdentity(given_name="Proef", family_name="Verzonnen"))
    case = case_for(actor=chain.police, case_id=opened.case_id)
    assert (case.person_id, case.pseudonym) == (opened.person_id, opened.pseudonym)
    assert (case.opened_on, case.version) == (clock.today(), opened.version)
    types = [event.type for event in thread_of(actor=chain.police, case_id=opened.case_id)]
    assert types == ["facts_recorded", "facts_recorded", "indication_seen", "notified"]
    identity = identity_of(actor=chain.police, case_id=opened.case_id)
    assert identity is not None
    assert (identity.given_name, identity.family_name) == ("Proef", "Verzonnen")


@pytest.mark.parametrize("identity", [None, NewIdentity(), NewIdentity(alias="  ")])
def test_r33_an_anonymous_person_has_no_identity_at_all(
    chain: Chain, identity: NewIdentity | None
) -> None:
    opened = chain.notified(identity=identity)
    assert identity_of(actor=chain.police, case_id=opened.case_id) is None
    assert not Identity.objects.exists()


def test_facts_hold_from_the_first_event_so_that_it_is_judged_with_them(chain: Chain) -> None:
    opened = chain.notified(facts={"birth_date": "2009-03-15", "unaccompanied": True})
    day = clock.today() - timedelta(days=10)
    then = assessment_of(actor=chain.police, case_id=opened.case_id, on=day)
    assert then.facts["is_minor"] is True


def test_a_pseudonym_is_three_words_by_chance_and_never_twice(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = chain.notified().pseudonym
    plant, colour, place = first.split("-")
    assert plant in PLANTS
    assert colour in COLOURS
    assert place in PLACES
    drawn = iter([first, first, "Wilg-Zes-Kade"])
    monkeypatch.setattr("middenstip.thread.pseudonyms.draw", lambda: next(drawn))
    assert chain.notified().pseudonym == "Wilg-Zes-Kade"


def test_a_seeded_pseudonym_is_always_the_same() -> None:
    def drawn(seed: int) -> str:
        return draw(random.Random(seed))  # noqa: S311 - fictional, and the same every time

    assert drawn(20_260_217) == drawn(20_260_217)
    assert len({drawn(seed) for seed in range(50)}) == 50


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "a name of two megabytes": (
        {"identity": NewIdentity(given_name="N" * 2_000_000)},
        "given_name",
    ),
    "a NUL in a name": ({"identity": NewIdentity(alias="a\x00b")}, "alias"),
    "a line break in a name": ({"identity": NewIdentity(phone="1\n2")}, "phone"),
    "a case from the future": ({"opened_on": date(2024, 6, 29)}, "opened_on"),
    "a birth after the event": ({"facts": {"birth_date": "2024-06-20"}}, "on"),
    "facts from the future": ({"facts_on": date(2024, 7, 15)}, "on"),
}


@pytest.mark.parametrize(("change", "key"), BAD.values(), ids=BAD.keys())
def test_bad_input_opens_nothing(chain: Chain, change: dict[str, Any], key: str) -> None:
    with pytest.raises(ValidationError) as bad:
        chain.notified(**change)
    assert set(bad.value.message_dict) == {key}
    assert no_case_is_there()


def test_the_coordination_point_brings_organisations_in_when_it_opens_a_case(
    chain: Chain,
) -> None:
    events = [NewEvent("bed_requested", clock.today())]
    shelter = chain.shelter.organisation_id
    opened = open_case(
        actor=chain.coordination_point,
        events=events,
        involve=[shelter, chain.immigration_service.organisation_id],
        consents=[yes_to(chain.shelter)],
    )
    assert case_for(actor=chain.shelter, case_id=opened.case_id).id == opened.case_id
    # By its own statutory task: no consent is asked for that.
    assert case_for(actor=chain.immigration_service, case_id=opened.case_id)
    without_consent = shelter
    for wrong in (UUID(int=0), chain.rapporteur.organisation_id, without_consent):
        with pytest.raises(ValidationError) as bad:
            open_case(actor=chain.coordination_point, events=events, involve=[wrong])
        assert set(bad.value.message_dict) == {"involve"}


def test_names_of_all_the_world_are_kept(chain: Chain) -> None:
    names = NewIdentity(
        given_name="नमूना", family_name="مثال", alias="👤 Voor-beeld", note="een\ntwee"
    )
    opened = chain.notified(identity=names)
    identity = identity_of(actor=chain.police, case_id=opened.case_id)
    assert identity is not None
    assert identity.family_name == "مثال"
    assert identity.note == "een\ntwee"


def test_a_case_needs_something_to_start_with(chain: Chain) -> None:
    with pytest.raises(ValidationError):
        open_case(actor=chain.police)
    assert no_case_is_there()


def test_a_refused_first_event_opens_nothing(chain: Chain) -> None:
    with pytest.raises(EventRefused):
        open_case(
            actor=chain.coordination_point,
            events=[
                NewEvent(
                    "emergency_bed_started",
                    clock.today(),
                    {"planned_nights": 4, "reason": "Geen plek"},
                )
            ],
        )
    assert no_case_is_there()


def test_of_many_cases_all_are_opened_or_none(chain: Chain) -> None:
    good = NewCase(events=[NewEvent("indication_seen", clock.today(), SEEN)])
    bad = NewCase(events=[NewEvent("indication_seen", clock.today(), {"by": "?"})])
    with pytest.raises(ValidationError):
        bulk.open_cases(actor=chain.police, cases=[*[good] * 600, bad])
    assert no_case_is_there()
    opened = bulk.open_cases(actor=chain.police, cases=[good] * 600)
    assert len({case.pseudonym for case in opened}) == 600
    assert list(rebuild.check()) == []


def test_a_case_can_be_checked_without_being_opened(chain: Chain) -> None:
    bulk.check_case(
        actor=chain.police,
        case=NewCase(events=[NewEvent("indication_seen", clock.today(), SEEN)]),
    )
    with pytest.raises(NotAllowed):
        bulk.check_case(
            actor=chain.police,
            case=NewCase(events=[NewEvent("prosecution_started", clock.today())]),
        )
    assert no_case_is_there()


def test_many_cases_take_no_more_queries_than_one(chain: Chain) -> None:
    def queries(number: int) -> int:
        case = NewCase(events=[NewEvent("notified", clock.today(), NOTIFIED)])
        with CaptureQueriesContext(
            connection,
        ) as captured:
            bulk.open_cases(actor=chain.police, cases=[case] * number)
        return len(captured)

    assert queries(1) == queries(40)


def test_a_case_opened_in_bulk_is_stored_as_one_recorded_event_by_event(chain: Chain) -> None:
    day = clock.today()
    one = open_case(
        actor=chain.police,
        events=[
            NewEvent("indication_seen", day, SEEN),
            NewEvent("rights_explained", day, RIGHTS),
            NewEvent("notified", day, NOTIFIED),
        ],
    )
    other = open_case(actor=chain.police, events=[NewEvent("indication_seen", day, SEEN)])
    chain.record(chain.police, other.case_id, "rights_explained", **RIGHTS)
    chain.record(chain.police, other.case_id, "notified", **NOTIFIED)

    def stored(case_id: UUID) -> list[Any]:
        case = Case.objects.get(pk=case_id)
        hidden = {"id", "case_id", "changed_in", "since"}
        tables: list[Any] = [
            case.events.values(),
            case.duty_runs.order_by("key").values(),
            case.flag_runs.order_by("flag").values(),
            case.involvements.order_by("organisation_id").values(),
            [vars(case.state)],
        ]
        return [
            [
                {k: v for k, v in row.items() if k not in hidden and not k.startswith("_")}
                for row in table
            ]
            for table in tables
        ]

    assert stored(one.case_id) == stored(other.case_id)


class TestHistory:
    """Fictional history: chosen moments, and only in the demo."""

    @staticmethod
    def past(chain: Chain) -> PastCase:
        def at(actor: Any, day: int, type_: str, **fields: Any) -> PastEvent:
            on = date(2023, 5, day)
            moment = datetime(2023, 5, day, 14, 30, tzinfo=clock.AMSTERDAM)
            return PastEvent(actor, NewEvent(type_, on, fields), moment)

        return PastCase(
            events=[
                at(chain.police, 17, "indication_seen", **SEEN),
                at(chain.police, 17, "notified", **NOTIFIED),
                at(chain.coordination_point, 18, "emergency_bed_started",
                   planned_nights=7, reason="Geen plek"),
                at(chain.coordination_point, 19, "emergency_bed_started",
                   planned_nights=2, reason="Geen plek"),
            ],
            opened_on=date(2023, 5, 17),
            case_id=UUID("00000000-0000-4000-8000-00000000002a"),
            pseudonym="Wilg-Zes-Kade",
        )  # fmt: skip

    def test_nobody_chooses_a_moment_outside_the_demo(self, chain: Chain) -> None:
        with pytest.raises(ImproperlyConfigured):
            list(bulk.fill_history(cases=[self.past(chain)]))
        assert no_case_is_there()

    def test_history_is_stored_with_its_moments_without_what_was_refused(
        self, chain: Chain, settings: Any
    ) -> None:
        settings.DEMO = True
        [opened] = bulk.fill_history(cases=[self.past(chain)])
        assert opened.pseudonym == "Wilg-Zes-Kade"
        thread = thread_of(actor=chain.coordination_point, case_id=opened.case_id)
        assert [(e.seq, e.type, e.recorded_at.day) for e in thread] == [
            (1, "indication_seen", 17),
            (2, "notified", 17),
            (3, "emergency_bed_started", 19),
        ]
        assert thread[2].fields["planned_nights"] == 2
        assert set(
            Involvement.objects.values_list("organisation_id", "reason", "since__day")
        ) >= {
            (chain.police.organisation_id, "own_record", 17),
            (chain.coordination_point.organisation_id, "own_record", 19),
        }
        assert list(rebuild.check()) == []


def anonymous(chain: Chain, **more: Any) -> Opened:
    """A case that was notified without anything that tells who it is."""
    notified = {"by": "police", "basis": "anonymous", "bed_needed": False}
    return open_case(
        actor=chain.police, events=[NewEvent("notified", clock.today(), notified)], **more
    )


def test_r33_who_is_notified_anonymously_has_no_name_and_no_day_of_birth(chain: Chain) -> None:
    for more, key in (
        ({"identity": NewIdentity(given_name="Proef")}, "given_name"),
        ({"identity": NewIdentity(phone="0")}, "phone"),
        ({"facts": {"birth_date": "1995-04-13"}}, "birth_date"),
    ):
        with pytest.raises(ValidationError) as bad:
            anonymous(chain, **more)
        assert set(bad.value.message_dict) == {key}
    assert no_case_is_there()
    opened = anonymous(chain, facts={"age": 30})
    with pytest.raises(ValidationError):
        record_facts(
            actor=chain.police, case_id=opened.case_id, facts={"birth_date": "1995-04-13"}
        )
    assert not Identity.objects.exists()
    stored = list(Event.objects.filter(case_id=opened.case_id).values_list("fields", flat=True))
    assert "birth_date" not in str(stored)
    assert "sealed:" not in str(stored)  # no free text either


def test_r33_who_is_notified_by_name_later_may_be_known(chain: Chain) -> None:
    opened = anonymous(chain)
    chain.record(chain.police, opened.case_id, "notified", **NOTIFIED)
    record_facts(actor=chain.police, case_id=opened.case_id, facts={"birth_date": "1995-04-13"})
