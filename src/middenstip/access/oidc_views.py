# SPDX-License-Identifier: EUPL-1.2
"""The two addresses of logging in through a provider: away, and back."""

from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from middenstip.access import limits, oidc
from middenstip.access.oidc_client import StrictAdapter, StrictCallback, StrictProvider, refusal
from middenstip.access.oidc_config import ProviderConfig
from middenstip.access.rules import access_rule


@access_rule("public")
@never_cache
@require_POST
@limits.limited("oidc", limits.per_ip, "60/10m")
def start(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Send somebody to a provider, by a page that goes on by itself.

    Not by a redirect: our policy lets no form end at another site, and providers send people on
    to addresses that we do not know.
    """
    config = _config(provider_id)
    try:
        answer = StrictProvider(request, config).start(request, _next(request))
    except oidc.Refused as refused:
        return _refuse(request, config, refused)
    if answer.status_code != 302:
        return answer
    address = answer["Location"]
    context = {"provider": config, "address": address, "host": urlsplit(address).hostname}
    return render(request, "access/oidc_start.html", context)


@access_rule("public")
@never_cache
@require_GET
@limits.limited("oidc", limits.per_ip, "60/10m")
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Let somebody in who comes back from a provider, or say calmly why not."""
    config = _config(provider_id)
    if request.user.is_authenticated:
        return redirect("/")
    view = StrictCallback.adapter_view(StrictAdapter(request, config))
    try:
        answer: HttpResponse = view(request)
    except oidc.Refused as refused:
        return _refuse(request, config, refused)
    except (KeyError, ValueError, TypeError) as error:
        # What the provider sent is not what the standard says.
        return _refuse(request, config, oidc.Refused("provider", type(error).__name__))
    return answer


def _refuse(request: HttpRequest, config: ProviderConfig, why: oidc.Refused) -> HttpResponse:
    oidc.log_refusal(config.id, why.reason, why.detail)
    return refusal(request, config, why.reason)


def _config(provider_id: str) -> ProviderConfig:
    config = oidc.find_provider(provider_id)
    if config is None:
        raise Http404
    return config


def _next(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if ours else "/"
