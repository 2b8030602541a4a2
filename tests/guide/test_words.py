# SPDX-License-Identifier: EUPL-1.2
"""What a page says in each language: to whom, how numbers are written, and nothing twice."""

from __future__ import annotations

import re

import pytest

from middenstip.guide import languages
from middenstip.guide.amounts import number, with_unit
from middenstip.guide.languages import LANGUAGES, say
from middenstip.guide.pages import wheel
from middenstip.guide.result import contact_line
from middenstip.guide.templatetags import guide as tags
from middenstip.pack.load import load_pack
from tests.guide.test_filling import page
from tests.guide.test_result import result, told

PACK = load_pack("nl")
SPACE = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_who_helps_somebody_is_not_told_that_it_is_for_them(lang: str) -> None:
    theirs, yours = say("there is something", lang), say("there is something for you", lang)
    sent = [("a.indication", "yes"), ("a.in_danger", "yes")]
    helping, help_me = page(lang, "helping", sent), page(lang, "help", sent)
    assert theirs.text in helping
    assert yours.text not in helping
    assert yours.text in help_me
    answers = told(indication="yes")
    assert theirs.text in wheel(result(answers, "helping", lang))
    assert yours.text in wheel(result(answers, "help", lang))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_number_that_stands_beside_a_name_is_not_in_the_name(lang: str) -> None:
    for key, contact in PACK.directory.items():
        line = contact_line(PACK, key, lang)
        assert line.label.text
        assert not contact.phone or contact.phone not in line.label.text, key
    assert contact_line(PACK, "police_emergency", lang).phone == "112"


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("nl", "€ 1.234,50"),
        ("en", "€ 1,234.50"),
        ("pl", f"1{SPACE}234,50{SPACE}€"),
        ("hu", f"1{SPACE}234,50{SPACE}€"),
        ("fr", f"1{SPACE}234,50{SPACE}€"),
        ("es", f"1.234,50{SPACE}€"),
        ("zh", "€ 1,234.50"),
    ],
)
def test_an_amount_is_written_as_the_language_writes_it(lang: str, expected: str) -> None:
    assert with_unit(1234.5, "eur", lang) == expected
    assert number(12, lang) == "12"
    assert with_unit(3, "months", "nl") == "3 maanden"
    assert with_unit(20, "percent", lang) == "20%"


def test_a_translation_that_reads_as_the_english_is_no_english() -> None:
    assert say("No", "es") == ("No", "es")
    assert "<span" not in str(tags.marked(say("No", "es"), "es"))
    assert say("Not in any catalogue", "fr") == ("Not in any catalogue", "en")
    assert say("Not in any catalogue", "xx").lang == "en"
    assert say("Information", "en").lang == languages.SOURCE


def test_a_page_runs_the_way_the_texts_of_its_language_do() -> None:
    for lang, language in LANGUAGES.items():
        assert PACK.reader(lang).direction == language.direction, lang


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_label_of_the_wheel_is_cut_off(lang: str) -> None:
    for door in ("help", "helping"):
        drawn = wheel(result(told(indication="yes"), door, lang))
        assert not re.search(r">[^<]*…</text>", drawn)
