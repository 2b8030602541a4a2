# SPDX-License-Identifier: EUPL-1.2
"""Browse the law as the system knows it. Every page is a GET and shows no person's data."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from middenstip import clock
from middenstip.access.actors import Actor
from middenstip.access.rules import access_rule
from middenstip.law import changes as law_changes
from middenstip.law import keeping, selectors, upkeep
from middenstip.law.forms import DayForm, PeriodForm
from middenstip.thread.country import pack


def _page(request: HttpRequest, place: str) -> tuple[date, dict[str, Any]]:
    """Return the day to show and what every page of the room needs."""
    asked = "on" in request.GET
    form = DayForm(request.GET if asked else None, initial={"on": clock.today()})
    day = form.cleaned_data["on"] if asked and form.is_valid() else None
    chosen = day or clock.today()
    query = f"?on={chosen.isoformat()}" if day else ""
    return chosen, {
        "day": chosen,
        "day_form": form,
        "query": query,
        "tabs": _tabs(place, query, request.actor),  # type: ignore[attr-defined]
        "pack": pack().header,
    }


def _tabs(place: str, query: str, actor: Actor) -> list[dict[str, Any]]:
    listed = [
        ("schemes", _("Rights and help")),
        ("duties", _("Duties and terms")),
        ("guards", _("What is refused")),
        ("flags", _("Deviations")),
        ("purposes", _("Who may see what")),
        ("keeping", _("Keeping and consent")),
        ("sources", _("Sources")),
        ("changes", _("What changed")),
    ]
    if upkeep.keeps_the_law(actor):
        listed.append(("keeping_up", _("Keeping up")))
    return [
        {
            "label": label,
            "href": reverse(f"law:{name}") + query,
            "current": name == place,
            "count": None,
        }
        for name, label in listed
    ]


@access_rule("member")
@require_safe
def schemes(request: HttpRequest) -> HttpResponse:
    """Show every scheme by need; what is not in force that day says when it is or was."""
    day, context = _page(request, "schemes")
    return render(
        request,
        "law/schemes.html",
        context | {"groups": selectors.schemes_by_need(on=day)},
    )


@access_rule("member")
@require_safe
def scheme(request: HttpRequest, scheme_id: str) -> HttpResponse:
    """Show one scheme with its versions; 404 for an id that the pack does not have."""
    return _one(request, "schemes", "scheme", selectors.scheme, scheme_id)


@access_rule("member")
@require_safe
def scheme_changes(request: HttpRequest, scheme_id: str) -> HttpResponse:
    """Show the versions of one scheme side by side; 404 for an id the pack does not have."""
    day, context = _page(request, "schemes")
    found = law_changes.scheme_versions(scheme_id, on=day)
    if found is None:
        raise Http404
    parts = {"scheme": found[0], "columns": found[1]}
    return render(request, "law/scheme_changes.html", context | parts)


@access_rule("member")
@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """Show what changed on or between days, and what is to come."""
    _day, context = _page(request, "changes")
    asked = bool(request.GET.keys() & {"first", "last"})
    form = PeriodForm(request.GET if asked else None)
    chosen = form.cleaned_data if asked and form.is_valid() else {}
    days = law_changes.changed_days(
        today=clock.today(), first=chosen.get("first"), last=chosen.get("last")
    )
    return render(request, "law/changes.html", context | {"period_form": form, "days": days})


@access_rule("member")
@require_safe
def keeping_up(request: HttpRequest) -> HttpResponse:
    """Show who keeps the law what to look at again; 403 for anybody else."""
    _for_keepers(request)
    _day, context = _page(request, "keeping_up")
    today = clock.today()
    parts = {
        "checked": upkeep.checked_items(today=today),
        "lapses": upkeep.lapses(today=today),
        "contacts": upkeep.old_contacts(today=today),
        "contacts_all": len(pack().directory),
        "languages": upkeep.languages(),
    }
    return render(request, "law/keeping_up.html", context | parts)


@access_rule("member")
@require_safe
def covered(request: HttpRequest) -> HttpResponse:
    """Show who keeps the law what the pack covers of what was asked; 403 for anybody else."""
    _for_keepers(request)
    _day, context = _page(request, "keeping_up")
    return render(request, "law/coverage.html", context | {"coverage": upkeep.covered()})


def _for_keepers(request: HttpRequest) -> None:
    if not upkeep.keeps_the_law(request.actor):  # type: ignore[attr-defined]
        raise PermissionDenied


@access_rule("member")
@require_safe
def duties(request: HttpRequest) -> HttpResponse:
    """Show every duty with its term on a day."""
    day, context = _page(request, "duties")
    return render(request, "law/duties.html", context | {"duties": selectors.duties(on=day)})


@access_rule("member")
@require_safe
def duty(request: HttpRequest, duty_id: str) -> HttpResponse:
    """Show one duty with its versions; 404 for an id that the pack does not have."""
    return _one(request, "duties", "duty", selectors.duty, duty_id)


def _one(
    request: HttpRequest, place: str, name: str, find: Callable[..., Any], item_id: str
) -> HttpResponse:
    day, context = _page(request, place)
    item = find(item_id, on=day)
    if item is None:
        raise Http404
    return render(request, f"law/{name}.html", context | {name: item})


@access_rule("member")
@require_safe
def guards(request: HttpRequest) -> HttpResponse:
    """Show which events are refused, when, and why."""
    return _rules(request, "guards", selectors.guards())


@access_rule("member")
@require_safe
def flags(request: HttpRequest) -> HttpResponse:
    """Show which deviations are flagged; a flag never stops anything."""
    return _rules(request, "flags", selectors.flags())


def _rules(request: HttpRequest, place: str, rules: list[selectors.RulePage]) -> HttpResponse:
    _day, context = _page(request, place)
    return render(request, f"law/{place}.html", context | {"rules": rules})


@access_rule("member")
@require_safe
def purposes(request: HttpRequest) -> HttpResponse:
    """Show who may see which kind of data, why, and on which basis."""
    _day, context = _page(request, "purposes")
    categories, rows = selectors.purposes()
    return render(
        request, "law/purposes.html", context | {"categories": categories, "rows": rows}
    )


@access_rule("member")
@require_safe
def keeping_terms(request: HttpRequest) -> HttpResponse:
    """Show how long what is kept, and what a person is told before consenting on a day."""
    day, context = _page(request, "keeping")
    parts = {"kept": keeping.retention(), "forms": keeping.consent_forms(on=day)}
    return render(request, "law/keeping.html", context | parts)


@access_rule("member")
@require_safe
def sources(request: HttpRequest) -> HttpResponse:
    """Show every document the rules rest on."""
    _day, context = _page(request, "sources")
    return render(request, "law/sources.html", context | {"sources": selectors.sources()})
