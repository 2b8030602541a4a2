# SPDX-License-Identifier: EUPL-1.2
"""How many questions people need. `bench guide` measures 500 persons; here a few each time."""

from random import Random

from bench.guide import conversation, relevant

from middenstip import clock
from middenstip.guide.settled import settle
from middenstip.pack.load import load_pack
from middenstip.rules.engine import engine_for

PACK = load_pack("nl")
PERSONS = 20
MOST = 0.6


def test_all_that_can_be_settled_is_settled_with_at_most_60_percent_of_the_questions() -> None:
    engine = engine_for(PACK)
    facts = relevant(engine, PACK)
    asked = 0
    for seed in range(PERSONS):
        answers = conversation(PACK, Random(seed), indication="yes")  # noqa: S311 - made up
        asked += len(answers.given)
        for judged in settle(PACK, answers, clock.today()).schemes:
            assert not facts & set(judged.missing) - answers.asked, judged.provision.id
    assert asked / PERSONS <= MOST * len(facts)


def test_asking_everything_is_counted_without_what_is_never_asked() -> None:
    facts = relevant(engine_for(PACK), PACK)
    assert facts <= engine_for(PACK).trials.askable
    assert not any(PACK.facts[fact].identifying for fact in facts)
    assert len(facts) > 30
