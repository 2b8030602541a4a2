# SPDX-License-Identifier: EUPL-1.2
"""The weights of the evidence: a dated file that says what it was learnt from and who agreed.

A score is a sum of log-odds. `weights.json` in this package is what Middenstip ships; a set
that was learnt anew counts only after two named people approved it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from importlib.resources import files
from pathlib import Path

import numpy as np
import numpy.typing as npt

from middenstip.matching.records import BadInput

THROUGH = ("linked", "linked score", "weakly linked", "own doubt", "own contradiction")


@dataclass(frozen=True)
class Weights:
    """Log-odds for each feature of compare.py, and of links through a third record.

    ``start`` is where a candidate stands before anything is compared. ``approved_by`` are the
    people who let a learnt set be used; the shipped set is ``shipped`` and needs none.
    """

    name: str
    learnt_on: str
    learnt_from: str
    start: float
    features: dict[str, float]
    through_start: float
    through: dict[str, float]
    shipped: bool = False
    approved_by: tuple[str, ...] = ()
    measured: dict[str, float] = field(default_factory=dict)

    def row(self, names: Sequence[str]) -> npt.NDArray[np.float32]:
        """Return the weights in the order of the feature names."""
        if missing := [name for name in names if name not in self.features]:
            raise BadInput([f"weights {self.name}: no weight for {', '.join(missing)}"])
        return np.array([self.features[name] for name in names], dtype=np.float32)

    def usable(self) -> bool:
        """Whether these weights may be used: shipped, or approved by two different people."""
        return self.shipped or len({n.strip().casefold() for n in self.approved_by}) >= 2


def shipped() -> Weights:
    """Return the weights that come along."""
    text = (files("middenstip.matching") / "weights.json").read_text(encoding="utf-8")
    return weights_of(text, "weights.json")


def read_weights(path: Path, approved: bool = True) -> Weights:
    """Read a weights file. BadInput when it is none or, with ``approved``, not approved."""
    try:
        found = weights_of(path.read_text(encoding="utf-8"), str(path))
    except OSError as error:
        raise BadInput([f"{path}: cannot be read: {error.strerror}"]) from None
    found = replace(found, shipped=False)
    if approved and not found.usable():
        raise BadInput([
            f"{path}: approved by {len(set(found.approved_by))} of two people; "
            "use: middenstip match approve FILE --name NAME"
        ])  # fmt: skip
    return found


def write_weights(path: Path, weights: Weights) -> None:
    """Write a weights file; what was there is replaced at once or not at all."""
    text = json.dumps(asdict(weights), indent=1, ensure_ascii=False, sort_keys=True)
    part = path.with_name(path.name + ".part")
    part.write_text(text + "\n", encoding="utf-8")
    part.replace(path)


def approve(path: Path, name: str) -> Weights:
    """Add one name to those who approved the file; BadInput for an empty or repeated name."""
    found = read_weights(path, approved=False)
    if not name.strip():
        raise BadInput(["--name: empty; give the name of who approves"])
    if name.strip().casefold() in {n.casefold() for n in found.approved_by}:
        raise BadInput(
            [f"--name: {name.strip()} approved {path} already; a second person must"]
        )
    found = replace(found, approved_by=(*found.approved_by, name.strip()))
    write_weights(path, found)
    return found


def weights_of(text: str, where: str) -> Weights:
    """Read the text of a weights file. BadInput, naming ``where``, when it is none."""
    try:
        found = json.loads(text)
        made = Weights(**{**found, "approved_by": tuple(found.get("approved_by", ()))})
        numbers = [made.start, made.through_start, *made.features.values()]
        numbers += [made.through[name] for name in THROUGH]
        if not all(np.isfinite(float(number)) for number in numbers):
            raise ValueError("a weight is not a finite number")
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadInput([f"{where}: is no weights file: {error}"]) from None
    return made
