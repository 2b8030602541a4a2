# SPDX-License-Identifier: EUPL-1.2
"""What others look for at an address that is the same everywhere."""

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from middenstip import clock
from middenstip.access.rules import access_rule

LASTS = timedelta(days=90)


@access_rule("public")
@require_GET
def security_txt(request: HttpRequest) -> HttpResponse:
    """Say where a weak spot can be told (RFC 9116); not found when no contact is configured."""
    contact: str = settings.SECURITY_CONTACT
    if not contact:
        raise Http404
    until = (clock.now() + LASTS).strftime("%Y-%m-%dT00:00:00Z")
    lines = [f"Contact: {contact}", f"Expires: {until}", "Preferred-Languages: nl, en"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
