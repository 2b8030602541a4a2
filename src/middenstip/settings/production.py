# SPDX-License-Identifier: EUPL-1.2
"""Production: everything secret or local comes from the environment, nothing has a default."""

import os

from django.core.exceptions import ImproperlyConfigured

from middenstip import database
from middenstip.audit.connections import with_log
from middenstip.settings.base import *  # noqa: F403
from middenstip.settings.base import VAULT_KEYS
from middenstip.settings.connections import with_limits


def _required(name: str, example: str) -> str:
    value = os.environ.get(name, "").strip()
    if not value:
        raise ImproperlyConfigured(
            f"production needs the environment variable {name}, for example {name}={example}"
        )
    return value


def _number(name: str, default: int) -> int:
    value = os.environ.get(name, "").strip() or str(default)
    if not value.isascii() or not value.isdigit():
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}")
    return int(value)


if os.environ.get("MIDDENSTIP_DEMO", "").strip().lower() not in {"", "0", "false", "no"}:
    raise ImproperlyConfigured(
        "the demo switch (MIDDENSTIP_DEMO) is on: it opens accounts without a password, so "
        "production does not start. Unset MIDDENSTIP_DEMO, or run the demo with script/demo."
    )

DEMO = False
SECRET_KEY = _required("SECRET_KEY", "<50 or more random characters>")
ALLOWED_HOSTS = [
    host.strip()
    for host in _required("ALLOWED_HOSTS", "middenstip.example.org").split(",")
    if host.strip()
]
_required("DATABASE_URL", "postgres://user@host:5432/middenstip")
if VAULT_KEYS.current is None:
    _required("VAULT_KEY_FILE", "/etc/middenstip/vault.key")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if host != "*"]
# The program's narrow role, unless a command that migrates asks for the owner.
_connection = database.django_connection({"MIDDENSTIP_DB_ROLE": "app", **os.environ})
_connection["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 16}
DATABASES = with_limits(with_log({"default": _connection}), os.environ)
LIMITS_CONNECTION = "limits"
TRUSTED_PROXIES = _number("MIDDENSTIP_TRUSTED_PROXIES", 1)

SECURE_SSL_REDIRECT = True
# /healthz is asked by the load balancer from inside, before TLS.
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 2 * 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken"

EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_USE_TLS = os.environ.get("EMAIL_USE_TLS", "") == "1"
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "middenstip@localhost")
