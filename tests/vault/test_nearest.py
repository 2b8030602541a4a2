# SPDX-License-Identifier: EUPL-1.2
"""Frames of names: they find another spelling or script, and answer no search by name."""

from uuid import uuid4

import pytest
from django.db import connection

from middenstip.vault import services, tokens

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Goloebjev", "Golubiew"),
        ("فاطمة", "Fatima"),
        ("Иванов", "Ivanow"),
        ("Voorbeeldova", "Forbeeldowa"),
    ],
)
def test_another_spelling_or_script_shares_a_frame(one: str, other: str) -> None:
    frames = [
        {pair for pair in tokens.labelled({"alias": name}) if pair[0] == tokens.FRAME}
        for name in (one, other)
    ]
    assert frames[0] & frames[1]


def test_who_shares_what_is_rare_comes_first(fresh: object) -> None:
    near, far = uuid4(), uuid4()
    services.store_many_tokens({uuid4(): {"given_name": "Fatima"} for _ in range(9)})
    services.store_many_tokens(
        {far: {"given_name": "Fatima"}, near: {"family_name": "Zeldzaamova"}}
    )
    asked = {"given_name": "Fatima", "family_name": "Zeldsamowa"}
    assert services.nearest_by_tokens(asked)[0] == near
    assert services.nearest_by_tokens(asked, limit=1) == [near]
    assert services.nearest_by_tokens({}) == []


def test_what_too_many_share_finds_nobody(
    fresh: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("middenstip.vault.finding.TELLING_FEW", 3)
    services.store_many_tokens({uuid4(): {"birth_date": "1900-01-01"} for _ in range(4)})
    assert services.nearest_by_tokens({"birth_date": "1900-01-01"}) == []


def test_no_search_by_name_uses_a_frame(fresh: object) -> None:
    person = uuid4()
    services.store_many_tokens({person: {"given_name": "Goloebjev"}})
    assert services.nearest_by_tokens({"given_name": "Golubiew"}) == [person]
    assert all(
        tokens.FRAME not in match.on for match in services.find_by_tokens({"name": "Golubiew"})
    )


def test_how_many_share_is_counted_without_reading_anybody(fresh: object) -> None:
    services.store_many_tokens({uuid4(): {"given_name": "Fatima"} for _ in range(3)})
    part, other = (tokens.PART, "fatima"), (tokens.PART, "niemand")
    assert services.how_many_share([part, other, part]) == {part: 3, other: 0}


def test_a_frame_stands_in_the_table_as_a_hash_only(fresh: object) -> None:
    services.store_many_tokens({uuid4(): {"given_name": "Goloebjev"}})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, octet_length(token) FROM vault_token WHERE kind LIKE '%frame'"
        )
        rows = cursor.fetchall()
    assert rows == [(tokens.FRAME, tokens.TOKEN_BYTES)]
