# SPDX-License-Identifier: EUPL-1.2
"""The pages are not served without the wall of the database."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.core.exceptions import ImproperlyConfigured

from middenstip.serve import require_walls

pytestmark = pytest.mark.django_db


def test_the_pages_are_not_served_as_a_role_that_row_security_does_not_hold() -> None:
    with pytest.raises(ImproperlyConfigured, match="row security does not hold"):
        require_walls()


def test_the_programs_own_role_serves_them(
    as_program_role: Callable[[], AbstractContextManager[None]],
) -> None:
    with as_program_role():
        require_walls()
