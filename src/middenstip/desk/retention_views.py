# SPDX-License-Identifier: EUPL-1.2
"""Deciding whether somebody is removed, and writing down that somebody asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from middenstip.access.actors import Actor
from middenstip.access.rules import access_rule
from middenstip.access.selectors import acting_for
from middenstip.thread import erasure, selectors
from middenstip.thread.country import pack
from middenstip.thread.errors import NotAllowed, NotThere
from middenstip.thread.removal_models import OWN_REQUEST
from middenstip.web.forms import TellingForm
from middenstip.web.words import PackWords

MOST = 50


@dataclass(frozen=True, slots=True)
class RemovalLine:
    """A proposal with its reason and its state in words."""

    item: erasure.Removal
    why: str
    state: str


class RemovalForm(TellingForm):
    """Yes, no, or keep it for now; the last two say why."""

    decision = forms.ChoiceField(
        label=gettext_lazy("What do you decide?"),
        choices=[
            ("yes", gettext_lazy("Yes, remove")),
            ("no", gettext_lazy("No, do not remove")),
            ("keep", gettext_lazy("Keep for now: something is still going on")),
        ],
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("Needed for “no” and for “keep for now”."),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )


class AskForm(TellingForm):
    """What the person said, if anything."""

    text = forms.CharField(
        label=gettext_lazy("What did the person say?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )
    sure = forms.BooleanField(
        label=gettext_lazy("The person asks for this, and knows that it cannot be undone."),
        error_messages={"required": gettext_lazy("Only the person can ask for this.")},
    )


@access_rule("member")
@require_safe
def removal_list(request: HttpRequest) -> HttpResponse:
    """Show what waits for a yes or a no, and what was decided; 404 for who decides nothing."""
    actor = acting_for(request)
    if not erasure.may_decide(actor):
        raise Http404
    decided = request.GET.get("show") == "decided"
    found = erasure.removals(actor=actor, decided=decided, length=MOST)
    context = {
        "lines": [_line(item) for item in found],
        "decided": decided,
        "label": _("Which"),
        "tabs": [
            {"label": _("Waiting"), "href": "?", "current": not decided, "count": None},
            {"label": _("Decided"), "href": "?show=decided", "current": decided, "count": None},
        ],
    }
    return render(request, "desk/removals.html", context)


@access_rule("member")
@require_http_methods(["GET", "HEAD", "POST"])
def removal(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """Show what would be removed and what stays, and take a decision."""
    actor = acting_for(request)
    item = erasure.removal_of(actor=actor, proposal_id=proposal_id)
    form = RemovalForm(request.POST or None) if item.state == "waiting" else None
    if request.method == "POST" and form is None:
        raise NotThere
    if form is not None and form.is_valid():
        try:
            told = _decide(actor, proposal_id, **form.cleaned_data)
        except ValidationError as error:
            form.tell(error)
        except NotAllowed as refused:
            form.add_error("decision", str(refused))
        else:
            messages.success(request, told)
            return redirect("desk:removals")
    context = {"line": _line(item), "item": item, "form": form}
    status = 422 if form is not None and form.is_bound and form.errors else 200
    return render(request, "desk/removal.html", context, status=status)


@access_rule("member")
@require_POST
def lift(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """End what keeps the data for now, and go back to the proposal."""
    erasure.lift_hold(actor=acting_for(request), proposal_id=proposal_id)
    messages.success(request, _("These data need not be kept any more."))
    return redirect("desk:removal", proposal_id)


@access_rule("member")
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Write down that the person asks for removal; 404 when the case is not there."""
    actor = acting_for(request)
    case = selectors.case_for(actor=actor, case_id=case_id)
    if case.removed_at:
        raise NotThere
    form = AskForm(request.POST or None)
    if form.is_valid():
        try:
            erasure.propose_on_request(
                actor=actor, case_id=case_id, text=form.cleaned_data["text"]
            )
        except ValidationError as error:
            form.tell(error)
        else:
            messages.success(
                request,
                _("Written down. Two people of the coordination point decide about it."),
            )
            return redirect("desk:person", case_id)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "desk/ask_removal.html", {"case": case, "form": form}, status=status)


def removed_words(because: str) -> str:
    """Return in words why a person was removed: the term that passed, or their own request."""
    if because == OWN_REQUEST:
        return _("the person asked for it")
    item = pack().retention.get(because)
    if item is None:
        return because
    words = PackWords(pack())
    return _("term of keeping: %(term)s") % {"term": words.text(item.label)}


def _decide(actor: Actor, proposal_id: UUID, decision: str, text: str) -> str:
    """Carry out a decision and return what to say about it."""
    if decision == "no":
        erasure.say_no(actor=actor, proposal_id=proposal_id, text=text)
        return _("Not removed. Your reason is kept.")
    if decision == "keep":
        erasure.place_hold(actor=actor, proposal_id=proposal_id, text=text)
        return _("Kept for now. Nobody can say yes until this is lifted.")
    if erasure.say_yes(actor=actor, proposal_id=proposal_id):
        return _("Removed. Nobody can read any more who this was.")
    return _("Your yes is kept. Somebody else must say yes too.")


def _line(item: erasure.Removal) -> RemovalLine:
    states = {
        "waiting": _("waits for two people")
        if not item.first_yes_by
        else _("waits for a second yes"),
        "done": _("removed"),
        "refused": _("not removed"),
        "lapsed": _("lapsed: something new was recorded"),
    }
    return RemovalLine(item, removed_words(item.why), states[item.state])
