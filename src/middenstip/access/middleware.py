# SPDX-License-Identifier: EUPL-1.2
"""Who may open an address, in which language, and which headers every answer carries."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils import translation
from django.utils.cache import add_never_cache_headers

from middenstip.access.acting import acting
from middenstip.access.rules import rule_of
from middenstip.access.selectors import find_actor

Answer = Callable[[HttpRequest], HttpResponse]

# No inline script or style, nothing from elsewhere: what a page needs is served by ourselves.
# `data:` only for the QR code of the second factor, an image without script.
ONLY_OUR_OWN = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
)
CONTENT_SECURITY_POLICY = "; ".join(
    [
        *ONLY_OUR_OWN,
        "form-action 'self'",
        "frame-ancestors 'none'",
        "manifest-src 'self'",
    ]
)


class SecurityHeadersMiddleware:
    """Adds the content security policy and permissions policy to every answer."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the headers; a header that a view set itself is kept."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        )
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


class ActorMiddleware:
    """Sets `request.actor` and enforces the rule of the address before the view runs."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; what somebody logged in saw is kept by no cache, also not the browser's."""
        request.actor = None  # type: ignore[attr-defined]
        response = self.get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Refuse, redirect, or run the view; None lets Django run it.

        A member's view runs inside `acting`: one transaction, in which the database itself
        knows who looks and for which purpose.
        """
        if request.user.is_authenticated:
            language = request.user.language
            translation.activate(language)
            request.LANGUAGE_CODE = language
            request.actor = find_actor(request)  # type: ignore[attr-defined]
        rule = rule_of(view, request.resolver_match)
        if rule == "closed":
            raise Http404
        if rule == "public":
            return None
        if not request.user.is_authenticated:
            return _to_login(request)
        if rule == "signed_in":
            return None
        actor = request.actor  # type: ignore[attr-defined]
        if actor is None:
            return redirect("access:choose_organisation")
        if rule == "administrator" and not actor.is_administrator:
            raise PermissionDenied
        with acting(actor):
            answer: HttpResponse = view(request, *args, **kwargs)
        return answer


def _to_login(request: HttpRequest) -> HttpResponse:
    login = redirect_to_login(request.get_full_path())
    if request.headers.get("HX-Request") == "true":
        # A partial answer must not hold the login page: let htmx open it whole.
        return HttpResponse(status=204, headers={"HX-Redirect": resolve_url(login["Location"])})
    return login
