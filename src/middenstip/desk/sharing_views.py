# SPDX-License-Identifier: EUPL-1.2
"""What a person decided about sharing, and letting other organisations in or out of a case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from middenstip import clock
from middenstip.access.actors import Actor
from middenstip.access.rules import access_rule
from middenstip.access.selectors import acting_for, organisations
from middenstip.desk.sharing_forms import (
    ConsentForm,
    OverrideForm,
    RecipientForm,
    StopForm,
    WithdrawForm,
    chosen_recipient,
    recipients,
)
from middenstip.pack.problems import NoLawInForce
from middenstip.thread import consents, selectors, sharing
from middenstip.thread.country import kinds_in_cases, pack
from middenstip.thread.errors import NotThere
from middenstip.web.forms import TellingForm
from middenstip.web.words import PackWords


@access_rule("member")
@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Write down what a person decided: first about whom (in the address), then what."""
    actor = acting_for(request)
    case = selectors.case_for(actor=actor, case_id=case_id)
    choices = recipients(consents.consent_purposes)
    asked = request.GET.get("recipient", "")
    if asked not in dict(choices):
        form = RecipientForm(choices, request.GET if "recipient" in request.GET else None)
        context = {"case": case, "form": form}
        return render(request, "desk/consent_who.html", context, status=_status(form))
    recipient_id, purpose = chosen_recipient(asked)
    data = request.POST if request.method == "POST" else None
    answer = ConsentForm(data, purpose=purpose, kind=actor.organisation_kind)
    if answer.is_valid() and _record(actor, case_id, answer, recipient_id, purpose):
        given = answer.cleaned_data["decision"] == "given"
        yes, no = _("Recorded. Nothing is shared yet: do that below."), _("Recorded.")
        messages.success(request, yes if given else no)
        return redirect("desk:person", case_id)
    name = organisations().get(pk=recipient_id).name
    context = {
        "case": case,
        "form": answer,
        "recipient": name,
        "purpose": purpose,
        "told": _told(purpose, name),
    }
    return render(request, "desk/consent.html", context, status=_status(answer))


@access_rule("member")
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, case_id: UUID, consent_id: UUID) -> HttpResponse:
    """Explain what taking consent back does, and do it."""
    actor = acting_for(request)
    case = selectors.case_for(actor=actor, case_id=case_id)
    found = _consent(actor, case_id, consent_id)
    form = WithdrawForm(request.POST or None)
    if form.is_valid() and _try(
        form,
        lambda: consents.withdraw_consent(
            actor=actor, case_id=case_id, consent_id=consent_id, on=form.cleaned_data["on"]
        ),
    ):
        messages.success(request, _("Withdrawn. The sharing has stopped."))
        return _after(actor, case_id)
    context = {"case": case, "consent": found, "form": form}
    return render(request, "desk/withdraw.html", context, status=_status(form))


@access_rule("member")
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Take back all consent for one organisation, also where one may not see if there is."""
    actor = acting_for(request)
    case = selectors.case_for(actor=actor, case_id=case_id)
    choices = [
        (str(pk), name)
        for pk, name, kind in organisations().values_list("id", "name", "kind")
        if kind in kinds_in_cases() and consents.consent_purposes(kind)
    ]
    form = StopForm(choices, request.POST or None)
    if form.is_valid() and _try(
        form,
        lambda: consents.withdraw_all_from(
            actor=actor,
            case_id=case_id,
            recipient_id=UUID(form.cleaned_data["organisation"]),
            on=form.cleaned_data["on"],
        ),
    ):
        messages.success(
            request, _("Recorded. If anything was shared with them on consent, it has stopped.")
        )
        return _after(actor, case_id)
    context = {"case": case, "form": form}
    return render(request, "desk/stop.html", context, status=_status(form))


@access_rule("member")
@require_POST
def share(request: HttpRequest, case_id: UUID, consent_id: UUID) -> HttpResponse:
    """Share a case on a consent that was given, and go back to who sees it."""
    actor = acting_for(request)
    found = _consent(actor, case_id, consent_id)
    try:
        sharing.share(
            actor=actor,
            case_id=case_id,
            organisation_id=found.recipient_id,
            consent_id=consent_id,
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Shared. They see what the person agreed to, no more."))
    return redirect("desk:person", case_id)


@access_rule("member")
@require_http_methods(["GET", "HEAD", "POST"])
def end(
    request: HttpRequest, case_id: UUID, organisation_id: UUID, purpose: str
) -> HttpResponse:
    """Ask whether somebody who was brought in must stop seeing a case, and end it."""
    actor = acting_for(request)
    case = selectors.case_for(actor=actor, case_id=case_id)
    wanted = (organisation_id, purpose, "notified")
    member = next(
        (
            each
            for each in selectors.members_of(actor=actor, case_id=case_id)
            if (each.organisation_id, each.purpose, each.reason) == wanted
        ),
        None,
    )
    if member is None:
        raise NotThere
    if request.method == "POST":
        sharing.end_involvement(
            actor=actor, case_id=case_id, organisation_id=organisation_id, purpose=purpose
        )
        messages.success(request, _("They see this case for that purpose no more."))
        return redirect("desk:person", case_id)
    return render(request, "desk/end.html", {"case": case, "member": member})


@access_rule("member")
@require_http_methods(["GET", "HEAD", "POST"])
def override(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Let an organisation see a case without consent, with a ground and a reason."""
    actor = acting_for(request)
    case = selectors.case_for(actor=actor, case_id=case_id)
    choices = recipients(sharing.override_purposes, without=actor.organisation_id)
    form = OverrideForm(choices, request.POST or None)
    if form.is_valid():
        organisation_id, purpose = chosen_recipient(form.cleaned_data["recipient"])
        if _try(
            form,
            lambda: sharing.override_consent(
                actor=actor,
                case_id=case_id,
                organisation_id=organisation_id,
                purpose=purpose,
                ground=form.cleaned_data["ground"],
                text=form.cleaned_data["text"],
            ),
        ):
            messages.success(
                request, _("Shared for 24 hours. A second person was asked to look at it.")
            )
            return redirect("desk:person", case_id)
    return render(
        request, "desk/override.html", {"case": case, "form": form}, status=_status(form)
    )


def _record(
    actor: Actor, case_id: UUID, form: ConsentForm, recipient_id: UUID, purpose: str
) -> bool:
    """Write down what was filled in; False, with the messages in the form, when refused."""
    new = form.consent(recipient_id, purpose)
    return _try(
        form, lambda: consents.record_consent(actor=actor, case_id=case_id, consent=new)
    )


def _try(form: TellingForm, work: Callable[[], Any]) -> bool:
    """Do it; where the thread room refuses a value, say so in the form and return False."""
    try:
        work()
    except ValidationError as error:
        form.tell(error)
        return False
    return True


def _status(form: TellingForm) -> int:
    return 422 if form.is_bound and form.errors else 200


def _after(actor: Actor, case_id: UUID) -> HttpResponse:
    """Go to who sees the case, or to the desk when the actor just ended the own sight of it."""
    try:
        selectors.case_for(actor=actor, case_id=case_id)
    except NotThere:
        return redirect("desk:desk")
    return redirect("desk:person", case_id)


def _consent(actor: Actor, case_id: UUID, consent_id: UUID) -> consents.ConsentView:
    """Return a consent that was given and holds or ran out; 404 for others."""
    for found in consents.consents_of(actor=actor, case_id=case_id):
        if found.id == consent_id and found.decision == "given" and not found.withdrawn_on:
            return found
    raise Http404


def _told(purpose: str, recipient: str) -> list[str]:
    """Return the words of the form to read aloud; empty when no form holds for the purpose."""
    try:
        _form, version = pack().consent_form(purpose, clock.today())
    except NoLawInForce:
        return []
    words = PackWords(pack())
    filled = {
        "recipient": recipient,
        "purpose": words.text(pack().purposes[purpose].label),
        "categories": _("what you tick below"),
    }
    texts = (version.what, version.with_whom, version.why, version.how_long, version.refusing,
             version.withdrawing)  # fmt: skip
    return [words.text(text).format(**filled) for text in texts]
