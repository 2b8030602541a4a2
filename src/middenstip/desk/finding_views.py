# SPDX-License-Identifier: EUPL-1.2
"""The list of cases, and finding one again by the pseudonym of its person."""

from __future__ import annotations

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from middenstip.access.rules import access_rule
from middenstip.access.selectors import acting_for
from middenstip.desk.views import page_number, works_with_cases
from middenstip.thread.finding import LENGTH, find_cases


class FindForm(forms.Form):
    """Words of a pseudonym. Sent as a form, so that nothing of it stands in an address."""

    words = forms.CharField(
        label=_("Pseudonym, or a part of it"),
        help_text=_("For example Elder-Six-Quay. Names of people are not searched."),
        max_length=100,
        required=False,
    )


@access_rule("member")
@require_http_methods(["GET", "HEAD", "POST"])
def cases(request: HttpRequest) -> HttpResponse:
    """List the cases one may see, newest first; or those whose pseudonym holds some words.

    One hit opens its case at once. A search shows its first page; more words narrow it.
    """
    actor = acting_for(request)
    if not works_with_cases(actor):
        raise Http404
    form = FindForm(request.POST or None)
    words = form.cleaned_data["words"] if form.is_valid() else ""
    number = 1 if words else page_number(request)
    found = find_cases(actor=actor, words=words, page=number)
    if words and found.total == 1:
        return redirect("desk:case", found.items[0].case_id)
    context = {
        "form": form,
        "searched": bool(words),
        "found": found,
        "page": None if words else Paginator(range(found.total), LENGTH).get_page(number),
        "query": "",
    }
    return render(request, "desk/cases.html", context, status=422 if form.errors else 200)
