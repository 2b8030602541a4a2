# SPDX-License-Identifier: EUPL-1.2
"""Run the measurements: ``python -m bench [PART ...]``; without a part, all of them.

Prints a Markdown table (see bench/README.md for figures that were kept).
"""

from __future__ import annotations

import argparse
import importlib
import sys

from bench.measure import Figure, machine, table

PARTS = ("assess", "columns", "openfisca", "register", "http")


def main() -> int:
    """Measure the parts asked for, one after the other; 1 when a target is missed."""
    reader = argparse.ArgumentParser(prog="bench", description="Side-by-side measurements.")
    reader.add_argument("parts", nargs="*", help=f"of: {', '.join(PARTS)} (default: all)")
    parts = reader.parse_args().parts or PARTS
    if unknown := [part for part in parts if part not in PARTS]:
        reader.error(f"no such part: {', '.join(unknown)}; there are: {', '.join(PARTS)}")
    print(machine(), flush=True)
    figures: list[Figure] = []
    for part in parts:
        print(f"measuring {part} ...", file=sys.stderr, flush=True)
        for figure in importlib.import_module(f"bench.{part}").figures():
            print(f"  {figure.name}: {figure.value:.3g} {figure.unit}", file=sys.stderr)
            figures.append(figure)
    print(table(figures))
    return int(any(f.verdict.startswith("MISSED") for f in figures))


if __name__ == "__main__":
    sys.exit(main())
