# SPDX-License-Identifier: EUPL-1.2
"""Choosing an organisation and a language, the demo's one-click login, the health check."""

from typing import cast
from uuid import UUID

from django.conf import settings
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from middenstip.access import demo, members, selectors, services
from middenstip.access.models import User
from middenstip.access.rules import access_rule


@access_rule("signed_in")
@require_http_methods(["GET", "HEAD", "POST"])
def choose_organisation(request: HttpRequest) -> HttpResponse:
    """Show the own organisations, or act for the one posted."""
    memberships = selectors.memberships_today(cast(User, request.user).pk)
    if request.method == "POST":
        try:
            organisation_id = UUID(request.POST.get("organisation", ""))
        except ValueError:
            raise Http404 from None
        services.choose_organisation(request=request, organisation_id=organisation_id)
        return redirect(_back(request))
    actor = getattr(request, "actor", None)
    context = {
        "memberships": memberships,
        "next": _back(request),
        "manages": actor is not None and members.manages(actor=actor),
    }
    return render(request, "access/choose_organisation.html", context)


@access_rule("member")
@require_http_methods(["GET", "HEAD", "POST"])
def choose_purpose(request: HttpRequest) -> HttpResponse:
    """Show for what the acting organisation can look, or look for the purpose posted."""
    actor = selectors.acting_for(request)
    if request.method == "POST":
        services.choose_purpose(
            request=request, actor=actor, purpose=request.POST.get("purpose", "")
        )
        return redirect(_back(request))
    return render(
        request,
        "access/choose_purpose.html",
        {"purposes": selectors.purposes_now(actor), "next": _back(request)},
    )


@access_rule("public")
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Switch the language, remembered in a cookie and for a person in the account."""
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        raise Http404
    if request.user.is_authenticated:
        try:
            services.set_language(user=request.user, language=language)
        except ValidationError:
            raise Http404 from None
    translation.activate(language)
    response = redirect(_back(request))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=365 * 24 * 60 * 60,
        samesite="Lax",
        secure=request.is_secure(),
        httponly=True,
    )
    return response


@access_rule("public")
@require_POST
def demo_login(request: HttpRequest, key: str) -> HttpResponse:
    """Log in as a demo account; the address exists only when the demo switch is on."""
    user = demo.account(key)
    if user is None:
        raise Http404
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return redirect(_back(request))


@access_rule("public")
@never_cache
@require_GET
def healthz(request: HttpRequest) -> HttpResponseBase:
    """Answer 200 "ok" when the database answers, otherwise 503; tells nothing else."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("database unavailable", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")


def _back(request: HttpRequest) -> str:
    """Return the page to go on to: `next` when it is one of ours, otherwise the desk."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if ours else settings.LOGIN_REDIRECT_URL
