# SPDX-License-Identifier: EUPL-1.2
"""The demo keeps off whatever is not a demo."""

import os
import socket

import pytest

from middenstip.access.models import User
from middenstip.demo import runner

pytestmark = pytest.mark.django_db


@pytest.fixture
def named_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "DATABASE_URL", "postgres://someone@db.example/register")


def test_real_accounts_on_a_named_server_stop_the_demo(named_server: None) -> None:
    assert runner._real_data() == ""
    User.objects.create_user("police@demo.example", display_name="A. Voorbeeld")
    assert runner._real_data() == ""
    User.objects.create_user("somebody@politie.example", display_name="B. Voorbeeld")
    assert "real accounts" in runner._real_data()


def test_the_tables_of_another_program_stop_the_demo(
    named_server: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(User._meta, "db_table", "not_there")
    assert "other tables" in runner._real_data()


def test_a_taken_port_is_told_before_anything_is_done() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert runner._hindrance(port) == (
            f"port {port} is in use; try script/demo --port {port + 1}"
        )
