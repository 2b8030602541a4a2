# SPDX-License-Identifier: EUPL-1.2
"""Papers over HTTP: what goes in is forgotten, what comes out has no name. No database here."""

from __future__ import annotations

import logging
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.http import HttpResponse
from django.test import Client

from middenstip.guide.languages import LANGUAGES
from middenstip.guide.paper.typesetting import free_press

FORM = "application/x-www-form-urlencoded"
TOLD = [("a.indication", "yes"), ("a.lawful_stay", "no"), ("a.age", "25")]


def send(client: Client, path: str, *fields: tuple[str, str]) -> HttpResponse:
    return client.post(path, urlencode(fields), content_type=FORM)  # type: ignore[return-value]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("path", ["paper/help/", "paper/helping/", "paper/help/card/"])
def test_answers_become_a_paper_in_every_language(client: Client, lang: str, path: str) -> None:
    answer = send(client, f"/guide/{lang}/{path}", *TOLD)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Language"] == lang
    assert answer.content.startswith(b"%PDF-")


def test_a_paper_is_shown_under_a_name_that_tells_nothing_and_kept_by_nobody(
    client: Client,
) -> None:
    answer = send(client, "/guide/nl/paper/help/", *TOLD)
    assert answer["Content-Disposition"] == 'inline; filename="paper.pdf"'
    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert not answer.cookies


def test_the_icon_that_a_browser_asks_for_beside_a_paper_brings_no_cookie(
    client: Client,
) -> None:
    answer = client.get("/favicon.ico", follow=True)
    assert answer.status_code == 204
    assert not client.cookies


@pytest.mark.parametrize("sheet", ["card", "reflection_period"])
def test_a_sheet_is_there_without_any_answer(client: Client, sheet: str) -> None:
    answer = client.get(f"/guide/ti/paper/sheets/{sheet}/")
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF-")
    assert not answer.cookies


@pytest.mark.parametrize(
    "path",
    [
        "/guide/xx/paper/help/",
        "/guide/nl/paper/elsewhere/",
        "/guide/nl/paper/elsewhere/card/",
        "/guide/xx/paper/sheets/card/",
        "/guide/nl/paper/sheets/nothing/",
    ],
)
def test_what_is_not_there_is_a_clear_page(client: Client, path: str) -> None:
    for answer in (client.get(path), send(client, path, *TOLD)):
        assert answer.status_code in (404, 405)
        assert answer["Content-Type"].startswith("text/html")
        assert "/guide/" in answer.content.decode()


@pytest.mark.parametrize(
    "fields",
    [
        [("go", "")],
        [("a.indication", "?"), ("a.age", "-")],
        [("a.nothing_known", "yes")],
        [("a.age", "many")],
        [("b", "c")],
    ],
)
@pytest.mark.parametrize("path", ["/guide/nl/paper/help/", "/guide/nl/paper/helping/card/"])
def test_without_an_answer_there_is_nothing_to_print(
    client: Client, path: str, fields: list[tuple[str, str]]
) -> None:
    answer = send(client, path, *fields)
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "nog niets" in page
    assert f'href="/guide/nl/{path.split("/")[4]}/"' in page


def test_opening_the_address_again_leads_back_to_the_questions(client: Client) -> None:
    answer = client.get("/guide/en/paper/help/")
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    assert 'href="/guide/en/help/"' in answer.content.decode()
    assert send(client, "/guide/en/paper/sheets/card/", *TOLD)["Allow"] == "GET, HEAD"


def test_when_many_print_the_answers_come_back_to_try_again(client: Client) -> None:
    with free_press():
        answer = send(client, "/guide/en/paper/help/", *TOLD)
        fixed = client.get("/guide/en/paper/sheets/card/")
    assert answer.status_code == fixed.status_code == 503
    assert int(answer["Retry-After"]) > 0
    page = answer.content.decode()
    assert 'action="/guide/en/paper/help/"' in page
    for name, value in TOLD:
        assert f'<input type="hidden" name="{name}" value="{value}">' in page
    assert send(client, "/guide/en/paper/help/", *TOLD).status_code == 200


def test_nothing_of_the_answers_is_logged_or_written(
    client: Client,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with caplog.at_level(logging.DEBUG):
        assert send(client, "/guide/nl/paper/helping/", *TOLD).status_code == 200
        assert send(client, "/guide/nl/paper/help/", ("a.age", "nobody")).status_code == 400
    for secret in ("indication", "lawful_stay", "nobody"):
        assert secret not in caplog.text
    assert list(tmp_path.iterdir()) == []
