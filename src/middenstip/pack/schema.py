# SPDX-License-Identifier: EUPL-1.2
"""JSON Schema of every file of a pack, for editors that complete and underline as one types."""

from __future__ import annotations

import json
from pathlib import Path
from types import GenericAlias
from typing import Any, cast

from pydantic import TypeAdapter

from middenstip.pack.coverage import CoverageFile
from middenstip.pack.model import KINDS, PackHeader
from middenstip.pack.shape import item_model
from middenstip.pack.translations import TextsFile

_COMMENT = "SPDX-License-Identifier: EUPL-1.2. Made by `middenstip pack schema`; do not edit."


def schemas() -> dict[str, dict[str, Any]]:
    """Return the schema of every kind of file by the name of the file that holds it.

    A schema accepts less sharply than the check does: it knows shapes, not what exists.
    """
    made: dict[str, dict[str, Any]] = {
        "pack.json": TypeAdapter(PackHeader).json_schema(),
        "coverage.json": TypeAdapter(CoverageFile).json_schema(),
        "texts.json": TypeAdapter(TextsFile).json_schema(),
    }
    for kind in KINDS:
        mapping = cast(Any, GenericAlias(dict, (str, item_model(kind))))
        files: TypeAdapter[Any] = TypeAdapter(mapping)
        content = files.json_schema()
        content["propertyNames"] = {"pattern": "^[A-Za-z][A-Za-z0-9_-]*$"}
        made[f"{kind}.json"] = {"title": kind, **content}
    dialect = "https://json-schema.org/draft/2020-12/schema"
    return {
        name: {"$schema": dialect, "$comment": _COMMENT, **content}
        for name, content in sorted(made.items())
    }


def write_schemas(folder: Path) -> list[Path]:
    """Write every schema into a folder, made when it is not there; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, content in schemas().items():
        path = folder / name
        path.write_text(as_text(content), encoding="utf-8")
        written.append(path)
    return written


def as_text(schema: dict[str, Any]) -> str:
    """Return a schema as it stands in its file."""
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"
