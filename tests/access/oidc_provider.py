# SPDX-License-Identifier: EUPL-1.2
"""A real OpenID Connect provider on loopback, in a process of its own: django-oauth-toolkit.

    python oidc_provider.py DIR

Prints its issuer and serves until its input closes. DIR/people.json says who can log in (any
password) and what the ID token tells, and is read again at each login, so that a test can make
the provider lie:

    {"name": {"claims": {...}, "drop": [...], "sign": "well" | "other" | "none" | "shared"}}

DIR/redirect_uris.txt holds where it sends people back to.
"""

import json
import sys
import threading
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, CLIENT_SECRET = "middenstip", "geheim-van-de-test"
LOGIN_PAGE = """<!doctype html><html lang="nl"><title>Aanbieder</title><form method="post">
<label>Naam <input name="username"></label> <label>Wachtwoord <input name="password"></label>
<input type="hidden" name="csrfmiddlewaretoken" value="{token}">
<button>Verder</button></form></html>"""


def new_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def configure(directory: Path) -> None:
    from django.conf import settings

    settings.configure(
        SECRET_KEY="provider-of-the-tests",
        DEBUG=False,
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,
        USE_TZ=True,
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": directory / "db.sqlite3",
            }
        },
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "oauth2_provider",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": ["django.template.context_processors.request"]
                },
            }
        ],
        SESSION_COOKIE_NAME="provider_session",
        CSRF_COOKIE_NAME="provider_csrf",
        LOGIN_URL="/login/",
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        OAUTH2_PROVIDER={
            "OIDC_ENABLED": True,
            "OIDC_RSA_PRIVATE_KEY": new_key(),
            "PKCE_REQUIRED": True,
            "SCOPES": {"openid": "who", "email": "address"},
            "OAUTH2_VALIDATOR_CLASS": f"{__name__}.Validator",
        },
        LOGGING_CONFIG=None,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        PEOPLE=directory / "people.json",
        REDIRECT_URIS=directory / "redirect_uris.txt",
        OTHER_KEY=new_key(),
    )
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def validator() -> type:
    from django.conf import settings
    from oauth2_provider.oauth2_validators import OAuth2Validator

    class Validator(OAuth2Validator):  # type: ignore[misc]
        """Tells of a person what people.json says, and lies where it says so."""

        oidc_claim_scope = None

        def finalize_id_token(self, *args: Any) -> str:
            import jwt

            request = args[-1]
            token: str = super().finalize_id_token(*args)
            person = json.loads(settings.PEOPLE.read_text())[request.user.username]
            header = jwt.get_unverified_header(token)
            payload = jwt.decode(token, options={"verify_signature": False})
            payload.update(person.get("claims", {}))
            for name in person.get("drop", []):
                payload.pop(name, None)
            sign, kid = person.get("sign", "well"), {"kid": header["kid"]}
            if sign == "none":
                return jwt.encode(payload, None, algorithm="none", headers=kid)
            if sign == "shared":
                return jwt.encode(payload, CLIENT_SECRET * 3, algorithm="HS256", headers=kid)
            key = settings.OTHER_KEY if sign == "other" else _own_key()
            return jwt.encode(payload, key, algorithm="RS256", headers=kid)

    def _own_key() -> str:
        key: str = settings.OAUTH2_PROVIDER["OIDC_RSA_PRIVATE_KEY"]
        return key

    return Validator


def login_page(request: Any) -> Any:
    from django.conf import settings
    from django.contrib.auth import get_user_model, login
    from django.http import HttpResponse, HttpResponseRedirect
    from django.middleware.csrf import get_token

    name = request.POST.get("username", "")
    if name in json.loads(settings.PEOPLE.read_text()):
        user, _ = get_user_model().objects.get_or_create(username=name)
        login(request, user, backend="django.contrib.auth.backends.ModelBackend")
        return HttpResponseRedirect(request.GET.get("next", "/"))
    return HttpResponse(LOGIN_PAGE.format(token=get_token(request)))


def authorize(request: Any, *args: Any, **kwargs: Any) -> Any:
    from django.conf import settings
    from oauth2_provider.models import Application
    from oauth2_provider.views import AuthorizationView

    Application.objects.update_or_create(
        client_id=CLIENT_ID,
        defaults={
            "client_secret": CLIENT_SECRET,
            "client_type": Application.CLIENT_CONFIDENTIAL,
            "authorization_grant_type": Application.GRANT_AUTHORIZATION_CODE,
            "redirect_uris": " ".join(settings.REDIRECT_URIS.read_text().split()),
            "skip_authorization": True,
            "algorithm": Application.RS256_ALGORITHM,
        },
    )
    return AuthorizationView.as_view()(request, *args, **kwargs)


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        return


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


def main() -> None:
    configure(Path(sys.argv[1]))
    from django.core.wsgi import get_wsgi_application
    from django.urls import include, path

    globals()["Validator"] = validator()
    globals()["urlpatterns"] = [
        path("login/", login_page),
        path("o/authorize/", authorize),
        path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
    ]
    server = make_server("127.0.0.1", 0, get_wsgi_application(), Server, Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_port}/o", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
