# SPDX-License-Identifier: EUPL-1.2
"""What the guide concludes from answers, and what it asks next."""

from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from middenstip.guide.answers import Answers, read_answer
from middenstip.guide.conversation import next_fact
from middenstip.guide.languages import LANGUAGES
from middenstip.guide.result import GuideResult, guide_result
from middenstip.guide.settled import settle
from middenstip.pack.load import load_pack
from middenstip.pack.reading import Words
from middenstip.rules.assess import assess

PACK = load_pack("nl")
ON = date(2026, 11, 23)


def told(**raw: str) -> Answers:
    found = [read_answer(PACK, fact, [value], ON) for fact, value in raw.items()]
    return Answers(tuple(found))  # type: ignore[arg-type]


def result(answers: Answers, door: str = "help", lang: str = "nl") -> GuideResult:
    return guide_result(PACK, answers, door=door, lang=lang, on=ON)  # type: ignore[arg-type]


def any_answer(fact: str, chance: Random) -> str:
    item = PACK.facts[fact]
    match item.type:
        case "yes_no":
            return chance.choice(["yes", "no"])
        case "integer" | "money":
            return str(chance.randint(int(item.minimum or 0), int(item.maximum or 5000)))
        case "date":
            day = (ON - timedelta(days=chance.randint(0, 4000))).isoformat()
            return day[: chance.choice([4, 7, 10])]
    codes = [code for code in PACK.codes_of(item.code_list or "") if code != "unknown"]
    return chance.choice(codes)


def test_without_answers_something_is_asked_and_nothing_is_promised() -> None:
    start = result(Answers())
    assert start.question is not None
    assert start.answered == 0
    assert start.first == () or all(offer.because == () for offer in start.first)
    assert [need.need_id for need in start.needs] == sorted(
        PACK.needs, key=lambda need: PACK.needs[need].order
    )


def test_safety_is_asked_before_papers_and_police() -> None:
    asked, answers = [], told()
    for _ in range(4):
        question = result(answers).question
        assert question is not None
        asked.append(question.fact)
        answers = Answers((*answers.given, *told(**{question.fact: "yes"}).given))
    assert asked == ["indication", "in_danger", "bed_needed", "is_minor"]


@pytest.mark.parametrize("seed", range(12))
def test_a_conversation_ends_and_asks_nothing_twice(seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - a made-up person
    answers = Answers()
    while (question := result(answers).question) is not None:
        assert question.fact not in answers.asked
        assert not PACK.facts[question.fact].identifying
        raw = chance.choice(["?", "-", *[any_answer(question.fact, chance)] * 4])
        answer = read_answer(PACK, question.fact, [raw], ON)
        answers = Answers((*answers.given, answer))  # type: ignore[arg-type]
    askable = {k for k, fact in PACK.facts.items() if fact.askable and not fact.identifying}
    left = {fact for judged in settle(PACK, answers, ON).schemes for fact in judged.missing}
    assert (
        not (left & askable)
        - answers.asked
        - {k for k, fact in PACK.facts.items() if fact.judgement_of}
    )


FACTS = st.sampled_from([k for k, fact in PACK.facts.items() if fact.askable])


@given(st.dictionaries(FACTS, st.randoms(use_true_random=False), max_size=12))
def test_outcomes_are_those_of_the_rules(chances: dict[str, Random]) -> None:
    raw = {fact: any_answer(fact, chance) for fact, chance in chances.items()}
    whole = {fact: value for fact, value in raw.items() if told(**{fact: value}).partial == ()}
    answers = told(**whole)
    law = assess(PACK, facts=answers.facts, events=(), on=ON)
    expected = {one.id: one.outcome for one in law.schemes}
    for judged in settle(PACK, answers, ON).schemes:
        outcome = {True: "applies", False: "does_not_apply", None: "unknown"}[judged.truth]
        assert expected[judged.provision.id] == outcome


def test_a_day_known_in_part_settles_only_what_every_day_of_it_settles() -> None:
    fact = "exploitation_ended_on"
    base = {
        "indication": "yes", "exploited_in_netherlands": "yes", "serious_injury": "yes",
        "violent_offence_in_netherlands": "yes", "age": "30",
    }  # fmt: skip
    for month in ("2016-10", "2016-11", "2016-12", "2023-11", "2026-11", "2024-01"):
        vague = told(**base, **{fact: month})
        on_days: dict[str, set[bool | None]] = {}
        for day in vague.partial[0].days:
            exact = told(**base, **{fact: day.isoformat()})
            for judged in settle(PACK, exact, ON).schemes:
                on_days.setdefault(judged.provision.id, set()).add(judged.truth)
        for judged in settle(PACK, vague, ON).schemes:
            truths = on_days[judged.provision.id]
            if judged.truth is not None:
                assert truths == {judged.truth}
            elif len(truths) == 1:
                assert truths == {None}


def test_a_day_known_in_part_is_not_asked_again() -> None:
    answers = told(exploitation_ended_on="2016")
    assert next_fact(PACK, settle(PACK, answers, ON), answers) != "exploitation_ended_on"


def test_the_person_reads_the_second_person_and_who_helps_the_third() -> None:
    for fact, item in PACK.facts.items():
        if item.ask_you is not None and item.question is not None:
            answers = told(**{fact: "?"})
            assert result(answers, "help").told[0].question.text == item.ask_you["nl"]
            assert result(answers, "helping").told[0].question.text == item.question["nl"]


def test_a_text_that_a_language_lacks_is_marked_with_the_language_it_is_in() -> None:
    nobody_translated = {"nl": "Een zin van deze proef.", "en": "A sentence of this test."}
    assert PACK.read(nobody_translated, "ro") == Words("A sentence of this test.", "en")
    dutch = {"nl": "Een zin van deze proef."}
    assert PACK.read(dutch, "ro") == Words("Een zin van deze proef.", "nl")
    for lang in LANGUAGES:
        question = result(told(age="?"), "helping", lang).told[0].question
        assert question.lang in (lang, "en")


def test_what_other_answers_contradict_is_set_aside_and_named() -> None:
    shown = result(told(age="40", is_minor="yes"))
    assert [said.fact for said in shown.set_aside] == ["is_minor"]


def test_an_offer_tells_which_answers_decided_it() -> None:
    shown = result(told(indication="yes", lawful_stay="no", nationality_group="third_country"))
    offers = {offer.scheme_id: offer for need in shown.needs for offer in need.offers}
    reflection = offers["NL-STAY-01"]
    because = {said.fact: said.kind for said in reflection.because}
    assert because["indication"] == "yes"
    assert because["lawful_stay"] == "no"


def test_what_to_do_first_is_at_most_three_things_that_apply() -> None:
    answers = told(
        indication="yes", lawful_stay="no", nationality_group="third_country",
        bed_needed="yes", age="25", in_danger="yes",
    )  # fmt: skip
    shown = result(answers)
    assert 1 <= len(shown.first) <= 3
    assert all(offer.outcome == "applies" for offer in shown.first)
    assert len({offer.scheme_id for offer in shown.first}) == len(shown.first)


def test_what_presses_most_comes_first_and_one_thing_for_each_need() -> None:
    known = {"indication": "yes", "lawful_stay": "no", "nationality_group": "third_country"}
    calm = result(told(**known)).first
    danger = result(told(**known, in_danger="yes", bed_needed="yes")).first
    assert [offer.scheme_id for offer in danger] == ["NL-REP-11", "NL-SHE-05", "NL-STAY-01"]
    assert "NL-REP-11" not in {offer.scheme_id for offer in calm}
    needs = [PACK.schemes[offer.scheme_id].need for offer in danger]
    assert len(set(needs)) == len(needs)


def test_a_need_shows_what_applies_before_what_may_apply() -> None:
    for need in result(told(indication="yes", lawful_stay="no")).needs:
        outcomes = [offer.outcome for offer in need.offers]
        assert outcomes == sorted(outcomes, key=lambda outcome: outcome != "applies")
        assert need.state == (
            "not" if not outcomes else "applies" if "applies" in outcomes else "may"
        )
