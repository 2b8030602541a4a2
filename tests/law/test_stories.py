# SPDX-License-Identifier: EUPL-1.2
"""The Dutch pack held against short stories with known answers, readable by a lawyer.

Each story in the YAML files beside this one names the rules (R-) and schemes (NL-) it covers, a
person, what happened, the day asked, and what must come out.
"""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from middenstip.pack.files import read_yaml
from middenstip.pack.load import load_pack
from middenstip.rules.assess import assess
from middenstip.rules.results import Assessment, ThreadEvent

HERE = Path(__file__).parent
PEOPLE: dict[str, dict[str, Any]] = read_yaml(HERE / "people.yaml")
STORIES: list[dict[str, Any]] = [
    story
    for file in sorted(HERE.glob("*.yaml"))
    if file.name != "people.yaml"
    for story in read_yaml(file)
]

# Hard and flag rules of that are not decided on a person's thread.
KEPT_ELSEWHERE = {
    "R-14": "no fact and no event for identification exists: test_r14",
    "R-22": "signals desk: not built yet",
    "R-23": "signals desk: not built yet",
    "R-24": "signals desk: not built yet",
    "R-27": "signals desk: not built yet",
    "R-33": "the notification form stores no identity of an anonymous tip: tests/intake",
    "R-39": "no field for ethnicity can be declared: tests/pack",
}
HARD_AND_FLAG = (
    [f"R-0{n}" for n in (1, 2, 3, 4, 5, 6, 7, 8, 9)]
    + [f"R-{n}" for n in (11, 12, 13, 14, 16, 18, 19, 20, 22, 23, 24, 27, 33, 34, 35)]
    + [f"R-{n}" for n in (36, 38, 39, 43, 44, 45, 49, 50, 51, 54, 55, 57, 59)]
)


def answer(story: dict[str, Any], lang: str = "en") -> Assessment:
    """Assess a story; its events get their place in the list as id."""
    events = [
        ThreadEvent(
            id=index, type=event[1], on=event[0], fields=event[2] if len(event) > 2 else {}
        )
        for index, event in enumerate(story.get("events", []))
    ]
    facts = PEOPLE[story["person"]] | story.get("facts", {})
    return assess(load_pack("nl"), facts=facts, events=events, on=story["on"], lang=lang)


def wrong_duties(expected: dict[str, Any], got: Assessment) -> list[str]:
    """Compare the duties a story names with the first of that id."""
    bad = []
    for duty_id, wanted in expected.items():
        found = next((duty for duty in got.duties if duty.id == duty_id), None)
        if wanted is None:
            bad += [f"{duty_id} stands: {found}"] if found else []
        elif found is None:
            bad.append(f"{duty_id} is not there")
        else:
            bad += [
                f"{duty_id}.{key}: {getattr(found, key)!r}, not {value!r}"
                for key, value in wanted.items()
                if getattr(found, key) != value
            ]
    return bad


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story["id"])
def test_story(story: dict[str, Any]) -> None:
    expect, got = story["expect"], answer(story)
    schemes = {scheme.id: scheme for scheme in got.schemes}
    bad = [
        f"{scheme}: {schemes[scheme].outcome}, not {outcome}: {schemes[scheme].because}"
        for scheme, outcome in expect.get("schemes", {}).items()
        if schemes[scheme].outcome != outcome
    ]
    for scheme, facts in expect.get("missing", {}).items():
        bad += [f"{scheme}: {f} not in {schemes[scheme].missing}" for f in facts
                if f not in schemes[scheme].missing]  # fmt: skip
    bad += wrong_duties(expect.get("duties", {}), got)
    hows = {duty.id: duty.how for duty in got.duties}
    bad += [f"{d}.how: {hows[d]}" for d, word in expect.get("how", {}).items()
            if word not in hows[d]]  # fmt: skip
    if "refused" in expect:
        refused = sorted(refusal.rule for refusal in got.refused)
        bad += [f"refused {refused}"] if refused != sorted(expect["refused"]) else []
    flags = {flag.rule for flag in got.flags}
    bad += [f"no flag {rule}" for rule in expect.get("flags", []) if rule not in flags]
    bad += [f"flag {rule} stands" for rule in expect.get("no_flags", []) if rule in flags]
    bad += [
        f"fact {fact}: {got.facts.get(fact)!r}, not {value!r}"
        for fact, value in expect.get("facts", {}).items()
        if got.facts.get(fact) != value
    ]
    assert not bad


def test_story_ids_are_unique() -> None:
    ids = [story["id"] for story in STORIES]
    assert len(ids) == len(set(ids))


def test_every_scheme_has_three_outcomes_in_the_stories() -> None:
    seen: dict[str, set[str]] = {}
    for story in STORIES:
        for scheme, outcome in story["expect"].get("schemes", {}).items():
            seen.setdefault(scheme, set()).add(outcome)
    every = {"applies", "does_not_apply", "unknown"}
    lacking = {s: every - seen.get(s, set()) for s in load_pack("nl").schemes}
    assert not {scheme: gap for scheme, gap in lacking.items() if gap}


def test_every_hard_and_flag_rule_is_covered() -> None:
    covered = {rule for story in STORIES for rule in story["covers"]} | set(KEPT_ELSEWHERE)
    assert not [rule for rule in HARD_AND_FLAG if rule not in covered]


def test_every_duty_guard_and_flag_is_in_a_story() -> None:
    pack = load_pack("nl")
    answers = [answer(story) for story in STORIES]
    duties = {duty.id for got in answers for duty in got.duties}
    flags = {flag.id for got in answers for flag in got.flags}
    refused = {refusal.rule for got in answers for refusal in got.refused}
    assert set(pack.duties) == duties
    assert set(pack.flags) == flags
    assert {guard.rule for guard in pack.guards.values()} == refused


def test_r14_identification_opens_no_residence_route() -> None:
    """No fact and no event tells of a formal identification, so no scheme can rest on one."""
    pack = load_pack("nl")
    words = [*pack.facts, *pack.events]
    assert not [word for word in words if "identif" in word]


def test_r25_police_border_police_inspectorate_and_prosecutor_can_open_an_investigation() -> (
    None
):
    kinds = set(load_pack("nl").events["investigation_opened"].recorded_by)
    assert kinds == {"police", "border_police", "labour_inspectorate", "prosecution"}


def test_r63_who_meets_children_can_say_that_there_is_an_indication() -> None:
    kinds = set(load_pack("nl").events["indication_seen"].recorded_by)
    assert kinds >= {"child_protection", "school_attendance", "youth_care", "guardianship"}


def test_r74_sex_work_makes_nobody_an_offender() -> None:
    """A person is victim or witness, and all that turns on sex work is help to stop."""
    pack = load_pack("nl")
    assert set(pack.code_lists["role"].items) == {"victim", "witness"}
    story = {"person": "woman", "on": date(2024, 3, 18)}
    wants, stays = (
        {
            scheme.id: scheme.outcome
            for scheme in answer(
                story | {"facts": {"works_in_sex_work_wants_exit": wish}}
            ).schemes
        }
        for wish in (True, False)
    )
    assert [scheme for scheme in wants if wants[scheme] != stays[scheme]] == ["NL-EXIT-01"]


def test_lists_to_choose_from_hold_the_kinds_and_categories_of_the_pack() -> None:
    """Two lists say the same ids with labels for another place; neither may drift."""
    pack = load_pack("nl")
    assert set(pack.code_lists["organisation_kind"].items) == set(pack.organisation_kinds)
    assert set(pack.code_lists["data_category"].items) == set(pack.data_categories)


def test_every_answer_names_its_sources() -> None:
    for story in STORIES:
        for scheme in answer(story).schemes:
            assert scheme.sources
            assert all(source.url and source.checked_on for source in scheme.sources)


def test_dutch_and_english_agree() -> None:
    """Outcomes, days and rules do not depend on the language of the answer."""
    for story in STORIES:
        dutch, english = answer(story, "nl"), answer(story, "en")
        assert [s.outcome for s in dutch.schemes] == [s.outcome for s in english.schemes]
        assert [d.due_on for d in dutch.duties] == [d.due_on for d in english.duties]
        assert dutch.next_question == english.next_question


def test_law_is_chosen_by_date() -> None:
    """NL-COM-04: three years under the law of 2014, ten under the law of 2024."""
    story = {
        "person": "woman",
        "facts": {"indication": True, "serious_injury": True,
                  "exploitation_ended_on": date(2014, 1, 31)},
    }  # fmt: skip
    old, new = (answer(story | {"on": day}) for day in (date(2016, 6, 30), date(2016, 7, 1)))
    due = [next(d for d in got.duties if d.id == "apply_injury_fund") for got in (old, new)]
    assert [d.due_on for d in due] == [date(2017, 1, 31), date(2024, 1, 31)]
