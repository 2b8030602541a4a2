# SPDX-License-Identifier: EUPL-1.2
"""The guide that runs in a browser answers as the server does, person by person."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Page

from middenstip.guide.answers import PREFIX, Answer, Refused, read_answers
from middenstip.guide.compiled import as_json, compile_rules, turning_days
from middenstip.guide.conversation import next_fact
from middenstip.guide.settled import settle
from middenstip.pack.conditions import Term
from middenstip.pack.load import load_pack
from middenstip.pack.model import Pack
from middenstip.rules.assess import assess
from middenstip.rules.dates import add_term, full_years
from tests.guide import made_up
from tests.guide.modules import SCRIPTS, open_with_scripts

PERSONS = 1000
BATCH = 100
FIRST = date(2011, 1, 1)
TODAY = date(2026, 11, 23)
DAYS = (
    date(2014, 8, 15),
    date(2016, 2, 29),
    date(2019, 8, 1),
    date(2023, 5, 17),
    date(2023, 5, 18),
    TODAY,
    date(2028, 12, 31),
)
ROUGHLY = 20_000  # a page of the guide may be 60 kB in all; the rules take a third at most

JUDGE = """async ([data, persons]) => {
  const { Rules } = await import('/rules.js');
  const { settle, nextFact } = await import('/settle.js');
  const { readAnswer } = await import('/answers.js');
  const rules = new Rules(data);
  const shown = (settled) => settled.schemes.map((s) => [s.id, s.truth, s.because, s.missing]);
  return persons.map(([told, fields, day]) => {
    const view = rules.view(told, day);
    const plain = rules.lawOn(day).map((version) => {
      const reasons = [];
      version.node.reasons(view, true, reasons, { word: '', against: false });
      const truth = view.scheme(version.id);
      return { version, truth, missing: truth === null ? rules.missing(reasons, view) : [] };
    });
    const read = fields.map(([fact, raw]) => readAnswer(data, fact, raw, day));
    const answers = read.filter((one) => one.raw);
    const settled = settle(rules, answers, day);
    return {
      outcomes: plain.map((one) => [one.version.id, one.truth, one.missing]),
      question: rules.nextQuestion(view, plain.filter((one) => one.missing.length), []),
      read: read.map((one) => one.trouble || one.raw),
      settled: shown(settled),
      aside: settled.setAside,
      next: nextFact(rules, settled, answers),
    };
  });
}"""
TRUTH = {"applies": True, "does_not_apply": False, "unknown": None}


class Person(NamedTuple):
    told: dict[str, Any]
    fields: list[tuple[str, list[str]]]
    day: date


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack("nl")


@pytest.fixture(scope="module")
def rules(pack: Pack) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(as_json(compile_rules(pack, FIRST)))
    return found


def _persons(pack: Pack, rules: dict[str, Any], many: int) -> list[Person]:
    random = Random(20261123)  # noqa: S311 - the same made-up persons every time
    asked = [fact for fact, item in rules["facts"].items() if item.get("askable")]
    days = [DAYS[place % len(DAYS)] for place in range(many)]
    return [
        Person(made_up.told(pack, random, day), made_up.fields(pack, asked, random, day), day)
        for day in days
    ]


def _on_the_server(pack: Pack, person: Person) -> dict[str, Any]:
    plain = assess(pack, facts=person.told, events=[], on=person.day)
    answers, refused = read_answers(
        pack, [(PREFIX + fact, raw) for fact, raw in person.fields], person.day
    )
    settled = settle(pack, answers, person.day)
    read: dict[str, Answer | Refused] = {one.fact: one for one in (*answers.given, *refused)}
    return {
        "outcomes": [[s.id, TRUTH[s.outcome], list(s.missing)] for s in plain.schemes],
        "question": plain.next_question,
        "read": [
            one.trouble if isinstance(one, Refused) else list(one.raw)
            for one in (read[fact] for fact, _ in person.fields)
        ],
        "settled": [
            [s.provision.id, s.truth, list(s.because), list(s.missing)] for s in settled.schemes
        ],
        "aside": list(settled.set_aside),
        "next": next_fact(pack, settled, answers),
    }


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _in_the_browser(page: Page, rules: dict[str, Any], persons: list[Person]) -> list[Any]:
    found = []
    for start in range(0, len(persons), BATCH):
        batch = [
            [{fact: _plain(v) for fact, v in p.told.items()}, p.fields, p.day.isoformat()]
            for p in persons[start : start + BATCH]
        ]
        found += page.evaluate(JUDGE, [rules, batch])
    return found


def test_a_thousand_persons_get_the_same_answers_in_the_browser(
    pack: Pack, rules: dict[str, Any], new_page: Callable[..., Page]
) -> None:
    page = new_page()
    open_with_scripts(page)
    persons = _persons(pack, rules, PERSONS)
    seen = {True: 0, False: 0, None: 0}
    asked = vague = 0
    for person, found in zip(persons, _in_the_browser(page, rules, persons), strict=True):
        assert found == _on_the_server(pack, person), person
        asked += found["question"] is not None
        vague += any(len(raw[0]) == 7 for raw in found["read"] if isinstance(raw, list))
        for _, truth, _ in found["outcomes"]:
            seen[truth] += 1
    # Persons who all get the same answer would prove nothing.
    assert min(seen.values()) > PERSONS
    assert PERSONS / 10 < asked < PERSONS
    assert vague > PERSONS / 10


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("conditions.js", "if (truth === null) whole = null;", ""),
        ("conditions.js", 'left.indexOf("unknown") >= 0 ? null : false', "false"),
        ("dates.js", "Math.min(day, monthDays(newYear, newMonth))", "Math.min(day, 28)"),
        ("rules.js", "judge(trial) !== null", "judge(trial) === true"),
        ("rules.js", 'item.prefer !== "given"', "true"),
        ("settle.js", "return first.truth !== null;", "return false;"),
        ("answers.js", "of [DONT_KNOW, RATHER_NOT]", "of [DONT_KNOW]"),
    ],
)
def test_a_fault_in_the_browser_does_not_pass_unseen(
    pack: Pack,
    rules: dict[str, Any],
    new_page: Callable[..., Page],
    name: str,
    right: str,
    wrong: str,
) -> None:
    source = (SCRIPTS / name).read_text("utf-8")
    assert right in source
    page = new_page()
    open_with_scripts(page, {name: source.replace(right, wrong)})
    persons = _persons(pack, rules, 150)
    shown = _in_the_browser(page, rules, persons)
    assert any(
        found != _on_the_server(pack, person)
        for person, found in zip(persons, shown, strict=True)
    )


def test_days_are_counted_in_the_browser_as_on_the_server(
    new_page: Callable[..., Page],
) -> None:
    random = Random(4)  # noqa: S311
    start = date(1, 1, 1).toordinal()
    days = [date.fromordinal(random.randint(start, date.max.toordinal())) for _ in range(2000)]
    days += [date(2024, 2, 29), date(2023, 12, 31), date.min, date.max, date(1900, 2, 28)]
    term = Term(years=1, months=1, weeks=1, days=1)
    cases = [day for day in days if day.year < 9990]
    page = new_page()
    open_with_scripts(page)
    found = page.evaluate(
        """async ([days, cases, term]) => {
          const d = await import('/dates.js');
          return {
            number: days.map(d.dayNumber),
            back: days.map((day) => d.dayOfNumber(d.dayNumber(day))),
            later: cases.map((day) => d.addTerm(day, term, 1)),
            years: cases.map((day) => d.fullYears(day, '9999-06-30')),
            wrong: ['2023-02-29', '2024-13-01', '0000-01-01', '2024-1-1', 'x'].map(d.isDay),
          };
        }""",
        [
            [day.isoformat() for day in days],
            [day.isoformat() for day in cases],
            {"years": 1, "months": 1, "weeks": 1, "days": 1},
        ],
    )
    assert found["number"] == [day.toordinal() for day in days]
    assert found["back"] == [day.isoformat() for day in days]
    assert found["later"] == [add_term(day, term).isoformat() for day in cases]
    assert found["years"] == [full_years(day, date(9999, 6, 30)) for day in cases]
    assert found["wrong"] == [False] * 5


def test_the_day_is_that_of_the_country_wherever_the_phone_thinks_it_is(
    new_page: Callable[..., Page],
) -> None:
    days = set()
    for zone in ("Pacific/Honolulu", "Pacific/Kiritimati"):
        page = new_page(timezone_id=zone)
        open_with_scripts(page)
        page.clock.set_fixed_time("2026-12-31T23:30:00Z")
        days.add(
            page.evaluate("async () => (await import('/dates.js')).todayIn('Europe/Amsterdam')")
        )
    assert days == {"2027-01-01"}


def test_a_law_to_come_takes_effect_on_its_day_by_itself(
    pack: Pack, new_page: Callable[..., Page]
) -> None:
    """The page of an old export knows the law of its own day and of any later one."""
    day = date(2023, 5, 17)
    rules = json.loads(as_json(compile_rules(pack, day)))
    later = [scheme for scheme in rules["schemes"] if scheme["from"] > day.isoformat()]
    assert later, "the pack has no scheme that begins after this day: choose another day"
    page = new_page()
    open_with_scripts(page)
    for on in (day, day + timedelta(days=1)):
        person = Person({}, [], on)
        (found,) = _in_the_browser(page, rules, [person])
        assert [one[0] for one in found["outcomes"]] == [
            s.id for s in assess(pack, facts={}, events=[], on=on).schemes
        ]
    begins = {date.fromisoformat(scheme["from"]) for scheme in later}
    assert begins <= set(turning_days(pack, day))


def test_the_rules_are_small_and_name_no_word_of_a_language(pack: Pack) -> None:
    data = as_json(compile_rules(pack, TODAY))
    assert len(gzip.compress(data, 9)) < ROUGHLY
    assert data == as_json(compile_rules(pack, TODAY))
    words = {text for fact in pack.facts.values() for text in fact.label.values()}
    strings = set(_strings(json.loads(data)))
    assert not {word for word in words if " " in word} & strings


def _strings(item: Any) -> list[str]:
    if isinstance(item, dict):
        return [text for part in item.values() for text in _strings(part)]
    if isinstance(item, list):
        return [text for part in item for text in _strings(part)]
    return [item] if isinstance(item, str) else []
