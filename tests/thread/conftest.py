# SPDX-License-Identifier: EUPL-1.2
"""What the tests of the thread share."""

from collections.abc import Iterator
from datetime import date

import pytest

from middenstip import clock
from tests.thread.chain import Chain


@pytest.fixture
def chain(db: None) -> Chain:
    """The fictional chain of organisations."""
    return Chain()


@pytest.fixture
def held() -> Iterator[date]:
    """The clock stands still on a Friday, the day before a leap-year weekend in summer."""
    with clock.at(date(2024, 6, 28)):
        yield date(2024, 6, 28)
