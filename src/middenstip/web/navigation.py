# SPDX-License-Identifier: EUPL-1.2
"""The main menu: which rooms stand in it, and which one the reader is in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.urls import Resolver404, get_script_prefix, resolve
from django.utils.translation import gettext_lazy as _

from middenstip.access.actors import Actor
from middenstip.blindcheck import selectors as blindcheck
from middenstip.linkage import selectors as linkage

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Item:
    """One entry; `current` is the value of aria-current: `page`, `true` or empty."""

    label: StrOrPromise
    href: str
    current: str


def _everybody(actor: Actor) -> bool:
    return True


# Label, path, room, and for whom it is shown; who opens it is decided by the room itself.
ROOMS: tuple[tuple[StrOrPromise, str, str, Callable[[Actor], bool]], ...] = (
    (_("Desk"), "", "desk", _everybody),
    (_("Cases"), "cases/", "desk", _everybody),
    (_("Notify"), "notify/", "intake", _everybody),
    (_("Known?"), "known/", "blindcheck", blindcheck.takes_part),
    (_("One person?"), "same/", "linkage", linkage.may_decide),
    (_("Law"), "law/", "law", _everybody),
)


def items(request: HttpRequest) -> list[Item]:
    """Return the entries for who acts whose address exists; the room of this request is marked.

    `page` when the reader is on the front page of the room, `true` deeper inside it.
    """
    found = []
    match = request.resolver_match
    here = _here(request)
    actor: Actor | None = getattr(request, "actor", None)
    for label, path, room, shown in ROOMS:
        if actor is not None and not shown(actor):
            continue
        href = get_script_prefix() + path
        try:
            resolve(href)
        except Resolver404:
            continue
        inside = bool(match and match.app_name == room and here == href)
        current = ("page" if request.path == href else "true") if inside else ""
        found.append(Item(label, href, current))
    return found


def _here(request: HttpRequest) -> str:
    """Return the entry of the menu this address stands under: the longest that begins it."""
    begins = [get_script_prefix() + path for _label, path, *_ in ROOMS]
    return max((href for href in begins if request.path.startswith(href)), key=len, default="")
