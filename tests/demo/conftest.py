# SPDX-License-Identifier: EUPL-1.2
"""A small fictional country, filled once for the tests that only look at it."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.db import transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from middenstip.demo import country
from middenstip.demo.country import Filled

UNTIL = date(2026, 6, 30)
PERSONS = 260


@pytest.fixture(scope="module")
def filled(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Filled]:
    """The country of seed 1 on a fixed day, thrown away after the module."""
    with django_db_blocker.unblock(), override_settings(DEMO=True), transaction.atomic():
        yield country.fill(persons=PERSONS, seed=1, until=UNTIL)
        transaction.set_rollback(True)


@pytest.fixture
def demo_switch() -> Iterator[None]:
    """The demo switch is on."""
    with override_settings(DEMO=True):
        yield
