# SPDX-License-Identifier: EUPL-1.2
"""Who the person of a case is, who sees the case and why, and what the person decided.

Apart from the page of the case: a name on the screen all day is a name for whoever walks past.
"""

from __future__ import annotations

from dataclasses import dataclass
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
from middenstip.access.purposes import OWN_RECORD, duty_purposes
from middenstip.access.rules import access_rule
from middenstip.access.selectors import acting_for
from middenstip.access.selectors import organisations as active_organisations
from middenstip.desk.retention_views import removed_words
from middenstip.thread import consents, selectors, services
from middenstip.thread.country import kinds_in_cases, pack
from middenstip.thread.sharing import may_share_on
from middenstip.thread.under_number import name_and_post
from middenstip.thread.visibility import steers
from middenstip.web.words import PackWords

NOTIFIED = "notified"


@dataclass(frozen=True, slots=True)
class MemberLine:
    """Who sees the case for which purpose, in words; `can_end` for who was brought in."""

    member: selectors.Member
    kind: str
    basis: str
    can_end: bool


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """A decision in words; `can_share` while it carries a sharing that is not there yet."""

    consent: consents.ConsentView
    categories: str
    how: str
    can_share: bool


class InvolveForm(forms.Form):
    """An organisation to bring into the case."""

    organisation = forms.ChoiceField(
        label=gettext_lazy("Bring an organisation into this case"),
        help_text=gettext_lazy(
            "By its statutory task. It sees what that task needs, and can own its duties."
        ),
    )

    def __init__(self, choices: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = [("", _("Choose")), *choices]  # type: ignore[attr-defined]


@access_rule("member")
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show name and phone, if known, who sees the case, and what the person decided about it.

    The coordinator brings others in here. 404 when the case is not there for this actor.
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
    decided = consents.consents_of(actor=actor, case_id=case_id)
    context = {
        "case": case,
        "identity": selectors.identity_of(actor=actor, case_id=case_id),
        "number_only": name_and_post(actor=actor, case_id=case_id).number_only,
        "removed_why": removed_words(case.removed_because),
        "members": _members(members, actor, words),
        "consents": _consents(decided, actor, words),
        "unseen": consents.may_withdraw_unseen(actor=actor, case_id=case_id),
        "form": form,
    }
    refused = form is not None and form.is_bound and bool(form.errors)
    return render(request, "desk/person.html", context, status=422 if refused else 200)


def _members(
    members: list[selectors.Member], actor: Actor, words: PackWords
) -> list[MemberLine]:
    """Return one line for each organisation, purpose and basis; that somebody reads back what
    it recorded is told only where that is all it sees.
    """
    bases = {
        "own_record": _("what it recorded itself"),
        "legal_duty": _("its statutory task"),
        "consent": _("consent of the person"),
        "vital_interest": _("life or safety, without consent"),
    }
    lines: dict[tuple[UUID, str, str], MemberLine] = {}
    more = {member.organisation_id for member in members if member.purpose != OWN_RECORD}
    for member in members:
        if member.purpose == OWN_RECORD and member.organisation_id in more:
            continue
        key = (member.organisation_id, member.purpose, member.basis)
        can_end = steers(actor) and member.reason == NOTIFIED
        if key not in lines or can_end:
            basis = bases.get(member.basis, member.basis)
            lines[key] = MemberLine(member, words.kind(member.kind), basis, can_end)
    return list(lines.values())


def _consents(
    decided: list[consents.ConsentView], actor: Actor, words: PackWords
) -> list[ConsentLine]:
    labels = pack().data_categories
    return [
        ConsentLine(
            consent=each,
            categories=", ".join(words.text(labels[name].label) for name in each.categories),
            how=pack().label_of("consent_how", each.how, words.lang),
            can_share=each.holds
            and not each.shared
            and may_share_on(actor, each.organisation_id, each.recipient_id),
        )
        for each in decided
    ]


def _form(request: HttpRequest, actor: Actor, inside: set[UUID]) -> InvolveForm | None:
    """Return the form for whoever coordinates: who has a task and is not involved yet."""
    if not steers(actor):
        return None
    choices = [
        (str(pk), name)
        for pk, name, kind in active_organisations().values_list("id", "name", "kind")
        if kind in kinds_in_cases() and duty_purposes(kind) and pk not in inside
    ]
    return InvolveForm(choices, request.POST or None)
