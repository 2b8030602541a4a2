# SPDX-License-Identifier: EUPL-1.2
"""What a paper holds: a title and blocks in reading order; every text with its language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext_noop as _

from middenstip.guide.paper.phrases import day_words, phrase
from middenstip.guide.result import ContactLine
from middenstip.pack.reading import Words

Kind = Literal[
    "heading", "line", "label", "points", "steps", "ticks", "notice", "call", "blanks"
]
Tone = Literal["plain", "strong", "small"]


@dataclass(frozen=True, slots=True)
class Call:
    """Whom to call: a name, a number, a site, and small lines on what for and when."""

    name: Words
    phone: str | None = None
    site: str | None = None
    notes: tuple[Words, ...] = ()

    @property
    def site_name(self) -> str | None:
        """The site as people say it: without the scheme and a last stroke."""
        return re.sub(r"^https?://(www\.)?", "", self.site).rstrip("/") if self.site else None

    def typed(self) -> dict[str, Any]:
        """Return it as the Typst files read it."""
        return {
            "name": self.name._asdict(),
            "phone": self.phone,
            "tel": f"tel:{re.sub('[^0-9+]', '', self.phone)}" if self.phone else None,
            "site": self.site,
            "site_name": self.site_name,
            "notes": [words._asdict() for words in self.notes],
        }

    def texts(self) -> Iterator[Words]:
        """Yield all that is read, in order; number and site in the language of the name."""
        yield self.name
        for plain in (self.phone, self.site_name):
            if plain:
                yield Words(plain, self.name.lang)
        yield from self.notes


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a paper.

    ``items`` are one text for a heading, line, label or notice, else those of the list.
    ``level`` is that of a heading: 2 or 3, the title being 1. ``call``: for its own kind only.
    """

    kind: Kind
    items: tuple[Words, ...] = ()
    level: int = 2
    tone: Tone = "plain"
    call: Call | None = None

    def typed(self) -> dict[str, Any]:
        """Return it as the Typst files read it."""
        if self.call is not None:
            return {"kind": self.kind, **self.call.typed()}
        return {
            "kind": self.kind,
            "level": self.level,
            "tone": self.tone,
            "words": self.items[0]._asdict(),
            "items": [words._asdict() for words in self.items],
        }

    def texts(self) -> Iterator[Words]:
        """Yield all that is read, in order."""
        yield from self.call.texts() if self.call is not None else self.items


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper of any length on A4. ``foot`` stands at the bottom of each page."""

    title: Words
    blocks: tuple[Block, ...]
    foot: Words
    template: str = "paper.typ"

    def typed(self) -> dict[str, Any]:
        """Return it as the Typst files read it."""
        return {
            "title": self.title._asdict(),
            "foot": self.foot._asdict(),
            "blocks": [block.typed() for block in self.blocks],
        }

    def texts(self) -> Iterator[Words]:
        """Yield all that is read, in order, without the foot of each page."""
        yield self.title
        for block in self.blocks:
            yield from block.texts()


@dataclass(frozen=True, slots=True)
class Card:
    """One small page: what may be asked, whom to call, what to show, and small print."""

    title: Words
    asks: tuple[Words, ...]
    calls: tuple[Call, ...]
    show: tuple[Words, ...] = ()
    small: tuple[Words, ...] = ()
    template: str = "card.typ"

    def typed(self) -> dict[str, Any]:
        """Return it as the Typst files read it."""
        return {
            "title": self.title._asdict(),
            "asks": [words._asdict() for words in self.asks],
            "calls": [call.typed() for call in self.calls],
            "show": [words._asdict() for words in self.show],
            "small": [words._asdict() for words in self.small],
        }

    def texts(self) -> Iterator[Words]:
        """Yield all that is read, in order."""
        yield self.title
        yield from self.asks
        for call in self.calls:
            yield from call.texts()
        yield from (*self.show, *self.small)


def call_of(
    contact: ContactLine, lang: str, *, notes: bool = True, short: bool = False
) -> Call:
    """Return a contact of the directory as it stands on paper.

    ``notes`` adds what it does, when, and when somebody last checked it; ``short`` leaves out
    what follows a comma or bracket in its name. A number in the name is not told twice.
    """
    name = re.split(r"[,(،，（]", contact.label.text)[0] if short else contact.label.text
    if contact.phone:
        name = name.replace(contact.phone, "")
    return Call(
        Words(name.strip(), contact.label.lang),
        contact.phone,
        None if short else contact.site,
        tuple(_notes(contact, lang)) if notes else (),
    )


def _notes(contact: ContactLine, lang: str) -> Iterator[Words]:
    yield from (w for w in (contact.phone_note, contact.what, contact.hours) if w)
    if contact.email:
        yield Words(contact.email, contact.label.lang)
    if contact.checked_on is None or contact.source.confidence == "unverified":
        yield phrase(_("We have not checked this yet."), lang)
    else:
        yield phrase(_("Checked on %(day)s"), lang, day=day_words(contact.checked_on))
