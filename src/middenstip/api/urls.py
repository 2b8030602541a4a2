# SPDX-License-Identifier: EUPL-1.2
"""The addresses of the API, each with the rule that its operation states.

The middleware enforces the rule before an operation runs, as it does for pages. An operation
without one stays closed, and `tests/walls` finds it.
"""

from django.core.exceptions import ImproperlyConfigured
from django.urls import URLPattern, path
from ninja import NinjaAPI
from ninja.operation import Operation

from middenstip.api import document
from middenstip.api.middleware import VERSION
from middenstip.api.operations import router
from middenstip.api.parsing import StrictParser
from middenstip.api.problems import add_handlers

app_name = "api"


class Api(NinjaAPI):
    """An API whose operations are named as their functions."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Return the name of the function; two of one name do not fit in one router."""
        return str(operation.view_func.__name__)


api = Api(
    title="Middenstip",
    version=VERSION,
    description=document.ABOUT,
    parser=StrictParser(),
    openapi_url=None,
    docs_url=None,
)
api.add_router("", router)
add_handlers(api)


def _rules() -> dict[str, str | None]:
    """Return the rule of every operation by its name.

    Operations of one address share a view, and so must share their rule.
    """
    found: dict[str, str | None] = {}
    for address, view in router.path_operations.items():
        rules = {getattr(each.view_func, "access_rule", None) for each in view.operations}
        if len(rules) != 1:
            raise ImproperlyConfigured(f"{address}: its operations state different rules")
        found |= {each.view_func.__name__: rules.copy().pop() for each in view.operations}
    return found


def _ours() -> list[URLPattern]:
    """Return the addresses of our operations, guarded as pages are."""
    rules = _rules()
    guarded = []
    for entry in api.urls[0]:
        if not isinstance(entry, URLPattern) or entry.name not in rules:
            continue  # the library's own root: nothing is shown there
        if (rule := rules[entry.name]) is not None:
            entry.callback.access_rule = rule  # type: ignore[attr-defined]
        # The library leaves the check of the CSRF token to its own ways of logging in.
        entry.callback.csrf_exempt = False  # type: ignore[attr-defined]
        guarded.append(entry)
    return guarded


urlpatterns = [path("openapi.json", document.openapi, name="openapi"), *_ours()]
