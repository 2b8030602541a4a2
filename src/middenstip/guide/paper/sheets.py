# SPDX-License-Identifier: EUPL-1.2
"""Sheets and cards of the pack on paper: their text is data, here it only gets its place."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import count

from django.utils.translation import gettext_noop as _

from middenstip.guide.paper.document import Block, Call, Card, Paper, call_of
from middenstip.guide.paper.phrases import day_words, phrase
from middenstip.guide.paper.results import opening, the_law, unchecked
from middenstip.guide.result import GuideResult, contact_line
from middenstip.pack.model import Pack
from middenstip.pack.reading import Words
from middenstip.pack.sheet_model import Sheet, SheetPoint, SheetVersion

MOST_ASKS = 6
MOST_CALLS = 3
STAR = "*"


def sheet_on(pack: Pack, sheet_id: str, on: date) -> tuple[Sheet, SheetVersion] | None:
    """Return a sheet with what it tells on a day; None where there is no such sheet then."""
    sheet = pack.sheets.get(sheet_id)
    version = sheet.on(on) if sheet else None
    return (sheet, version) if sheet and version else None


def paper_of_sheet(pack: Pack, sheet_id: str, *, lang: str, on: date) -> Paper | Card | None:
    """Return a sheet of the pack as a paper or card; None where there is none on that day."""
    found = sheet_on(pack, sheet_id, on)
    if found is None:
        return None
    sheet, version = found
    if sheet.form == "card":
        return _card(pack, sheet, _told(pack, version, lang), lang)
    return Paper(
        title=pack.read(sheet.label, lang),
        blocks=tuple(_page(pack, sheet, version, lang)),
        foot=_foot(pack, sheet, lang, on),
    )


def card_of_result(pack: Pack, result: GuideResult, sheet_id: str) -> Card | None:
    """Return a card of the pack with the needs for which a result found something.

    It names needs and no rights: a right tells what happened to somebody, and others may see
    the card. Where nothing was found the card keeps its own words.
    """
    found = sheet_on(pack, sheet_id, result.on)
    if found is None or found[0].form != "card":
        return None
    sheet, version = found
    own = tuple(need.label for need in result.needs if need.state == "applies")
    return _card(pack, sheet, own or _told(pack, version, result.lang), result.lang)


def _told(pack: Pack, version: SheetVersion, lang: str) -> tuple[Words, ...]:
    return tuple(pack.read(point.text, lang) for part in version.parts for point in part.points)


def _card(pack: Pack, sheet: Sheet, asks: tuple[Words, ...], lang: str) -> Card:
    return Card(
        title=pack.read(sheet.label, lang),
        asks=asks[:MOST_ASKS],
        calls=_calls(pack, sheet.call, lang),
        show=tuple(_interpreter(pack, lang)),
        small=unchecked(pack, lang),
    )


def _page(pack: Pack, sheet: Sheet, version: SheetVersion, lang: str) -> Iterator[Block]:
    yield from opening(pack, lang)
    if version.intro:
        yield Block("line", (pack.read(version.intro, lang),))
    number = count(1)
    for part in version.parts:
        if part.label:
            yield Block("heading", (pack.read(part.label, lang),))
        points = tuple(_point(pack, next(number), point, lang) for point in part.points)
        yield Block("ticks", points)
    if sheet.call:
        yield Block("heading", (phrase(_("Whom to call"), lang),))
        for contact in sheet.call:
            yield Block("call", call=call_of(contact_line(pack, contact, lang), lang))
    yield Block("heading", (phrase(_("This was explained"), lang),))
    yield Block(
        "blanks",
        (
            phrase(_("Date:"), lang),
            phrase(_("Explained by (organisation):"), lang),
            phrase(_("In which language, with which interpreter:"), lang),
        ),
    )
    refs = [ref for part in version.parts for point in part.points for ref in point.sources]
    if any(ref.confidence == "unverified" for ref in refs):
        words = phrase(_("Not yet checked in today's text of the law."), lang)
        yield Block("line", (Words(f"{STAR} {words.text}", words.lang),), tone="small")
    cited = ((pack.sources[ref.source].title, ref.article) for ref in refs)
    yield from the_law(pack, cited, lang)


def _point(pack: Pack, number: int, point: SheetPoint, lang: str) -> Words:
    """Return a point with its number, which is the same in every language; one that rests on an
    unverified source carries a star."""
    words = pack.read(point.text, lang)
    star = any(ref.confidence == "unverified" for ref in point.sources)
    return Words(f"{number}. {words.text}{f' {STAR}' if star else ''}", words.lang)


def _foot(pack: Pack, sheet: Sheet, lang: str, on: date) -> Words:
    """Return the foot of a sheet: for who hands it over, in the first language of the pack,
    what it is and in which language."""
    first = pack.header.languages[0]
    law = phrase(_("The law as it was on %(day)s."), first, day=day_words(on))
    if lang == first:
        return law
    name = pack.label_of("language", lang, first)
    return Words(f"{pack.read(sheet.label, first).text} ({name}). {law.text}", law.lang)


def _calls(pack: Pack, contacts: tuple[str, ...], lang: str) -> tuple[Call, ...]:
    """Return the first few contacts with a number, by their short names, each number once."""
    found: dict[str, Call] = {}
    for contact in contacts:
        line = contact_line(pack, contact, lang)
        if line.phone and line.phone not in found and len(found) < MOST_CALLS:
            found[line.phone] = call_of(line, lang, notes=False, short=True)
    return tuple(found.values())


def _interpreter(pack: Pack, lang: str) -> Iterator[Words]:
    """Yield, to show to others, which language somebody speaks; nothing for the first one."""
    first = pack.header.languages[0]
    if lang != first:
        name = pack.label_of("language", lang, first)
        english = _("I speak %(language)s. Please call an interpreter.")
        yield phrase(english, first, language=name)
