# SPDX-License-Identifier: EUPL-1.2
"""Outside the demo nobody works without a second factor."""

import subprocess
import sys
import time

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.test import Client
from pytest_django.fixtures import Settings

from middenstip.access import services
from middenstip.access.models import User
from tests.ground.test_settings import GOOD

pytestmark = pytest.mark.django_db
PASSWORD = "een lang verzonnen wachtwoord"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def _required(settings: Settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = True


@pytest.fixture
def person() -> User:
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


def code(secret: str = SECRET) -> str:
    """What the app shows now."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def _log_in(client: Client, **more: str) -> str:
    answer = client.post(
        "/account/login/", {"login": "agent@test.example", "password": PASSWORD, **more}
    )
    return str(answer["Location"])


def test_without_a_second_factor_only_setting_one_up_opens(
    client: Client, person: User
) -> None:
    assert _log_in(client) == "/"
    for path in ("/", "/cases/", "/account/organisation/", "/account/people/", "/law/"):
        assert client.get(path)["Location"].startswith("/account/2fa/?next="), path
    assert client.post("/notify/")["Location"] == "/account/2fa/"
    partial = client.get("/", headers={"HX-Request": "true"})
    assert partial["HX-Redirect"].startswith("/account/2fa/")
    for path in ("/account/2fa/", "/account/2fa/totp/activate/", "/account/2fa/webauthn/add/"):
        assert client.get(path).status_code == 200, path
    assert client.post("/account/language/", {"language": "en"}).status_code == 302
    assert client.post("/account/logout/").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_setting_up_an_app_lets_in_and_gives_recovery_codes(
    client: Client, person: User
) -> None:
    _log_in(client)
    secret = client.get("/account/2fa/totp/activate/").context["form"].secret
    answer = client.post("/account/2fa/totp/activate/", {"code": code(secret)})
    assert answer["Location"] == "/account/2fa/recovery-codes/"
    assert len(client.get("/account/2fa/recovery-codes/").context["unused_codes"]) == 10
    assert client.get("/account/organisation/").status_code == 200


def test_with_an_app_the_password_alone_does_not_log_in(client: Client, person: User) -> None:
    TOTP.activate(person, SECRET)
    assert _log_in(client) == "/account/2fa/authenticate/"
    assert client.get("/account/organisation/")["Location"].startswith("/account/login/")
    wrong = client.post("/account/2fa/authenticate/", {"code": "000000"})
    assert wrong.status_code == 200
    assert client.get("/account/organisation/").status_code == 302
    client.post("/account/2fa/authenticate/", {"code": code()})
    assert client.get("/account/organisation/").status_code == 200


def test_a_recovery_code_lets_in_once(person: User) -> None:
    TOTP.activate(person, SECRET)
    first = RecoveryCodes.activate(person).get_unused_codes()[0]
    for expected in (200, 302):
        client = Client()
        _log_in(client)
        client.post("/account/2fa/authenticate/", {"code": first})
        assert client.get("/account/organisation/").status_code == expected


def test_a_session_without_proof_is_asked_for_the_factor_that_exists(
    client: Client, person: User
) -> None:
    TOTP.activate(person, SECRET)
    client.force_login(person)
    answer = client.get("/account/organisation/")
    assert answer["Location"].startswith("/account/2fa/reauthenticate/?next=")
    client.post("/account/2fa/reauthenticate/", {"code": code()})
    assert client.get("/account/organisation/").status_code == 200


def test_who_knows_the_password_only_adds_no_factor_beside_the_one_that_exists(
    client: Client, person: User
) -> None:
    _log_in(client)
    assert client.get("/account/2fa/webauthn/add/").status_code == 200
    TOTP.activate(person, SECRET)
    for path in ("/account/2fa/webauthn/add/", "/account/2fa/"):
        assert client.get(path)["Location"].startswith("/account/2fa/reauthenticate/"), path


def test_the_proof_of_one_person_does_not_count_for_another(
    client: Client, person: User
) -> None:
    other = User.objects.create_user("ander@test.example", PASSWORD, display_name="B")
    client.force_login(person)
    session = client.session
    session["second_factor_of"] = str(other.pk)
    session.save()
    assert client.get("/account/organisation/").status_code == 302


def test_the_last_second_factor_stays_and_another_one_goes(
    client: Client, person: User
) -> None:
    app = TOTP.activate(person, SECRET).instance
    _log_in(client)
    client.post("/account/2fa/authenticate/", {"code": code()})
    client.post("/account/2fa/totp/deactivate/")
    assert Authenticator.objects.filter(pk=app.pk).exists()
    key = Authenticator.objects.create(
        user=person, type=Authenticator.Type.WEBAUTHN, data={"name": "Sleutel"}
    )
    client.post("/account/2fa/totp/deactivate/")
    assert not Authenticator.objects.filter(pk=app.pk).exists()
    for method in (client.get, client.post):
        answer = method(f"/account/2fa/webauthn/keys/{key.pk}/remove/")
        assert answer["Location"] == "/account/2fa/"
    assert Authenticator.objects.filter(pk=key.pk).exists()


def test_the_demo_does_without(client: Client, person: User, settings: Settings) -> None:
    client.force_login(person)
    assert client.get("/account/organisation/").status_code == 302
    settings.DEMO = True
    assert client.get("/account/organisation/").status_code == 200


@pytest.mark.parametrize("name", ["production", "development"])
def test_access_e002_when_it_is_switched_off_outside_demo_and_tests(name: str) -> None:
    code = (
        "import django; from django.conf import settings; django.setup();"
        "settings.SECOND_FACTOR_REQUIRED = False;"
        "from django.core.checks import run_checks;"
        "print([m.id for m in run_checks()])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code],
        env={
            **GOOD,
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": ":".join(sys.path),
            "DJANGO_SETTINGS_MODULE": f"middenstip.settings.{name}",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.stdout.strip() == "['access.E002']", answer.stderr


def test_the_database_holds_no_secret_of_a_second_factor_that_can_be_used(
    person: User,
) -> None:
    """Who takes the database alone can make no codes with it."""
    TOTP.activate(person, SECRET)
    stored = Authenticator.objects.get(user=person).data["secret"]
    assert SECRET not in stored
    assert get_adapter().decrypt(stored) == SECRET
