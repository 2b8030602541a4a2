# SPDX-License-Identifier: EUPL-1.2
"""What an open page asks about its session, and what a template needs to watch it."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from middenstip.access.models import User
from middenstip.access.rules import access_rule, rule_of
from middenstip.access.session import Answer, SessionStore, who_acts

TOKEN = "csrfmiddlewaretoken"  # noqa: S105 - the name of a field
# What is never shown again: it is typed anew.
SECRET = (TOKEN, "password", "again", "code", "credential")


@access_rule("public")
@never_cache
@require_safe
def look(request: HttpRequest) -> HttpResponse:
    """Tell whose session this is and how long it lasts; that look does not make it last longer.

    JSON: `who` (see `session.who_acts`; empty for a stranger), `seconds` left, and with
    `?token=1` the `token` that forms need after logging in again. Writes nothing.
    """
    request.only_looked_at_session = True  # type: ignore[attr-defined]
    return JsonResponse(_state(request, token="token" in request.GET))


@access_rule("signed_in")
@never_cache
@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Let the session last on because somebody said so; answers like `look`."""
    if isinstance(request.session, SessionStore):
        request.session.touch()
    return JsonResponse(_state(request))


@access_rule("signed_in")
@require_safe
def back(request: HttpRequest) -> HttpResponse:
    """Tell who logged in again in a new tab to go back to the page that waits."""
    return render(request, "access/session_back.html")


class NotSentMiddleware:
    """Gives back what was typed when a form arrives without a session; stands before the actor.

    Only a form from a page of ours, with its token, to a page that takes logging in. Nothing is
    stored: what was typed stands in the answer, to copy after logging in. With script a page
    notices earlier and keeps the form; this is for who has none, and for the last second.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; the rule is in `process_view`."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Answer with what was typed (403), or None to go on."""
        if request.method != "POST" or request.user.is_authenticated:
            return None
        if rule_of(view, request.resolver_match) not in {
            "signed_in",
            "member",
            "administrator",
        }:
            return None
        ours = settings.CSRF_COOKIE_NAME in request.COOKIES and TOKEN in request.POST
        typed = _typed(request)
        if not ours or not typed or request.headers.get("HX-Request") == "true":
            return None
        answer = render(request, "access/not_sent.html", {"typed": typed}, status=403)
        add_never_cache_headers(answer)
        return answer


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """Return name and text of each field that holds something and is no secret."""
    return [
        (name.replace("_", " "), "\n".join(filter(None, values)))
        for name, values in request.POST.lists()
        if any(values) and not any(secret in name for secret in SECRET)
    ]


def watch(request: HttpRequest) -> dict[str, Any]:
    """Give templates `session_watch`: what the script that watches the session starts with.

    None for a stranger, so that no page around logging in watches anything.
    """
    if not isinstance(getattr(request, "user", None), User):
        return {"session_watch": None}
    return {
        "session_watch": {
            **_state(request),
            "idle": settings.SESSION_IDLE_AGE,
            "warning": settings.SESSION_WARNING_AGE,
            "look": settings.SESSION_LOOK_AGE,
        }
    }


def _state(request: HttpRequest, *, token: bool = False) -> dict[str, Any]:
    user, store = request.user, request.session
    if not isinstance(user, User) or not isinstance(store, SessionStore):
        return {"who": "", "seconds": 0}
    state: dict[str, Any] = {
        "who": who_acts(user, getattr(request, "actor", None)),
        "seconds": store.seconds_left(),
    }
    if token:
        state["token"] = get_token(request)
    return state
