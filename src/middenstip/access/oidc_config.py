# SPDX-License-Identifier: EUPL-1.2
"""The identity providers that an operator names in the environment.

`MIDDENSTIP_OIDC=police,care` names them; each has its own variables, here for `police`:

- `MIDDENSTIP_OIDC_POLICE_NAME`: what the button on the login page says.
- `MIDDENSTIP_OIDC_POLICE_ISSUER`: the issuer, an https address.
- `MIDDENSTIP_OIDC_POLICE_CLIENT_ID`: our name at the provider.
- `MIDDENSTIP_OIDC_POLICE_CLIENT_SECRET_FILE`: a file with our secret there.
- `MIDDENSTIP_OIDC_POLICE_EMAIL_DOMAINS`: the domains it may vouch for, with commas between.
- `MIDDENSTIP_OIDC_POLICE_ACR`: the levels of assurance (`acr`) of which one is required.
- `MIDDENSTIP_OIDC_POLICE_MFA_ACR`: those that prove a second factor; may be left out.

Knows no Django but its exception, so that the settings can read it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

NAMES = "MIDDENSTIP_OIDC"
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True, slots=True)
class ProviderConfig:
    """One identity provider, complete and checked; the secret shows in no traceback or log."""

    id: str
    name: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    email_domains: frozenset[str]
    acr: tuple[str, ...]
    mfa_acr: frozenset[str] = frozenset()


def read(environ: Mapping[str, str]) -> tuple[ProviderConfig, ...]:
    """Return the providers that the environment names, in its order; none when it names none.

    Raises ImproperlyConfigured, naming the variable, for one that is missing or wrong.
    """
    ids = _listed(environ.get(NAMES, ""))
    if len(set(ids)) != len(ids):
        raise ImproperlyConfigured(f"{NAMES} names a provider twice: {', '.join(ids)}")
    return tuple(_read_one(provider_id, environ) for provider_id in ids)


def safe_address(address: str) -> bool:
    """Tell whether a provider may be asked there: by https, or on this machine (for tests)."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    if parts.username or not parts.hostname:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def _read_one(provider_id: str, environ: Mapping[str, str]) -> ProviderConfig:
    if not re.fullmatch(r"[a-z][a-z0-9]{0,29}", provider_id):
        raise ImproperlyConfigured(
            f"{NAMES} names {provider_id!r}; a name is at most 30 small letters and digits"
        )
    prefix = f"{NAMES}_{provider_id.upper()}_"
    issuer = _required(environ, prefix + "ISSUER").rstrip("/")
    if not safe_address(issuer):
        raise ImproperlyConfigured(f"{prefix}ISSUER must be an https address")
    acr = tuple(_listed(_required(environ, prefix + "ACR")))
    mfa_acr = frozenset(_listed(environ.get(prefix + "MFA_ACR", "")))
    if not mfa_acr <= set(acr):
        raise ImproperlyConfigured(f"{prefix}MFA_ACR holds a level that is not in {prefix}ACR")
    domains = {name.lower() for name in _listed(_required(environ, prefix + "EMAIL_DOMAINS"))}
    return ProviderConfig(
        id=provider_id,
        name=_required(environ, prefix + "NAME"),
        issuer=issuer,
        client_id=_required(environ, prefix + "CLIENT_ID"),
        client_secret=_secret(environ, prefix + "CLIENT_SECRET_FILE"),
        email_domains=frozenset(domains),
        acr=acr,
        mfa_acr=mfa_acr,
    )


def _required(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "").strip()
    if not value:
        raise ImproperlyConfigured(f"{NAMES} is set, so {name} is needed too")
    return value


def _secret(environ: Mapping[str, str], name: str) -> str:
    path = Path(_required(environ, name))
    try:
        secret = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"{name}: cannot read {path}") from error
    if not secret:
        raise ImproperlyConfigured(f"{name}: {path} is empty")
    return secret


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
