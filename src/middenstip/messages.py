# SPDX-License-Identifier: EUPL-1.2
"""The Dutch texts of the interface: compile, check, and add what is missing.

Works without the gettext programs, so that a fresh machine needs only Python. Each room keeps
its own `locale/nl/LC_MESSAGES/django.po`. A text counts as translated when any room has it,
because Django joins the catalogues of all rooms.
"""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

PACKAGE = Path(__file__).resolve().parent
LANGUAGE = "nl"
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    **dict.fromkeys(["_", "gettext", "gettext_lazy", "gettext_noop"]),
    **dict.fromkeys(["ngettext", "ngettext_lazy"], (1, 2)),
    **dict.fromkeys(["pgettext", "pgettext_lazy"], ((1, "c"), 2)),
    **dict.fromkeys(["npgettext", "npgettext_lazy"], ((1, "c"), 2, 3)),
}

PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]")
Message = tuple[str | None, str | tuple[str, ...]]

app = typer.Typer(
    add_completion=False, rich_markup_mode=None, help="The translations of the interface."
)


@dataclass(frozen=True, slots=True)
class Use:
    """A text that the interface shows: where it stands, its context, the English text."""

    room: Path
    file: Path
    line: int
    context: str | None
    text: str | tuple[str, ...]

    @property
    def key(self) -> Message:
        """What the text is looked up by; a plural by its singular."""
        first = self.text if isinstance(self.text, str) else self.text[0]
        return self.context, first


def rooms(package: Path = PACKAGE) -> list[Path]:
    """Return the directories of the Django rooms, by name."""
    return sorted(path.parent for path in package.glob("*/apps.py"))


def catalogue_path(room: Path) -> Path:
    """Return where a room keeps its Dutch texts."""
    return room / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"


def uses(room: Path) -> Iterator[Use]:
    """Yield every translatable text of a room's Python files and templates."""
    for file in sorted(room.rglob("*.py")):
        if "migrations" not in file.parts:
            yield from _extract(room, file, file.read_text(encoding="utf-8"))
    for suffix in ("*.html", "*.txt", "*.svg"):
        for file in sorted((room / "templates").rglob(suffix)):
            yield from _extract(room, file, _templatized(file))


def compile_all(package: Path = PACKAGE) -> list[Path]:
    """Write the `.mo` beside every `.po` that is newer than it; return those written."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    written = []
    for source in sorted(package.rglob("*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parent.parent.name, abort_invalid=True)
        compiled = io.BytesIO()
        write_mo(compiled, catalogue)
        temporary = target.with_suffix(".mo.new")
        temporary.write_bytes(compiled.getvalue())
        temporary.replace(target)
        written.append(target)
    return written


def problems(package: Path = PACKAGE) -> list[str]:
    """Return one line for every text without a good Dutch translation.

    Missing, empty, fuzzy, or with other placeholders than the English; file and line first.
    """
    found: list[str] = []
    translated: set[Message] = set()
    for room in rooms(package):
        path = catalogue_path(room)
        if path.exists():
            good, bad = _read_catalogue(path, package)
            translated |= good
            found += bad
    for room in rooms(package):
        for use in uses(room):
            if use.key not in translated:
                where = f"{use.file.relative_to(package)}:{use.line}"
                found.append(f"{where}: not in Dutch: {use.key[1]!r}")
    return found


def add_missing(package: Path = PACKAGE, *, only: Sequence[str] = ()) -> dict[Path, int]:
    """Add every text that no room has to its own room's file, untranslated; count by file.

    Also makes a file for a room that has none. Keeps what stands there, in its order. Touches
    only the rooms named in `only`, all of them when it is empty.
    """
    from babel.messages.pofile import write_po

    known = {
        key
        for room in rooms(package)
        if catalogue_path(room).exists()
        for key in _keys(catalogue_path(room))
    }
    added: dict[Path, int] = {}
    for room in rooms(package):
        new = {use.key: use for use in uses(room) if use.key not in known}
        if not new or (only and room.name not in only):
            continue
        path = catalogue_path(room)
        catalogue = _open_or_new(path)
        for use in new.values():
            location = (str(use.file.relative_to(package)), use.line)
            catalogue.add(use.text, context=use.context, locations=[location])
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, catalogue, width=96, include_lineno=False)
        known |= set(new)
        added[path] = len(new)
    return added


def _extract(room: Path, file: Path, source: str) -> Iterator[Use]:
    from babel.messages.extract import extract

    stream = io.BytesIO(source.encode())
    found = extract("python", stream, keywords=KEYWORDS)
    for line, text, _comments, context in found:
        singular = text[0] if isinstance(text, tuple) else text
        if singular:
            yield Use(room, file, line, context, text)


def _templatized(file: Path) -> str:
    from django.conf import settings
    from django.utils.translation.template import templatize

    if not settings.configured:
        settings.configure()
    return templatize(file.read_text(encoding="utf-8"), origin=str(file))


def _keys(path: Path) -> set[Message]:
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        return {
            (message.context, _first(message.id))
            for message in read_po(file, locale=LANGUAGE)
            if message.id
        }


def _read_catalogue(path: Path, package: Path) -> tuple[set[Message], list[str]]:
    """Return the texts with a good translation, and a line for each with a bad one."""
    from babel.messages.pofile import read_po

    good: set[Message] = set()
    bad: list[str] = []
    with path.open("rb") as file:
        catalogue = read_po(file, locale=LANGUAGE)
    for message in catalogue:
        if not message.id:
            continue
        parts = message.string if isinstance(message.string, tuple) else (message.string,)
        wrong = [str(error) for error in message.check(catalogue)]
        wrong += _lost_placeholders(message.id, parts)
        if message.fuzzy:
            wrong.append("marked fuzzy")
        # An empty one is reported where the text is used.
        if all(parts):
            good.add((message.context, _first(message.id)))
            where = f"{path.relative_to(package)}:{message.lineno}"
            bad += [f"{where}: {_first(message.id)!r}: {problem}" for problem in wrong]
    return good, bad


def _lost_placeholders(
    text: str | tuple[str, ...] | list[str], parts: Iterable[Any]
) -> list[str]:
    """Say which placeholders differ; one form of a plural may leave the number out."""
    forms = [text] if isinstance(text, str) else list(text)
    asked = {name for form in forms for name in PLACEHOLDER.findall(form)}
    given = {name for part in parts for name in PLACEHOLDER.findall(part or "")}
    return (
        [f"placeholders differ: {', '.join(sorted(asked ^ given))}"] if asked != given else []
    )


def _open_or_new(path: Path):  # type: ignore[no-untyped-def] # noqa: ANN202 - Babel's Catalog
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import read_po

    if path.exists():
        with path.open("rb") as file:
            return read_po(file, locale=LANGUAGE)
    return Catalog(
        locale=LANGUAGE,
        project="Middenstip",
        fuzzy=False,
        header_comment="# SPDX-License-Identifier: EUPL-1.2",
    )


def _first(text: str | tuple[str, ...] | list[str]) -> str:
    return text if isinstance(text, str) else text[0]


@app.command("compile")
def compile_command() -> None:
    """Compile the translations that changed."""
    written = compile_all()
    typer.echo(f"compiled {len(written)} file(s) of translations")


@app.command("check")
def check_command() -> None:
    """List every text that is not in Dutch; exit status 1 when there is one."""
    found = problems()
    for line in found:
        typer.echo(line, err=True)
    if found:
        typer.echo(f"{len(found)} problem(s); `middenstip messages update` adds them", err=True)
        raise typer.Exit(1)
    typer.echo("every text of the interface is in Dutch")


@app.command("update")
def update_command(
    room: Annotated[list[str] | None, typer.Argument(help="only these rooms")] = None,
) -> None:
    """Add the texts that are missing to each room's file, to be translated by hand."""
    for path, count in add_missing(only=room or []).items():
        typer.echo(f"{path.relative_to(PACKAGE)}: {count} added")
