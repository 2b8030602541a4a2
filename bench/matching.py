# SPDX-License-Identifier: EUPL-1.2
"""The matching room beside Splink, in one run, on the same files; and its look-ups.

What is taught was taught on half of the persons; quality is measured on the other half, for
both sides. Times are processor seconds: other work on the machine lengthens only the waiting.
"""

from __future__ import annotations

import contextlib
import csv
import io
import random
import resource
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bench.matching_data import SOURCES, labelled, name_pairs, unpacked
from bench.matching_large import make_large
from bench.matching_splink import splink_pairs
from bench.measure import Figure, percentile
from middenstip.matching.engine import Scored, match
from middenstip.matching.index import Index
from middenstip.matching.learn import Quality, quality, taught
from middenstip.matching.learn_letters import learnt_from
from middenstip.matching.name_score import NamePool
from middenstip.matching.records import read_file
from middenstip.matching.weights import shipped

# What may be missed of best F1 and of recall at precision 0.99, by file; None: as Splink does.
_MISSED: dict[str, tuple[float | None, float | None]] = {
    "register_dev": (0.10, 0.35),
    "historical_dev": (None, None),
    "febrl3": (None, None),
    "febrl4": (None, None),
    "fake_1000": (None, None),
}
_SCRIPTS = {"arabic": 0.15, "russian": 0.07, "chinese": 0.50}
SIZES: tuple[int, ...] = (9,)  # copies of the register for the large one: 206,793 records


def figures() -> Iterator[Figure]:
    """Measure batch linkage, look-ups, the large register and names across scripts."""
    for name in SOURCES:
        yield from batch(name)
    yield from look_up()
    for copies in SIZES:
        yield from large(copies)
    for script, missed in _SCRIPTS.items():
        yield from across_scripts(script, missed)


def batch(name: str) -> Iterator[Figure]:
    """Both engines on one file: what they miss, and the ratio of their times."""
    reading, labels = labelled(name)
    begin = time.process_time()
    again = read_file(unpacked(name), SOURCES[name].mapping, SOURCES[name].also)
    scored = match(again.persons, shipped(), again.also)
    groups = scored.groups()
    ours = time.process_time() - begin
    begin = time.process_time()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        left, right, weight = splink_pairs(unpacked(name), name)
    theirs = time.process_time() - begin
    place = {person.rec_id: i for i, person in enumerate(reading.persons)}
    a, b = (np.array([place[r] for r in side], dtype=np.int64) for side in (left, right))
    peer, own = (
        held_out(a, b, weight, labels),
        held_out(scored.a, scored.b, scored.score, labels),
    )
    f1, sure = _MISSED[name]
    note = f"Splink {1 - peer.best_f1:.4f}; on persons not learnt from"
    yield Figure(f"{name}: 1 − best F1", 1 - own.best_f1, "", f1 or 1 - peer.best_f1, note)
    note = f"Splink {1 - peer.recall_at_99:.4f}"
    aim = sure or 1 - peer.recall_at_99
    yield Figure(f"{name}: 1 − recall at precision .99", 1 - own.recall_at_99, "", aim, note)
    yield Figure(
        f"{name}: true pairs not compared",
        1 - own.found,
        "",
        0.07,
        f"Splink {1 - peer.found:.4f}",
    )
    yield Figure(
        f"{name}: 1 − F1 of persons", 1 - grouped_f1(groups, labels), "", None, "all records"
    )
    yield Figure(f"{name}: time / Splink's", ours / theirs, "times", 2.0, f"{ours:.1f} s")


def held_out(a: np.ndarray, b: np.ndarray, score: np.ndarray, labels: list[str]) -> Quality:  # type: ignore[type-arg]
    """Return the quality on persons not learnt from; a pair across the halves counts half."""
    who = np.unique(np.array(labels), return_inverse=True)[1]
    use = np.array([taught(label) for label in labels])
    kept = ~(use[a] & use[b])
    worth = np.where(use[a] == use[b], 1.0, 0.5)[kept]
    counts = Counter(label for label in labels if not taught(label))
    real = sum(n * (n - 1) // 2 for n in counts.values())
    return quality(score[kept], (who[a] == who[b])[kept], worth, real)


def grouped_f1(groups: np.ndarray, labels: list[str]) -> float:  # type: ignore[type-arg]
    """Return F1 over pairs of records that ended up in one group."""

    def pairs(counts: Counter[object]) -> int:
        return sum(n * (n - 1) // 2 for n in counts.values())

    both = pairs(Counter(zip(groups.tolist(), labels, strict=True)))
    return 2 * both / (pairs(Counter(groups.tolist())) + pairs(Counter(labels)))


def look_up() -> Iterator[Figure]:
    """The latest notification of 1,000 known persons among all others."""
    reading, labels = labelled("register_dev")
    with unpacked("register_dev").open(encoding="utf-8", newline="") as file:
        when = [row["notified_on"] for row in csv.DictReader(file)]
    records: dict[str, list[int]] = defaultdict(list)
    for i, label in enumerate(labels):
        records[label].append(i)
    known = sorted(k for k, rows in records.items() if len(rows) > 1 and not taught(k))
    random.Random(2).shuffle(known)
    asked = {max(records[k], key=lambda i: when[i]) for k in known[:1000]}
    index = Index([p for i, p in enumerate(reading.persons) if i not in asked], shipped())
    label_of = {p.rec_id: labels[i] for i, p in enumerate(reading.persons)}
    first = ten = 0
    for i in sorted(asked):
        found = [label_of[hit.rec_id] for hit in index.find(reading.persons[i], 10)]
        first += found[:1] == [labels[i]]
        ten += labels[i] in found
    yield Figure(
        "look-up: not first",
        1 - first / len(asked),
        "",
        0.10,
        f"{len(asked)} persons not learnt from",
    )
    yield Figure("look-up: not in the first ten", 1 - ten / len(asked), "", 0.03)


def large(copies: int) -> Iterator[Figure]:
    """Time and memory with a large register, and the time of one look-up in it."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "large.csv"
        rows = make_large(unpacked("register_dev"), path, copies)
        begin = time.process_time()
        reading = read_file(path)
        scored: Scored = match(reading.persons, shipped())
        scored.groups()
        took = time.process_time() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    yield Figure(f"{rows:,} records: batch", took, "s", None, "processor time")
    yield Figure(f"{rows:,} records: memory", peak, "GiB", 3.0, "whole process")
    del scored
    index = Index(reading.persons, shipped())
    times, waits = [], []
    for person in random.Random(1).sample(reading.persons, 600):
        start, clock = time.process_time(), time.perf_counter()
        index.find(person, 50)
        times.append((time.process_time() - start) * 1000)
        waits.append((time.perf_counter() - clock) * 1000)
    note = f"processor time; waited {percentile(waits[100:], 0.95):.1f} ms"
    yield Figure(
        f"{rows:,} records: look-up p95", percentile(times[100:], 0.95), "ms", 10.0, note
    )


def across_scripts(script: str, missed: float) -> Iterator[Figure]:
    """A native name among 10,000 Latin names, none of them learnt from."""
    pairs = [pair for pair in name_pairs(script) if not learnt_from(pair[0])]
    source = random.Random(5)
    names = sorted({latin for latin, _ in pairs})
    source.shuffle(names)
    pool = NamePool(names[:10_000])
    among = set(pool.names)
    asked = source.sample([pair for pair in pairs if pair[0] in among], 500)
    begin = time.process_time()
    found = [[name for name, _ in pool.find(native, 10)] for _, native in asked]
    took = (time.process_time() - begin) / len(asked) * 1000
    first = sum(hits[:1] == [latin] for hits, (latin, _) in zip(found, asked, strict=True))
    ten = sum(latin in hits for hits, (latin, _) in zip(found, asked, strict=True))
    note = f"not in ten {1 - ten / len(asked):.3f}; {took:.0f} ms a name"
    yield Figure(
        f"{script} among Latin names: not first", 1 - first / len(asked), "", missed, note
    )
