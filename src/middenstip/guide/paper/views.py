# SPDX-License-Identifier: EUPL-1.2
"""Papers of the guide by address. Answers come in a body, a PDF goes out, nothing is kept.

What a paper is called when somebody saves it tells nothing: neither what it is nor for whom.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from middenstip import clock
from middenstip.access.rules import access_rule
from middenstip.guide import views as guide
from middenstip.guide.answers import Answers, read_answers
from middenstip.guide.conversation import Door
from middenstip.guide.languages import LANGUAGES, Language
from middenstip.guide.paper.document import Card, Paper
from middenstip.guide.paper.results import paper_of_result
from middenstip.guide.paper.sheets import card_of_result, paper_of_sheet
from middenstip.guide.paper.typesetting import PressBusy, typeset
from middenstip.guide.result import GuideResult, guide_result
from middenstip.pack.model import Pack
from middenstip.thread.country import pack

FILE_NAME = "paper.pdf"
CARD = "card"
DOORS: dict[str, Door] = {"help": "help", "helping": "helping"}
RETRY_SECONDS = 2

View = Callable[..., HttpResponse]


def _in_language(view: View) -> View:
    @wraps(view)
    def answer(request: HttpRequest, lang: str, *args: Any, **kwargs: Any) -> HttpResponse:
        language = LANGUAGES.get(lang)
        if language is None:
            return guide.not_here(request)
        return view(request, language, *args, **kwargs)

    return answer


@access_rule("public")
@_in_language
def result(request: HttpRequest, language: Language, door: str) -> HttpResponse:
    """The result of the answers in the body, as a paper."""
    return _of_answers(request, language, door, paper_of_result)


@access_rule("public")
@_in_language
def result_card(request: HttpRequest, language: Language, door: str) -> HttpResponse:
    """The result of the answers in the body, as a card that tells nothing of them."""
    return _of_answers(request, language, door, partial(card_of_result, sheet_id=CARD))


@access_rule("public")
@_in_language
def sheet(request: HttpRequest, language: Language, sheet_id: str) -> HttpResponse:
    """A sheet or card with a fixed text, for which nothing is asked."""
    if request.method not in ("GET", "HEAD"):
        return _refused(request, language, 405, "GET, HEAD")
    paper = paper_of_sheet(pack(), sheet_id, lang=language.code, on=clock.today())
    if paper is None:
        return guide.not_here(request)
    return _printed(request, language, paper)


def _of_answers(
    request: HttpRequest,
    language: Language,
    door: str,
    make: Callable[[Pack, GuideResult], Paper | Card | None],
) -> HttpResponse:
    if door not in DOORS:
        return guide.not_here(request)
    if request.method != "POST":
        # Somebody opened the address again: the answers were not in it.
        return _refused(request, language, 405, "POST", door=door)
    country, today = pack(), clock.today()
    answers, _ = read_answers(country, request.POST.lists(), today)
    if all(answer.skipped for answer in answers.given):
        return _refused(request, language, 400, door=door)
    found = guide_result(country, answers, door=DOORS[door], lang=language.code, on=today)
    paper = make(country, found)
    if paper is None:
        return guide.not_here(request)
    return _printed(request, language, paper, answers)


def _printed(
    request: HttpRequest,
    language: Language,
    paper: Paper | Card,
    answers: Answers | None = None,
) -> HttpResponse:
    """Return a paper as PDF, or a page that says to try again while another is being made."""
    try:
        pdf = typeset(paper)
    except PressBusy:
        context = {"answers": answers, "again": request.path}
        response = guide.page(request, "paper_busy", language, status=503, **context)
        response["Retry-After"] = str(RETRY_SECONDS)
        return response
    return HttpResponse(
        pdf,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="{FILE_NAME}"',
            "Content-Language": language.code,
        },
    )


def _refused(
    request: HttpRequest, language: Language, status: int, allow: str = "", *, door: str = ""
) -> HttpResponse:
    """Say that there is nothing to print yet, with the way to where there is."""
    back = f"guide:{door}" if door else "guide:start"
    response = guide.page(request, "paper_none", language, status=status, back=back)
    if allow:
        response["Allow"] = allow
    return response
