# SPDX-License-Identifier: EUPL-1.2
"""Asking whether somebody is known, the answer, and the page of the coordination point."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from middenstip.access.actors import Actor
from middenstip.access.limits import Limited
from middenstip.access.rules import access_rule
from middenstip.access.selectors import acting_for
from middenstip.blindcheck import selectors, services
from middenstip.blindcheck.forms import AskForm, CallForm
from middenstip.blindcheck.selectors import Asking
from middenstip.thread.country import pack
from middenstip.web.words import PackWords


@access_rule("member")
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Ask; or for the coordination point: who asked, and who waits to be called back.

    Who may do neither is told so (403).
    """
    actor = acting_for(request)
    if selectors.may_call(actor):
        return _overview(request, actor)
    if not selectors.may_ask(actor):
        return render(request, "blindcheck/not_yours.html", status=403)
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("blindcheck:question", services.ask(actor=actor, asked=form.asked))
        except ValidationError as error:
            form.tell(error)
        except Limited as limited:
            until = {"until": limited.until}
            return render(request, "blindcheck/too_often.html", until, status=429)
    context = {"form": form, "questions": _lines(selectors.questions(actor=actor))}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "blindcheck/start.html", context, status=status)


@access_rule("member")
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest, question_id: UUID) -> HttpResponse:
    """Show the answer to a question of the own organisation, and ask to be called back."""
    actor = acting_for(request)
    asking = selectors.question_of(actor=actor, question_id=question_id)
    form = CallForm(
        request.POST or None, initial={"name": getattr(request.user, "display_name", "")}
    )
    if request.method == "POST" and form.is_valid():
        services.ask_call(actor=actor, question_id=question_id, **form.cleaned_data)
        messages.success(request, _("The coordination point has your number and calls you."))
        return redirect("blindcheck:question", question_id)
    context = {"question": asking, "form": form if asking.can_call else None}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "blindcheck/question.html", context, status=status)


@access_rule("member")
@require_http_methods(["GET", "HEAD", "POST"])
def call(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """Show whom to call back and who may be meant; write down that it was done."""
    actor = acting_for(request)
    if request.method == "POST":
        services.finish_call(actor=actor, call_id=call_id)
        messages.success(request, _("Done. Name and number are forgotten."))
        return redirect("blindcheck:start")
    found = selectors.call_of(actor=actor, call_id=call_id)
    return render(request, "blindcheck/call.html", {"call": found, "word": _word(found.answer)})


def _overview(request: HttpRequest, actor: Actor) -> HttpResponse:
    kinds = pack().organisation_kinds
    words = PackWords(pack())
    context = {
        "calls": [(item, _word(item.answer)) for item in selectors.calls(actor=actor)],
        "refused": selectors.refused(actor=actor),
        "tallies": [
            (tally, words.text(kinds[tally.kind].label) if tally.kind in kinds else tally.kind)
            for tally in selectors.tallies(actor=actor)
        ],
    }
    return render(request, "blindcheck/overview.html", context)


def _lines(found: list[Asking]) -> list[tuple[Asking, str]]:
    return [(asking, _word(asking.answer)) for asking in found]


def _word(answer: str) -> str:
    return {
        "known": _("known"),
        "perhaps": _("perhaps known"),
        "not_known": _("not known"),
        "same_person": _("no answer: asked too often for one person"),
        "full_day": _("no answer: too many questions in a day"),
    }[answer]
