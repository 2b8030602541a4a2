# SPDX-License-Identifier: EUPL-1.2
"""Texts of the pack as the guide shows them: each with the language it is really in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from middenstip.pack.translations import translated


class Words(NamedTuple):
    """A text and its language, so that a page can mark what is not in its own language."""

    text: str
    lang: str


def read(text: Mapping[str, str], lang: str) -> Words:
    """Return a text in a language, else in English, else in the language that it has."""
    if lang not in text and (translation := translated(text, lang)):
        return Words(translation, lang)
    for found in (lang, "en", *text):
        if text.get(found):
            return Words(text[found], found)
    return Words("", lang)


def maybe(text: Mapping[str, str] | None, lang: str) -> Words | None:
    """Return a text in a language as `read`; None where there is no text."""
    return read(text, lang) if text else None
