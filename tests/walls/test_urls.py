# SPDX-License-Identifier: EUPL-1.2
"""Every address states who may open it; strangers and people without membership stay out."""

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from middenstip.access.models import User
from middenstip.access.rules import stated_rule

# Open to anybody. Add one only with a reason: whatever stands here is seen by traffickers too.
PUBLIC = {
    "healthz",
    # The public guide: law and contacts for everybody, and nothing of anybody.
    "guide:choose",
    "guide:start",
    "guide:help",
    "guide:helping",
    "guide:noticed",
    "guide:sector",
    "guide:scheme",
    "guide:safe",
    "guide:worker",
    "guide:kept",
    "guide:sheet",
    "guide:paper",
    "guide:paper_card",
    "security_txt",  # where a weak spot can be told
    "access:choose_language",
    # To the provider of an organisation, and back; exists only for a configured one.
    "access:oidc_start",
    "access:oidc_callback",
    "api:openapi",  # describes the API, and holds no data of anybody
    # The link of an invitation: opens nothing without a token from a mail.
    "access:invitation",
    "access:open_invitation",
    # An open page asks whether its session lives; a stranger hears only that it does not.
    "access:session",
    "account_login",
    "account_logout",
    "account_inactive",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "mfa_authenticate",
    "mfa_login_webauthn",
}
# Programs are not sent to a page: they are told that they may not (see `middenstip.api`).
FOR_PROGRAMS = "api/v1/"
# The gallery of components exists only in development and tests and shows made-up data.
ONLY_FOR_DEVELOPMENT = re.compile(r"^_gallery/")


def _addresses(
    resolver: URLResolver | None = None, prefix: str = "", space: str = ""
) -> Iterator[tuple[str, str, URLPattern]]:
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from _addresses(entry, route, inner)
        else:
            yield route, f"{space}{entry.name or ''}", entry


ADDRESSES = [entry for entry in _addresses() if not ONLY_FOR_DEVELOPMENT.match(entry[0])]
IDS = [name or route for route, name, _ in ADDRESSES]
MEMBERS_ONLY = [
    route
    for route, name, entry in ADDRESSES
    if stated_rule(entry.callback, name) in {"member", "administrator"}
]


def filled(route: str) -> str:
    values = {
        "uuid": str(uuid4()),
        "uuidstr": str(uuid4()),
        "int": "1",
        "slug": "x",
        "str": "x",
        "path": "x",
    }
    path = re.sub(r"<(?:(\w+):)?\w+>", lambda found: values.get(found[1] or "str", "x"), route)
    path = re.sub(r"\(\?P<\w+>(?:[^()]|\([^()]*\))*\)", "x-1", path)
    return "/" + path.replace("^", "").replace("$", "").replace("\\", "")


@pytest.mark.parametrize(("route", "name", "entry"), ADDRESSES, ids=IDS)
def test_every_address_states_its_rule(route: str, name: str, entry: URLPattern) -> None:
    rule = stated_rule(entry.callback, name)
    assert rule, f"/{route} ({name}) states no rule: put @access_rule(...) on its view"
    assert (rule == "public") == (name in PUBLIC), f"/{route} ({name}) has the rule {rule}"


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(("route", "name", "entry"), ADDRESSES, ids=IDS)
def test_a_stranger_sees_only_what_is_public(
    client: Client, route: str, name: str, entry: URLPattern, method: str
) -> None:
    answer = getattr(client, method)(filled(route))
    if name in PUBLIC:
        assert answer.status_code in {200, 302, 404, 405, 415}
    elif stated_rule(entry.callback, name) == "closed":
        assert answer.status_code == 404
    elif route.startswith(FOR_PROGRAMS):
        assert answer.status_code == 401
    else:
        assert answer.status_code == 302
        assert answer["Location"].startswith("/account/login/")


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("route", MEMBERS_ONLY)
def test_a_person_without_membership_opens_no_page_of_a_member(
    client: Client, route: str, method: str
) -> None:
    client.force_login(User.objects.create_user("los@test.example", display_name="A"))
    answer = getattr(client, method)(filled(route))
    if route.startswith(FOR_PROGRAMS):
        assert answer.status_code == 403
        return
    assert (answer.status_code, answer["Location"]) == (302, "/account/organisation/")


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/account/login/", "/healthz", "/bestaat-niet/"])
def test_every_answer_carries_the_security_headers(client: Client, path: str) -> None:
    answer = client.get(path)
    policy = answer["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"


@pytest.mark.django_db
def test_what_a_person_saw_is_kept_by_no_cache(client: Client) -> None:
    client.force_login(User.objects.create_user("los@test.example", display_name="A"))
    assert "no-store" in client.get("/account/organisation/")["Cache-Control"]


@pytest.mark.django_db
def test_a_partial_page_sends_a_stranger_to_the_whole_login_page(client: Client) -> None:
    answer = client.get("/account/organisation/", headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert answer["HX-Redirect"].startswith("/account/login/")
