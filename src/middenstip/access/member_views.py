# SPDX-License-Identifier: EUPL-1.2
"""The people of an organisation, and for administrators the organisations themselves."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from middenstip import clock
from middenstip.access import invitations, members, services
from middenstip.access.actors import Actor
from middenstip.access.forms import InviteForm, OrganisationForm, RenameForm, kinds
from middenstip.access.rules import access_rule
from middenstip.access.selectors import acting_for


@access_rule("member")
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest, organisation_id: UUID | None = None) -> HttpResponse:
    """Show who works in an organisation, or invite the person posted.

    Without an id the own organisation. For its managers and for administrators (else 403).
    """
    actor = acting_for(request)
    organisation = members.organisation_for(
        actor=actor, organisation_id=organisation_id or actor.organisation_id
    )
    appoints = members.may_appoint_manager(actor=actor, organisation_id=organisation.pk)
    invites = appoints or not actor.is_administrator
    form = InviteForm(request.POST or None, first_manager=appoints)
    if request.method == "POST" and form.is_valid():
        try:
            invitations.invite(
                actor=actor,
                organisation_id=organisation.pk,
                email=form.cleaned_data["email"],
                role=form.cleaned_data["role"],
                link=lambda token: request.build_absolute_uri(
                    reverse("access:open_invitation", args=[token])
                ),
            )
        except ValidationError as problem:
            told(form, problem)
        else:
            messages.success(request, _("The invitation is sent. It is valid for 7 days."))
            return redirect(_people_page(actor, organisation.pk))
    context = {
        "organisation": organisation,
        "people": members.people_of(actor=actor, organisation_id=organisation.pk),
        "invitations": invitations.open_invitations(
            actor=actor, organisation_id=organisation.pk
        ),
        "form": form if invites else None,
        "appoints": appoints,
        "now": clock.now(),
        "mine": organisation.pk == actor.organisation_id,
    }
    return render(request, "access/people.html", context)


@access_rule("member")
@require_http_methods(["GET", "HEAD", "POST"])
def end_membership(request: HttpRequest, membership_id: UUID) -> HttpResponse:
    """Ask whether somebody leaves, then end the membership and with it the person's rights."""
    actor = acting_for(request)
    membership = members.membership_of(actor=actor, membership_id=membership_id)
    back = _people_page(actor, membership.organisation_id)
    problem: ValidationError | None = None
    if request.method == "POST":
        try:
            members.end_membership(actor=actor, membership_id=membership_id)
        except ValidationError as found:
            problem = found
        else:
            if membership.user_id == actor.user_id:
                logout(request)
                return redirect("account_login")
            messages.success(request, _("The membership has ended."))
            return redirect(back)
    context = {
        "membership": membership,
        "back": back,
        "problems": problem.messages if problem else [],
        "myself": membership.user_id == actor.user_id,
    }
    return render(request, "access/end_membership.html", context)


@access_rule("member")
@require_POST
def change_role(request: HttpRequest, membership_id: UUID) -> HttpResponse:
    """Make somebody manager or member; a refusal is told above the list."""
    actor = acting_for(request)
    membership = members.membership_of(actor=actor, membership_id=membership_id)
    try:
        members.change_role(
            actor=actor, membership_id=membership_id, role=request.POST.get("role", "")
        )
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    else:
        messages.success(request, _("The role is changed."))
    if membership.user_id == actor.user_id and not members.manages(actor=actor):
        return redirect("access:choose_organisation")
    return redirect(_people_page(actor, membership.organisation_id))


@access_rule("member")
@require_POST
def withdraw_invitation(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    """Withdraw an invitation; its link opens nothing from now on."""
    actor = acting_for(request)
    invitation = invitations.withdraw_invitation(actor=actor, invitation_id=invitation_id)
    messages.success(request, _("The invitation is withdrawn."))
    return redirect(_people_page(actor, invitation.organisation_id))


@access_rule("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def organisations(request: HttpRequest) -> HttpResponse:
    """Show all organisations, or make the one posted."""
    actor = acting_for(request)
    form = OrganisationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.create_organisation(actor=actor, **form.cleaned_data)
        except ValidationError as problem:
            told(form, problem)
        else:
            messages.success(request, _("The organisation is made. Appoint its manager now."))
            return redirect("access:organisation_people", organisation_id=made.pk)
    names = dict(kinds())
    rows = [
        {"organisation": each, "kind": names.get(each.kind, each.kind)}
        for each in members.all_organisations(actor=actor)
    ]
    return render(request, "access/organisations.html", {"rows": rows, "form": form})


@access_rule("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def organisation(request: HttpRequest, organisation_id: UUID) -> HttpResponse:
    """Change name and region of an organisation."""
    actor = acting_for(request)
    found = members.organisation_for(actor=actor, organisation_id=organisation_id)
    form = RenameForm(
        request.POST or None, initial={"name": found.name, "region": found.region}
    )
    if request.method == "POST" and form.is_valid():
        try:
            members.rename_organisation(
                actor=actor, organisation_id=organisation_id, **form.cleaned_data
            )
        except ValidationError as problem:
            told(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect("access:organisations")
    return render(request, "access/organisation.html", {"organisation": found, "form": form})


@access_rule("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def end_organisation(request: HttpRequest, organisation_id: UUID) -> HttpResponse:
    """Ask whether an organisation ends, then end it with all its memberships."""
    actor = acting_for(request)
    found = members.organisation_for(actor=actor, organisation_id=organisation_id)
    if request.method == "POST":
        members.end_organisation(actor=actor, organisation_id=organisation_id)
        messages.success(request, _("The organisation has ended."))
        return redirect("access:organisations")
    people = members.people_of(actor=actor, organisation_id=organisation_id)
    context = {"organisation": found, "count": len(people)}
    return render(request, "access/end_organisation.html", context)


def told(form: forms.Form, problem: ValidationError) -> None:
    """Put what a service refused beside the field it is about, else above the form."""
    by_field: dict[str, Any] = (
        problem.error_dict if hasattr(problem, "error_dict") else {NON_FIELD_ERRORS: [problem]}
    )
    for field, found in by_field.items():
        form.add_error(field if field in form.fields else None, found)


def _people_page(actor: Actor, organisation_id: UUID) -> str:
    if organisation_id == actor.organisation_id:
        return reverse("access:people")
    return reverse("access:organisation_people", args=[organisation_id])
