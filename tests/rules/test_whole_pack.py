# SPDX-License-Identifier: EUPL-1.2
"""What must hold for the Dutch pack as a whole, for any person and any thread."""

from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from middenstip.pack.load import load_pack
from middenstip.pack.model import EventField, Fact
from middenstip.rules.assess import assess, may_record, would_refuse
from middenstip.rules.conditions import Reason
from middenstip.rules.engine import engine_for
from middenstip.rules.facts import Facts
from middenstip.rules.results import ThreadEvent

PACK = load_pack("nl")
ENGINE = engine_for(PACK)
ON = date(2014, 9, 1)
days = st.dates(date(2012, 1, 1), date(2014, 12, 31))
slow = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def values(item: Fact | EventField) -> st.SearchStrategy[Any]:
    """Values of a fact or field as the pack declares it."""
    codes = list(ENGINE.codes(item.code_list)) or ["x"]
    match item.type:
        case "yes_no":
            return st.booleans()
        case "date":
            return days
        case "integer":
            return st.integers(0, 30)
        case "money":
            return st.integers(0, 30_000)
        case "codes" | "countries":
            return st.lists(st.sampled_from(codes), max_size=2, unique=True).map(tuple)
        case "text":
            return st.just("fictional")
    return st.sampled_from(codes)


told = {key: values(item) for key, item in PACK.facts.items() if item.askable}
told["birth_date"] = st.dates(date(1960, 1, 1), date(2011, 12, 31))
people = st.fixed_dictionaries({}, optional=told)
events = st.sampled_from(list(PACK.events)).flatmap(
    lambda kind: st.tuples(
        st.just(kind),
        days,
        st.fixed_dictionaries(
            {}, optional={key: values(field) for key, field in PACK.events[kind].fields.items()}
        ),
    )
)
threads = st.lists(events, max_size=12).map(
    lambda items: [
        ThreadEvent(n, kind, on, fields) for n, (kind, on, fields) in enumerate(items)
    ]
)


@slow
@given(people, threads)
def test_an_outcome_is_unknown_exactly_when_something_is_missing(
    person: Any, thread: Any
) -> None:
    got = assess(PACK, facts=person, events=thread, on=ON)
    missing: set[str] = set()
    for scheme in got.schemes:
        assert (scheme.outcome == "unknown") is bool(scheme.missing), scheme
        assert scheme.because
        assert scheme.sources
        missing |= set(scheme.missing)
    if got.next_question is not None:
        fact = PACK.facts[got.next_question]
        assert got.next_question in missing
        assert fact.askable
        assert fact.judgement_of is None
    assert missing.isdisjoint(
        key for key, value in got.facts.items() if not isinstance(value, tuple)
    )


@slow
@given(people, people)
def test_only_the_deciding_facts_decide(person: Any, other: Any) -> None:
    view = Facts(ENGINE, person, {}, frozenset(), ON)
    for provision in ENGINE.law_on(ON).provisions:
        truth = view.scheme(provision.id)
        reasons: list[Reason] = []
        provision.node.reasons(view, True, reasons)
        deciding = {
            fact
            for reason in reasons
            for leaf_fact in reason.leaf.facts
            for fact in ENGINE.inputs.get(leaf_fact, (leaf_fact,))
        }
        kept = {key: value for key, value in person.items() if key in deciding}
        changed = {key: value for key, value in other.items() if key not in deciding}
        if truth is not None:
            again = Facts(ENGINE, {**changed, **kept}, {}, frozenset(), ON)
            assert again.scheme(provision.id) is truth, provision.id


@slow
@given(people, threads, st.integers(0, 400))
def test_events_after_the_day_asked_change_nothing(
    person: Any, thread: Any, shift: int
) -> None:
    on = ON - timedelta(days=shift)
    upto = [event for event in thread if event.on <= on]
    whole = assess(PACK, facts=person, events=thread, on=on)
    assert assess(PACK, facts=person, events=upto, on=on) == whole


@slow
@given(people, threads, events)
def test_a_run_that_began_keeps_its_key(person: Any, thread: Any, more: Any) -> None:
    """What a person was reminded of yesterday is still the same duty today."""
    kind, _, fields = more
    before = assess(PACK, facts=person, events=thread, on=ON)
    new = ThreadEvent("new", kind, ON, fields)
    after = assess(PACK, facts=person, events=[*thread, new], on=ON)
    begun = {duty.key for duty in before.duties if duty.started_by is not None}
    assert begun <= {duty.key for duty in after.duties}
    keys = [duty.key for duty in after.duties]
    assert len(keys) == len(set(keys))


@slow
@given(people, threads, events)
def test_asking_beforehand_agrees_with_recording(person: Any, thread: Any, more: Any) -> None:
    kind, _, fields = more
    new = ThreadEvent("new", kind, date(2014, 12, 31), fields)
    asked = would_refuse(PACK, facts=person, events=thread, new_event=new)
    got = assess(PACK, facts=person, events=[*thread, new], on=date(2014, 12, 31))
    refused = [refusal for refusal in got.refused if refusal.event == "new"]
    assert ([asked] if asked else []) == refused


@slow
@given(people, threads)
def test_every_text_is_whole_in_both_languages(person: Any, thread: Any) -> None:
    answers = [assess(PACK, facts=person, events=thread, on=ON, lang=x) for x in ("nl", "en")]
    for got in answers:
        texts = [
            *(sentence for scheme in got.schemes for sentence in scheme.because),
            *(duty.how for duty in got.duties),
            *(flag.message for flag in got.flags),
            *(refusal.message for refusal in got.refused),
            *got.notes,
        ]
        assert all(text.strip() and "{" not in text and "None" not in text for text in texts)
    one, other = answers
    assert [(s.id, s.outcome, s.missing) for s in one.schemes] == [
        (s.id, s.outcome, s.missing) for s in other.schemes
    ]


@slow
@given(people, threads)
def test_only_who_may_record_is_offered_an_event(person: Any, thread: Any) -> None:
    got = assess(PACK, facts=person, events=thread, on=ON)
    for kind in PACK.organisation_kinds:
        offered = may_record(PACK, got, kind)
        assert all(kind in PACK.events[event].recorded_by for event in offered)
