# SPDX-License-Identifier: EUPL-1.2
"""Whatever people decide and take back, in any order: held against an oracle of a few lines."""

from dataclasses import dataclass, field
from itertools import combinations
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from middenstip.linkage import selectors, services
from middenstip.linkage.models import Verdict
from middenstip.linkage.services import DoesNotFit
from middenstip.thread.models import Event
from middenstip.thread.records import Opened
from tests.linkage.files import GROUND, opened
from tests.thread.chain import RIGHTS, Chain

pytestmark = pytest.mark.django_db
FILES = 4
PAIRS = list(combinations(range(FILES), 2))
# None: the pair of the step before, so that verdicts come to stand on each other.
pairs = st.one_of(st.none(), st.sampled_from(PAIRS))
answers = st.sampled_from(["same", "same", "different", "unknown", "undo", "undo", "record"])
steps = st.lists(st.tuples(answers, pairs), min_size=4, max_size=16)


@dataclass
class Oracle:
    """What must hold: the history of each pair, and the groups that follow from it."""

    said: dict[tuple[int, int], list[str]] = field(
        default_factory=lambda: {pair: [] for pair in PAIRS}
    )

    def latest(self, pair: tuple[int, int]) -> str:
        return self.said[pair][-1] if self.said[pair] else "unknown"

    def groups(self) -> list[set[int]]:
        found = [{file} for file in range(FILES)]
        for one, two in PAIRS:
            if self.latest((one, two)) == "same":
                joined = [each for each in found if each & {one, two}]
                found = [each for each in found if each not in joined] + [set().union(*joined)]
        return found

    def fits(self) -> bool:
        return not any(
            self.latest(pair) == "different" and set(pair) <= group
            for group in self.groups()
            for pair in PAIRS
        )

    def say(self, pair: tuple[int, int], answer: str) -> bool:
        """Keep an answer if it fits; tell whether it does."""
        self.said[pair].append(answer)
        if self.fits():
            return True
        self.said[pair].pop()
        return False


def standing(chain: Chain, one: Opened, two: Opened) -> UUID | None:
    found = selectors.standing(actor=chain.police, one=one.case_id, two=two.case_id)
    return found.id if found else None


def take(
    chain: Chain, files: list[Opened], oracle: Oracle, what: str, at: tuple[int, int]
) -> None:
    """Do one step in the product and in the oracle; both allow it or both refuse it."""
    one, two = (files[place] for place in at)
    if what == "record":
        chain.record(chain.police, one.case_id, "rights_explained", **RIGHTS)
        return
    seen = standing(chain, one, two)
    if what == "undo" and seen is None:
        return
    answer = what if what != "undo" else (["unknown", *oracle.said[at]])[-2]
    allowed = oracle.say(at, answer)
    try:
        if what == "undo" and seen is not None:
            services.undo(actor=chain.police, verdict=seen)
        else:
            services.decide(
                actor=chain.police, one=two.case_id, two=one.case_id, verdict=what,
                ground=GROUND, seen=seen,
            )  # fmt: skip
        assert allowed, (what, at)
    except DoesNotFit:
        assert not allowed, (what, at)


@settings(
    max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(steps=steps)
def test_groups_contradictions_and_undo_are_those_of_the_oracle_and_nothing_is_lost(
    chain: Chain, steps: list[tuple[str, tuple[int, int] | None]]
) -> None:
    point = transaction.savepoint()
    try:
        files = [opened(chain, number) for number in range(FILES)]
        persons = [file.person_id for file in files]
        mine = {"case_id__in": [file.case_id for file in files]}
        oracle = Oracle()
        at = PAIRS[0]
        for what, pair in steps:
            at = pair or at
            before = list(Event.objects.filter(**mine).order_by("case_id", "seq").values())
            rows = Verdict.objects.count()
            take(chain, files, oracle, what, at)
            kept = {event["id"]: event for event in Event.objects.filter(**mine).values()}
            assert all(kept[event["id"]] == event for event in before)
            assert Verdict.objects.count() >= rows
            found = selectors.groups(actor=chain.police, persons=persons)
            wanted = {frozenset(persons[each] for each in group) for group in oracle.groups()}
            assert set(found.values()) == wanted
            assert all(person in group for person, group in found.items())
    finally:
        transaction.savepoint_rollback(point)
