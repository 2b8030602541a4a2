# SPDX-License-Identifier: EUPL-1.2
"""The pages of the guide over HTTP. None of these tests may touch the database: neither does
the guide, and pytest refuses it."""

import gzip
import logging
import re
from urllib.parse import urlencode

import pytest
from django.http import HttpResponse
from django.test import Client

from middenstip.guide.languages import LANGUAGES
from middenstip.guide.middleware import MOST_BYTES
from middenstip.pack.load import load_pack
from tests.walls.test_headers import Markup

PACK = load_pack("nl")
FORM = "application/x-www-form-urlencoded"
TOLD = {
    "a.indication": "yes",
    "a.nationality_group": "third_country",
    "a.lawful_stay": "no",
    "a.bed_needed": "yes",
    "a.age": "25",
}
PLAIN = ["", "help/", "helping/", "noticed/", "safe/", "schemes/NL-STAY-01/"]


def send(client: Client, path: str, *fields: tuple[str, str], **more: str) -> HttpResponse:
    pairs = [*fields, *more.items()]
    return client.post(path, urlencode(pairs), content_type=FORM)  # type: ignore[return-value]


def talk(client: Client, *extra: tuple[str, str], lang: str = "nl") -> HttpResponse:
    return send(client, f"/guide/{lang}/help/", *TOLD.items(), *extra)


def text(answer: HttpResponse) -> str:
    return answer.content.decode()


def carried(page: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="(a\.[^"]+)" value="([^"]*)"', page)
    return dict(found)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("path", PLAIN)
def test_every_page_is_there_in_every_language(client: Client, lang: str, path: str) -> None:
    answer = client.get(f"/guide/{lang}/{path}")
    assert answer.status_code == 200
    assert answer["Content-Language"] == lang
    page = answer.content.decode()
    assert f'<html lang="{lang}" dir="{LANGUAGES[lang].direction}">' in page
    assert 'href="tel:112"' in page
    assert 'id="leave"' in page


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("ro-MD,ro;q=0.9,en;q=0.5", "ro"),
        ("de,ar;q=0.7,en;q=0.2", "ar"),
        ("zh-Hant-TW", "zh"),
        ("de", "nl"),
        ("", "nl"),
        ("x" * 5000, "nl"),
        ("en;q=0, pl;q=0.1", "pl"),
    ],
)
def test_the_browser_chooses_the_language_without_a_cookie(
    client: Client, asked: str, given: str
) -> None:
    answer = client.get("/guide/", headers={"accept-language": asked})
    assert (answer.status_code, answer["Location"]) == (302, f"/guide/{given}/")
    assert answer.cookies == {}
    assert "Accept-Language" in answer["Vary"]


@pytest.mark.parametrize("path", [*PLAIN, "noticed/nowhere/", "schemes/NL-XXX-99/", "x/"])
def test_no_page_sets_or_reads_a_cookie(client: Client, path: str) -> None:
    plain = client.get(f"/guide/nl/{path}")
    assert plain.cookies == {}
    client.cookies["sessionid"] = "somebodys-session"
    client.cookies["django_language"] = "en"
    with_cookies = client.get(f"/guide/nl/{path}")
    assert with_cookies.cookies == {}
    assert with_cookies.content == plain.content


def test_pages_have_the_headers_that_keep_answers_with_the_visitor(client: Client) -> None:
    for answer in (client.get("/guide/nl/"), talk(client), client.get("/guide/xx/")):
        assert answer["Cache-Control"] == "no-store"
        assert answer["Referrer-Policy"] == "no-referrer"
        assert answer["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
        assert "unsafe" not in answer["Content-Security-Policy"]


@pytest.mark.parametrize("extra", [(), (("show", "1"),), (("ask", "age"),), (("back", "1"),)])
def test_no_inline_script_or_style_and_nothing_from_elsewhere(
    client: Client, extra: tuple[tuple[str, str], ...]
) -> None:
    for page in (text(talk(client, *extra)), text(client.get("/guide/ar/"))):  # type: ignore[arg-type]
        markup = Markup()
        markup.feed(page)
        assert markup.wrong == []


def test_a_page_tells_nothing_in_its_title_and_icon(client: Client) -> None:
    for answer in (client.get("/guide/nl/"), talk(client), talk(client, ("show", "1"))):
        page = answer.content.decode()
        title = re.search(r"<title>(.*?)</title>", page, re.S)
        assert title is not None
        assert re.fullmatch(r"((Vraag \d+|Uitkomst) · )?Informatie", title[1].strip())
        assert "guide/icon.svg" in page


def test_answers_are_carried_on_and_the_question_is_not_among_them(client: Client) -> None:
    page = text(talk(client))
    assert carried(page) == TOLD
    question = re.search(r'name="q" value="([^"]+)"', page)
    assert question is not None
    assert f"a.{question[1]}" not in TOLD


def test_going_back_asks_the_last_question_again_and_shows_what_was_said(
    client: Client,
) -> None:
    page = text(talk(client, ("back", "1")))
    assert 'name="q" value="age"' in page
    assert "Je antwoord was:" in page
    assert "a.age" not in carried(page)


def test_an_earlier_answer_can_be_changed(client: Client) -> None:
    page = text(talk(client, ("ask", "bed_needed")))
    assert 'name="q" value="bed_needed"' in page
    changed = {name: value for name, value in TOLD.items() if name != "a.bed_needed"}
    new = text(send(client, "/guide/nl/help/", *changed.items(), ("a.bed_needed", "no")))
    assert carried(new)["a.bed_needed"] == "no"


def test_the_result_shows_answers_offers_and_what_to_do_first(client: Client) -> None:
    page = text(talk(client, ("show", "1")))
    assert "Wat er voor je is" in page
    assert "Doe dit eerst" in page
    assert 'id="NL-STAY-01"' in page
    for name in TOLD:
        assert f'name="ask" value="{name.removeprefix("a.")}"' in page


def test_the_same_form_sent_twice_gives_the_same_page(client: Client) -> None:
    assert talk(client).content == talk(client).content


def test_two_tabs_do_not_know_of_each_other(client: Client) -> None:
    first = text(talk(client))
    send(client, "/guide/nl/help/", ("a.age", "12"))
    assert text(talk(client)) == first


def test_a_wrong_answer_is_told_at_the_question_and_nothing_is_lost(client: Client) -> None:
    rest = {name: value for name, value in TOLD.items() if name != "a.age"}
    page = text(
        send(client, "/guide/nl/help/", *rest.items(), ("q", "age"), ("a.age", "seventeen"))
    )
    assert "Schrijf een getal" in page
    assert 'role="alert"' in page
    assert carried(page) == rest
    assert re.search(r"<title>\s*Fout: ", page)


@pytest.mark.parametrize(
    "field",
    [
        ("a.shoe_size", "44"),
        ("a.reflection_period_runs", "yes"),
        ("a.cooperation", "<script>alert(1)</script>"),
        ("a.exploitation_ended_on", "9999-99-99"),
        ("ask", "<b>"),
        ("ask", "shoe_size"),
        ("r", "atlantis"),
        ("q", "\x00"),
        ("a.", ""),
        ("a.age.y", "1"),
    ],
)
def test_what_no_page_would_send_is_left_out(client: Client, field: tuple[str, str]) -> None:
    answer = talk(client, field, ("show", "1"))
    assert answer.status_code == 200
    assert "<script>alert" not in text(answer)
    assert "atlantis" not in text(answer)


def test_absurd_combinations_get_a_page_that_says_what_did_not_count(client: Client) -> None:
    page = text(talk(client, ("a.is_minor", "yes"), ("show", "1")))
    assert "telde het niet mee" in page


def test_a_skipped_question_is_carried_as_skipped_and_costs_nothing_else(
    client: Client,
) -> None:
    page = text(talk(client, ("a.in_danger", "-"), ("a.own_income", "?"), ("show", "1")))
    assert carried(page)["a.in_danger"] == "-"
    assert "Dat zeg ik liever niet" in page
    assert "Dat weet ik niet" in page


def test_another_language_keeps_the_answers_and_marks_what_it_lacks(client: Client) -> None:
    page = text(talk(client))
    assert 'form="carry" formaction="/guide/ro/help/"' in page
    romanian = text(talk(client, lang="ro"))
    assert carried(romanian) == TOLD
    assert '<span lang="en">' in romanian or "Leave this page now" not in romanian


@pytest.mark.parametrize(
    "path", ["/guide/xx/", "/guide/nl/nowhere/", "/guide/nl/schemes/NL-XXX-99/", "/guide/NL/"]
)
def test_what_is_not_there_says_so_and_leads_on(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert 'href="/guide/nl/"' in answer.content.decode()


def test_an_address_without_its_last_stroke_is_mended(client: Client) -> None:
    assert client.get("/guide/nl/help")["Location"] == "/guide/nl/help/"


def test_a_file_or_a_flood_is_refused_before_it_is_read(client: Client) -> None:
    upload = client.post("/guide/nl/help/", TOLD)  # multipart, as for files
    assert upload.status_code == 415
    flood = client.post("/guide/nl/help/", "a" * (MOST_BYTES + 1), content_type=FORM)
    assert flood.status_code == 413
    assert "niets van bewaard" in flood.content.decode()


def test_a_body_that_cannot_be_read_gets_a_page_that_says_so(client: Client) -> None:
    many = client.post("/guide/nl/help/", "a&" * 5000, content_type=FORM)
    assert many.status_code == 400
    assert 'href="tel:112"' in many.content.decode()
    other = client.post("/guide/nl/help/", "a.age=17", content_type=f"{FORM}; charset=utf-16")
    assert other.status_code == 400


def test_a_page_that_takes_no_form_says_which_methods_it_takes(client: Client) -> None:
    answer = send(client, "/guide/nl/safe/", ("a.age", "17"))
    assert answer.status_code == 405
    assert answer["Allow"] == "GET, HEAD"


def test_no_log_line_tells_an_answer(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    talk(client)
    talk(client, ("show", "1"))
    talk(client, ("a.shoe_size", "44"))
    send(client, "/guide/nl/safe/", ("a.age", "17"))
    client.get("/guide/nl/nowhere/")
    logged = caplog.text
    for told in ("third_country", "indication", "lawful_stay", "bed_needed", "shoe_size"):
        assert told not in logged


def test_an_error_of_the_program_logs_no_answer(
    client: Client, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    from middenstip.guide import views
    from middenstip.logs import QuietFormatter

    def fail(*_: object, **__: object) -> None:
        raise ValueError("third_country")

    monkeypatch.setattr(views, "guide_result", fail)
    client.raise_request_exception = False
    assert talk(client).status_code == 500
    written = "\n".join(QuietFormatter().format(record) for record in caplog.records)
    assert "guide" in written
    assert "third_country" not in written


def test_a_page_is_compressed_for_who_can_read_it_so(client: Client) -> None:
    plain = client.get("/guide/nl/safe/")
    assert not plain.has_header("Content-Encoding")
    for asked in ("gzip, deflate, br", "br, gzip;q=0.5"):
        answer = client.get("/guide/nl/safe/", headers={"accept-encoding": asked})
        assert answer["Content-Encoding"] == "gzip"
        assert gzip.decompress(answer.content) == plain.content
        assert "Accept-Encoding" in answer["Vary"]
    refused = client.get("/guide/nl/safe/", headers={"accept-encoding": "br, gzip;q=0"})
    assert refused.content == plain.content


def test_a_page_is_small(client: Client) -> None:
    for path in PLAIN:
        answer = client.get(f"/guide/nl/{path}", headers={"accept-encoding": "gzip"})
        assert len(answer.content) < 20_000
