# SPDX-License-Identifier: EUPL-1.2
"""A human decides that two files are of one person or not; both threads say so."""

import pytest

from middenstip.linkage import selectors
from middenstip.thread.selectors import thread_of
from tests.linkage.files import decide, opened
from tests.thread.chain import Chain

pytestmark = pytest.mark.django_db


def test_same_stands_in_both_threads_and_each_file_shows_the_other() -> None:
    chain = Chain()
    one, two = opened(chain), opened(chain)
    police = chain.police
    decide(police, one.case_id, two.case_id, "same")
    for here, there in ((one, two), (two, one)):
        last = thread_of(actor=police, case_id=here.case_id)[-1]
        assert (last.type, last.category) == ("same_person", "identity")
        found = selectors.others(actor=police, case_id=here.case_id)
        assert [each.case_id for each in found] == [there.case_id]
