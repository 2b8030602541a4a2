# SPDX-License-Identifier: EUPL-1.2
"""Records as they come in: read from a file, checked, and cut for comparing."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from middenstip.matching.dates import Birth, read_birth
from middenstip.matching.names import Word, name_words

FIELDS = (
    "source",
    "given_name",
    "family_name",
    "alias",
    "sex",
    "birth_date",
    "nationality",
    "birth_place",
    "phone",
    "notified_on",
)
_LONGEST_CELL = 2_000
_MOST_PROBLEMS = 20
_SEX = {"f": "F", "v": "F", "w": "F", "m": "M", "x": "X"}


class BadInput(ValueError):
    """The input cannot be used. ``problems`` has one line for each: what, where, what to do."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True, slots=True)
class Person:
    """One record, cut for comparing. Everything may be empty: empty speaks neither way.

    ``names`` are words with 0 for given and 1 for family name; ``also`` are further columns as
    plain text, in the order in which they were asked for.
    """

    rec_id: str
    names: tuple[tuple[Word, int], ...] = ()
    alias: tuple[Word, ...] = ()
    birth: Birth | None = None
    sex: str = ""
    nationality: str = ""
    place: str = ""
    phone: str = ""
    source: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file gave: its persons in order, and what was left out of comparing and why."""

    persons: list[Person]
    also: tuple[str, ...]
    warnings: list[str] = field(default_factory=list)


def person(
    rec_id: str, values: Mapping[str, str], also: Sequence[str] = ()
) -> tuple[Person, str]:
    """Return the record of one row, and what could not be read of it (empty: nothing).

    ``values`` has the fields of FIELDS and the columns of ``also``, any of them absent.
    An unreadable birth date is left out, it does not stop the record.
    """
    problem = ""
    try:
        birth = read_birth(values.get("birth_date", ""))
    except ValueError as error:
        birth, problem = None, str(error)
    given = [(word, 0) for word in name_words(values.get("given_name", ""))[:4]]
    family = [(word, 1) for word in name_words(values.get("family_name", ""))[:4]]
    made = Person(
        rec_id,
        tuple(given[:2] + family[:2] + given[2:] + family[2:])[:4],
        name_words(values.get("alias", ""))[:2],
        birth,
        _SEX.get(values.get("sex", "").strip()[:1].lower(), ""),
        values.get("nationality", "").strip().upper(),
        plain(values.get("birth_place", "")),
        phone_key(values.get("phone", "")),
        values.get("source", "").strip(),
        tuple(plain(values.get(column, "")) for column in also),
    )
    return made, problem


def plain(text: str) -> str:
    """Return a text in small letters a to z and digits, words divided by one space."""
    return " ".join(word.latin for word in name_words(text)) if text else ""


def phone_key(text: str) -> str:
    """Return what two ways of writing one telephone number share: its last eight digits.

    `+31 6 12345678`, `0031612345678` and `0612345678` give the same. Fewer than six digits tell
    nothing and give an empty text.
    """
    digits = "".join(sign for sign in text if sign.isdigit())
    return digits[-8:] if len(digits) >= 6 else ""


def read_file(
    path: Path, mapping: Mapping[str, str] | None = None, also: Sequence[str] = ()
) -> Reading:
    """Read a CSV file of persons (UTF-8, first line the names of the columns).

    ``mapping`` gives the column for a field; ``also`` further columns to compare as text. A
    file that cannot be used raises BadInput with the problems found, each with its row;
    unreadable birth dates become warnings.
    """
    persons: list[Person] = []
    warnings: list[str] = []
    problems: list[str] = []
    seen: dict[str, int] = {}
    with opened(path) as lines:
        reader = csv.reader(lines, strict=True)
        header = _header(path, next(reader, []), mapping or {}, also)
        for cells in _rows(path, reader, problems):
            row = reader.line_num
            if problem := _row_problem(cells, header, seen, row):
                problems.append(f"{path}, row {row}: {problem}")
                if len(problems) >= _MOST_PROBLEMS:
                    break
                continue
            values = {field: cells[place] for field, place in header.items()}
            made, unread = person(values["rec_id"].strip(), values, also)
            persons.append(made)
            if unread:
                warnings.append(f"{path}, row {row}: birth date {unread}; not compared")
    if problems:
        raise BadInput(problems)
    return Reading(persons, tuple(also), warnings)


class opened:
    """The lines of a text file; what goes wrong with the file becomes BadInput."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> Iterator[str]:
        try:
            self.file = self.path.open(encoding="utf-8-sig", newline="")
        except OSError as error:
            raise BadInput([f"{self.path}: cannot be read: {error.strerror}"]) from None
        return iter(self.file)

    def __exit__(self, kind: type | None, error: BaseException | None, trace: object) -> None:
        self.file.close()
        if isinstance(error, UnicodeDecodeError):
            raise BadInput(
                [f"{self.path}: byte {error.start} is not UTF-8; save the file as UTF-8"]
            ) from None


def _header(
    path: Path, names: list[str], mapping: Mapping[str, str], also: Sequence[str]
) -> dict[str, int]:
    """Return the place of each field that is there; BadInput when the head does not fit."""
    place = {name.strip(): i for i, name in enumerate(names)}
    problems = []
    if len(place) != len(names):
        problems.append(f"{path}, row 1: a column name occurs twice or is empty")
    for name, column in mapping.items():
        if name not in {"rec_id", *FIELDS}:
            known = ", ".join(("rec_id", *FIELDS))
            problems.append(f"--map {name}={column}: no such field; fields: {known}")
        elif column not in place:
            problems.append(f"--map {name}={column}: {path} has no column {column!r}")
    problems += [f"--also {c}: {path} has no column {c!r}" for c in also if c not in place]
    wanted = {f: mapping.get(f, f) for f in ("rec_id", *FIELDS)}
    found = {f: place[c] for f, c in wanted.items() if c in place}
    if "rec_id" not in found:
        problems.append(f"{path}, row 1: no column rec_id; name it, or use --map rec_id=COLUMN")
    if problems:
        raise BadInput(problems)
    return found | {c: place[c] for c in also} | {"": len(names)}


def _rows(path: Path, reader: Iterator[list[str]], problems: list[str]) -> Iterator[list[str]]:
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            line = getattr(reader, "line_num", 0)
            problems.append(f"{path}, row {line}: not readable as CSV: {error}")
            return
        if cells:
            yield [*cells, ""]


def _row_problem(
    cells: list[str], header: Mapping[str, int], seen: dict[str, int], row: int
) -> str:
    width = header[""]
    if len(cells) - 1 != width:
        return f"{len(cells) - 1} cells where the first row has {width}"
    rec_id = cells[header["rec_id"]].strip()
    if not rec_id:
        return "rec_id is empty; every record needs one"
    if rec_id in seen:
        return f"rec_id {rec_id!r} was used in row {seen[rec_id]}; it must be unique"
    seen[rec_id] = row
    if longest := next((c for c in cells if len(c) > _LONGEST_CELL), ""):
        return f"a cell has {len(longest)} signs, at most {_LONGEST_CELL} are read"
    return ""


def columns_of(text: str) -> tuple[str, ...]:
    """Read names of columns divided by commas; each once."""
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def mapping_of(text: str) -> dict[str, str]:
    """Read FIELD=COLUMN,FIELD=COLUMN; BadInput when it is something else."""
    found: dict[str, str] = {}
    for part in columns_of(text):
        name, equals, column = part.partition("=")
        if not (name.strip() and equals and column.strip()):
            raise BadInput([f"--map: {part!r} is not FIELD=COLUMN"])
        found[name.strip()] = column.strip()
    return found
