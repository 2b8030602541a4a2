# SPDX-License-Identifier: EUPL-1.2
"""The shape of items: from plain values to checked objects, item by item.

One bad item does not hide the next: everything that has a good shape is kept, so that the
checks of meaning can go on and an editor sees every problem at once.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Union

from pydantic import BaseModel, Tag, ValidationError
from pydantic_core import ErrorDetails

from middenstip.pack.files import HEADER_FILE, RawPack, line_of
from middenstip.pack.model import KINDS, Item, Pack, PackHeader
from middenstip.pack.problems import Problem, nearest

Key = str | int
_SCALARS = frozenset({"bool", "int", "float", "date", "str"})
_STARTS = ("EventMatch", "StartByCondition")


def item_model(kind: str) -> type[Item]:
    """Return the class of the items of a kind; KeyError when there is no such kind."""
    model: type[Item] = typing.get_args(Pack.model_fields[kind].annotation)[1]
    return model


def shape_pack(
    raw: RawPack,
) -> tuple[PackHeader | None, dict[str, dict[str, Item]], list[Problem]]:
    """Return the header, the items that have a good shape by kind and id, and the problems."""
    header, problems = _shaped(raw, "header", "", PackHeader, raw.header)
    items: dict[str, dict[str, Item]] = {}
    for kind in KINDS:
        items[kind] = {}
        for item_id, content in raw.kinds[kind].items():
            item, found = _shaped(raw, kind, item_id, item_model(kind), content)
            # What follows from another file is told there.
            problems += found if (kind, item_id) in raw.origin else []
            if item is not None:
                items[kind][item_id] = item
    return typing.cast("PackHeader | None", header), items, problems


def problem_at(
    raw: RawPack,
    kind: str,
    item_id: str,
    keys: Sequence[Key],
    message: str,
    level: typing.Literal["error", "warning"] = "error",
) -> Problem:
    """Return a problem with file, line and key path of an item (kind ``header`` has no id)."""
    path = raw.origin.get((kind, item_id), raw.folder / HEADER_FILE)
    whole = [item_id, *keys] if item_id else list(keys)
    return Problem(raw.name(path), _dotted(whole), message, line_of(path, whole), level)


def _shaped(
    raw: RawPack, kind: str, item_id: str, model: type[Item], content: Any
) -> tuple[Item | None, list[Problem]]:
    try:
        return model.model_validate(content), []
    except ValidationError as error:
        places: dict[tuple[tuple[Key, ...], str], None] = {}
        for detail in error.errors(include_url=False):
            if _says_something(detail, content):
                places[_clean(detail, content), _words(detail, model)] = None
        return None, [problem_at(raw, kind, item_id, keys, words) for keys, words in places]


def _says_something(detail: ErrorDetails, content: Any) -> bool:
    """Leave out what pydantic reports only because it tried another branch of a choice."""
    kept = _clean(detail, content)
    given = _at(content, kept)
    dropped = {str(key) for key in detail["loc"]} - {str(key) for key in kept}
    if isinstance(given, Mapping) and dropped & _SCALARS:
        return False
    if detail["type"] == "too_short" and isinstance(given, Sequence) and given:
        return False
    for here in _STARTS:
        if here in dropped and "starts" in kept:
            start = _at(content, kept[: kept.index("starts") + 2])
            by_event = isinstance(start, Mapping) and "event" in start
            return by_event == (here == _STARTS[0])
    return True


def _words(detail: ErrorDetails, model: type[Item]) -> str:
    """Return what is wrong in the words of an editor, with the nearest accepted values."""
    last, given = detail["loc"][-1] if detail["loc"] else "", detail["input"]
    kind = detail["type"]
    if kind == "extra_forbidden":
        return f"{last} is no key here{nearest(last, _keys_at(model, detail['loc'][:-1]))}"
    if kind == "missing":
        return f"the key {last} is missing"
    if kind == "literal_error":
        expected = detail["ctx"]["expected"].replace(" or ", ", ").split(", ")
        return (
            f"{given!r} is not accepted{nearest(given, [e.strip(chr(39)) for e in expected])}"
        )
    if kind == "value_error":
        return detail["msg"].removeprefix("Value error, ")
    if any(key in _SCALARS or "Operand" in str(key) for key in detail["loc"]):
        return (
            f"{_short(given)} is neither a plain value (text, number, day, true or false) "
            "nor an operand such as {fact: ...}"
        )
    return f"{_short(given)}: {detail['msg'][0].lower()}{detail['msg'][1:]}"


def _short(given: Any) -> str:
    if isinstance(given, Mapping):
        return "a mapping"
    if isinstance(given, Sequence) and not isinstance(given, str):
        return "a list"
    return given.isoformat() if isinstance(given, date) else repr(given)[:60]


def _clean(detail: ErrorDetails, content: Any) -> tuple[Key, ...]:
    """Keep of pydantic's location only what stands in the file, not the branches it tried."""
    kept: list[Key] = []
    for key in detail["loc"]:
        step = _step(content, key)
        if step is not None:
            kept.append(key)
            content = step[0]
    if detail["type"] == "missing":
        kept.append(detail["loc"][-1])
    return tuple(kept)


def _step(content: Any, key: Key) -> tuple[Any] | None:
    if isinstance(content, Mapping) and key in content:
        return (content[key],)
    if isinstance(content, list) and isinstance(key, int) and key < len(content):
        return (content[key],)
    return None


def _at(content: Any, keys: Iterable[Key]) -> Any:
    for key in keys:
        step = _step(content, key)
        content = step[0] if step else None
    return content


def _keys_at(model: type[Item], loc: Iterable[Key]) -> list[str]:
    """Return the keys that are accepted at a place, following pydantic's location."""
    options: list[Any] = [model]
    for key in loc:
        options = [deeper for option in options for deeper in _enter(option, key)] or options
    models = [m for option in options for m in _models(option)]
    return sorted({f.alias or name for m in models for name, f in m.model_fields.items()})


def _enter(option: Any, key: Key) -> list[Any]:
    option = _plain(option)
    if isinstance(option, type) and issubclass(option, BaseModel):
        if key == option.__name__:
            return [option]
        option.model_rebuild()
        fields = option.model_fields.items()
        return [f.annotation for name, f in fields if key in (name, f.alias)]
    origin, arguments = typing.get_origin(option), typing.get_args(option)
    if origin in (Union, types.UnionType):
        tagged = [a for a in arguments if _tag(a) == key]
        return tagged or [found for a in arguments for found in _enter(a, key)]
    if origin is dict:
        return [arguments[1]]
    if origin is tuple and isinstance(key, int):
        return [arguments[0]]
    return []


def _plain(option: Any) -> Any:
    return typing.get_args(option)[0] if typing.get_origin(option) is Annotated else option


def _tag(option: Any) -> str | None:
    if typing.get_origin(option) is not Annotated:
        return None
    return next((a.tag for a in typing.get_args(option) if isinstance(a, Tag)), None)


def _models(option: Any) -> Iterator[type[BaseModel]]:
    option = _plain(option)
    if isinstance(option, type) and issubclass(option, BaseModel):
        option.model_rebuild()
        yield option
    elif typing.get_origin(option) in (Union, types.UnionType):
        for argument in typing.get_args(option):
            yield from _models(argument)


def _dotted(keys: Iterable[Key]) -> str:
    return ".".join(map(str, keys))
