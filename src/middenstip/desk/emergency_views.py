# SPDX-License-Identifier: EUPL-1.2
"""Opening a case in an emergency, and looking back at what was shared without consent."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from middenstip.access.rules import access_rule
from middenstip.access.selectors import acting_for, open_emergency
from middenstip.access.services import choose_purpose
from middenstip.desk.sharing_forms import AnswerForm, GlassForm
from middenstip.thread import access_notices, reviews
from middenstip.thread.break_glass import break_glass, may_break_glass
from middenstip.thread.country import pack
from middenstip.thread.errors import NotThere
from middenstip.web.words import PackWords

MOST = 50


@access_rule("member")
@require_http_methods(["GET", "HEAD", "POST"])
def glass(request: HttpRequest) -> HttpResponse:
    """Ask for the pseudonym and the reason, and open the case for an hour.

    404 for an organisation that cannot; the same answer for every pseudonym that opens nothing.
    """
    actor = acting_for(request)
    if not may_break_glass(actor):
        raise Http404
    form = GlassForm(request.POST or None)
    if form.is_valid():
        try:
            opened = break_glass(actor=actor, **form.cleaned_data)
        except ValidationError as error:
            form.tell(error)
        else:
            if opened is not None:
                choose_purpose(request=request, actor=actor, purpose=opened.purpose)
                messages.warning(
                    request, _("Opened for one hour. Everything you look at is written down.")
                )
                return redirect("desk:case", opened.case_id)
            form.add_error(
                "pseudonym",
                _("No case opened. Ask for the three words again, and check the spelling."),
            )
    context = {"form": form, "until": open_emergency(actor)}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "desk/glass.html", context, status=status)


@access_rule("member")
@require_safe
def review_list(request: HttpRequest) -> HttpResponse:
    """Show what waits for an answer, and what was answered; 404 for who looks at nothing."""
    actor = acting_for(request)
    if not reviews.may_review(actor):
        raise Http404
    answered = request.GET.get("show") == "answered"
    words = PackWords(pack())
    found = reviews.reviews(actor=actor, answered=answered, length=MOST)
    context = {
        "items": [(each, _ground(each, words)) for each in found],
        "answered": answered,
        "label": _("Which"),
        "tabs": [
            {"label": _("Waiting"), "href": "?", "current": not answered, "count": None},
            {
                "label": _("Answered"),
                "href": "?show=answered",
                "current": answered,
                "count": None,
            },
        ],
    }
    return render(request, "desk/reviews.html", context)


@access_rule("member")
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, override_id: UUID) -> HttpResponse:
    """Show one of them with what was looked at, and take the answer of a second person."""
    actor = acting_for(request)
    found = reviews.review_of(actor=actor, override_id=override_id)
    form = None if found.mine or found.answered_by else AnswerForm(request.POST or None)
    if request.method == "POST" and form is None:
        raise NotThere
    if form is not None and form.is_valid():
        try:
            reviews.answer_override(actor=actor, override_id=override_id, **form.cleaned_data)
        except ValidationError as error:
            form.tell(error)
        else:
            messages.success(request, _("Thank you. Your answer is kept."))
            return redirect("desk:reviews")
    words = PackWords(pack())
    context = {
        "item": found,
        "ground": _ground(found, words),
        "outcome": pack().label_of("review_outcome", found.outcome, words.lang),
        "looks": [(look, _categories(look.categories, words)) for look in found.looks],
        "form": form,
    }
    status = 422 if form is not None and form.is_bound and form.errors else 200
    return render(request, "desk/review.html", context, status=status)


@access_rule("member")
@require_POST
def read_access_notice(request: HttpRequest) -> HttpResponse:
    """Mark one message about sharing as read, and go back to the desk."""
    chosen = request.POST.get("notice", "")
    if not (chosen.isascii() and chosen.isdigit() and len(chosen) < 18):
        raise NotThere
    access_notices.mark_read(actor=acting_for(request), notice_id=int(chosen))
    return redirect("desk:desk")


def notice_lines(
    items: list[access_notices.AccessNoticeView],
) -> list[tuple[access_notices.AccessNoticeView, str]]:
    """Return messages about sharing with what they say."""
    kinds = {
        "consent_withdrawn": _(
            "Stop: the person took consent back. You see this case no more."
        ),
        "involved": _("This case is shared with you."),
        "override": _("Shared without consent. Look at it within 24 hours."),
        "glass_broken": _("A case was opened in an emergency. Look at it."),
        "removed": _("This case is not shared with you any more."),
        "person_removed": _("The data of this person were removed."),
    }
    return [(item, kinds.get(item.kind, item.kind)) for item in items]


def _ground(item: reviews.Review, words: PackWords) -> str:
    return pack().label_of("override_ground", item.ground, words.lang)


def _categories(names: tuple[str, ...], words: PackWords) -> str:
    declared = pack().data_categories
    return ", ".join(
        words.text(declared[name].label) if name in declared else name for name in names
    )
