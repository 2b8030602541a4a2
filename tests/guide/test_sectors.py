# SPDX-License-Identifier: EUPL-1.2
"""The door of who noticed something: signs by sector, whom to call, and nobody accused."""

import re

import pytest
from django.test import Client

from middenstip.pack.load import load_pack

PACK = load_pack("nl")


@pytest.mark.parametrize("lang", ["nl", "en", "ar"])
@pytest.mark.parametrize("sector", PACK.sectors)
def test_every_sector_has_a_page_with_signs_and_numbers(
    client: Client, sector: str, lang: str
) -> None:
    page = client.get(f"/guide/{lang}/noticed/{sector}/").content.decode()
    assert page.count("<li>") >= len(PACK.sectors[sector].signs)
    assert 'href="tel:112"' in page
    assert 'href="tel:0334481186"' in page


@pytest.mark.parametrize("path", ["noticed/", *(f"noticed/{key}/" for key in PACK.sectors)])
def test_there_is_no_form_to_accuse_anybody(client: Client, path: str) -> None:
    page = client.get(f"/guide/nl/{path}").content.decode()
    assert not re.search(r"<(form|input|textarea|select)\b", page)


def test_who_is_called_first_in_danger_is_112() -> None:
    for key, sector in PACK.sectors.items():
        assert sector.call[0] == "police_emergency", key
        assert "112" in sector.do[0]["nl"], key


def test_signs_name_no_origin_and_no_faith() -> None:
    named = re.compile(
        r"\b(roma|zigeuner|afrika\w*|oost-europ\w*|buitenland\w*|allochto\w*|moslim\w*|gypsy"
        r"|african|eastern european|foreign\w*|muslim\w*)\b",
        re.IGNORECASE,
    )
    for key, sector in PACK.sectors.items():
        for text in (*sector.signs, *sector.do, *sector.do_not):
            for words in text.values():
                assert not named.search(words), (key, words)


def test_what_no_source_says_is_shown_as_not_checked(client: Client) -> None:
    for key, sector in PACK.sectors.items():
        page = client.get(f"/guide/nl/noticed/{key}/").content.decode()
        if any(ref.confidence == "unverified" for ref in sector.sources):
            assert "nog niet allemaal nagekeken" in page
