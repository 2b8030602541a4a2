# SPDX-License-Identifier: EUPL-1.2
"""What the texts of a pack must hold: every language, the same placeholders, no ethnicity."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from middenstip.pack.model import Text
from middenstip.pack.shape import Key

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")

# ethnicity is not recorded, under any name. Whole words, and beginnings of words.
_WORDS = frozenset(
    """ras rassen race races racial raciaal raciale roma sinti romani tribe tribes tribal caste
    kaste zigeuner zigeuners gypsy gypsies ancestry stamboom""".split()  # noqa: SIM905
)
_BEGINNINGS = ("ethni", "etni", "afkomst", "huidskleur", "volksgroep", "bevolkingsgroep")
_PHRASES = re.compile(r"\b(skin colou?rs?|colou?rs? of (the )?skin|kleur van de huid)\b")
_LOOKED_AT = ("label", "question", "ask_you", "why", "for_you", "signs", "description")


def texts(item: Any, keys: tuple[Key, ...] = ()) -> Iterator[tuple[tuple[Key, ...], Text]]:
    """Yield every text of an item with its key path, however deep it stands."""
    if isinstance(item, BaseModel):
        for name, info in type(item).model_fields.items():
            value, here = getattr(item, name), (*keys, info.alias or name)
            if info.annotation in (Text, Text | None):
                if value is not None:
                    yield here, value
            else:
                yield from texts(value, here)
    elif isinstance(item, Mapping):
        for key, value in item.items():
            yield from texts(value, (*keys, key))
    elif isinstance(item, tuple):
        for index, value in enumerate(item):
            if isinstance(value, dict):
                yield (*keys, index), value
            else:
                yield from texts(value, (*keys, index))


def text_problems(text: Text, languages: Sequence[str]) -> Iterator[str]:
    """Yield what is wrong with one text: languages missing, strange or empty, placeholders."""
    for lang in languages:
        if not text.get(lang, "").strip():
            yield f"the text in {lang} is missing"
    for lang in sorted(set(text) - set(languages)):
        yield f"{lang} is no language of this pack ({', '.join(languages)})"
    names = {lang: set(PLACEHOLDER.findall(text[lang])) for lang in languages if text.get(lang)}
    if len(set(map(frozenset, names.values()))) > 1:
        told = "; ".join(
            f"{lang}: {', '.join(sorted(n)) or 'none'}" for lang, n in names.items()
        )
        yield f"the names between braces differ per language ({told})"


def forbidden_word(words: str) -> str | None:
    """Return the word that speaks of ethnicity in an id or text, or None."""
    folded = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    spaced = re.sub(r"[\W_]+", " ", folded)
    if phrase := _PHRASES.search(spaced):
        return phrase.group()
    for word in spaced.split():
        if word in _WORDS or word.startswith(_BEGINNINGS):
            return word
    return None


def ethnicity(
    content: Any, keys: tuple[Key, ...] = ()
) -> Iterator[tuple[tuple[Key, ...], str]]:
    """Yield (key path, word) where an id, code, label, question or description speaks of it.

    Works on plain values, so that a misshapen item hides nothing.
    """
    if isinstance(content, Mapping):
        for key, value in content.items():
            here = (*keys, key)
            if isinstance(key, str) and (word := forbidden_word(key)):
                yield here, word
            if key in _LOOKED_AT:
                for lang, words in _words(value):
                    if word := forbidden_word(words):
                        yield (*here, *lang), word
            else:
                yield from ethnicity(value, here)
    elif isinstance(content, list):
        for index, value in enumerate(content):
            yield from ethnicity(value, (*keys, index))


def _words(value: Any) -> list[tuple[tuple[Key, ...], str]]:
    if isinstance(value, Mapping):
        return [((str(k),), v) for k, v in value.items() if isinstance(v, str)]
    if isinstance(value, list):
        return [((i, *way), w) for i, part in enumerate(value) for way, w in _words(part)]
    return [((), value)] if isinstance(value, str) else []
