# SPDX-License-Identifier: EUPL-1.2
"""`middenstip thread rebuild`: what it says and with which status it ends."""

from typing import Any
from uuid import uuid4

import pytest
from typer.testing import CliRunner

from middenstip.thread.command import app
from middenstip.thread.models import CaseState, DutyRun
from tests.thread.chain import Chain

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("held")]


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["rebuild", *arguments])


def test_a_register_that_is_whole_checks_with_status_0(chain: Chain) -> None:
    chain.notified()
    result = run("--check")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "no difference" in result.stderr


def test_each_difference_is_told_with_status_1_and_changed_by_nothing(chain: Chain) -> None:
    opened = chain.notified()
    DutyRun.objects.filter(case_id=opened.case_id).delete()
    first, second = run("--check"), run("--check")
    assert (first.exit_code, second.exit_code) == (1, 1)
    assert first.stdout == second.stdout
    assert f"case {opened.case_id}: duty " in first.stdout
    assert "in 1 cases" in first.stderr


def test_a_rebuild_mends_and_then_checks(chain: Chain) -> None:
    opened = chain.notified()
    chain.notified()
    CaseState.objects.filter(pk=opened.case_id).update(facts={})
    result = run()
    assert result.exit_code == 0
    assert "2 cases derived, 1 changed" in result.stderr
    assert run("--check").exit_code == 0


def test_one_case_can_be_chosen(chain: Chain) -> None:
    one, other = chain.notified(), chain.notified()
    CaseState.objects.update(facts={})
    assert "1 cases derived, 1 changed" in run("--case", str(one.case_id)).stderr
    assert run("--check", "--case", str(one.case_id)).exit_code == 0
    assert run("--check", "--case", str(other.case_id)).exit_code == 1


def test_wrong_use_ends_with_status_2(chain: Chain) -> None:
    for wrong in (("--case", str(uuid4())), ("--case", "no-id"), ("--chek",)):
        assert run(*wrong).exit_code == 2


def test_a_case_that_cannot_be_derived_is_named_with_status_1(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = chain.notified()

    def fails(*_: Any, **__: Any) -> None:
        raise ArithmeticError

    monkeypatch.setattr("middenstip.thread.services.derive", fails)
    result = run()
    assert result.exit_code == 1
    assert str(opened.case_id) in result.stderr
