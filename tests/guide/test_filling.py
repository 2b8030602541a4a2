# SPDX-License-Identifier: EUPL-1.2
"""The pages of a conversation are filled as Django fills their templates, and what is kept from
one visitor to the next holds nothing that somebody answered."""

from __future__ import annotations

from datetime import date
from random import Random
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import RequestFactory

from middenstip import clock
from middenstip.guide import filling, views
from middenstip.pack.load import load_pack
from tests.guide import made_up

TODAY = date(2026, 11, 23)
FORM = "application/x-www-form-urlencoded"
LANGS = ("nl", "en", "ar", "hu", "ti")


def page(lang: str, door: str, fields: list[tuple[str, str]], day: date = TODAY) -> str:
    """Return the page that somebody gets who sends these fields on a day."""
    address = f"/guide/{lang}/{door}/"
    request = RequestFactory().post(address, urlencode(fields), content_type=FORM)
    with clock.at(day):
        view = views.help_me if door == "help" else views.helping
        answer: HttpResponse = view(request, lang)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("door", ["help", "helping"])
def test_a_page_is_sign_for_sign_what_django_makes_of_its_template(
    lang: str, door: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = Random(f"filled {door} {lang}")  # noqa: S311 - the same made-up visits every time
    sent = list(made_up.visits(load_pack("nl"), random, TODAY, 25))
    filled = [page(lang, door, fields) for fields in sent]
    monkeypatch.setattr(views, "filled", render_to_string)
    assert [page(lang, door, fields) for fields in sent] == filled
    assert any('id="by-need"' in one for one in filled)


def test_what_is_kept_is_the_same_for_who_answered_otherwise() -> None:
    """The second of two visitors gets no other page than when they had been the first."""
    one = [("a.indication", "yes"), ("a.age", "17"), ("a.in_danger", "?"), ("show", "1")]
    other = [("a.indication", "yes"), ("a.age", "53"), ("a.bed_needed", "no"), ("show", "1")]
    filling._ready.cache_clear()
    first = page("nl", "help", other)
    page("nl", "help", one)
    assert page("nl", "help", other) == first
    filling._ready.cache_clear()
    page("nl", "help", one)
    assert page("nl", "help", other) == first


def test_a_part_that_is_kept_takes_a_bounded_place() -> None:
    part = filling.Kept(lambda scope: scope["offer"].scheme_id)
    result = SimpleNamespace(door="help", on=TODAY)
    for place in range(3 * filling.MOST_KEPT):
        offer = SimpleNamespace(scheme_id=f"X-{place}", outcome="applies")
        assert part({"offer": offer, "result": result}) == f"X-{place}"
        assert 0 < len(part.found) <= filling.MOST_KEPT
