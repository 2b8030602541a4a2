# SPDX-License-Identifier: EUPL-1.2
"""Logging in through the provider of an organisation, against a real provider on loopback."""

import json
import logging
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit, urlunsplit

import pytest
import requests
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.http import HttpResponse
from django.test import Client
from playwright.sync_api import Page
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from middenstip import clock
from middenstip.access import oidc, services
from middenstip.access.models import Membership, User
from middenstip.access.oidc_config import ProviderConfig
from tests.access.oidc_provider import CLIENT_ID, CLIENT_SECRET
from tests.browser import assert_accessible

pytestmark = pytest.mark.django_db
START = "/account/oidc/police/"
CALLBACK = "http://testserver/account/oidc/police/callback/"
EMAIL = "agent@politie.example"
GOOD = {"sub": "s-1", "email": EMAIL, "email_verified": True, "acr": "substantial"}
PASSWORD = "een lang verzonnen wachtwoord"


@dataclass(slots=True)
class Provider:
    """The running provider; `say` sets what its ID tokens tell, or how they lie."""

    issuer: str
    directory: Path

    def say(self, sign: str = "well", drop: tuple[str, ...] = (), **claims: Any) -> None:
        person = {"claims": {**GOOD, **claims}, "sign": sign, "drop": list(drop)}
        (self.directory / "people.json").write_text(json.dumps({"agent": person}))

    def send_back_to(self, *addresses: str) -> None:
        (self.directory / "redirect_uris.txt").write_text("\n".join(addresses))


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    directory = tmp_path_factory.mktemp("provider")
    program = Path(__file__).with_name("oidc_provider.py")
    process = subprocess.Popen(
        [sys.executable, str(program), str(directory)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    issuer = process.stdout.readline().strip()
    assert issuer, "the provider did not start"
    yield Provider(issuer, directory)
    process.stdin.close()
    process.wait(timeout=20)


@pytest.fixture
def provider(running: Provider, settings: Settings) -> Provider:
    running.say()
    running.send_back_to(CALLBACK)
    settings.OIDC_PROVIDERS = (
        ProviderConfig(
            id="police",
            name="Aanbieder van de politie",
            issuer=running.issuer,
            client_id=CLIENT_ID,
            client_secret=CLIENT_SECRET,
            email_domains=frozenset({"politie.example"}),
            acr=("substantial", "high"),
            mfa_acr=frozenset({"high"}),
        ),
    )
    return running


@pytest.fixture
def member() -> Membership:
    organisation = services.create_organisation(actor=None, kind="police", name="Politie Test")
    return services.add_member(
        actor=None, organisation_id=organisation.id, email=EMAIL, display_name="A. Voorbeeld"
    )


def _away(client: Client, **posted: str) -> str:
    page = client.post(START, posted)
    assert page.status_code == 200, page.content
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page.content.decode())
    assert found, page.content
    return unescape(found[1])


def _at_provider(address: str) -> str:
    """Log in there as a browser does; return where the provider sends back to."""
    with requests.Session() as browser:
        answer = browser.get(address, allow_redirects=False)
        for _ in range(6):
            if answer.status_code != 302:
                token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', answer.text)
                assert token, answer.text
                form = {"username": "agent", "password": "x", "csrfmiddlewaretoken": token[1]}
                answer = browser.post(answer.url, form, allow_redirects=False)
                continue
            target = urljoin(answer.url, answer.headers["Location"])
            if target.startswith(CALLBACK):
                return target
            answer = browser.get(target, allow_redirects=False)
    raise AssertionError("the provider sent nobody back")


def _back(client: Client, address: str) -> HttpResponse:
    parts = urlsplit(address)
    return client.get(f"{parts.path}?{parts.query}")


def _changed(address: str, **changes: str | None) -> str:
    parts = urlsplit(address)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    kept = {name: value for name, value in {**query, **changes}.items() if value is not None}
    return urlunsplit(parts._replace(query=urlencode(kept)))


def _log_in(client: Client) -> HttpResponse:
    return _back(client, _at_provider(_away(client)))


def _is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def _assert_refused(client: Client, answer: HttpResponse, bound: int = 0) -> str:
    assert answer.status_code == 403
    assert not _is_in(client)
    assert SocialAccount.objects.count() == bound
    return answer.content.decode()


def test_a_member_logs_in_and_is_bound_to_issuer_and_subject(
    client: Client, provider: Provider, member: Membership
) -> None:
    answer = _back(client, _at_provider(_away(client, next="/account/organisation/")))
    assert (answer.status_code, answer["Location"]) == (302, "/account/organisation/")
    assert client.session["_auth_user_id"] == str(member.user_id)
    bound = SocialAccount.objects.get()
    assert bound.user_id == member.user_id
    assert bound.uid == oidc.binding_of(provider.issuer, "s-1")
    assert bound.extra_data == {}
    assert not SocialToken.objects.exists()


def test_what_is_asked_of_the_provider_is_fixed_whatever_the_visitor_adds(
    client: Client, provider: Provider
) -> None:
    page = client.post(
        START + "?auth_params=acr_values%3Dlow%26response_type%3Dtoken&scope=all"
    )
    found = re.search(r"url=([^\"]+)\"", page.content.decode())
    assert found
    asked = {
        name: values[0] for name, values in parse_qs(urlsplit(unescape(found[1])).query).items()
    }
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["code_challenge"]) == 43
    assert asked["acr_values"] == "substantial high"
    assert set(asked["scope"].split()) == {"openid", "email"}
    assert asked["redirect_uri"] == CALLBACK
    assert len(asked["state"]) >= 16
    assert len(asked["nonce"]) >= 43


def test_an_address_that_changes_at_the_provider_moves_no_account(
    client: Client, provider: Provider, member: Membership
) -> None:
    _log_in(client)
    client.post("/account/logout/")
    provider.say(email="nieuw@politie.example")
    assert _log_in(client).status_code == 302
    assert client.session["_auth_user_id"] == str(member.user_id)
    client.post("/account/logout/")
    # Somebody else gets the address there: that is another subject, and opens nothing.
    provider.say(sub="s-2")
    _assert_refused(client, _log_in(client), bound=1)


def test_a_subject_of_another_issuer_is_another_subject(
    client: Client, provider: Provider, member: Membership, settings: Settings
) -> None:
    SocialAccount.objects.create(
        user=member.user, provider="police", uid=oidc.binding_of("https://oud.example", "s-1")
    )
    _assert_refused(client, _log_in(client), bound=1)


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "nobody@politie.example"},
        {"email_verified": False},
        {"email_verified": "true"},
        {"email": "agent@elders.example"},
        {"email": "agent@politie.example@elders.example"},
        {"email": "\u212agent@politie.example"},
        {"email": ["agent@politie.example"]},
    ],
)
def test_nobody_comes_in_without_an_account_and_a_verified_address_of_the_domain(
    client: Client, provider: Provider, member: Membership, claims: dict[str, Any]
) -> None:
    services.add_member(
        actor=None,
        organisation_id=member.organisation_id,
        email="agent@elders.example",
        display_name="B. Voorbeeld",
    )
    provider.say(**claims)
    page = _assert_refused(client, _log_in(client))
    assert "Vraag" in page or "Ask" in page
    assert User.objects.count() == 2


def test_letters_that_become_others_in_small_do_not_match(
    client: Client, provider: Provider, member: Membership
) -> None:
    services.add_member(
        actor=None,
        organisation_id=member.organisation_id,
        email="klaas@politie.example",
        display_name="K. Voorbeeld",
    )
    provider.say(email="\u212alaas@politie.example")  # the Kelvin sign becomes a small k
    _assert_refused(client, _log_in(client))


def test_a_membership_that_ended_opens_nothing(
    client: Client, provider: Provider, member: Membership
) -> None:
    services.end_membership(actor=None, membership_id=member.id)
    _assert_refused(client, _log_in(client))


def test_who_was_bound_and_left_is_refused_too(
    client: Client, provider: Provider, member: Membership
) -> None:
    _log_in(client)
    client.post("/account/logout/")
    services.end_membership(actor=None, membership_id=member.id)
    _assert_refused(client, _log_in(client), bound=1)


@pytest.mark.parametrize("acr", ["low", "", None, ["substantial"], "substantial high"])
def test_a_level_that_is_not_required_is_refused(
    client: Client, provider: Provider, member: Membership, acr: Any
) -> None:
    provider.say(acr=acr)
    _assert_refused(client, _log_in(client))


def test_a_token_without_a_level_is_refused(
    client: Client, provider: Provider, member: Membership
) -> None:
    provider.say(drop=("acr",))
    _assert_refused(client, _log_in(client))


@pytest.mark.parametrize("sign", ["other", "none", "shared"])
def test_a_forged_token_is_refused(
    client: Client, provider: Provider, member: Membership, sign: str
) -> None:
    provider.say(sign=sign)
    _assert_refused(client, _log_in(client))


@pytest.mark.parametrize(
    "lie",
    [
        {"nonce": "of-another-login"},
        {"drop": ("nonce",)},
        {"iss": "https://elders.example"},
        {"aud": "somebody-else"},
        {"aud": [CLIENT_ID, "somebody-else"]},
        {"azp": "somebody-else"},
        {"exp": timedelta(hours=-1)},
        {"drop": ("exp",)},
        {"iat": timedelta(hours=1)},
        {"nbf": timedelta(hours=1)},
        {"drop": ("sub",)},
        {"sub": ""},
        {"sub": "x" * 256},
    ],
    ids=str,
)
def test_a_token_of_another_login_client_issuer_or_time_is_refused(
    client: Client, provider: Provider, member: Membership, lie: dict[str, Any]
) -> None:
    now = int(time.time())
    provider.say(
        **{
            name: now + int(value.total_seconds()) if isinstance(value, timedelta) else value
            for name, value in lie.items()
        }
    )
    _assert_refused(client, _log_in(client))


@pytest.mark.parametrize("state", [None, "", "x" * 16, "x" * 100_000])
def test_a_wrong_state_is_refused(
    client: Client, provider: Provider, member: Membership, state: str | None
) -> None:
    back = _at_provider(_away(client))
    _assert_refused(client, _back(client, _changed(back, state=state)))


def test_the_way_back_works_only_in_the_browser_that_started(
    client: Client, provider: Provider, member: Membership
) -> None:
    back = _at_provider(_away(client))
    other = Client()
    _assert_refused(other, _back(other, back))


def test_a_code_works_once(client: Client, provider: Provider, member: Membership) -> None:
    back = _at_provider(_away(client))
    assert _back(client, back).status_code == 302
    client.post("/account/logout/")
    _assert_refused(client, _back(client, back), bound=1)


def test_the_code_of_another_login_is_refused(
    client: Client, provider: Provider, member: Membership
) -> None:
    stolen = parse_qs(urlsplit(_at_provider(_away(Client()))).query)["code"][0]
    back = _at_provider(_away(client))
    _assert_refused(client, _back(client, _changed(back, code=stolen)))


def test_without_pkce_the_provider_gives_no_code(
    client: Client, provider: Provider, member: Membership
) -> None:
    away = _changed(_away(client), code_challenge=None, code_challenge_method=None)
    back = _at_provider(away)
    assert "error=invalid_request" in back
    _assert_refused(client, _back(client, back))


def test_a_challenge_that_is_not_ours_is_refused(
    client: Client, provider: Provider, member: Membership
) -> None:
    away = _changed(_away(client), code_challenge="a" * 43)
    _assert_refused(client, _back(client, _at_provider(away)))


def test_an_answer_that_names_another_issuer_is_refused(
    client: Client, provider: Provider, member: Membership
) -> None:
    back = _at_provider(_away(client))
    _assert_refused(client, _back(client, _changed(back, iss="https://elders.example")))


def test_who_stops_at_the_provider_can_start_again(client: Client, provider: Provider) -> None:
    state = parse_qs(urlsplit(_away(client)).query)["state"][0]
    page = _assert_refused(
        client, _back(client, f"{CALLBACK}?error=access_denied&state={state}")
    )
    assert "/account/login/" in page


def test_a_provider_that_is_another_or_does_not_answer_is_told_calmly(
    client: Client, provider: Provider, settings: Settings
) -> None:
    config = settings.OIDC_PROVIDERS[0]
    for issuer in [
        provider.issuer.replace("127.0.0.1", "localhost"),
        "http://127.0.0.1:9/o",
        provider.issuer + "/nothing",
    ]:
        settings.OIDC_PROVIDERS = (replace(config, issuer=issuer),)
        answer = client.post(START)
        assert answer.status_code == 403
        assert config.name in answer.content.decode()


def test_the_wrong_secret_lets_nobody_in(
    client: Client, provider: Provider, member: Membership, settings: Settings
) -> None:
    settings.OIDC_PROVIDERS = (replace(settings.OIDC_PROVIDERS[0], client_secret="fout"),)
    _assert_refused(client, _log_in(client))


def test_the_log_tells_the_check_and_no_person(
    client: Client, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        _log_in(client)
    written = "\n".join(record.getMessage() for record in caplog.records)
    assert "login through police refused: account" in written
    assert "agent" not in written
    assert "s-1" not in written


def test_our_second_step_is_asked_unless_the_provider_proved_one(
    client: Client, provider: Provider, member: Membership
) -> None:
    TOTP.activate(member.user, "JBSWY3DPEHPK3PXP")
    answer = _log_in(client)
    assert answer["Location"] == "/account/2fa/authenticate/"
    assert not _is_in(client)
    provider.say(acr="high")
    strong = Client()
    assert _log_in(strong)["Location"] == "/"
    assert _is_in(strong)


def _request(client: Client) -> Any:
    return client.get("/account/organisation/").wsgi_request


def test_a_session_is_strong_only_when_the_provider_proved_a_second_factor(
    client: Client, provider: Provider, member: Membership
) -> None:
    _log_in(client)
    assert not oidc.session_has_strong_login(_request(client))
    client.post("/account/logout/")
    assert not oidc.session_has_strong_login(_request(client))
    provider.say(acr="high")
    _log_in(client)
    assert oidc.session_has_strong_login(_request(client))
    client.post("/account/logout/")
    member.user.set_password(PASSWORD)
    member.user.save()
    client.post("/account/login/", {"login": EMAIL, "password": PASSWORD})
    assert _is_in(client)
    assert not oidc.session_has_strong_login(_request(client))


def test_where_a_second_factor_is_required_that_of_the_provider_will_do(
    client: Client, provider: Provider, member: Membership, settings: Settings
) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    _log_in(client)
    assert client.get("/account/organisation/").status_code == 302
    client.post("/account/logout/")
    provider.say(acr="high")
    _log_in(client)
    assert client.get("/account/organisation/").status_code == 200


def test_a_strong_login_of_one_person_says_nothing_of_the_next_in_that_browser(
    client: Client, provider: Provider, member: Membership
) -> None:
    provider.say(acr="high")
    _log_in(client)
    other = User.objects.create_user("ander@test.example", display_name="B. Voorbeeld")
    client.force_login(other)
    assert not oidc.session_has_strong_login(_request(client))


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_after_logging_in_nobody_is_sent_to_another_site(
    client: Client, provider: Provider, member: Membership, target: str
) -> None:
    answer = _back(client, _at_provider(_away(client, next=target)))
    assert answer["Location"] == "/"


def test_the_button_is_there_only_for_a_configured_provider(
    client: Client, provider: Provider, settings: Settings
) -> None:
    assert "Aanbieder van de politie" in client.get("/account/login/").content.decode()
    settings.OIDC_PROVIDERS = ()
    page = client.get("/account/login/").content.decode()
    assert "oidc" not in page
    assert client.post(START).status_code == 404
    assert client.get(START + "callback/").status_code == 404


def test_starting_takes_a_post_with_a_token(provider: Provider) -> None:
    assert Client().get(START).status_code == 405
    assert Client(enforce_csrf_checks=True).post(START).status_code == 403


def test_starting_is_limited_for_each_place(client: Client, provider: Provider) -> None:
    with clock.at(clock.now()):
        for _ in range(60):
            client.get(START + "callback/")
        assert client.post(START).status_code == 429


@pytest.mark.django_db(transaction=True)
def test_with_a_real_browser_from_our_page_to_the_provider_and_back(
    live_server: LiveServer,
    new_page: Callable[..., Page],
    provider: Provider,
    member: Membership,
) -> None:
    provider.send_back_to(f"{live_server.url}/account/oidc/police/callback/")
    for script in [True, False]:
        page = new_page(java_script_enabled=script)
        page.goto(f"{live_server.url}/account/login/?next=/account/organisation/")
        if script:
            assert_accessible(page)
        page.get_by_role("button", name="Aanbieder van de politie").click()
        page.get_by_label("Naam").fill("agent")
        page.get_by_label("Wachtwoord").fill("x")
        page.get_by_role("button", name="Verder").click()
        page.wait_for_url(f"{live_server.url}/account/organisation/")
        assert "Politie Test" in page.content()
    provider.say(acr="low")
    page = new_page()
    page.goto(f"{live_server.url}/account/login/")
    page.get_by_role("button", name="Aanbieder van de politie").click()
    page.get_by_label("Naam").fill("agent")
    page.get_by_role("button", name="Verder").click()
    page.get_by_role("heading", name="U bent niet ingelogd").wait_for()
    assert_accessible(page)
