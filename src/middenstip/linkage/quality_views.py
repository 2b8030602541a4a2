# SPDX-License-Identifier: EUPL-1.2
"""The page that says how far the comparison can be trusted."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from middenstip.access.rules import access_rule
from middenstip.access.selectors import acting_for
from middenstip.linkage.quality import quality as quality_of
from middenstip.matching.levels import EVEN, Level


@dataclass(frozen=True, slots=True)
class Line:
    """One level in whole hundredths, rounded down; `even` marks what a search keeps."""

    chance: int
    right: int
    found: int
    even: bool

    @classmethod
    def of(cls, level: Level) -> Line:
        """Return a level for the page."""
        return cls(
            _hundredths(level.chance),
            _hundredths(level.precision),
            _hundredths(level.recall),
            even=level.chance == EVEN,
        )


def _hundredths(share: float) -> int:
    return int(100 * share + 1e-9)


@access_rule("member")
@require_safe
def quality(request: HttpRequest) -> HttpResponse:
    """Show how good the comparison is, in counts; 404 for who decides nothing."""
    found = quality_of(actor=acting_for(request))
    context = {"found": found, "levels": [Line.of(level) for level in found.levels]}
    return render(request, "linkage/quality.html", context)
