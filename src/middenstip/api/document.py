# SPDX-License-Identifier: EUPL-1.2
"""The description of the API (OpenAPI 3.1), open to anybody: it holds no data of people."""

import json
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from middenstip.access.rules import access_rule
from middenstip.api.middleware import PREFIX
from middenstip.api.problems import MEDIA_TYPE

BASE = f"{PREFIX}v1/"
ABOUT = (
    "The national referral mechanism for victims of human trafficking. The same doors as the "
    "screens: who sees what follows from the organisation and purpose of the session."
)
_MISTAKE = {
    "type": "object",
    "required": ["in", "field", "message"],
    "properties": {
        "in": {"type": "string", "enum": ["body", "query", "path", "header"]},
        "field": {"type": "string"},
        "message": {"type": "string"},
    },
}
_PROBLEM = {
    "title": "Problem",
    "description": "RFC 9457. `errors` lists all that is wrong with what was sent.",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"type": "array", "items": _MISTAKE},
        "version": {"type": "integer", "description": "With 412: the version of now."},
        "rule": {"type": "string", "description": "With 409: the rule that refuses."},
        "earlier_event": {"type": ["integer", "null"]},
        "sources": {"type": "array", "items": {"type": "object"}},
    },
}
_WHY = {
    "400": "What was sent is not right; `errors` lists all of it.",
    "401": "Nobody is logged in.",
    "403": "No organisation or purpose is chosen, or the CSRF token is missing.",
    "404": "It is not there, or not for this actor: the same answer.",
    "409": "The law refuses this event; `rule` and `sources` say which.",
    "412": "Somebody recorded something since; `version` is that of now.",
    "413": "The body is too large.",
    "415": "The body is not said to be JSON.",
    "429": "Too much was asked in a short time; the header Retry-After says when to go on.",
}
_VERSION = {"description": "Version of the API.", "schema": {"type": "string"}}
_ETAG = {"description": "Version of the case, for If-Match.", "schema": {"type": "string"}}


@access_rule("public")
@require_GET
def openapi(request: HttpRequest) -> HttpResponse:
    """Send the description; any site may read it."""
    answer = HttpResponse(as_text(), content_type="application/json")
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cache-Control"] = "public, max-age=300"
    return answer


@cache
def as_text() -> str:
    """Return the description as it is sent, and as `docs/schema/openapi.json` keeps it."""
    return json.dumps(described(), ensure_ascii=False, indent=1) + "\n"


def described() -> dict[str, Any]:
    """Return the description, with the problems that each operation may answer with."""
    from middenstip.api.urls import api

    # Operations share parts of the generated description; each gets its own before additions.
    found: dict[str, Any] = json.loads(
        json.dumps(api.get_openapi_schema(path_prefix=BASE), default=str)
    )
    found["info"]["license"] = {"name": "EUPL-1.2", "identifier": "EUPL-1.2"}
    found["servers"] = [{"url": "/"}]
    components = found["components"]
    components["schemas"]["Problem"] = _PROBLEM
    components["responses"] = {status: _problem(why) for status, why in _WHY.items()}
    components["headers"] = {"API-Version": _VERSION, "ETag": _ETAG}
    components["securitySchemes"] = {
        "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"}
    }
    found["security"] = [{"session": []}]
    for address, methods in found["paths"].items():
        for method, operation in methods.items():
            _complete(address, method, operation)
    return found


def _problem(why: str) -> dict[str, Any]:
    return {
        "description": why,
        "headers": {"API-Version": {"$ref": "#/components/headers/API-Version"}},
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def _complete(address: str, method: str, operation: dict[str, Any]) -> None:
    for answer in operation["responses"].values():
        answer["headers"] = {"API-Version": {"$ref": "#/components/headers/API-Version"}}
        if operation["operationId"] in {"get_case", "record_event"}:
            answer["headers"]["ETag"] = {"$ref": "#/components/headers/ETag"}
    also = ["401", "403", "429"]
    if operation["parameters"] or method == "post":
        also.append("400")
    if "{" in address:
        also.append("404")
    if method == "post":
        also += ["413", "415"]
    if operation["operationId"] == "record_event":
        also += ["409", "412"]
    for status in sorted(also):
        operation["responses"][status] = {"$ref": f"#/components/responses/{status}"}
