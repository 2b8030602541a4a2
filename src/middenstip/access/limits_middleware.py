# SPDX-License-Identifier: EUPL-1.2
"""The answer to what is done too often, and the limits on the pages of libraries."""

from collections.abc import Callable
from datetime import datetime
from math import ceil
from typing import Any

from allauth.account.internal.stagekit import get_pending_stage
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from middenstip import clock
from middenstip.access import limits

# What is never put in a page again: it is typed anew.
SECRET_FIELDS = ("csrfmiddlewaretoken", "password", "code", "token", "credential")


def per_login(request: HttpRequest) -> str:
    """Count for the person whose password was right and whose second step is asked."""
    if request.user.is_authenticated:
        return f"person {request.session[SESSION_KEY]}"
    stage = get_pending_stage(request)
    if stage is not None:
        return f"person {stage.login.user.pk}"
    return limits.per_ip(request)


# Which posts to pages of django-allauth count, for whom, and how often. A login that fails is
# counted by `access.limits_login`; this only stops a flood of them.
LIBRARY_LIMITS: dict[str, tuple[tuple[limits.KeyOf, str], ...]] = {
    "account_login": ((limits.per_ip, "120/10m"),),
    "account_reset_password": (
        (limits.per_ip, "30/h"),
        (limits.per_field("email"), "5/h"),
    ),
    "account_reset_password_from_key": ((limits.per_ip, "60/h"),),
    "account_reauthenticate": ((per_login, "10/10m"),),
    "account_change_password": ((per_login, "10/10m"),),
    # A code of six digits: five at once, thirty a day.
    "mfa_authenticate": ((per_login, "5/5m"), (per_login, "30/d")),
    "mfa_reauthenticate": ((per_login, "5/5m"), (per_login, "30/d")),
    "mfa_login_webauthn": ((limits.per_ip, "60/10m"),),
    "mfa_reauthenticate_webauthn": ((per_login, "10/10m"),),
    "mfa_activate_totp": ((per_login, "20/10m"),),
}


class LimitsMiddleware:
    """Counts posts to the pages of libraries, and answers `limits.Limited` with a calm 429."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; a page that was made for somebody who must wait gets the status 429."""
        response = self.get_response(request)
        until: datetime | None = getattr(request, "limited_until", None)
        if until is not None and response.status_code == 200:
            response.status_code = 429
            response["Retry-After"] = str(seconds_to(until))
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Count a post to a page of a library; None lets it go on."""
        match = request.resolver_match
        if request.method != "POST" or match is None or match.namespaces:
            return None
        try:
            for place, (key, rate) in enumerate(LIBRARY_LIMITS.get(match.url_name or "", ())):
                limits.take(f"{match.url_name} {place}", key(request), rate)
        except limits.Limited as limited:
            return too_often(request, limited.until)
        return None

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        """Answer a limit that is used up; every other exception goes on."""
        if isinstance(exception, limits.Limited):
            return too_often(request, exception.until)
        return None


def too_often(request: HttpRequest, until: datetime) -> HttpResponse:
    """Return the page that says when to try again; a form can be sent again from there."""
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if not any(secret in name.lower() for secret in SECRET_FIELDS)
        for value in values
    ]
    again = request.method == "POST" and not _asks_a_secret(request)
    context = {
        "until": when(until),
        "fields": fields if again else [],
        "again": request.get_full_path() if again else "",
        "back": request.path,
    }
    response = render(request, "429.html", context, status=429)
    response["Retry-After"] = str(seconds_to(until))
    return response


def when(until: datetime) -> str:
    """Return the time of the clock from which a try is taken, rounded up to the minute."""
    seconds = ceil(until.timestamp() / 60) * 60
    return timezone.localtime(datetime.fromtimestamp(seconds, until.tzinfo)).strftime("%H:%M")


def seconds_to(until: datetime) -> int:
    """Return the seconds from now, at least one."""
    return max(1, ceil((until - clock.now()).total_seconds()))


def _asks_a_secret(request: HttpRequest) -> bool:
    """Tell whether the form held something that is typed anew, so that it cannot be kept."""
    held = [name for name in request.POST if name != "csrfmiddlewaretoken"]
    return any(secret in name.lower() for name in held for secret in SECRET_FIELDS)
