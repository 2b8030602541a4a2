# SPDX-License-Identifier: EUPL-1.2
"""Learn the weights anew from judged pairs, and measure on persons not learnt from."""

from __future__ import annotations

import math
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from middenstip.matching.blocking import Blocking
from middenstip.matching.compare import Bools, compare
from middenstip.matching.engine import Scored, match
from middenstip.matching.levels import CHANCES, EVEN, Level, level_entries
from middenstip.matching.records import BadInput, Person
from middenstip.matching.table import Floats, Frequencies, Table
from middenstip.matching.through import link_features
from middenstip.matching.weights import THROUGH, Weights

LEAST_PAIRS = 50


@dataclass(frozen=True)
class Quality:
    """How good scores are: best F1, recall at precision 0.99, and recall of the candidates.

    ``levels`` for each of CHANCES, with scores read as log-odds.
    """

    best_f1: float
    recall_at_99: float
    found: float
    levels: tuple[Level, ...] = ()

    def __str__(self) -> str:
        even = [each for each in self.levels if each.chance == EVEN]
        return "".join(
            [
                f"best F1 {self.best_f1:.4f}, ",
                f"recall at precision 0.99 {self.recall_at_99:.4f}, ",
                *(
                    f"from even chances precision {each.precision:.4f} "
                    f"and recall {each.recall:.4f}, "
                    for each in even
                ),
                f"among the candidates {self.found:.4f}",
            ]
        )


def taught(label: str) -> bool:
    """Return whether a person belongs to the half that is learnt from, by its label.

    An empty label is of somebody whom nobody judged, and belongs to neither half.
    """
    return bool(label) and zlib.crc32(label.encode()) % 2 == 0


def told(before: Quality, after: Quality) -> dict[str, float]:
    """Return what a weights file says of its own quality, before and after learning."""
    found = {
        "best F1 before": before.best_f1,
        "best F1 after": after.best_f1,
        "recall at precision 0.99 before": before.recall_at_99,
        "recall at precision 0.99 after": after.recall_at_99,
        **level_entries(after.levels),
    }
    return {name: round(value, 4) for name, value in found.items()}


def learn(persons: Sequence[Person], labels: Sequence[str], name: str, day: str) -> Weights:
    """Learn weights from the records whose label is in the taught half.

    ``labels`` say who each record really is, in the order of the persons; empty for those whom
    nobody judged: they count for how rare a value is and teach nothing. BadInput when fewer
    than 50 pairs of one person can be learnt from.
    """
    table = Table(persons, Frequencies.of(persons))
    a, b = Blocking(persons).pairs()
    use = np.array([taught(label) for label in labels], dtype=bool)
    both = use[a] & use[b] if len(a) else np.zeros(0, dtype=bool)
    a, b = a[both], b[both]
    who = np.unique(np.array(labels, dtype=object).astype(str), return_inverse=True)[1]
    same = who[a] == who[b]
    if same.sum() < LEAST_PAIRS or (~same).sum() < LEAST_PAIRS:
        raise BadInput([
            f"too few judged pairs to learn from: {int(same.sum())} of one person and "
            f"{int((~same).sum())} of two; {LEAST_PAIRS} of each are needed"
        ])  # fmt: skip
    features = compare(table, a, b)
    model = LogisticRegression(C=1.0, max_iter=3000).fit(features.matrix(), same)
    row = dict(zip(features.names, (round(float(w), 4) for w in model.coef_[0]), strict=True))
    first = Weights(
        name, day, f"{int(same.sum())} pairs of one person, {int((~same).sum())} of two",
        round(float(model.intercept_[0]), 4), row, 0.0, dict.fromkeys(THROUGH, 0.0),
    )  # fmt: skip
    return _learn_links(persons, labels, first)


def _learn_links(persons: Sequence[Person], labels: Sequence[str], first: Weights) -> Weights:
    """Learn what a third record adds, with the own score of a pair counting in full."""
    scored = match(persons, first)
    same, use = _truth(scored, labels)
    use_both = use[scored.a] & use[scored.b]
    features = link_features(scored.own, scored.links)[use_both]
    weights = fit_links(scored.own[use_both], features, same[use_both])
    through = dict(zip(THROUGH, (round(float(w), 4) for w in weights), strict=False))
    fields = {
        **first.__dict__,
        "through": through,
        "through_start": round(float(weights[-1]), 4),
    }
    return Weights(**fields)


def fit_links(own: Floats, features: Floats, same: Bools) -> Floats:
    """Return weights for ``features`` and a start, beside ``own``, which counts in full."""
    design = np.column_stack([features, np.ones(len(features))])

    def loss(weights: Floats) -> tuple[float, Floats]:
        total = np.clip(own + design @ weights, -30, 30)
        chance = 1 / (1 + np.exp(-total))
        value = np.logaddexp(0, total).sum() - total[same].sum() + weights @ weights / 2
        return float(value), design.T @ (chance - same) + weights

    found: Floats = minimize(loss, np.zeros(design.shape[1]), jac=True, method="L-BFGS-B").x
    return found


def _truth(scored: Scored, labels: Sequence[str]) -> tuple[Bools, Bools]:
    who = np.unique(np.array(labels, dtype=object).astype(str), return_inverse=True)[1]
    use = np.array([taught(label) for label in labels], dtype=bool)
    return who[scored.a] == who[scored.b], use


def measure(scored: Scored, labels: Sequence[str], score: Floats | None = None) -> Quality:
    """Measure on the persons not learnt from.

    A pair with one record from each half is surely of two persons; it counts half, so that
    there are as many wrong pairs for each right one as in the whole set.
    """
    same, use = _truth(scored, labels)
    judged = np.array([bool(label) for label in labels], dtype=bool)
    kept = judged[scored.a] & judged[scored.b] & ~(use[scored.a] & use[scored.b])
    worth = np.where(use[scored.a] == use[scored.b], 1.0, 0.5)[kept]
    counts = Counter(label for label in labels if label and not taught(label))
    real = sum(n * (n - 1) // 2 for n in counts.values())
    return quality((scored.score if score is None else score)[kept], same[kept], worth, real)


def quality(score: Floats, same: Bools, worth: Floats, real: int) -> Quality:
    """Return the quality of scores; ``real`` is how many pairs of one person there are."""
    order = np.argsort(-score, kind="stable")
    right = np.cumsum((same * worth)[order])
    wrong = np.cumsum((~same * worth)[order])
    ranked = score[order]
    last: Bools = np.append(ranked[1:] != ranked[:-1], len(ranked) > 0)[: len(ranked)]
    right, wrong, ranked = right[last], wrong[last], ranked[last]
    if not real or not len(right):
        return Quality(0.0, 0.0, 0.0)
    precision, recall = right / np.maximum(right + wrong, 1e-9), right / real
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
    sure = recall[precision >= 0.99]
    levels = tuple(_level(chance, ranked, precision, recall) for chance in CHANCES)
    return Quality(float(f1.max()), float(sure.max(initial=0)), float(recall[-1]), levels)


def _level(chance: float, ranked: Floats, precision: Floats, recall: Floats) -> Level:
    """Return what is above a chance; nothing there is wrong where nothing is there."""
    above = int((ranked > math.log(chance / (1 - chance))).sum())
    if not above:
        return Level(chance, 1.0, 0.0)
    return Level(chance, float(precision[above - 1]), float(recall[above - 1]))
