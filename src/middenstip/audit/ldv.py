# SPDX-License-Identifier: EUPL-1.2
"""The log in the form of the Dutch standard for it, Logboek dataverwerkingen (Logius).

One line per processing and per person concerned: trace, span, name, status, times, the activity
in the register of processing activities and a pseudonym of the person. No content and no user.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.crypto import salted_hmac

from middenstip.audit import selectors
from middenstip.audit.canonical import Entry

UNSET, ERROR = 0, 2  # of the enumeration `status_code`
SUBJECT_TYPE = "middenstip-case-pseudonym"
Line = dict[str, Any]
Progress = Callable[[int], None]


def export_ldv(
    *, since: date, until: date, progress: Progress = lambda number: None
) -> Iterator[Line]:
    """Yield the lines of a period of legal days, oldest first, each ready to be JSON.

    A look at a list is a line without a person, and one below it for each person in the list.
    Times are milliseconds since 1970. Raises ImproperlyConfigured when setting
    PROCESSING_REGISTER does not say where the register is.
    """
    if not settings.PROCESSING_REGISTER:
        raise ImproperlyConfigured(
            "the export names activities in the register of processing activities: set "
            "PROCESSING_REGISTER, for example PROCESSING_REGISTER=https://register.example/"
        )
    return _lines(since, until, progress)


def _lines(since: date, until: date, progress: Progress) -> Iterator[Line]:
    found = selectors.stored(since=since, until=until).order_by("at", "id")
    for entry in selectors.stream(found):
        span = entry.hash[:8].hex()
        if not entry.cases:
            yield _line(entry, span, case_id=entry.chain)
        else:
            yield _line(entry, span)
        for case_id in entry.cases:
            below = sha256(bytes(entry.hash) + case_id.bytes).digest()[:8].hex()
            yield _line(entry, below, case_id=case_id, parent=span)
        progress(1)


def subject(case_id: UUID) -> str:
    """Return the pseudonym of a case: the same each time, and of no use without our key."""
    return salted_hmac("middenstip.audit.ldv", str(case_id), algorithm="sha256").hexdigest()


def _line(
    entry: Entry, span: str, *, case_id: UUID | None = None, parent: str | None = None
) -> Line:
    activity = settings.PROCESSING_REGISTER + (entry.purpose or "none")
    attributes = [_pair("dpl.core.processing_activity_id", activity)]
    if case_id is not None:
        attributes += [
            _pair("dpl.core.data_subject_id", subject(case_id)),
            _pair("dpl.core.data_subject_id_type", SUBJECT_TYPE),
        ]
    line: Line = {
        "trace_id": entry.trace.hex,
        "span_id": span,
        "status_code": ERROR if entry.failed else UNSET,
        "name": entry.operation,
        "start_time": _milliseconds(entry.started_at),
        "end_time": _milliseconds(entry.at),
        "resource": {"attributes": _program()},
        "attributes": attributes,
    }
    if parent is not None:
        line["parent_span_id"] = parent
    return line


@cache
def _program() -> tuple[dict[str, str], ...]:
    return (
        _pair("service.name", "middenstip"),
        _pair("service.version", version("middenstip")),
    )


def _pair(key: str, value: str) -> dict[str, str]:
    return {"key": key, "value": value}


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
