# SPDX-License-Identifier: EUPL-1.2
"""Every address answers with the headers and the markup that keep a page harmless."""

import json
import os
import subprocess
import sys
from html.parser import HTMLParser
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django.fixtures import Settings

from middenstip import clock
from tests.desk.conftest import entered
from tests.thread.chain import Chain
from tests.walls.test_urls import ADDRESSES, filled

pytestmark = pytest.mark.django_db
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# The public guide also hides from which of its pages somebody follows a link.
STRICTER = {"Referrer-Policy": "no-referrer"}
# What the browser fetches by itself, or sends a form to.
FETCHED = {"src", "srcset", "poster", "data", "action", "formaction", "background"}


class Markup(HTMLParser):
    """Collects what our policy would refuse, and what would come from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in names):
            self.wrong.append(f"inline <{tag}>")
        for name, value in attrs:
            if name == "style" or name.startswith("on"):
                self.wrong.append(f"{name}= on <{tag}>")
            fetched = name in FETCHED or (name == "href" and tag in {"link", "use", "base"})
            if fetched and urlsplit(value or "").netloc not in {"", "testserver"}:
                self.wrong.append(f"<{tag} {name}={value}>")
            if (value or "").strip().lower().startswith("javascript:"):
                self.wrong.append(f"<{tag} {name}={value}>")


def wrong_with(answer: HttpResponse) -> list[str]:
    """What is wrong with the headers or the markup of an answer; nothing is good."""
    wrong = [
        f"{name} is {answer.get(name)}"
        for name in HEADERS
        if answer.get(name) not in {HEADERS[name], STRICTER.get(name)}
    ]
    policy = answer.get("Content-Security-Policy", "")
    if "default-src 'none'" not in policy or "frame-ancestors 'none'" not in policy:
        wrong.append(f"policy {policy!r}")
    if "unsafe" in policy or "*" in policy or "http" in policy:
        wrong.append(f"policy {policy!r}")
    if answer.get("Content-Type", "").startswith("text/html"):
        markup = Markup()
        markup.feed(answer.content.decode())
        wrong += markup.wrong
    return wrong


def _all(client: Client, case: UUID | None) -> dict[str, list[str]]:
    found = {}
    for route, _, _ in ADDRESSES:
        if case is not None:
            route = route.replace("<uuid:case_id>", str(case))
        for method in ("get", "post"):
            answer = getattr(client, method)(filled(route))
            wrong = wrong_with(answer)
            if "_auth_user_id" in client.session and "no-store" not in answer.get(
                "Cache-Control", ""
            ):
                wrong.append("may be kept by a cache")
            if wrong:
                found[f"{method} /{route} {answer.status_code}"] = wrong
    return found


def test_a_stranger_gets_the_headers_and_clean_markup_everywhere(client: Client) -> None:
    assert _all(client, None) == {}


def test_a_member_gets_them_too_and_no_cache_keeps_anything() -> None:
    chain = Chain()
    case = chain.notified(on=clock.today()).case_id
    client = entered(chain.coordination_point)
    assert client.get(f"/cases/{case}/").status_code == 200
    assert _all(client, case) == {}


@pytest.mark.parametrize(
    "page",
    [
        "<script>1</script>",
        "<p style='color:red'>",
        "<style>p{}</style>",
        "<a onclick='x()'>",
        "<img src='https://elders.example/x.png'>",
        "<form action='//elders.example/'>",
        "<link rel=stylesheet href='https://elders.example/x.css'>",
        "<a href=' javascript:x'>",
    ],
)
def test_markup_that_is_not_clean_is_found(page: str) -> None:
    markup = Markup()
    markup.feed(page)
    assert markup.wrong


def test_security_txt_says_where_and_until_when(client: Client, settings: Settings) -> None:
    settings.SECURITY_CONTACT = "mailto:veilig@middenstip.example"
    answer = client.get("/.well-known/security.txt")
    assert answer["Content-Type"].startswith("text/plain")
    text = answer.content.decode()
    assert text.startswith("Contact: mailto:veilig@middenstip.example\nExpires: 20")
    settings.SECURITY_CONTACT = ""
    assert client.get("/.well-known/security.txt").status_code == 404


ASK = """
import json, django
from django.conf import settings
# Collected files are for a served checkout; here only headers are asked.
plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
settings.STORAGES["staticfiles"]["BACKEND"] = plain
django.setup()
from django.test import Client
asked = dict(secure=True, headers={"host": "middenstip.example.org"})
path = "/.well-known/security.txt"
answer = Client().get(path, **asked)
plain = Client().get(path, headers={"host": "middenstip.example.org"})
forged = Client().get(path, secure=True, headers={"host": "evil.example"})
print(json.dumps({
    "status": answer.status_code, "headers": dict(answer.headers),
    "plain": [plain.status_code, plain.get("Location")], "forged": forged.status_code,
    "cookies": [settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE,
                settings.SESSION_COOKIE_HTTPONLY, settings.SESSION_COOKIE_NAME],
    "proxies": settings.TRUSTED_PROXIES,
    "options": {name: e["OPTIONS"]["options"] for name, e in settings.DATABASES.items()},
}))
"""


def test_in_production_https_is_forced_for_two_years_and_cookies_are_for_https_only(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    key = tmp_path_factory.mktemp("key") / "vault.key"
    environ = {
        **{name: value for name, value in os.environ.items() if name in {"PATH", "PYTHONPATH"}},
        "DJANGO_SETTINGS_MODULE": "middenstip.settings.production",
        "SECRET_KEY": "x" * 60,
        "ALLOWED_HOSTS": "middenstip.example.org",
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
        "VAULT_KEY_FILE": str(key),
        "SECURITY_CONTACT": "https://middenstip.example.org/security",
    }
    answer = subprocess.run(
        [sys.executable, "-c", ASK], env=environ, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
    said = json.loads(answer.stdout.splitlines()[-1])
    assert said["status"] == 200
    assert said["headers"]["Strict-Transport-Security"] == (
        "max-age=63072000; includeSubDomains; preload"
    )
    for name, value in HEADERS.items():
        assert said["headers"][name] == value
    assert said["plain"] == [301, "https://middenstip.example.org/.well-known/security.txt"]
    assert said["forged"] == 400
    assert said["cookies"] == [True, True, True, "__Host-sessionid"]
    assert said["proxies"] == 1
    assert "limits" in said["options"]
    for options in said["options"].values():
        assert "-c statement_timeout=60s" in options
        assert "-c idle_in_transaction_session_timeout=5min" in options
