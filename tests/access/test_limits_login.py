# SPDX-License-Identifier: EUPL-1.2
"""Guessing passwords and codes gets slow; the owner of an account always gets in."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.http import HttpResponse
from django.test import Client

from middenstip import clock
from middenstip.access import limits_login, services
from middenstip.access.models import User

pytestmark = pytest.mark.django_db
PASSWORD = "een lang verzonnen wachtwoord"
START = datetime(2026, 11, 23, 9, tzinfo=UTC)
OWNER, STRANGER, COLLEAGUE = "192.0.2.1", "198.51.100.7", "203.0.113.5"


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with clock.at(START):
        yield


@pytest.fixture
def user() -> User:
    organisation = services.create_organisation(actor=None, kind="police", name="Politie Test")
    membership = services.add_member(
        actor=None,
        organisation_id=organisation.id,
        email="agent@test.example",
        display_name="A. Voorbeeld",
    )
    membership.user.set_password(PASSWORD)
    membership.user.save()
    return membership.user


def _try(
    client: Client, password: str, ip: str, email: str = "agent@test.example"
) -> HttpResponse:
    return client.post(
        "/account/login/", {"login": email, "password": password}, REMOTE_ADDR=ip
    )


def _guess(times: int, ip: str, email: str = "agent@test.example") -> HttpResponse:
    stranger = Client()
    for _ in range(times):
        answer = _try(stranger, "verkeerd", ip, email)
    return answer


def test_the_fifth_wrong_password_from_one_place_makes_the_next_wait(user: User) -> None:
    assert _guess(5, STRANGER).status_code == 200
    refused = _try(Client(), PASSWORD, STRANGER)
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) == 30
    page = refused.content.decode()
    assert "10:01" in page
    assert 'value="agent@test.example"' in page
    assert "verkeerd" not in page
    with clock.at(START + timedelta(seconds=31)):
        assert _try(Client(), PASSWORD, STRANGER).status_code == 302


def test_a_colleague_behind_the_same_address_still_gets_in(user: User) -> None:
    _guess(5, STRANGER, "ander@test.example")
    assert _try(Client(), PASSWORD, STRANGER).status_code == 302


def test_a_stranger_does_not_lock_out_the_owner_elsewhere(user: User) -> None:
    _guess(12, STRANGER)
    assert _try(Client(), PASSWORD, OWNER).status_code == 302


def test_a_flood_from_everywhere_does_not_lock_out_a_device_of_the_owner(user: User) -> None:
    owner = Client()
    assert _try(owner, PASSWORD, OWNER).status_code == 302
    owner.post("/account/logout/")
    for place in range(30):
        _guess(1, f"198.51.100.{place}")
    _guess(5, OWNER)
    assert _try(Client(), PASSWORD, "203.0.113.77").status_code == 429
    assert _try(owner, PASSWORD, OWNER).status_code == 302


def test_a_flood_on_one_account_slows_a_new_device_down_and_no_more(user: User) -> None:
    for place in range(30):
        _guess(1, f"198.51.100.{place}")
    assert _try(Client(), PASSWORD, OWNER).status_code == 429
    with clock.at(START + timedelta(minutes=11)):
        assert _try(Client(), PASSWORD, OWNER).status_code == 302


def test_a_device_that_guesses_itself_waits(user: User) -> None:
    device = Client()
    _try(device, PASSWORD, OWNER)
    device.post("/account/logout/")
    for _ in range(5):
        _try(device, "verkeerd", OWNER)
    assert _try(device, PASSWORD, OWNER).status_code == 429


def test_one_place_that_guesses_at_many_addresses_waits(user: User) -> None:
    for number in range(41):
        _guess(1, STRANGER, f"p{number}@test.example")
    assert _try(Client(), PASSWORD, STRANGER).status_code == 429
    assert _try(Client(), PASSWORD, COLLEAGUE).status_code == 302


def test_who_logs_in_between_guesses_at_others_wipes_nothing_for_those(user: User) -> None:
    User.objects.create_user("slecht@test.example", PASSWORD, display_name="B. Voorbeeld")
    for _ in range(4):
        _guess(1, STRANGER)
        _try(Client(), PASSWORD, STRANGER, "slecht@test.example")
    _guess(1, STRANGER)
    assert _try(Client(), PASSWORD, STRANGER).status_code == 429


def _cookie(client: Client) -> Any:
    return client.cookies[limits_login.device_cookie_name()]


def test_the_cookie_of_a_device_is_signed_for_one_account_and_names_nobody(user: User) -> None:
    client = Client()
    _try(client, "verkeerd", OWNER)
    assert limits_login.device_cookie_name() not in client.cookies
    _try(client, PASSWORD, OWNER)
    cookie = _cookie(client)
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert "agent" not in cookie.value
    assert str(user.pk) not in cookie.value


@pytest.mark.parametrize(
    "change", [lambda v: v[:-2], lambda v: "x" + v, lambda v: "", lambda v: "\x7f"]
)
def test_a_changed_cookie_makes_no_known_device(user: User, change: Any) -> None:
    client = Client()
    _try(client, PASSWORD, OWNER)
    client.post("/account/logout/")
    client.cookies[limits_login.device_cookie_name()] = change(_cookie(client).value)
    for place in range(30):
        _guess(1, f"198.51.100.{place}")
    assert _try(client, PASSWORD, OWNER).status_code == 429


def test_the_cookie_of_another_account_helps_nothing(user: User) -> None:
    User.objects.create_user("slecht@test.example", PASSWORD, display_name="B. Voorbeeld")
    stranger = Client()
    _try(stranger, PASSWORD, STRANGER, "slecht@test.example")
    stranger.post("/account/logout/")
    for _ in range(5):
        _try(stranger, "verkeerd", STRANGER)
    assert _try(stranger, PASSWORD, STRANGER).status_code == 429


@pytest.mark.parametrize("times", [1, 6])
def test_the_answer_tells_not_whether_an_address_has_an_account(user: User, times: int) -> None:
    known = _guess(times, STRANGER)
    unknown = _guess(times, COLLEAGUE, "nobody@test.example")

    def plain(answer: HttpResponse, email: str) -> str:
        import re

        page = answer.content.decode().replace(email, "E")
        return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)

    assert known.status_code == unknown.status_code
    assert plain(known, "agent@test.example") == plain(unknown, "nobody@test.example")


def test_an_unknown_address_costs_as_much_hashing_as_a_known_one(user: User) -> None:
    counts = []
    for email in ["agent@test.example", "nobody@test.example"]:
        encode = MD5PasswordHasher.encode
        with patch.object(
            MD5PasswordHasher, "encode", autospec=True, side_effect=encode
        ) as hashed:
            _guess(1, STRANGER, email)
        counts.append(hashed.call_count)
    assert counts[0] == counts[1] == 1


def test_password_mails_to_one_address_are_limited_for_known_and_unknown(user: User) -> None:
    for email in ["agent@test.example", "nobody@test.example"]:
        for _ in range(5):
            answer = Client().post("/account/password/reset/", {"email": email})
            assert answer.status_code == 302
        answer = Client().post("/account/password/reset/", {"email": email.upper()})
        assert answer.status_code == 429
        assert f'value="{email.upper()}"' in answer.content.decode()
    assert len(mail.outbox) == 5


def test_codes_of_the_second_step_are_limited_per_account(user: User) -> None:
    secret = "JBSWY3DPEHPK3PXP"
    TOTP.activate(user, secret)
    assert Authenticator.objects.filter(user=user).exists()
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    for place in range(5):
        guesser = Client()
        _try(guesser, PASSWORD, f"198.51.100.{place}")
        answer = guesser.post("/account/2fa/authenticate/", {"code": "000000"})
        assert answer.status_code == 200
    late = Client()
    _try(late, PASSWORD, STRANGER)
    answer = late.post("/account/2fa/authenticate/", {"code": code})
    assert answer.status_code == 429
    assert "_auth_user_id" not in late.session
