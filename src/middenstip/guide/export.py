# SPDX-License-Identifier: EUPL-1.2
"""The whole guide as files that any web server can give to a nation: no program, no database.

The pages are those of the server, made by its own views. Only the two doors differ: what the
server answers there is answered in the browser, from the same rules and the same templates.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import resolve, reverse
from django.utils.safestring import SafeString, mark_safe

from middenstip.guide import pages
from middenstip.guide.compiled import as_json, compile_rules, turning_days
from middenstip.guide.conversation import Door
from middenstip.guide.export_links import (
    PREFIX,
    WORKER,
    Assets,
    BrokenLink,
    Place,
    file_of,
    local,
)
from middenstip.guide.export_texts import question_texts, result_texts
from middenstip.guide.languages import LANGUAGES
from middenstip.guide.result import offer_of
from middenstip.pack.model import Pack

DOORS: tuple[Door, ...] = ("help", "helping")
_MAIN = re.compile(r'<main id="main" tabindex="-1">\n(.*?)\n</main>', re.DOTALL)
_GAP = '/* the files */ { version: "", root: "", shared: [], languages: {} }'


@dataclass(frozen=True, slots=True)
class Export:
    """The files of an export by path, and the days between which its law stands still.

    The browser knows the law of later days too; the pages that work without script show that
    of ``law_from`` until ``law_until`` (None: nothing is known to change).
    """

    files: dict[str, bytes]
    languages: tuple[str, ...]
    law_from: date
    law_until: date | None


def build(pack: Pack, langs: Sequence[str], on: date, kept_below: str = "") -> Export:
    """Return the guide in these languages as it is on a day.

    ``kept_below`` is the folder in which the files stand below the scope of the service worker.
    Raises BrokenLink or NotForExport, naming page and link, when a page cannot go along.
    """
    first_day = law_from(pack, on)
    later = turning_days(pack, on)[1:]
    work = _Work(pack, list(langs), first_day, kept_below)
    work.make()
    files = work.assets.files | work.pages
    files[WORKER] = worker(files, langs, kept_below)
    law_until = later[0] if later else None
    return Export(dict(sorted(files.items())), tuple(langs), first_day, law_until)


def law_from(pack: Pack, on: date) -> date:
    """Return the day since when the law is as it is on a day."""
    return max((day for day in turning_days(pack, date.min)[1:] if day <= on), default=on)


def worker(files: dict[str, bytes], langs: Sequence[str], root: str) -> bytes:
    """Return the service worker that keeps these files, one language at a time."""
    digest = sha256()
    for path in sorted(files):
        digest.update(path.encode() + sha256(files[path]).digest())
    kept = [path for path in sorted(files) if not path.endswith(".pdf")]
    table = {
        "version": digest.hexdigest()[:16],
        "root": root,
        "shared": [path for path in kept if path.partition("/")[0] not in langs],
        "languages": {
            lang: [path for path in kept if path.startswith(f"{lang}/")] for lang in langs
        },
    }
    source = _static("guide/worker.js")
    if _GAP not in source:
        raise BrokenLink(f"worker.js: has no place for the files ({_GAP})")
    return source.replace(_GAP, json.dumps(table)).encode()


def _static(name: str) -> str:
    return Path(str(finders.find(name))).read_text("utf-8")


@dataclass(slots=True)
class _Work:
    """Makes page after page, from the first of each language along every link."""

    pack: Pack
    langs: list[str]
    on: date
    below: str
    assets: Assets = field(default_factory=Assets)
    pages: dict[str, bytes] = field(default_factory=dict)
    todo: list[str] = field(default_factory=list)
    rules: dict[str, Any] = field(default_factory=dict)

    @property
    def paper(self) -> bool:
        """Whether sheets to hand over go along: not to a phone, which keeps no paper."""
        return not self.below

    def make(self) -> None:
        """Make every file."""
        self.rules = compile_rules(self.pack, self.on)
        rules = self.assets.add("rules.json", as_json(self.rules))
        self._keep(PREFIX, self._choose())
        for lang in self.langs:
            for door in DOORS:
                self._keep(f"{PREFIX}{lang}/{door}/", self._door(door, lang, rules))
            self.todo += [f"{PREFIX}{lang}/schemes/{key}/" for key in self.pack.schemes]
            if self.paper:
                self.todo += [
                    reverse("guide:sheet", args=[lang, key])
                    for key, _ in pages.sheets(self.pack, lang, self.on)
                ]
        while self.todo:
            address = self.todo.pop()
            if file_of(address) not in self.pages:
                self._visit(address)

    def _visit(self, address: str) -> None:
        answer = self._answer(address)
        if answer["Content-Type"].startswith("text/html"):
            self._keep(address, answer.content.decode())
        else:
            self.pages[file_of(address)] = answer.content

    def _answer(self, address: str) -> HttpResponse:
        request = HttpRequest()
        request.method, request.path, request.path_info = "GET", address, address
        request.exported = True  # type: ignore[attr-defined]
        match = resolve(address)
        answer: HttpResponse = match.func(request, *match.args, **match.kwargs)
        if answer.status_code != 200:
            raise BrokenLink(f"{address} answers {answer.status_code}")
        return answer

    def _keep(self, address: str, html: str) -> None:
        page = file_of(address)
        self.pages[page] = b""  # on its way: pages lead to each other and to themselves
        place = Place(page, self.below, self.langs)
        self.pages[page] = local(html, place, self.assets, self.todo.append).encode()

    def _choose(self) -> str:
        return render_to_string("guide/choose.html", self._frame(self.langs[0]))

    def _frame(self, lang: str) -> dict[str, Any]:
        return {
            "lang": lang,
            "language": LANGUAGES[lang],
            "languages": [LANGUAGES[code] for code in self.langs],
            "leave_to": pages.LEAVE_TO,
            "unchecked": self.pack.unchecked(lang),
            "written": {},
            "exported": True,
        }

    def _door(self, door: Door, lang: str, rules: str) -> str:
        texts = question_texts(self.pack, self.rules, door, lang)
        more = result_texts(self.pack, self.rules, door, lang, self.on, self.paper)
        folder = f"{lang}/texts"
        context = self._frame(lang) | {
            "door": door,
            "elsewhere": f"guide:{door}",
            "needs": list(self._needs(door, lang)),
            "rules": rules,
            "texts": self.assets.add(f"{door}.json", as_json(texts), folder),
            "more": self.assets.add(f"{door}-more.json", as_json(more), folder),
            "first": self._first_question(f"{PREFIX}{lang}/{door}/"),
        }
        return render_to_string("guide/door.html", context)

    def _first_question(self, address: str) -> SafeString:
        """Return what the server shows to who has answered nothing yet."""
        shown = self._answer(address).content.decode()
        main = _MAIN.search(shown)
        if main is None:
            raise BrokenLink(f"{address}: has no main part")
        return mark_safe(main[1])  # noqa: S308 - a page that the server itself made

    def _needs(self, door: Door, lang: str) -> Iterator[dict[str, Any]]:
        found = (
            offer_of(self.pack, key, door=door, lang=lang, on=self.on)
            for key in self.pack.schemes
        )
        offers = [offer for offer in found if offer is not None]
        for need in self.rules["needs"]:
            own = [
                offer
                for offer in offers
                if need == offer.need or need in self.pack.schemes[offer.scheme_id].also_needs
            ]
            yield {
                "id": need,
                "label": self.pack.read(self.pack.needs[need].label, lang),
                "offers": own,
            }
