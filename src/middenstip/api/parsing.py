# SPDX-License-Identifier: EUPL-1.2
"""Reading the body of a request as strictly as a file: UTF-8, JSON, no key twice."""

from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser

from middenstip import clock
from middenstip.api.problems import WrongMediaType
from middenstip.rules.input import BadInput, Reader
from middenstip.thread.country import pack

# The body of an event is nested three deep; more is no event of ours.
DEEPEST = 10


class StrictParser(Parser):
    """Reads JSON with the reader of the rules, which tells every problem by its place."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """Return the object in the body; WrongMediaType, or BadInput with every reason."""
        if request.content_type != "application/json":
            raise WrongMediaType(request.content_type)
        reader = Reader(pack(), clock.today())
        document = reader.parse(request.body)
        if not isinstance(document, dict):
            raise BadInput(["the body must be a JSON object"])
        if _deeper(document, DEEPEST):
            raise BadInput([f"the body is nested more than {DEEPEST} deep"])
        if reader.problems:
            raise BadInput(reader.problems)
        return document


def _deeper(value: Any, allowed: int) -> bool:
    """Tell whether lists and objects are nested deeper than allowed."""
    level = [value]
    for _depth in range(allowed):
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return False
    return any(isinstance(each, dict | list) for each in level)
