# SPDX-License-Identifier: EUPL-1.2
"""Every answer under `/api/` is one for a program, also when a middleware gave it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from middenstip.api.problems import MEDIA_TYPE, detail_of, problem

PREFIX = "/api/"
VERSION = "1.0.0"


class ApiMiddleware:
    """Adds the version of the API, and turns pages that tell of an error into problems.

    The API never redirects: what would send a person to log in is a 401, what would send them
    to choose an organisation or purpose a 403. Headers of the answer (Allow, cookies) stay.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; addresses outside the API pass untouched."""
        response = self.get_response(request)
        if not request.path.startswith(PREFIX):
            return response
        if _is_page(response):
            _make_problem(request, response)
        response["API-Version"] = VERSION
        response.headers.setdefault("Cache-Control", "no-store")
        return response


def _is_page(response: HttpResponse) -> bool:
    """Tell whether an answer is for people: an error page, or the way to one."""
    if response.status_code >= 300:
        return response.get("Content-Type") != MEDIA_TYPE
    return response.has_header("HX-Redirect")


def _make_problem(request: HttpRequest, response: HttpResponse) -> None:
    status = response.status_code
    if status < 400:
        known = getattr(getattr(request, "user", None), "is_authenticated", False)
        status = 403 if known else 401
        del response["Location"], response["HX-Redirect"]
    told = problem(status, detail_of(status))
    response.status_code = status
    response.content = told.content
    response["Content-Type"] = MEDIA_TYPE
