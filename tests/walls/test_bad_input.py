# SPDX-License-Identifier: EUPL-1.2
"""Forged purposes and sessions, forms sent twice, and a wrong master key change nothing.

Elsewhere: posts from other sites, tampered cookies and absurd values in `test_hard_inputs`; ids
of others in every address in `test_walk`; invitations that ended in `tests/access`; a rotation
that was stopped halfway, with both keys given, in `tests/vault/test_rotation.py`.
"""

import hashlib
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client

from middenstip import clock
from middenstip.access.actors import Actor
from middenstip.access.selectors import PURPOSE_KEY, SESSION_KEY
from middenstip.thread.models import Case, Consent, Event, Involvement, Override
from tests.thread.chain import Chain, member
from tests.vault.conftest import command, fresh, give  # noqa: F401 - fixtures
from tests.walls.test_database import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def chain(db: None) -> Chain:
    return Chain()


@pytest.fixture
def case(chain: Chain) -> UUID:
    return chain.notified().case_id


# --- Purposes and organisations that one does not have -------------------------------------

FORGED = ["investigate", "save_life", "report_extent", "own_record", "", "x" * 5_000,
          "' OR 1=1 --", "investigate,give_shelter", "\x00"]  # fmt: skip


def tampered(actor: Actor, key: str, value: Any) -> Client:
    """A client in whose session somebody wrote a value past the program."""
    client = client_of(actor)
    session = client.session
    session[key] = value
    session.save()
    return client


@pytest.mark.parametrize("purpose", FORGED)
def test_a_purpose_written_into_the_session_opens_nothing(
    chain: Chain, case: UUID, purpose: str
) -> None:
    if purpose == "\x00":
        purpose = "investigate\u0000"
    client = tampered(chain.shelter, PURPOSE_KEY, purpose)
    assert client.get(f"/cases/{case}/").status_code == 404
    assert client.get("/api/v1/cases").json()["count"] == 0


@pytest.mark.parametrize("purpose", FORGED)
def test_a_purpose_that_one_does_not_have_cannot_be_chosen(
    chain: Chain, case: UUID, purpose: str
) -> None:
    client = client_of(chain.shelter)
    answer = client.post("/account/purpose/", {"purpose": purpose})
    assert answer.status_code < 500
    assert client.session.get(PURPOSE_KEY) in {None, "give_shelter"}
    assert client.get(f"/cases/{case}/").status_code == 404


@pytest.mark.parametrize(
    "forged", ["", "x", "0", "11111111-1111-4111-8111-111111111111", "police"]
)
def test_an_organisation_written_into_the_session_is_not_acted_for(
    chain: Chain, case: UUID, forged: str
) -> None:
    value = str(chain.police.organisation_id) if forged == "police" else forged
    client = tampered(chain.shelter, SESSION_KEY, value)
    assert client.get(f"/cases/{case}/").status_code in {302, 404}
    assert client.get("/api/v1/cases").json().get("count", 0) == 0


def test_a_session_of_a_purpose_that_ended_sees_nothing_more(chain: Chain, case: UUID) -> None:
    client = client_of(chain.police)
    assert client.get(f"/cases/{case}/").status_code == 200
    Involvement.objects.filter(organisation_id=chain.police.organisation_id).update(
        until=clock.now()
    )
    assert client.get(f"/cases/{case}/").status_code == 404


# --- A form that is sent twice -------------------------------------------------------------


def _counts() -> tuple[int, ...]:
    return tuple(
        model.objects.count() for model in (Case, Event, Consent, Involvement, Override)
    )


def _fields(page: Any) -> dict[str, str]:
    """The hidden fields of the form on a page, as a browser sends them back."""
    import re

    return dict(
        re.findall(
            r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', page.content.decode()
        )
    )


def test_an_event_sent_twice_is_recorded_once(chain: Chain, case: UUID) -> None:
    client, path = client_of(chain.police), f"/cases/{case}/record/rights_explained/"
    form = _fields(client.get(path)) | {
        "by": "police", "language": "en", "interpreter": "yes",
        "on": clock.today().isoformat(), "on_0": str(clock.today().day),
        "on_1": str(clock.today().month), "on_2": str(clock.today().year),
    }  # fmt: skip
    before = _counts()
    first = client.post(path, form)
    assert first.status_code == 302, "the form was not accepted"
    once = _counts()
    assert once[1] == before[1] + 1
    again = client.post(path, form)
    assert again.status_code in {302, 409, 422}
    assert _counts() == once


def test_a_withdrawal_sent_twice_is_one_withdrawal(chain: Chain, case: UUID) -> None:
    from middenstip.thread import consents, sharing
    from tests.walls.register import yes

    ngo = member("ngo")
    consent_id = consents.record_consent(
        actor=chain.police, case_id=case, consent=yes(ngo, "help", "identity", "care")
    )
    sharing.share(
        actor=chain.police, case_id=case, organisation_id=ngo.organisation_id,
        consent_id=consent_id,
    )  # fmt: skip
    client, path = client_of(chain.police), f"/cases/{case}/consent/{consent_id}/withdraw/"
    today = clock.today()
    form = _fields(client.get(path)) | {
        "on": today.isoformat(), "on_0": str(today.day), "on_1": str(today.month),
        "on_2": str(today.year),
    }  # fmt: skip
    assert client.post(path, form).status_code == 302
    once = _counts()
    assert client.post(path, form).status_code in {302, 404, 409}
    assert _counts() == once
    assert client_of(ngo).get(f"/cases/{case}/").status_code == 404


# --- The wrong master key ------------------------------------------------------------------


def _state() -> str:
    """One hash over all that a wrong key could spoil."""
    found = hashlib.sha256()
    with connection.cursor() as cursor:
        for table in ("thread_event", "thread_casestate", "thread_identity", "thread_dutyrun",
                      "vault_personkey", "vault_secret", "vault_token"):  # fmt: skip
            cursor.execute(f"SELECT t::text FROM {table} t ORDER BY 1")  # noqa: S608
            found.update(repr(cursor.fetchall()).encode())
    return found.hexdigest()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "arguments",
    [("thread", "rebuild"), ("thread", "rebuild", "--check"), ("worker", "--once"),
     ("serve", "--port", "1")],
    ids=" ".join,
)  # fmt: skip
@pytest.mark.usefixtures("fresh")
def test_with_a_wrong_master_key_nothing_starts_and_nothing_changes(
    arguments: tuple[str, ...],
) -> None:
    Chain().notified()
    before = _state()
    answer = command(*arguments, keys=(2,), MIDDENSTIP_DB_ROLE="worker")
    assert answer.returncode == 2, answer.stderr
    assert "Traceback" not in answer.stderr
    assert "master key" in answer.stderr.strip().splitlines()[-1]
    assert _state() == before
