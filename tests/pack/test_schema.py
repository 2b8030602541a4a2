# SPDX-License-Identifier: EUPL-1.2
"""The published JSON Schemas are those of the models and accept the shipped pack."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from middenstip.pack.files import read_yaml
from middenstip.pack.load import pack_folder
from middenstip.pack.schema import as_text, schemas, write_schemas
from tests.pack.small import kinds

PUBLISHED = Path(__file__).parents[2] / "docs" / "schema"
MADE = schemas()


def plain(value: Any) -> Any:
    """Days as text, as an editor's YAML server sees them."""
    return json.loads(json.dumps(value, default=date.isoformat))


def test_the_published_schemas_are_those_of_the_models() -> None:
    ours = (p for p in PUBLISHED.glob("*.json") if p.name != "openapi.json")
    published = {p.name: p.read_text(encoding="utf-8") for p in ours}
    made = {name: as_text(schema) for name, schema in MADE.items()}
    assert published == made, "run: script/middenstip pack schema"


@pytest.mark.parametrize("name", MADE)
def test_each_is_a_valid_schema(name: str) -> None:
    Draft202012Validator.check_schema(MADE[name])


def test_every_file_of_the_dutch_pack_is_accepted() -> None:
    folder = pack_folder("nl")
    told = []
    for path in sorted(folder.rglob("*.yaml")):
        kind = path.relative_to(folder).parts[0].removesuffix(".yaml")
        checker = Draft202012Validator(MADE[f"{kind}.json"])
        told += [f"{path}: {e.message}" for e in checker.iter_errors(plain(read_yaml(path)))]
    assert told == []


@pytest.mark.parametrize(
    ("kind", "item", "key", "value"),
    [
        ("facts", "age", "type", "intger"),
        ("facts", "age", "typ", "integer"),
        ("schemes", "XX-01", "versions", []),
        ("guards", "R-20", "refuse_when", {"event": "nights", "gtt": 3}),
        ("purposes", "help", "basis", ["habit"]),
    ],
)
def test_an_editor_underlines_a_mistake(kind: str, item: str, key: str, value: Any) -> None:
    content = kinds()[kind]
    checker = Draft202012Validator(MADE[f"{kind}.json"])
    assert checker.is_valid(plain(content))
    content[item][key] = value
    assert not checker.is_valid(plain(content))


def test_schemas_are_written_where_asked(tmp_path: Path) -> None:
    written = write_schemas(tmp_path / "new" / "folder")
    assert {p.name for p in written} == set(MADE)
    assert all(json.loads(p.read_text(encoding="utf-8")) for p in written)
