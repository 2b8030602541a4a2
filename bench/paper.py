# SPDX-License-Identifier: EUPL-1.2
"""How long a paper takes: made-up visitors' results, the card and the sheet as PDF.

Each result is another one, so that nothing set before helps. Then twenty visitors at once at
the press of one server process: how long they wait, and how many are told to try again.
"""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from random import Random

from bench.measure import MILLISECOND, Figure, percentile, seconds

RESULTS = 120
AT_ONCE = 20
ON = date(2026, 11, 23)


def figures() -> Iterator[Figure]:
    """Yield the figures of paper."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "middenstip.settings.test")
    from tests.guide.made_up import fields

    from middenstip.guide.answers import read_answers
    from middenstip.guide.languages import LANGUAGES
    from middenstip.guide.paper.document import Paper
    from middenstip.guide.paper.results import paper_of_result
    from middenstip.guide.paper.sheets import paper_of_sheet
    from middenstip.guide.paper.typesetting import PressBusy, typeset
    from middenstip.guide.result import guide_result
    from middenstip.pack.load import load_pack

    pack, random = load_pack("nl"), Random(7)
    askable = [fact for fact, item in pack.facts.items() if item.askable]

    def paper() -> Paper:
        pairs = [(f"a.{name}", raw) for name, raw in fields(pack, askable, random, ON)]
        answers, _ = read_answers(pack, pairs, ON)
        lang = random.choice(list(LANGUAGES))
        found = guide_result(pack, answers, door="help", lang=lang, on=ON)
        return paper_of_result(pack, found)

    papers = [paper() for _ in range(RESULTS)]
    yield Figure("first paper of a process", seconds(lambda: typeset(papers[0])), "s")
    worked = time.process_time()
    times = [seconds(lambda p=p: typeset(p)) for p in papers[1:]]
    worked = (time.process_time() - worked) / len(times)
    note = f"{len(times)} different results of made-up visitors, one after the other"
    for share in (0.5, 0.95):
        name = f"result as PDF, p{share * 100:.0f}"
        yield Figure(name, percentile(times, share) * MILLISECOND, "ms", note=note)
    yield Figure("processor time of a result", worked * MILLISECOND, "ms", note=note)
    for sheet_id in pack.sheets:
        made = [paper_of_sheet(pack, sheet_id, lang=lang, on=ON) for lang in LANGUAGES]
        times = [seconds(lambda p=p: typeset(p)) for p in made if p]
        yield Figure(f"sheet {sheet_id}, slowest", max(times) * MILLISECOND, "ms")

    def visitor(number: int) -> tuple[float, bool]:
        start = time.perf_counter()
        try:
            typeset(papers[-1 - number])
        except PressBusy:
            return time.perf_counter() - start, False
        return time.perf_counter() - start, True

    with ThreadPoolExecutor(AT_ONCE) as crowd:
        seen = list(crowd.map(visitor, range(AT_ONCE)))
    waited = max(took for took, _ in seen)
    note = f"{AT_ONCE} visitors in the same instant at one process; nobody waits"
    yield Figure("result or busy page, longest wait", waited, "s", note=note)
    busy = sum(not good for _, good in seen)
    yield Figure("told to try again", busy, "visitors", note=note)
    yield Figure("longest result", max(len(typeset(p)) for p in papers) / 1000, "kB")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield Figure("memory of the process after it", memory, "MiB")
