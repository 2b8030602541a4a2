# SPDX-License-Identifier: EUPL-1.2
"""Do the files of translations fit the pack: their names, their keys, what they fill in?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from middenstip import clock
from middenstip.pack.conditions import Item
from middenstip.pack.files import TEXTS_FOLDER, RawPack, line_of
from middenstip.pack.parts import Text
from middenstip.pack.problems import PackError, Problem, nearest
from middenstip.pack.translations import TextsFile, read_texts, text_files, texts_of
from middenstip.pack.wording import PLACEHOLDER


def translation_problems(
    raw: RawPack, items: Mapping[str, Mapping[str, Item]]
) -> Iterator[Problem]:
    """Yield what is wrong with the files of translations of a pack folder.

    A key that no text has any more is a warning: the law changed, the file did not.
    """
    named = text_files(raw.folder)
    for path in sorted((raw.folder / TEXTS_FOLDER).glob("*.y*ml")):
        if path not in named:
            name = f"{TEXTS_FOLDER}/{path.name}"
            yield Problem(name, "", "name it after its language: ro.yaml or ro.<part>.yaml")
    known = texts_of(items) if named else {}
    seen: dict[tuple[str, str], str] = {}
    for path in named:
        try:
            file = read_texts(path)
        except PackError as error:
            yield from error.problems
            continue
        yield from _file_problems(raw, path, file, known)
        for key in file.texts:
            first = seen.setdefault((file.language, key), path.name)
            if first != path.name:
                yield _at(path, key, f"this text stands in {TEXTS_FOLDER}/{first} as well")


def _file_problems(
    raw: RawPack, path: Path, file: TextsFile, known: Mapping[str, Text]
) -> Iterator[Problem]:
    name = f"{TEXTS_FOLDER}/{path.name}"
    own = raw.header.get("languages") if isinstance(raw.header, dict) else None
    if isinstance(own, list) and file.language in own:
        message = f"{file.language} is a language of the pack; its texts stand with the items"
        yield Problem(name, "language", message)
    if file.checked_on is not None and file.checked_on > clock.today():
        message = f"{file.checked_on} lies in the future; nobody checked it then"
        yield Problem(name, "checked_on", message, line_of(path, ["checked_on"]))
    for key, translation in file.texts.items():
        if key not in known:
            advice = nearest(key, known)
            yield _at(path, key, f"no text of the pack has this key{advice}", "warning")
            continue
        filled = set(PLACEHOLDER.findall(next(iter(known[key].values()), "")))
        if set(PLACEHOLDER.findall(translation.text)) != filled:
            wanted = ", ".join(sorted(filled)) or "none"
            yield _at(path, key, f"the names between braces must be: {wanted}")


def _at(path: Path, key: str, message: str, level: str = "error") -> Problem:
    line = line_of(path, ["texts", key])
    name = f"{TEXTS_FOLDER}/{path.name}"
    return Problem(name, key, message, line, "warning" if level == "warning" else "error")
