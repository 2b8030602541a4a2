# SPDX-License-Identifier: EUPL-1.2
"""A provider is configured completely and safely, or the program does not start."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from middenstip.access.oidc_config import read


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    secret = tmp_path / "secret"
    secret.write_text("geheim\n")
    return {
        "MIDDENSTIP_OIDC": "police",
        "MIDDENSTIP_OIDC_POLICE_NAME": "Politie",
        "MIDDENSTIP_OIDC_POLICE_ISSUER": "https://login.politie.example/",
        "MIDDENSTIP_OIDC_POLICE_CLIENT_ID": "middenstip",
        "MIDDENSTIP_OIDC_POLICE_CLIENT_SECRET_FILE": str(secret),
        "MIDDENSTIP_OIDC_POLICE_EMAIL_DOMAINS": "Politie.example, test.example",
        "MIDDENSTIP_OIDC_POLICE_ACR": "substantial, high",
        "MIDDENSTIP_OIDC_POLICE_MFA_ACR": "high",
    }


def test_without_the_variable_there_are_no_providers() -> None:
    assert read({}) == ()


def test_a_complete_provider_is_read_and_its_secret_shows_nowhere(
    environ: dict[str, str],
) -> None:
    (provider,) = read(environ)
    assert provider.issuer == "https://login.politie.example"
    assert provider.acr == ("substantial", "high")
    assert provider.mfa_acr == {"high"}
    assert provider.email_domains == {"politie.example", "test.example"}
    assert provider.client_secret == "geheim"
    assert "geheim" not in repr(provider)


@pytest.mark.parametrize(
    "name", ["NAME", "ISSUER", "CLIENT_ID", "CLIENT_SECRET_FILE", "EMAIL_DOMAINS", "ACR"]
)
def test_what_is_missing_is_named(environ: dict[str, str], name: str) -> None:
    del environ[f"MIDDENSTIP_OIDC_POLICE_{name}"]
    with pytest.raises(ImproperlyConfigured, match=f"MIDDENSTIP_OIDC_POLICE_{name}"):
        read(environ)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("", "police,police"),
        ("", "Police-1"),
        ("_POLICE_ISSUER", "http://login.politie.example"),
        ("_POLICE_ISSUER", "https://user:pass@login.politie.example"),
        ("_POLICE_ISSUER", "login.politie.example"),
        ("_POLICE_ISSUER", "https://["),
        ("_POLICE_MFA_ACR", "other"),
        ("_POLICE_CLIENT_SECRET_FILE", "/does/not/exist"),
        ("_POLICE_CLIENT_SECRET_FILE", "/dev/null"),
    ],
)
def test_what_is_wrong_is_refused(environ: dict[str, str], name: str, value: str) -> None:
    environ[f"MIDDENSTIP_OIDC{name}"] = value
    with pytest.raises(ImproperlyConfigured, match="MIDDENSTIP_OIDC"):
        read(environ)
