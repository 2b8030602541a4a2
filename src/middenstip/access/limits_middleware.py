# SPDX-License-Identifier: EUPL-1.2
"""The limits on logging in, second steps and links, and the answer of who must wait."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from allauth.account.internal.stagekit import get_pending_stage
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse

from middenstip.access import limits
from middenstip.access.limits_page import seconds_to, too_often


def per_login(request: HttpRequest) -> str:
    """Count for the person whose password was right and whose second step is asked."""
    if request.user.is_authenticated:
        return f"person {request.session[SESSION_KEY]}"
    stage = get_pending_stage(request)
    if stage is not None:
        return f"person {stage.login.user.pk}"
    return limits.per_ip(request)


# Which posts count before the view runs, for whom, and how often. A login that fails is counted
# by `access.limits_login`; this only stops a flood of them.
COUNTED: dict[str, tuple[tuple[limits.KeyOf, str], ...]] = {
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
    "access:open_invitation": ((limits.per_ip, "60/10m"),),
    "access:invitation": ((limits.per_ip, "60/10m"),),
}
# A link with a token can also be tried by opening it.
COUNTED_WHEN_OPENED = {"access:open_invitation", "account_reset_password_from_key"}


class LimitsMiddleware:
    """Counts before a view runs, and answers `limits.Limited` with a calm 429."""

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
        """Count what is in the table above; None lets it go on."""
        match = request.resolver_match
        name = match.view_name if match else ""
        if request.method != "POST" and name not in COUNTED_WHEN_OPENED:
            return None
        try:
            for place, (key, rate) in enumerate(COUNTED.get(name, ())):
                limits.take(f"{name} {place}", key(request), rate)
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
