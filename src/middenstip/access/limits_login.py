# SPDX-License-Identifier: EUPL-1.2
"""Slowing down who guesses passwords and codes, without keeping anybody else out.

A browser in which somebody logged in before carries a signed cookie, a *known device* of that
account. From there, failures count only for that device, so a stranger who keeps guessing an
address never locks its owner out. From elsewhere failures count for address and place together,
and slower for the address alone, and for the place alone. What is typed as address counts, not
whether it has an account: the answers tell nothing.
"""

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.core import signing
from django.http import HttpRequest, HttpResponse

from middenstip.access import limits
from middenstip.access.models import User

COOKIE = "__Host-device"
COOKIE_AGE = timedelta(days=180)
SALT = "middenstip.access.device"

HERE = limits.Delay(free=4)
# A stranger with many places guesses one address: slowed to about one try in ten minutes.
ELSEWHERE = limits.Delay(
    free=20,
    first=timedelta(minutes=1),
    longest=timedelta(minutes=10),
    memory=timedelta(hours=4),
)
# Offices share one place, so only failures count, and many are free.
PLACE = limits.Delay(
    free=40,
    first=timedelta(seconds=30),
    longest=timedelta(minutes=15),
    memory=timedelta(hours=1),
)
Counted = list[tuple[str, str, limits.Delay]]


def wait_before_login(request: HttpRequest, address: str) -> datetime | None:
    """Return from when this browser may try a password of this address, None for now."""
    moments = [limits.waiting(name, key) for name, key, _ in _counted(request, address)]
    return max((moment for moment in moments if moment), default=None)


def count_failed_login(request: HttpRequest, address: str) -> None:
    """Count a password that was wrong for what was typed as address."""
    for name, key, delay in _counted(request, address):
        limits.fail(name, key, delay)


def forget_failed_logins(request: HttpRequest, address: str) -> None:
    """Start anew for this browser and this address after the right password.

    What was counted for the place and, from elsewhere, for the address stays: somebody who may
    log in to one account could otherwise wipe it between guesses at others.
    """
    name, key, _ = _counted(request, address)[0]
    limits.clear(name, key)


def device_cookie_name() -> str:
    """Return the name of the cookie; without the prefix where there is no TLS."""
    return COOKIE if settings.SESSION_COOKIE_SECURE else COOKIE.removeprefix("__Host-")


def known_device(request: HttpRequest, address: str) -> str:
    """Return the id of this device when its cookie was given to the account, otherwise ""."""
    try:
        said: Any = signing.loads(
            request.COOKIES.get(device_cookie_name(), ""), salt=SALT, max_age=COOKIE_AGE
        )
    except signing.BadSignature:
        return ""
    return str(said["id"]) if said.get("for") == _account_mark(address) else ""


class DeviceMiddleware:
    """Gives a browser in which somebody logs in the cookie of a known device."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; sets the cookie in the answer to a completed login only."""
        response: HttpResponse = self.get_response(request)
        user: User | None = getattr(request, "logged_in_just_now", None)
        if user is not None and not known_device(request, user.email):
            said = {"id": secrets.token_urlsafe(12), "for": _account_mark(user.email)}
            response.set_cookie(
                device_cookie_name(),
                signing.dumps(said, salt=SALT),
                max_age=COOKIE_AGE,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Strict",
            )
        return response


def remember_login(request: HttpRequest | None, user: User, **_: Any) -> None:
    """Note on the request that a login, all its steps, was completed."""
    if request is not None:
        request.logged_in_just_now = user  # type: ignore[attr-defined]


def connect() -> None:
    """Hook `remember_login` on Django's signal; called once when the room starts."""
    user_logged_in.connect(remember_login, dispatch_uid="access.limits_login.remember_login")


def _counted(request: HttpRequest, address: str) -> Counted:
    typed = address.strip().lower()
    device = known_device(request, typed)
    if device:
        return [("login device", f"{device} {typed}", HERE)]
    place = limits.per_ip(request)
    return [
        ("login here", f"{place} {typed}", HERE),
        ("login elsewhere", typed, ELSEWHERE),
        ("login place", place, PLACE),
    ]


def _account_mark(address: str) -> str:
    """Return a mark of the account, from which nobody reads the address."""
    return limits.digest("device", address.strip().lower())
