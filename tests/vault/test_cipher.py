# SPDX-License-Identifier: EUPL-1.2
"""What is sealed opens with the right key in the right place only, and shows nothing."""

import pickle
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from middenstip.vault import cipher
from middenstip.vault.cipher import Cipher, DataKey, is_sealed
from middenstip.vault.errors import BadKey, CipherProblem, DoesNotOpen, NotSealed, UnknownFormat

PERSON = UUID("00000000-0000-4000-8000-000000000017")
KEY = bytes(range(32))
PLACE = "identity.given_name"
ANY_KEY = DataKey(PERSON, KEY)


@given(st.text(), st.text())
def test_what_is_sealed_opens_again(place: str, value: str) -> None:
    sealed = ANY_KEY.seal(place, value)
    assert is_sealed(sealed)
    assert ANY_KEY.open(place, sealed) == value


@given(st.binary(), st.binary(), st.data())
def test_every_flipped_bit_is_noticed(plain: bytes, place: bytes, data: st.DataObject) -> None:
    box = Cipher(KEY)
    sealed = bytearray(box.seal(plain, place))
    at = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[at // 8] ^= 1 << at % 8
    with pytest.raises((DoesNotOpen, UnknownFormat)):
        box.open(bytes(sealed), place)


def test_every_changed_byte_of_a_sealed_text_is_noticed() -> None:
    sealed = ANY_KEY.seal(PLACE, "A. Voorbeeld")
    for at in range(len(sealed)):
        for other in "Aa-_=! \n\x00é":
            if other != sealed[at]:
                with pytest.raises(CipherProblem):
                    ANY_KEY.open(PLACE, sealed[:at] + other + sealed[at + 1 :])


@given(st.text(min_size=0, max_size=80))
def test_a_cut_or_longer_text_is_noticed(tail: str) -> None:
    sealed = ANY_KEY.seal(PLACE, "A. Voorbeeld")
    for length in range(len(sealed)):
        with pytest.raises(CipherProblem):
            ANY_KEY.open(PLACE, sealed[:length])
    if tail:
        with pytest.raises(CipherProblem):
            ANY_KEY.open(PLACE, sealed + tail)


@given(st.text(), st.text())
def test_a_value_moved_to_another_place_does_not_open(place: str, other: str) -> None:
    if place != other:
        with pytest.raises(DoesNotOpen):
            ANY_KEY.open(other, ANY_KEY.seal(place, "A. Voorbeeld"))


def test_a_value_moved_to_another_person_does_not_open_even_under_one_key() -> None:
    with pytest.raises(DoesNotOpen):
        DataKey(uuid4(), KEY).open(PLACE, ANY_KEY.seal(PLACE, "A. Voorbeeld"))


def test_another_key_does_not_open() -> None:
    with pytest.raises(DoesNotOpen):
        DataKey(PERSON, bytes(32)).open(PLACE, ANY_KEY.seal(PLACE, "A. Voorbeeld"))


def test_the_same_value_is_sealed_differently_each_time() -> None:
    assert ANY_KEY.seal(PLACE, "Anna") != ANY_KEY.seal(PLACE, "Anna")


def test_the_length_of_a_name_does_not_show() -> None:
    lengths = {len(ANY_KEY.seal(PLACE, "x" * number)) for number in range(32)}
    assert len(lengths) == 1


@pytest.mark.parametrize(
    "typed", ["", "Anna", "sealed:", "sealed:abc", "sealed:Anna Voorbeeld"]
)
def test_what_is_not_sealed_is_known_and_never_handed_back(typed: str) -> None:
    assert not is_sealed(typed)
    with pytest.raises(NotSealed):
        ANY_KEY.open(PLACE, typed)


def test_text_typed_in_the_form_of_a_sealed_value_is_sealed_all_the_same() -> None:
    typed = DataKey(uuid4(), bytes(32)).seal(PLACE, "x")
    assert ANY_KEY.open(PLACE, ANY_KEY.seal(PLACE, typed)) == typed


@pytest.mark.parametrize("value", [None, 17, b"sealed:abc"])
def test_only_text_is_sealed_text(value: object) -> None:
    assert not is_sealed(value)


def test_a_value_of_a_later_version_says_so() -> None:
    sealed = b"\x09" + Cipher(KEY).seal(b"x", b"")[1:]
    with pytest.raises(UnknownFormat, match="format 9"):
        Cipher(KEY).open(sealed, b"")


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(BadKey):
        Cipher(bytes(length))


def test_no_error_and_no_representation_shows_content_or_key() -> None:
    sealed = ANY_KEY.seal(PLACE, "A. Voorbeeld")
    with pytest.raises(DoesNotOpen) as caught:
        ANY_KEY.open("elsewhere", sealed)
    shown = f"{caught.value!r} {ANY_KEY!r} {ANY_KEY}"
    assert "Voorbeeld" not in shown
    assert sealed not in shown
    assert caught.value.__suppress_context__
    with pytest.raises(TypeError):
        pickle.dumps(ANY_KEY)


def test_the_form_is_what_the_documentation_says() -> None:
    sealed = ANY_KEY.seal(PLACE, "Anna")
    assert sealed.startswith("sealed:")
    raw = cipher.from_text(sealed)
    assert raw[0] == 1
    assert len(raw) == 1 + 12 + 32 + 16
