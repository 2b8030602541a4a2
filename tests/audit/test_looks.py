# SPDX-License-Identifier: EUPL-1.2
"""What is kept of a look, and when."""

import threading
from uuid import UUID, uuid4

import pytest
from django.db import connection, connections, transaction

from middenstip.audit import looks
from middenstip.audit.canonical import NOTHING_BEFORE
from middenstip.audit.looks import LogNotWritten, collecting, looked
from middenstip.audit.models import ReadEntry
from middenstip.audit.verify import Scope, verify
from tests.audit.log import somebody

CASE = UUID("11111111-1111-4111-8111-111111111111")


def entries() -> list[ReadEntry]:
    return list(ReadEntry.objects.order_by("id"))


@pytest.mark.django_db
def test_a_look_outside_a_collector_is_written_at_once() -> None:
    actor = somebody()
    looked(actor=actor, case_id=CASE, categories=["care", "police"], operation="desk:case")
    (entry,) = entries()
    assert (entry.chain, entry.seq, entry.cases) == (CASE, 1, [])
    assert (entry.user_id, entry.organisation_id) == (actor.user_id, actor.organisation_id)
    assert (entry.purpose, entry.categories) == ("care", ["care", "police"])
    assert (entry.operation, entry.kind, entry.failed) == ("desk:case", "ordinary", False)
    assert bytes(entry.previous) == NOTHING_BEFORE


@pytest.mark.django_db
def test_several_looks_of_one_request_at_one_case_are_one_entry_with_all_categories() -> None:
    actor, other = somebody(), uuid4()
    with collecting("desk:case") as collector:
        looked(actor=actor, case_id=CASE, categories=["police"])
        looked(actor=actor, case_id=other, categories=["care"])
        looked(actor=actor, case_id=CASE, categories=["care"])
        assert entries() == []
    assert [(entry.chain, entry.categories) for entry in entries()] == [
        (case, {CASE: ["care", "police"], other: ["care"]}[case])
        for case in sorted((CASE, other))
    ]
    assert {entry.trace for entry in entries()} == {collector.trace}
    assert {entry.operation for entry in entries()} == {"desk:case"}


@pytest.mark.django_db
def test_looks_of_two_people_kinds_or_purposes_stay_apart() -> None:
    actor = somebody()
    with collecting():
        looked(actor=actor, case_id=CASE, categories=["care"])
        looked(actor=actor, case_id=CASE, categories=["care"], kind="break_glass")
        looked(actor=somebody("investigation"), case_id=CASE, categories=["care"])
    assert [entry.seq for entry in entries()] == [1, 2, 3]
    assert sorted(entry.kind for entry in entries()) == ["break_glass", "ordinary", "ordinary"]


@pytest.mark.django_db
def test_a_look_at_a_list_names_every_case_in_the_chain_of_the_organisation() -> None:
    actor, cases = somebody(), [uuid4() for _ in range(25)]
    with collecting("desk:worklist"):
        looked(actor=actor, cases=cases[:20], categories=["status"])
        looked(actor=actor, cases=cases[15:], categories=["care"])
    (entry,) = entries()
    assert (entry.chain, entry.kind) == (actor.organisation_id, "list")
    assert sorted(entry.cases) == sorted(cases)
    assert entry.categories == ["care", "status"]


@pytest.mark.django_db
def test_a_very_long_list_is_told_in_several_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looks, "CASES_PER_ENTRY", 2)
    cases = [uuid4() for _ in range(5)]
    looked(actor=somebody(), cases=cases, categories=["status"], kind="export")
    assert [len(entry.cases) for entry in entries()] == [2, 2, 1]
    assert sorted(case for entry in entries() for case in entry.cases) == sorted(cases)
    assert {entry.kind for entry in entries()} == {"export"}


@pytest.mark.django_db
def test_a_list_without_cases_shows_nobody_and_is_not_kept() -> None:
    looked(actor=somebody(), cases=[], categories=["status"])
    assert entries() == []


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="not at both"):
        looked(actor=somebody(), case_id=CASE, cases=[CASE], categories=[])
    with pytest.raises(ValueError, match="break_glass"):
        looked(actor=somebody(), case_id=CASE, categories=[], kind="peek")  # type: ignore[arg-type]


@pytest.mark.django_db
def test_what_ends_in_an_error_leaves_its_entry_marked_as_failed() -> None:
    def command() -> None:
        with collecting("command"):
            looked(actor=somebody(), case_id=CASE, categories=["care"])
            raise RuntimeError("after the look")

    with pytest.raises(RuntimeError, match="after the look"):
        command()
    (entry,) = entries()
    assert entry.failed
    assert entry.started_at <= entry.at


@pytest.mark.django_db
def test_when_the_log_cannot_be_written_nothing_may_be_shown() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_readentry RENAME TO audit_elsewhere")
    with pytest.raises(LogNotWritten) as caught, transaction.atomic():
        looked(actor=somebody(), case_id=CASE, categories=["care"])
    assert str(CASE) not in str(caught.value)


# From here on the log is written as the program does it: on a second connection.


@pytest.fixture
def second_connection(settings: object) -> None:
    settings.READ_LOG_CONNECTION = "audit"  # type: ignore[attr-defined]


both = pytest.mark.django_db(transaction=True, databases=["default", "audit"])


@both
@pytest.mark.usefixtures("second_connection")
def test_a_look_stays_when_the_request_is_rolled_back() -> None:
    def request() -> None:
        with collecting("desk:case"), transaction.atomic():
            looked(actor=somebody(), case_id=CASE, categories=["care"])
            with connection.cursor() as cursor:
                cursor.execute("CREATE TABLE rolled_back ()")
            raise RuntimeError("a mistake")

    with pytest.raises(RuntimeError, match="a mistake"):
        request()
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('rolled_back')")
        assert cursor.fetchone() == (None,)
    assert [entry.chain for entry in entries()] == [CASE]


@both
@pytest.mark.usefixtures("second_connection")
def test_a_look_inside_an_open_transaction_is_there_before_it_ends() -> None:
    with transaction.atomic():
        looked(actor=somebody(), case_id=CASE, categories=["care"])
        assert len(entries()) == 1
        transaction.set_rollback(True)
    assert len(entries()) == 1


@both
@pytest.mark.usefixtures("second_connection")
def test_a_connection_that_the_server_closed_is_made_anew() -> None:
    log = connections["audit"]
    with log.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (process,) = cursor.fetchone()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [process])
    looked(actor=somebody(), case_id=CASE, categories=["care"])
    assert len(entries()) == 1


@both
@pytest.mark.usefixtures("second_connection")
def test_many_who_look_at_once_leave_one_whole_chain() -> None:
    start, others = threading.Barrier(4), [uuid4() for _ in range(3)]
    problems: list[Exception] = []

    def look(order: int) -> None:
        try:
            start.wait(10)
            for _ in range(15):
                with collecting("desk:case"):
                    # The other cases in another order: who waits for whom must not go round.
                    for case in [CASE, *others][:: 1 if order % 2 else -1]:
                        looked(actor=somebody(), case_id=case, categories=["care"])
        except Exception as problem:
            problems.append(problem)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=look, args=(order,)) for order in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert problems == []
    for case in (CASE, *others):
        seqs = (
            ReadEntry.objects.filter(chain=case).order_by("seq").values_list("seq", flat=True)
        )
        assert list(seqs) == list(range(1, 61))
    assert list(verify(Scope())) == []
