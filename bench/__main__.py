# SPDX-License-Identifier: EUPL-1.2
"""Run the measurements: ``python -m bench [PART ...]``; without a part, all of them.

Prints a Markdown table (see bench/README.md for figures that were kept).
"""

from __future__ import annotations

import argparse
import importlib
import sys

from bench.measure import Figure, machine, table

PARTS = (
    "assess",
    "columns",
    "openfisca",
    "register",
    "http",
    "walls",
    "guide",
    "paper",
    "matching",
    "matching_blind",
    "blindcheck",
    "linkage_candidates",
)


def main() -> int:
    """Measure the parts asked for, one after the other; 1 when a target is missed."""
    reader = argparse.ArgumentParser(prog="bench", description="Side-by-side measurements.")
    reader.add_argument("parts", nargs="*", help=f"of: {', '.join(PARTS)} (default: all)")
    reader.add_argument(
        "--persons", type=int, nargs="+", help="other sizes for http and walls, to try them"
    )
    asked = reader.parse_args()
    parts = asked.parts or PARTS
    if unknown := [part for part in parts if part not in PARTS]:
        reader.error(f"no such part: {', '.join(unknown)}; there are: {', '.join(PARTS)}")
    print(machine(), flush=True)
    figures: list[Figure] = []
    for part in parts:
        print(f"measuring {part} ...", file=sys.stderr, flush=True)
        module = importlib.import_module(f"bench.{part}")
        if asked.persons and hasattr(module, "SIZES"):
            vars(module)["SIZES"] = tuple(asked.persons)
        for figure in module.figures():
            print(f"  {figure.name}: {figure.value:.3g} {figure.unit}", file=sys.stderr)
            figures.append(figure)
    print(table(figures))
    return int(any(f.verdict.startswith("MISSED") for f in figures))


if __name__ == "__main__":
    sys.exit(main())
