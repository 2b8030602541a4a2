# SPDX-License-Identifier: EUPL-1.2
"""The files that the commands of matching read and write: all of them in full, or none."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import typer

from middenstip.matching.records import BadInput, Reading, columns_of, mapping_of, read_file

_MOST_WARNINGS = 10


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file to write."""

    path: Path
    head: Sequence[str]
    rows: Iterable[Sequence[object]]


def read_persons(path: Path, map_: str, also: str = "") -> Reading:
    """Read a list of persons, and tell on standard error what was left out of comparing."""
    reading = read_file(path, mapping_of(map_), columns_of(also))
    for line in reading.warnings[:_MOST_WARNINGS]:
        typer.echo(f"middenstip match: {line}", err=True)
    if (more := len(reading.warnings) - _MOST_WARNINGS) > 0:
        typer.echo(f"middenstip match: and {more} more birth dates not compared", err=True)
    return reading


def write_all(tables: Sequence[Table], sources: Iterable[Path] = ()) -> None:
    """Write CSV files, all in full or none at all; BadInput when one cannot be written.

    Two of one path are refused, and one that would overwrite a file of ``sources``.
    """
    taken = {path.resolve() for path in sources}
    for table in tables:
        if (path := table.path.resolve()) in taken:
            raise BadInput([f"{table.path}: is read or written already; name another file"])
        taken.add(path)
    parts: list[tuple[Path, Path]] = []
    try:
        for table in tables:
            part = table.path.with_name(f"{table.path.name}.{os.getpid()}.part")
            parts.append((part, table.path))
            _write(part, table)
        if folders := [path for _, path in parts if path.is_dir()]:
            raise BadInput([f"{path}: is a folder; name a file" for path in folders])
        for part, path in parts:
            part.replace(path)
    finally:
        for part, _ in parts:
            part.unlink(missing_ok=True)


def _write(part: Path, table: Table) -> None:
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(table.head)
            writer.writerows(table.rows)
    except OSError as error:
        raise BadInput([f"{table.path}: cannot be written: {error.strerror}"]) from None
