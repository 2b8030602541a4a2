# SPDX-License-Identifier: EUPL-1.2
"""The guide stands in front of everything that knows people.

Its pages are answered before session, login, language cookie and read log come into play: they
read no cookie, set none, and touch no table. What a visitor answers travels in the body of a
request, is used for its answer, and is gone.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from datetime import date

from django.conf import settings
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, resolve
from django.utils.cache import patch_vary_headers

from middenstip import clock
from middenstip.guide import views

Answer = Callable[[HttpRequest], HttpResponse]
PREFIX = "/guide/"
# A whole conversation is some 5 kB; a longer body is no answer of a visitor.
MOST_BYTES = 64 * 1024
WORTH_IT = 500
# The level costs time with every page: 3 takes a third of what 6 takes, for a tenth more bytes.
LEVEL = 3
ACCEPTS_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))")
# A browser asks for it beside a paper. The sign-in page would answer, and set a cookie.
ICON = "/favicon.ico"
# Pages that are the same for everybody: 12 languages of some 80 pages, 5 kB each.
MOST_PAGES = 1024
FORM = "application/x-www-form-urlencoded"


class GuideMiddleware:
    """Answers all addresses of the guide; everything else goes on."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        self.pages = Pages()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, always with the headers that keep a visitor's answers to the visitor."""
        path = request.path_info
        if path == ICON:
            return HttpResponse(status=204)
        if not (path.startswith(PREFIX) or path == PREFIX[:-1]):
            return self.get_response(request)
        response = self.pages.answer(request, _answered)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        response.headers.setdefault("X-Frame-Options", "DENY")
        return response


class Pages:
    """The pages that are the same for everybody, kept as they go over the wire.

    Nothing but the address and the day decides on such a page: it is asked for without a form
    and without a query, so that nothing somebody answered can be in it. Each process keeps its
    own, at most ``MOST_PAGES``.
    """

    def __init__(self) -> None:
        self.found: dict[tuple[date, str], tuple[bytes, dict[str, str]]] = {}

    def answer(self, request: HttpRequest, make: Answer) -> HttpResponse:
        """Return what was kept for this address today, or what ``make`` answers."""
        same = request.method == "GET" and not request.META.get("QUERY_STRING")
        if settings.DEBUG or not same or not _takes_gzip(request):
            return make(request)
        key = clock.today(), request.path_info
        if key in self.found:
            content, headers = self.found[key]
            return HttpResponse(content, headers=headers)
        response = make(request)
        if response.status_code == 200 and response.has_header("Content-Language"):
            if len(self.found) >= MOST_PAGES or any(day != key[0] for day, _ in self.found):
                self.found.clear()
            self.found[key] = response.content, dict(response.headers)
        return response


def _answered(request: HttpRequest) -> HttpResponse:
    response = _guarded(request)
    _compress(request, response)
    return response


def _takes_gzip(request: HttpRequest) -> bool:
    return ACCEPTS_GZIP.search(request.headers.get("Accept-Encoding", "")) is not None


def _compress(request: HttpRequest, response: HttpResponse) -> None:
    """Make a page small where the browser can read it so.

    A page holds no secret beside what its reader sent, so compressing it tells nobody anything.
    """
    text = response.get("Content-Type", "").startswith("text/")
    if not text or response.has_header("Content-Encoding") or len(response.content) < WORTH_IT:
        return
    patch_vary_headers(response, ["Accept-Encoding"])
    if _takes_gzip(request):
        response.content = gzip.compress(response.content, LEVEL, mtime=0)
        response["Content-Encoding"] = "gzip"
        response["Content-Length"] = str(len(response.content))


def _guarded(request: HttpRequest) -> HttpResponse:
    path = request.path_info
    try:
        request.resolver_match = match = resolve(path)
    except Resolver404:
        if not path.endswith("/"):
            return HttpResponseRedirect(request.path + "/")
        return views.not_here(request)
    if request.method == "POST":
        status = _unreadable(request)
        if status:
            return views.not_read(request, status)
    answer: HttpResponse = match.func(request, *match.args, **match.kwargs)
    return answer


def _unreadable(request: HttpRequest) -> int:
    """Return the status of a body that is no form of ours, 0 for one that can be read."""
    length = request.headers.get("Content-Length") or "0"
    if not length.isdecimal() or int(length) > MOST_BYTES:
        return 413
    # Anything else, a file for instance, would be written to disk while it is read.
    if request.content_type != FORM:
        return 415
    try:
        _ = request.POST
    except (BadRequest, SuspiciousOperation):
        # Too many fields, or letters in a way of our own.
        return 400
    return 0
