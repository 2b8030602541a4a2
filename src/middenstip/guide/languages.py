# SPDX-License-Identifier: EUPL-1.2
"""The languages of the guide, and the texts of its pages in each of them.

The catalogues are those of the room (``locale/<language>/LC_MESSAGES/django.mo``), read without
Django: what a language lacks stands in English, and says so, so that a screen reader can
pronounce it. Compile them with ``middenstip messages compile``.
"""

from __future__ import annotations

import gettext
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from middenstip.pack.reading import Words

SOURCE = "en"
_LOCALE = Path(__file__).resolve().parent / "locale"


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the guide: its code, its own name, whether it runs from right to left."""

    code: str
    name: str
    rtl: bool = False

    @property
    def direction(self) -> str:
        """The value of the attribute ``dir``."""
        return "rtl" if self.rtl else "ltr"


LANGUAGES: dict[str, Language] = {
    language.code: language
    for language in (
        Language("nl", "Nederlands"),
        Language("en", "English"),
        Language("ro", "Română"),
        Language("bg", "Български"),
        Language("hu", "Magyar"),
        Language("pl", "Polski"),
        Language("es", "Español"),
        Language("fr", "Français"),
        Language("ar", "العربية", rtl=True),
        Language("ti", "ትግርኛ"),
        Language("vi", "Tiếng Việt"),
        Language("zh", "中文"),
    )
}


class _Nothing(gettext.NullTranslations):
    """Says nothing for a text that a catalogue lacks, so that it differs from one that reads
    as the English does."""

    def gettext(self, message: str) -> str:
        return ""


@lru_cache(maxsize=64)
def _catalogue(lang: str) -> gettext.NullTranslations:
    found = gettext.translation("django", _LOCALE, [lang], fallback=True)
    found.add_fallback(_Nothing())
    return found


def say(text: str, lang: str, context: str | None = None) -> Words:
    """Return a text of the interface in a language; in English where it is not translated."""
    catalogue = _catalogue(lang)
    # GNU's rule: a message with a context is kept under both, with this sign between.
    key = f"{context}\x04{text}" if context else text
    found = catalogue.gettext(key)
    return Words(found, lang) if found else Words(text, SOURCE)


def best_language(asked: Iterable[tuple[str, float]]) -> str:
    """Return the language that fits what a browser asks for, Dutch where none does.

    ``asked`` are (language tag, weight), most wanted first; a tag with a region (``ro-MD``)
    fits its language.
    """
    for tag, weight in asked:
        code = tag.lower().partition("-")[0]
        if weight > 0 and code in LANGUAGES:
            return code
    return "nl"
