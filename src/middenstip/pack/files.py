# SPDX-License-Identifier: EUPL-1.2
"""Reading the files of a pack folder into plain values, with nothing lost on the way.

YAML 1.1 reads ``on``, ``yes``, ``no`` and ``NO`` (Norway) as truth values and ``1:30`` as a
number; a pack must not. Only ``true``/``false``, whole and decimal numbers, ``YYYY-MM-DD`` and
``null`` are more than text here. A key that stands twice is an error, not the last one's win.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from middenstip.pack.derived import MIRRORS, derived_lists
from middenstip.pack.model import KINDS
from middenstip.pack.problems import Problem, nearest

HEADER_FILE = "pack.yaml"
SIDE_FILES = ("coverage.yaml",)
TEXTS_FOLDER = "texts"
MOST_LEVELS, MOST_VALUES = 60, 500_000


class _DuplicateKeyError(yaml.constructor.ConstructorError):
    """A key stands twice in one mapping."""


class PackLoader(yaml.CSafeLoader):
    """The YAML subset of packs; see the module's docstring."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}

    def construct_mapping(
        self, node: yaml.MappingNode, deep: bool = False
    ) -> dict[Hashable, Any]:
        """Build a mapping; ConstructorError names a key that is no text or stands twice."""
        seen: dict[Hashable, Any] = {}
        for key_node, value_node in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, Hashable) or key in seen:
                raise _DuplicateKeyError(
                    None, None, f"the key {key!r} stands here twice", key_node.start_mark
                )
            seen[key] = self.construct_object(value_node, deep=deep)
        return seen


def _day(loader: PackLoader, node: yaml.ScalarNode) -> date:
    try:
        return date.fromisoformat(str(node.value))
    except ValueError as error:
        raise yaml.constructor.ConstructorError(
            None, None, f"{node.value} is no day of the calendar", node.start_mark
        ) from error


PackLoader.add_constructor("tag:yaml.org,2002:timestamp", _day)
for _tag, _pattern, _first in (
    ("bool", r"true|false", "tf"),
    ("int", r"-?(0|[1-9][0-9]*)", "-0123456789"),
    ("float", r"-?[0-9]+\.[0-9]+", "-0123456789"),
    ("timestamp", r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "0123456789"),
    ("null", r"null|~|", ["n", "~", ""]),
):
    PackLoader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), list(_first)
    )


@dataclass(slots=True)
class RawPack:
    """A pack folder as plain values; ``origin`` tells the file of every (kind, id)."""

    folder: Path
    header: Any = None
    kinds: dict[str, dict[str, Any]] = field(default_factory=dict)
    origin: dict[tuple[str, str], Path] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def name(self, path: Path) -> str:
        """Return how a file of this folder is named in messages: relative to the folder."""
        return path.relative_to(self.folder).as_posix()


def read_folder(folder: Path) -> RawPack:
    """Read every YAML file of a pack folder; what cannot be read is in ``problems``.

    Raises FileNotFoundError when the folder does not exist or holds no ``pack.yaml``.
    """
    if not (folder / HEADER_FILE).is_file():
        raise FileNotFoundError(f"{folder} is no country pack: it has no {HEADER_FILE}")
    raw = RawPack(folder, kinds={kind: {} for kind in KINDS})
    for path in _yaml_files(folder):
        name = raw.name(path)
        if name in SIDE_FILES or name.startswith(f"{TEXTS_FOLDER}/"):
            continue
        kind = path.relative_to(folder).parts[0].removesuffix(path.suffix)
        if name != HEADER_FILE and kind not in KINDS:
            message = f"{kind} is no kind of item{nearest(kind, KINDS)}"
            raw.problems.append(Problem(name, "", message))
            continue
        content = _read(raw, path)
        if name == HEADER_FILE:
            raw.header = content
        else:
            _add_items(raw, kind, path, content)
    _add_derived_lists(raw)
    return raw


def _add_derived_lists(raw: RawPack) -> None:
    """Add the code lists that follow from other kinds; a file may not hold them as well."""
    lists = raw.kinds["code_lists"]
    for list_id, content in derived_lists(raw.kinds, raw.header).items():
        if list_id in lists:
            path = raw.origin["code_lists", list_id]
            message = f"this list follows from {MIRRORS[list_id]}; take it out"
            line = line_of(path, [list_id])
            raw.problems.append(Problem(raw.name(path), list_id, message, line))
        else:
            lists[list_id] = content


def read_yaml(path: Path) -> Any:
    """Return the content of one YAML file under the rules of packs.

    Raises UnicodeDecodeError for a file that is not UTF-8 and yaml.YAMLError for bad YAML.
    """
    text = path.read_bytes().decode("utf-8")
    try:
        content = yaml.load(text, Loader=PackLoader)  # noqa: S506 - a subclass of the safe loader
    except (RecursionError, ValueError) as error:
        raise yaml.YAMLError(f"it cannot be read: {error}") from error
    _refuse_bottomless(content)
    return content


def _refuse_bottomless(content: Any) -> None:
    """Raise yaml.YAMLError for what is nested deeper than any law, or grows by its aliases."""
    waiting, seen = [(content, 0)], 0
    while waiting:
        part, depth = waiting.pop()
        if not isinstance(part, dict | list):
            continue
        parts = part.values() if isinstance(part, dict) else part
        seen += len(parts)
        if depth > MOST_LEVELS or seen > MOST_VALUES:
            raise yaml.YAMLError(
                f"it has more than {MOST_LEVELS} levels or {MOST_VALUES} values, or an alias "
                "that holds itself"
            )
        waiting += [(inner, depth + 1) for inner in parts]


def line_of(path: Path, keys: Iterable[str | int]) -> int | None:
    """Return the line (from 1) where a key path or its nearest parent stands in a file.

    The file as a whole is line 1; None for a file that cannot be read.
    """
    try:
        node = yaml.compose(path.read_bytes().decode("utf-8"), Loader=PackLoader)
    except (yaml.YAMLError, UnicodeDecodeError, OSError):
        return None
    line = 1
    for key in keys:
        step = _step(node, key)
        if step is None:
            break
        line, node = step
    return line


def _step(node: yaml.Node | None, key: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key_node, value_node in node.value:
            if key_node.value == str(key):
                return key_node.start_mark.line + 1, value_node
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        return node.value[key].start_mark.line + 1, node.value[key]
    return None


def _yaml_files(folder: Path) -> list[Path]:
    found = (p for p in folder.rglob("*") if p.suffix in (".yaml", ".yml") and p.is_file())
    return sorted(found)


def _read(raw: RawPack, path: Path) -> Any:
    name = raw.name(path)
    try:
        return read_yaml(path)
    except UnicodeDecodeError as error:
        message = f"the file is not UTF-8 (byte {error.start}); save it as UTF-8"
        raw.problems.append(Problem(name, "", message))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        words = f"{error.context or ''} {error.problem or ''}".strip()
        message = f"the file is no good YAML: {words}"
        # The end of a truncated file is marked as the line after its last.
        last = path.read_bytes().count(b"\n") + 1
        line = min(mark.line + 1, last) if mark else None
        raw.problems.append(Problem(name, "", message, line))
    except yaml.YAMLError as error:
        words = " ".join(str(error).split())
        raw.problems.append(Problem(name, "", f"the file is no good YAML: {words}"))
    return None


def _add_items(raw: RawPack, kind: str, path: Path, content: Any) -> None:
    name = raw.name(path)
    if content is None:
        if not any(p.file == name for p in raw.problems):
            raw.problems.append(
                Problem(name, "", "the file is empty; write items or delete it")
            )
        return
    if not isinstance(content, dict):
        message = f"the file must be a mapping of ids to items, not {type(content).__name__}"
        raw.problems.append(Problem(name, "", message))
        return
    for item_id, item in content.items():
        if not isinstance(item_id, str):
            message = f"the id {item_id!r} is not text; put it between quotes"
            raw.problems.append(Problem(name, str(item_id), message))
        elif (kind, item_id) in raw.origin:
            first = raw.name(raw.origin[kind, item_id])
            message = f"this id of {kind} stands in {first} as well; keep one"
            raw.problems.append(Problem(name, item_id, message, line_of(path, [item_id])))
        else:
            raw.kinds[kind][item_id] = item
            raw.origin[kind, item_id] = path
