# SPDX-License-Identifier: EUPL-1.2
"""Timing, the machine it ran on, and the table that comes out."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

SECOND, MILLISECOND = 1.0, 1000.0


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. ``target`` in the unit of ``value``; ``note`` says how."""

    name: str
    value: float
    unit: str
    target: float | None = None
    note: str = ""

    @property
    def verdict(self) -> str:
        """Whether the target is met, and by which factor it is missed."""
        if self.target is None:
            return "beside it"
        if self.value <= self.target:
            return "met"
        return f"MISSED, {self.value / self.target:.2f} times"


def seconds(work: Callable[[], object]) -> float:
    """Return how long one run takes, in seconds of the wall clock."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def median(work: Callable[[], object], runs: int, warm: int = 1) -> float:
    """Return the median of some runs in seconds, after runs that are not counted."""
    for _ in range(warm):
        work()
    return statistics.median(seconds(work) for _ in range(runs))


def percentile(values: Sequence[float], share: float) -> float:
    """Return the least value that a share (0 to 1) of the values does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * int(share * 1000) // 1000) - 1)]


def machine() -> str:
    """Describe the machine in one line: processor, cores, memory, system, Python, load."""
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = "/".join(f"{x:.1f}" for x in os.getloadavg())
    return (
        f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} "
        f"{platform.release()}, Python {platform.python_version()}; load at start {load}"
    )


def table(figures: Sequence[Figure]) -> str:
    """Write the figures as a Markdown table."""
    rows = [("what", "measured", "target", "verdict", "how")]
    for f in figures:
        target = "" if f.target is None else f"{f.target:g} {f.unit}"
        rows.append((f.name, f"{f.value:.3g} {f.unit}", target, f.verdict, f.note))
    widths = [max(len(row[i]) for row in rows) for i in range(5)]
    lines = [
        "| " + " | ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    lines.insert(1, "| " + " | ".join("-" * w for w in widths) + " |")
    return "\n".join(lines)
