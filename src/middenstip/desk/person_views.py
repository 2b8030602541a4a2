# SPDX-License-Identifier: EUPL-1.2
"""Who the person of a case is, and which organisations are involved.

Apart from the page of the case: a name on the screen all day is a name for whoever walks past.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from middenstip.access.actors import Actor
from middenstip.access.rules import access_rule
from middenstip.access.selectors import acting_for
from middenstip.access.selectors import organisations as active_organisations
from middenstip.thread import selectors, services
from middenstip.thread.country import kinds_in_cases, pack
from middenstip.thread.visibility import steers
from middenstip.web.words import PackWords


class InvolveForm(forms.Form):
    """An organisation to bring into the case."""

    organisation = forms.ChoiceField(
        label=gettext_lazy("Bring an organisation into this case"),
        help_text=gettext_lazy("It sees the whole case from then on and can own its duties."),
    )

    def __init__(self, choices: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = [("", _("Choose")), *choices]  # type: ignore[attr-defined]


@access_rule("member")
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show name and phone, if known, and who is involved; let the coordinator bring one in.

    404 when the case is not there for this actor.
    """
    actor = acting_for(request)
    case = selectors.case_for(actor=actor, case_id=case_id)
    members = selectors.members_of(actor=actor, case_id=case_id)
    form = _form(request, actor, {member.organisation_id for member in members})
    if request.method == "POST" and form is not None and form.is_valid():
        chosen = UUID(form.cleaned_data["organisation"])
        try:
            services.involve(actor=actor, case_id=case_id, organisation_id=chosen)
        except ValidationError as error:
            form.add_error("organisation", error.messages[0])
        else:
            messages.success(request, _("The organisation is now involved in this case."))
            return redirect("desk:person", case_id)
    words = PackWords(pack())
    context = {
        "case": case,
        "identity": selectors.identity_of(actor=actor, case_id=case_id),
        "members": [(member, words.kind(member.kind)) for member in members],
        "form": form,
    }
    refused = form is not None and form.is_bound and bool(form.errors)
    return render(request, "desk/person.html", context, status=422 if refused else 200)


def _form(request: HttpRequest, actor: Actor, inside: set[UUID]) -> InvolveForm | None:
    """Return the form for whoever coordinates, with the organisations not yet involved."""
    if not steers(actor):
        return None
    choices = [
        (str(pk), name)
        for pk, name, kind in active_organisations().values_list("id", "name", "kind")
        if kind in kinds_in_cases() and pk not in inside
    ]
    return InvolveForm(choices, request.POST or None)
