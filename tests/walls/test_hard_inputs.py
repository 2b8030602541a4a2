# SPDX-License-Identifier: EUPL-1.2
"""Forged, replayed, absurd and oversized requests are refused, never answered with a 500."""

import re
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

import middenstip
from middenstip import clock, database
from middenstip.access import limits_login
from middenstip.access.models import User
from middenstip.serve import serve_arguments
from middenstip.settings.connections import with_limits
from tests.desk.conftest import entered
from tests.thread.chain import Chain
from tests.walls.test_urls import ADDRESSES, FOR_PROGRAMS, filled

PACKAGE = Path(middenstip.__file__).parent
# The public guide takes a form from anywhere: it knows nobody and changes nothing.
THE_GUIDE = "guide/"
# Every name that a view reads from an address or a form by itself.
READ = re.compile(r"""(?:GET|POST)\.(?:get|getlist)\(\s*["'](\w+)["']""")
NAMES = sorted(
    {name for file in PACKAGE.rglob("*.py") for name in READ.findall(file.read_text())}
    | {"next", "page", "q", "on", "by", "as_of", "lang"}
)
ABSURD = [
    "x" * 20_000,
    "\x00",
    "a\x00b",
    "-1",
    "99999999999999999999",
    "00000000-0000-0000-0000-000000000000",
    "0000-99-99",
    "9999-12-31",
    "' OR 1=1 --",
    "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    "{{7*7}}%s%(x)s{x}",
    "\u202e\ufeff\U0001f600",
    "../../../etc/passwd",
]
# Every name gets other values in each turn; all values together would take minutes.
TURNS = 5


def _absurd(names: list[str], turn: int) -> dict[str, list[str]]:
    """Two values for each name, since one place reads the first and another the last."""
    count = len(ABSURD)
    return {
        name: [ABSURD[(place + 3 * turn) % count], ABSURD[(2 * place + turn) % count]]
        for place, name in enumerate(names)
    }


@pytest.fixture
def member(db: None) -> tuple[Client, UUID]:
    chain = Chain()
    case = chain.notified(on=clock.today()).case_id
    client = entered(chain.coordination_point)
    client.raise_request_exception = False
    return client, case


def _routes(case: UUID) -> Iterator[str]:
    for route, _, _ in ADDRESSES:
        yield route.replace("<uuid:case_id>", str(case))


def test_there_are_names_to_try() -> None:
    assert len(NAMES) > 10


def test_absurd_values_in_an_address_give_no_500(member: tuple[Client, UUID]) -> None:
    client, case = member
    failed = []
    for route in _routes(case):
        if "logout" in route:
            continue
        for turn in range(TURNS):
            answer = client.get(filled(route), _absurd(NAMES, turn))
            if answer.status_code >= 500:
                failed.append((route, turn))
    assert failed == []


def test_absurd_values_in_a_form_give_no_500(member: tuple[Client, UUID]) -> None:
    client, case = member
    failed = []
    for route in _routes(case):
        if "logout" in route:
            continue
        path = filled(route)
        page = client.get(path)
        fields = set(re.findall(r'name="([\w-]+)"', page.content.decode(errors="replace")))
        for turn in range(TURNS):
            answer = client.post(path, _absurd(sorted({*NAMES, *fields}), turn))
            if answer.status_code >= 500:
                failed.append((route, turn))
    assert failed == []


@pytest.mark.parametrize(
    "piece",
    ["%00", "x" * 5_000, "not-a-uuid", "%ff%fe", "..%2f..", "%F0%9F%98%80", "'--", "0" * 200],
)
def test_absurd_pieces_of_an_address_give_no_500(
    member: tuple[Client, UUID], piece: str
) -> None:
    client, _ = member
    failed = []
    for route, _, _ in ADDRESSES:
        path = "/" + re.sub(r"<[^>]*>|\(\?P<\w+>(?:[^()]|\([^()]*\))*\)", piece, route)
        path = path.replace("^", "").replace("$", "").replace("\\", "")
        for method in (client.get, client.post):
            if method(path).status_code >= 500:
                failed.append(route)
    assert failed == []


def _open_to_posts(client: Client, case: UUID) -> list[str]:
    paths = [(route, filled(route)) for route in _routes(case)]
    return [
        path
        for route, path in paths
        if not route.startswith((FOR_PROGRAMS, THE_GUIDE))
        and client.options(path).status_code != 404
    ]


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://testserver.evil.example"]
)
def test_a_post_from_another_site_is_refused_everywhere(
    member: tuple[Client, UUID], origin: str
) -> None:
    plain, case = member
    client = Client(enforce_csrf_checks=True)
    client.cookies = plain.cookies
    client.get("/account/organisation/")
    token = client.cookies["csrftoken"].value
    taken = []
    for path in _open_to_posts(plain, case):
        for data, headers in [
            ({}, {}),
            ({"csrfmiddlewaretoken": "x" * 64}, {}),
            ({"csrfmiddlewaretoken": token}, {"Origin": origin}),
        ]:
            status = client.post(path, data, headers=headers).status_code
            if status not in {403, 404, 405}:
                taken.append((path, status))
    assert taken == []
    assert client.get("/account/organisation/").context["actor"] is not None


def test_a_program_with_the_cookie_of_a_person_changes_nothing(
    member: tuple[Client, UUID],
) -> None:
    plain, case = member
    client = Client(enforce_csrf_checks=True)
    client.cookies = plain.cookies
    taken = []
    for route in _routes(case):
        if not route.startswith(FOR_PROGRAMS):
            continue
        for method in ("post", "put", "patch", "delete"):
            answer = getattr(client, method)(
                filled(route), "{}", content_type="application/json",
                headers={"Origin": "https://evil.example"},
            )  # fmt: skip
            if answer.status_code < 400:
                taken.append((method, route))
    assert taken == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "value", ["", "x", "\x01", "é", "x" * 5_000, "a.b.c", "null", "{}", ":::", '"'], ids=repr
)
def test_a_tampered_cookie_makes_a_stranger_and_no_500(value: str) -> None:
    user = User.objects.create_user("los@test.example", display_name="A")
    names = [
        settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME,
        "messages", limits_login.device_cookie_name(),
    ]  # fmt: skip
    for name in names:
        client = Client(raise_request_exception=False)
        client.force_login(user)
        client.cookies[name] = value
        for path in ["/account/organisation/", "/account/login/", "/"]:
            assert client.get(path).status_code < 500
        posted = client.post("/account/login/", {"login": "a@test.example", "password": "x"})
        assert posted.status_code < 500
    client = Client()
    client.force_login(user)
    client.cookies[settings.SESSION_COOKIE_NAME] = value
    assert client.get("/account/organisation/").status_code == 302


@pytest.mark.django_db
def test_a_session_is_dead_after_logging_out() -> None:
    client = Client()
    client.force_login(User.objects.create_user("los@test.example", display_name="A"))
    assert client.get("/account/organisation/").status_code == 200
    stolen = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post("/account/logout/")
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = stolen
    answer = thief.get("/account/organisation/")
    assert (answer.status_code, answer["Location"][:15]) == (302, "/account/login/")


@pytest.mark.django_db
def test_logging_in_changes_the_key_of_the_session() -> None:
    User.objects.create_user("los@test.example", "een lang wachtwoord", display_name="A")
    client = Client()
    client.get("/account/login/")
    client.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
    client.post(
        "/account/login/", {"login": "los@test.example", "password": "een lang wachtwoord"}
    )
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != "a" * 32


@pytest.mark.parametrize(
    "data",
    [
        {"x": "y" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)},
        {f"f{number}": "" for number in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)},
        {
            f"f{number}": SimpleUploadedFile("a.csv", b"x")
            for number in range(settings.DATA_UPLOAD_MAX_NUMBER_FILES + 1)
        },
    ],
    ids=["body", "fields", "files"],
)
def test_what_is_too_much_is_refused(member: tuple[Client, UUID], data: Any) -> None:
    client, _ = member
    assert client.post("/account/organisation/", data).status_code == 400


@pytest.fixture
def program(db: None) -> Iterator[psycopg.Connection[Any]]:
    """A connection as demo and production open it for the program's role; a short limit."""
    environ = {"MIDDENSTIP_DB_ROLE": "app", "MIDDENSTIP_STATEMENT_TIMEOUT": "100ms"}
    entry = with_limits({"default": {"OPTIONS": {}}}, environ)["limits"]
    here = connection.settings_dict
    with psycopg.connect(
        host=here["HOST"], port=here["PORT"] or None, user=here["USER"],
        password=here["PASSWORD"] or None, dbname=here["NAME"], autocommit=True,
        options=f"-c role={database.APP_ROLE} {entry['OPTIONS']['options']}",
    ) as opened:  # fmt: skip
        yield opened


def test_the_database_stops_a_statement_that_takes_too_long(
    program: psycopg.Connection[Any],
) -> None:
    with pytest.raises(psycopg.errors.QueryCanceled):
        program.execute("SELECT pg_sleep(5)")
    assert program.execute("SHOW idle_in_transaction_session_timeout").fetchone() == ("5min",)


def test_the_database_ends_a_transaction_that_stands_open(
    program: psycopg.Connection[Any],
) -> None:
    program.execute("SET idle_in_transaction_session_timeout = '100ms'")
    program.execute("BEGIN")
    time.sleep(0.4)
    with pytest.raises(psycopg.errors.IdleInTransactionSessionTimeout):
        program.execute("SELECT 1")


@pytest.mark.parametrize(
    ("role", "statement"), [("app", "60s"), ("worker", "30min"), ("", "60s"), ("owner", None)]
)
def test_each_role_has_its_limits_and_the_owner_who_migrates_has_none(
    role: str, statement: str | None
) -> None:
    entries = with_limits({"default": {"OPTIONS": {}}}, {"MIDDENSTIP_DB_ROLE": role})
    for entry in entries.values():
        options = entry["OPTIONS"].get("options", "")
        assert (f"statement_timeout={statement}" in options) == (statement is not None)


def test_the_server_refuses_headers_that_are_too_long(tmp_path: Path) -> None:
    (tmp_path / "tiny.py").write_text(
        "def application(environ, start):\n    start('200 OK', [])\n    return [b'ok']\n"
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [*serve_arguments("127.0.0.1", port, 1)[:-1], "tiny:application"]
    server = subprocess.Popen(command, cwd=tmp_path)
    try:
        assert _ask(port, 100).startswith(b"HTTP/1.1 200")
        answer = _ask(port, 200_000)
        assert b" 200 " not in answer.split(b"\r\n")[0]
    finally:
        server.terminate()
        server.wait(timeout=20)


def _ask(port: int, header: int) -> bytes:
    until = time.monotonic() + 20
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
                line.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX: ")
                line.sendall(b"a" * header + b"\r\n\r\n")
                return line.recv(4096)
        except (BrokenPipeError, ConnectionResetError):
            return b""
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
