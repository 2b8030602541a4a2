# SPDX-License-Identifier: EUPL-1.2
"""A person is found by keyed tokens: in another spelling or order, and never readably."""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from django.db import connection

from middenstip.vault import services, tokens
from middenstip.vault.models import Token

Give = Callable[..., None]
KNOWN = {
    "given_name": "Mohammed Ali",
    "family_name": "van Voorbeeld",
    "alias": "Blessing",
    "birth_date": "1999-12-31",
    "phone": "06 12 34 56 78",
}


@pytest.fixture
def person(fresh: Give) -> UUID:
    person = uuid4()
    services.store_many_tokens({person: KNOWN, uuid4(): {"given_name": "Iemand", "phone": ""}})
    return person


def _found(**values: str) -> dict[UUID, tuple[str, ...]]:
    return {match.person_id: match.on for match in services.find_by_tokens(values)}


@pytest.mark.parametrize(
    ("kind", "value", "on"),
    [
        ("given_name", "MOHAMMED  ali", "given_name"),
        ("given_name", "Mohámmed Ali", "given_name"),
        ("given_name", "Muhamad Aly", "given_name.sound"),
        ("family_name", "Voorbeeld", "family_name"),
        ("family_name", "Vorbeelt", "family_name.sound"),
        ("name", "Voorbeeld, Ali Mohammed van", "name"),
        ("name", "Forbeeld Aly Muhammad", "name.sound"),
        ("name", "Ali", "name.part"),
        ("alias", "Blesing", "alias.sound"),
        ("alias", "mohamed", "name.part.sound"),
        ("name", "Blessing", "name.part"),
        ("birth_date", "1999-12-31", "birth_date"),
        ("phone", "0031 6 12345678", "phone"),
        ("phone", "+31612345678", "phone"),
        ("phone", "06 87654321 / 06 12345678", "phone"),
        ("phone", "06-12345678 (werk: 020 123 4567)", "phone"),
    ],
)
def test_a_person_is_found_and_it_is_said_on_what(
    person: UUID, kind: str, value: str, on: str
) -> None:
    assert on in _found(**{kind: value})[person]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("given_name", "Fatima"),
        ("family_name", "Fatima"),
        ("name", "van"),
        ("birth_date", "1999-12-30"),
        ("phone", "0612345679"),
        ("given_name", ""),
        ("phone", "?"),
        ("name", "M. A."),
    ],
)
def test_another_is_not_found(person: UUID, kind: str, value: str) -> None:
    assert person not in _found(**{kind: value})


def test_who_shares_most_comes_first_and_the_number_is_bounded(fresh: Give) -> None:
    near, far = uuid4(), uuid4()
    services.store_many_tokens(
        {
            far: {"given_name": "Mohammed"},
            near: {"given_name": "Mohammed", "birth_date": "1999-12-31"},
        }
    )
    asked = {"given_name": "Mohammed", "birth_date": "1999-12-31"}
    assert [match.person_id for match in services.find_by_tokens(asked)] == [near, far]
    assert len(services.find_by_tokens(asked, limit=1)) == 1


def test_nothing_readable_stands_in_the_table(person: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(t::text, ' ') FROM vault_token t")
        (dump,) = cursor.fetchone()
    for value in KNOWN.values():
        for readable in (value, value.lower(), value.replace(" ", ""), value.encode().hex()):
            assert readable not in dump
    assert all(len(bytes(row.token)) == 16 for row in Token.objects.all())


def test_without_the_key_a_guess_cannot_be_tried() -> None:
    one, other = (tokens.digest(key, "given_name", "anna") for key in (bytes(32), b"1" * 32))
    assert one != other


def test_the_same_word_of_another_kind_has_another_token(fresh: Give) -> None:
    kinds = sorted(tokens.NAME_KINDS)
    assert len({tokens.digest(bytes(32), kind, "ali") for kind in kinds}) == len(kinds)
    given = services.tokens_for("given_name", "Ali")
    assert given == services.tokens_for("given_name", "ALI")
    assert given != services.tokens_for("family_name", "Ali")


def test_exchanged_names_are_found_by_their_parts_only(person: UUID) -> None:
    assert set(_found(family_name="Mohammed Ali")[person]) == {"name.part", "name.part.sound"}


def test_new_names_take_the_place_of_the_old_ones_and_leave_the_rest(person: UUID) -> None:
    services.replace_tokens(person, {"given_name": "Fatima"})
    assert person not in _found(name="Ali")
    assert person not in _found(alias="Blessing")
    assert person in _found(given_name="Fatima")
    assert person in _found(birth_date="1999-12-31")
    services.replace_tokens(person, {"birth_date": ""})
    assert person not in _found(birth_date="1999-12-31")
    assert person in _found(phone="0612345678")


def test_who_is_forgotten_is_not_found(person: UUID) -> None:
    services.forget_tokens(person)
    assert not Token.objects.filter(person_id=person).exists()


def test_storing_twice_adds_nothing(person: UUID) -> None:
    before = Token.objects.count()
    services.store_tokens(person, KNOWN)
    assert Token.objects.count() == before


@pytest.mark.parametrize(
    "values", [{"shoe_size": "43"}, {"birth_date": "31-12-1999"}, {"birth_date": "geheim"}]
)
def test_a_wrong_kind_or_day_is_refused_without_repeating_it(
    fresh: Give, values: dict[str, str]
) -> None:
    with pytest.raises(ValueError, match=r"kind|birth_date") as caught:
        services.find_by_tokens(values)
    assert not any(value in str(caught.value) for value in values.values())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("محمد", "Mohammed"),
        ("O'Brien", "Obrien"),
        ("Al-Hassan", "Hassan"),
        ("Ђорђе", "Djordje"),
        ("Sofia", "Sophia"),
        ("Youssef", "Yusuf"),
    ],
)
def test_a_name_in_another_script_or_spelling_sounds_the_same(one: str, other: str) -> None:
    sounds = [
        {pair for pair in tokens.labelled({"alias": name}) if pair[0] == "alias.sound"}
        for name in (one, other)
    ]
    assert sounds[0] == sounds[1] != set()


def test_a_name_of_many_words_gives_a_bounded_number_of_tokens() -> None:
    pairs = tokens.labelled({"alias": " ".join(f"naam{number}" for number in range(5000))})
    assert len(pairs) <= 4 * tokens.MOST_PARTS
