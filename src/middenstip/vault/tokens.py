# SPDX-License-Identifier: EUPL-1.2
"""From a name, day or number to tokens: what is compared, and its keyed hash. No database.

Names are compared in Latin letters without accents, marks or capitals; each also by its sound
(metaphone), because the same name is spelled in many ways. Parts of names are compared in any
order. A sound or a part proves nothing: it is a reason for a person to look.

The frame of a word is its consonants in coarse classes (`matching.names.skeleton`), in each way
a word of another script is probably spelt. It is stored to find who may be the same person; no
search by name uses it.
"""

import hmac
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from hashlib import sha256
from typing import Final

import phonenumbers
from anyascii import anyascii
from jellyfish import metaphone

from middenstip.matching.letters import spellings
from middenstip.matching.names import name_words, skeleton

TOKEN_BYTES: Final = 16
NAME_KINDS: Final = frozenset({"given_name", "family_name", "alias", "name"})
KINDS: Final = NAME_KINDS | {"birth_date", "phone"}
# More parts than this are no name; the rest of a long text is left out.
MOST_PARTS: Final = 12
SHORTEST_NUMBER: Final = 6
PART: Final = "name.part"
FRAME: Final = "name.part.frame"
SHORTEST_FRAME: Final = 2
# By these one looks for who may be the same person: what survives another spelling or order.
NEAR: Final = frozenset({PART, f"{PART}.sound", FRAME, "birth_date", "phone"})
# Words that join names and differ from spelling to spelling.
_JOINING: Final = frozenset(
    ["al", "da", "de", "del", "den", "der", "di", "do", "dos", "du", "e", "el", "het", "la",
     "le", "te", "ten", "ter", "van", "von", "y"]
)  # fmt: skip
_APOSTROPHES: Final = str.maketrans("", "", "'’‘ʼʻ`´")


def labelled(values: Mapping[str, str]) -> set[tuple[str, str]]:
    """Return what is compared for a person: pairs of a label and a normalised text.

    `name` follows from given and family name when it is not there. Parts of an alias count as
    parts of the name. An empty value, or one of which nothing can be compared, gives nothing.
    ValueError, which does not repeat the value, for an unknown kind or a day that is none.
    """
    if unknown := values.keys() - KINDS:
        raise ValueError(f"there are no tokens of kind {min(unknown)!r}")
    whole = dict(values)
    names = [values.get("given_name", ""), values.get("family_name", "")]
    if "name" not in values and any(names):
        whole["name"] = " ".join(names)
    return {pair for kind, value in whole.items() for pair in _of_kind(kind, value)}


def digest(key: bytes, label: str, text: str) -> bytes:
    """Return the token: the first 16 bytes of HMAC-SHA256 over label and text."""
    return hmac.digest(key, f"{label}\0{text}".encode(), sha256)[:TOKEN_BYTES]


def _of_kind(kind: str, value: str) -> Iterator[tuple[str, str]]:
    if kind == "birth_date":
        if value:
            yield kind, _day(value)
    elif kind == "phone":
        for number in _numbers(value):
            yield kind, number
    elif parts := _parts(value):
        yield from _of_name(kind, parts)
        if kind in {"name", "alias"}:
            for frame in _frames(value):
                yield FRAME, frame


def _of_name(kind: str, parts: list[str]) -> Iterator[tuple[str, str]]:
    # In one order whatever the order was: given and family name are often exchanged.
    ordered = parts if kind in {"given_name", "family_name"} else sorted(parts)
    yield kind, " ".join(ordered)
    sounds = [_sound(part) for part in parts]
    yield f"{kind}.sound", " ".join(sounds if ordered is parts else sorted(sounds))
    if kind in {"name", "alias"}:
        for part, sound in zip(parts, sounds, strict=True):
            if len(part) > 1:  # an initial is no name
                yield PART, part
                yield "name.part.sound", sound


def _parts(name: str) -> list[str]:
    latin = anyascii(unicodedata.normalize("NFKC", name)).translate(_APOSTROPHES).lower()
    words = "".join(letter if letter.isalnum() else " " for letter in latin).split()
    return ([word for word in words if word not in _JOINING] or words)[:MOST_PARTS]


def _frames(name: str) -> set[str]:
    forms = (form for word in name_words(name)[:MOST_PARTS] for form in spellings(word))
    return {frame for form in forms if len(frame := skeleton(form)) >= SHORTEST_FRAME}


def _sound(part: str) -> str:
    return metaphone(part) or part


def _day(value: str) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise ValueError("the birth_date of a token is not a day like 1999-12-31") from None


def _numbers(value: str, region: str = "NL") -> Iterator[str]:
    """Yield the numbers in a text, with the code of the country; Dutch when none is written."""
    if not value:
        return
    with suppress(phonenumbers.NumberParseException):
        # The usual case, and ten times faster than looking for numbers in a text.
        only = phonenumbers.parse(value, region)
        if phonenumbers.is_possible_number(only) and not any(map(str.isalpha, value)):
            yield phonenumbers.format_number(only, phonenumbers.PhoneNumberFormat.E164)
            return
    found = list(
        phonenumbers.PhoneNumberMatcher(value, region, leniency=phonenumbers.Leniency.POSSIBLE)
    )
    for match in found:
        yield phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
    digits = "".join(letter for letter in value if letter.isdecimal())
    if not found and len(digits) >= SHORTEST_NUMBER:
        yield digits
