# SPDX-License-Identifier: EUPL-1.2
"""Files of notifications, CSV or JSON: from bytes to records, or the reason why not.

A file is read into memory once (at most 50 MB, nothing is unpacked or written to disk) and its
records are walked one by one, as often as needed. How many there are, and how wide, is bounded:
what comes in is looked at a column at a time, and each record opens a case.
"""

import csv
import io
import json
import re
import stat
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from django.utils.translation import gettext as _

from middenstip.intake import htcds
from middenstip.pack.wording import forbidden_word

MOST_BYTES = 50 * 1024 * 1024
MOST_RECORDS = 25_000
MOST_COLUMNS = 500  # the standard has 75
LONGEST_LINE = 5_000_000
MOST_SHOWN = 20  # problems of one kind named one by one
DELIMITERS = (",", ";", "\t")
BYTE_ORDER_MARKS = {
    b"\xff\xfe\x00\x00": "UTF-32",
    b"\x00\x00\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
PACKED = {b"PK\x03\x04": "ZIP, Excel", b"\xd0\xcf\x11\xe0": "Excel", b"\x1f\x8b": "gzip"}
SPACE = re.compile(r"[ \t\r\n]*")
Format = Literal["csv", "json"]
Cell = str | list[str]


class Unusable(Exception):
    """The file as a whole cannot be read. `problems` holds a line for each reason."""

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        super().__init__("; ".join(problems))


@dataclass(frozen=True, slots=True)
class Record:
    """One notification as it stands in the file.

    `number` is the row in a spreadsheet (the header is row 1), or in JSON the place in the
    list, from 1. `cells` holds texts and lists of texts; `odd` names the columns whose value is
    of another kind.
    """

    number: int
    cells: Mapping[str, Cell] = field(repr=False)
    odd: frozenset[str] = frozenset()

    @property
    def empty(self) -> bool:
        """Whether nothing is filled in."""
        return not self.odd and not any(self.cells.values())


@dataclass(frozen=True, slots=True)
class Layout:
    """What a file consists of. `left_out` columns have no place in the register."""

    total: int
    empty: int
    left_out: tuple[str, ...]
    never_read: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class File:
    """A file that was read. `records` walks it from the start each time."""

    format: Format
    text: str = field(repr=False)

    def records(self) -> Iterator[Record]:
        """Yield every record; Unusable where the file breaks off or is no CSV or JSON."""
        return _csv_records(self.text) if self.format == "csv" else _json_records(self.text)


def open_file(path: Path, format_: Format | None = None) -> File:
    """Read a file whole; Unusable when it is not there, too big, or not UTF-8.

    Without a format named, the name of the file tells it, or else its first sign.
    """
    text = _decoded(_bytes_of(path))
    if format_ is None:
        by_name = {".csv": "csv", ".json": "json"}.get(path.suffix.lower())
        format_ = by_name or ("json" if text.lstrip()[:1] in {"{", "["} else "csv")  # type: ignore[assignment]
    return File(format_ or "csv", text)


def layout_of(file: File) -> Layout:
    """Walk the whole file once and return what it consists of.

    Unusable names every reason at once: columns that are not in the standard, columns about
    ethnicity, a missing date column, ragged rows, a file that was cut off.
    """
    total = empty = 0
    seen: dict[str, int] = {}
    if file.format == "csv":
        seen = dict.fromkeys(_header(file.text)[0], 1)
        _check_columns(seen)
    for record in file.records():
        if record.empty:
            empty += 1
            continue
        total += 1
        if total > MOST_RECORDS:
            raise Unusable(
                _("This file holds more than %(most)s notifications. Split it.")
                % {"most": MOST_RECORDS}
            )
        for column in (*record.cells, *record.odd):
            seen.setdefault(column, record.number)
        _check_width(len(seen), record.number)
    if seen:
        _check_columns(seen)
    if not total:
        raise Unusable(_("There are no notifications in this file."))
    left_out = [
        name for name in seen if name not in htcds.READ and name not in htcds.NEVER_READ
    ]
    never = [name for name in seen if name in htcds.NEVER_READ]
    return Layout(total, empty, tuple(left_out), tuple(never))


def visible(text: str, longest: int = 60) -> str:
    """Return a name from a file so that it can be shown: no control or direction signs."""
    shown = "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in text)
    return shown if len(shown) <= longest else shown[:longest] + "…"


def _check_width(columns: int, row: int) -> None:
    """Refuse a file with too many columns, at the row where that shows."""
    if columns > MOST_COLUMNS:
        raise Unusable(
            _("Row %(row)s has more than %(most)s columns. Remove those that are not needed.")
            % {"row": row, "most": MOST_COLUMNS}
        )


def _double(names: Iterable[str]) -> list[str]:
    """Return the names that stand there more than once, in alphabetical order."""
    return sorted(name for name, times in Counter(names).items() if times > 1)


def _check_columns(seen: Mapping[str, int]) -> None:
    problems: list[str] = []
    for name, number in seen.items():
        shown = visible(name) or _("(no name)")
        if word := _forbidden(name):
            problems.append(
                _(
                    "column %(column)s: this register holds nothing about ethnicity "
                    "(“%(word)s”), under any name. Remove the column."
                )
                % {"column": shown, "word": word}
            )
        elif name not in htcds.FIELDS and not name.startswith(htcds.EXTENSION):
            near = get_close_matches(name, htcds.FIELDS, n=1, cutoff=0.6)
            hint = _(" Did you mean %(near)s?") % {"near": near[0]} if near else ""
            problems.append(
                _(
                    "column %(column)s (row %(row)s) is not in HTCDS 2.0.%(hint)s Rename or "
                    "remove it."
                )
                % {"column": shown, "row": number, "hint": hint}
            )
    if not any(name in htcds.FIELDS for name in seen):
        problems = [
            _(
                "No column names of HTCDS 2.0 are found. The first row of a CSV file holds "
                "them, for example %(example)s."
            )
            % {"example": f"{htcds.DATE}, org_Type, vic_TypeOfExploitation"}
        ]
    elif htcds.DATE not in seen:
        problems.append(
            _("column %(column)s is missing: every notification needs its day.")
            % {"column": htcds.DATE}
        )
    if problems:
        raise Unusable(*problems[:MOST_SHOWN], *_more(len(problems)))


def _forbidden(name: str) -> str | None:
    """Return the word in a column name that speaks of ethnicity (R-39), or None."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).replace("_", " ").lower()
    return "social group" if "social group" in words else forbidden_word(words)


def _more(count: int) -> list[str]:
    left = count - MOST_SHOWN
    return [_("and %(count)s more") % {"count": left}] if left > 0 else []


def _bytes_of(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise Unusable(_("%(path)s is a folder; name a file.") % {"path": path})
        if not stat.S_ISREG(path.stat().st_mode):
            # A device or a pipe can be without end, or never begin.
            raise Unusable(_("%(path)s is no ordinary file. Save it first.") % {"path": path})
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise Unusable(
                _("This file has %(size)s MB; at most %(most)s MB is read. Split it.")
                % {"size": -(-size // 1024**2), "most": MOST_BYTES // 1024**2}
            )
        with path.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise Unusable(_("There is no file %(path)s.") % {"path": path}) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise Unusable(
            _("%(path)s cannot be read: %(reason)s.") % {"path": path, "reason": reason}
        ) from None
    if len(data) > MOST_BYTES:
        raise Unusable(_("This file grows while it is read. Try again when it is complete."))
    if not data.strip():
        raise Unusable(_("This file is empty."))
    return data


def _decoded(data: bytes) -> str:
    for mark, name in BYTE_ORDER_MARKS.items():
        if data.startswith(mark):
            raise Unusable(
                _("This file is %(name)s; UTF-8 is expected. Save it again as UTF-8.")
                % {"name": name}
            )
    for mark, name in PACKED.items():
        if data.startswith(mark):
            raise Unusable(
                _("This file is packed (%(name)s). Save it as CSV in UTF-8, or unpack it.")
                % {"name": name}
            )
    if (place := data.find(b"\x00")) >= 0:
        raise Unusable(
            _("Byte %(place)s of this file is NUL: it is no text file, or it is damaged.")
            % {"place": place + 1}
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unusable(
            _(
                "Byte %(place)s of this file (0x%(byte)02X, line %(line)s) is no UTF-8, which "
                "is expected. Save it again as UTF-8."
            )
            % {
                "place": error.start + 1,
                "byte": data[error.start],
                "line": data.count(b"\n", 0, error.start) + 1,
            }
        ) from None


def _header(text: str) -> tuple[list[str], str]:
    """Return the column names and the sign between them: the one that finds most names."""
    best: tuple[int, list[str], str] = (-1, [], ",")
    broken: Unusable | None = None
    for delimiter in DELIMITERS:
        try:
            first = next(_csv_rows(text, delimiter), (1, []))[1]
        except Unusable as unusable:
            broken = broken or unusable
            continue
        names = [name.strip() for name in first]
        known = sum(name in htcds.FIELDS for name in names)
        if known > best[0]:
            best = (known, names, delimiter)
    names = best[1]
    if broken is not None and best[0] <= 0:
        raise broken
    doubles = _double(names)
    if doubles and best[0] > 0:
        raise Unusable(
            *(
                _("column %(column)s stands in the header more than once")
                % {"column": visible(name) or _("(no name)")}
                for name in doubles
            )
        )
    return names, best[2]


def _csv_rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield number and cells of every row that is not blank."""
    reader = csv.reader(_lines(text), delimiter=delimiter, strict=True)
    # A long text must get its own message, at its own row, and not stop the whole file.
    before = csv.field_size_limit(MOST_BYTES)
    try:
        for number, row in enumerate(reader, start=1):
            _check_width(len(row), number)
            if row:
                yield number, row
    except csv.Error as error:
        if "end of data" in str(error):
            raise Unusable(
                _("The file is cut off: a quotation mark is opened and never closed.")
            ) from None
        raise Unusable(
            _("Line %(line)s is no CSV: a quotation mark stands inside a value.")
            % {"line": reader.line_num}
        ) from None
    finally:
        csv.field_size_limit(before)


def _lines(text: str) -> Iterator[str]:
    """Yield the lines of a text; Unusable at one that is too long to take apart."""
    for number, line in enumerate(io.StringIO(text, newline=""), start=1):
        if len(line) > LONGEST_LINE:
            raise Unusable(
                _("Line %(line)s has %(length)s characters; at most %(most)s are read.")
                % {"line": number, "length": len(line), "most": LONGEST_LINE}
            )
        yield line


def _csv_records(text: str) -> Iterator[Record]:
    names, delimiter = _header(text)
    ragged: list[tuple[int, int]] = []
    for place, (number, row) in enumerate(_csv_rows(text, delimiter)):
        if place == 0:
            continue
        if len(row) != len(names):
            ragged.append((number, len(row)))
        elif not ragged:
            yield Record(number, dict(zip(names, row, strict=True)))
    if ragged:
        lines = [
            _("row %(row)s has %(found)s values; the header has %(expected)s columns")
            % {"row": number, "found": found, "expected": len(names)}
            for number, found in ragged[:MOST_SHOWN]
        ]
        if not text.endswith(("\n", "\r")) and len(ragged) == 1:
            lines.append(_("It is the last row: the file seems to be cut off."))
        raise Unusable(*lines, *_more(len(ragged)))


class _Json:
    """Walks the list of a JSON text record by record, without holding all of it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.decoder = json.JSONDecoder(
            object_pairs_hook=self._pairs, parse_constant=self._constant
        )

    def sign(self) -> str:
        """Return the next sign that is no space; empty at the end."""
        match = SPACE.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.text[self.at : self.at + 1]

    def expect(self, wanted: str) -> str:
        """Step over one of the wanted signs and return it."""
        found = self.sign()
        if not found or found not in wanted:
            raise self.broken(self.at)
        self.at += 1
        return found

    def value(self) -> Any:
        """Return the value that starts here and step over it."""
        self.sign()
        try:
            found, self.at = self.decoder.raw_decode(self.text, self.at)
        except json.JSONDecodeError as error:
            # A string without an end was cut off there, not where it begins.
            endless = error.msg.startswith("Unterminated string")
            raise self.broken(len(self.text) if endless else error.pos) from None
        except RecursionError:
            raise Unusable(_("This JSON is nested too deep.")) from None
        except ValueError:
            raise self.broken(self.at) from None
        return found

    def broken(self, place: int) -> Unusable:
        """Return the error for a place where the text is no JSON."""
        line = self.text.count("\n", 0, place) + 1
        column = place - self.text.rfind("\n", 0, place)
        if place >= len(self.text.rstrip()):
            return Unusable(
                _("The file is cut off: the JSON ends too early (line %(line)s).")
                % {"line": line}
            )
        return Unusable(
            _("Line %(line)s, column %(column)s is no JSON.") % {"line": line, "column": column}
        )

    def _pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            double = _double(name for name, _value in pairs)
            raise Unusable(
                _("“%(name)s” stands twice in one record.") % {"name": visible(double[0])}
            )
        return found

    @staticmethod
    def _constant(name: str) -> Any:
        raise Unusable(_("%(name)s is no JSON.") % {"name": name})

    def items(self) -> Iterator[Any]:
        """Yield the values of the list that starts here."""
        self.expect("[")
        if self.sign() == "]":
            self.at += 1
            return
        while True:
            yield self.value()
            if self.expect(",]") == "]":
                return

    def records(self) -> Iterator[Any]:
        """Yield the records: of the list, or of `records` in the object."""
        if self.sign() == "[":
            yield from self.items()
        else:
            yield from self._of_object()
        if self.sign():
            raise self.broken(self.at)

    def _of_object(self) -> Iterator[Any]:
        self.expect("{")
        found = False
        while self.sign() != "}":
            name = self.value()
            self.expect(":")
            if name == "records" and not found:
                found = True
                yield from self.items()
            else:
                self.value()
            if self.expect(",}") == "}":
                self.at -= 1
        self.at += 1
        if not found:
            raise Unusable(
                _("Give a list of notifications, or an object with that list in “records”.")
            )


def _json_records(text: str) -> Iterator[Record]:
    for number, value in enumerate(_Json(text).records(), start=1):
        if not isinstance(value, dict):
            raise Unusable(
                _("Record %(row)s is no object with column names.") % {"row": number}
            )
        cells: dict[str, Cell] = {}
        odd: set[str] = set()
        for name, content in value.items():
            cell = _cell(content)
            if cell is None:
                odd.add(name)
            else:
                cells[name] = cell
        yield Record(number, cells, frozenset(odd))


def _cell(content: Any) -> Cell | None:
    """Return a JSON value as text or a list of texts; None for an object or a nested list."""
    if isinstance(content, list):
        items = [_cell(item) for item in content]
        return (
            [item for item in items if isinstance(item, str)]
            if all(isinstance(item, str) for item in items)
            else None
        )
    if content is None:
        return ""
    if isinstance(content, bool):
        return "true" if content else "false"
    if isinstance(content, str):
        return content
    return None if isinstance(content, dict) else str(content)
