# SPDX-License-Identifier: EUPL-1.2
"""Accepting an invitation: the link of the mail, then name and password, or logging in."""

from urllib.parse import urlencode

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from middenstip.access import invitations
from middenstip.access.forms import AcceptForm
from middenstip.access.member_views import told
from middenstip.access.models import Invitation, User
from middenstip.access.rules import access_rule

TOKEN_KEY = "invitation"  # noqa: S105 - the name of a place in the session


@access_rule("public")
@never_cache
@require_safe
def open_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Take the token out of the address, where history and logs would keep it, and go on.

    A token that opens nothing gets the one calm page (404), whatever is wrong with it.
    """
    if invitations.find_invitation(token) is None:
        return _ended(request)
    request.session[TOKEN_KEY] = token
    return redirect("access:invitation")


@access_rule("public")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest) -> HttpResponse:
    """Show what the person at the link must do next, or do what was posted.

    A new address sets name and password. An address with an account must be logged in to that
    account; who is logged in to another one is asked to log out first. Nothing here logs
    anybody in to an account that existed.
    """
    token = request.session.get(TOKEN_KEY, "")
    found = invitations.find_invitation(token)
    if found is None:
        return _ended(request)
    if isinstance(request.user, User):
        return _as_known(request, request.user, found, token)
    if invitations.needs_login(found):
        address = f"{reverse(settings.LOGIN_URL)}?{urlencode({'next': request.path})}"
        return render(request, "access/invitation_login.html", {"login": address})
    return _as_new(request, found, token)


def _as_new(request: HttpRequest, found: Invitation, token: str) -> HttpResponse:
    form = AcceptForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        password = form.cleaned_data["password"]
        try:
            user = invitations.accept_as_new(
                token=token,
                display_name=form.cleaned_data["display_name"],
                password=password,
            )
        except ValidationError as problem:
            told(form, problem)
        except PermissionDenied:
            # Somebody was quicker: look again at what the token opens now.
            return redirect("access:invitation")
        else:
            del request.session[TOKEN_KEY]
            login = Login(user=user, redirect_url=settings.LOGIN_REDIRECT_URL)
            answer: HttpResponse = perform_password_login(request, {"email": user.email}, login)
            return answer
    return render(request, "access/invitation.html", {"form": form, "email": found.email})


def _as_known(request: HttpRequest, user: User, found: Invitation, token: str) -> HttpResponse:
    if user.email != found.email:
        return render(request, "access/invitation_other.html", status=403)
    if request.method == "POST":
        try:
            invitations.accept_as(token=token, user=user)
        except PermissionDenied:
            return _ended(request)
        del request.session[TOKEN_KEY]
        messages.success(request, _("You are a member now."))
        return redirect("access:choose_organisation")
    return render(request, "access/invitation_known.html", {"organisation": found.organisation})


def _ended(request: HttpRequest) -> HttpResponse:
    request.session.pop(TOKEN_KEY, None)
    return render(request, "access/invitation_ended.html", status=404)
