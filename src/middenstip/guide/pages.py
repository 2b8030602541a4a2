# SPDX-License-Identifier: EUPL-1.2
"""What pages show beside the result: the wheel, contacts near, signs by sector, the law."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_noop as _

from middenstip.guide.answers import Answer, Answers
from middenstip.guide.conversation import Door, Question
from middenstip.guide.languages import LANGUAGES, say
from middenstip.guide.result import ContactLine, GuideResult, Said, contact_line, said_about
from middenstip.law import selectors as law
from middenstip.pack.cited import Cited
from middenstip.pack.directory import NATIONAL, contacts_near
from middenstip.pack.model import Pack
from middenstip.pack.reading import Words
from middenstip.web import wheel as drawing

# The weather: what anybody may be looking at.
LEAVE_TO = "https://www.knmi.nl/nederland-nu/weer"
REGIONS = "region"
_STATES: dict[str, drawing.State] = {"applies": "arranged", "may": "unknown", "not": "none"}


@dataclass(frozen=True, slots=True)
class SectorPage:
    """Where exploitation is seen: signs, what to do, what not to do, and whom to call."""

    id: str
    label: Words
    signs: tuple[Words, ...]
    do: tuple[Words, ...]
    do_not: tuple[Words, ...]
    call: tuple[ContactLine, ...]
    sources: tuple[Cited, ...]
    unverified: bool


@dataclass(frozen=True, slots=True)
class SchemePage:
    """The law of one scheme. Its parts are in ``lang``: Dutch or English."""

    id: str
    lang: str
    title: Words
    for_you: Words | None
    law: law.SchemePage


def wheel(result: GuideResult) -> SafeString:
    """Return the wheel of a result; it links to the needs on the page."""
    needs = tuple((need.need_id, need.label, need.state) for need in result.needs)
    return _drawn(needs, result.door, result.lang)


@lru_cache(maxsize=1024)
def _drawn(needs: tuple[tuple[str, Words, str], ...], door: Door, lang: str) -> SafeString:
    sectors = [
        drawing.Sector(key, label.text, _STATES[state], href=f"#need-{key}")
        for key, label, state in needs
    ]
    you = door == "help"
    there_is = _("there is something for you") if you else _("there is something")
    told: dict[drawing.State, str] = {
        "arranged": say(there_is, lang).text,
        "unknown": say(_("perhaps"), lang).text,
        "none": say(_("nothing found"), lang).text,
    }
    title = say(_("What there is, by need"), lang).text
    mirrored = LANGUAGES[lang].rtl
    drawn = drawing.svg(sectors, title=title, words=told, mirrored=mirrored)
    return mark_safe(drawn)  # noqa: S308 - every text in it is escaped by svg()


def answered(
    country: Pack, answers: Answers, question: Question | None, door: Door, lang: str
) -> Said | None:
    """Return what was answered before to the question that is asked again, None otherwise."""
    answer: Answer | None = answers.of(question.fact) if question else None
    return said_about(country, answer.fact, answer, door=door, lang=lang) if answer else None


def regions(country: Pack, lang: str) -> list[tuple[str, Words]]:
    """Return the regions to choose from; none where the pack has no list of them."""
    if REGIONS not in country.code_lists:
        return []
    codes = country.codes_of(REGIONS)
    return [
        (code, country.read(item.label, lang))
        for code, item in codes.items()
        if code != NATIONAL
    ]


def region_of(country: Pack, asked: str) -> str:
    """Return the region when there is such a one, otherwise nothing."""
    return asked if any(asked == code for code, _ in regions(country, "en")) else ""


def near(country: Pack, result: GuideResult, region: str) -> tuple[ContactLine, ...]:
    """Return who helps in a region with what applies or may apply; none without a region."""
    if not region:
        return ()
    needs = {need.need_id for need in result.needs if need.state != "not"}
    near = contacts_near(country, needs, region)
    return tuple(contact_line(country, key, result.lang) for key in near)


def sheets(country: Pack, lang: str, on: date) -> list[tuple[str, Words]]:
    """Return the sheets to hand over that there are on a day; cards belong to a result."""
    return [
        (key, country.read(sheet.label, lang))
        for key, sheet in country.sheets.items()
        if sheet.form == "page" and sheet.on(on)
    ]


def sectors(country: Pack, lang: str) -> tuple[SectorPage, ...]:
    """Return all sectors in their order."""
    order = sorted(country.sectors, key=lambda key: country.sectors[key].order)
    found = (sector(country, key, lang) for key in order)
    return tuple(page for page in found if page is not None)


def sector(country: Pack, sector_id: str, lang: str) -> SectorPage | None:
    """Return one sector; None when there is no such one."""
    item = country.sectors.get(sector_id)
    if item is None:
        return None
    sources = tuple(country.cite(ref) for ref in item.sources)
    return SectorPage(
        id=sector_id,
        label=country.read(item.label, lang),
        signs=_all(country, item.signs, lang),
        do=_all(country, item.do, lang),
        do_not=_all(country, item.do_not, lang),
        call=tuple(contact_line(country, key, lang) for key in item.call),
        sources=sources,
        unverified=any(source.confidence == "unverified" for source in sources),
    )


def _all(country: Pack, texts: Iterable[dict[str, str]], lang: str) -> tuple[Words, ...]:
    return tuple(country.read(text, lang) for text in texts)


def scheme(country: Pack, scheme_id: str, lang: str, on: date) -> SchemePage | None:
    """Return the law of a scheme as it is on a day; None when there is no such scheme."""
    item = country.schemes.get(scheme_id)
    law_lang = lang if lang in country.header.languages else "en"
    with translation.override(law_lang):
        page = law.scheme(scheme_id, on=on)
    if item is None or page is None:
        return None
    own = item.for_you
    return SchemePage(
        id=scheme_id,
        lang=law_lang,
        title=country.read(own.title if own else item.label, lang),
        for_you=country.maybe(own.words if own else None, lang),
        law=page,
    )
