# SPDX-License-Identifier: EUPL-1.2
"""Logging in through the provider of an organisation: what is asked, checked and bound.

Authorization code flow only, with PKCE (S256), state and nonce. The ID token must be signed by
a key that the provider publishes, and must name the issuer, us, this login (nonce) and a level
of assurance that was configured. Nobody signs up this way: the first login binds issuer and
subject to an account that exists, by its verified e-mail address; from then on only that
subject opens it, whatever happens to the address at the provider.
"""

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import jwt
from allauth.account.signals import authentication_step_completed
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from middenstip.access.models import User
from middenstip.access.oidc_config import ProviderConfig
from middenstip.access.second_factor import mark_proven
from middenstip.access.selectors import memberships_today

SESSION_KEY = "oidc_second_factor_of"
# Signed with a key pair; `none` and shared secrets (HS256) are never taken.
ALGORITHMS = frozenset(
    ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
)
CLOCK_DIFFERENCE = 60
REQUIRED_CLAIMS = ["iss", "sub", "aud", "exp", "iat", "nonce"]
_log = logging.getLogger(__name__)


class Refused(OAuth2Error):  # type: ignore[misc]
    """A login through a provider that is not let in.

    `reason` is one word for the log and the page: `token`, `level`, `account`, `provider`.
    `detail` names the check that failed, never a value.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Claims:
    """What a checked ID token says: who, on which level; `email` only when it is verified."""

    subject: str
    email: str
    acr: str


def providers() -> tuple[ProviderConfig, ...]:
    """Return the providers of the settings, in the order of the buttons."""
    configured: tuple[ProviderConfig, ...] = settings.OIDC_PROVIDERS
    return configured


def find_provider(provider_id: str) -> ProviderConfig | None:
    """Return the provider with this id, None when there is none."""
    return next((one for one in providers() if one.id == provider_id), None)


def read_id_token(
    id_token: str, *, keys: Mapping[str, Any], config: ProviderConfig, nonce: str
) -> Claims:
    """Check an ID token and return what it says.

    `keys` is the JWK set of the provider, `nonce` what was sent with this login. Raises
    Refused for a token that is forged, old, meant for others or for another login, or of too
    low a level.
    """
    try:
        said = jwt.decode(
            id_token,
            _signing_key(id_token, keys),
            algorithms=[jwt.get_unverified_header(id_token)["alg"]],
            audience=config.client_id,
            issuer=config.issuer,
            leeway=CLOCK_DIFFERENCE,
            options={"require": REQUIRED_CLAIMS},
        )
    except (jwt.PyJWTError, ValueError, TypeError, KeyError) as error:
        raise Refused("token", type(error).__name__) from error
    if not nonce or not constant_time_compare(str(said["nonce"]), nonce):
        raise Refused("token", "nonce")
    audience = said["aud"] if isinstance(said["aud"], list) else [said["aud"]]
    if said.get("azp", config.client_id) != config.client_id:
        raise Refused("token", "azp")
    if len(audience) > 1 and "azp" not in said:
        raise Refused("token", "azp")
    if not isinstance(said["sub"], str) or not 0 < len(said["sub"]) <= 255:
        raise Refused("token", "sub")
    acr = said.get("acr")
    if not isinstance(acr, str) or acr not in config.acr:
        raise Refused("level", "acr")
    return Claims(subject=said["sub"], email=_verified_email(said), acr=acr)


@transaction.atomic
def find_person(config: ProviderConfig, claims: Claims) -> SocialAccount:
    """Return the binding of this subject to an account; the first login makes it.

    Raises Refused when nobody here has the verified address (of a domain that this provider may
    vouch for), when the account is bound to another subject already, and when the person is no
    member of an organisation today. Nothing is bound then.
    """
    uid = binding_of(config.issuer, claims.subject)
    bound = SocialAccount.objects.select_related("user").filter(uid=uid).first()
    if bound is not None:
        _require_membership(bound.user_id)
        if bound.provider != config.id:
            bound.provider = config.id
            bound.save(update_fields=["provider"])
        return bound
    domain = claims.email.rpartition("@")[2]
    if not claims.email or domain not in config.email_domains:
        raise Refused("account", "no verified address of an allowed domain")
    user = User.objects.select_for_update().filter(email=claims.email, is_active=True).first()
    if user is None:
        raise Refused("account", "unknown address")
    if SocialAccount.objects.filter(user=user).exists():
        raise Refused("account", "bound to another subject")
    _require_membership(user.pk)
    return SocialAccount.objects.create(user=user, provider=config.id, uid=uid, extra_data={})


def binding_of(issuer: str, subject: str) -> str:
    """Return under which value issuer and subject are bound: a digest, so of one length."""
    return hashlib.sha256(f"{issuer}\n{subject}".encode()).hexdigest()


def session_has_strong_login(request: HttpRequest, user: User | None = None) -> bool:
    """Tell whether the provider proved a second factor at the login of this session.

    For `user`, or else for who is logged in; False for a stranger. Only a level of assurance
    listed in the provider's `MFA_ACR` counts.
    """
    person = user or request.user
    marked = request.session.get(SESSION_KEY)
    return bool(person.is_authenticated and marked and marked == str(person.pk))


def remember_strength(request: HttpRequest, user: Any, method: str, **_: Any) -> None:
    """Keep in the session, at each step of a login, whether the provider proved two factors.

    A step by password or otherwise takes that back; a code or passkey after it does not.
    """
    if method == "mfa":
        return
    if method == "socialaccount" and getattr(request, "oidc_second_factor", False):
        request.session[SESSION_KEY] = str(user.pk)
        mark_proven(request, user)
    else:
        request.session.pop(SESSION_KEY, None)


def connect() -> None:
    """Hook `remember_strength` on django-allauth's signal; called once when the room starts."""
    authentication_step_completed.connect(
        remember_strength, dispatch_uid="access.oidc.remember_strength"
    )


def log_refusal(provider_id: str, reason: str, detail: str) -> None:
    """Write that a login was refused, with no address, subject or token."""
    _log.warning("login through %s refused: %s (%s)", provider_id, reason, detail)


def _require_membership(user_id: UUID) -> None:
    if not memberships_today(user_id).exists():
        raise Refused("account", "no membership")


def _signing_key(id_token: str, keys: Mapping[str, Any]) -> Any:
    """Return the published key that the token names; PyJWTError when there is none."""
    header = jwt.get_unverified_header(id_token)
    if header.get("alg") not in ALGORITHMS:
        raise jwt.InvalidAlgorithmError("not signed with a key pair")
    published = [
        key
        for key in jwt.PyJWKSet.from_dict(dict(keys)).keys
        if key.public_key_use in (None, "sig") and key.key_type != "oct"
    ]
    named = [key for key in published if key.key_id == header.get("kid")]
    if "kid" not in header and len(published) == 1:
        named = published
    if len(named) != 1:
        raise jwt.InvalidKeyError("no such key")
    return named[0].key


def _verified_email(said: Mapping[str, Any]) -> str:
    """Return the address in lower case; "" when it is not verified, or not plain ASCII.

    Outside ASCII, different letters can become the same small letter.
    """
    email = said.get("email")
    if said.get("email_verified") is not True or not isinstance(email, str):
        return ""
    return email.strip().lower() if email.isascii() else ""
