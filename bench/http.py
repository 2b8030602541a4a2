# SPDX-License-Identifier: EUPL-1.2
"""Recording an event, the case page and the desk over HTTP, at 5,000 and at 50,000 persons.

The server runs as in the demo (Granian, two processes, the program's role), the clients on the
same machine: they take their share of its processors. A client sends its next request as soon
as it has its answer, which no person does.
"""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from random import Random
from urllib.parse import urlencode

import psycopg

from bench.country import environment
from bench.measure import MILLISECOND, Figure, percentile
from middenstip.serve import serve_arguments

SIZES = (5_000, 50_000)
CLIENTS = 8
WARM = 3  # requests of each client that are not counted
RECORDED = "bed_requested"  # starts a duty; the coordination point may record it in any case
HIDDEN = re.compile(r'name="(csrfmiddlewaretoken|version)"[^>]*value="([^"]*)"')
Answer = tuple[float, int, str]


class Client:
    """One browser, of a coordinator or of a session that is there: keeps its cookies."""

    def __init__(self, port: int, session: str = "") -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.cookies: dict[str, str] = {}
        if session:
            self.cookies["sessionid"] = session
            return
        page = self.get("/account/login/")[2]
        token = dict(HIDDEN.findall(page))["csrfmiddlewaretoken"]
        status = self.post("/account/demo/coordination-point/", csrfmiddlewaretoken=token)[1]
        if status != 302:
            raise AssertionError(f"no login: {status}")

    def get(self, path: str) -> Answer:
        """Return seconds, status and text."""
        return self._send("GET", path, None)

    def post(self, path: str, **fields: str) -> Answer:
        """Return seconds, status and text."""
        return self._send("POST", path, urlencode(fields))

    def _send(self, method: str, path: str, body: str | None) -> Answer:
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        start = time.perf_counter()
        try:
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
        except http.client.RemoteDisconnected:  # the server hung up on a silent connection
            self.connection.close()
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
        text = answer.read().decode()
        took = time.perf_counter() - start
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return took, answer.status, text


def figures() -> Iterator[Figure]:
    """Measure both sizes, then how much slower the larger one is."""
    found: dict[str, list[float]] = {}
    for persons in SIZES:
        environ = {**environment(persons), "MIDDENSTIP_DB_ROLE": "app"}
        cases = _some_cases(environ["DATABASE_URL"])
        with served(environ) as (port, process):
            for name, target, value, note in _measured(port, process, cases):
                found.setdefault(name, []).append(value)
                yield Figure(f"{name}, {persons:,} persons", value, "ms", target, note)
    for name, (small, large) in found.items() if len(SIZES) == 2 else ():
        yield Figure(
            f"{name}, 50,000 against 5,000", large / small, "times", 1.5, "ratio of p95"
        )


class Visits:
    """What the clients do; each visits cases that none has visited before."""

    def __init__(self, cases: list[str]) -> None:
        self.cases = iter(cases)
        self.forms: dict[Client, list[tuple[str, dict[str, str]]]] = {}

    def fill_in(self, client: Client, count: int) -> None:
        """Open that many forms to record an event in."""
        self.forms[client] = []
        while len(self.forms[client]) < count:
            path = f"/cases/{next(self.cases)}/record/{RECORDED}/"
            status, page = client.get(path)[1:]
            if status == 200:  # 404: not offered in this case now
                fields = {"on": time.strftime("%Y-%m-%d"), **dict(HIDDEN.findall(page))}
                self.forms[client].append((path, fields))

    def record(self, client: Client) -> float:
        """Send a form that is filled in."""
        path, fields = self.forms[client].pop()
        return _expect(client.post(path, **fields), 302)

    def record_at_ease(self, client: Client) -> float:
        """Send a form after a second, as eight busy people would."""
        time.sleep(1)
        return self.record(client)

    def case_page(self, client: Client) -> float:
        """Open a case."""
        return _expect(client.get(f"/cases/{next(self.cases)}/"), 200)

    def desk(self, client: Client) -> float:
        """Open the desk."""
        return _expect(client.get("/"), 200)


def _measured(
    port: int, process: int, cases: list[str]
) -> Iterator[tuple[str, float | None, float, str]]:
    clients, visits = [Client(port) for _ in range(CLIENTS)], Visits(cases)
    for name, target, work, who, times in (
        ("record an event, 8 clients", 60.0, visits.record, clients, 40),
        ("the same, each with 1 s pause", None, visits.record_at_ease, clients, 20),
        ("case page", 100.0, visits.case_page, clients[:1], 200),
        ("case page, 8 clients", None, visits.case_page, clients, 40),
        ("desk", 150.0, visits.desk, clients[:1], 100),
        ("desk, 8 clients", None, visits.desk, clients, 20),
    ):
        if work in (visits.record, visits.record_at_ease):
            for client in who:
                visits.fill_in(client, times + WARM)
        _at_once(work, who, WARM)
        before = processor_time(process)
        took = _at_once(work, who, times)
        busy = (processor_time(process) - before) * MILLISECOND / len(took)
        middle = percentile(took, 0.5) * MILLISECOND
        note = f"{len(took)} requests; median {middle:.0f} ms; web server {busy:.0f} ms of "
        note += "processor each"
        yield f"{name}, p95", target, percentile(took, 0.95) * MILLISECOND, note


def _at_once(work: Callable[[Client], float], clients: list[Client], times: int) -> list[float]:
    with ThreadPoolExecutor(len(clients)) as pool:
        runs = pool.map(lambda client: [work(client) for _ in range(times)], clients)
        return [took for run in runs for took in run]


def processor_time(process: int) -> float:
    """Return the seconds of processor that a process and those it started have used."""
    seconds, ticks = 0.0, os.sysconf("SC_CLK_TCK")
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parts = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue
        if process in (int(folder.name), int(parts[1])):
            seconds += (int(parts[11]) + int(parts[12])) / ticks
    return seconds


def _expect(answer: Answer, status: int) -> float:
    if answer[1] != status:
        raise AssertionError(f"answer {answer[1]} instead of {status}")
    return answer[0]


def _some_cases(address: str) -> list[str]:
    asked = (
        "SELECT DISTINCT case_id FROM thread_involvement"
        " WHERE purpose = 'register_notification' AND until IS NULL ORDER BY case_id"
    )
    with psycopg.connect(address) as connection:
        found = [str(row[0]) for row in connection.execute(asked)]
    Random(1).shuffle(found)
    return found * 2


@contextmanager
def served(
    environ: dict[str, str], workers: int = 2, application: str = ""
) -> Iterator[tuple[int, int]]:
    """Serve the pages, or another WSGI application; give its port and process."""
    manage = [sys.executable, "-m", "django", "collectstatic", "--no-input", "--verbosity", "0"]
    subprocess.run(manage, env=environ, check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = serve_arguments("127.0.0.1", port, workers)
    arguments[-1] = application or arguments[-1]
    server = subprocess.Popen(arguments, env=environ)
    try:
        _wait_for(port)
        yield port, server.pid
    finally:
        server.terminate()
        server.wait(15)


def _wait_for(port: int) -> None:
    for _ in range(150):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the server does not answer")
