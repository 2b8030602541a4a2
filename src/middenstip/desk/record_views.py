# SPDX-License-Identifier: EUPL-1.2
"""Record what happened, what is known, or that something was wrong.

What cannot be recorded is told at the top or at its field; what was typed stays in the form.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BooleanField
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from middenstip.access.actors import Actor
from middenstip.access.rules import access_rule
from middenstip.access.selectors import acting_for
from middenstip.desk import history
from middenstip.desk.forms import (
    ON,
    TAKE_BACK,
    VERSION,
    EventForm,
    FactsForm,
    PackForm,
    QuestionForm,
)
from middenstip.pack.model import EventType, Fact
from middenstip.rules.results import Assessment
from middenstip.thread import selectors, services
from middenstip.thread.country import FACTS_RECORDED, coordinates, pack
from middenstip.thread.errors import CaseChanged, EventRefused, NotThere
from middenstip.thread.records import NewEvent
from middenstip.web.words import Citation, PackWords, citation, with_dates

# Written down with all that belongs to them in `desk.sharing_views`.
CONSENTS = ("consent_given", "consent_withdrawn")
BY = "by"  # the field of many events that says which organisation did it


@dataclass(frozen=True, slots=True)
class Refused:
    """Why the law does not allow what was typed."""

    rule: str
    message: str
    sources: tuple[Citation, ...]


@access_rule("member")
@require_safe
def record(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show which event types this organisation may record now, by need."""
    actor = acting_for(request)
    case = selectors.case_for(actor=actor, case_id=case_id)
    country, words = pack(), PackWords(pack())
    offered: dict[str, list[tuple[str, str, str]]] = {}
    for name in selectors.recordable_events(actor=actor, case_id=case_id):
        if name in CONSENTS:
            continue
        event = country.events[name]
        entry = (name, words.text(event.label), words.text(event.hint))
        offered.setdefault(event.need or "", []).append(entry)
    order = sorted(country.needs, key=lambda need: country.needs[need].order)
    groups = [
        (need, words.need(need) if need else _("Notifying and sharing"), offered[need])
        for need in [*order, ""]
        if need in offered
    ]
    return render(request, "desk/record.html", {"case": case, "groups": groups})


@access_rule("member")
@require_http_methods(["GET", "HEAD", "POST"])
def record_event(request: HttpRequest, case_id: UUID, event_type: str) -> HttpResponse:
    """Record one event; 404 for a type that this organisation does not record.

    A type that is not offered any more (somebody else recorded meanwhile) opens no new form,
    but one that was sent is judged by the thread room: what was typed is never lost.
    """
    actor = acting_for(request)
    event = pack().events.get(event_type)
    if event is None or actor.organisation_kind not in event.recorded_by:
        raise Http404
    if event_type in CONSENTS:
        return redirect("desk:person" if event_type == CONSENTS[1] else "desk:consent", case_id)
    if request.method == "POST":
        return _record_event(request, actor, case_id, event_type, event)
    if event_type not in selectors.recordable_events(actor=actor, case_id=case_id):
        raise Http404
    case = selectors.case_for(actor=actor, case_id=case_id)
    form = EventForm(event=event, version=case.version, before=_own_kind(event, actor))
    return _event_form(request, case, event, form, None)


def _record_event(
    request: HttpRequest, actor: Actor, case_id: UUID, event_type: str, event: EventType
) -> HttpResponse:
    # Whether the case is there for this actor is asked under its lock, or when the form is
    # shown again; what was sent says itself which version was seen.
    form = EventForm(request.POST, event=event, version=0, before=_own_kind(event, actor))
    refused = None
    if form.is_valid():
        refused = _try(
            request,
            form,
            lambda: services.record_event(
                actor=actor,
                case_id=case_id,
                type=event_type,
                on=form.cleaned_data[ON],
                fields=form.values(),
                seen_version=form.cleaned_data[VERSION],
            ),
        )
        if not form.errors and refused is None:
            messages.success(request, _("Recorded."))
            return redirect("desk:case", case_id=case_id)
    case = selectors.case_for(actor=actor, case_id=case_id)
    return _event_form(request, case, event, form, refused)


def _event_form(
    request: HttpRequest,
    case: selectors.CaseView,
    event: EventType,
    form: EventForm,
    refused: Refused | None,
) -> HttpResponse:
    words = PackWords(pack())
    context = {
        "case": case,
        "form": form,
        "refused": refused,
        "title": words.text(event.label),
        "hint": words.text(event.hint),
        "back": reverse("desk:record", args=[case.id]),
    }
    return _answer(request, "desk/event.html", context, form, refused)


@access_rule("member")
@require_http_methods(["GET", "HEAD", "POST"])
def record_facts(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Record what is known; with `fact` in the address only that one."""
    actor = acting_for(request)
    case = selectors.case_for(actor=actor, case_id=case_id)
    assessment = selectors.assessment_of(actor=actor, case_id=case_id)
    asked = request.GET.get("fact", "")
    facts = askable(actor, asked)
    if not facts:
        raise Http404
    form = FactsForm(
        _posted(request), facts=facts, known=_told(assessment), version=case.version
    )
    refused = None
    if request.method == "POST" and form.is_valid():
        refused = _record_facts(request, actor, case_id, form)
        if not form.errors and refused is None:
            messages.success(request, _("Recorded."))
            return redirect("desk:case", case_id=case_id)
    context = {
        "case": case,
        "form": form,
        "refused": refused,
        "one": bool(asked),
        "back": reverse("desk:case", args=[case_id]),
    }
    return _answer(request, "desk/facts.html", context, form, refused)


@access_rule("member")
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, case_id: UUID, fact: str) -> HttpResponse:
    """Record the answer to one question; where it is not right yet, the form of that fact."""
    actor = acting_for(request)
    case = selectors.case_for(actor=actor, case_id=case_id)
    facts = askable(actor, fact)
    if not facts or fact not in facts:
        raise Http404
    address = reverse("desk:facts", args=[case_id]) + f"?fact={fact}"
    if request.method != "POST":
        return redirect(address)
    form = QuestionForm(request.POST, fact=fact, version=case.version)
    refused = None
    if form.is_valid():
        refused = _record_facts(request, actor, case_id, form)
        if not form.errors and refused is None:
            messages.success(request, _("Recorded."))
            return redirect("desk:case", case_id=case_id)
    back = reverse("desk:case", args=[case_id])
    context = {"case": case, "form": form, "refused": refused, "one": True, "back": back}
    return _answer(request, "desk/facts.html", context, form, refused)


@access_rule("member")
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, case_id: UUID, event_id: UUID) -> HttpResponse:
    """Correct an event, or take it back. What was wrong stays in the thread, marked.

    404 for an event that is not in this case, or that another organisation recorded.
    """
    actor = acting_for(request)
    case = selectors.case_for(actor=actor, case_id=case_id)
    thread = selectors.thread_of(actor=actor, case_id=case_id)
    event = next((each for each in thread if each.id == event_id), None)
    if event is None or event.corrected_by is not None:
        raise NotThere
    if event.organisation_id != actor.organisation_id and not coordinates(
        actor.organisation_kind
    ):
        raise NotThere
    entry = history.entry_of(event)
    form = _correction_form(request, entry, actor, case.version)
    refused = None
    if request.method == "POST" and _taking_back(form):
        refused = _try(request, form, lambda: _correct(actor, case_id, event_id, form, None))
    elif request.method == "POST" and form.is_valid() and entry is not None:
        new = _replacement(entry, form)
        refused = _try(request, form, lambda: _correct(actor, case_id, event_id, form, new))
    if request.method == "POST" and not form.errors and refused is None:
        messages.success(request, _("Corrected. What stood there stays visible in the thread."))
        return redirect("desk:case", case_id=case_id)
    words = PackWords(pack())
    context = {
        "case": case,
        "form": form,
        "refused": refused,
        "title": history.title(entry, words) if entry else _("Taken back"),
        "details": history.details(entry, words) if entry else (),
        "on": event.on if entry is None else entry.on,
        "by": event.organisation,
        "back": reverse("desk:case", args=[case_id]),
    }
    return _answer(request, "desk/correct.html", context, form, refused)


def askable(actor: Actor, only: str = "") -> dict[str, Fact]:
    """Return the facts that this actor may tell: what can be asked, and own judgements."""
    return {
        name: fact
        for name, fact in pack().facts.items()
        if (fact.judgement_of == actor.organisation_kind if fact.judgement_of else fact.askable)
        and only in ("", name)
    }


def _correct(
    actor: Actor, case_id: UUID, event_id: UUID, form: PackForm, new: NewEvent | None
) -> object:
    return services.correct_event(
        actor=actor,
        case_id=case_id,
        event_id=event_id,
        replaced_by=new,
        seen_version=form.cleaned_data[VERSION],
    )


def _correction_form(
    request: HttpRequest, entry: history.Entry | None, actor: Actor, version: int
) -> PackForm:
    """Return the form with what stands there now, and the choice to take it back."""
    data = _posted(request)
    form: PackForm
    if entry is None:
        form = PackForm(data, version=version)
    elif entry.type == FACTS_RECORDED:
        told = entry.fields["facts"]
        facts = {name: pack().facts[name] for name in told if name in pack().facts}
        form = FactsForm(data, facts=facts, known=told, day=entry.on, version=version)
    else:
        event = pack().events[entry.type]
        form = EventForm(data, event=event, before=entry.fields, day=entry.on, version=version)
    form.fields[TAKE_BACK] = BooleanField(
        label=_("Take it back: this did not happen, or is not about this person"),
        required=False,
        initial=entry is None,
    )
    return form


def _taking_back(form: PackForm) -> bool:
    """Tell whether it is taken back; then the other fields need not be right."""
    form.full_clean()
    if not form.cleaned_data.get(TAKE_BACK) or form.has_error(VERSION):
        return False
    for name in [name for name in form.errors if name != VERSION]:
        del form.errors[name]
    return True


def _replacement(entry: history.Entry, form: PackForm) -> NewEvent:
    values = form.values()
    fields: Mapping[str, Any] = {"facts": values} if entry.type == FACTS_RECORDED else values
    return NewEvent(entry.type, form.cleaned_data[ON], fields)


def _record_facts(
    request: HttpRequest, actor: Actor, case_id: UUID, form: FactsForm
) -> Refused | None:
    for name in form.emptied():
        form.add_error(
            name, _("To take back what is known, correct it in the thread of the case.")
        )
    told = form.changed()
    if not form.errors and not told:
        form.add_error(None, _("Nothing is new here. Change an answer, or go back."))
    if form.errors:
        return None
    return _try(
        request,
        form,
        lambda: services.record_facts(
            actor=actor,
            case_id=case_id,
            facts=told,
            on=form.cleaned_data.get(ON),
            seen_version=form.cleaned_data[VERSION],
        ),
    )


def _try(request: HttpRequest, form: PackForm, write: Callable[[], object]) -> Refused | None:
    """Write; where that is not possible say why, in the form or as a refusal."""
    try:
        write()
    except EventRefused as refused:
        sources = tuple(citation(cited) for cited in refused.sources)
        return Refused(refused.rule, with_dates(refused.message), sources)
    except CaseChanged as changed:
        # The next try knows of what was recorded meanwhile; nothing that was typed is lost.
        posted = request.POST.copy()
        posted[form.add_prefix(VERSION)] = str(changed.version)
        form.data = posted
        form.add_error(None, str(changed))
    except ValidationError as error:
        form.tell(error)
    return None


def _answer(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    form: PackForm,
    refused: Refused | None,
) -> HttpResponse:
    """Show a form; with status 422 where something is not right yet."""
    wrong = bool(form.errors) or refused is not None
    return render(request, template, context, status=422 if wrong else 200)


def _posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _own_kind(event: EventType, actor: Actor) -> dict[str, Any]:
    """Return the first guess for who did it: the organisation that records it."""
    return {BY: actor.organisation_kind} if BY in event.fields else {}


def _told(assessment: Assessment) -> dict[str, Any]:
    """Return what is known other than by following from something else."""
    return {
        name: value
        for name, value in assessment.facts.items()
        if assessment.origins[name] in {"given", "event"}
    }
