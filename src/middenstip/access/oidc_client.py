# SPDX-License-Identifier: EUPL-1.2
"""Our strict form of django-allauth's OpenID Connect client.

What the library leaves open is closed here: the signature of every ID token is checked, the
nonce is sent and compared, nothing in the address of a visitor changes what is asked, no
profile is fetched and nothing of it is kept.
"""

import secrets
from functools import cached_property
from typing import Any

import requests
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.stages import AuthenticateStage
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from allauth.utils import build_absolute_uri
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from middenstip.access import oidc
from middenstip.access.models import User
from middenstip.access.oidc_config import ProviderConfig, safe_address

ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class StrictAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """Talks to one configured provider; `state` is what was kept when this login started."""

    state: dict[str, Any]

    def __init__(self, request: HttpRequest, config: ProviderConfig) -> None:
        super().__init__(request, config.id)
        self.config = config
        self.state = {}

    def get_provider(self) -> "StrictProvider":
        """Return the provider as the library knows it, with our configuration."""
        return StrictProvider(self.request, self.config)

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """Return our address to which the provider sends people back."""
        return str(build_absolute_uri(request, _callback(self.config)))

    @cached_property
    def openid_config(self) -> dict[str, Any]:
        """Return what the provider says of itself; Refused when it is not the configured."""
        said = self.ask(self.config.issuer + "/.well-known/openid-configuration")
        if str(said.get("issuer", "")).rstrip("/") != self.config.issuer:
            raise oidc.Refused("provider", "issuer")
        for name in ENDPOINTS:
            if not safe_address(str(said.get(name, ""))):
                raise oidc.Refused("provider", name)
        return said

    def ask(self, address: str) -> dict[str, Any]:
        """Return the JSON object at an address of the provider; Refused when there is none."""
        try:
            with get_adapter().get_requests_session() as session:
                answer = session.get(address, allow_redirects=False)
                answer.raise_for_status()
                said = answer.json()
        except requests.RequestException as error:
            raise oidc.Refused("provider", type(error).__name__) from error
        if answer.status_code != 200 or not isinstance(said, dict):
            raise oidc.Refused("provider", "answer")
        return said

    def parse_token(self, data: dict[str, Any]) -> SocialToken:
        """Keep nothing of the access token: we ask nothing with it."""
        return SocialToken(token="")  # nosec B106 - none is kept

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: Any, **kwargs: Any
    ) -> SocialLogin:
        """Return the login of the person that the checked ID token names, or raise Refused."""
        id_token = kwargs["response"].get("id_token")
        if not isinstance(id_token, str):
            raise oidc.Refused("token", "missing")
        claims = oidc.read_id_token(
            id_token,
            keys=self.ask(self.openid_config["jwks_uri"]),
            config=self.config,
            nonce=str(self.state.get("nonce", "")),
        )
        bound = oidc.find_person(self.config, claims)
        proved = claims.acr in self.config.mfa_acr
        request.oidc_second_factor = proved  # type: ignore[attr-defined]
        # The library looks the account up by provider and subject, as bound just now.
        account = SocialAccount(provider=bound.provider, uid=bound.uid, extra_data={})
        return SocialLogin(user=User(), account=account, provider=self.get_provider())


class StrictProvider(OpenIDConnectProvider):  # type: ignore[misc]
    """One configured provider: PKCE always, scopes `openid email`, the levels we require."""

    def __init__(self, request: HttpRequest, config: ProviderConfig) -> None:
        self.config = config
        app = SocialApp(
            provider="openid_connect",
            provider_id=config.id,
            name=config.name,
            client_id=config.client_id,
            secret=config.client_secret,
            settings={"server_url": config.issuer, "oauth_pkce_enabled": True},
        )
        super().__init__(request, app=app)

    def get_default_scope(self) -> list[str]:
        """Return what is asked: who it is, and the address that binds the first login."""
        return ["openid", "email"]

    def get_oauth2_adapter(self, request: HttpRequest) -> StrictAdapter:
        """Return the adapter that talks to this provider."""
        return StrictAdapter(request, self.config)

    def start(self, request: HttpRequest, next_url: str) -> HttpResponse:
        """Return the redirect to the provider; on the way back `next_url` is opened."""
        nonce = secrets.token_urlsafe(32)
        asked = {"nonce": nonce, "acr_values": " ".join(self.config.acr), "prompt": "login"}
        answer: HttpResponse = self.redirect(
            request, "login", next_url=next_url, auth_params=asked, nonce=nonce
        )
        return answer


class StrictCallback(OAuth2CallbackView):  # type: ignore[misc]
    """The way back: takes only what belongs to a login that this browser started."""

    def _get_state(self, request: HttpRequest, provider: StrictProvider) -> Any:
        state, answer = super()._get_state(request, provider)
        issuer = request.GET.get("iss", provider.config.issuer).rstrip("/")
        if state is not None:
            if state.get("process") != "login" or issuer != provider.config.issuer:
                return None, refusal(request, provider.config, "token")
            self.adapter.state = state
        return state, answer


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """No sign-up through a provider, and our own calm page when a login is refused."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Refuse every sign-up."""
        return False

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: StrictProvider,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: Any = None,
    ) -> None:
        """Answer with our page; the reason is logged, what the provider wrote is not."""
        refused = exception if isinstance(exception, oidc.Refused) else None
        reason = refused.reason if refused else "token"
        detail = (
            refused.detail if refused else type(exception).__name__ if exception else "state"
        )
        oidc.log_refusal(provider.config.id, reason, detail)
        raise ImmediateHttpResponse(refusal(request, provider.config, reason))


def refusal(request: HttpRequest, config: ProviderConfig, reason: str) -> HttpResponse:
    """Return the page that says why and what to do; 403."""
    context = {"provider": config, "reason": reason}
    return render(request, "access/oidc_refused.html", context, status=403)


def _callback(config: ProviderConfig) -> str:
    return reverse("access:oidc_callback", args=[config.id])


class SecondStep(AuthenticateStage):  # type: ignore[misc]
    """Our own second factor at login, not asked when the provider proved one."""

    def _should_handle(self, request: HttpRequest) -> bool:
        if oidc.session_has_strong_login(request, self.login.user):
            return False
        return bool(super()._should_handle(request))
