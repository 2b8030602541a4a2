# SPDX-License-Identifier: EUPL-1.2
"""Who looked, the form for the government's log, and the command."""

import json
import stat
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.utils import translation
from typer.testing import CliRunner

from middenstip import clock
from middenstip.access.actors import Actor
from middenstip.audit.command import app
from middenstip.audit.ldv import export_ldv, subject
from middenstip.audit.looks import collecting, looked
from middenstip.audit.models import Anchor, ReadEntry
from middenstip.audit.selectors import looks_at_case
from tests.audit.log import DAY, close, somebody, tamper, write

pytestmark = pytest.mark.django_db
CASE = UUID("44444444-4444-4444-8444-444444444444")


def anybody(actor: Actor, case_id: UUID) -> bool:
    return True


def test_who_looked_is_told_newest_first_alone_or_in_a_list() -> None:
    one, two = somebody(), somebody("investigation")
    looked(actor=one, case_id=CASE, categories=["care"], operation="desk:case")
    looked(actor=one, case_id=uuid4(), categories=["care"])
    looked(actor=two, cases=[uuid4(), CASE], categories=["status"])
    found = looks_at_case(actor=one, case_id=CASE, may_ask=anybody)
    assert [(look.user_id, look.kind, look.purpose) for look in found] == [
        (two.user_id, "list", "investigation"),
        (one.user_id, "ordinary", "care"),
    ]
    older = looks_at_case(actor=one, case_id=CASE, before=found[0].id, limit=1, may_ask=anybody)
    assert older == found[1:]


def test_who_may_not_ask_is_told_nothing() -> None:
    looked(actor=somebody(), case_id=CASE, categories=["care"])
    with pytest.raises(PermissionDenied):
        looks_at_case(actor=somebody(), case_id=CASE, may_ask=lambda actor, case: False)


def lines() -> list[dict[str, Any]]:
    today = clock.today()
    return list(export_ldv(since=today, until=today))


def attributes(line: dict[str, Any]) -> dict[str, str]:
    return {pair["key"]: pair["value"] for pair in line["attributes"]}


def test_the_export_has_the_fields_of_the_standard_and_neither_user_nor_case() -> None:
    actor = somebody()
    with collecting("desk:case"):
        looked(actor=actor, case_id=CASE, categories=["care"])
    (line,) = lines()
    entry = ReadEntry.objects.get()
    assert set(line) == {
        "trace_id", "span_id", "status_code", "name", "start_time", "end_time", "resource",
        "attributes",
    }  # fmt: skip
    assert bytes.fromhex(line["trace_id"]) == entry.trace.bytes
    assert len(bytes.fromhex(line["span_id"])) == 8
    assert (line["name"], line["status_code"]) == ("desk:case", 0)
    assert line["end_time"] == int(entry.at.timestamp() * 1000) >= line["start_time"]
    assert attributes(line) == {
        "dpl.core.processing_activity_id": "https://register.example/care",
        "dpl.core.data_subject_id": subject(CASE),
        "dpl.core.data_subject_id_type": "middenstip-case-pseudonym",
    }
    whole = json.dumps(line)
    for secret in (CASE, actor.user_id, actor.organisation_id):
        assert str(secret) not in whole
        assert secret.hex not in whole


def test_each_person_in_a_list_has_a_line_of_its_own_under_the_look() -> None:
    cases = [uuid4() for _ in range(3)]
    looked(actor=somebody(), cases=cases, categories=["status"])
    whole, *each = lines()
    assert "dpl.core.data_subject_id" not in attributes(whole)
    assert {line["parent_span_id"] for line in each} == {whole["span_id"]}
    assert {attributes(line)["dpl.core.data_subject_id"] for line in each} == {
        subject(case) for case in cases
    }
    assert len({line["span_id"] for line in (whole, *each)}) == 4


def test_what_failed_has_the_status_of_an_error() -> None:
    with collecting() as collector:
        looked(actor=somebody(), case_id=CASE, categories=["care"])
        collector.failed = True
    assert [line["status_code"] for line in lines()] == [2]


def test_the_pseudonym_depends_on_our_key(settings: object) -> None:
    before = subject(CASE)
    assert subject(CASE) == before
    settings.SECRET_KEY = "another"  # type: ignore[attr-defined]
    assert subject(CASE) != before


def test_without_a_register_there_is_no_export(settings: object) -> None:
    settings.PROCESSING_REGISTER = ""  # type: ignore[attr-defined]
    with pytest.raises(ImproperlyConfigured, match="PROCESSING_REGISTER"):
        export_ldv(since=DAY, until=DAY)


# The command.


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.stdout, result.stderr


def test_verify_ends_with_0_when_intact_and_with_1_and_the_break_when_not() -> None:
    write(CASE, number=3)
    close(DAY)
    status, out, err = run("verify")
    assert (status, out) == (0, "")
    assert "intact: 3 entries" in err
    tamper("UPDATE audit_readentry SET purpose = 'x' WHERE seq = 2")
    status, out, _ = run("verify", "--case", str(CASE))
    assert status == 1
    assert out.startswith(f"chain {CASE}, entry 2: changed:")
    assert run("verify", "--from", "2026-03-03")[0] == 0


def test_verify_compares_with_an_anchor_kept_elsewhere() -> None:
    write(CASE)
    close(DAY)
    kept = bytes(Anchor.objects.get().hash).hex()
    assert run("verify", "--anchor", kept, "--day", "2026-03-02")[0] == 0
    status, out, _ = run("verify", "--anchor", "0" * 64, "--day", "2026-03-02")
    assert status == 1
    assert "anchor of 2026-03-02: rewritten" in out


@pytest.mark.parametrize(
    "arguments",
    [
        ["verify", "--anchor", "0" * 64],
        ["verify", "--day", "2026-03-02"],
        ["verify", "--anchor", "zz", "--day", "2026-03-02"],
        ["verify", "--case", str(CASE)],
        ["verify", "--case", "nobody"],
        ["verify", "--from", "2026-03-02", "--to", "2026-03-01"],
        ["verify", "--from", "yesterday"],
        ["anchor", "--day", "2020-01-01"],
        ["export", "--from", "2026-03-02", "--to", "2026-03-01", "-"],
        ["export", "--from", "2026-03-02", "--to", "2026-03-02", "/nowhere/log.jsonl"],
    ],
)
def test_wrong_use_ends_with_2(arguments: list[str]) -> None:
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert err


def test_the_anchor_of_yesterday_is_printed_to_be_kept_elsewhere() -> None:
    status, out, _ = run("anchor")
    anchor = Anchor.objects.get()
    assert status == 0
    assert out == (
        f"{clock.today() - timedelta(days=1)} {bytes(anchor.hash).hex()} entries=0 last=0\n"
    )


def test_count_tells_how_much_there_is() -> None:
    write(CASE, number=2)
    write(uuid4(), cases=[CASE])
    assert run("count")[1].split() == [
        "entries", "3", "ordinary", "2", "list", "1", "export", "0", "break_glass", "0",
        "chains", "2", "anchors", "0",
    ]  # fmt: skip
    assert run("count", "--to", "2026-03-01")[1].splitlines()[0] == "entries 0"


def test_export_writes_a_new_file_for_its_owner_only_and_replaces_none(tmp_path: Path) -> None:
    write(CASE, number=2)
    target = tmp_path / "log.jsonl"
    arguments = ["export", "--from", "2026-03-02", "--to", "2026-03-02", str(target)]
    assert run(*arguments)[0] == 0
    assert [json.loads(line)["name"] for line in target.read_text().splitlines()] == [
        "desk:case",
        "desk:case",
    ]
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert run(*arguments)[0] == 2
    assert len(target.read_text().splitlines()) == 2


def test_the_page_without_an_answer_is_in_dutch_and_english() -> None:
    from django.template.loader import render_to_string

    for language, title in (
        ("nl", "Dit kunnen we nu niet laten zien"),
        ("en", "We cannot show"),
    ):
        with translation.override(language):
            assert title in render_to_string("audit/unavailable.html")
