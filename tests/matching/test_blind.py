# SPDX-License-Identifier: EUPL-1.2
"""The blind check: one of three words, codes that show nothing, and keys that keep apart."""

from __future__ import annotations

import pytest

from middenstip.matching.blind import (
    BlindRegister,
    Code,
    Encoder,
    asked_before,
    fingerprint,
    likeness,
)
from middenstip.matching.records import BadInput

from .people import crowd, somebody

KEY = b"0123456789abcdef0123456789abcdef"
ENCODER = Encoder(KEY, "test")
REGISTER = BlindRegister([ENCODER.code(one) for one in crowd()])


def test_a_known_person_spelt_otherwise_is_known_and_a_stranger_is_not() -> None:
    register = BlindRegister(
        [
            ENCODER.code(one)
            for one in (*crowd(), somebody("a", "Olga", "Marchenko", "1999-04-03"))
        ]
    )
    asked = ENCODER.code(somebody("q", "Marchenko", "Olga", "1999-04-03"))
    spelt = ENCODER.code(somebody("q", "Olga", "Martchenko", "1999-04-03"))
    strange = ENCODER.code(somebody("q", "Ngozi", "Okwuosa", "1983-12-09"))
    assert register.ask(asked) == "known"
    assert register.ask(spelt) in {"known", "perhaps"}
    assert register.ask(strange) == "not known"


def test_the_answer_is_a_word_and_nothing_else() -> None:
    for one in crowd(20):
        assert REGISTER.ask(ENCODER.code(one)) in {"known", "perhaps", "not known"}


def test_who_has_no_name_finds_nobody() -> None:
    assert REGISTER.ask(ENCODER.code(somebody("q", "", "", "1990-05-04"))) == "not known"
    assert BlindRegister([]).ask(ENCODER.code(crowd(1)[0])) == "not known"


def test_codes_of_another_key_or_purpose_say_nothing() -> None:
    one = somebody("1", "Olga", "Marchenko", "1999-04-03")
    mine = ENCODER.code(one)
    for other in (Encoder(KEY[::-1], "test"), Encoder(KEY, "other")):
        theirs = other.code(one)
        assert theirs.names != mine.names
        assert (likeness(mine.names, theirs.names) or 0) < 0.25


def test_a_code_is_the_same_each_time_and_holds_no_clear_text() -> None:
    one = somebody("1", "Olga", "Marchenko", "1999-04-03")
    assert ENCODER.code(one) == Encoder(KEY, "test").code(one)
    assert b"olga" not in ENCODER.code(one).names.lower()
    assert "olga" not in fingerprint(ENCODER.code(one), KEY)


def test_an_empty_code_is_alike_to_none() -> None:
    assert likeness(b"", ENCODER.code(crowd(1)[0]).names) is None


@pytest.mark.parametrize("length", [1, 63, 65])
def test_a_code_of_the_wrong_length_is_refused(length: int) -> None:
    with pytest.raises(BadInput, match="bytes"):
        Code(b"x" * length, b"")


def test_a_short_key_or_no_purpose_is_refused() -> None:
    with pytest.raises(BadInput, match="at least 32"):
        Encoder(b"short", "test")
    with pytest.raises(BadInput, match="purpose"):
        Encoder(KEY, "")


def test_one_person_in_a_thousand_spellings_is_one_person() -> None:
    spellings = [f"Olga{'abcdefghij'[i % 10]} Marchenko" for i in range(1000)]
    codes = [ENCODER.code(somebody("q", name, "", "1999-04-03")) for name in spellings]
    assert asked_before(codes[0], codes[1:]) == list(range(999))


def test_other_people_are_other_questions_and_the_same_without_a_name_is_the_same() -> None:
    one = ENCODER.code(somebody("q", "Olga", "Marchenko", "1999-04-03"))
    nameless = ENCODER.code(somebody("q", "", "", "1999-04-03"))
    others = [ENCODER.code(each) for each in crowd(40)]
    assert asked_before(one, [*others, one, nameless]) == [40]
    assert asked_before(nameless, [one, nameless]) == [1]
    assert asked_before(one, []) == []


def test_logs_with_different_keys_cannot_be_laid_side_by_side() -> None:
    code = ENCODER.code(somebody("q", "Olga", "Marchenko", "1999-04-03"))
    assert fingerprint(code, b"a") == fingerprint(code, b"a") != fingerprint(code, b"b")
