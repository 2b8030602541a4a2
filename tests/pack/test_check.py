# SPDX-License-Identifier: EUPL-1.2
"""One broken pack per kind of mistake: the message names file, key, value and what would do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from middenstip.pack.check import check_folder
from middenstip.pack.problems import Problem
from tests.pack.small import REF, both, kinds, write

CheckWith = Callable[..., list[Problem]]
VERSION = "schemes/XX-01/versions/1"
APPLIES = f"{VERSION}/applies_when"
REFUSE = "guards/R-20/refuse_when"


def test_a_sound_pack_has_no_problem(folder: Path) -> None:
    assert check_folder(folder) == []


# place to break, what to put there, key path that must be named, words that must be said
MISTAKES: dict[str, tuple[str, Any, str, str]] = {
    "unknown contact": ("schemes/XX-01/contacts/0", "lin", "contacts.0", "did you mean line?"),
    "unknown amount": (f"{VERSION}/amounts/0", "mony", "amounts.0", "did you mean money?"),
    "call nobody knows": ("sectors/farm/call/0", "lne", "call.0", "did you mean line?"),
    "unknown region": ("directory/line/regions/0", "nation", "regions.0", "mean national?"),
    "unknown need of a contact": ("directory/line/needs/0", "sheltr", "needs.0", "shelter?"),
    "number in words": ("directory/line/phone", "call us", "phone", "no number such as"),
    "site without https": ("directory/line/site", "www.line.example", "site", "https://"),
    "mail of nobody": ("directory/line/email", "line.example", "email", "no mail address"),
    "checked tomorrow": ("directory/line/checked_on", date(2031, 1, 1), "checked_on", "future"),
    "amounts that overlap": (
        "amounts/money/values/0/valid_to",
        date(2014, 3, 1),
        "values",
        "two versions hold on 2014-01-01",
    ),
    "sheet of an unknown event": ("sheets/rights/event", "sen", "event", "did you mean seen?"),
    "sheet that calls nobody": ("sheets/rights/call/0", "lin", "call.0", "did you mean line?"),
    "sheet without a source": (
        "sheets/rights/versions/0/parts/0/points/0/sources",
        [],
        "parts.0.points.0.sources",
        "at least 1 item",
    ),
    "words in one language": ("schemes/XX-01/for_you/title/nl", None, "for_you.title", "nl"),
    "signs of ethnicity": ("sectors/farm/signs/0/en", "Looks Roma", "signs.0.en", "R-39"),
    "unknown key": ("facts/age/typ", "date", "age.typ", "did you mean type?"),
    "unknown key deep": (APPLIES, {"fact": "age", "lte": 3}, "applies_when.lte", "le"),
    "missing key": ("facts/age/category", None, "age.category", "category is missing"),
    "value not allowed": ("facts/age/type", "intger", "age.type", "did you mean integer?"),
    "two comparisons": (
        APPLIES,
        {"fact": "age", "lt": 3, "gt": 1},
        "",
        "exactly one comparison",
    ),
    "no comparison": (APPLIES, {"fact": "age"}, "applies_when", "exactly one comparison"),
    "two origins": (APPLIES, {"fact": "age", "event": "on", "lt": 3}, "", "exactly one of"),
    "text for a mapping": (APPLIES, "always", "applies_when", "'always'"),
    "bad start": ("duties/help_soon/starts/0/whn", 1, "starts.0.whn", "did you mean when?"),
    "empty term": ("duties/help_soon/versions/0/due/0/term", {}, "term", "a term needs"),
    "list where a value": (APPLIES, {"fact": "age", "lt": [3]}, "applies_when.lt", "a list"),
    "misspelt fact": (APPLIES, {"fact": "minr", "is": True}, "fact", "did you mean minor"),
    "fact in not": (APPLIES, {"not": {"fact": "minr", "is": True}}, "not.fact", "minr"),
    "fact in certainly": (
        APPLIES,
        {"any": [{"certainly": {"fact": "minr", "is": True}}]},
        "any.0.certainly.fact",
        "minr",
    ),
    "fact in an operand": (
        APPLIES,
        {"fact": "birth_date", "lt": {"fact": "birthdate"}},
        "applies_when.lt.fact",
        "did you mean birth_date",
    ),
    "fact in a formula": (
        "facts/age/compute/years_between/0/fact",
        "birthdate",
        "years_between.0.fact",
        "did you mean birth_date",
    ),
    "fact in an effect": ("events/seen/sets/0/fact", "senby", "sets.0.fact", "seen_by"),
    "unknown event": ("duties/help_soon/met_by/0/event", "help", "met_by.0.event", "helped"),
    "unknown event of a guard": ("guards/R-20/event", "sen", "R-20.event", "did you mean seen"),
    "unknown scheme": (APPLIES, {"scheme": "XX-02"}, "scheme", "did you mean XX-01"),
    "unknown duty": ("flags/R-01/duty", "help_sooner", "R-01.duty", "did you mean help_soon"),
    "unknown need": ("schemes/XX-01/need", "shelters", "XX-01.need", "did you mean shelter"),
    "unknown second need": ("schemes/XX-01/also_needs", ["bed"], "also_needs.0", "bed"),
    "unknown code list": ("facts/seen_by/code_list", "kinds", "code_list", "did you mean kind"),
    "unknown included list": ("code_lists/kind/include", ["land"], "include.0", "land is no"),
    "unknown code": (APPLIES, {"fact": "seen_by", "is": "polise"}, "is", "did you mean police"),
    "unknown code in a list": (
        APPLIES,
        {"fact": "seen_by", "in": ["ngo", "polise"]},
        "applies_when.in.1",
        "did you mean police",
    ),
    "unknown code looked for": (APPLIES, {"fact": "countries", "has": "DD"}, "has", "DD"),
    "unknown code set": ("events/seen/sets/0/to", "polise", "sets.0.to", "did you mean police"),
    "unknown category": ("facts/age/category", "identty", "age.category", "identity"),
    "unknown category of a purpose": (
        "purposes/help/categories",
        ["all"],
        "categories.0",
        "all",
    ),
    "unknown organisation kind": (
        "events/seen/recorded_by",
        ["polise"],
        "recorded_by.0",
        "did you mean police",
    ),
    "unknown decider": ("schemes/XX-01/decides", ["ngos"], "decides.0", "did you mean ngo"),
    "unknown arranging event": (
        "schemes/XX-01/arranged_by",
        [{"event": "help"}],
        "arranged_by.0.event",
        "did you mean helped",
    ),
    "unknown owner": ("duties/help_soon/owner", "polise", "owner", "did you mean police"),
    "unknown last owner": (
        "duties/help_soon/owner/otherwise",
        "ngos",
        "owner.otherwise",
        "did you mean ngo",
    ),
    "owner from a field that is no organisation": (
        "duties/help_soon/owner/event",
        "nights",
        "owner.event",
        "names no organisation kind",
    ),
    "unknown source": (f"{VERSION}/sources/0", {**REF, "source": "LAWS"}, "source", "mean LAW"),
    "yes/no against a number": (APPLIES, {"fact": "minor", "is": 3}, "is", "3 is not of"),
    "number against yes/no": (APPLIES, {"fact": "age", "is": True}, "is", "True is not of"),
    "day against text": (APPLIES, {"fact": "birth_date", "lt": "soon"}, "lt", "'soon' is not"),
    "day against a number fact": (
        APPLIES,
        {"fact": "birth_date", "lt": {"fact": "age"}},
        "lt",
        "integer, and date is needed",
    ),
    "has on no list": (APPLIES, {"fact": "seen_by", "has": "ngo"}, "has", "looks into a list"),
    "is on a list": (APPLIES, {"fact": "countries", "is": "AA"}, "is", "use has or has_any"),
    "order of codes": (APPLIES, {"fact": "seen_by", "lt": "ngo"}, "lt", "has no order"),
    "shifted number": (
        APPLIES,
        {"fact": "age", "plus": {"days": 3}, "lt": 3},
        "plus",
        "only a day can be shifted",
    ),
    "lists without a common code": (
        APPLIES,
        {"fact": "seen_by", "is": {"fact": "nearness"}},
        "is",
        "no code in common",
    ),
    "no event at hand in a scheme": (APPLIES, {"event": "nights", "gt": 3}, "event", "at hand"),
    "field that the event does not have": (
        REFUSE,
        {"event": "night", "gt": 3},
        "event",
        "nights",
    ),
    "field of another event": (
        "duties/help_soon/met_by/0/when",
        {"event": "nights", "gt": 3},
        "when.event",
        "no field nights",
    ),
    "field where facts start the duty": (
        "duties/help_soon/starts",
        [{"condition": {"event": "nights", "gt": 3}}],
        "starts.0.condition.event",
        "no event is at hand",
    ),
    "formula of another type": (
        "facts/minor/compute",
        {"years_between": [{"fact": "birth_date"}, {"today": True}]},
        "compute.years_between",
        "integer, and yes_no is needed",
    ),
    "branch of another type": (
        "facts/age/compute",
        {"cases": [{"when": {"fact": "minor", "is": True}, "then": "old"}]},
        "cases.0.then",
        "'old' is not",
    ),
    "earliest of a number": (
        "facts/age/compute",
        {"earliest": [{"fact": "birth_date"}]},
        "earliest",
        "gives date",
    ),
    "sum of a day": ("facts/age/compute", {"sum": [{"fact": "birth_date"}]}, "sum.0", "date"),
    "group of no codes": (
        "facts/nearness/compute/group_of",
        "age",
        "group_of",
        "belong to codes",
    ),
    "group without a code": (
        "code_lists/country/items/AA/group",
        "nearby",
        "compute.group_of",
        "the group nearby",
    ),
    "default of another type": ("facts/minor/default", "no", "minor.default", "'no' is not"),
    "codes without a list": ("facts/seen_by/code_list", None, "seen_by", "needs a code_list"),
    "list without codes": ("facts/age/code_list", "kind", "age.code_list", "has no code list"),
    "bounds upside down": (
        "facts/age",
        {**kinds()["facts"]["age"], "minimum": 9, "maximum": 1},
        "age.minimum",
        "above the maximum",
    ),
    "bounds of a yes/no": ("facts/minor/minimum", 1, "minor", "makes no sense"),
    "asked without a question": ("facts/age/askable", True, "age", "needs a question"),
    "judged by nobody": ("facts/minor/judgement_of", "judge", "judgement_of", "judge is no"),
    "added to no list": (
        "events/seen/sets/0",
        {"fact": "minor", "add": {"event": "by"}},
        "add",
        "",
    ),
    "reserved field": (
        "events/seen/fields/on",
        {"type": "date", "label": both("On")},
        "fields.on",
        "has on already",
    ),
    "term and date": (
        "duties/help_soon/versions/0/due/0/date",
        {"today": True},
        "due.0",
        "not both",
    ),
    "after without a term": (
        "duties/help_soon/versions/0/due",
        [{"after": {"today": True}, "date": {"today": True}}],
        "due.0.after",
        "give a term",
    ),
    "overlapping versions": (
        "schemes/XX-01/versions/0/valid_to",
        date(2014, 1, 1),
        "versions",
        "two versions hold on 2014-01-01",
    ),
    "open version before the last": (
        "schemes/XX-01/versions/0/valid_to",
        None,
        "versions",
        "two versions hold",
    ),
    "reversed version": (
        f"{VERSION}/valid_to",
        date(2013, 1, 1),
        "versions.1",
        "before it starts",
    ),
    "reversed guard": (
        "guards/R-20",
        {
            **kinds()["guards"]["R-20"],
            "valid_from": date(2015, 1, 1),
            "valid_to": date(2014, 1, 1),
        },
        "R-20",
        "before it starts",
    ),
    "overlapping groups": (
        "code_lists/country/items/BB/groups",
        [{"group": "near"}, {"group": "far", "valid_from": date(2014, 1, 1)}],
        "items.BB.groups",
        "two versions hold",
    ),
    "group without a rank": (
        "code_lists/country/precedence",
        ["near"],
        "precedence",
        "group far",
    ),
    "missing translation": ("needs/shelter/label/en", None, "shelter.label", "text in en"),
    "arranged by an unknown event": (
        "schemes/XX-01/arranged_by",
        [{"event": "helpt"}],
        "arranged_by.0.event",
        "did you mean helped",
    ),
    "arranged for a need that is not its own": (
        "schemes/XX-01/arranged_by",
        [{"event": "helped", "for": ["sheltre"]}],
        "arranged_by.0.for",
        "no need of this scheme",
    ),
    "arranged by an event and a fact": (
        "schemes/XX-01/undone_by",
        [{"event": "seen", "when": {"not": {"fact": "minor", "is": True}}}],
        "undone_by.0.when.not",
        "only fields of the event",
    ),
    "empty translation": ("needs/shelter/label/en", "  ", "shelter.label", "text in en"),
    "missing translation deep": (
        f"{VERSION}/gives",
        {"nl": "Een bed"},
        "versions.1.gives",
        "text in en",
    ),
    "missing translation in a list": (
        "schemes/XX-01/steps",
        [{"nl": "Bel"}],
        "steps.0",
        "text in en",
    ),
    "missing translation of a code": (
        "code_lists/kind/items/ngo/label",
        {"nl": "ngo"},
        "items.ngo.label",
        "text in en",
    ),
    "strange language": (
        "needs/shelter/label",
        {**both("Bed"), "de": "Bett"},
        "shelter.label",
        "de is no language",
    ),
    "say without a language": (
        APPLIES,
        {"fact": "age", "lt": 3, "say": {"nl": "x"}},
        "say",
        "en",
    ),
    "placeholders differ": (
        "guards/R-20/message",
        {"nl": "{age}", "en": "age"},
        "R-20.message",
        "differ per language",
    ),
    "unknown placeholder": (
        "guards/R-20/message",
        both("{event.night}"),
        "message.en",
        "did you mean event.nights",
    ),
    "source without a date": ("sources/LAW/checked_on", None, "LAW.checked_on", "is missing"),
    "source checked tomorrow": (
        "sources/LAW/checked_on",
        date(2999, 1, 1),
        "checked_on",
        "future",
    ),
    "source without an address": (
        "sources/LAW/url",
        "law.example",
        "LAW.url",
        "no web address",
    ),
    "scheme without a source": (f"{VERSION}/sources", [], "versions.1.sources", "at least 1"),
    "rule id": ("guards/R-20/rule", "rule 20", "R-20.rule", "no rule id"),
    "flag rule id": ("flags/R-01/rule", "R-1", "R-01.rule", "no rule id"),
    "flag without a ground": ("flags/R-01/duty", None, "R-01", "needs a duty, an event"),
    "holiday beyond the calendar": (
        "holidays/new_year/days",
        [date(2016, 1, 1)],
        "days.0",
        "after holidays_until",
    ),
    "id with a space": ("needs/a bed", {"label": both("Bed"), "order": 2}, "a bed", "letters"),
    "header": ("pack/languages", None, "languages", "is missing"),
}


@pytest.mark.parametrize(("path", "value", "key", "words"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_named(
    check_with: CheckWith, path: str, value: Any, key: str, words: str
) -> None:
    problems = [p for p in check_with(path, value) if p.level == "error"]
    assert problems, "the mistake was not seen"
    assert any(key in p.path and words in p.message for p in problems), problems
    assert all(p.file.endswith(".yaml") and p.line for p in problems), problems


def test_an_item_with_a_mistake_of_shape_is_not_unknown_elsewhere(
    check_with: CheckWith,
) -> None:
    problems = check_with("facts/minor/type", "yesno")
    assert [p.path for p in problems] == ["minor.type"]


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    content = kinds()
    content["facts"]["age"]["type"] = "intger"
    content["facts"]["birth_date"]["category"] = "identty"
    content["guards"]["R-20"]["event"] = "sen"
    content["schemes"]["XX-01"]["versions"][1]["applies_when"] = {
        "all": [{"fact": "minr", "is": True}, {"fact": "countries", "lt": 3}]
    }
    del content["needs"]["shelter"]["label"]["en"]
    folder = write(tmp_path, content)
    (folder / "fact.yaml").write_text("x: {}\n", encoding="utf-8")
    (folder / "flags.yaml").write_bytes("R-01: {rule: caf\xe9}".encode("latin-1"))
    (folder / "duties.yaml").write_text("help_soon: {label: [", encoding="utf-8")
    told = {(p.file, p.path) for p in check_folder(folder) if p.level == "error"}
    assert told == {
        ("facts.yaml", "age.type"),
        ("facts.yaml", "birth_date.category"),
        ("guards.yaml", "R-20.event"),
        ("schemes.yaml", "XX-01.versions.1.applies_when.all.0.fact"),
        ("schemes.yaml", "XX-01.versions.1.applies_when.all.1.lt"),
        ("needs.yaml", "shelter.label"),
        ("fact.yaml", ""),
        ("flags.yaml", ""),
        ("duties.yaml", ""),
    }


def test_a_fact_that_follows_from_itself_is_an_error(check_with: CheckWith) -> None:
    ring = {"condition": {"fact": "minor", "is": False}}
    (problem,) = check_with("facts/minor/compute", ring)
    assert problem.message == "this depends on itself: minor -> minor"


def test_a_cycle_through_schemes_and_facts_is_an_error(tmp_path: Path) -> None:
    content = kinds()
    content["facts"]["minor"]["compute"] = {"condition": {"scheme": "XX-01"}}
    problems = check_folder(write(tmp_path, content))
    assert ["depends on itself" in p.message for p in problems] == [True]
    assert {"minor", "XX-01"} <= set(problems[0].message.replace(":", "").split())


def test_two_separate_cycles_are_both_named(tmp_path: Path) -> None:
    content = kinds()
    for name in ("age", "minor"):
        fact = content["facts"][name]
        fact["type"] = "integer"
        fact["compute"] = {"value": {"fact": name}}
    content["schemes"]["XX-01"]["versions"] = content["schemes"]["XX-01"]["versions"][:1]
    content["schemes"]["XX-01"]["versions"][0]["applies_when"] = {"fact": "age", "gt": 1}
    problems = check_folder(write(tmp_path, content))
    rings = [p.path for p in problems if "depends on itself" in p.message]
    assert sorted(rings) == ["age", "minor"]


def test_a_duty_that_nothing_meets_is_a_warning(check_with: CheckWith) -> None:
    (problem,) = check_with("duties/help_soon/met_by", None)
    assert (problem.level, problem.path) == ("warning", "help_soon")


def test_an_unused_source_is_a_warning(check_with: CheckWith) -> None:
    source = {"title": "Old", "url": "https://law.example", "checked_on": date(2020, 1, 1)}
    (problem,) = check_with("sources/OLD", source)
    assert (problem.level, problem.path) == ("warning", "OLD")


ETHNICITY = [
    "ethnicity",
    "ethnic_group",
    "ethnic-background",
    "etniciteit",
    "Etnische",
    "race",
    "racial",
    "ras",
    "afkomst",
    "Huidskleur",
    "skin_colour",
    "skin-color",
    "tribe",
    "caste",
    "roma",
    "Sinti",
    "volksgroep",
    "ETHNICITY",
    "éthnicity",
]


@pytest.mark.parametrize("word", ETHNICITY)
def test_r39_no_field_for_ethnicity_under_any_name(tmp_path: Path, word: str) -> None:
    content = kinds()
    plain = {"type": "yes_no", "category": "identity", "label": both("Group"), "askable": False}
    content["facts"]["by_label"] = {**plain, "label": both(f"The {word} of this person")}
    content["facts"]["by_question"] = {**plain, "question": both(f"Which {word.title()}?")}
    content["code_lists"]["kind"]["items"]["group_1"] = {"label": both(word)}
    content["data_categories"]["extra"] = {"label": both(word)}
    content["events"]["seen"]["fields"]["extra"] = {"type": "text", "label": both(word)}
    if word.isascii():
        content["facts"][word] = plain
        content["code_lists"]["kind"]["items"][word] = {"label": both("a group")}
        content["events"]["seen"]["fields"][word] = {"type": "text", "label": both("Group")}
    found = [p for p in check_folder(write(tmp_path, content)) if "(R-39)" in p.message]
    # a text counts in both languages
    assert len(found) == 10 + (3 if word.isascii() else 0)


@pytest.mark.parametrize(
    "word",
    ["Country of birth", "Nationality", "Romania", "Land van herkomst", "trace", "terras"],
)
def test_r39_what_is_not_ethnicity_is_left_alone(check_with: CheckWith, word: str) -> None:
    assert check_with("facts/age/label", both(word)) == []


def test_r39_is_seen_in_a_misshapen_item_too(check_with: CheckWith) -> None:
    problems = check_with("facts/ethnicity", {"label": "?"})
    assert any("(R-39)" in p.message for p in problems)


def test_texts_that_nobody_fills_in_may_hold_no_braces(check_with: CheckWith) -> None:
    problems = check_with("schemes/XX-01/label", both("Bed for {age}"))
    assert {p.path for p in problems} == {"XX-01.label.en", "XX-01.label.nl"}


def test_a_part_of_a_code_list_may_be_compared_with_the_whole(tmp_path: Path) -> None:
    content = kinds()
    content["code_lists"]["wider"] = {
        "label": both("Wider"),
        "include": ["kind"],
        "items": {"self": {"label": both("self")}},
    }
    content["events"]["seen"]["fields"]["by"]["code_list"] = "wider"
    content["guards"]["R-20"]["refuse_when"] = {"event": "by", "is": {"fact": "seen_by"}}
    content["events"]["seen"]["sets"] = []
    assert check_folder(write(tmp_path, content)) == []


def test_a_wider_list_may_not_be_stored_in_a_narrower_fact(tmp_path: Path) -> None:
    content = kinds()
    content["code_lists"]["wider"] = {
        "label": both("Wider"),
        "include": ["kind"],
        "items": {"self": {"label": both("self")}},
    }
    content["events"]["seen"]["fields"]["by"]["code_list"] = "wider"
    problems = check_folder(write(tmp_path, content))
    assert [p.path for p in problems] == ["seen.sets.0.to"]
    assert "self" in problems[0].message
