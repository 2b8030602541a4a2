# SPDX-License-Identifier: EUPL-1.2
"""`{% load web %}`: the components of the design system for templates of every room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language, get_language_bidi, ngettext, pgettext
from django.utils.translation import gettext as _

from middenstip.access.purposes import pack
from middenstip.web import icons
from middenstip.web import navigation as menu
from middenstip.web.wheel import COUNTED, Sector, State, groups, svg
from middenstip.web.words import Citation, PackWords

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

DAYS_OF_YEAR = 365
register = template.Library()

NOTICES: Mapping[str, tuple[str, str]] = {
    "success": ("ok", "check"),
    "ok": ("ok", "check"),
    "warning": ("warning", "attention"),
    "error": ("error", "attention"),
}


@register.simple_tag
def theme() -> str:
    """Address of the theme: the setting MIDDENSTIP_THEME (a static path), else our own."""
    return static(getattr(settings, "MIDDENSTIP_THEME", "web/css/theme.css"))


@register.simple_tag(takes_context=True)
def navigation(context: Context) -> list[menu.Item]:
    """The entries of the main menu for this request; none where there is no request."""
    request = context.get("request")
    return menu.items(request) if isinstance(request, HttpRequest) else []


@register.filter
def purpose_label(purpose: str) -> str:
    """What a purpose of the country pack is called; the id itself when the pack has none."""
    found = pack().purposes.get(purpose)
    return PackWords(pack()).text(found.label) if found else purpose


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon beside a word, hidden from screen readers because the word says it.

    Raises `KeyError` for a name that `middenstip.web.icons` does not have.
    """
    return mark_safe(icons.svg(name))  # noqa: S308 - fixed drawings of our own


@register.inclusion_tag("web/partials/notice.html")
def notice(kind: str, text: StrOrPromise, title: StrOrPromise = "") -> dict[str, Any]:
    """A box with a message: `info`, `success`, `warning` or `error`; another kind is info."""
    look, drawing = NOTICES.get(kind, ("info", "info"))
    return {"look": look, "drawing": drawing, "text": text, "title": title}


@register.simple_tag
def citations(sources: Sequence[Citation]) -> SafeString:
    """Sources with how sure we are, as `web/partials/citations.html` shows them.

    A case page shows some sixty of them, the same ones on every page: they hold nothing of a
    person, so each list is written once per language and kept.
    """
    return _citations(tuple(sources), get_language())


@lru_cache(maxsize=2048)
def _citations(sources: tuple[Citation, ...], language: str | None) -> SafeString:
    return render_to_string("web/partials/citations.html", {"citations": sources})


@register.inclusion_tag("web/partials/days.html")
def days(left: int | None, unit: str = "day") -> dict[str, Any]:
    """How many days (or, with unit `night`, nights) are left; negative is late.

    `None` is a term whose end is not known yet. The word says what the number means, so the
    colour may go. Two years and more are told in whole years.
    """
    if left is None:
        return {"number": "–", "word": _("not yet known"), "state": "unknown"}
    if left == 0:
        return {"number": _("Today"), "word": _("last day"), "state": "today"}
    count = abs(left)
    if unit == "night":
        late = ngettext("night late", "nights late", count)
        early = ngettext("night left", "nights left", count)
    elif count >= 2 * DAYS_OF_YEAR:
        count //= DAYS_OF_YEAR
        late = ngettext("year late", "years late", count)
        early = ngettext("year left", "years left", count)
    else:
        late = ngettext("day late", "days late", count)
        early = ngettext("day left", "days left", count)
    state = "late" if left < 0 else "left"
    return {"number": count, "word": late if left < 0 else early, "state": state}


@register.inclusion_tag("web/partials/steps.html")
def steps(labels: list[StrOrPromise], current: int) -> dict[str, Any]:
    """The steps of a form in order; `current` counts from 1. Earlier ones are done."""
    listed = [
        {"number": number, "label": label, "done": number < current, "now": number == current}
        for number, label in enumerate(labels, start=1)
    ]
    return {"steps": listed, "current": current, "total": len(listed)}


@register.inclusion_tag("web/partials/wheel.html")
def wheel(
    sectors: Sequence[Sector],
    name: str = "wheel",
    title: StrOrPromise = "",
    words: Mapping[State, StrOrPromise] | None = None,
    listed: bool = True,
) -> dict[str, Any]:
    """The wheel with the same content as a list under it.

    `name` begins the ids on the page (`wheel-shelter`). `words` replaces the words of the
    states, as the public guide does. Without the list (`listed=False`) the sectors link only
    where all have an address of their own; otherwise the wheel is one image.
    """
    told: dict[State, str] = {**state_words(), **{k: str(v) for k, v in (words or {}).items()}}
    linked = listed or all(sector.href for sector in sectors)
    drawing = svg(
        sectors,
        title=str(title) or _("Needs around the person"),
        words=told,
        name=name,
        linked=linked,
        mirrored=get_language_bidi(),
    )
    return {
        "drawing": mark_safe(drawing),  # noqa: S308 - every text in it is escaped by svg()
        "groups": [
            {
                "state": group.state,
                "word": capfirst(group.word),
                "sign": mark_safe(group.sign),  # noqa: S308 - fixed drawing
                "sectors": group.sectors,
                "counted": group.state in COUNTED,
            }
            for group in groups(sectors, told)
        ],
        "name": name,
        "listed": listed,
    }


def state_words() -> dict[State, str]:
    """The words for the states of a need on a case, in the language of the reader."""
    return {
        "urgent": pgettext("need", "urgent"),
        "open": pgettext("need", "open"),
        "unknown": pgettext("need", "may apply"),
        "arranged": pgettext("need", "arranged"),
        "later": pgettext("need", "later"),
        "none": pgettext("need", "does not apply"),
    }
