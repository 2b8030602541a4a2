# SPDX-License-Identifier: EUPL-1.2
"""No answer with data of persons leaves before it is written down who saw them."""

import logging
from collections.abc import Callable, Iterator
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string

from middenstip.audit.looks import Collector, LogNotWritten, collecting

Answer = Callable[[HttpRequest], HttpResponseBase]
SECONDS_TO_TRY_AGAIN = 60
_log = logging.getLogger(__name__)


class ReadLogMiddleware:
    """Collects the looks of a request and writes them before its answer goes out.

    Stands just outside `access.middleware.ActorMiddleware`: the transaction of the request is
    over when the log is written, and rolling it back takes no look away. When the log cannot be
    written the answer is dropped and 503 given instead, also for an error page. Of an answer
    that is streamed each part waits for the log of what it shows.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, or say that there is no answer now."""
        response: HttpResponseBase | None = None
        collector = Collector()
        try:
            with collecting() as collector:
                response = self.get_response(request)
                collector.operation = _operation(request)
                collector.failed = response.status_code >= 500
        except LogNotWritten:
            _log.error("the read log could not be written: %s", _operation(request))
            if response is not None:
                response.close()
            return _no_answer()
        if response.streaming and not getattr(response, "is_async", False):
            stream = cast(StreamingHttpResponse, response)
            stream.streaming_content = _parts(iter(cast(Any, stream)), collector)
        return response


def _operation(request: HttpRequest) -> str:
    """Return the name of the address, never the address: that holds ids."""
    match = request.resolver_match
    return match.view_name if match and match.view_name else ""


def _parts(parts: Iterator[bytes], collector: Collector) -> Iterator[bytes]:
    """Yield each part after writing what was looked at to make it."""
    while True:
        with collecting(collector.operation, collector.trace):
            part = next(parts, None)
        if part is None:
            return
        yield part


def _no_answer() -> HttpResponse:
    # Like the page of a server error: without request, user and database.
    return HttpResponse(
        render_to_string("audit/unavailable.html"),
        status=503,
        headers={"Retry-After": str(SECONDS_TO_TRY_AGAIN), "Cache-Control": "no-store"},
    )
