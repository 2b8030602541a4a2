# SPDX-License-Identifier: EUPL-1.2
"""On which sources the items of a pack rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from middenstip.pack.model import KINDS, Pack
from middenstip.pack.parts import SourceRef


def refs_in(part: object) -> Iterator[SourceRef]:
    """Yield every reference to a source in an item or a part of one, however deep it stands."""
    if isinstance(part, SourceRef):
        yield part
    elif isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from refs_in(getattr(part, name))
    elif isinstance(part, Mapping):
        for value in part.values():
            yield from refs_in(value)
    elif isinstance(part, tuple):
        for value in part:
            yield from refs_in(value)


def refs_of(pack: Pack) -> Iterator[tuple[str, str, SourceRef]]:
    """Yield (kind, id, reference) for every item of a pack, in its order."""
    for kind in KINDS:
        for item_id, item in getattr(pack, kind).items():
            yield from ((kind, item_id, ref) for ref in refs_in(item))
