# SPDX-License-Identifier: EUPL-1.2
"""A stolen dump of the database, a log file and the mails tell nobody who somebody is.

The register is filled through the doors with words that occur nowhere else; none of them may
stand in the dump, also not in another spelling, encoding or order.
"""

import base64
import logging
import os
import subprocess

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from middenstip.access.models import User
from middenstip.database.embedded import EmbeddedServer
from middenstip.pack.load import load_pack
from middenstip.thread.country import VERDICTS
from middenstip.thread.models import Person
from middenstip.thread.review_mail import mail_managers
from tests.walls.register import SECRETS, Register, filled

pytestmark = pytest.mark.django_db(transaction=True)
DAYS = {"birth_date", "turned_18"}
# Where each free text of an event is filled in `register`; a new one must be added there.
FREE_TEXTS = {
    "protective_measure_taken.reason",
    "case_dismissed.reason",
    "emergency_bed_started.reason",
}
# Drawn by the program, and sealed so that two threads cannot be laid side by side by them.
MARKS = {f"{name}.mark" for name in VERDICTS}


def forms_of(name: str, value: str) -> set[bytes]:
    """A value in every form in which it might have been written down."""
    texts = {value, value.upper(), value.lower(), value[::-1]}
    if name in DAYS:
        year, month, day = value.split("-")
        texts = {
            value, f"{year}{month}{day}", f"{day}-{month}-{year}", f"{day}/{month}/{year}",
            f"{day}{month}{year}", f"{month}/{day}/{year}", f"{year}/{month}/{day}",
        }  # fmt: skip
    if "phone" in name:
        texts |= {value[1:], f"{value[:2]}-{value[2:]}", f"{value[1]} {value[2:]}"}
    forms = {text.encode() for text in texts}
    for text in (value, value.lower(), value.upper()):
        forms.add(text.encode().hex().encode())
        for start in range(3):  # base64 of a text looks different by where it begins
            coded = base64.b64encode(b"\0" * start + text.encode())
            forms.add(coded[4:-4] if start else coded[: len(coded) - 4])
    return {form for form in forms if len(form) >= 7}


def found_in(haystack: bytes) -> list[str]:
    """The names of the values that stand in it, in any form."""
    return [
        name
        for name, value in SECRETS.items()
        if any(form in haystack for form in forms_of(name, value))
    ]


def dump() -> bytes:
    """The whole database as text, made with the pg_dump that comes with the program."""
    program = EmbeddedServer.of(os.environ).client("pg_dump") or "pg_dump"
    here = connection.settings_dict
    environ = os.environ | {"PGPASSWORD": here["PASSWORD"] or ""}
    command = [program, "--no-owner", "--host", here["HOST"], "--username", here["USER"]]
    command += ["--port", str(here["PORT"])] if here["PORT"] else []
    made = subprocess.run([*command, here["NAME"]], capture_output=True, env=environ)
    assert made.returncode == 0, made.stderr.decode()
    return made.stdout


@pytest.fixture
def register(caplog: pytest.LogCaptureFixture) -> Register:
    caplog.set_level(logging.DEBUG)
    return filled()


def _browse(register: Register) -> None:
    """Look for and at the person as people do, and get some things wrong."""
    client = Client()
    client.force_login(User.objects.get(pk=register.chain.police.user_id))
    case = f"/cases/{register.case_id}/"
    assert SECRETS["given_name"] in client.get(f"{case}person/").content.decode()
    page = client.get(case)
    assert page.status_code == 200
    for words in (SECRETS["family_name"], SECRETS["phone"], SECRETS["birth_date"], "Niemand"):
        client.post("/cases/", {"words": words})
        client.post("/api/v1/cases/_search", {"words": words}, content_type="application/json")
        client.get(f"/cases/{words}/")
    client.post(f"{case}record/emergency_bed_started/", {"reason": SECRETS["bed_reason"]})
    client.post(f"{case}override/", {"text": SECRETS["override_reason"]})
    client.post("/cases/break-glass/", {"text": SECRETS["glass_reason"], "pseudonym": "x"})


def test_every_free_text_of_the_pack_is_filled_in() -> None:
    assert {
        f"{name}.{field}"
        for name, event in load_pack("nl").events.items()
        for field, each in event.fields.items()
        if each.type == "text" or each.identifying
    } - MARKS == FREE_TEXTS
    facts = load_pack("nl").facts
    assert {name for name, fact in facts.items() if fact.identifying} == {
        "birth_date", "turns_18_on", "prepare_18_on",
    }  # fmt: skip


def test_a_dump_tells_nobody_who_somebody_is(
    register: Register, caplog: pytest.LogCaptureFixture
) -> None:
    _browse(register)
    stolen = dump()
    assert register.pseudonym.encode() in stolen, "the dump holds what is not secret"
    assert b"reflection_period_offered" in stolen
    assert found_in(stolen) == []
    # One plain value slipped in is found, so the search does look where values stand.
    Person.objects.filter(pk=register.person_id).update(pseudonym=SECRETS["alias"].upper())
    assert found_in(dump()) == ["alias"]


def test_logs_and_mails_tell_nobody_who_somebody_is(
    register: Register, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    asked_for = len(caplog.records)
    _browse(register)
    mail_managers(
        organisation_ids=[
            register.chain.coordination_point.organisation_id,
            register.chain.shelter.organisation_id,
        ]
    )
    assert len(caplog.records) > asked_for
    # The address that was asked for stands in the log of a mistyped address, as in any server;
    # a person's words are never part of an address that the program makes.
    logged = "\n".join(
        record.getMessage() + str(record.exc_info or "")
        for record in caplog.records
        if not record.getMessage().startswith("Not Found: /cases/")
    )
    assert found_in(logged.encode()) == []
    sent = "\n".join(message.message().as_string() for message in mail.outbox)
    assert found_in(sent.encode()) == []
    assert register.pseudonym not in sent


@pytest.mark.parametrize("name", ["given_name", "phone", "birth_date"])
def test_the_search_of_this_test_finds_other_spellings(name: str) -> None:
    value = SECRETS[name]
    for hidden in (
        value.encode(),
        value.encode().hex().encode(),
        base64.b64encode(b'{"a": "' + value.encode() + b'"}'),
        base64.b64encode(b"xx" + value.encode() + b"yyyy"),
    ):
        assert found_in(b"before " + hidden + b" after") == [name], hidden
    if name == "birth_date":
        assert found_in(b"29-03-1997") == [name]


def test_what_a_dump_does_tell_of_a_day_of_birth_is_known() -> None:
    """The day on which these are due stands open, as worklists are sorted by it, and follows
    from the day of birth. Of a child in protected shelter a dump so tells the birthday, under a
    pseudonym. Whoever lets another duty or deviation follow from it must weigh that first.
    """
    pack = load_pack("nl")
    identifying = {name for name, fact in pack.facts.items() if fact.identifying}
    told = {
        name
        for name, each in [*pack.duties.items(), *pack.flags.items()]
        if any(f"'{fact}'" in repr(each) for fact in identifying)
    }
    assert told == {"leave_protected_reception", "prepare_turning_18", "R-57-overstay"}
