# SPDX-License-Identifier: EUPL-1.2
"""Names cut into words that can be compared, whatever the script, order and habit.

What was written stays with the record; here it is folded: no tone marks, titles or particles.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from anyascii import anyascii

# Words that stand with a name and tell nobody apart. Left out for comparing only.
_TITLES = """
mr mrs ms miss mx dr prof sir lady dhr mevr mevrouw meneer heer ing drs hajj haji hadji sheikh
shaikh shaykh imam mullah chief alhaji alhaja president herr frau madame monsieur senor senora
pan pani jr sr
"""
_PARTICLES = """
al el bin ben bint ibn abu abou umm van der den de ten ter von zu da do dos das di del della du
la le les af av y e
"""
TITLES = frozenset(_TITLES.split())
PARTICLES = frozenset(_PARTICLES.split())
_CUT = re.compile(r"[^\w'’ʼ`´]+|_")
_DIGITS = str.maketrans("013457", "oieast")
_LONGEST_WORD = 40
_MOST_WORDS = 12


@dataclass(frozen=True, slots=True)
class Word:
    """One part of a name: as written (small letters), and in plain a to z.

    ``script`` is latin, or the script whose transducer can spell it: arabic, cyrillic or han.
    """

    written: str
    latin: str
    script: str


@lru_cache(maxsize=100_000)
def name_words(text: str) -> tuple[Word, ...]:
    """Return the words of a name in order, without titles and particles.

    When nothing else is there the titles and particles stay: `Haji` may be all that is known.
    At most 12 words; of a word at most 40 signs. A name without any letter has no words.
    """
    words = [w for piece in _CUT.split(text) if piece and (w := _word(piece))]
    telling = [w for w in words if w.latin not in TITLES and w.latin not in PARTICLES]
    return tuple((telling or words)[:_MOST_WORDS])


@lru_cache(maxsize=200_000)
def _word(piece: str) -> Word | None:
    written = unicodedata.normalize("NFKC", piece)[:_LONGEST_WORD].casefold()
    latin = anyascii(written).lower()
    if any(c.isdigit() for c in latin) and any(c.isalpha() for c in latin):
        latin = latin.translate(_DIGITS)
    latin = "".join(c for c in latin if c.isascii() and c.isalnum())[:_LONGEST_WORD]
    return Word(written, latin, script_of(written)) if latin else None


def script_of(text: str) -> str:
    """Return the script of most letters: latin, arabic, cyrillic, han, or other."""
    count: dict[str, int] = {}
    for sign in text:
        if sign.isalpha():
            kind = _script(sign)
            count[kind] = count.get(kind, 0) + 1
    return max(count, key=lambda kind: count[kind]) if count else "latin"


def _script(sign: str) -> str:
    if sign < "ʰ":
        return "latin"
    name = unicodedata.name(sign, "")
    for start, kind in _SCRIPTS:
        if name.startswith(start):
            return kind
    return "other"


_SCRIPTS = (
    ("LATIN", "latin"),
    ("ARABIC", "arabic"),
    ("CYRILLIC", "cyrillic"),
    ("CJK", "han"),
)

_SOUNDS = (
    (re.compile(r"s?[ct]z|t?s?[sc]h|tsj|[szc]j|zh|sz"), "S"),
    (re.compile(r"kh|gh|ck"), "K"),
    (re.compile(r"th|dh|d"), "t"),
    (re.compile(r"dj|dzh|dz"), "S"),
    (re.compile(r"ph|[vwf]"), "f"),
    (re.compile(r"c(?=[eiy])"), "S"),
    (re.compile(r"[ckqgx]"), "K"),
    (re.compile(r"[sz]"), "S"),
    (re.compile(r"b"), "p"),
    (re.compile(r"[aeiouyhj0-9]"), ""),
    (re.compile(r"(.)\1+"), r"\1"),
)


@lru_cache(maxsize=200_000)
def skeleton(latin: str) -> str:
    """Return the consonants of a word in coarse classes: what survives most ways of spelling.

    `Goloebjev`, `Golubyev` and `Golubiew` give one skeleton. Empty for a word of vowels.
    """
    rest = latin
    for sound, sign in _SOUNDS:
        rest = sound.sub(sign, rest)
    return rest
