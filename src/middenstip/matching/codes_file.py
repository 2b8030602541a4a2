# SPDX-License-Identifier: EUPL-1.2
"""The two files of an exchange by codes: the key, which stays, and the codes, which leave.

A file of codes has `rec_id,exchange,names,birth`. `exchange` is a mark of the key and the
purpose: codes of another key cannot be compared, and are refused instead of matching nobody.
"""

from __future__ import annotations

import csv
import os
import secrets
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from middenstip.matching.blind import LEAST_KEY, Code, Encoder
from middenstip.matching.records import BadInput, Person, opened

COLUMNS = ("rec_id", "exchange", "names", "birth")
_MOST_PROBLEMS = 20


@dataclass(frozen=True, slots=True)
class CodeList:
    """The codes of one organisation; ``name`` is that of its file."""

    name: str
    exchange: str
    rec_ids: list[str]
    codes: list[Code]


def make_key(path: Path) -> None:
    """Write a new key that only the owner of the file may read; BadInput when it is there."""
    try:
        place = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(place, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(LEAST_KEY) + "\n")
    except FileExistsError:
        raise BadInput(
            [f"{path}: exists already; a key is never overwritten, name another file"]
        ) from None
    except OSError as error:
        raise BadInput([f"{path}: cannot be written: {error.strerror}"]) from None


def read_key(path: Path) -> bytes:
    """Return the secret bytes of a key file. BadInput when it is none, or others may read it.

    What is in the file is never repeated in an error.
    """
    try:
        with path.open("rb") as file:
            shared = stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077
            text = file.read(4 * LEAST_KEY)
    except OSError as error:
        raise BadInput([f"{path}: cannot be read: {error.strerror}"]) from None
    if shared:
        raise BadInput([f"{path}: others may read this key; use: chmod 600 {path}"])
    try:
        key = bytes.fromhex(text.decode("ascii").strip())
    except ValueError:
        raise BadInput([f"{path}: is no key file; make one: middenstip match key"]) from None
    if len(key) != LEAST_KEY:
        raise BadInput([f"{path}: is no whole key; make one: middenstip match key"])
    return key


def code_rows(encoder: Encoder, persons: Sequence[Person]) -> Iterator[tuple[str, ...]]:
    """Yield the row of each record in a file of codes, in the order of COLUMNS."""
    for person in persons:
        code = encoder.code(person)
        yield person.rec_id, encoder.exchange, code.names.hex(), code.birth.hex()


def read_codes(path: Path) -> CodeList:
    """Read a file of codes. BadInput with a line for each row that cannot be used.

    Other columns than COLUMNS are refused: they might say in clear who somebody is.
    """
    found = CodeList(path.stem, "", [], [])
    marks: dict[str, int] = {}
    problems: list[str] = []
    seen: dict[str, int] = {}
    with opened(path) as lines:
        reader = csv.reader(lines, strict=True)
        _check_head(path, [name.strip() for name in next(reader, [])])
        for row, cells in _rows(path, reader, problems):
            try:
                rec_id, mark, code = _cells(cells, seen, row)
            except ValueError as error:
                problems.append(f"{path}, row {row}: {error}")
                if len(problems) >= _MOST_PROBLEMS:
                    break
                continue
            marks.setdefault(mark, row)
            found.rec_ids.append(rec_id)
            found.codes.append(code)
    if len(marks) > 1:
        problems.append(f"{path}, row {max(marks.values())}: of another exchange than row 2")
    if problems:
        raise BadInput(problems)
    return CodeList(found.name, next(iter(marks), ""), found.rec_ids, found.codes)


def check_together(lists: Sequence[CodeList]) -> None:
    """BadInput unless these lists can be compared: other names, one key and purpose."""
    problems = []
    names = [each.name for each in lists]
    if len(lists) < 2:
        problems.append("one list has nothing to be matched with; give two or more")
    problems += [
        f"two lists are called {name}; rename one of the files"
        for name in sorted({name for name in names if names.count(name) > 1})
    ]
    first = next((each for each in lists if each.exchange), None)
    problems += [
        f"{each.name}: made with another key or purpose than {first.name}; "
        "all must use one key and one purpose"
        for each in lists
        if first and each.exchange and each.exchange != first.exchange
    ]
    if problems:
        raise BadInput(problems)


def _check_head(path: Path, head: list[str]) -> None:
    if missing := [name for name in COLUMNS if name not in head]:
        raise BadInput([
            f"{path}, row 1: no column {', '.join(missing)}; "
            "make the file with: middenstip match encode"
        ])  # fmt: skip
    if tuple(head) != COLUMNS:
        raise BadInput([
            f"{path}, row 1: has other columns than {','.join(COLUMNS)}; send codes only, "
            "as middenstip match encode writes them"
        ])  # fmt: skip


def _rows(
    path: Path, reader: Iterator[list[str]], problems: list[str]
) -> Iterator[tuple[int, list[str]]]:
    try:
        for cells in reader:
            if cells:
                yield getattr(reader, "line_num", 0), cells
    except csv.Error as error:
        row = getattr(reader, "line_num", 0)
        problems.append(f"{path}, row {row}: not readable as CSV: {error}")


def _cells(cells: list[str], seen: dict[str, int], row: int) -> tuple[str, str, Code]:
    """Return what a row says; ValueError with what is wrong with it."""
    if len(cells) != len(COLUMNS):
        raise ValueError(f"{len(cells)} cells where the first row has {len(COLUMNS)}")
    rec_id, mark, names, birth = (cell.strip() for cell in cells)
    if not rec_id or not mark:
        raise ValueError("rec_id or exchange is empty")
    if rec_id in seen:
        raise ValueError(f"rec_id {rec_id!r} was used in row {seen[rec_id]}; it must be unique")
    seen[rec_id] = row
    try:
        parts = bytes.fromhex(names), bytes.fromhex(birth)
    except ValueError:
        raise ValueError("a code is not hexadecimal") from None
    return rec_id, mark, Code(*parts)
