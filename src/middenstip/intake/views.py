# SPDX-License-Identifier: EUPL-1.2
"""The notification form: a list of drafts, four steps, a check, and sending."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from middenstip.access.actors import Actor
from middenstip.access.rules import access_rule
from middenstip.access.selectors import acting_for
from middenstip.intake import selectors, services, wizard
from middenstip.intake.basis import may_notify, require_notifier
from middenstip.intake.earlier import Earlier, earlier
from middenstip.intake.forms import STEPS, StepForm, step_labels
from middenstip.intake.selectors import DraftView
from middenstip.intake.summary import rights_done_by, summary_of
from middenstip.thread.errors import EventRefused


@access_rule("member")
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Show the own drafts, or begin a notification; who does not notify is told so (403)."""
    actor = acting_for(request)
    if not may_notify(actor):
        return render(request, "intake/not_yours.html", status=403)
    if request.method == "POST":
        draft = services.begin_draft(actor=actor)
        return redirect("intake:step", draft_id=draft.id, step=1)
    return render(request, "intake/start.html", {"drafts": selectors.drafts(actor=actor)})


@access_rule("member")
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, draft_id: UUID, step: int) -> HttpResponse:
    """Show a step, or keep what was typed in it and go on.

    "Previous" keeps it too, right or wrong. Only the writer, acting for the same organisation;
    for everybody else the draft is not there (404). A draft that was sent leads to its case.
    """
    actor = _notifier(request)
    if step not in range(1, len(STEPS) + 1):
        raise Http404
    if sent := _sent(actor, draft_id):
        return sent
    draft = selectors.draft_for(actor=actor, draft_id=draft_id)
    if request.method != "POST":
        form = wizard.step_form(
            draft.answers, step, actor=actor, check="mistakes" in request.GET
        )
        return _page(request, draft, step, form)
    form = wizard.step_form(draft.answers, step, actor=actor, data=request.POST)
    draft = services.save_step(
        actor=actor, draft_id=draft_id, step=step, typed=wizard.typed_of(request.POST, step)
    )
    if "previous" in request.POST:
        return _to_step(draft_id, step - 1) if step > 1 else redirect("intake:start")
    if "later" in request.POST:
        messages.success(request, _("Your draft is kept. Nobody else can see it."))
        return redirect("intake:start")
    if not form.is_valid():
        return _page(request, draft, step, form)
    return _to_step(draft_id, step + 1)


@access_rule("member")
@require_POST
def save(request: HttpRequest, draft_id: UUID, step: int) -> HttpResponse:
    """Keep what was typed so far, without judging it; answers with the line "saved at"."""
    actor = _notifier(request)
    if step not in range(1, len(STEPS) + 1):
        raise Http404
    draft = services.save_step(
        actor=actor,
        draft_id=draft_id,
        step=step,
        typed=wizard.typed_of(request.POST, step),
        settled=False,
    )
    return render(request, "intake/saved.html", {"saved_at": draft.saved_at})


@access_rule("member")
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Show what will be recorded and who receives it; sending leads to the case page."""
    actor = _notifier(request)
    if request.method == "POST":
        return _send(request, actor, draft_id)
    if sent := _sent(actor, draft_id):
        return sent
    draft = selectors.draft_for(actor=actor, draft_id=draft_id)
    return _check_page(request, actor, draft)


@access_rule("member")
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Ask whether to delete a draft, then do it for good. Only the writer's own."""
    actor = _notifier(request)
    draft = selectors.draft_for(actor=actor, draft_id=draft_id)
    if request.method == "POST":
        services.delete_draft(actor=actor, draft_id=draft_id)
        messages.success(request, _("The draft is deleted."))
        return redirect("intake:start")
    return render(request, "intake/delete.html", {"draft": draft})


def _send(request: HttpRequest, actor: Actor, draft_id: UUID) -> HttpResponse:
    if sent := _sent(actor, draft_id):
        return sent
    draft = selectors.draft_for(actor=actor, draft_id=draft_id)
    found = Earlier()
    try:
        notification = wizard.notification_of(wizard.read(draft.answers, actor=actor))
        found = earlier(actor=actor, notification=notification, post=request.POST)
        if found.new or not found.is_valid:
            return _check_page(request, actor, draft, found=found)
        case_id = services.send_draft(actor=actor, draft_id=draft_id, said=found.said)
    except wizard.Incomplete as incomplete:
        return redirect(
            reverse("intake:step", args=[draft_id, incomplete.step]) + "?mistakes=1"
        )
    except (EventRefused, ValidationError) as problem:
        return _check_page(request, actor, draft, problem=problem, found=found)
    messages.success(request, _("The notification is sent. This is the case now."))
    return redirect("desk:case", case_id=case_id)


def _notifier(request: HttpRequest) -> Actor:
    actor = acting_for(request)
    require_notifier(actor)
    return actor


def _sent(actor: Actor, draft_id: UUID) -> HttpResponse | None:
    case_id = selectors.case_of_sent(actor=actor, draft_id=draft_id)
    return redirect("desk:case", case_id=case_id) if case_id else None


def _to_step(draft_id: UUID, number: int) -> HttpResponse:
    if number > len(STEPS):
        return redirect("intake:check", draft_id=draft_id)
    return redirect("intake:step", draft_id=draft_id, step=number)


def _page(request: HttpRequest, draft: DraftView, number: int, form: StepForm) -> HttpResponse:
    context = {
        "draft": draft,
        "saved_at": draft.saved_at,
        "number": number,
        "labels": step_labels(),
        "label": step_labels()[number - 1],
        "form": form,
        "anonymous": wizard.is_anonymous(draft.answers),
        "rights_by": rights_done_by(acting_for(request)) if number == len(STEPS) else (),
    }
    return render(request, f"intake/step_{number}.html", context)


def _check_page(
    request: HttpRequest,
    actor: Actor,
    draft: DraftView,
    problem: Exception | None = None,
    found: Earlier | None = None,
) -> HttpResponse:
    reading = wizard.read(draft.answers, actor=actor)
    if problem is None and reading.first_bad is not None:
        return redirect(
            reverse("intake:step", args=[draft.id, reading.first_bad]) + "?mistakes=1"
        )
    refused = problem is not None or found is not None
    if found is None:
        found = earlier(actor=actor, notification=wizard.notification_of(reading))
    context: dict[str, Any] = {
        "draft": draft,
        "saved_at": draft.saved_at,
        "number": wizard.CHECK,
        "labels": step_labels(),
        "summary": summary_of(reading, actor=actor),
        "receivers": selectors.receivers(),
        "earlier": found,
        "met": refused and found.new,
    }
    if isinstance(problem, EventRefused):
        context["refused"] = problem
    elif isinstance(problem, ValidationError):
        context["problems"] = problem.messages
    return render(request, "intake/check.html", context, status=409 if refused else 200)
