# SPDX-License-Identifier: EUPL-1.2
"""The walls as a pack writes them: purposes, categories, identifying facts, terms, consent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from middenstip.pack.check import check_folder
from middenstip.pack.load import load_pack
from middenstip.pack.model import Owner
from middenstip.pack.problems import NoLawInForce, Problem
from tests.pack.small import REF, both, kinds, write

NL = load_pack("nl")
Check = Callable[..., list[Problem]]


def messages(found: list[Problem]) -> list[str]:
    """What is told about errors, without the place."""
    return [problem.message for problem in found if problem.level == "error"]


def retention(**more: Any) -> dict[str, Any]:
    """One item of retention.yaml."""
    item = {"label": both("Draft"), "what": "draft", "term": {"days": 28}}
    return {"kept": {**item, "action": "remove_draft", "sources": [REF], **more}}


def form(**more: Any) -> dict[str, Any]:
    """One consent form with one version; ``more`` goes to the version."""
    told = ("what", "with_whom", "why", "how_long", "refusing", "withdrawing")
    version = {"version": "1", "valid_from": date(2011, 1, 1), "sources": [REF]}
    version |= {name: both(name) for name in told} | more
    return {"asked": {"label": both("Form"), "purposes": ["help"], "versions": [version]}}


# Purposes


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("basis", [], "a purpose needs a basis"),
        ("emergency", True, "an emergency rests on vital_interest"),
        ("whole_register", True, "only a legal_duty may see every notified case"),
        ("whole_register", True, "ngo does not coordinate"),
    ],
)
def test_a_purpose_may_not_open_more_than_it_rests_on(
    check_with: Check, key: str, value: Any, told: str
) -> None:
    assert any(
        told in message for message in messages(check_with(f"purposes/help/{key}", value))
    )


@pytest.mark.parametrize("key", ["emergency", "whole_register", "names_under_number"])
def test_what_one_recorded_oneself_shows_nothing_of_others(check_with: Check, key: str) -> None:
    found = messages(check_with(f"purposes/own_record/{key}", True))
    assert "own_record shows only what one recorded oneself" in found


def test_what_stays_with_one_kind_is_given_to_no_other(check_with: Check) -> None:
    found = messages(check_with("data_categories/identity/stays_with", ["ngo"]))
    assert found == ["identity stays with ngo; police may not have it"]


def test_a_kind_that_acts_in_cases_has_a_purpose(check_with: Check) -> None:
    (problem,) = check_with("purposes/own_record/organisation_kinds", ["ngo"])
    assert (problem.file, problem.path) == ("organisation_kinds.yaml", "police")
    assert "no purpose lets it see one" in problem.message


def test_an_emergency_alone_is_no_purpose_to_act_for(tmp_path: Path) -> None:
    content = kinds()
    del content["purposes"]["own_record"]
    content["purposes"]["rescue"] = {
        **content["purposes"]["help"],
        "organisation_kinds": ["police"],
        "basis": ["vital_interest"],
        "emergency": True,
    }
    found = check_folder(write(tmp_path, content))
    assert [problem.path for problem in found] == ["police"]


# Categories of duties and flags, and what texts fill in


@pytest.mark.parametrize("path", ["duties/help_soon", "flags/R-01"])
def test_a_duty_and_a_flag_have_a_category(check_with: Check, path: str) -> None:
    assert "the key category is missing" in messages(check_with(f"{path}/category", None))


@pytest.mark.parametrize("path", ["duties/help_soon", "flags/R-01"])
def test_an_unknown_category_is_told_with_the_nearest(check_with: Check, path: str) -> None:
    found = messages(check_with(f"{path}/category", "identiti"))
    assert "identiti is no data category of this pack; did you mean identity?" in found


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("guards/R-20/message", "too long for {age}"),
        ("flags/R-01/message", "nobody helped at {age}"),
        ("duties/help_soon/versions/0/due/0/how", "soon at {age}"),
    ],
)
def test_no_text_fills_in_what_says_who_somebody_is(
    tmp_path: Path, path: str, words: str
) -> None:
    content = kinds()
    content["facts"]["age"]["identifying"] = True
    content["guards"]["R-20"]["message"] = both("too long")
    *steps, last = (int(k) if k.isdigit() else k for k in path.split("/"))
    place: Any = content
    for step in steps:
        place = place[step]
    place[last] = {"nl": words, "en": words}
    told = set(messages(check_folder(write(tmp_path, content))))
    assert told == {"age says who somebody is; no text fills it in"}


def test_no_text_fills_in_free_text(tmp_path: Path) -> None:
    content = kinds()
    content["events"]["seen"]["fields"]["story"] = {"type": "text", "label": both("Story")}
    content["guards"]["R-20"]["message"] = {
        "nl": "Nee: {event.story}",
        "en": "No: {event.story}",
    }
    told = set(messages(check_folder(write(tmp_path, content))))
    assert told == {"event.story is kept encrypted; no text fills it in"}


def test_a_flag_fills_in_only_what_its_category_shows(tmp_path: Path) -> None:
    content = kinds()
    content["data_categories"]["other"] = {"label": both("Other")}
    content["flags"]["R-01"] |= {"category": "other", "message": both("at {age}")}
    told = set(messages(check_folder(write(tmp_path, content))))
    assert told == {"age is of the category identity; this text is shown to who may see other"}


def test_a_day_counted_from_an_identifying_one_is_identifying_too(tmp_path: Path) -> None:
    content = kinds()
    day = {"type": "date", "category": "identity", "label": both("Day"), "askable": False}
    content["facts"]["born"] = {**day, "identifying": True}
    content["facts"]["turns_18"] = {
        **day,
        "compute": {"value": {"fact": "born", "plus": {"years": 18}}},
    }
    (message,) = messages(check_folder(write(tmp_path, content)))
    assert message == "it gives born away, which is identifying; mark this one too"


# Lists that follow from other files


def test_lists_of_kinds_categories_and_purposes_follow_from_their_files(folder: Path) -> None:
    pack = load_pack(folder)
    assert set(pack.codes_of("organisation_kind")) == set(pack.organisation_kinds)
    assert set(pack.codes_of("data_category")) == set(pack.data_categories)
    assert set(pack.codes_of("purpose")) == {"help", "own_record"}
    assert set(pack.codes_of("consent_purpose")) == {"help"}
    assert pack.label_of("purpose", "help", "nl") == pack.purposes["help"].label["nl"]


def test_such_a_list_may_not_be_kept_twice(check_with: Check) -> None:
    (problem,) = check_with("code_lists/purpose", {"label": both("Purpose"), "items": {}})
    assert problem.message == "this list follows from purposes; take it out"
    assert (problem.file, problem.path) == ("code_lists.yaml", "purpose")


# How long what is kept


def test_a_term_of_a_draft_is_sound(check_with: Check) -> None:
    assert check_with("retention", retention()) == []


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"action": "remove_person"}, "a draft ends with remove_draft, not remove_person"),
        ({"term": {"days": 0}}, "nothing can be kept for no time at all"),
        ({"warn": {"weeks": 4}}, "the warning would come before the term begins"),
        ({"starts": []}, "name an event or condition, or last_event"),
        ({"starts": [{"event": "sen"}]}, "sen is no event type of this pack"),
        ({"what": "letter"}, "'letter' is not accepted"),
    ],
)
def test_what_is_wrong_with_a_term_is_told(
    check_with: Check, more: dict[str, Any], told: str
) -> None:
    (message,) = messages(check_with("retention", retention(**more)))
    assert told in message


def test_one_thing_has_one_term(check_with: Check) -> None:
    twice = retention() | {"again": retention()["kept"]}
    assert messages(check_with("retention", twice)) == [
        "kept says already how long a draft is kept"
    ]


# Consent forms


def test_a_form_that_tells_all_is_sound(check_with: Check) -> None:
    words = {"nl": "Wij delen {categories}", "en": "We share {categories}"}
    assert check_with("consent_forms", form(what=words)) == []


@pytest.mark.parametrize(
    "name", ["what", "with_whom", "why", "how_long", "refusing", "withdrawing"]
)
def test_a_form_leaves_nothing_out(check_with: Check, name: str) -> None:
    content = form()
    del content["asked"]["versions"][0][name]
    assert messages(check_with("consent_forms", content)) == [f"the key {name} is missing"]


def test_a_form_fills_in_nothing_about_the_person(check_with: Check) -> None:
    found = set(messages(check_with("consent_forms", form(what=both("{age}")))))
    assert {message.split(";")[0] for message in found} == {"nothing fills in {age}"}


def test_nobody_is_asked_for_a_purpose_that_needs_no_consent(check_with: Check) -> None:
    content = form()
    content["asked"]["purposes"] = ["own_record"]
    assert messages(check_with("consent_forms", content)) == [
        "own_record does not rest on consent, so nobody is asked for it"
    ]


def test_the_form_of_a_purpose_goes_before_the_general_one(tmp_path: Path) -> None:
    content = kinds()
    content["consent_forms"] |= form()
    pack = load_pack(write(tmp_path, content))
    assert pack.consent_form("help", date(2014, 1, 1))[0] == "asked"
    assert pack.consent_form("own_record", date(2014, 1, 1))[0] == "general"
    with pytest.raises(NoLawInForce, match="2011-01-01 to now"):
        pack.consent_form("help", date(2010, 1, 1))


# The Dutch pack


def test_the_address_of_a_shelter_stays_with_the_shelter() -> None:
    holding = [k for k, p in NL.purposes.items() if "shelter_address" in p.categories]
    assert holding == ["give_shelter"]
    assert NL.purposes["give_shelter"].organisation_kinds == ("shelter",)
    assert NL.data_categories["shelter_address"].stays_with == ("shelter",)


def test_only_the_register_is_seen_whole_and_without_health_care_money_family() -> None:
    whole = [k for k, p in NL.purposes.items() if p.whole_register]
    assert whole == ["register_notification"]
    categories = set(NL.purposes["register_notification"].categories)
    assert categories.isdisjoint(
        {"health", "care", "money", "family", "contact", "witness_protection"}
    )
    assert {"identity", "protection", "coordination", "residence", "shelter"} <= categories


def test_r32_the_coordination_point_and_the_court_see_no_name_under_number() -> None:
    seeing = {
        kind
        for purpose in NL.purposes.values()
        if purpose.names_under_number
        for kind in purpose.organisation_kinds
    }
    assert {"police", "prosecution", "shelter"} <= seeing
    assert seeing.isdisjoint({"coordination_point", "court", "immigration_service"})


def test_an_emergency_opens_no_name_under_number_and_no_shielded_witness() -> None:
    (rescue,) = (p for p in NL.purposes.values() if p.emergency)
    assert not rescue.names_under_number
    assert {"witness_protection", "shelter_address"}.isdisjoint(rescue.categories)


def test_who_owns_a_duty_sees_its_category_for_its_usual_purpose() -> None:
    """Whoever else saw an indication sees these duties because they are their own."""
    for key, duty in NL.duties.items():
        owner = duty.owner if isinstance(duty.owner, Owner) else Owner(otherwise=duty.owner)
        for kind in {owner.otherwise, *(str(case.then) for case in owner.cases)}:
            usual = next(
                purpose
                for purpose_id, purpose in NL.purposes.items()
                if kind in purpose.organisation_kinds
                and not purpose.emergency
                and purpose_id != "own_record"
            )
            assert duty.category in usual.categories, (key, kind)


def test_a_date_of_birth_and_what_gives_it_away_are_identifying() -> None:
    identifying = {k for k, fact in NL.facts.items() if fact.identifying}
    assert identifying == {"birth_date", "turns_18_on", "prepare_18_on"}
    texts = [f for e in NL.events.values() for f in e.fields.values() if f.type == "text"]
    assert texts
    assert all(field.encrypted for field in texts)


def test_everything_that_is_kept_has_a_term_and_a_house_rule_is_called_one() -> None:
    assert {kept.what for kept in NL.retention.values()} == {
        "draft", "contact", "case", "unfollowed_signal", "read_log", "import_row", "backup",
    }  # fmt: skip
    for kept in NL.retention.values():
        assert any(ref.confidence == "house_rule" for ref in kept.sources)
    backup, draft = NL.kept("backup"), NL.kept("draft")
    assert backup is not None
    assert draft is not None
    assert (backup.term.days, draft.term.days) == (30, 28)


def test_every_purpose_that_rests_on_consent_has_a_form() -> None:
    for key, purpose in NL.purposes.items():
        if "consent" in purpose.basis:
            _, version = NL.consent_form(key, date(2014, 7, 1))
            assert "kost u niets" in version.refusing["nl"]


def test_only_two_grounds_go_without_consent() -> None:
    assert set(NL.codes_of("override_ground")) == {"life_or_safety", "child_protection"}
