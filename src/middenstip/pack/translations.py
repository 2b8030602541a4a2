# SPDX-License-Identifier: EUPL-1.2
"""Texts of a pack in languages beyond its own, from ``texts/<language>.yaml``.

Every translation names the text it was made of by a fingerprint. When that text changes, the
translation no longer counts until somebody has looked at it: an old translation of a right is
worse than English.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import StringConstraints, ValidationError, model_validator
from pydantic_core import ErrorDetails

from middenstip.pack.conditions import Item
from middenstip.pack.files import TEXTS_FOLDER, line_of, read_yaml
from middenstip.pack.model import KINDS, Fact, Pack
from middenstip.pack.parts import Text
from middenstip.pack.problems import PackError, Problem
from middenstip.pack.reading import FINGERPRINT, Reader, fingerprint
from middenstip.pack.wording import texts

LANGUAGE = re.compile(r"[a-z]{2,3}")
_NAME = re.compile(r"([a-z]{2,3})(\.[a-z_]+)?\.yaml")
Written = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Translation(Item):
    """A text in another language; ``of`` is the fingerprint of the text it was made of."""

    of: Annotated[str, StringConstraints(pattern=rf"^[0-9a-f]{{{FINGERPRINT}}}$")]
    text: Written


class TextsFile(Item):
    """One file of translations. ``checked_by`` a sworn translator, on ``checked_on``.

    A key is kind, id and key path with dots between: ``facts.age.ask_you``.
    """

    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
    direction: Literal["ltr", "rtl"] = "ltr"
    checked_by: str | None = None
    checked_on: date | None = None
    texts: dict[str, Translation] = {}

    @model_validator(mode="after")
    def _checked_by_somebody_on_a_day(self) -> TextsFile:
        if (self.checked_by is None) != (self.checked_on is None):
            raise ValueError("checked_by and checked_on go together: who checked it, and when")
        return self


def reader_of(folder: Path | None, lang: str, source: str) -> Reader:
    """Return the reader of a language over the files of a pack folder.

    A language without files, or no folder, gives a reader that finds English. PackError names
    what is wrong with a file.
    """
    files = [] if folder is None else [read_texts(path) for path in text_files(folder, lang)]
    return _reader(lang, source, files)


def _reader(lang: str, source: str, files: Sequence[TextsFile]) -> Reader:
    if not files:
        return Reader(lang, source)
    checks = [file.checked_on for file in files if file.checked_on is not None]
    checked = len(checks) == len(files)
    names = dict.fromkeys(file.checked_by for file in files if file.checked_by)
    found = {t.of: t.text for file in files for t in file.texts.values()}
    return Reader(
        lang,
        source,
        files[0].direction,
        ", ".join(names) if checked else None,
        min(checks) if checked else None,
        found,
    )


def text_files(folder: Path, lang: str | None = None) -> list[Path]:
    """Return the files of a language (None: of all): ``ro.yaml`` and ``ro.<part>.yaml``."""
    named = [(p, _NAME.fullmatch(p.name)) for p in sorted((folder / TEXTS_FOLDER).glob("*"))]
    return [p for p, match in named if match and (lang is None or match.group(1) == lang)]


def _dotted(detail: ErrorDetails) -> str:
    return ".".join(map(str, detail["loc"]))


def _told(detail: ErrorDetails) -> str:
    """Return what is wrong in the words of an editor."""
    last = detail["loc"][-1] if detail["loc"] else ""
    if detail["type"] == "extra_forbidden":
        return f"{last} is no key here"
    if detail["type"] == "missing":
        return f"the key {last} is missing"
    if last == "of":
        return f"write the first {FINGERPRINT} signs of the fingerprint, between quotes"
    if detail["type"] == "string_too_short":
        return "the text is empty; write it or leave the key out"
    return detail["msg"].removeprefix("Value error, ")


def languages_of(folder: Path) -> tuple[str, ...]:
    """Return the languages that have a file of translations, in alphabetical order."""
    return tuple(sorted({path.name.partition(".")[0] for path in text_files(folder)}))


def read_texts(path: Path) -> TextsFile:
    """Return one file of translations; PackError names what is wrong, with the key."""
    name = f"{TEXTS_FOLDER}/{path.name}"
    try:
        file = TextsFile.model_validate(read_yaml(path))
    except ValidationError as error:
        details = error.errors(include_url=False)
        raise PackError(
            Problem(name, _dotted(d), _told(d), line_of(path, list(d["loc"]))) for d in details
        ) from error
    except UnicodeDecodeError as error:
        raise PackError(
            [Problem(name, "", "the file is not UTF-8; save it as UTF-8")]
        ) from error
    except yaml.YAMLError as error:
        words = " ".join(str(error).split())
        raise PackError([Problem(name, "", f"the file is no good YAML: {words}")]) from error
    if file.language != path.name.partition(".")[0]:
        message = f"the file holds {file.language}; name it {file.language}.yaml"
        raise PackError([Problem(name, "language", message)])
    return file


# Which texts there are


def all_texts(pack: Pack) -> dict[str, Text]:
    """Return every text of a pack by its key; each of them may be translated."""
    return texts_of({kind: getattr(pack, kind) for kind in KINDS})


def texts_of(items: Mapping[str, Mapping[str, Item]]) -> dict[str, Text]:
    """Return the text of every key of some items, given by kind and id."""
    return {
        ".".join(map(str, (kind, item_id, *keys))): text
        for kind, of_kind in items.items()
        for item_id, item in of_kind.items()
        for keys, text in texts(item)
    }


def guide_texts(pack: Pack) -> dict[str, Text]:
    """Return by key the texts that somebody who seeks help reads: those to be translated."""
    everything = all_texts(pack)
    return {key: everything[key] for key in _guide_keys(pack, everything) if key in everything}


_OF_A_CONTACT = ("label", "what", "hours", "phone_note")


def _guide_keys(pack: Pack, known: Mapping[str, Text]) -> Iterator[str]:
    for need in pack.needs:
        yield f"needs.{need}.label"
    for scheme_id, scheme in pack.schemes.items():
        yield f"schemes.{scheme_id}.for_you.title"
        yield f"schemes.{scheme_id}.for_you.words"
        yield f"schemes.{scheme_id}.deadline"
        yield from (f"schemes.{scheme_id}.steps.{n}" for n in range(len(scheme.steps)))
    for fact_id, fact in pack.facts.items():
        if _asked(fact):
            yield from (f"facts.{fact_id}.{key}" for key in ("ask_you", "why", "hint"))
    yield from _code_keys(pack, known)
    for key in known:
        kind, _, rest = key.partition(".")
        if kind == "code_lists" and rest.startswith("region.items."):
            yield key
        if kind in ("sectors", "sheets") or (kind == "amounts" and rest.endswith(".label")):
            yield key
        if kind == "directory" and rest.rpartition(".")[2] in _OF_A_CONTACT:
            yield key


def _asked(fact: Fact) -> bool:
    return fact.askable and fact.ask_you is not None


def _code_keys(pack: Pack, known: Mapping[str, Text]) -> Iterator[str]:
    """Yield the keys under which the answers to choose from are worded."""
    waiting = [f.code_list for f in pack.facts.values() if _asked(f) and f.code_list]
    lists: dict[str, None] = {}
    while waiting:
        list_id = waiting.pop(0)
        if list_id not in lists and list_id in pack.code_lists:
            lists[list_id] = None
            waiting += pack.code_lists[list_id].include
    for list_id in lists:
        for code in pack.code_lists[list_id].items:
            start = f"code_lists.{list_id}.items.{code}"
            yield f"{start}.for_you" if f"{start}.for_you" in known else f"{start}.label"


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the translation of a pack into one language is.

    ``done`` counts texts; ``missing`` and ``stale`` are keys in the order of the pack, ``gone``
    keys of the files that no text has any more.
    """

    lang: str
    done: int
    missing: tuple[str, ...]
    stale: tuple[str, ...]
    gone: tuple[str, ...]
    checked_by: str | None
    checked_on: date | None


def standing(pack: Pack, folder: Path, *langs: str) -> list[Standing]:
    """Return how far some languages are over the guide; PackError as `read_texts`."""
    source, known = pack.header.languages[0], all_texts(pack)
    wanted = list(dict.fromkeys(key for key in _guide_keys(pack, known) if key in known))
    current = {key: fingerprint(text[source]) for key, text in known.items()}
    return [_standing(folder, lang, source, current, wanted) for lang in langs]


def _standing(
    folder: Path, lang: str, source: str, current: Mapping[str, str], wanted: Sequence[str]
) -> Standing:
    files = [read_texts(path) for path in text_files(folder, lang)]
    reader = _reader(lang, source, files)
    made = {key: translation for file in files for key, translation in file.texts.items()}
    found = reader.found
    return Standing(
        lang,
        done=sum(current[key] in found for key in wanted),
        missing=tuple(k for k in wanted if k not in made and current[k] not in found),
        stale=tuple(k for k in current if k in made and current[k] not in found),
        gone=tuple(key for key in made if key not in current),
        checked_by=reader.checked_by,
        checked_on=reader.checked_on,
    )
