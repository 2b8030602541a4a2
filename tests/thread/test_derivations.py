# SPDX-License-Identifier: EUPL-1.2
"""What is stored is always what the thread says: after any events, corrections and days."""

import logging
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from middenstip import clock
from middenstip.access.actors import Actor
from middenstip.access.models import Organisation
from middenstip.access.purposes import purposes_of
from middenstip.access.selectors import active_kinds
from middenstip.pack.load import load_pack
from middenstip.thread import rebuild
from middenstip.thread.derive import assess_rows, derive
from middenstip.thread.errors import EventRefused, NotAllowed, NotThere
from middenstip.thread.models import Case, CaseState, DutyRun, Event, FlagRun
from middenstip.thread.records import NewEvent
from middenstip.thread.reminders import remind
from middenstip.thread.selectors import visible_cases
from middenstip.thread.services import append_events, correct_event, involve, record_facts
from middenstip.thread.store import rows_of
from middenstip.thread.values import codes_of
from tests.thread.chain import Chain, member, needs_consent

pytestmark = pytest.mark.django_db
PACK = load_pack("nl")
TODAY = date(2024, 6, 28)
DAYS = st.dates(TODAY - timedelta(days=500), TODAY)


def values(declared: Any) -> st.SearchStrategy[Any]:
    """Values that fit a field or fact."""
    if declared.code_list:
        codes = st.sampled_from(sorted(codes_of(declared.code_list)))
        many = declared.type in {"codes", "countries"}
        return st.lists(codes, min_size=1, max_size=3, unique=True) if many else codes
    return {
        "date": st.dates(TODAY - timedelta(days=9000), TODAY + timedelta(days=400)),
        "integer": st.integers(0, 30),
        "yes_no": st.booleans(),
        "text": st.just("Verzonnen reden"),
        "money": st.integers(0, 20_000),
    }[declared.type]


@st.composite
def events(draw: st.DrawFn) -> NewEvent:
    """Any event of the pack, with fields that fit it."""
    type_ = draw(st.sampled_from(sorted(PACK.events)))
    fields = {
        name: draw(values(field))
        for name, field in PACK.events[type_].fields.items()
        if field.required or draw(st.booleans())
    }
    return NewEvent(type_, draw(DAYS), fields)


@st.composite
def facts(draw: st.DrawFn) -> dict[str, Any]:
    """One or two facts that anybody may tell."""
    askable = sorted(n for n, f in PACK.facts.items() if f.askable and f.judgement_of is None)
    names = draw(st.lists(st.sampled_from(askable), min_size=1, max_size=2, unique=True))
    return {name: draw(values(PACK.facts[name])) for name in names}


STEPS = st.lists(
    st.one_of(
        events().map(lambda event: ("record", event)),
        events().map(lambda event: ("record", event)),
        st.tuples(facts(), DAYS).map(lambda told: ("tell", told)),
        st.tuples(st.integers(0, 40), st.none() | st.integers(-90, 90) | events()).map(
            lambda correction: ("correct", correction)
        ),
    ),
    min_size=3,
    max_size=14,
)


class Register:
    """Organisations of every kind, two of one of them; records as the right one."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self.actors: dict[str, Actor] = {
            actor.organisation_kind: actor
            for actor in vars(chain).values()
            if not actor.is_administrator
        }
        member("care_coordinator", "Voorbeeld tweede zorg")

    def actor(self, type_: str) -> Actor:
        kind = PACK.events[type_].recorded_by[0]
        if kind not in self.actors:
            self.actors[kind] = member(kind)
        return self.actors[kind]

    def do(self, case_id: UUID, what: str, with_: Any) -> None:
        """Do one step; a refusal must leave the case as it was."""
        point = self.chain.coordination_point
        before = Case.objects.get(pk=case_id).version
        try:
            if what == "tell":
                told, day = with_
                record_facts(actor=point, case_id=case_id, facts=told, on=day)
            elif what == "record":
                actor = self.actor(with_.type)
                if not visible_cases(actor).filter(pk=case_id).exists():
                    self.bring_in(case_id, actor)
                append_events(actor=actor, case_id=case_id, events=[with_])
            else:
                self.correct(case_id, *with_)
        except (EventRefused, ValidationError, NotAllowed, NotThere):
            assert Case.objects.get(pk=case_id).version == before

    def bring_in(self, case_id: UUID, actor: Actor) -> None:
        """Bring an organisation in, with consent where it may ask for that."""
        if any(needs_consent(purpose) for purpose in purposes_of(actor.organisation_kind)):
            self.chain.agree(case_id, actor)
        point = self.chain.coordination_point
        involve(actor=point, case_id=case_id, organisation_id=actor.organisation_id)

    def correct(self, case_id: UUID, place: int, instead: int | NewEvent | None) -> None:
        """Take an event back, move it some days, or put quite another in its place."""
        thread = list(Event.objects.filter(case_id=case_id))
        wrong = thread[place % len(thread)]
        who = next(
            a for a in self.actors.values() if a.organisation_id == wrong.organisation_id
        )
        if isinstance(instead, int):
            on = min(wrong.on + timedelta(days=instead), TODAY)
            instead = None if wrong.corrects_id else NewEvent(wrong.type, on, wrong.fields)
        correct_event(actor=who, case_id=case_id, event_id=wrong.id, replaced_by=instead)


def no_difference(case_id: UUID) -> None:
    assert list(rebuild.check(case_ids=[case_id])) == []


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS, days=st.integers(1, 400))
def test_after_any_sequence_the_stored_is_the_fresh(
    register: Register, steps: Sequence[tuple[str, Any]], days: int
) -> None:
    with clock.at(TODAY):
        case_id = register.chain.notified(on=TODAY - timedelta(days=400)).case_id
        for place, (what, with_) in enumerate(steps):
            register.do(case_id, what, with_)
            if place % 3 == 0:
                remind(clock.today())
        no_difference(case_id)
    with clock.at(TODAY + timedelta(days=days)):
        rebuild.rederive(clock.today(), case_ids=[case_id])
        no_difference(case_id)
        again = rebuild.rederive(clock.today(), case_ids=[case_id])
        assert again.changed == 0
        assert CaseState.objects.get(pk=case_id).derived_for == clock.today()


@pytest.fixture
def register(chain: Chain) -> Register:
    return Register(chain)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(events(), min_size=1, max_size=8))
def test_each_run_of_a_duty_has_a_key_of_its_own(
    register: Register, steps: Sequence[NewEvent]
) -> None:
    with clock.at(TODAY):
        case_id = register.chain.notified(on=TODAY - timedelta(days=400)).case_id
        for event in steps:
            register.do(case_id, "record", event)
        duties = assess_rows(rows_of([case_id])[case_id], on=TODAY).duties
        assert len({duty.key for duty in duties}) == len(duties)


@pytest.mark.usefixtures("held")
class TestCheck:
    """What `check` must find."""

    def found(self, case_id: UUID) -> list[str]:
        return [difference.what for difference in rebuild.check(case_ids=[case_id])]

    def test_every_kind_of_damage_is_found_and_mended(self, chain: Chain) -> None:
        opened = chain.notified()
        chain.record(chain.police, opened.case_id, "reflection_period_started")
        chain.record(chain.police, opened.case_id, "complaint_filed", by="police")
        chain.record(
            chain.police, opened.case_id, "residence_application_sent", kind="temporary_victim"
        )
        remind(clock.today())
        case = Case.objects.get(pk=opened.case_id)
        case.notices.update(settled=True)
        runs = DutyRun.objects.filter(case=case)
        state = CaseState.objects.filter(case=case)
        runs.filter(duty="explain_rights").delete()
        runs.filter(duty="end_reflection_period").update(due_on=date(2024, 12, 31))
        DutyRun.objects.create(
            case=case, key="invented:1", duty="invented", need="safety", owner_kind="police",
            state="running", basis="law",
        )  # fmt: skip
        FlagRun.objects.create(case=case, flag="invented", rule="R-99")
        state.update(facts={"age": 3}, next_question="invented")
        case.involvements.filter(reason="duty_owner").delete()
        case.involvements.create(
            organisation_id=chain.prosecution.organisation_id, purpose="prosecute",
            basis="legal_duty", categories=["identity"], reason="duty_owner",
            since=clock.now(),
        )  # fmt: skip
        text = "\n".join(self.found(opened.case_id))
        for part in (
            "duty explain_rights:3: missing",
            "duty end_reflection_period:5: due_on differ",
            "duty invented:1: not derived any more",
            "flag invented",
            "facts.age differs",
            "facts.birth_date differs",
            "next_question",
            "involved: not those that follow from the thread",
            "involved: an owner of a duty is missing",
            "notices: not in line with their duty",
        ):
            assert part in text
        rebuild.rederive(clock.today())
        assert self.found(opened.case_id) == []

    def test_the_answer_names_no_value(self, chain: Chain) -> None:
        opened = chain.notified()
        CaseState.objects.filter(pk=opened.case_id).update(facts={"birth_date": "1971-01-19"})
        assert "1971" not in " ".join(self.found(opened.case_id))
        assert "1995" not in " ".join(self.found(opened.case_id))

    def test_a_gap_in_the_numbers_is_found(self, chain: Chain) -> None:
        opened = chain.notified()
        Case.objects.filter(pk=opened.case_id).update(version=opened.version + 1)
        assert any("numbered" in what for what in self.found(opened.case_id))

    def test_a_case_that_was_never_derived_is_found_and_mended(self, chain: Chain) -> None:
        opened = chain.notified()
        CaseState.objects.all().delete()
        assert self.found(opened.case_id) == ["was never derived"]
        assert rebuild.rederive(clock.today(), only_older=True).changed == 1
        assert self.found(opened.case_id) == []


@pytest.mark.usefixtures("held")
def test_days_that_pass_change_facts_and_flags_without_anybody_looking(chain: Chain) -> None:
    opened = chain.notified(facts={"birth_date": "2006-07-15"})
    assert CaseState.objects.get(pk=opened.case_id).facts["is_minor"] is True
    with clock.at(date(2024, 7, 15)):
        outcome = rebuild.rederive(clock.today(), only_older=True)
        assert (outcome.cases, outcome.changed) == (1, 1)
        assert CaseState.objects.get(pk=opened.case_id).facts["is_minor"] is False
        assert rebuild.rederive(clock.today(), only_older=True).cases == 0


@pytest.mark.usefixtures("held")
def test_one_case_that_fails_keeps_no_other_from_going_on(
    chain: Chain, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    good, bad = chain.notified(), chain.notified()
    broken = rows_of([bad.case_id])[bad.case_id]

    def fails_for_one(rows: Any, **more: Any) -> Any:
        if rows[0].id == broken[0].id:
            raise ArithmeticError("born on 1995-04-13")
        return derive(rows, **more)

    monkeypatch.setattr("middenstip.thread.services.derive", fails_for_one)
    with clock.at(date(2024, 6, 29)), caplog.at_level(logging.ERROR):
        outcome = rebuild.rederive(clock.today())
    assert outcome.failed == (bad.case_id,)
    assert CaseState.objects.get(pk=good.case_id).derived_for == date(2024, 6, 29)
    assert CaseState.objects.get(pk=bad.case_id).derived_for == date(2024, 6, 28)
    assert str(bad.case_id) in caplog.text
    assert "1995" not in caplog.text


@pytest.mark.usefixtures("held")
def test_a_duty_stays_with_its_owner_until_that_one_is_closed(chain: Chain) -> None:
    opened = chain.notified()
    chain.record(chain.police, opened.case_id, "complaint_filed", by="police")
    chain.record(
        chain.police, opened.case_id, "residence_application_sent", kind="temporary_victim"
    )

    def owner() -> UUID | None:
        return DutyRun.objects.get(
            case_id=opened.case_id, duty="decide_residence_application"
        ).owner_id

    first = chain.immigration_service.organisation_id
    second = member("immigration_service", "Voorbeeld tweede dienst").organisation_id
    rebuild.rederive(clock.today())
    assert owner() == first
    Organisation.objects.filter(pk=first).update(is_active=False)
    rebuild.rederive(clock.today())
    assert owner() == second
    no_difference(opened.case_id)


@pytest.mark.usefixtures("held")
def test_who_needs_consent_owns_no_duty_until_the_person_gave_it(chain: Chain) -> None:
    opened = chain.notified()
    chain.record(chain.police, opened.case_id, "reflection_period_started")
    run = DutyRun.objects.filter(case_id=opened.case_id, duty="apply_living_allowance")
    assert run.get().owner_id is None  # though there is only one care coordinator
    chain.bring_in(opened.case_id, chain.care_coordinator)
    assert run.get().owner_id == chain.care_coordinator.organisation_id
    no_difference(opened.case_id)


def test_an_empty_thread_derives_to_nothing_done() -> None:
    fresh = derive([], involved=[], active={uuid4(): "police"}, day=TODAY)
    assert fresh.runs == {}
    assert fresh.state.seq == 0


def test_only_active_organisations_own(chain: Chain) -> None:
    Organisation.objects.filter(kind="shelter").update(is_active=False)
    assert chain.shelter.organisation_id not in active_kinds()


@pytest.mark.usefixtures("held")
def test_a_consent_that_ran_out_since_the_derivation_is_no_difference(chain: Chain) -> None:
    opened = chain.notified()
    chain.record(chain.police, opened.case_id, "reflection_period_started")
    last = clock.today() + timedelta(days=5)
    chain.bring_in(opened.case_id, chain.care_coordinator, valid_until=last)
    run = DutyRun.objects.filter(case_id=opened.case_id, duty="apply_living_allowance")
    assert run.get().owner_id == chain.care_coordinator.organisation_id
    with clock.at(last + timedelta(days=1)):
        no_difference(opened.case_id)
        rebuild.rederive(clock.today())
        assert run.get().owner_id is None
        no_difference(opened.case_id)
