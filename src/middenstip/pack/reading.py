# SPDX-License-Identifier: EUPL-1.2
"""The texts of a pack as somebody reads them: each with the language it is really in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Literal, NamedTuple

FINGERPRINT = 8  # signs


class Words(NamedTuple):
    """A text and the language it is really in, so that a page can mark it."""

    text: str
    lang: str


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the texts of a pack in one language.

    ``checked_by`` and ``checked_on``: the sworn translator who checked all files of the
    language and the earliest day of those checks; None while one of them is not checked.
    """

    lang: str
    source: str
    direction: Literal["ltr", "rtl"] = "ltr"
    checked_by: str | None = None
    checked_on: date | None = None
    found: Mapping[str, str] = field(default_factory=dict)

    def read(self, text: Mapping[str, str]) -> Words:
        """Return a text in the language; in English, else in its own, where it is missing."""
        if own := text.get(self.lang):
            return Words(own, self.lang)
        if translated := self.found.get(fingerprint(text[self.source])):
            return Words(translated, self.lang)
        if english := text.get("en"):
            return Words(english, "en")
        return Words(text[self.source], self.source)


def fingerprint(words: str) -> str:
    """Return by which fingerprint a translation names the text it was made of."""
    return sha256(words.encode()).hexdigest()[:FINGERPRINT]
