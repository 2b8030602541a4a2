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

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, resolve
from django.utils.cache import patch_vary_headers

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
FORM = "application/x-www-form-urlencoded"


class GuideMiddleware:
    """Answers all addresses of the guide; everything else goes on."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, always with the headers that keep a visitor's answers to the visitor."""
        path = request.path_info
        if path == ICON:
            return HttpResponse(status=204)
        if not (path.startswith(PREFIX) or path == PREFIX[:-1]):
            return self.get_response(request)
        response = _guarded(request)
        _compress(request, response)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        response.headers.setdefault("X-Frame-Options", "DENY")
        return response


def _compress(request: HttpRequest, response: HttpResponse) -> None:
    """Make a page small where the browser can read it so.

    A page holds no secret beside what its reader sent, so compressing it tells nobody anything.
    """
    text = response.get("Content-Type", "").startswith("text/")
    if not text or response.has_header("Content-Encoding") or len(response.content) < WORTH_IT:
        return
    patch_vary_headers(response, ["Accept-Encoding"])
    if ACCEPTS_GZIP.search(request.headers.get("Accept-Encoding", "")):
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
