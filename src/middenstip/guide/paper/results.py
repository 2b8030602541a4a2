# SPDX-License-Identifier: EUPL-1.2
"""A result of the guide on paper.

Nothing on it says whose it is. In the door of the person themselves the answers are left out
too: a paper can be found by somebody it was not meant for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext_noop as _

from middenstip.guide.paper.document import Block, Paper, Tone, call_of
from middenstip.guide.paper.phrases import amount_words, answer_words, day_words, phrase
from middenstip.guide.result import ContactLine, GuideResult, NeedResult, Offer
from middenstip.pack.model import Pack
from middenstip.pack.reading import Words


def paper_of_result(pack: Pack, result: GuideResult) -> Paper:
    """Return a result as a paper, in the order of its page."""
    return Paper(
        title=phrase(_("Help and rights"), result.lang),
        blocks=tuple(_Writer(pack, result).blocks()),
        foot=phrase(_("The law as it was on %(day)s."), result.lang, day=day_words(result.on)),
    )


def opening(pack: Pack, lang: str) -> Iterator[Block]:
    """Yield what stands first on every paper: danger, and that nobody checked a translation."""
    yield Block("notice", (phrase(_("In danger now? Call 112."), lang),), tone="strong")
    if mark := unchecked(pack, lang):
        yield Block("notice", mark)


def unchecked(pack: Pack, lang: str) -> tuple[Words, ...]:
    """Return the mark of a translation that no sworn translator has checked; else nothing."""
    mark = _("This translation has not yet been checked by a sworn translator.")
    return (phrase(mark, lang),) if pack.unchecked(lang) else ()


def the_law(pack: Pack, cited: Iterable[tuple[str, str]], lang: str) -> Iterator[Block]:
    """Yield what a paper rests on, (title, place) by title, in the language of the law."""
    places: dict[str, dict[str, None]] = {}
    for title, place in cited:
        places.setdefault(title, {})[place] = None
    if places:
        sources = "; ".join(f"{title}: {', '.join(found)}" for title, found in places.items())
        yield Block("line", (phrase(_("The law:"), lang),), tone="small")
        yield Block("line", (Words(sources, pack.header.languages[0]),), tone="small")


class _Writer:
    """Puts a result into blocks.

    What applies is told in full, once; what may apply in a line. Open questions and contacts
    stand together at the end, so that the paper stays short.
    """

    def __init__(self, pack: Pack, result: GuideResult) -> None:
        self.pack, self.result, self.lang = pack, result, result.lang
        self.told: set[str] = set()
        self.open: dict[str, Words] = {}
        self.contacts: dict[str, ContactLine] = {}

    def blocks(self) -> Iterator[Block]:
        """Yield all blocks below the title."""
        yield from opening(self.pack, self.lang)
        yield self._line(
            _("This is no decision. It shows what may exist; who decides can tell for sure.")
        )
        if self.result.first:
            yield self._heading(_("Do this first"))
            for offer in self.result.first:
                yield from self._first(offer)
        for need in self.result.needs:
            yield from self._need(need)
        yield from self._end()

    def _end(self) -> Iterator[Block]:
        nothing = tuple(need.label for need in self.result.needs if need.state == "not")
        for english, items in (
            (_("What still decides"), tuple(self.open.values())),
            (_("Nothing found for"), nothing),
        ):
            if items:
                yield self._heading(english)
                yield Block("points", items)
        if self.contacts:
            yield self._heading(_("Whom to call"))
            for contact in self.contacts.values():
                yield Block("call", call=call_of(contact, self.lang))

    def _first(self, offer: Offer) -> Iterator[Block]:
        yield Block("heading", (offer.title,), level=3)
        yield Block("line", (offer.steps[0] if offer.steps else offer.words,))
        yield from self._by_when(offer)
        for contact in offer.contacts[:1]:
            yield Block("call", call=call_of(contact, self.lang, notes=False))

    def _need(self, need: NeedResult) -> Iterator[Block]:
        if not need.offers:
            return
        yield Block("heading", (need.label,))
        again = [offer for offer in need.offers if offer.scheme_id in self.told]
        new = [offer for offer in need.offers if offer.scheme_id not in self.told]
        self.told.update(offer.scheme_id for offer in new)
        for offer in new:
            for contact in offer.contacts:
                self.contacts[contact.id] = contact
            if offer.outcome == "applies":
                yield from self._offer(offer)
        yield from self._perhaps([offer for offer in new if offer.outcome == "unknown"])
        yield from self._list(_("See also above"), (offer.title for offer in again))

    def _perhaps(self, offers: list[Offer]) -> Iterator[Block]:
        """Yield what may apply, each in a line, and keep what decides it for the end."""
        for offer in offers:
            self.open |= {said.fact: said.question for said in offer.missing}
        lines = (
            Words(f"{offer.title.text} – {offer.words.text}", offer.words.lang)
            for offer in offers
        )
        yield from self._list(_("Perhaps also"), lines)

    def _offer(self, offer: Offer) -> Iterator[Block]:
        """Yield all of an offer that applies."""
        yield Block("heading", (offer.title,), level=3)
        yield Block("line", (offer.words,))
        if self.result.door == "helping":
            because = (answer_words(said, self.lang) for said in offer.because)
            yield from self._list(_("Why we think so"), because)
        yield from self._list(_("What to do"), offer.steps, steps=True)
        yield from self._by_when(offer)
        amounts = (amount_words(line, self.lang) for line in offer.amounts)
        yield from self._list(_("Amounts"), amounts)
        calls = [call_of(contact, self.lang, notes=False) for contact in offer.contacts]
        if calls or offer.contact:
            yield Block("label", (phrase(_("Whom to call"), self.lang),))
        if offer.contact and not calls:
            yield Block("line", (offer.contact,))
        yield from (Block("call", call=call) for call in calls)
        yield from self._list(_("Here the sources do not agree"), offer.conflicts)
        cited = ((source.title, source.article) for source in offer.sources)
        yield from the_law(self.pack, cited, self.lang)
        if offer.unverified:
            yield self._line(_("Not yet checked in the text of the law itself."), "small")

    def _by_when(self, offer: Offer) -> Iterator[Block]:
        if offer.deadline:
            yield Block("label", (phrase(_("By when"), self.lang),))
            yield Block("line", (offer.deadline,))

    def _list(
        self, label: str, items: Iterable[Words], *, steps: bool = False
    ) -> Iterator[Block]:
        found = tuple(items)
        if found:
            yield Block("label", (phrase(label, self.lang),))
            yield Block("steps" if steps else "points", found)

    def _heading(self, english: str) -> Block:
        return Block("heading", (phrase(english, self.lang),))

    def _line(self, english: str, tone: Tone = "plain") -> Block:
        return Block("line", (phrase(english, self.lang),), tone=tone)
