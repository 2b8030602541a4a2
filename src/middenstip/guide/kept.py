# SPDX-License-Identifier: EUPL-1.2
"""The guide that a phone may keep: the files of an export, given by this server, and the
service worker that keeps them. Nobody gets them who did not press the button for that."""

from __future__ import annotations

import threading
from datetime import date
from functools import lru_cache

from django.http import HttpRequest, HttpResponse

from middenstip import clock
from middenstip.access.rules import access_rule
from middenstip.guide import views
from middenstip.guide.export import Export, build, law_from
from middenstip.guide.export_links import WORKER
from middenstip.guide.languages import LANGUAGES
from middenstip.thread.country import pack

FOLDER = "kept/"
TYPES = {
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
    "woff2": "font/woff2",
    "pdf": "application/pdf",
}
_making = threading.Lock()  # one at a time: making a guide takes seconds


@lru_cache(maxsize=len(LANGUAGES))
def _made(lang: str, law_from: date) -> Export:
    return build(pack(), [lang], law_from, kept_below=f"{FOLDER}{lang}/")


def _export(lang: str) -> Export:
    with _making:
        # Between two changes of the law the files stay the same, and so does what phones keep.
        return _made(lang, law_from(pack(), clock.today()))


@access_rule("public")
def worker(request: HttpRequest) -> HttpResponse:
    """Give the service worker for the language in ``?lang=``."""
    lang = request.GET.get("lang", "")
    if request.method not in ("GET", "HEAD") or lang not in LANGUAGES:
        return views.not_here(request)
    return HttpResponse(_export(lang).files[WORKER], content_type=TYPES["js"])


@access_rule("public")
def file(request: HttpRequest, lang: str, path: str) -> HttpResponse:
    """Give one file of the guide in a language that a phone may keep."""
    known = request.method in ("GET", "HEAD") and lang in LANGUAGES
    content = _export(lang).files.get(path) if known else None
    kind = TYPES.get(path.rpartition(".")[2])
    if content is None or kind is None:
        return views.not_here(request)
    return HttpResponse(content, content_type=kind)
