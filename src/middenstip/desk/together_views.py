# SPDX-License-Identifier: EUPL-1.2
"""The threads of all files of one person, in order of day, as far as the actor may see each."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from middenstip.access.rules import access_rule
from middenstip.access.selectors import acting_for
from middenstip.desk import history
from middenstip.linkage.selectors import others
from middenstip.thread.country import pack
from middenstip.thread.errors import NotThere
from middenstip.thread.selectors import case_for, thread_of
from middenstip.web.words import PackWords


@dataclass(frozen=True, slots=True)
class FiledLine:
    """One event, and the file it stands in."""

    line: history.Line
    case_id: UUID
    pseudonym: str


@access_rule("member")
@require_safe
def together(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show what happened in all files of the person of a case, newest first.

    404 when the case is not there for this actor, or has no other file that the actor may see.
    Each file is cut to what may be seen of that file.
    """
    actor = acting_for(request)
    joined = others(actor=actor, case_id=case_id)
    if not joined:
        raise NotThere
    case, words = case_for(actor=actor, case_id=case_id), PackWords(pack())
    files = [(case.id, case.pseudonym), *((each.case_id, each.pseudonym) for each in joined)]
    lines = [
        FiledLine(line, pk, name)
        for pk, name in files
        for line in history.lines(thread_of(actor=actor, case_id=pk), words, frozenset())
    ]
    lines.sort(key=lambda each: (each.line.on, each.line.recorded_at), reverse=True)
    context = {"case": case, "files": files, "lines": lines}
    return render(request, "desk/together.html", context)
