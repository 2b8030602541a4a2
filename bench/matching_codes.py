# SPDX-License-Identifier: EUPL-1.2
"""Lists matched by codes: how good that is beside the clear, how fast, and its weights.

``python -m bench.matching_codes > src/middenstip/matching/codes.json`` learns the weights anew,
from half of the persons of the invented register.
"""

from __future__ import annotations

import json
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from bench.matching_data import labelled, unpacked
from bench.matching_large import make_large
from bench.measure import Figure
from middenstip.matching.blind import Encoder
from middenstip.matching.codes import FEATURES, alike, features, judge
from middenstip.matching.engine import match
from middenstip.matching.learn import Quality, fit_links, quality, taught
from middenstip.matching.records import read_file
from middenstip.matching.table import Floats, Ints
from middenstip.matching.through import link_features, links_for
from middenstip.matching.weights import THROUGH, Weights, shipped

_KEY = b"k" * 32
SIZES: tuple[int, ...] = (50_000,)  # codes in each of two lists


def figures() -> Iterator[Figure]:
    """Measure the lists of the register by codes and in the clear; then two long lists."""
    reading, labels = labelled("register_dev")
    sources = [person.source for person in reading.persons]
    number = np.unique(np.array(sources), return_inverse=True)[1]
    begin = time.process_time()
    encoder = Encoder(_KEY, "bench")
    codes = [encoder.code(person) for person in reading.persons]
    made = time.process_time() - begin
    begin = time.process_time()
    judged = judge(codes, number.tolist())
    took = time.process_time() - begin
    blind = across(judged.a, judged.b, judged.score, labels, number)
    clear = match(reading.persons, shipped())
    seen = across(clear.a, clear.b, clear.score, labels, number)
    note = f"in the clear {seen.best_f1:.4f}; between lists, persons not learnt from"
    yield Figure("codes: best F1", blind.best_f1, "", None, note)
    note = f"in the clear {seen.recall_at_99:.4f}"
    yield Figure("codes: recall at precision .99", blind.recall_at_99, "", None, note)
    yield Figure("codes: compared", blind.found, "", None, f"in the clear {seen.found:.4f}")
    note = f"{len(codes)} records; making the codes {made:.1f} s"
    yield Figure("codes: time", took, "s", None, note)
    persons = [group_count(judged.person), group_count(clear.groups()), len(set(labels))]
    note = f"in the clear {persons[1]}, really {persons[2]}"
    yield Figure("codes: persons found", persons[0], "", None, note)
    for size in SIZES:
        yield from long_lists(size)


def group_count(persons: Ints) -> int:
    """Return how many different persons there are."""
    return len(np.unique(persons))


def across(a: Ints, b: Ints, score: Floats, labels: Sequence[str], number: Ints) -> Quality:
    """Return the quality of pairs between two lists, on persons not learnt from.

    A pair across the halves is surely of two persons; it counts half, as in `learn.measure`.
    """
    who = np.unique(np.array(labels), return_inverse=True)[1]
    use = np.array([taught(label) for label in labels])
    kept = ~(use[a] & use[b]) & (number[a] != number[b])
    worth = np.where(use[a] == use[b], 1.0, 0.5)[kept]
    held = [(label, n) for label, n in zip(labels, number, strict=True) if not taught(label)]
    real = pairs_of(Counter(label for label, _ in held)) - pairs_of(Counter(held))
    return quality(score[kept], (who[a] == who[b])[kept], worth, real)


def pairs_of(counts: Counter[object] | Counter[str]) -> int:
    """Return how many pairs there are within groups of these sizes."""
    return sum(n * (n - 1) // 2 for n in counts.values())


def long_lists(size: int) -> Iterator[Figure]:
    """Two lists of codes of invented persons; then the worst, one birth date for everybody."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "large.csv"
        make_large(unpacked("register_dev"), path, 2 * size // 20_000 + 1)
        persons = read_file(path).persons[: 2 * size]
    encoder = Encoder(_KEY, "bench")
    begin = time.process_time()
    codes = [encoder.code(person) for person in persons]
    made = (time.process_time() - begin) / 2
    yield Figure(f"{size:,} codes made", made, "s", None, "processor time")
    fewer = codes[: 2 * size // 5]  # of one birth date everybody is compared with everybody
    one_day = [replace(code, birth=codes[0].birth) for code in fewer]
    for what, of_all in (("", codes), (", one birth date for all", one_day)):
        half = len(of_all) // 2
        begin = time.process_time()
        judge(of_all, [0] * half + [1] * half)
        took = time.process_time() - begin
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        note = f"processor time; {peak:.2f} GiB at most"
        yield Figure(f"two lists of {half:,} codes{what}", took, "s", None, note)


def learnt() -> Weights:
    """Learn the weights of codes from the taught half of the persons."""
    reading, labels = labelled("register_dev")
    encoder = Encoder(_KEY, "learn")
    found = alike([encoder.code(person) for person in reading.persons])
    who = np.unique(np.array(labels), return_inverse=True)[1]
    use = np.array([taught(label) for label in labels])
    both, same = use[found.a] & use[found.b], who[found.a] == who[found.b]
    rows = features(found)
    model = LogisticRegression(C=1.0, max_iter=3000).fit(rows[both], same[both])
    own = model.decision_function(rows)
    links = links_for(len(labels), found.a, found.b, own)
    through = fit_links(own[both], link_features(own, links)[both], same[both])
    said = f"{int(same[both].sum())} pairs of one person, {int((~same)[both].sum())} of two"
    return Weights(
        "codes",
        time.strftime("%Y-%m-%d"),
        f"codes of half of the persons of an invented register: {said}",
        round(float(model.intercept_[0]), 4),
        {name: round(float(w), 4) for name, w in zip(FEATURES, model.coef_[0], strict=True)},
        round(float(through[-1]), 4),
        {name: round(float(w), 4) for name, w in zip(THROUGH, through, strict=False)},
        shipped=True,
    )


if __name__ == "__main__":
    print(json.dumps(asdict(learnt()), indent=1, ensure_ascii=False, sort_keys=True))
