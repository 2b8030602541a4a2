# SPDX-License-Identifier: EUPL-1.2
"""What a pack holds to hand over on paper: sheets of rights to tick off, and a small card."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from middenstip.pack.conditions import Item
from middenstip.pack.parts import SourceRef, Text


class SheetPoint(Item):
    """One thing a sheet tells the person, with the sources it rests on."""

    text: Text
    sources: tuple[SourceRef, ...] = Field(min_length=1)


class SheetPart(Item):
    """Points that belong together, under a heading where there is one."""

    label: Text | None = None
    points: tuple[SheetPoint, ...] = Field(min_length=1)


class SheetVersion(Item):
    """What a sheet tells between two days (inclusive)."""

    valid_from: date
    valid_to: date | None = None
    intro: Text | None = None
    parts: tuple[SheetPart, ...] = Field(min_length=1)


class Sheet(Item):
    """A paper with a fixed text, in the second person.

    ``form``: a ``page`` has a box to tick before each point and lines for who explained it; a
    ``card`` is one small page with a neutral look. ``event``: handing it over is a part of this
    event, whose form offers it. ``call`` names contacts of the directory.
    """

    label: Text
    form: Literal["page", "card"] = "page"
    event: str | None = None
    call: tuple[str, ...] = ()
    versions: tuple[SheetVersion, ...] = Field(min_length=1)

    def on(self, day: date) -> SheetVersion | None:
        """Return what it tells on a day; None when it does not exist then."""
        for version in self.versions:
            if version.valid_from <= day and (
                version.valid_to is None or day <= version.valid_to
            ):
                return version
        return None
