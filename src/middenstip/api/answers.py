# SPDX-License-Identifier: EUPL-1.2
"""From what selectors return to what the API sends: shapes and labels, no rules."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest

from middenstip.linkage.candidates import Candidate
from middenstip.rules.results import Assessment
from middenstip.thread.country import pack

MOST_PAGES = 10_000


def paged(
    request: HttpRequest,
    items: Sequence[object],
    total: int,
    *,
    page: int,
    length: int,
    more: bool = False,
) -> dict[str, Any]:
    """Return one page (from 1) with the addresses of those around it."""
    last = page * length >= total and not more
    return {
        "count": total,
        "more": more,
        "next": _address(request, page + 1) if not last and page < MOST_PAGES else None,
        "previous": _address(request, page - 1) if page > 1 else None,
        "results": list(items),
    }


def whole(items: Sequence[object]) -> dict[str, Any]:
    """Return a list that is never cut, in the shape of a page."""
    return {
        "count": len(items),
        "more": False,
        "next": None,
        "previous": None,
        "results": list(items),
    }


def assessment(found: Assessment, language: str) -> dict[str, Any]:
    """Return an assessment with days as text, and a label beside each scheme and duty."""
    country = pack()
    answer = asdict(found)
    answer["facts"] = {name: _plain(value) for name, value in found.facts.items()}
    labels: tuple[tuple[str, Mapping[str, Any]], ...] = (
        ("schemes", country.schemes),
        ("duties", country.duties),
    )
    for kind, items in labels:
        for each in answer[kind]:
            each["label"] = country.text(items[each["id"]].label, language)
    return answer


def candidate(found: Candidate) -> dict[str, Any]:
    """Return an earlier file with what speaks for and against, and no value of either side."""
    return {
        "case_id": found.case_id,
        "pseudonym": found.pseudonym,
        "opened_on": found.opened_on,
        "opened_by": found.opened_by,
        "level": found.reasons.level,
        "whole": found.reasons.whole,
        "reasons": list(found.reasons.lines),
    }


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _address(request: HttpRequest, page: int) -> str:
    """Return the address of another page; what is looked for does not stand in it."""
    kept = {
        name: request.GET[name] for name in ("page_size", "organisation") if name in request.GET
    }
    return request.build_absolute_uri(f"{request.path}?{urlencode({**kept, 'page': page})}")
