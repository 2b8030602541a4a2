# SPDX-License-Identifier: EUPL-1.2
"""What the tests of the room share."""

import pytest

from tests.thread.chain import Chain


@pytest.fixture
def chain(db: None) -> Chain:
    """The fictional chain of organisations."""
    return Chain()
