# SPDX-License-Identifier: EUPL-1.2
"""The public guide: how many questions people need, what a page weighs, how soon it is there.

*Questions*: 500 made-up persons who answer everything, against asking every fact that the law
in force rests on. *Bytes and requests*: a real browser with nothing yet, all files counted.
*Result page*: 50 visitors at once on the server as it runs in the demo; a visitor reads before
sending the next form, five seconds or one; clients that never pause stand beside them. The
processor time of the web server is given too: other work on the machine lengthens only the
waiting. *Slow*: the same
browser at 400 kbit/s with 400 ms for each round trip (slow 3G as WebPageTest has it) and a
processor four times slower.
"""

from __future__ import annotations

import http.client
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from random import Random
from statistics import mean
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page, sync_playwright

from bench.http import processor_time, served
from bench.measure import MILLISECOND, Figure, percentile
from middenstip import clock
from middenstip.guide.answers import Answer, Answers, read_answer
from middenstip.guide.conversation import finer_facts, next_fact
from middenstip.guide.settled import settle
from middenstip.pack.load import load_pack
from middenstip.pack.model import Pack
from middenstip.rules.engine import Engine, engine_for

PERSONS = 500
CLIENTS = 50
PAUSES = (5.0, 1.0, 0.0)
WITHIN = 40.0
TIMES = 12
PAGES = {
    "start": "",
    "first question": "help/",
    "who helps": "helping/",
    "noticed": "noticed/",
    "hotel": "noticed/hotel/",
    "scheme": "schemes/NL-STAY-01/",
    "safety": "safe/",
}
TOLD = {
    "a.indication": "yes",
    "a.nationality_group": "third_country",
    "a.lawful_stay": "no",
    "a.age": "25",
    "a.bed_needed": "yes",
    "a.cooperation": "undecided",
    "a.criminal_case": "none",
    "a.exploited_in_netherlands": "yes",
    "show": "1",
}
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
SLOW = {
    "offline": False,
    "latency": 400,
    "downloadThroughput": 400_000 / 8,
    "uploadThroughput": 400_000 / 8,
}
PAINTS = """() => new Promise(done => {
  let paint = 0, shift = 0;
  new PerformanceObserver(list => list.getEntries().forEach(one => { paint = one.startTime; }))
    .observe({type: 'largest-contentful-paint', buffered: true});
  new PerformanceObserver(list => list.getEntries().forEach(one => { shift += one.value; }))
    .observe({type: 'layout-shift', buffered: true});
  setTimeout(() => done([paint, shift]), 1500);
})"""


def figures() -> Iterator[Figure]:
    """Measure the questions first, then the pages of a served guide."""
    yield from _questions()
    environ = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "middenstip.settings.demo",
        "MIDDENSTIP_DEMO": "1",
    }
    with served(environ) as (port, process):
        yield from _weights(port)
        yield from _results(port, process)


# Questions


def relevant(engine: Engine, pack: Pack) -> frozenset[str]:
    """Return the facts that asking everything would ask: what the law in force rests on."""
    law = engine.law_on(clock.today())
    found: set[str] = set()
    for provision in law.provisions:
        for fact in provision.node.facts:
            found.update(engine.inputs.get(fact, (fact,)))
    never = finer_facts(pack) | {k for k, item in pack.facts.items() if item.identifying}
    return frozenset(found & engine.trials.askable) - never


def conversation(pack: Pack, chance: Random, **fixed: str) -> Answers:
    """Let a made-up person answer every question; ``fixed`` are answers that are not left to
    chance."""
    answers, today = Answers(), clock.today()
    while fact := next_fact(pack, settle(pack, answers, today), answers):
        raw = fixed.get(fact) or _any_answer(pack, fact, chance)
        answer = read_answer(pack, fact, [raw], today)
        if not isinstance(answer, Answer):
            raise AssertionError(f"{fact}: {raw} is no answer")
        answers = Answers((*answers.given, answer))
    return answers


def _any_answer(pack: Pack, fact: str, chance: Random) -> str:
    item = pack.facts[fact]
    match item.type:
        case "yes_no":
            return chance.choice(["yes", "no"])
        case "date":
            return (clock.today() - timedelta(days=chance.randint(0, 3000))).isoformat()
        case "integer" | "money":
            high = min(item.maximum or 9000, 60 if item.type == "integer" else 9000)
            return str(chance.randint(int(item.minimum or 0), int(high)))
    codes = [code for code in pack.codes_of(item.code_list or "") if code != "unknown"]
    return chance.choice(codes)


def _questions() -> Iterator[Figure]:
    pack = load_pack("nl")
    engine = engine_for(pack)
    all_facts = len(relevant(engine, pack))
    schemes = len(engine.law_on(clock.today()).provisions)
    for who, fixed in (("", {}), (", all with an indication", {"indication": "yes"})):
        asked = [
            len(conversation(pack, Random(seed), **fixed).given) for seed in range(PERSONS)
        ]
        note = (
            f"{schemes} schemes, {PERSONS} persons: mean {mean(asked):.1f} questions, median "
        )
        note += f"{percentile(asked, 0.5):.0f}, p90 {percentile(asked, 0.9):.0f}, most "
        note += f"{max(asked)}; asking everything takes {all_facts}"
        share = 100 * mean(asked) / all_facts
        yield Figure(f"questions asked{who}, of all that matter", share, "%", 60, note)


# Bytes, requests and paints


def _weights(port: int) -> Iterator[Figure]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"]
        )
        for name, path in PAGES.items():
            address = f"http://127.0.0.1:{port}/guide/nl/{path}"
            weight, requests = _weight(browser, address)
            yield Figure(
                f"{name}: over the wire", weight / 1000, "kB", 60, f"{requests} requests"
            )
        weight, requests = _weight(browser, f"http://127.0.0.1:{port}/guide/nl/help/", TOLD)
        yield Figure("result: over the wire", weight / 1000, "kB", 60, f"{requests} requests")
        for name in ("start", "first question", "hotel", "scheme"):
            address = f"http://127.0.0.1:{port}/guide/nl/{PAGES[name]}"
            paint, shift = _slow(browser, address)
            yield Figure(f"{name}, slow: largest paint", paint / 1000, "s", 2.5)
            yield Figure(f"{name}, slow: layout shift", shift, "", 0.05)
        browser.close()


def _weight(
    browser: Browser, address: str, form: dict[str, str] | None = None
) -> tuple[int, int]:
    """Return the bytes as they came over the wire and the requests of a first view."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    sizes: list[int] = []
    network.on("Network.loadingFinished", lambda one: sizes.append(one["encodedDataLength"]))
    if form is None:
        page.goto(address, wait_until="networkidle")
    else:
        _send(page, address, form)
    page.wait_for_timeout(300)
    context.close()
    return int(sum(sizes)), len(sizes)


def _send(page: Page, address: str, form: dict[str, str]) -> None:
    """Open a result as a first view: the form is sent from a page that has nothing of ours."""
    fields = "".join(f'<input name="{name}" value="{value}">' for name, value in form.items())
    page.set_content(
        f'<form method="post" action="{address}">{fields}<button>x</button></form>'
    )
    page.click("button")
    page.wait_for_load_state("networkidle")


def _slow(browser: Browser, address: str) -> tuple[float, float]:
    """Return the largest paint (ms) and the layout shift of a slow phone; median of three."""
    found: list[tuple[float, float]] = []
    for _ in range(3):
        context = browser.new_context(viewport={"width": 390, "height": 844}, is_mobile=True)
        page = context.new_page()
        session: Any = context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", SLOW)
        session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        page.goto(address, wait_until="load")
        paint, shift = page.evaluate(PAINTS)
        found.append((paint, shift))
        context.close()
    return sorted(found)[1]


# The result page under load


def _results(port: int, process: int) -> Iterator[Figure]:
    _visits(port, urlencode(TOLD), 0.0, 0)  # each process makes once what is the same for all
    for pause in PAUSES:
        before = processor_time(process)
        with ThreadPoolExecutor(CLIENTS) as pool:
            visit = partial(_visits, port, urlencode(TOLD), pause)
            took = [one for run in pool.map(visit, range(CLIENTS)) for one in run]
        # The first request of each client warms up and is not counted, but it was served.
        busy = (processor_time(process) - before) * MILLISECOND / (len(took) + CLIENTS)
        who = f"visitors who read {pause:g} s" if pause else "clients without a pause"
        note = (
            f"{len(took)} requests; median {percentile(took, 0.5) * MILLISECOND:.0f} ms; web "
        )
        note += f"server {busy:.1f} ms of processor each; clients on the same two cores"
        worst = percentile(took, 0.95) * MILLISECOND
        yield Figure(f"result page, {CLIENTS} {who}, p95", worst, "ms", WITHIN, note)


def _visits(port: int, body: str, pause: float, number: int) -> list[float]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept-Encoding": "gzip",
    }
    # Visitors do not come all at once.
    chance = Random(number)
    time.sleep(pause * chance.random())
    took = []
    for place in range(TIMES + 1):
        start = time.perf_counter()
        connection.request("POST", "/guide/nl/help/", body, headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise AssertionError(f"answer {answer.status}")
        if place:  # the first warms up
            took.append(time.perf_counter() - start)
        time.sleep(pause * (0.5 + chance.random()))
    return took
