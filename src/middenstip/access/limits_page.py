# SPDX-License-Identifier: EUPL-1.2
"""The calm answer to what is done too often."""

from datetime import datetime
from math import ceil
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.defaults import permission_denied

from middenstip import clock

# What is never put in a page again: it is typed anew.
SECRET_FIELDS = ("csrfmiddlewaretoken", "password", "code", "token", "credential")


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


def refused(request: HttpRequest, exception: Any) -> HttpResponse:
    """Answer what may not: the 429 page for a limit (`limits.Limited`), otherwise the 403 page.

    The handler of the whole house, because a refusal can come from any depth.
    """
    until: datetime | None = getattr(exception, "until", None)
    if until is not None:
        return too_often(request, until)
    return permission_denied(request, exception)
