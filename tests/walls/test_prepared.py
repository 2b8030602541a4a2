# SPDX-License-Identifier: EUPL-1.2
"""A plan that PostgreSQL keeps is used by the next actor too, and shows it no more."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from middenstip.access.acting import NotEntered, acting
from middenstip.access.actors import Actor
from middenstip.database.prepared import prepared
from middenstip.thread import selectors
from middenstip.thread.errors import NotThere
from middenstip.thread.models import Case, Event
from tests.walls.register import Register, filled

pytestmark = pytest.mark.django_db
# A statement is planned with its values five times before a plan without values is kept.
ENOUGH = 8


@pytest.fixture
def register(db: None) -> Register:
    return filled()


@pytest.fixture
def kept() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SET plan_cache_mode = force_generic_plan")
        yield
        cursor.execute("RESET plan_cache_mode")


def _seen(actor: Actor, case_id: UUID) -> tuple[int, int]:
    """Ask without any filter of the program: only the database decides."""
    with acting(actor), prepared():
        found: Any = Case.objects.filter(pk=case_id)
        return found.count(), Event.objects.filter(case_id=case_id).count()


@pytest.mark.usefixtures("kept")
def test_a_kept_plan_shows_each_actor_its_own_rows(register: Register) -> None:
    police = register.chain.police
    mine = _seen(police, register.case_id)
    assert min(mine) > 0
    outsiders = register.outsiders()
    for _ in range(ENOUGH):
        assert _seen(police, register.case_id) == mine
        for why, actor in outsiders.items():
            try:
                assert _seen(actor, register.case_id) == (0, 0), why
            except NotEntered:
                continue
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements"
            " WHERE generic_plans >= %s AND statement LIKE '%%thread_event%%'",
            [ENOUGH],
        )
        assert cursor.fetchone()[0] > 0, "no plan was kept: this test shows nothing"


@pytest.mark.usefixtures("kept")
def test_a_kept_plan_shows_nothing_when_nobody_acts(register: Register) -> None:
    for _ in range(ENOUGH):
        selectors.whole_case(actor=register.chain.police, case_id=register.case_id)
    with connection.cursor() as cursor, prepared():
        cursor.execute("SET ROLE middenstip_app")
        try:
            assert not Event.objects.filter(case_id=register.case_id).exists()
            assert not Case.objects.filter(pk=register.case_id).exists()
        finally:
            cursor.execute("RESET ROLE")


@pytest.mark.usefixtures("kept")
def test_a_page_read_with_kept_plans_is_there_for_one_and_not_for_another(
    register: Register,
) -> None:
    for _ in range(ENOUGH):
        selectors.whole_case(actor=register.chain.police, case_id=register.case_id)
        with pytest.raises(NotThere):
            selectors.whole_case(actor=register.stranger, case_id=register.case_id)
