# SPDX-License-Identifier: EUPL-1.2
"""The second factor: who works here proves twice who they are.

A session carries the proof: a code, a passkey or a recovery code used in it, or a factor set
up in it. A session without one reaches only the pages to give or set up a factor, to log out
and to choose a language. Only the demo does without (its accounts are made up); the test suite
switches it off with SECOND_FACTOR_REQUIRED, which a system check refuses everywhere else.
"""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from allauth.account import app_settings as account_settings
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_used
from django.conf import settings
from django.contrib import messages
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from middenstip.access.models import User
from middenstip.access.rules import rule_of
from middenstip.vault.services import DataKey, is_sealed, keys_of, make_keys

PROVEN_KEY = "second_factor_of"
# Recovery codes stand in for a factor that is lost; they are none themselves.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
# Pages to set up the first factor, for who has none.
SET_UP = frozenset({"mfa_index", "mfa_activate_totp", "mfa_add_webauthn"})
# Pages to give a factor or password, and what an open page asks.
WITHOUT = frozenset(
    {
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "account_reauthenticate",
        "access:session_back",
        "access:session_keep",
    }
)
Answer = Callable[[HttpRequest], HttpResponse]


def is_required() -> bool:
    """Tell whether people must have a second factor: everywhere but in demo and test suite."""
    return not settings.DEMO and bool(settings.SECOND_FACTOR_REQUIRED)


def has_factor(user: User) -> bool:
    """Tell whether a person has set up an authenticator app or a passkey."""
    return bool(Authenticator.objects.filter(user=user, type__in=FACTORS).exists())


def is_last_factor(authenticator: Authenticator) -> bool:
    """Tell whether without this one a person would have no second factor left."""
    if authenticator.type not in FACTORS:
        return False
    others = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=FACTORS)
    return not others.exclude(pk=authenticator.pk).exists()


def mark_proven(request: HttpRequest, user: User) -> None:
    """Note in the session that this person gave a second factor.

    For a login by another provider, to call only when that provider says that it asked for one.
    """
    request.session[PROVEN_KEY] = str(user.pk)


def is_proven(request: HttpRequest) -> bool:
    """Tell whether the logged-in person gave a second factor in this session."""
    return bool(request.session.get(PROVEN_KEY) == str(request.user.pk))


def just_logged_in(request: HttpRequest) -> bool:
    """Tell whether this person logged in less than five minutes ago, with all that it takes."""
    records = get_authentication_records(request, request.user)
    lasts = account_settings.REAUTHENTICATION_TIMEOUT
    return any(time.time() - record["at"] < lasts for record in records)


# The key under which the secrets of factors are sealed: one of the vault, of no person.
KEY_OF_SECRETS = UUID("5ec07dfa-c702-4000-8000-000000000001")
SECRET = "second_factor"  # noqa: S105 - the name of a place


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """How django-allauth's second factor behaves here; named by the setting MFA_ADAPTER."""

    def encrypt(self, text: str) -> str:
        """Return the secret of a factor as it is stored, of no use without the master key."""
        key = keys_of([KEY_OF_SECRETS]).get(KEY_OF_SECRETS) or _first_key()
        return key.seal(SECRET, text)

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret of a factor; one that was stored before it was sealed, as it is."""
        if not is_sealed(encrypted_text):
            return encrypted_text
        return keys_of([KEY_OF_SECRETS])[KEY_OF_SECRETS].open(SECRET, encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Refuse to remove the last factor wherever one is required."""
        return not is_required() or not is_last_factor(authenticator)


def _first_key() -> DataKey:
    return make_keys([KEY_OF_SECRETS])[KEY_OF_SECRETS]


class SecondFactorMiddleware:
    """Lets nobody on without a second factor; stands before the actor is looked up."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; the rule is in `process_view`."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Send on to the page to give or set up a factor; None lets the view run."""
        if not is_required() or not request.user.is_authenticated:
            return None
        match = request.resolver_match
        name = match.view_name if match else ""
        if name == "mfa_remove_webauthn":
            return _refuse_last_passkey(request, kwargs.get("pk"))
        if is_proven(request) or name in WITHOUT or rule_of(view, match) == "public":
            return None
        known = has_factor(request.user)
        if name in SET_UP and not known:
            return None
        return _sent_on(request, "mfa_reauthenticate" if known else "mfa_index")


@receiver([authenticator_added, authenticator_used])
def _note(request: HttpRequest, user: User, **_: Any) -> None:
    mark_proven(request, user)


def _sent_on(request: HttpRequest, name: str) -> HttpResponse:
    address = reverse(name)
    if request.method in {"GET", "HEAD"}:
        address = f"{address}?{urlencode({'next': request.get_full_path()})}"
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)


def _refuse_last_passkey(request: HttpRequest, key: Any) -> HttpResponse | None:
    """The library asks its adapter before it removes an app, but not before a passkey."""
    if not is_proven(request):
        return _sent_on(request, "mfa_reauthenticate")
    found = Authenticator.objects.filter(user_id=request.user.pk, pk=key).first()
    if found is None or not is_last_factor(found):
        return None
    messages.error(request, _("This is your last second step. Add another one first."))
    return redirect("mfa_index")
