# SPDX-License-Identifier: EUPL-1.2
"""Work for a translator: what is missing as a file, and the finished file taken in again."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import ValidationError

from middenstip.pack.conditions import Item
from middenstip.pack.files import TEXTS_FOLDER, read_yaml
from middenstip.pack.model import Pack
from middenstip.pack.problems import PackError, Problem
from middenstip.pack.reading import fingerprint
from middenstip.pack.translations import (
    TextsFile,
    Translation,
    all_texts,
    guide_texts,
    read_texts,
    standing,
    text_files,
)
from middenstip.pack.wording import PLACEHOLDER

_SPDX = "# SPDX-License-Identifier: EUPL-1.2\n"
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur", "ps", "ku", "yi"})


class Task(Item):
    """One text to translate: what it was made of, the sources to read, and room to write."""

    of: str
    text: str | None = None
    was: str | None = None
    nl: str | None = None
    en: str | None = None


class TaskFile(Item):
    """A file for a translator; only ``text`` is to be filled in."""

    language: str
    direction: Literal["ltr", "rtl"] = "ltr"
    checked_by: str | None = None
    checked_on: date | None = None
    texts: dict[str, Task] = {}


@dataclass(frozen=True, slots=True)
class Merged:
    """What became of a translator's file: keys taken in, left empty, and refused with why."""

    taken: tuple[str, ...]
    empty: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]


def skeleton(pack: Pack, folder: Path, lang: str) -> TaskFile:
    """Return what is missing or stale in a language; ``was`` is the translation that lapsed."""
    (now,) = standing(pack, folder, lang)
    known, wanted = all_texts(pack), guide_texts(pack)
    old = {k: t.text for p in text_files(folder, lang) for k, t in read_texts(p).texts.items()}
    stale = set(now.stale)
    keys = [k for k in wanted if k in now.missing or k in stale]
    keys += [k for k in now.stale if k not in wanted]
    return TaskFile(
        language=lang,
        direction="rtl" if lang in RIGHT_TO_LEFT else "ltr",
        texts={
            key: Task(
                of=fingerprint(known[key][pack.header.languages[0]]),
                was=old.get(key),
                nl=known[key].get("nl"),
                en=known[key].get("en"),
            )
            for key in keys
        },
    )


def write_skeleton(tasks: TaskFile, path: Path) -> None:
    """Write a translator's file; FileExistsError rather than overwriting work."""
    head = tasks.model_dump(include={"language", "direction"})
    content = {
        **head,
        "texts": {
            key: {k: v for k, v in task.model_dump().items() if v is not None} | {"text": ""}
            for key, task in tasks.texts.items()
        },
    }
    with path.open("x", encoding="utf-8") as file:
        file.write(_SPDX)
        file.write("# Write the translation in `text`; change nothing else. Then:\n")
        file.write(f"# middenstip pack translations --merge {path.name}\n")
        file.write(_as_yaml(content))


def merge(pack: Pack, folder: Path, path: Path) -> Merged:
    """Take a translator's file into ``texts/<language>.yaml``, which is replaced as a whole.

    What is not filled in is left; what no longer fits the pack is refused by key. PackError for
    a file that cannot be read; nothing is written then, nor when nothing is taken in.
    """
    tasks, source = _read_tasks(path), pack.header.languages[0]
    if tasks.language in pack.header.languages:
        message = f"{tasks.language} is a language of the pack itself; edit the items"
        raise PackError([Problem(path.name, "language", message)])
    known = all_texts(pack)
    elsewhere = _elsewhere(folder, tasks.language)
    taken: dict[str, Translation] = {}
    empty: list[str] = []
    refused: list[tuple[str, str]] = []
    for key, task in tasks.texts.items():
        if not (task.text or "").strip():
            empty.append(key)
        elif key in elsewhere:
            refused.append(
                (key, f"it stands in {TEXTS_FOLDER}/{elsewhere[key]}; write it there")
            )
        elif why := _unfit(known, key, task, source):
            refused.append((key, why))
        else:
            taken[key] = Translation(of=task.of, text=(task.text or "").strip())
    if taken:
        _write(folder, tasks, taken, list(known))
    return Merged(tuple(taken), tuple(empty), tuple(refused))


def _read_tasks(path: Path) -> TaskFile:
    try:
        return TaskFile.model_validate(read_yaml(path))
    except UnicodeDecodeError as error:
        raise PackError([Problem(path.name, "", "the file is not UTF-8")]) from error
    except yaml.YAMLError as error:
        words = " ".join(str(error).split())
        raise PackError(
            [Problem(path.name, "", f"the file is no good YAML: {words}")]
        ) from error
    except ValidationError as error:
        raise PackError(
            Problem(path.name, ".".join(map(str, d["loc"])), d["msg"])
            for d in error.errors(include_url=False)
        ) from error


def _unfit(
    known: Mapping[str, Mapping[str, str]], key: str, task: Task, source: str
) -> str | None:
    if key not in known:
        return "no text of the pack has this key"
    words = known[key][source]
    if fingerprint(words) != task.of:
        return f"the text was changed meanwhile; it now says: {words}"
    if set(PLACEHOLDER.findall(words)) != set(PLACEHOLDER.findall(task.text or "")):
        return "the names between braces differ from those of the text"
    return None


def _elsewhere(folder: Path, lang: str) -> dict[str, str]:
    """Return which part of a language's texts stands in another file than its main one."""
    parts = [path for path in text_files(folder, lang) if path.name != f"{lang}.yaml"]
    return {key: path.name for path in parts for key in read_texts(path).texts}


def _write(
    folder: Path, tasks: TaskFile, taken: Mapping[str, Translation], order: list[str]
) -> None:
    """Write the file of a language with the new texts in it, in the order of the pack.

    New texts nobody checked take the mark of the sworn translator away, unless the file that
    is taken in carries one itself.
    """
    path = folder / TEXTS_FOLDER / f"{tasks.language}.yaml"
    old = read_texts(path) if path.is_file() else None
    both = {**(old.texts if old else {}), **taken}
    place = {key: index for index, key in enumerate(order)}
    keys = sorted(both, key=lambda key: (place.get(key, len(order)), key))
    file = TextsFile(
        language=tasks.language,
        direction=tasks.direction,
        checked_by=tasks.checked_by,
        checked_on=tasks.checked_on,
        texts={key: both[key] for key in keys},
    )
    path.parent.mkdir(exist_ok=True)
    draft = path.with_suffix(".new")
    draft.write_text(_SPDX + _as_yaml(file.model_dump()), encoding="utf-8")
    os.replace(draft, path)


def _as_yaml(content: Any) -> str:
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=100)
