# SPDX-License-Identifier: EUPL-1.2
"""The desk: what must be done, by day; new cases, deviations and reminders."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, get_args
from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from middenstip.access.acting import acting
from middenstip.access.actors import Actor
from middenstip.access.rules import access_rule
from middenstip.access.selectors import acting_for
from middenstip.access.selectors import organisations as active_organisations
from middenstip.desk.emergency_views import notice_lines
from middenstip.thread import reminders, worklists
from middenstip.thread.access_notices import unread_notices
from middenstip.thread.break_glass import may_break_glass
from middenstip.thread.country import pack
from middenstip.thread.erasure import may_decide, waiting_removals
from middenstip.thread.errors import NotThere
from middenstip.thread.reviews import may_review, waiting
from middenstip.thread.visibility import acts_in_cases, steers
from middenstip.web.words import PackWords, basis_words

ON_DESK = 8
BESIDE = 5
PER_PAGE = 25
MOST_PAGES = 400


@dataclass(frozen=True, slots=True)
class DutyLine:
    """A duty on the worklist, in words. `standing` is empty for law."""

    case_id: UUID
    who: str
    what: str
    left: int | None
    due: Any
    owner: str
    mine: bool
    no_owner: bool
    standing: str


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the worklist: its first lines, and how many there are (`shown`: as text)."""

    id: str
    title: str
    lines: tuple[DutyLine, ...]
    total: int
    shown: str
    href: str
    empty: str


@access_rule("member")
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Show the worklist of the acting organisation, or why this organisation has none."""
    actor = acting_for(request)
    if not works_with_cases(actor):
        return render(request, "desk/no_cases.html", {"administrator": actor.is_administrator})
    chosen = _chosen(request, actor)
    # Once for all that stands on the page, so that the database asks once who acts.
    with acting(actor):
        context = _desk(actor, chosen)
    return render(request, "desk/desk.html", context)


def _desk(actor: Actor, chosen: UUID | None) -> dict[str, Any]:
    """Return what the desk of the own or of a chosen organisation shows."""
    words = PackWords(pack())
    whole = worklists.desk(actor=actor, organisation_id=chosen, length=ON_DESK, beside=BESIDE)
    found = whole.worklist
    context: dict[str, Any] = {
        "blocks": _blocks(found, words, actor, chosen),
        "tabs": _tabs(found, chosen, ""),
        "chosen": _name(actor, chosen),
        "steers": steers(actor),
        "may_break_glass": may_break_glass(actor),
        "may_review": may_review(actor),
        "may_decide": may_decide(actor),
        "notices": None,
    }
    if chosen is None:
        context |= _beside(actor, words, whole)
    return context


def works_with_cases(actor: Actor) -> bool:
    """Tell whether this actor can ever see a case; a rapporteur and an administrator cannot."""
    return acts_in_cases(actor)


@access_rule("member")
@require_safe
def section(request: HttpRequest, name: str) -> HttpResponse:
    """Show one part of the worklist, page by page."""
    actor = acting_for(request)
    if name not in get_args(worklists.Section) or not works_with_cases(actor):
        raise Http404
    if name == "no_owner" and not steers(actor):
        raise Http404
    chosen = _chosen(request, actor)
    number = page_number(request)
    words = PackWords(pack())
    totals = worklists.worklist(actor=actor, organisation_id=chosen, length=0)
    found = worklists.duty_page(
        actor=actor,
        section=name,  # type: ignore[arg-type]
        page=number,
        organisation_id=chosen,
        length=PER_PAGE,
    )
    title, empty = _titles()[name]
    context = {
        "title": title,
        "empty": empty,
        "lines": _lines(found.items, words, actor),
        "page": Paginator(range(found.total), PER_PAGE).get_page(number),
        "query": urlencode({"organisation": chosen}) if chosen else "",
        "tabs": _tabs(totals, chosen, name),
        "chosen": _name(actor, chosen),
    }
    return render(request, "desk/section.html", context)


@access_rule("member")
@require_safe
def organisations(request: HttpRequest) -> HttpResponse:
    """Show how every organisation stands, for who coordinates; others do not have this page."""
    actor = acting_for(request)
    if not steers(actor):
        raise Http404
    words = PackWords(pack())
    loads = worklists.loads(actor=actor)
    kinds = sorted({(load.kind, words.kind(load.kind)) for load in loads}, key=_label)
    kind = request.GET.get("kind", "")
    if kind not in dict(kinds):
        kind = ""
    rows = [
        (
            load,
            words.kind(load.kind),
            reverse("desk:desk") + f"?organisation={load.organisation_id}",
        )
        for load in loads
        if kind in ("", load.kind)
    ]
    totals = worklists.worklist(actor=actor, length=0)
    context = {
        "rows": rows,
        "kinds": kinds,
        "kind": kind,
        "tabs": _tabs(totals, None, "organisations"),
    }
    return render(request, "desk/organisations.html", context)


@access_rule("member")
@require_safe
def deviations(request: HttpRequest) -> HttpResponse:
    """Show where practice left the rule, newest first, page by page: now, or in the past."""
    actor = acting_for(request)
    if not works_with_cases(actor):
        raise Http404
    number = page_number(request)
    past = request.GET.get("when") == "past"
    found = worklists.flags_for(actor=actor, past=past, page=number, length=PER_PAGE)
    other = worklists.flags_for(actor=actor, past=not past, length=0)
    now, before = (other, found) if past else (found, other)
    context = {
        "flags": _flags(found.items, PackWords(pack())),
        "page": Paginator(range(found.total), PER_PAGE).get_page(number),
        "query": "when=past" if past else "",
        "label": _("When"),
        "tabs": [
            {"label": _("Now"), "href": "?", "current": not past, "count": now.shown},
            {"label": _("In the past"), "href": "?when=past", "current": past,
             "count": before.shown},
        ],
    }  # fmt: skip
    return render(request, "desk/deviations.html", context)


@access_rule("member")
@require_POST
def read_notices(request: HttpRequest) -> HttpResponse:
    """Mark one reminder as read, or all of them, and go back to the desk."""
    actor = acting_for(request)
    chosen = request.POST.get("notice", "")
    if chosen and not (chosen.isascii() and chosen.isdigit() and len(chosen) < 18):
        raise NotThere
    reminders.mark_read(actor=actor, notice_id=int(chosen) if chosen else None)
    return redirect("desk:desk")


def _beside(actor: Actor, words: PackWords, whole: worklists.Desk) -> dict[str, Any]:
    """Return what stands beside the own worklist: reminders, new cases, deviations."""
    notices, new, flags = whole.notices, whole.new, whole.flags
    kinds = {
        "d14": _("due within 14 days"),
        "d7": _("due within 7 days"),
        "d1": _("due today or tomorrow"),
        "overdue": _("overdue"),
    }
    sharing, sharing_total = unread_notices(actor=actor, length=BESIDE)
    return {
        "sharing_lines": notice_lines(sharing),
        "sharing_total": sharing_total,
        "reviews_waiting": waiting(actor=actor),
        "removals_waiting": waiting_removals(actor=actor) if may_decide(actor) else 0,
        "notices": notices,
        "notice_lines": [
            (item, words.duty(item.duty), kinds.get(item.kind, item.kind))
            for item in notices.items
        ],
        "new": new,
        "flags": _flags(flags.items, words),
        "flag_total": flags.shown,
    }


def _flags(items: Sequence[worklists.FlagItem], words: PackWords) -> list[tuple[Any, str]]:
    """Return deviations with the words of the pack, without values of a person."""
    declared = words.country.flags
    return [
        (item, words.text(declared[item.flag].message) if item.flag in declared else item.flag)
        for item in items
    ]


def _titles() -> dict[str, tuple[str, str]]:
    """Return the title of each part and what to say when it is empty."""
    return {
        "overdue": (_("Overdue"), _("Nothing is overdue.")),
        "today": (_("Today"), _("Nothing is due today. Look at this week.")),
        "week": (_("This week"), _("Nothing is due in the coming six days.")),
        "later": (_("Later"), _("Nothing is due later.")),
        "undated": (
            _("Day not known"),
            _("Every duty has a day. One without comes here until its day is known."),
        ),
        "no_owner": (_("No owner yet"), _("Every duty has an owner.")),
    }


def _blocks(
    found: worklists.Worklist, words: PackWords, actor: Actor, chosen: UUID | None
) -> list[Block]:
    blocks = []
    for name in ("overdue", "today", "week"):
        listed = getattr(found, name)
        title, empty = _titles()[name]
        lines = tuple(_lines(listed.items, words, actor))
        counted = (listed.total, listed.shown)
        blocks.append(Block(name, title, lines, *counted, _href(name, chosen), empty))
    return blocks


def _lines(
    items: Sequence[worklists.DutyItem], words: PackWords, actor: Actor
) -> list[DutyLine]:
    return [
        DutyLine(
            case_id=item.case_id,
            who=item.pseudonym,
            what=words.duty(item.duty),
            left=item.days_left,
            due=item.due_on,
            owner=item.owner or words.kind(item.owner_kind),
            mine=item.owner == actor.organisation_name,
            no_owner=item.owner is None,
            standing="" if item.basis == "law" else basis_words(item.basis),
        )
        for item in items
    ]


def _tabs(found: worklists.Worklist, chosen: UUID | None, current: str) -> list[dict[str, Any]]:
    """Return the parts of the worklist as tabs with counts; empty side parts are left out."""
    tabs = [
        {
            "label": _("Now"),
            "href": reverse("desk:desk") + _query(chosen),
            "current": current == "",
            "count": None,
        }
    ]
    for name, (title, _empty) in _titles().items():
        listed = getattr(found, name)
        if name in {"undated", "no_owner"} and not listed.total and name != current:
            continue
        if name == "no_owner" and chosen is not None:
            continue
        tabs.append(
            {
                "label": title,
                "href": _href(name, chosen),
                "current": current == name,
                "count": listed.shown,
                "urgent": name == "overdue" and listed.total > 0,
            }
        )
    return tabs


def _href(name: str, chosen: UUID | None) -> str:
    return reverse("desk:section", args=[name]) + _query(chosen)


def _query(chosen: UUID | None) -> str:
    return f"?organisation={chosen}" if chosen else ""


def _chosen(request: HttpRequest, actor: Actor) -> UUID | None:
    """Return the other organisation whose worklist is asked; 404 for who may not look at it."""
    asked = request.GET.get("organisation", "")
    if not asked:
        return None
    try:
        chosen = UUID(asked)
    except ValueError:
        raise Http404 from None
    return None if chosen == actor.organisation_id else chosen


def _name(actor: Actor, chosen: UUID | None) -> str:
    """Return the name of the organisation looked at; empty for the own one."""
    if chosen is None:
        return ""
    found = active_organisations().filter(pk=chosen).values_list("name", flat=True).first()
    if found is None or not steers(actor):
        raise Http404
    return found


def page_number(request: HttpRequest) -> int:
    """Return the page asked for, 1 where it is missing or no number, MOST_PAGES at most."""
    asked = request.GET.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1
    return min(max(number, 1), MOST_PAGES)


def _label(entry: tuple[str, str]) -> str:
    return entry[1].casefold()
