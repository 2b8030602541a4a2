# SPDX-License-Identifier: EUPL-1.2
"""The notification form through HTTP: steps, drafts, sending, and bad input."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from middenstip import clock
from middenstip.access.actors import Actor
from middenstip.intake import services
from middenstip.intake.models import Draft, SentDraft
from middenstip.jobs import daily
from middenstip.thread import selectors as thread
from middenstip.thread.models import Case, Consent, Identity
from middenstip.thread.store import kept_of
from tests.intake.conftest import NEEDS, RIGHTS, STEPS, WHAT, WHO, begin, fill

pytestmark = pytest.mark.django_db
Make = Callable[..., Actor]
Login = Callable[[Actor], Client]


@pytest.fixture
def police(actor_of: Make) -> Actor:
    return actor_of("police")


@pytest.fixture
def officer(police: Actor, actor_of: Make, client_of: Login) -> Client:
    actor_of("coordination_point")
    return client_of(police)


def text_of(answer: Any) -> str:
    text: str = answer.content.decode()
    return text


def test_a_notification_opens_a_case_with_what_was_told(
    officer: Client, police: Actor, actor_of: Make
) -> None:
    draft = begin(officer)
    fill(officer, draft)
    answer = officer.post(f"/notify/{draft}/check/")
    assert answer.status_code == 302
    case = Case.objects.get()
    assert answer["Location"] == f"/cases/{case.pk}/"
    events = thread.thread_of(actor=police, case_id=case.pk)
    told = [(event.type, event.on) for event in events if event.type != "facts_recorded"]
    assert told == [
        ("indication_seen", date(2014, 11, 17)),
        ("rights_explained", date(2014, 11, 17)),
        ("reflection_period_offered", date(2014, 11, 17)),
        ("consent_given", date(2014, 11, 18)),
        ("notified", date(2014, 11, 18)),
    ]
    facts = thread.assessment_of(actor=police, case_id=case.pk).facts
    assert facts["nationalities"] == ("RO",)
    assert facts["exploitation_forms"] == ("sexual",)
    assert facts["birth_date"] == date(1992, 2, 29)
    # A bed is told to who finds one; the police's purpose holds nothing about shelter.
    stored = kept_of([case.pk])[case.pk].state
    assert stored is not None
    assert stored.facts["bed_needed"] is True
    assert "bed_needed" not in facts
    assert stored.facts["children_along"] == 0
    assert facts["interpreter_needed"] is True
    identity = thread.identity_of(actor=police, case_id=case.pk)
    assert identity is not None
    assert (identity.given_name, identity.phone) == ("Proef", "+31 6 00000000")
    # The coordination point sees it at once.
    assert thread.case_for(actor=actor_of("coordination_point"), case_id=case.pk)


def test_a_draft_is_gone_when_it_is_sent_and_sending_again_makes_one_case(
    officer: Client, police: Actor
) -> None:
    draft = begin(officer)
    fill(officer, draft)
    first = officer.post(f"/notify/{draft}/check/")
    assert not Draft.objects.exists()
    for again in (
        officer.post(f"/notify/{draft}/check/"),
        officer.get(f"/notify/{draft}/check/"),
        officer.get(f"/notify/{draft}/2/"),
    ):
        assert (again.status_code, again["Location"]) == (302, first["Location"])
    assert Case.objects.count() == 1
    assert services.send_draft(actor=police, draft_id=draft) == Case.objects.get().pk
    # What is left of the draft tells nothing about a person.
    assert {field.name for field in SentDraft._meta.fields} == {
        "draft_id", "case", "writer", "organisation", "sent_at",
    }  # fmt: skip


def test_every_step_is_kept_right_or_wrong_and_previous_loses_nothing(officer: Client) -> None:
    draft = begin(officer)
    fill(officer, draft, WHAT)
    wrong = {**WHO, "birth_date": "31-02-1992"}
    answer = officer.post(f"/notify/{draft}/2/", {**wrong, "previous": "1"})
    assert answer["Location"] == f"/notify/{draft}/1/"
    assert 'value="17-11-2014"' in text_of(officer.get(f"/notify/{draft}/1/"))
    page = text_of(officer.get(f"/notify/{draft}/2/"))
    assert 'value="31-02-1992"' in page
    assert 'value="Persoon"' in page
    assert "ms-error-summary" not in page


def test_a_mistake_stays_on_the_page_with_its_reason(officer: Client) -> None:
    draft = begin(officer)
    fill(officer, draft, WHAT)
    answer = officer.post(f"/notify/{draft}/2/", {**WHO, "birth_date": "31-02-1992"})
    page = text_of(answer)
    assert answer.status_code == 200
    assert 'value="31-02-1992"' in page
    assert "Dit is geen datum" in page
    assert 'aria-invalid="true"' in page
    # Nobody gets past it by its address.
    check = officer.get(f"/notify/{draft}/check/")
    assert check["Location"] == f"/notify/{draft}/2/?mistakes=1"
    assert "Dit is geen datum" in text_of(officer.get(check["Location"]))
    assert officer.post(f"/notify/{draft}/check/")["Location"] == check["Location"]
    assert not Case.objects.exists()


def test_what_is_typed_is_kept_while_typing(officer: Client) -> None:
    draft = begin(officer)
    answer = officer.post(
        f"/notify/{draft}/1/save/", {"seen_on": "99-99", "exploitation_forms": ["labour"]}
    )
    assert answer.status_code == 200
    assert 'id="saved"' in text_of(answer)
    page = text_of(officer.get(f"/notify/{draft}/1/"))
    assert 'value="99-99"' in page
    labour = re.search(r'<input[^>]*value="labour"[^>]*>', page)
    assert labour is not None
    assert "checked" in labour[0]


def test_a_draft_is_listed_to_go_on_with_and_can_be_deleted(officer: Client) -> None:
    draft = begin(officer)
    assert str(draft) not in text_of(officer.get("/notify/"))
    fill(officer, draft, WHAT, WHO)
    assert f"/notify/{draft}/3/" in text_of(officer.get("/notify/"))
    assert officer.get(f"/notify/{draft}/delete/").status_code == 200
    assert Draft.objects.count() == 1
    assert officer.post(f"/notify/{draft}/delete/").status_code == 302
    assert not Draft.objects.exists()


@pytest.mark.parametrize("path", ["1/", "2/", "check/", "delete/"])
def test_a_draft_is_there_only_for_its_writer_in_its_organisation(
    officer: Client, actor_of: Make, client_of: Login, path: str
) -> None:
    draft = begin(officer)
    fill(officer, draft)
    colleague = client_of(actor_of("police", person="b"))
    other = client_of(actor_of("shelter"))
    for stranger in (colleague, other):
        assert stranger.get(f"/notify/{draft}/{path}").status_code == 404
        assert stranger.post(f"/notify/{draft}/{path}").status_code == 404
        assert str(draft) not in text_of(stranger.get("/notify/"))
    assert officer.get(f"/notify/{uuid4()}/{path}").status_code == 404
    assert Draft.objects.count() == 1
    assert not Case.objects.exists()


def test_a_draft_warns_on_day_21_and_is_gone_on_day_28(officer: Client) -> None:
    begun = clock.today()
    draft = begin(officer)
    fill(officer, draft, WHAT)
    with clock.at(begun + timedelta(days=20)):
        assert "binnen" not in text_of(officer.get("/notify/"))
        daily.run_due()
    with clock.at(begun + timedelta(days=21)):
        assert "Verstuur dit concept binnen 7 dagen" in text_of(officer.get("/notify/"))
    with clock.at(begun + timedelta(days=28)):
        assert officer.get(f"/notify/{draft}/1/").status_code == 404
        assert Draft.objects.count() == 1
        daily.run_due()
        assert not Draft.objects.exists()


def test_who_does_not_notify_is_told_so_and_cannot(actor_of: Make, client_of: Login) -> None:
    rapporteur = client_of(actor_of("rapporteur"))
    assert rapporteur.get("/notify/").status_code == 403
    assert rapporteur.post("/notify/").status_code == 403
    assert not Draft.objects.exists()


def test_r33_an_anonymous_notification_asks_and_keeps_no_identity(
    officer: Client, police: Actor
) -> None:
    draft = begin(officer)
    fill(officer, draft, WHAT, WHO, NEEDS)
    fill(officer, draft, {**WHAT, "basis": "anonymous"})
    kept = str(Draft.objects.get().answers)
    for telling in ("Proef", "Persoon", "00000000", "1992"):
        assert telling not in kept
    page = text_of(officer.get(f"/notify/{draft}/2/"))
    for name in ("given_name", "family_name", "alias", "phone", "birth_date"):
        assert f'name="{name}"' not in page
    # Also who sends the fields anyway stores none of them.
    fill(officer, draft, {**WHAT, "basis": "anonymous"}, {**WHO, "age": "22"}, NEEDS, RIGHTS)
    officer.post(f"/notify/{draft}/check/")
    case = Case.objects.get()
    assert not Identity.objects.exists()
    facts = thread.assessment_of(actor=police, case_id=case.pk).facts
    assert facts["age"] == 22
    assert "birth_date" not in facts
    types = [event.type for event in thread.thread_of(actor=police, case_id=case.pk)]
    assert "consent_given" not in types


@pytest.mark.parametrize(
    ("kind", "day", "accepted"),
    [
        ("shelter", "24-05-2018", True),
        ("shelter", "25-05-2018", False),
        ("police", "25-05-2018", True),
        ("border_police", "26-06-2024", True),
        ("labour_inspectorate", "26-06-2024", True),
    ],
)
def test_nl_priv_01_legal_duty_is_open_to_three_kinds_since_25_may_2018(
    actor_of: Make, client_of: Login, kind: str, day: str, accepted: bool
) -> None:
    client = client_of(actor_of(kind))
    draft = begin(client)
    answer = client.post(
        f"/notify/{draft}/1/", {**WHAT, "seen_on": day, "notified_on": day, "next": "1"}
    )
    if accepted:
        assert answer.status_code == 302
        return
    page = text_of(answer)
    assert "Sinds 25 mei 2018" in page
    assert "CoMensha" in page
    for basis in ("consent", "anonymous"):
        data = {**WHAT, "seen_on": day, "notified_on": day, "basis": basis, "next": "1"}
        assert client.post(f"/notify/{draft}/1/", data).status_code == 302


def test_consent_is_recorded_per_purpose_and_never_bundled(
    actor_of: Make, client_of: Login
) -> None:
    shelter, point = actor_of("shelter"), actor_of("coordination_point")
    client = client_of(shelter)
    draft = begin(client)
    fill(client, draft, {**WHAT, "basis": "consent"}, WHO, NEEDS, {"told": "no"})
    client.post(f"/notify/{draft}/check/")
    given = [
        event.fields
        for event in thread.thread_of(actor=shelter, case_id=Case.objects.get().pk)
        if event.type == "consent_given"
    ]
    assert [(consent["recipient"], consent["purpose"]) for consent in given] == [
        ("coordination_point", "register_notification"),
        ("coordination_point", "place_in_shelter"),
    ]
    kept = Consent.objects.order_by("form")
    told = kept.values_list(
        "recipient_id", "purpose", "explained_by", "language", "interpreter", "how"
    )
    assert list(told) == [
        (point.organisation_id, "register_notification", "shelter", "ro", True, "signed"),
        (point.organisation_id, "place_in_shelter", "shelter", "ro", True, "gesture"),
    ]
    assert "health" not in given[0]["categories"]
    assert all("shelter_address" not in consent["categories"] for consent in given)


def test_how_the_person_agreed_is_asked_and_never_guessed(officer: Client) -> None:
    draft = begin(officer)
    fill(officer, draft, WHAT, WHO)
    unsaid = {name: value for name, value in NEEDS.items() if name != "consent_how"}
    answer = officer.post(f"/notify/{draft}/3/", {**unsaid, "next": "1"})
    assert answer.status_code == 200
    assert "Vul dit in" in text_of(answer)
    answer = officer.post(
        f"/notify/{draft}/3/", {**unsaid, "shelter_consent": "no", "next": ""}
    )
    assert answer.status_code == 302


def test_only_who_coordinates_is_asked_who_saw_it(
    officer: Client, actor_of: Make, client_of: Login
) -> None:
    draft = begin(officer)
    assert 'name="by"' not in text_of(officer.get(f"/notify/{draft}/1/"))
    point = actor_of("coordination_point")
    client = client_of(point)
    draft = begin(client)
    assert 'name="by"' in text_of(client.get(f"/notify/{draft}/1/"))
    fill(client, draft, {**WHAT, "by": "border_police"}, WHO, NEEDS, {"told": "no"})
    client.post(f"/notify/{draft}/check/")
    seen = thread.assessment_of(actor=point, case_id=Case.objects.get().pk)
    owners = {duty.id: duty.owner for duty in seen.duties}
    assert owners["explain_rights"] == "border_police"


def test_who_explains_no_rights_reads_who_does(actor_of: Make, client_of: Login) -> None:
    client = client_of(actor_of("health_service"))
    draft = begin(client)
    page = text_of(client.get(f"/notify/{draft}/4/"))
    assert 'name="told"' not in page
    assert 'name="offered"' not in page
    assert "Zorgcoördinator" in page
    fill(client, draft, {**WHAT, "basis": "consent"}, WHO, NEEDS, {})
    assert client.post(f"/notify/{draft}/check/").status_code == 302


def test_a_lawyer_notifies_without_recording_an_indication(
    actor_of: Make, client_of: Login
) -> None:
    lawyer = actor_of("legal_aid")
    client = client_of(lawyer)
    draft = begin(client)
    fill(client, draft, {**WHAT, "basis": "consent"}, WHO, NEEDS, {"told": "no"})
    client.post(f"/notify/{draft}/check/")
    events = thread.thread_of(actor=lawyer, case_id=Case.objects.get().pk)
    types = {event.type for event in events}
    assert "indication_seen" not in types
    assert "notified" in types


TOMORROW = (clock.today() + timedelta(days=1)).strftime("%d-%m-%Y")


@pytest.mark.parametrize(
    ("step", "field", "value", "message"),
    [
        (1, "seen_on", "31-02-2014", "geen datum"),
        (1, "seen_on", "", "verplicht"),
        (1, "seen_on", "17-11-0014", "jaar"),
        (1, "seen_on", TOMORROW, "toekomst"),
        (1, "notified_on", TOMORROW, "toekomst"),
        (1, "notified_on", "16-11-2014", "vóór de dag"),
        (1, "basis", "", "verplicht"),
        (1, "basis", "because", "geldige keuze"),
        (1, "exploitation_forms", ["sexual", "ethnicity"], "geldige keuze"),
        (1, "source", "=1+1", "geldige keuze"),
        (2, "birth_date", TOMORROW, "toekomst"),
        (2, "birth_date", "18-11-2014", "na de dag"),
        (2, "birth_date", "01-01-1850", "ouder dan 120"),
        (2, "given_name", "x" * 2_000_000, "200"),
        (2, "given_name", "Na\x07am", "ms-error-summary"),
        (2, "given_name", "Na\x00am", "ms-error-summary"),
        (2, "phone", "y" * 201, "201"),
        (2, "age", "twaalf", "geheel getal"),
        (2, "age", "-3", "tussen 0 en 120"),
        (2, "age", "999", "tussen 0 en 120"),
        (2, "age", "45", "volgt uit de geboortedatum"),
        (2, "is_minor", "yes", "past niet"),
        (2, "nationality_1", "Atlantis", "geldige keuze"),
        (2, "nationality_2", "stateless", "Staatloos"),
        (2, "preferred_language", "<script>", "geldige keuze"),
        (3, "bed_needed", "", "Kies ja"),
        (3, "children_along", "31", "tussen 0 en 30"),
        (3, "children_along", "2.5", "geheel getal"),
        (4, "told_language", "", "Vul dit in"),
        (4, "told_interpreter", "", "Vul dit in"),
        (4, "told_on", TOMORROW, "toekomst"),
        (4, "told_on", "28-02-1992", "vóór de geboorte"),
        (4, "offered_on", "", "Vul dit in"),
    ],
)  # fmt: skip
def test_a_bad_value_gets_a_clear_message_and_is_kept_on_the_page(
    officer: Client, step: int, field: str, value: Any, message: str
) -> None:
    draft = begin(officer)
    fill(officer, draft)
    data = {**STEPS[step - 1], field: value, "next": "1"}
    answer = officer.post(f"/notify/{draft}/{step}/", data)
    page = text_of(answer)
    assert answer.status_code == 200
    assert "ms-error-summary" in page
    assert message.lower() in page.lower()
    check = officer.post(f"/notify/{draft}/check/")
    assert check["Location"] == f"/notify/{draft}/{step}/?mistakes=1"
    assert message.lower() in text_of(officer.get(check["Location"])).lower()
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    "name", ["מרים‏ אבג", "Ḿåŕïå ñandú", "李 🌻 花", "‮gnorw", "=HYPERLINK(1)", "O'Neill <b>"]
)
def test_names_in_any_script_come_in_as_they_are(
    officer: Client, police: Actor, name: str
) -> None:
    draft = begin(officer)
    fill(officer, draft, WHAT, {**WHO, "family_name": name}, NEEDS, RIGHTS)
    page = text_of(officer.get(f"/notify/{draft}/check/"))
    assert "<b>" not in page.split("O&#x27;Neill")[-1][:20]
    officer.post(f"/notify/{draft}/check/")
    identity = thread.identity_of(actor=police, case_id=Case.objects.get().pk)
    assert identity is not None
    assert identity.family_name == name


def test_two_nationalities_of_which_one_is_unknown_are_both_kept(
    officer: Client, police: Actor
) -> None:
    draft = begin(officer)
    fill(
        officer, draft, WHAT,
        {**WHO, "nationality_1": "unknown", "nationality_2": "NG", "nationality_3": "NG"},
        NEEDS, RIGHTS,
    )  # fmt: skip
    officer.post(f"/notify/{draft}/check/")
    facts = thread.assessment_of(actor=police, case_id=Case.objects.get().pk).facts
    assert facts["nationalities"] == ("unknown", "NG")


def test_nothing_about_a_person_stands_in_an_address_a_session_or_a_cookie(
    officer: Client,
) -> None:
    draft = begin(officer)
    fill(officer, draft)
    officer.get(f"/notify/{draft}/check/")
    session = str(dict(officer.session))
    cookies = str(officer.cookies)
    for telling in ("Proef", "Persoon", "1992", "00000000"):
        assert telling not in session
        assert telling not in cookies
    assert "Proef" not in repr(Draft.objects.get())
    assert "no-store" in officer.get(f"/notify/{draft}/2/")["Cache-Control"]


def test_when_the_thread_refuses_nothing_is_sent_and_the_draft_stays(
    officer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.core.exceptions import ValidationError

    def refuse(**_: Any) -> None:
        raise ValidationError({"on": ["Deze dag kan niet."]})

    monkeypatch.setattr(services, "open_case", refuse)
    draft = begin(officer)
    fill(officer, draft)
    answer = officer.post(f"/notify/{draft}/check/")
    assert answer.status_code == 409
    assert "Deze dag kan niet." in text_of(answer)
    assert Draft.objects.count() == 1
    assert not SentDraft.objects.exists()
