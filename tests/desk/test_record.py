# SPDX-License-Identifier: EUPL-1.2
"""Recording: only what one may, nothing typed is lost, and a refusal tells rule and source."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.utils.html import escape

from middenstip import clock
from middenstip.pack.load import load_pack
from middenstip.thread import selectors, services
from tests.desk.conftest import Enter
from tests.thread.chain import Chain

PACK = load_pack("nl")
TODAY = f"{clock.today():%d-%m-%Y}"
RIGHTS = {"on": TODAY, "by": "police", "language": "en", "interpreter": "yes"}


def _version(chain: Chain, case: UUID) -> int:
    return selectors.case_for(actor=chain.coordination_point, case_id=case).version


@contextmanager
def _unchanged(chain: Chain, case: UUID) -> Iterator[None]:
    before = _version(chain, case)
    yield
    assert _version(chain, case) == before


def _send(client: Client, chain: Chain, case: UUID, path: str, **data: Any) -> Any:
    return client.post(f"/cases/{case}/{path}/", {"version": _version(chain, case), **data})


@pytest.mark.parametrize("kind", ["police", "coordination_point", "care_coordinator"])
def test_only_what_this_organisation_may_record_now_is_offered(
    chain: Chain, enter: Enter, story: UUID, kind: str
) -> None:
    actor = getattr(chain, kind)
    client = enter(actor)
    offered = [
        name
        for _need, _label, events in client.get(f"/cases/{story}/record/").context["groups"]
        for name, _event, _hint in events
    ]
    # What the person decided about sharing has a page of its own.
    decided = {"consent_given", "consent_withdrawn"}
    recordable = selectors.recordable_events(actor=actor, case_id=story)
    assert sorted(offered) == sorted(set(recordable) - decided)
    assert all(kind in PACK.events[name].recorded_by for name in offered)
    assert "reflection_period_started" not in offered
    for name in offered:
        assert client.get(f"/cases/{story}/record/{name}/").status_code == 200, name
    for name in decided:
        assert client.get(f"/cases/{story}/record/{name}/").status_code == 302, name
    for name in set(PACK.events) - set(offered) - decided:
        assert client.get(f"/cases/{story}/record/{name}/").status_code == 404, name


def test_an_event_is_recorded_and_shown(chain: Chain, enter: Enter, story: UUID) -> None:
    client = enter(chain.police)
    sent = _send(client, chain, story, "record/rights_explained", **RIGHTS)
    assert (sent.status_code, sent["Location"]) == (302, f"/cases/{story}/")
    newest = client.get(f"/cases/{story}/").context["page"].lines[0]
    assert newest.what in {"Rights explained", "Taken back"}


def test_the_day_is_today_and_who_did_it_is_the_own_organisation_at_first(
    chain: Chain, enter: Enter, story: UUID
) -> None:
    form = enter(chain.police).get(f"/cases/{story}/record/rights_explained/").context["form"]
    assert form["on"].value() == clock.today()
    assert form["by"].value() == "police"


def test_r02_where_rights_are_explained_the_sheet_is_there_in_each_language(
    chain: Chain, enter: Enter, story: UUID
) -> None:
    client = enter(chain.police)
    page = client.get(f"/cases/{story}/record/rights_explained/").content.decode()
    for lang in ("nl", "ar", "ti"):
        assert f'href="/guide/{lang}/paper/sheets/reflection_period/" lang="{lang}"' in page
    other = client.get(f"/cases/{story}/record/reflection_period_ended/")
    assert other.status_code == 200
    assert "/paper/sheets/" not in other.content.decode()


def test_r06_a_refusal_tells_rule_reason_and_source_and_keeps_what_was_typed(
    chain: Chain, enter: Enter, story: UUID
) -> None:
    client = enter(chain.police)
    with _unchanged(chain, story):
        sent = _send(
            client,
            chain,
            story,
            "record/reflection_period_ended",
            on=TODAY,
            ended_by="police",
            ground="declines",
        )
    assert sent.status_code == 422
    refused = sent.context["refused"]
    assert refused.rule == "R-06"
    assert refused.message.startswith("Only the victim can end the reflection period early.")
    assert refused.sources[0].article == "R-06"
    assert sent.context["form"]["ground"].value() == "declines"
    text = sent.content.decode()
    assert "nothing was recorded" in text
    assert escape(refused.message) in text


def test_r20_more_than_three_planned_nights_are_refused(
    chain: Chain, enter: Enter, story: UUID
) -> None:
    chain.record(chain.coordination_point, story, "emergency_bed_ended")
    client = enter(chain.coordination_point)
    with _unchanged(chain, story):
        sent = _send(
            client,
            chain,
            story,
            "record/emergency_bed_started",
            on=TODAY,
            planned_nights="4",
            reason="Fictief",
        )
    assert sent.context["refused"].rule == "R-20"
    assert "Fictief" in sent.content.decode()


def test_somebody_else_recorded_meanwhile_nothing_is_lost_and_both_stay(
    chain: Chain, enter: Enter, story: UUID
) -> None:
    client = enter(chain.police)
    seen = _version(chain, story)
    chain.record(chain.coordination_point, story, "bed_requested")
    data = {**RIGHTS, "version": seen}
    first = client.post(f"/cases/{story}/record/rights_explained/", data)
    assert first.status_code == 422
    assert "1 event was recorded in this case since you opened it" in first.content.decode()
    form = first.context["form"]
    assert form["language"].value() == "en"
    assert form["version"].value() == str(seen + 1)
    again = {name: form[name].value() for name in (*RIGHTS, "version")}
    assert client.post(f"/cases/{story}/record/rights_explained/", again).status_code == 302
    assert _version(chain, story) == seen + 2


def test_the_same_form_sent_twice_records_once(chain: Chain, enter: Enter, story: UUID) -> None:
    client = enter(chain.police)
    data = {**RIGHTS, "version": _version(chain, story)}
    path = f"/cases/{story}/record/rights_explained/"
    assert client.post(path, data).status_code == 302
    with _unchanged(chain, story):
        assert client.post(path, data).status_code == 422


@pytest.mark.parametrize("version", ["", "x", "-1", "1" * 4000, "😀", "1.5"])
def test_a_form_without_a_good_version_is_told_to_be_too_old(
    chain: Chain, enter: Enter, story: UUID, version: str
) -> None:
    client = enter(chain.police)
    with _unchanged(chain, story):
        sent = client.post(
            f"/cases/{story}/record/rights_explained/", {**RIGHTS, "version": version}
        )
    assert sent.status_code == 422


BAD_DAYS = {
    "no such day": "31-02-2014",
    "to come": f"{clock.today() + timedelta(days=1):%d-%m-%Y}",
    "far to come": "01-01-9999",
    "before birth": "01-01-1990",
    "empty": "",
    "text": "gisteren",
    "year zero": "01-01-0000",
    "control": "01\x0001",
    "long": "1" * 100_000,
    "emoji": "😀",
    "right to left": "١٢-٠٣-٢٠١٤ نص",
}


@pytest.mark.parametrize("day", BAD_DAYS.values(), ids=BAD_DAYS)
def test_a_bad_day_is_told_at_the_day_and_stays_as_it_was_typed(
    chain: Chain, enter: Enter, story: UUID, day: str
) -> None:
    client = enter(chain.police)
    with _unchanged(chain, story):
        sent = _send(client, chain, story, "record/rights_explained", **{**RIGHTS, "on": day})
    assert sent.status_code == 422
    form = sent.context["form"]
    assert list(form.errors) == ["on"]
    assert form["on"].value() == day
    assert form["language"].value() == "en"


BAD_TEXTS = {
    "two megabytes": "a" * 2_000_000,
    "nul": "a\x00b",
    "escape": "\x1b[31mrood",
}


@pytest.mark.parametrize("text", BAD_TEXTS.values(), ids=BAD_TEXTS)
def test_bad_text_is_told_at_its_field(
    chain: Chain, enter: Enter, story: UUID, text: str
) -> None:
    chain.record(chain.coordination_point, story, "emergency_bed_ended")
    client = enter(chain.coordination_point)
    with _unchanged(chain, story):
        sent = _send(
            client,
            chain,
            story,
            "record/emergency_bed_started",
            on=TODAY,
            planned_nights="2",
            reason=text,
        )
    assert sent.status_code == 422
    assert list(sent.context["form"].errors) == ["reason"]


def test_r19_only_space_is_no_reason(chain: Chain, enter: Enter, story: UUID) -> None:
    """It is recorded, as what happened, and shown as a deviation."""
    chain.record(chain.coordination_point, story, "emergency_bed_ended")
    sent = _send(
        enter(chain.coordination_point),
        chain,
        story,
        "record/emergency_bed_started",
        on=TODAY,
        planned_nights="2",
        reason=" \n\t ",
    )
    assert sent.status_code == 302
    page = enter(chain.coordination_point).get(f"/cases/{story}/")
    assert "R-19" in page.content.decode()


@pytest.mark.parametrize("text", ["لا مكان 🛏️ שלום", "<script>alert(1)</script>", "=1+1"])
def test_text_in_any_script_is_kept_and_never_run(
    chain: Chain, enter: Enter, story: UUID, text: str
) -> None:
    chain.record(chain.coordination_point, story, "emergency_bed_ended")
    client = enter(chain.coordination_point)
    sent = _send(
        client,
        chain,
        story,
        "record/emergency_bed_started",
        on=TODAY,
        planned_nights="2",
        reason=text,
    )
    assert sent.status_code == 302
    page = client.get(f"/cases/{story}/").content.decode()
    assert escape(text) in page
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("planned_nights", "-1"),
        ("planned_nights", "1e400"),
        ("planned_nights", "drie"),
        ("planned_nights", "9" * 5000),
        ("planned_nights", ""),
    ],
)
def test_a_number_that_is_none_is_told_at_its_field(
    chain: Chain, enter: Enter, story: UUID, field: str, value: str
) -> None:
    chain.record(chain.coordination_point, story, "emergency_bed_ended")
    data = {"on": TODAY, "planned_nights": "2", "reason": "Fictief", field: value}
    with _unchanged(chain, story):
        sent = _send(
            enter(chain.coordination_point),
            chain,
            story,
            "record/emergency_bed_started",
            **data,
        )
    assert sent.status_code == 422
    assert list(sent.context["form"].errors) == [field]


def test_missing_fields_are_all_told_at_once(chain: Chain, enter: Enter, story: UUID) -> None:
    with _unchanged(chain, story):
        sent = _send(enter(chain.police), chain, story, "record/rights_explained")
    assert set(sent.context["form"].errors) == {"on", "by", "language", "interpreter"}


@pytest.mark.parametrize("value", ["martian", "POLICE", "x" * 100_000, "\x00"])
def test_a_choice_that_is_not_on_the_list_is_told(
    chain: Chain, enter: Enter, story: UUID, value: str
) -> None:
    with _unchanged(chain, story):
        sent = _send(
            enter(chain.police),
            chain,
            story,
            "record/rights_explained",
            **{**RIGHTS, "language": value},
        )
    assert sent.status_code == 422
    assert list(sent.context["form"].errors) == ["language"]


def test_what_this_organisation_does_not_record_is_not_there(
    chain: Chain, enter: Enter, story: UUID
) -> None:
    with _unchanged(chain, story):
        for name in ("residence_permit_granted", "facts_recorded", "corrected", "no_such"):
            sent = _send(enter(chain.police), chain, story, f"record/{name}", on=TODAY)
            assert sent.status_code == 404


def test_only_facts_that_changed_are_recorded(chain: Chain, enter: Enter, story: UUID) -> None:
    client = enter(chain.coordination_point)
    form = client.get(f"/cases/{story}/facts/").context["form"]
    assert form["sex"].value() == "female"
    data = {
        "on": TODAY,
        "sex": "female",
        "birth_date": "13-04-1999",
        "nationalities_0": "NG",
        "children_along": "2",
        "lawful_stay": "no",
        "wages_unpaid": "yes",
    }
    known = {
        name: form[name].value()
        for name in form.declared
        if form[name].value() not in (None, "", [])
    }
    kept = {k: v for k, v in known.items() if k not in {"birth_date", "nationalities"}}
    shown = {k: {True: "yes", False: "no"}.get(v, v) for k, v in kept.items()}
    before = _version(chain, story)
    sent = _send(client, chain, story, "facts", **{**shown, **data})
    assert sent.status_code == 302, sent.context["form"].errors
    told: dict[str, Any] = {}
    for event in selectors.thread_of(actor=chain.coordination_point, case_id=story):
        told |= event.fields["facts"] if event.seq > before else {}
    assert told == {"children_along": 2, "wages_unpaid": True}


def test_a_fact_cannot_be_emptied_here_but_is_corrected_in_the_thread(
    chain: Chain, enter: Enter, story: UUID
) -> None:
    with _unchanged(chain, story):
        sent = enter(chain.coordination_point).post(
            f"/cases/{story}/facts/?fact=sex",
            {"on": TODAY, "sex": "", "version": _version(chain, story)},
        )
    assert sent.status_code == 422
    assert "correct it in the thread" in sent.content.decode()


@pytest.mark.parametrize(
    "born",
    [f"{clock.today() + timedelta(days=1):%d-%m-%Y}", "31-02-2014", "01-01-1800", "x"],
    ids=["to come", "no such day", "long ago", "text"],
)
def test_a_birth_date_that_cannot_be_is_told_at_its_field(
    chain: Chain, enter: Enter, story: UUID, born: str
) -> None:
    with _unchanged(chain, story):
        sent = enter(chain.police).post(
            f"/cases/{story}/facts/?fact=birth_date",
            {"on": TODAY, "birth_date": born, "version": _version(chain, story)},
        )
    assert sent.status_code == 422
    assert "birth_date" in sent.context["form"].errors


def test_a_judgement_is_asked_only_of_who_may_decide(
    chain: Chain, enter: Enter, story: UUID
) -> None:
    judgement = "individual_circumstances_weigh"
    police = enter(chain.police)
    assert judgement not in police.get(f"/cases/{story}/facts/").context["form"].fields
    for fact in (judgement, "ethnicity", "reflection_period_runs"):
        assert police.get(f"/cases/{story}/facts/", {"fact": fact}).status_code == 404
    ind = chain.immigration_service.organisation_id
    services.involve(actor=chain.coordination_point, case_id=story, organisation_id=ind)
    form = enter(chain.immigration_service).get(f"/cases/{story}/facts/").context["form"]
    assert judgement in form.fields


def test_two_nationalities_of_which_one_is_unknown(chain: Chain, enter: Enter) -> None:
    opened = chain.notified(facts={"age": 20})
    sent = enter(chain.police).post(
        f"/cases/{opened.case_id}/facts/?fact=nationalities",
        {
            "on": TODAY,
            "nationalities_0": "DE",
            "nationalities_1": "unknown",
            "nationalities_2": "DE",
            "version": _version(chain, opened.case_id),
        },
    )
    assert sent.status_code == 302
    page = enter(chain.police).get(f"/cases/{opened.case_id}/").context["page"]
    assert page.assessment.facts["nationalities"] == ("DE", "unknown")


def _event(chain: Chain, case: UUID, type_: str) -> Any:
    thread = selectors.thread_of(actor=chain.police, case_id=case)
    return next(event for event in thread if event.type == type_ and event.corrected_by is None)


def test_a_correction_starts_from_what_stands_there_and_replaces_it(
    chain: Chain, enter: Enter, story: UUID
) -> None:
    client = enter(chain.police)
    event = _event(chain, story, "rights_explained")
    path = f"events/{event.id}/correct"
    form = client.get(f"/cases/{story}/{path}/").context["form"]
    assert form["language"].value() == "en"
    assert form["on"].value() == event.on
    sent = _send(client, chain, story, path, **{**RIGHTS, "language": "fr"})
    assert sent.status_code == 302
    page = client.get(f"/cases/{story}/").context["page"]
    assert page.lines[0].replaces
    wrong = next(line for line in page.lines if line.seq == event.seq)
    assert wrong.state == "corrected"


def test_an_event_is_taken_back_whatever_else_stands_in_the_form(
    chain: Chain, enter: Enter, story: UUID
) -> None:
    client = enter(chain.police)
    event = _event(chain, story, "reflection_period_started")
    sent = _send(
        client, chain, story, f"events/{event.id}/correct", take_back="on", on="geen datum"
    )
    assert sent.status_code == 302
    page = client.get(f"/cases/{story}/").context["page"]
    assert page.assessment.facts["stay_ground"] == "none"
    (newest,) = [line for line in page.lines if line.seq == page.case.version]
    sent = client.post(newest.correct_href, {"version": page.case.version, "take_back": "on"})
    assert sent.status_code == 302
    page = client.get(f"/cases/{story}/").context["page"]
    assert page.assessment.facts["stay_ground"] == "reflection_period"


def test_told_facts_are_corrected_in_their_own_form(
    chain: Chain, enter: Enter, story: UUID
) -> None:
    client = enter(chain.police)
    event = next(
        each
        for each in selectors.thread_of(actor=chain.police, case_id=story)
        if each.type == "facts_recorded" and "sex" in each.fields["facts"]
    )
    path = f"events/{event.id}/correct"
    form = client.get(f"/cases/{story}/{path}/").context["form"]
    assert set(form.declared) == set(event.fields["facts"])
    data = {"birth_date": "13-04-2001", "sex": "female", "nationalities_0": "NG"}
    day = f"{event.on:%d-%m-%Y}"
    assert _send(client, chain, story, path, on=day, **data).status_code == 302
    page = client.get(f"/cases/{story}/").context["page"]
    assert page.assessment.facts["birth_date"].year == 2001


def test_another_organisation_cannot_correct_and_is_told_nothing(
    chain: Chain, enter: Enter, story: UUID
) -> None:
    event = _event(chain, story, "rights_explained")
    client = enter(chain.care_coordinator)
    path = f"/cases/{story}/events/{event.id}/correct/"
    assert client.get(path).status_code == 404
    with _unchanged(chain, story):
        assert client.post(path, {"take_back": "on"}).status_code == 404
    assert enter(chain.coordination_point).get(path).status_code == 404, "kept from it"
    unknown = f"/cases/{story}/events/{uuid4()}/correct/"
    assert enter(chain.police).get(unknown).status_code == 404
