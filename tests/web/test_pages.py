# SPDX-License-Identifier: EUPL-1.2
"""The layout all rooms share, the error pages, and what they weigh."""

import gzip
import re
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import translation

import middenstip.web

ROOM = Path(middenstip.web.__file__).parent
STATIC = ROOM / "static/web"
CODES = ("400", "403", "403_csrf", "404", "500")


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_an_error_page_needs_no_context_at_all(code: str, language: str) -> None:
    with translation.override(language):
        page = render_to_string(f"{code}.html")
    assert f'lang="{language}"' in page
    assert "<h1>" in page
    assert code[:3] in page


def test_an_error_page_says_in_dutch_what_to_do() -> None:
    with translation.override("nl"):
        assert "probeer het opnieuw" in render_to_string("400.html")
        assert "Dit ligt niet aan u" in render_to_string("500.html")


@pytest.mark.django_db
def test_an_address_that_does_not_exist_is_answered_in_the_look_of_the_product(
    client: Client,
) -> None:
    answer = client.get("/bestaat-niet/", headers={"accept-language": "nl"})
    assert answer.status_code == 404
    assert "Deze pagina is er niet" in answer.content.decode()


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused_with_words_that_help() -> None:
    answer = Client(enforce_csrf_checks=True).post(
        "/account/language/", {"language": "en"}, headers={"accept-language": "nl"}
    )
    assert answer.status_code == 403
    assert "Dit formulier is te oud" in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["nl/onbekend/", "de/case/"])
def test_the_gallery_refuses_another_page_or_language(client: Client, path: str) -> None:
    assert client.get(f"/_gallery/{path}").status_code == 404


@pytest.mark.django_db
def test_the_language_switch_keeps_the_page(client: Client) -> None:
    page = client.get("/_gallery/nl/case/?a=1").content.decode()
    assert 'name="next" value="/_gallery/nl/case/?a=1"' in page


def test_a_stranger_sees_no_menu_of_rooms() -> None:
    page = render_to_string("web/base.html", {"actor": None}, RequestFactory().get("/"))
    assert "ms-nav" not in page


def test_no_template_has_inline_style_or_script() -> None:
    found = [
        f"{template.name}: {match}"
        for template in ROOM.rglob("templates/**/*.html")
        for match in re.findall(
            r"\sstyle=|<style|\son[a-z]+=|<script(?![^>]*src)", template.read_text()
        )
    ]
    assert found == []


def test_styles_and_type_of_a_page_stay_under_90_kilobytes_on_the_wire() -> None:
    document = (ROOM / "templates/web/document.html").read_text()
    names = [*re.findall(r"static 'web/([^']+\.css)'", document), "css/theme.css"]
    styles = sum(len(gzip.compress((STATIC / name).read_bytes())) for name in set(names))
    latin = sum(
        (STATIC / f"vendor/atkinson-hyperlegible-latin-{weight}-normal.woff2").stat().st_size
        for weight in (400, 700)
    )
    assert len(set(names)) == 5
    assert styles + latin < 90_000


def test_every_vendored_file_is_named_in_the_notice() -> None:
    notice = (STATIC / "vendor/NOTICE").read_text()
    script = (ROOM.parents[2] / "script/vendor").read_text()
    for package, version in re.findall(r'\("(@[\w/-]+)", "([\d.]+)"\)', script):
        assert f"{package} {version}" in notice
    heads = re.findall(r"/\* (@utrecht/\S+ \S+) \*/", (STATIC / "vendor/nlds.css").read_text())
    assert heads
    assert all(head in notice for head in heads)
