# SPDX-License-Identifier: EUPL-1.2
"""Several people decide at once, each on a connection of their own."""

from functools import partial
from uuid import UUID

import pytest

from middenstip.linkage import selectors, services
from middenstip.linkage.models import Answer, Verdict
from middenstip.linkage.services import DoesNotFit, VerdictChanged
from middenstip.thread import rebuild
from tests.linkage.files import GROUND, decide, opened
from tests.thread.chain import RIGHTS, Chain
from tests.thread.test_concurrency import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def same(chain: Chain, one: UUID, two: UUID) -> UUID:
    """Decide without having seen a verdict."""
    return services.decide(
        actor=chain.police, one=one, two=two, verdict="same", ground=GROUND, seen=None
    )


def test_of_two_who_decide_about_one_pair_the_second_is_told_to_look(chain: Chain) -> None:
    one, two = opened(chain), opened(chain)
    results = at_once(
        lambda: same(chain, one.case_id, two.case_id),
        lambda: same(chain, two.case_id, one.case_id),
    )
    assert {type(result) for result in results} == {UUID, VerdictChanged}
    assert Verdict.objects.count() == 1


def test_two_merges_at_once_on_four_files_cannot_contradict_each_other(chain: Chain) -> None:
    a, b, c, d = (opened(chain) for _ in range(4))
    decide(chain.police, a.case_id, b.case_id, "same")
    decide(chain.police, c.case_id, d.case_id, "different")
    results = at_once(
        lambda: same(chain, a.case_id, c.case_id),
        lambda: same(chain, b.case_id, d.case_id),
    )
    assert {type(result) for result in results} == {UUID, DoesNotFit}
    whole = selectors.group_of(actor=chain.police, person_id=a.person_id)
    assert len(whole) == 3


def test_many_merges_at_once_in_a_ring_end_in_one_group_without_a_deadlock(
    chain: Chain,
) -> None:
    files = [opened(chain, number) for number in range(6)]
    ring = zip(files, files[1:] + files[:1], strict=True)
    works = [partial(same, chain, one.case_id, two.case_id) for one, two in ring]
    results = at_once(*works)
    assert all(isinstance(result, UUID) for result in results), results
    group = selectors.group_of(actor=chain.police, person_id=files[0].person_id)
    assert group == {file.person_id for file in files}
    assert list(rebuild.check()) == []


def test_recording_goes_on_while_somebody_decides(chain: Chain) -> None:
    one, two = opened(chain), opened(chain)
    results = at_once(
        lambda: same(chain, one.case_id, two.case_id),
        lambda: chain.record(chain.police, one.case_id, "rights_explained", **RIGHTS),
        lambda: chain.record(chain.police, two.case_id, "rights_explained", **RIGHTS),
    )
    assert not [result for result in results if isinstance(result, Exception)]
    assert list(rebuild.check()) == []


def test_of_two_who_take_a_verdict_back_one_does(chain: Chain) -> None:
    one, two = opened(chain), opened(chain)
    verdict = decide(chain.police, one.case_id, two.case_id, "same")
    results = at_once(
        *[partial(services.undo, actor=chain.police, verdict=verdict) for _ in range(2)]
    )
    assert {type(result) for result in results} == {UUID, VerdictChanged}
    held = selectors.standing(actor=chain.police, one=one.case_id, two=two.case_id)
    assert held is not None
    assert held.verdict == Answer.UNKNOWN
