# SPDX-License-Identifier: EUPL-1.2
"""The pages of the guide. What was answered comes in a body and leaves in a page; nowhere else.

No view here reads a cookie, opens a session or touches the database.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation.trans_real import parse_accept_lang_header

from middenstip import clock
from middenstip.access.rules import access_rule
from middenstip.guide import pages
from middenstip.guide.answers import Answers, Refused, read_answers
from middenstip.guide.conversation import Door, question_about
from middenstip.guide.filling import filled
from middenstip.guide.languages import LANGUAGES, Language, best_language
from middenstip.guide.result import guide_result
from middenstip.thread.country import pack

# The pages that are made anew for each visitor.
CONVERSATION = frozenset({"question", "result"})

View = Callable[..., HttpResponse]


def _asked_language(request: HttpRequest) -> str:
    return best_language(parse_accept_lang_header(request.headers.get("Accept-Language", "")))


def page(
    request: HttpRequest, template: str, language: Language, status: int = 200, **context: Any
) -> HttpResponse:
    """Return a page in a language of the guide; nothing of the rest of the house is in it."""
    frame = {
        "lang": language.code,
        "language": language,
        "languages": LANGUAGES.values(),
        # Where the same page is in another language; answers go along in a form.
        "elsewhere": context.pop("elsewhere", None),
        "leave_to": pages.LEAVE_TO,
        "written": {},
        # A page that becomes a file (guide.export) holds nothing that needs a server.
        "exported": getattr(request, "exported", False),
        "unchecked": pack().unchecked(language.code),
    }
    write = filled if template in CONVERSATION else render_to_string
    html = write(f"guide/{template}.html", frame | context)
    return HttpResponse(html, status=status, headers={"Content-Language": language.code})


def _in_language(*methods: str) -> Callable[[View], View]:
    """Answer in the language of the address; 404 for one that is not there, 405 otherwise."""

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, lang: str, *args: Any, **kwargs: Any) -> HttpResponse:
            language = LANGUAGES.get(lang)
            if language is None:
                return not_here(request)
            if request.method not in methods:
                refused = not_read(request, 405)
                refused["Allow"] = ", ".join(methods)
                return refused
            return view(request, language, *args, **kwargs)

        return answer

    return decorate


def not_here(request: HttpRequest) -> HttpResponse:
    """Say that there is no such page, in the language of the address or the browser, with a
    way on."""
    return page(request, "not_here", _nearest_language(request), status=404)


def not_read(request: HttpRequest, status: int) -> HttpResponse:
    """Say that what was sent is no form of the guide, and that nothing was kept of it."""
    return page(request, "not_read", _nearest_language(request), status=status)


def _nearest_language(request: HttpRequest) -> Language:
    """Return the language of the address, else the one the browser asks for."""
    code = request.path_info.removeprefix("/guide/").partition("/")[0]
    return LANGUAGES[code if code in LANGUAGES else _asked_language(request)]


@access_rule("public")
def choose(request: HttpRequest) -> HttpResponse:
    """Send the browser to the guide in the language it asks for; without a cookie."""
    answer = HttpResponseRedirect(reverse("guide:start", args=[_asked_language(request)]))
    answer["Vary"] = "Accept-Language"
    return answer


@access_rule("public")
@_in_language("GET", "HEAD")
def start(request: HttpRequest, language: Language) -> HttpResponse:
    """Show the three doors."""
    return page(request, "start", language, elsewhere="guide:start")


@access_rule("public")
@_in_language("GET", "HEAD", "POST")
def help_me(request: HttpRequest, language: Language) -> HttpResponse:
    """The door of the person themselves: one question, or the result."""
    return _conversation(request, language, "help")


@access_rule("public")
@_in_language("GET", "HEAD", "POST")
def helping(request: HttpRequest, language: Language) -> HttpResponse:
    """The door of who helps somebody: one question, or the result."""
    return _conversation(request, language, "helping")


def _conversation(request: HttpRequest, language: Language, door: Door) -> HttpResponse:
    country, today = pack(), clock.today()
    answers, refused = read_answers(country, request.POST.lists(), today)
    before, asked = _moved(answers, request)
    if asked is not None and asked not in country.facts:
        asked = None
    result = guide_result(country, before, door=door, lang=language.code, on=today)
    region = pages.region_of(country, request.POST.get("r", ""))
    trouble = _trouble_with(request.POST.get("q", ""), refused)
    if trouble is not None:
        asked = trouble.fact
    question = result.question
    if asked is not None and country.facts[asked].askable:
        question = question_about(country, asked, door=door, lang=language.code)
    context: dict[str, Any] = {
        "result": result,
        "question": question,
        "previous": pages.answered(country, answers, question, door, language.code),
        "answers": before,
        "others": before.without(question.fact) if question else before,
        "region": region,
        "regions": pages.regions(country, language.code),
        "trouble": trouble,
        "left_out": [one for one in refused if one is not trouble],
        "number": len(before.without(question.fact).given if question else before.given) + 1,
        "wheel": pages.wheel(result),
        "elsewhere": f"guide:{door}",
    }
    if question is None or ("show" in request.POST and trouble is None):
        context["sheets"] = pages.sheets(country, language.code, today)
        context["near"] = pages.near(country, result, region)
        return page(request, "result", language, **context)
    return page(request, "question", language, **context)


def _moved(answers: Answers, request: HttpRequest) -> tuple[Answers, str | None]:
    """Return the answers that count now, and the fact to ask for: the last one again when
    going back, a named one when an answer is changed, else None."""
    if "back" in request.POST and answers.given:
        last = answers.given[-1].fact
        return answers.without(last), last
    named = request.POST.get("ask")
    return answers, named if answers.of(named or "") else None


def _trouble_with(asked: str, refused: tuple[Refused, ...]) -> Refused | None:
    """Return what is wrong with the answer to the question that was on the page."""
    return next(
        (one for one in refused if one.fact == asked and one.trouble != "no_such_fact"), None
    )


@access_rule("public")
@_in_language("GET", "HEAD")
def noticed(request: HttpRequest, language: Language) -> HttpResponse:
    """The door of who noticed something: choose where."""
    sectors = pages.sectors(pack(), language.code)
    return page(request, "noticed", language, sectors=sectors, elsewhere="guide:noticed")


@access_rule("public")
@_in_language("GET", "HEAD")
def sector(request: HttpRequest, language: Language, sector_id: str) -> HttpResponse:
    """Signs in one sector, what to do, what not to do, and whom to call."""
    found = pages.sector(pack(), sector_id, language.code)
    return _about(request, language, "sector", sector_id, found)


@access_rule("public")
@_in_language("GET", "HEAD")
def scheme(request: HttpRequest, language: Language, scheme_id: str) -> HttpResponse:
    """The law of one scheme, for who wants it."""
    found = pages.scheme(pack(), scheme_id, language.code, clock.today())
    return _about(request, language, "scheme", scheme_id, found)


def _about(
    request: HttpRequest, language: Language, kind: str, item_id: str, found: object | None
) -> HttpResponse:
    """Show one item of the pack, which its template knows by its kind."""
    if found is None:
        return not_here(request)
    context: dict[str, Any] = {
        kind: found,
        "elsewhere": f"guide:{kind}",
        "elsewhere_id": item_id,
    }
    return page(request, kind, language, **context)


@access_rule("public")
@_in_language("GET", "HEAD")
def safe(request: HttpRequest, language: Language) -> HttpResponse:
    """What this site keeps (nothing), what leaving does, and what it cannot do."""
    return page(request, "safe", language, elsewhere="guide:safe")
