# SPDX-License-Identifier: EUPL-1.2
"""What is told to who may see some data categories only: nothing hidden can be read off."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from middenstip.pack.model import Pack
from middenstip.rules.assess import assess
from middenstip.rules.engine import engine_for
from middenstip.rules.results import Assessment, Refusal, SchemeResult
from middenstip.rules.shown import categories_filled_in, shown, shown_refusal
from tests.rules.small import ask, both, duty, event, fact, scheme, small_pack
from tests.rules.test_whole_pack import ON, PACK, people, slow, threads

CATEGORIES = sorted(PACK.data_categories)
some_categories = st.one_of(
    st.sampled_from([frozenset(p.categories) for p in PACK.purposes.values()]),
    st.sets(st.sampled_from(CATEGORIES)).map(frozenset),
)
S = {"fact": "s", "is": True}
B = {"fact": "b", "is": True}


def veiled(pack: Pack, got: Assessment, **more: Any) -> Assessment:
    """What is shown to who may see everything but the category ``secret``."""
    return shown(pack, got, frozenset({"any"}), lang="en", **more)


def only(got: Assessment) -> SchemeResult:
    """The only scheme of a small pack."""
    (result,) = got.schemes
    return result


def pack_with(**kinds: Any) -> Pack:
    """The small pack with a secret fact ``s`` and a secret list ``t``."""
    secret = {
        "s": fact("yes_no", category="secret"),
        "day": fact("date", category="secret"),
    }
    pack = small_pack(facts=secret | kinds.pop("facts", {}), **kinds)
    categories = dict.fromkeys(("any", "secret"), pack.data_categories["any"])
    return pack.model_copy(update={"data_categories": categories})


# Properties of the whole Dutch pack


@slow
@given(people, people, threads, some_categories)
def test_two_people_who_differ_only_in_what_is_hidden_are_shown_alike(
    person: Any, other: Any, thread: Any, categories: frozenset[str]
) -> None:
    """Unless a fact is shown that follows from hidden ones: then they differ in that."""
    hidden = {k for k, item in PACK.facts.items() if item.category not in categories}
    kept = {k: v for k, v in person.items() if k not in hidden}
    changed = kept | {k: v for k, v in other.items() if k in hidden}
    wholes = [assess(PACK, facts=told, events=thread, on=ON) for told in (person, changed)]
    one, two = (shown(PACK, whole, categories) for whole in wholes)
    assume(one.facts == two.facts)
    assert one.schemes == two.schemes
    assert one.next_question == two.next_question
    if [_bare(run) for run in one.duties] == [_bare(run) for run in two.duties]:
        assert one.duties == two.duties


def _bare(run: Any) -> Any:
    return replace(run, how="", sources=())


@slow
@given(people, threads, st.sets(st.integers(0, 11)), some_categories)
def test_events_of_hidden_categories_are_not_read_off_either(
    person: Any, thread: Any, dropped: set[int], categories: frozenset[str]
) -> None:
    fewer = [
        each
        for place, each in enumerate(thread)
        if place not in dropped or PACK.events[each.type].category in categories
    ]
    wholes = [assess(PACK, facts=person, events=each, on=ON) for each in (thread, fewer)]
    one, two = (shown(PACK, whole, categories) for whole in wholes)
    assume(one.facts == two.facts)
    assert one.schemes == two.schemes
    assert one.next_question == two.next_question


@slow
@given(people, threads, some_categories)
def test_a_definite_outcome_that_is_shown_is_the_real_one(
    person: Any, thread: Any, categories: frozenset[str]
) -> None:
    whole = assess(PACK, facts=person, events=thread, on=ON)
    got = shown(PACK, whole, categories)
    for real, told in zip(whole.schemes, got.schemes, strict=True):
        assert real.id == told.id
        if told.outcome != "unknown":
            assert told.outcome == real.outcome
            assert not told.hidden
        if told.outcome == "unknown" and not told.hidden:
            assert real.outcome == "unknown"
            assert told.missing


@slow
@given(people, threads, some_categories, some_categories)
def test_who_may_see_more_never_knows_less(
    person: Any, thread: Any, few: frozenset[str], others: frozenset[str]
) -> None:
    whole = assess(PACK, facts=person, events=thread, on=ON)
    less, more = (shown(PACK, whole, each) for each in (few, few | others))
    for before, after in zip(less.schemes, more.schemes, strict=True):
        if before.outcome != "unknown":
            assert after.outcome == before.outcome
        assert before.hidden or not after.hidden
    assert less.facts.items() <= more.facts.items()
    assert {run.key for run in less.duties} <= {run.key for run in more.duties}
    assert {flag.id for flag in less.flags} <= {flag.id for flag in more.flags}


@slow
@given(people, threads, some_categories)
def test_only_what_may_be_seen_is_named(
    person: Any, thread: Any, categories: frozenset[str]
) -> None:
    whole = assess(PACK, facts=person, events=thread, on=ON)
    got = shown(PACK, whole, categories)
    named = {*got.facts, *got.origins, *(f for s in got.schemes for f in s.missing)}
    named |= {about for about, _ in got.noted}
    assert {PACK.facts[name].category for name in named} <= categories
    assert {PACK.duties[run.id].category for run in got.duties} <= categories
    assert {PACK.flags[flag.id].category for flag in got.flags} <= categories
    assert {PACK.events[refusal.type].category for refusal in got.refused} <= categories
    assert len(got.notes) == len(got.noted)
    if got.next_question is not None:
        assert got.next_question in {f for s in got.schemes for f in s.missing}
    for result in got.schemes:
        assert result.because
        for key, item in PACK.facts.items():
            if item.category not in categories and _unlike_any_other(key):
                assert not any(item.label["nl"] in told for told in result.because)


def _unlike_any_other(key: str) -> bool:
    """Whether the label of a fact stands in no other text that a sentence may hold."""
    label = PACK.facts[key].label["nl"]
    texts = [item.label["nl"] for other, item in PACK.facts.items() if other != key]
    texts += [item.label["nl"] for item in PACK.schemes.values()]
    texts += [c.label["nl"] for codes in PACK.code_table.values() for c in codes.values()]
    return len(label) > 8 and not any(label in text for text in texts)


@slow
@given(people, threads)
def test_who_may_see_all_gets_the_assessment_itself(person: Any, thread: Any) -> None:
    whole = assess(PACK, facts=person, events=thread, on=ON)
    assert shown(PACK, whole, frozenset(CATEGORIES)) is whole


# How a hidden fact counts


@pytest.mark.parametrize(
    ("condition", "outcome"),
    [
        (S, "unknown"),
        ({"fact": "s", "known": True}, "unknown"),
        ({"not": {"fact": "s", "known": True}}, "unknown"),
        ({"possibly": S}, "unknown"),
        ({"not": {"certainly": S}}, "unknown"),
        ({"all": [S, {"fact": "a", "is": True}]}, "unknown"),
        ({"any": [S, {"fact": "a", "is": True}]}, "applies"),
        ({"all": [S, {"fact": "a", "is": False}]}, "does_not_apply"),
        ({"possibly": {"any": [S, B]}}, "applies"),
        ({"certainly": {"all": [S, B]}}, "does_not_apply"),
    ],
)
@pytest.mark.parametrize("secret", [{}, {"s": True}, {"s": False}])
def test_a_hidden_fact_may_be_anything(
    condition: Any, outcome: str, secret: dict[str, Any]
) -> None:
    """Fact a is told (yes), fact b is not known; s is hidden, whether it is told or not."""
    pack = pack_with(schemes={"X": scheme(condition)})
    result = only(veiled(pack, ask(pack, a=True, **secret)))
    assert result.outcome == outcome
    assert result.hidden is (outcome == "unknown")
    if result.hidden:
        assert result.because[-1] == "Depends on data that you may not see."
    assert not any("S:" in told or told == "S" for told in result.because)


def test_a_hidden_default_is_not_taken() -> None:
    facts = {"s": fact("yes_no", category="secret", default=True)}
    pack = pack_with(facts=facts, schemes={"X": scheme(S)})
    got = ask(pack)
    assert only(got).outcome == "applies"
    assert only(veiled(pack, got)).hidden


def test_a_fact_that_may_be_seen_keeps_the_value_it_got_from_a_hidden_one() -> None:
    facts = {"f": fact("yes_no", askable=False, compute={"condition": S})}
    pack = pack_with(facts=facts, schemes={"X": scheme({"fact": "f", "is": True})})
    result = veiled(pack, ask(pack, s=True))
    assert result.facts == {"f": True}
    assert only(result).outcome == "applies"
    unknown = only(veiled(pack, ask(pack)))
    assert (unknown.outcome, unknown.hidden, unknown.missing) == ("unknown", False, ("f",))


def test_a_fact_is_not_computed_again_from_what_is_left() -> None:
    """With s hidden its formula would say no, where it is really not known."""
    formula = {"condition": {"all": [{"fact": "s", "known": True}, B]}}
    facts = {"f": fact("yes_no", askable=False, compute=formula)}
    never = {"all": [S, {"fact": "a", "is": False}]}
    condition = {"any": [{"fact": "f", "is": False}, never]}
    pack = pack_with(facts=facts, schemes={"X": scheme(condition)})
    got = ask(pack, s=True, a=True)
    result = only(veiled(pack, got))
    assert only(got).outcome == result.outcome == "unknown"
    assert result.missing == ("f", "b")


def test_what_another_scheme_hides_hides_this_one() -> None:
    schemes = {"X": scheme(S), "Y": scheme({"scheme": "X"})}
    pack = pack_with(schemes=schemes)
    first, second = veiled(pack, ask(pack, s=True)).schemes
    assert (first.hidden, second.hidden) == (True, True)


def test_only_what_may_be_seen_is_missing_and_asked() -> None:
    condition = {"all": [S, B]}
    pack = pack_with(schemes={"X": scheme(condition)})
    got = ask(pack)
    assert set(only(got).missing) == {"s", "b"}
    result = veiled(pack, got)
    assert only(result).missing == ("b",)
    assert result.next_question == "b"


def test_two_languages_do_not_share_a_sentence() -> None:
    pack = pack_with(schemes={"X": scheme(S)})
    for lang, words in (("nl", "Hangt af van"), ("en", "Depends on")):
        got = shown(pack, ask(pack, lang=lang), frozenset({"any"}), lang=lang)
        assert only(got).because[0].startswith(words)


# Duties, flags, notes, refusals


def test_a_hidden_duty_is_shown_to_its_owner_with_its_term_only() -> None:
    due = [
        {"when": S, "term": {"days": 1}, "how": both("because of s")},
        {"term": {"weeks": 2}},
    ]
    pack = pack_with(
        events={"seen": event()},
        duties={"act": duty(category="secret", starts=[{"event": "seen"}], due=due)},
    )
    got = ask(pack, ("seen", 1), s=True)
    assert veiled(pack, got).duties == ()
    (run,) = veiled(pack, got, own_duties=frozenset({"act:0"})).duties
    assert run.due_on == date(2014, 7, 2)
    assert run.how == "1 day from 2014-07-01"
    assert got.duties[0].how == "because of s"


def test_a_duty_that_may_be_seen_does_not_tell_a_hidden_fact_as_its_reason() -> None:
    pack = pack_with(
        events={"seen": event()},
        duties={"act": duty(starts=[{"event": "seen"}], due=[{"date": {"fact": "day"}}])},
    )
    got = ask(pack, ("seen", 1), day=date(2014, 7, 9))
    (run,) = veiled(pack, got).duties
    assert (run.due_on, run.how) == (date(2014, 7, 9), "2014-07-09")
    (unknown,) = veiled(pack, ask(pack, ("seen", 1))).duties
    assert "DAY" not in unknown.how


def test_a_duty_does_not_lead_to_a_hidden_event() -> None:
    pack = pack_with(
        events={"seen": {**event(), "category": "secret"}},
        duties={"act": duty(starts=[{"event": "seen"}])},
    )
    got = ask(pack, ("seen", 1))
    assert got.duties[0].started_by == 0
    assert veiled(pack, got).duties[0].started_by is None


def test_flags_are_shown_by_their_category_and_do_not_lead_to_a_hidden_event() -> None:
    pack = pack_with(
        events={"seen": {**event(), "category": "secret"}},
        flags={
            "told": {"rule": "R-01", "event": "seen", "message": both("Seen")},
            "kept": {
                "rule": "R-02", "event": "seen", "category": "secret", "message": both("No"),
            },
        },
    )  # fmt: skip
    got = ask(pack, ("seen", 1))
    assert [flag.event for flag in got.flags] == [0, 0]
    assert [(flag.id, flag.event) for flag in veiled(pack, got).flags] == [("told", None)]


def test_a_note_about_a_hidden_fact_or_event_is_not_told() -> None:
    sets = ({"fact": "s", "to": False}, {"fact": "a", "to": False})
    for category, kept in (("any", ["A"]), ("secret", [])):
        pack = pack_with(events={"seen": {**event(*sets), "category": category}})
        got = ask(pack, ("seen", 1), s=True, a=True)
        assert len(got.notes) == 2
        assert [note.split()[0] for note in veiled(pack, got).notes] == kept


def test_a_refusal_that_fills_in_a_hidden_fact_is_not_told() -> None:
    guard = {"rule": "R-06", "event": "seen", "refuse_when": {"fact": "a", "is": True}}
    message = {"nl": "Dat mag niet. Het geheim is {s}.", "en": "Not allowed. It is {s}."}
    pack = pack_with(events={"seen": event()}, guards={"G": {**guard, "message": message}})
    got = ask(pack, ("seen", 1), a=True, s=True)
    (refusal,) = got.refused
    assert refusal.message == "Not allowed. It is yes."
    assert veiled(pack, got).refused == ()
    assert categories_filled_in(pack, refusal) == {"secret"}
    told = shown_refusal(pack, refusal, frozenset({"any"}), lang="en")
    assert (told.rule, told.message) == ("R-06", "Not allowed.")
    assert shown_refusal(pack, refusal, frozenset({"any", "secret"}), lang="en") is refusal
    bare = replace(refusal, guard="")
    assert shown_refusal(pack, bare, frozenset(), lang="en").message == (
        "Not allowed by rule R-06."
    )


def test_who_tried_an_event_sees_its_own_fields_in_the_refusal() -> None:
    guard = PACK.guards["R-20-planned"]
    refusal = Refusal(1, guard.event, guard.rule, "7 nachten", (), "R-20-planned")
    assert categories_filled_in(PACK, refusal) == {"shelter"}
    assert shown_refusal(PACK, refusal, frozenset()) is refusal


def test_one_veil_serves_all_who_may_see_the_same() -> None:
    whole = assess(PACK, facts={}, events=[], on=ON)
    categories = frozenset({"identity", "contact"})
    shown(PACK, whole, categories)
    made = engine_for(PACK).veils[categories]
    shown(PACK, whole, frozenset({"contact", "identity"}))
    assert engine_for(PACK).veils[categories] is made
