# SPDX-License-Identifier: EUPL-1.2
"""Looking whether two files are of one person, deciding it, and taking that back.

Every page shows names, so it is opened on purpose: from the list, the case or a notification.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from middenstip.access.actors import Actor
from middenstip.access.rules import access_rule
from middenstip.access.selectors import acting_for
from middenstip.linkage import selectors, services
from middenstip.linkage.candidates import Candidate, candidates_for_case, compared
from middenstip.linkage.evidence import whole_words
from middenstip.linkage.forms import UndoForm, VerdictForm
from middenstip.linkage.models import Answer
from middenstip.thread.country import pack
from middenstip.thread.errors import NotAllowed, NotThere
from middenstip.thread.selectors import case_for

DIGITS = 6  # more than that is no page number


@dataclass(frozen=True, slots=True)
class PairLine:
    """A pair that waits, and in words how much speaks for one person."""

    pair: selectors.Undecided
    whole: str


@dataclass(frozen=True, slots=True)
class Decided:
    """A verdict in words: what was decided, on what ground, and what it took back."""

    verdict: selectors.VerdictView
    what: str
    ground: str


@access_rule("member")
@require_safe
def undecided(request: HttpRequest) -> HttpResponse:
    """List the pairs of files that nobody settled; 404 for who decides nothing."""
    actor = acting_for(request)
    if not selectors.may_decide(actor):
        raise Http404
    text = request.GET.get("page", "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS else 1
    found = selectors.undecided(actor=actor, page=number)
    context = {
        "found": found,
        "lines": [PairLine(pair, whole_words(pair.score)) for pair in found.items],
        "page": Paginator(range(found.total), selectors.LENGTH).get_page(number),
        "query": "",
    }
    return render(request, "linkage/undecided.html", context)


@access_rule("member")
@require_safe
def candidates(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show the earlier files that may be of the person of a case, with the reasons for each."""
    actor = acting_for(request)
    found = candidates_for_case(actor=actor, case_id=case_id)
    others = selectors.others(actor=actor, case_id=case_id)
    joined = {each.case_id for each in others}
    found = [each for each in found if each.case_id not in joined]
    context = {
        "case": case_for(actor=actor, case_id=case_id),
        "others": others,
        "waiting": [each for each in found if not _apart(each)],
        "apart": [(each, _decided(each.verdict)) for each in found if _apart(each)],
    }
    return render(request, "linkage/candidates.html", context)


@access_rule("member")
@require_http_methods(["GET", "HEAD", "POST"])
def pair(request: HttpRequest, case_id: UUID, other_id: UUID) -> HttpResponse:
    """Show two files side by side with what speaks for and against, and take a verdict.

    A form that was sent while somebody else decided says so, shows what holds now and keeps
    what was chosen.
    """
    actor = acting_for(request)
    seen = compared(actor=actor, one=case_id, two=other_id)
    form = _verdict_form(request, actor, case_id, other_id)
    if request.method == "POST" and form is None:
        raise NotThere
    if request.method == "POST" and form is not None and form.is_valid():
        if _decide(request, actor, (case_id, other_id), form, seen.score):
            return redirect("linkage:pair", case_id, other_id)
        form.data = {**form.data.dict(), "seen": _seen(actor, case_id, other_id)}  # type: ignore[attr-defined]
    past = selectors.history(actor=actor, one=case_id, two=other_id)
    context = {
        "one": seen.one,
        "two": seen.two,
        "reasons": seen.reasons,
        "past": [_decided(each) for each in past],
        "form": form,
        "undo": UndoForm(initial={"verdict": past[0].id}) if form and _undoable(past) else None,
        "joined": bool(past) and past[0].verdict == Answer.SAME,
    }
    status = 422 if form is not None and form.is_bound and form.errors else 200
    return render(request, "linkage/pair.html", context, status=status)


@access_rule("member")
@require_POST
def undo(request: HttpRequest, case_id: UUID, other_id: UUID) -> HttpResponse:
    """Take back the verdict that was shown of two files, and go back to them."""
    actor = acting_for(request)
    form = UndoForm(request.POST)
    shown = {each.id for each in selectors.history(actor=actor, one=case_id, two=other_id)}
    if not form.is_valid() or form.cleaned_data["verdict"] not in shown:
        raise NotThere
    try:
        services.undo(actor=actor, verdict=form.cleaned_data["verdict"])
    except services.VerdictChanged as changed:
        messages.warning(request, str(changed))
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
    else:
        messages.success(request, _("Taken back. What held before holds again."))
    return redirect("linkage:pair", case_id, other_id)


def _verdict_form(
    request: HttpRequest, actor: Actor, case_id: UUID, other_id: UUID
) -> VerdictForm | None:
    """Return the form for who decides; None for who only looks."""
    if not selectors.may_decide(actor):
        return None
    if request.method == "POST":
        return VerdictForm(request.POST)
    return VerdictForm(initial={"seen": _seen(actor, case_id, other_id)})


def _seen(actor: Actor, case_id: UUID, other_id: UUID) -> UUID | str:
    holds = selectors.standing(actor=actor, one=case_id, two=other_id)
    return holds.id if holds else ""


def _decide(
    request: HttpRequest,
    actor: Actor,
    cases: tuple[UUID, UUID],
    form: VerdictForm,
    score: float,
) -> bool:
    """Store the verdict of a form; False, with the reason in the form, when it may not be."""
    said: dict[str, Any] = form.cleaned_data
    try:
        services.decide(
            actor=actor,
            one=cases[0],
            two=cases[1],
            verdict=said["verdict"],
            ground="" if said["verdict"] == Answer.UNKNOWN else said["ground"],
            seen=said["seen"],
            score=score,
        )
    except ValidationError as error:
        form.tell(error)
    except services.VerdictChanged as changed:
        form.add_error(None, str(changed))
    except NotAllowed as refused:
        form.add_error("verdict", str(refused))
    else:
        told = {
            Answer.SAME.value: _("Kept: one person. Each file now shows the other."),
            Answer.DIFFERENT.value: _("Kept: different people."),
            Answer.UNKNOWN.value: _("Kept: not known. The two files stay on the list."),
        }
        messages.success(request, told[said["verdict"]])
        return True
    return False


def _apart(found: Candidate) -> bool:
    return found.verdict is not None and found.verdict.verdict == Answer.DIFFERENT


def _undoable(past: list[selectors.VerdictView]) -> bool:
    """Tell whether there is something to take back: not where nothing is settled now."""
    return bool(past) and past[0].verdict != Answer.UNKNOWN


def _decided(verdict: selectors.VerdictView | None) -> Decided | None:
    """Return a verdict in words; None for none."""
    if verdict is None:
        return None
    words = {
        Answer.SAME.value: _("one person"),
        Answer.DIFFERENT.value: _("different people"),
        Answer.UNKNOWN.value: _("not known"),
    }
    lang = (get_language() or "nl")[:2]
    ground = ""
    if verdict.ground:
        ground = pack().label_of(selectors.GROUNDS, verdict.ground, lang)
    return Decided(verdict, words[verdict.verdict], ground)
