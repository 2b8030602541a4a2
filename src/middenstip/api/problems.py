# SPDX-License-Identifier: EUPL-1.2
"""What went wrong, as `application/problem+json` (RFC 9457), all that is wrong at once.

"There is no such case" and "you may not" are one answer, byte for byte: who asks learns nothing
about what is there. No answer repeats what was sent, except to point at a name in it.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as FieldErrors
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from middenstip.access.limits import Limited
from middenstip.access.limits_page import seconds_to
from middenstip.rules.dates import DayOutOfRange
from middenstip.rules.fold import BadThread
from middenstip.rules.input import BadInput
from middenstip.thread.errors import CaseChanged, EventRefused, NotAllowed

MEDIA_TYPE = "application/problem+json"
# Parts of an event that stand beside its fields.
_OF_THE_EVENT = frozenset({"type", "on"})


class WrongMediaType(ValueError):
    """The body of a request is not said to be JSON."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing to mend. `place`: body, query, path or header; `field`: empty for the whole."""

    place: str
    field: str
    message: str


def problem(
    status: int, detail: str, mistakes: Iterable[Mistake] = (), **more: Any
) -> HttpResponse:
    """Return the answer for a problem; `more` are members of its own kind."""
    content: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        **more,
    }
    listed = [
        {"in": each.place, "field": each.field, "message": each.message} for each in mistakes
    ]
    if listed:
        content["errors"] = listed
    text = json.dumps(content, ensure_ascii=False)
    return HttpResponse(text, status=status, content_type=MEDIA_TYPE)


def detail_of(status: int) -> str:
    """Return what a problem that was not ours to word says: the same for each status."""
    return {
        400: _("This request cannot be read."),
        401: _("Log in first."),
        403: _("Choose for which organisation and purpose you act, or send the CSRF token."),
        404: _("There is nothing here, or it is not shared with you."),
        405: _("This address does not know that method; the header Allow lists those it has."),
        413: _("This request is too large."),
        415: _("Send the body as application/json."),
        429: _("Too much was asked in a short time; try again later."),
    }.get(status, _("Something went wrong here. It was logged; try again later."))


def add_handlers(api: NinjaAPI) -> None:
    """Make an API answer every error that we foresee as a problem; others become a 500."""
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(HttpError, _unreadable)
    api.add_exception_handler(FieldErrors, _by_field)
    api.add_exception_handler(BadInput, _bad_input)
    api.add_exception_handler(BadThread, _bad_thread)
    api.add_exception_handler(DayOutOfRange, _bad_thread)
    api.add_exception_handler(CaseChanged, _changed)
    api.add_exception_handler(EventRefused, _refused)
    api.add_exception_handler(Limited, _too_often)
    api.add_exception_handler(NotAllowed, _nothing)
    api.add_exception_handler(Http404, _nothing)
    api.add_exception_handler(PermissionDenied, _nobody)
    api.add_exception_handler(Exception, _unforeseen)


def _invalid(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(400, _summary(), [_mistake(each) for each in error.errors])


def _mistake(found: Mapping[str, Any]) -> Mistake:
    place, *rest = [str(part) for part in found["loc"]]
    # The first name in a body is that of our parameter, not of anything that was sent.
    named = rest[1:] if place == "body" else rest
    return Mistake(place=place, field=".".join(named)[:200], message=_message(found))


def _message(found: Mapping[str, Any]) -> str:
    match found["type"]:
        case "missing":
            return _("This is missing.")
        case "extra_forbidden":
            return _("There is no such field.")
        case "value_error":
            return str(found["ctx"]["error"])
        case "uuid_parsing" | "uuid_type":
            return _("Give an id as it came from here.")
        case _:
            return str(found["msg"])


def _unreadable(request: HttpRequest, error: Any) -> HttpResponse:
    """Answer for a body that the parser could not read; it says why in the cause."""
    cause = error.__cause__
    if isinstance(cause, BadInput):
        return _bad_input(request, cause)
    if isinstance(cause, WrongMediaType):
        return problem(415, detail_of(415))
    return problem(error.status_code, detail_of(error.status_code))


def _by_field(request: HttpRequest, error: Any) -> HttpResponse:
    if not hasattr(error, "error_dict"):
        return problem(400, " ".join(error.messages))
    mistakes = [
        Mistake(place="body", field=_in_event(str(field))[:200], message=message)
        for field, messages in error.message_dict.items()
        for message in messages
    ]
    return problem(400, _summary(), mistakes)


def _in_event(field: str) -> str:
    return field if field in _OF_THE_EVENT else f"fields.{field}"


def _bad_input(request: HttpRequest, error: Any) -> HttpResponse:
    mistakes = []
    for line in error.problems:
        where, colon, what = line.partition(": ")
        named = bool(colon) and " " not in where
        mistakes.append(
            Mistake(
                place="body",
                field=where[:200] if named else "",
                message=what if named else line,
            )
        )
    return problem(400, _summary(), mistakes)


def _bad_thread(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(400, str(error) or _("A term leads to a day outside the calendar."))


def _changed(request: HttpRequest, error: Any) -> HttpResponse:
    answer = problem(412, str(error), version=error.version)
    answer["ETag"] = f'"{error.version}"'
    return answer


def _refused(request: HttpRequest, error: Any) -> HttpResponse:
    sources = [
        {"title": each.title, "article": each.article, "url": each.url}
        for each in error.sources
    ]
    return problem(
        409, error.message, rule=error.rule, earlier_event=error.earlier_event, sources=sources
    )


def _too_often(request: HttpRequest, error: Any) -> HttpResponse:
    answer = problem(429, detail_of(429))
    answer["Retry-After"] = str(seconds_to(error.until))
    return answer


def _nothing(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(404, detail_of(404))


def _nobody(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(403, detail_of(403))


def _unforeseen(request: HttpRequest, error: Any) -> HttpResponse:
    raise error


def _summary() -> str:
    return _("Something in this request is not right; errors lists all of it.")
