# SPDX-License-Identifier: EUPL-1.2
"""What an open page asks about its session, and what a template needs to watch it."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from middenstip.access.models import User
from middenstip.access.rules import access_rule
from middenstip.access.session import SessionStore, who_acts


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
