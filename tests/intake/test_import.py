# SPDX-License-Identifier: EUPL-1.2
"""The command `middenstip import`: what comes in, what does not, and why."""

import csv
import io
import json
import os
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from middenstip import cli, clock
from middenstip.access.acting import acting
from middenstip.access.actors import Actor
from middenstip.access.models import User
from middenstip.intake import importing, readers
from middenstip.intake.models import ImportedRow
from middenstip.thread import selectors as thread
from middenstip.thread.models import Case, DutyRun, Event, Identity

pytestmark = pytest.mark.django_db
Make = Callable[..., Actor]

GOOD: dict[str, str] = {
    "cas_IncomingReferralDate": "2014-07-17",
    "org_Type": "LawEnforcement",
    "con_Consent": "false",
    "prs_FirstName": "Proef",
    "prs_MiddleName": "van",
    "prs_SecondName": "Persoon",
    "prs_Birthdate": "1992-02-29",
    "prs_Gender": "Feminine",
    "prs_Citizenship": "ROU;NG",
    "prs_PrimaryLanguage": "rum",
    "prs_MobilePhone": "00 31 6-0000 0000",
    "vic_TraffickingStatus": "PossibleVictimOfTrafficking",
    "vic_TypeOfExploitation": "SexualExploitation;ForcedBegging",
    "x_ForcedCriminality": "yes",
    "hte_Type": "Exploitation",
    "hte_Country": "NLD",
}


@pytest.fixture
def point(actor_of: Make) -> Actor:
    return actor_of("coordination_point")


@pytest.fixture
def bring(tmp_path: Path, point: Actor, capsys: pytest.CaptureFixture[str]) -> Any:
    """Write a file and import it; returns exit status, standard output and standard error."""

    def run(content: Any, *options: str, name: str = "file.csv") -> tuple[int, str, str]:
        path = tmp_path / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        elif isinstance(content, str):
            path.write_text(content, encoding="utf-8", newline="")
        elif content is not None:
            path.write_text(as_csv(content), encoding="utf-8", newline="")
        status = cli.run(["import", str(path), "--lang", "en", *options])
        told = capsys.readouterr()
        return status, told.out, told.err

    return run


def as_csv(rows: list[dict[str, str]], delimiter: str = ",") -> str:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    stream = io.StringIO()
    writer = csv.DictWriter(stream, columns, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def only_case(point: Actor) -> Any:
    case = Case.objects.get()
    return thread.assessment_of(actor=point, case_id=case.pk), case.pk


def test_a_notification_comes_in_is_assessed_and_visible(bring: Any, point: Actor) -> None:
    status, out, _err = bring([GOOD])
    assert status == 0
    assert "1 added" in out
    seen, case_id = only_case(point)
    events = [
        (event.type, event.on)
        for event in thread.thread_of(actor=point, case_id=case_id)
        if event.type != "facts_recorded"
    ]
    assert events == [
        ("indication_seen", date(2014, 7, 17)),
        ("notified", date(2014, 7, 17)),
    ]
    assert set(seen.facts["exploitation_forms"]) == {"sexual", "begging", "criminal"}
    assert set(seen.facts["nationalities"]) == {"RO", "NG"}
    assert seen.facts["sex"] == "female"
    assert seen.facts["birth_date"] == date(1992, 2, 29)
    # Stored, but not for the purpose for which the coordination point looks here.
    assert Event.objects.filter(fields__facts__preferred_language="ro").exists()
    assert "preferred_language" not in seen.facts
    assert seen.facts["exploited_in_netherlands"] is True
    identity = thread.identity_of(actor=point, case_id=case_id)
    assert identity is not None
    assert (identity.given_name, identity.family_name) == ("Proef van", "Persoon")
    assert identity.phone == "+31600000000"
    assert DutyRun.objects.filter(case_id=case_id, duty="explain_rights").exists()


def test_who_recorded_it_is_the_import_and_it_cannot_log_in(bring: Any, point: Actor) -> None:
    bring([GOOD])
    recorder = User.objects.get(pk=Event.objects.values_list("recorded_by", flat=True)[0])
    assert recorder.email == f"import.{point.organisation_id}@middenstip.invalid"
    assert not recorder.has_usable_password()


@pytest.mark.parametrize(
    "write",
    [
        lambda row: json.dumps([row]),
        lambda row: json.dumps({"standard": "HTCDS", "records": [row], "n": {"a": [1]}}),
        lambda row: json.dumps([{**row, "prs_Citizenship": ["ROU", "NG"]}]),
        lambda row: as_csv([row], ";"),
        lambda row: as_csv([row], "\t"),
        lambda row: b"\xef\xbb\xbf" + as_csv([row]).encode(),
        lambda row: as_csv([row]).replace("\r\n", "\n").rstrip("\n"),
        lambda row: as_csv([row]) + "\r\n,,,,,,,,,,,,,,,\r\n\r\n",
    ],
    ids=[
        "json-list", "json-records", "json-many", "semicolon", "tab", "bom", "no-last-newline",
        "empty-rows",
    ],
)  # fmt: skip
def test_every_way_to_write_the_file_is_the_same_notification(bring: Any, write: Any) -> None:
    content = write(GOOD)
    name = "file.json" if isinstance(content, str) and content[0] in "[{" else "file.csv"
    status, out, err = bring(content, name=name)
    assert (status, err.count("row")) == (0, 0), err
    assert "1 added" in out
    # However it is written: it is in the register already.
    status, out, _err = bring([GOOD], name="again.csv")
    assert status == 0
    assert "nothing to add" in out
    assert Case.objects.count() == 1


def test_the_same_file_twice_adds_nothing(bring: Any) -> None:
    rows = [{**GOOD, "prs_SecondName": f"Persoon {n}"} for n in range(5)]
    assert bring(rows)[0] == 0
    before = Event.objects.count()
    status, out, _err = bring(rows)
    assert status == 0
    assert "5 were in the register already" in out
    assert (Case.objects.count(), Event.objects.count()) == (5, before)
    # A longer file adds only what is new.
    assert "1 added" in bring([*rows, {**GOOD, "prs_SecondName": "Nieuw"}])[1]


def test_the_same_file_of_another_organisation_is_another_notification(
    bring: Any, actor_of: Make
) -> None:
    shelter = actor_of("shelter")
    assert bring([GOOD])[0] == 0
    status, out, _err = bring([GOOD], "--organisation", shelter.organisation_name.upper())
    assert (status, "1 added" in out) == (0, True)


def test_people_of_whom_nothing_tells_them_apart_are_all_kept(bring: Any) -> None:
    nameless = {
        "cas_IncomingReferralDate": "2014-07-17",
        "org_Type": "LawEnforcement",
        "vic_TypeOfExploitation": "ForcedLabour",
    }
    assert "3 added" in bring([nameless] * 3)[1]
    assert "3 were in the register already" in bring([nameless] * 3)[1]
    assert Case.objects.count() == 3
    # With a name, the same row is the same notification.
    status, out, _err = bring([GOOD, GOOD])
    assert status == 0
    assert "1 added" in out
    assert "1 stand twice in this file" in out


def test_the_senders_own_number_makes_a_row_known_again(bring: Any) -> None:
    row = {"x_RecordId": "A-1", **GOOD}
    assert bring([row])[0] == 0
    status, out, _err = bring([{**row, "prs_Gender": "Masculine"}])
    assert status == 0
    assert "1 of these have other contents now" in out
    assert Case.objects.count() == 1
    status, _out, err = bring(
        [{**row, "x_RecordId": "B"}, {**GOOD, "x_RecordId": "B", "prs_SecondName": "Ander"}]
    )
    assert status == 1
    assert "row 3, x_RecordId" in err


def test_a_row_is_known_again_after_the_secret_was_renewed(bring: Any, settings: Any) -> None:
    assert bring([GOOD])[0] == 0
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-secret-for-this-test"
    assert "nothing to add" in bring([GOOD])[1]
    assert Case.objects.count() == 1


def test_what_is_kept_to_know_a_row_again_tells_nothing(bring: Any) -> None:
    bring([GOOD])
    row = ImportedRow.objects.get()
    assert len(row.key) == len(row.content) == 64
    assert row.key != row.content
    assert "Proef" not in repr(row)


def test_the_mark_of_a_row_is_for_who_brought_it_in_and_a_dry_run_still_knows_it(
    bring: Any, point: Actor, actor_of: Make, as_program_role: Any
) -> None:
    police = actor_of("police")
    with as_program_role():
        bring([GOOD])
    with acting(point):
        assert ImportedRow.objects.count() == 1
    with acting(police):
        assert not ImportedRow.objects.exists()
    with as_program_role():
        assert not ImportedRow.objects.exists()
        assert "1 would be added" not in bring([GOOD], "--dry-run")[1]


def test_a_dry_run_tells_what_would_happen_and_changes_nothing(bring: Any) -> None:
    users = User.objects.count()
    status, out, _err = bring([GOOD], "--dry-run")
    assert status == 0
    assert "1 would be added" in out
    counts = (Case.objects.count(), Event.objects.count(), ImportedRow.objects.count())
    assert (*counts, User.objects.count()) == (0, 0, 0, users)


def test_one_bad_row_keeps_all_out_unless_bad_rows_are_skipped(bring: Any) -> None:
    rows = [GOOD, {**GOOD, "prs_Gender": "Femenine"}]
    status, out, err = bring(rows)
    assert status == 1
    assert "nothing is added" in out
    assert "row 3, prs_Gender" in err
    assert "Did you mean Feminine?" in err
    assert not Case.objects.exists()
    status, out, _err = bring(rows, "--skip-bad")
    assert status == 1
    assert "1 added" in out
    assert Case.objects.count() == 1


TOMORROW = (clock.today() + timedelta(days=1)).isoformat()


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("cas_IncomingReferralDate", "", "Every notification needs its day"),
        ("cas_IncomingReferralDate", "31-02-2014", "no date"),
        ("cas_IncomingReferralDate", "2014-02-30", "no date"),
        ("cas_IncomingReferralDate", "20140228", "no date"),
        ("cas_IncomingReferralDate", TOMORROW, "future"),
        ("cas_IncomingReferralDate", "0014-02-28", "before 1900"),
        ("cas_IncomingReferralDate", "1991-01-01", "after the day"),
        ("prs_Birthdate", TOMORROW, "future"),
        ("prs_Birthdate", "1901-01-01-", "no date"),
        ("prs_Birthdate", "1900-01-01", ""),
        ("prs_Gender", "vrouw", "no code of the list"),
        ("prs_Citizenship", "ROU;Atlantis", "no country code"),
        ("prs_Citizenship", "YUG", "codes of today"),
        ("prs_Citizenship", "stateless;ROU", "Stateless"),
        ("prs_PrimaryLanguage", "Roemeens", "no language code"),
        ("prs_MobilePhone", "zes", "no phone number"),
        ("prs_MobilePhone", "0612345678", "no phone number"),
        ("prs_FirstName", "x" * 201, "at most 200"),
        ("prs_FirstName", "x" * 2_000_000, "2000000 characters"),
        ("prs_FirstName", "Na\x07am", "control characters"),
        ("prs_SecondName", "Na\nam", "control characters"),
        ("vic_TraffickingStatus", "Maybe", "no code of the list"),
        ("vic_TypeOfExploitation", "SexualExploitation,ForcedBegging", "no code of the list"),
        ("con_Consent", "perhaps", "not yes or no"),
        ("x_ForcedCriminality", "?", "not yes or no"),
        ("org_Type", "Police", "no code of the list"),
        ("hte_Type", "Somewhere", "no code of the list"),
    ],
)
def test_a_bad_value_is_reported_by_row_and_column_and_never_repeated(
    bring: Any, column: str, value: str, message: str
) -> None:
    status, _out, err = bring([GOOD, {**GOOD, "prs_SecondName": "Twee", column: value}])
    if not message:
        assert status == 0
        return
    assert status == 1
    assert "row 3" in err
    assert message in err
    assert "Traceback" not in err
    assert "Twee" not in err
    if len(value) > 3 and column != "org_Type":
        assert value not in err
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    "name", ["מרים‏ אבג", "Ḿåŕïå", "李 🌻", "‮gnorw", "=HYPERLINK(1)", '"; DROP TABLE', "O’Neill"]
)
def test_names_in_any_script_come_in_as_they_are(bring: Any, point: Actor, name: str) -> None:
    assert bring([{**GOOD, "prs_SecondName": name}])[0] == 0
    identity = thread.identity_of(actor=point, case_id=Case.objects.get().pk)
    assert identity is not None
    assert identity.family_name == name


@pytest.mark.parametrize(
    ("values", "basis"),
    [
        ({"org_Type": "LawEnforcement"}, "legal_duty"),
        ({"org_Type": "LawEnforcement", "con_Consent": "1"}, "consent"),
        ({"org_Type": "NGO", "con_Consent": "TRUE"}, "consent"),
        ({"org_Type": "NGO", "cas_IncomingReferralDate": "2018-05-24"}, "legal_duty"),
        ({"org_Type": "NGO", "cas_IncomingReferralDate": "2018-05-25"}, None),
        ({"org_Type": "NGO", "cas_ReferringOrganisation": "Politie"}, "legal_duty"),
        ({"org_Type": "", "cas_ReferringOrganisation": "labour_inspectorate"}, "legal_duty"),
    ],
)
def test_nl_priv_01_the_basis_follows_from_sender_day_and_consent(
    bring: Any, point: Actor, values: dict[str, str], basis: str | None
) -> None:
    row = {**GOOD, "cas_IncomingReferralDate": "2019-06-28", "cas_ReferringOrganisation": ""}
    status, _out, err = bring([{**row, **values}])
    if basis is None:
        assert status == 1
        assert "con_Consent" in err
        assert "25 May 2018" in err
        return
    assert status == 0, err
    notified = Event.objects.get(type="notified")
    assert notified.fields["basis"] == basis


def test_r33_without_consent_or_name_it_is_anonymous_and_holds_no_birth_date(
    bring: Any, point: Actor
) -> None:
    row = {
        "cas_IncomingReferralDate": "2019-06-28",
        "org_Type": "NGO",
        "prs_Birthdate": "2003-06-29",
        "vic_TypeOfExploitation": "ForcedLabour",
    }
    status, out, _err = bring([row])
    assert status == 0
    assert "anonymous" in out
    seen, _case = only_case(point)
    assert seen.facts["age"] == 15
    assert "birth_date" not in seen.facts
    assert not Identity.objects.exists()
    assert "2003" not in str(list(Event.objects.values_list("fields", flat=True)))


def test_not_a_victim_is_recorded_as_such(bring: Any, point: Actor) -> None:
    status, out, _err = bring([{**GOOD, "vic_TraffickingStatus": "NotAVictimOfTrafficking"}])
    assert status == 0
    assert "not a victim, says the sender" in out
    seen, _case = only_case(point)
    assert seen.facts["indication"] is False
    assert not Event.objects.filter(type="indication_seen").exists()


def test_columns_without_a_place_are_named_and_left_out(bring: Any) -> None:
    extra = {
        "prs_NumberOfChildren": "2",
        "vic_AgeWhenTrafficked": "15",
        "prs_MailingStreet": "Verzonnenstraat",
        "prs_IdentityNumber": "000000000",
        "vic_Vulnerabilities": "SocialGroup",
        "vic_DetailsOfVulnerabilities": "verzonnen",
        "x_RestrictsMovement": "yes",
    }
    status, out, _err = bring([{**GOOD, **extra}])
    assert status == 0
    for column in extra:
        assert column in out
    stored = str(list(Event.objects.values_list("fields", flat=True)))
    assert "Verzonnenstraat" not in stored
    assert "SocialGroup" not in stored


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (as_csv([GOOD]).encode("utf-16"), "UTF-16"),
        (as_csv([GOOD]).encode("utf-32"), "UTF-32"),
        (as_csv([{**GOOD, "prs_SecondName": "Zoë"}]).encode("latin-1"), "0xEB, line 2"),
        (as_csv([GOOD]).encode() + b"\x00", "NUL"),
        (as_csv([GOOD]).encode()[:-30], "cut off"),
        (as_csv([GOOD]).encode() + b'2014-07-17,"LawEnf', "cut off"),
        (b'cas_IncomingReferralDate\n"a"b\n', "quotation mark"),
        (as_csv([GOOD]).encode() + b"2014-07-17,x\n2014,y,z\n", "row 4 has 3 values"),
        (as_csv([GOOD]).splitlines()[1].encode(), "No column names"),
        (as_csv([GOOD]).splitlines()[0].encode(), "no notifications"),
        (b"cas_IncomingReferralDate,prs_FirstNam\n2014-07-17,x\n", "mean prs_FirstName?"),
        (b"cas_IncomingReferralDate,x_Ethnicity\n2014-07-17,x\n", "ethnicity"),
        (b"cas_IncomingReferralDate,prs_Race\n2014-07-17,x\n", "ethnicity"),
        (b"cas_IncomingReferralDate,x_SocialGroup\n2014-07-17,x\n", "social group"),
        (b"cas_IncomingReferralDate,org_Type,org_Type\n2014-07-17,x,x\n", "more than once"),
        (b"prs_FirstName\nx\n", "cas_IncomingReferralDate is missing"),
        (b"cas_IncomingReferralDate,\x1b[31m\n2014-07-17,x\n", "\\u001b[31m"),
        (b"PK\x03\x04\x14\x00\x06\x00", "packed (ZIP, Excel)"),
        (b"\x1f\x8b\x08\x00" + b"x" * 20, "packed (gzip)"),
        (b"x_a," * 600 + b"x_a\n", "Row 1 has more than 500 columns"),
        (b"x_a," * 200_000 + b"x_a\n", "Row 1 has more than 500 columns"),
        (b"cas_IncomingReferralDate\n" + b"," * 600 + b"\n", "Row 2 has more than 500 columns"),
        (b"cas_IncomingReferralDate\n" + b"x" * 5_000_001, "Line 2 has 5000001"),
        (b"cas_IncomingReferralDate\n" + b"2014-07-17\n" * 25_001, "more than 25000 notif"),
    ],
)
def test_an_unusable_csv_file_is_refused_with_the_reason(
    bring: Any, content: bytes, message: str
) -> None:
    status, out, err = bring(content)
    assert (status, out) == (2, "")
    assert message in err
    assert "Traceback" not in err
    assert "\x1b" not in err
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[", "cut off"),
        (json.dumps([GOOD])[:-20], "cut off"),
        (json.dumps([GOOD]) + "x", "no JSON"),
        ('{"rows": []}', "records"),
        ("[]", "no notifications"),
        ('["a"]', "no object"),
        ('[{"cas_IncomingReferralDate": NaN}]', "NaN"),
        ('[{"org_Type": "NGO", "org_Type": "NGO"}]', "twice"),
        ('[{"cas_IncomingReferralDate": "2014-07-17", "naam": "x"}]', "naam"),
        ("[" * 100_000, "nested too deep"),
        ('[{"cas_IncomingReferralDate": 1' + "0" * 5000 + "}]", "no JSON"),
        ('[{"cas_IncomingReferralDate": }]', "Line 1, column 31"),
        ("null", "no JSON"),
        (json.dumps([{f"x_{n}": "a" for n in range(600)}]), "Row 1 has more than 500 columns"),
        (
            json.dumps([{f"x_{n}": "a"} for n in range(600)]),
            "Row 501 has more than",
        ),
        ("[{" + '"x_a": 1, ' * 200_000 + '"x_a": 1}]', "twice"),
        ("[" + "{}," * 200_000 + "{}]", "no notifications"),
        (json.dumps([{"x_a": "b"}] * 25_001), "more than 25000 notif"),
    ],
)
def test_an_unusable_json_file_is_refused_with_the_reason(
    bring: Any, content: str, message: str
) -> None:
    status, out, err = bring(content, name="file.json")
    assert (status, out) == (2, "")
    assert message in err
    assert "Traceback" not in err


@pytest.mark.parametrize("value", [{"a": 1}, [["a"]], ["a", "b"], 12.5, True])
def test_a_json_value_of_the_wrong_kind_is_a_bad_row(bring: Any, value: Any) -> None:
    rows = [GOOD, {**GOOD, "prs_Gender": value, "prs_SecondName": "Twee"}]
    status, _out, err = bring(json.dumps(rows), name="file.json")
    assert status == 1
    assert "row 2, prs_Gender" in err


def test_a_file_that_is_not_there_or_too_big_is_refused(
    bring: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    status, _out, err = bring(None, name="nowhere.csv")
    assert (status, "There is no file" in err) == (2, True)
    (tmp_path / "folder").mkdir()
    status, _out, err = bring(None, name="folder")
    assert (status, "is a folder" in err) == (2, True)
    monkeypatch.setattr(readers, "MOST_BYTES", 100)
    status, _out, err = bring([GOOD])
    assert (status, "at most" in err) == (2, True)


def test_what_has_no_end_is_not_read(bring: Any, tmp_path: Path) -> None:
    (tmp_path / "zero").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "pipe")
    for name in ("zero", "pipe"):
        status, _out, err = bring(None, name=name)
        assert (status, "no ordinary file" in err) == (2, True)


@pytest.mark.parametrize("column", ["prs_Citizenship", "vic_TypeOfExploitation"])
def test_a_cell_with_very_many_values_is_one_problem(bring: Any, column: str) -> None:
    status, _out, err = bring([{**GOOD, column: "x;" * 100_000}])
    assert status == 1
    assert [line for line in err.splitlines() if column in line] == [
        line for line in err.splitlines() if "more than 50 values" in line
    ]
    assert err.count(column) == 1


def test_an_import_that_takes_too_long_stops_and_stores_nothing(
    bring: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = iter([0.0, 1.0, 2.0])
    timer = SimpleNamespace(monotonic=lambda: next(moments, 9e9))
    monkeypatch.setattr(importing, "time", timer)
    rows = [{**GOOD, "prs_SecondName": f"Nr {number}"} for number in range(3)]
    status, _out, err = bring(rows)
    assert (status, "longer than 30 minutes" in err) == (2, True)
    assert not Case.objects.exists()
    assert not ImportedRow.objects.exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--organisation", "Coordinatiepunt Verzonen"], "Did you mean"),
        (["--organisation", "Rapporteur Verzonnen"], "does not notify"),
        (["--account", "niemand@test.example"], "no account"),
        (["--format", "xml"], "xml"),
        (["--frmat", "csv"], "frmat"),
    ],
)
def test_wrong_use_is_told_in_a_line(
    bring: Any, actor_of: Make, options: list[str], message: str
) -> None:
    actor_of("rapporteur")
    status, out, err = bring([GOOD], *options)
    assert (status, out) == (2, "")
    assert message in err
    assert "Traceback" not in err


def test_a_member_can_be_named_as_who_imports(bring: Any, point: Actor) -> None:
    address = User.objects.get(pk=point.user_id).email
    assert bring([GOOD], "--account", address)[0] == 0
    assert set(Event.objects.values_list("recorded_by", flat=True)) == {point.user_id}


def test_without_one_coordination_point_the_organisation_must_be_named(
    bring: Any, point: Actor
) -> None:
    from middenstip.access.models import Organisation

    Organisation.objects.create(kind="coordination_point", name="Tweede Verzonnen")
    status, _out, err = bring([GOOD])
    assert status == 2
    assert "--organisation" in err
    assert bring([GOOD], "--organisation", str(point.organisation_id))[0] == 0


def test_the_report_is_safe_for_a_spreadsheet_and_holds_no_value(
    bring: Any, tmp_path: Path
) -> None:
    from middenstip.intake.report import safe_cells

    path = tmp_path / "report.csv"
    bad = {**GOOD, "prs_SecondName": "=cmd()" + "x" * 200, "prs_Gender": "+1"}
    status, _out, _err = bring([GOOD, bad], "--report", str(path))
    assert status == 1
    lines = list(csv.reader(path.read_text("utf-8-sig").splitlines()))
    assert {(line[0], line[1]) for line in lines[1:]} == {
        ("3", "prs_SecondName"),
        ("3", "prs_Gender"),
    }
    assert not any(cell[:1] in "=+-@" for line in lines for cell in line if cell)
    assert "cmd" not in path.read_text("utf-8-sig")
    dangerous = ["=1+1", "+1", "-1", "@x", "\tx", "\rx"]
    assert all(cell.startswith("'") for cell in safe_cells(dangerous))
    status, _out, err = bring([GOOD], "--report", str(tmp_path / "file.csv"))
    assert (status, "overwrite" in err) == (2, True)


def test_the_report_speaks_dutch(bring: Any) -> None:
    status, out, err = bring([{**GOOD, "prs_Gender": "vrouw"}], "--lang", "nl")
    assert status == 1
    assert "1 melding gelezen" in out
    assert "rij 2, prs_Gender" in err


def test_a_failure_while_storing_leaves_nothing_behind(
    bring: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError

    from middenstip.intake import importing

    def fail(*_: Any, **__: Any) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(importing.ImportedRow.objects, "bulk_create", fail)
    status, _out, err = bring([GOOD])
    assert (status, "the database does not answer" in err) == (2, True)
    assert not Case.objects.exists()
    assert not ImportedRow.objects.exists()


@pytest.mark.parametrize("skip_bad", [False, True])
def test_every_row_that_the_thread_refuses_is_reported(
    bring: Any, monkeypatch: pytest.MonkeyPatch, skip_bad: bool
) -> None:
    from django.core.exceptions import ValidationError

    from middenstip.thread import bulk

    real = bulk.check_thread

    def refuse(rows: Any, **options: Any) -> Any:
        if any(row.on == date(2015, 1, 29) for row in rows):
            raise ValidationError({"on": ["This day is refused."]})
        return real(rows, **options)

    monkeypatch.setattr(bulk, "check_thread", refuse)
    rows = [
        {**GOOD, "x_RecordId": str(number), "cas_IncomingReferralDate": day}
        for number, day in enumerate(["2015-01-28", "2015-01-29", "2015-01-30", "2015-01-29"])
    ]
    status, out, err = bring(rows, *(["--skip-bad"] if skip_bad else []))
    assert status == 1
    assert "row 3, cas_IncomingReferralDate. This day is refused." in err
    assert "row 5, cas_IncomingReferralDate. This day is refused." in err
    assert Case.objects.count() == ImportedRow.objects.count() == (2 if skip_bad else 0)
    assert ("2 added" if skip_bad else "nothing is added") in out
