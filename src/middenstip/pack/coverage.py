# SPDX-License-Identifier: EUPL-1.2
"""What a pack covers of what was asked, and which tests name it.

``coverage.yaml`` of a pack lists the systems (S-), rules (R-) and scheme blocks of a country
that were asked for. An id is covered by an item that carries it or cites it, by the items the
file names, or by a part of the program. Where nothing does, the file gives the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError
from yaml import YAMLError

import middenstip
from middenstip.pack.conditions import Item
from middenstip.pack.files import RawPack, read_yaml
from middenstip.pack.problems import PackError, Problem, nearest

COVERAGE_FILE = "coverage.yaml"
_KINDS = ("schemes", "guards", "flags", "duties", "events", "facts", "purposes")
# test_r06_..., R-06, test_nl_stay_05a_..., NL-STAY-05A
_NAMED = re.compile(
    r"(?<![a-z0-9])(?:([rs])[-_]?(\d\d)|nl[-_]([a-z]{2,4})[-_](\d\d[a-z]?))(?![a-z0-9])"
)

_TEST_NAME = re.compile(r"^\s*(?:async )?def (test_\w+)", re.MULTILINE)


class Expected(Item):
    """What was asked: S-01 to S-``systems``, R-01 to R-``rules``, and scheme blocks."""

    systems: int
    rules: int
    schemes: tuple[str, ...]

    def ids(self) -> list[str]:
        """Return every id that was asked, in order."""
        systems = [f"S-{n:02}" for n in range(1, self.systems + 1)]
        return [*systems, *(f"R-{n:02}" for n in range(1, self.rules + 1)), *self.schemes]


class CoverageFile(Item):
    """The content of ``coverage.yaml``: what was asked, what covers it, or why nothing does.

    ``covered_by`` names items of the pack, ``elsewhere`` the part of the program that holds it.
    """

    expected: Expected
    covered_by: dict[str, tuple[str, ...]] = {}
    elsewhere: dict[str, str] = {}
    not_covered: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Line:
    """Whether one id is covered: by which items, where else, by which tests, or why not."""

    id: str
    by: tuple[str, ...]
    elsewhere: str | None
    tests: tuple[str, ...]
    reason: str | None

    @property
    def covered(self) -> bool:
        """True when an item or the program carries it; a test alone covers nothing."""
        return bool(self.by or self.elsewhere)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Every id that was asked, and what is wrong with ``coverage.yaml`` itself.

    ``tests_read`` is False where the program is installed without its source tree.
    """

    lines: tuple[Line, ...]
    problems: tuple[Problem, ...]
    tests_read: bool


def coverage(raw: RawPack, tests: Path | None = None) -> Coverage | None:
    """Return what a pack covers; None when it has no ``coverage.yaml``.

    ``tests`` is the folder of tests to look into (default: that of this source tree). Raises
    PackError when ``coverage.yaml`` has another shape.
    """
    path = raw.folder / COVERAGE_FILE
    if not path.is_file():
        return None
    try:
        asked = CoverageFile.model_validate(read_yaml(path))
    except ValidationError as error:
        details = error.errors(include_url=False)
        told = [(".".join(map(str, d["loc"])), d["msg"]) for d in details]
        raise PackError(
            Problem(COVERAGE_FILE, place, words) for place, words in told
        ) from error
    except (UnicodeDecodeError, YAMLError) as error:
        words = " ".join(str(error).split())
        raise PackError([Problem(COVERAGE_FILE, "", words)]) from error
    folder = tests or _own_tests()
    named = _tests_by_id(folder) if folder else {}
    carried = _carried(raw)
    lines = []
    for asked_id in asked.expected.ids():
        by = dict.fromkeys((*carried.get(asked_id, ()), *asked.covered_by.get(asked_id, ())))
        found = tuple(sorted(named.get(asked_id, ())))
        reason = asked.not_covered.get(asked_id)
        lines.append(Line(asked_id, tuple(by), asked.elsewhere.get(asked_id), found, reason))
    return Coverage(tuple(lines), tuple(_problems(raw, asked, lines)), folder is not None)


def _problems(raw: RawPack, asked: CoverageFile, lines: Iterable[Line]) -> Iterator[Problem]:
    ids = asked.expected.ids()
    items = [item_id for kind in _KINDS for item_id in raw.kinds[kind]]
    for key in ("covered_by", "elsewhere", "not_covered"):
        for strange in set(getattr(asked, key)) - set(ids):
            message = f"{strange} was not asked{nearest(strange, ids)}"
            yield Problem(COVERAGE_FILE, f"{key}.{strange}", message)
    for asked_id, names in asked.covered_by.items():
        for name in set(names) - set(items):
            message = f"the pack has no item {name}{nearest(name, items)}"
            yield Problem(COVERAGE_FILE, f"covered_by.{asked_id}", message)
    for line in lines:
        if not line.covered and not line.reason:
            yield Problem(COVERAGE_FILE, line.id, "nothing covers it and no reason is given")
        if line.covered and line.reason:
            message = f"{', '.join(line.by) or line.elsewhere}: covered; take the reason out"
            yield Problem(COVERAGE_FILE, f"not_covered.{line.id}", message, level="warning")


def _carried(raw: RawPack) -> dict[str, list[str]]:
    """Return which items carry an id as their own id or rule, or cite it in a source."""
    found: dict[str, list[str]] = {}
    for kind in _KINDS:
        for item_id, content in raw.kinds[kind].items():
            ids = {item_id} if kind == "schemes" else set()
            if isinstance(content, Mapping) and isinstance(content.get("rule"), str):
                ids.add(content["rule"])
            for article in _articles(content):
                ids |= _ids_in(article)
            for carried in ids:
                found.setdefault(carried, []).append(item_id)
    return found


def _articles(content: object) -> Iterator[str]:
    if isinstance(content, Mapping):
        if isinstance(content.get("article"), str):
            yield content["article"]
        for value in content.values():
            yield from _articles(value)
    elif isinstance(content, list):
        for value in content:
            yield from _articles(value)


def _ids_in(words: str) -> set[str]:
    """Return the asked ids that a text or the name of a test speaks of."""
    found = set()
    for letter, number, block, part in _NAMED.findall(words.lower()):
        found.add(f"{letter}-{number}".upper() if letter else f"NL-{block}-{part}".upper())
    return found


def _tests_by_id(folder: Path) -> dict[str, set[str]]:
    """Return the test files that name an id in the name of a test or in a story (YAML, JSON).

    A mention in other code proves nothing, and the tests of this room use ids as examples.
    """
    named: dict[str, set[str]] = {}
    for path in folder.rglob("*"):
        if (folder / "pack") in path.parents:
            continue
        if path.suffix in (".py", ".yaml", ".json") and path.is_file():
            words = path.read_text(encoding="utf-8", errors="replace")
            if path.suffix == ".py":
                words = " ".join(_TEST_NAME.findall(words))
            for asked_id in _ids_in(words):
                named.setdefault(asked_id, set()).add(path.relative_to(folder).as_posix())
    return named


def _own_tests() -> Path | None:
    """Return the tests of the source tree that the program runs from, if it does."""
    root = Path(middenstip.__file__).parents[2]
    return root / "tests" if (root / "pyproject.toml").is_file() else None
