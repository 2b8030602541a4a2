# SPDX-License-Identifier: EUPL-1.2
"""The page of a case, as it stands and as it stood."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from middenstip import clock
from middenstip.access.acting import acting
from middenstip.access.actors import Actor
from middenstip.access.rules import access_rule
from middenstip.access.selectors import acting_for
from middenstip.database.prepared import prepared
from middenstip.desk import casepage
from middenstip.desk.forms import QuestionForm
from middenstip.desk.looking_back import LookBackForm
from middenstip.desk.retention_views import removed_words
from middenstip.linkage.candidates import may_compare
from middenstip.linkage.selectors import others
from middenstip.thread.country import pack
from middenstip.thread.under_number import DOMICILE
from middenstip.thread.visibility import in_emergency
from middenstip.web.words import PackWords


@access_rule("member")
@require_safe
def case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show a case: who, what must happen next, where the needs stand, and the thread.

    With `on` in the address as it was on that day; with `known` as it was known then. 404 when
    it is not there for this actor.
    """
    actor = acting_for(request)
    moment, look_back = _moment(request)
    # Once for all that stands on the page, so that the database asks once who acts.
    with acting(actor):
        page = casepage.case_page(actor=actor, case_id=case_id, moment=moment)
        with prepared():
            other_files = others(actor=actor, case_id=case_id)
            comparable = may_compare(actor=actor, case_id=case_id)
    address = reverse("desk:case", args=[case_id])
    return render(
        request,
        "desk/case.html",
        {
            "page": page,
            "who": page.case.pseudonym,
            "facts": page.facts + _post(page.post_via),
            "removed_why": removed_words(page.case.removed_because),
            "alerts": page.alerts,
            "person_url": reverse("desk:person", args=[case_id]),
            "record_url": reverse("desk:record", args=[case_id]) if page.recordable else "",
            "sectors": page.sectors,
            "duties": page.duties[: casepage.FITTING],
            "more_duties": page.duties[casepage.FITTING :],
            "more_count": max(len(page.duties) - casepage.FITTING, 0),
            "more_href": "#all-duties",
            "question": None if page.case.removed_at else _question(page, actor),
            "look_back": look_back,
            "case_id": case_id,
            "other_files": other_files,
            "may_compare": comparable,
            "address": address,
        },
    )


def _post(via: str) -> tuple[str, ...]:
    """Return where post may go, for who may reach the person: never an own address."""
    words = PackWords(pack())
    if not via:
        return ()
    return (_("Post by way of: %(who)s") % {"who": pack().label_of(DOMICILE, via, words.lang)},)


def _moment(request: HttpRequest) -> tuple[casepage.Moment, LookBackForm]:
    asked = "on" in request.GET
    form = LookBackForm(request.GET if asked else None)
    if asked and form.is_valid() and form.cleaned_data["on"]:
        day = form.cleaned_data["on"]
        known_then = form.cleaned_data["known"] == "then"
        return casepage.Moment(day, known_then, past=True), form
    return casepage.Moment(clock.today()), form


def _question(page: casepage.CasePage, actor: Actor) -> QuestionForm | None:
    """Return the one question that settles most, to be answered on the spot; none when looking
    back or in an emergency, where nothing is recorded.
    """
    name = page.assessment.next_question
    if name is None or page.moment.past or in_emergency(actor):
        return None
    fact = pack().facts[name]
    if fact.judgement_of not in (None, actor.organisation_kind):
        return None
    return QuestionForm(fact=name, version=page.case.version)
