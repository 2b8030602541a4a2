# SPDX-License-Identifier: EUPL-1.2
"""Two people, or two programs, at the same moment: each notification comes in once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Event
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test import Client

from middenstip.access.actors import Actor
from middenstip.intake import importing, services
from middenstip.intake.importing import Report, import_notifications
from middenstip.intake.models import ImportedRow
from middenstip.intake.readers import Unusable, open_file
from middenstip.thread.models import Case
from tests.intake.conftest import begin, fill

pytestmark = pytest.mark.django_db(transaction=True)


def twice(work: Callable[[], Any]) -> list[Any]:
    """Do the same in two connections that start together."""
    together = Barrier(2)

    def once(_: int) -> Any:
        try:
            together.wait(timeout=30)
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(once, range(2)))


def test_a_draft_sent_twice_at_once_makes_one_case(
    actor_of: Callable[..., Actor], client_of: Callable[[Actor], Client]
) -> None:
    police = actor_of("police")
    client = client_of(police)
    draft = begin(client)
    fill(client, draft)
    cases: list[UUID] = twice(lambda: services.send_draft(actor=police, draft_id=draft))
    assert cases[0] == cases[1]
    assert Case.objects.count() == 1


def test_an_import_waits_for_another_only_so_long(
    actor_of: Callable[..., Actor], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    point = actor_of("coordination_point")
    path = tmp_path / "file.csv"
    path.write_text("cas_IncomingReferralDate,org_Type\n2014-07-10,LawEnforcement\n")
    monkeypatch.setattr(importing, "LONGEST_WAIT", 1)
    holding, done = Event(), Event()

    def hold() -> None:
        with transaction.atomic():
            importing._one_at_a_time(point)
            holding.set()
            done.wait(timeout=30)
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(hold)
        assert holding.wait(timeout=30)
        with pytest.raises(Unusable):
            import_notifications(actor=point, file=open_file(path))
        done.set()
        held.result()
    assert not Case.objects.exists()
    assert import_notifications(actor=point, file=open_file(path)).added == 1


def test_a_file_read_twice_at_once_comes_in_once(
    actor_of: Callable[..., Actor], tmp_path: Path
) -> None:
    point = actor_of("coordination_point")
    path = tmp_path / "file.csv"
    lines = [f"2014-07-{day},LawEnforcement,nr {day}" for day in range(10, 25)]
    path.write_text("\n".join(["cas_IncomingReferralDate,org_Type,x_RecordId", *lines]))
    file = open_file(path)
    reports: list[Report] = twice(lambda: import_notifications(actor=point, file=file))
    assert sorted(report.added for report in reports) == [0, 15]
    assert sorted(len(report.already) for report in reports) == [0, 15]
    assert Case.objects.count() == ImportedRow.objects.count() == 15
