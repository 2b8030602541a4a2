# SPDX-License-Identifier: EUPL-1.2
"""The rule of every address: who may open it at all.

Each view states its rule with `@access_rule(...)`; the views of libraries have theirs in the
table below. `access.middleware` enforces it before the view runs, and an address without a rule
is refused to everybody, so that a forgotten rule is found in the first test and leaks nothing.
"""

from collections.abc import Callable
from typing import Any, Literal, TypeVar

from django.urls import ResolverMatch

Rule = Literal["public", "signed_in", "member", "administrator", "closed"]
View = TypeVar("View", bound=Callable[..., Any])

# Addresses of django-allauth that we offer. All others of that library are closed: accounts are
# made by an administrator, so there is no sign-up and no changing of the e-mail address here.
LIBRARY_RULES: dict[str, Rule] = {
    "account_login": "public",
    "account_logout": "public",
    "account_inactive": "public",
    "account_reset_password": "public",  # nosec B105 - an address
    "account_reset_password_done": "public",  # nosec B105 - an address
    "account_reset_password_from_key": "public",  # nosec B105 - an address
    "account_reset_password_from_key_done": "public",  # nosec B105 - an address
    "account_reauthenticate": "signed_in",
    "account_change_password": "signed_in",  # nosec B105 - an address
    "mfa_authenticate": "public",
    "mfa_reauthenticate": "signed_in",
    "mfa_login_webauthn": "public",
    "mfa_reauthenticate_webauthn": "signed_in",
    "mfa_index": "signed_in",
    "mfa_activate_totp": "signed_in",
    "mfa_deactivate_totp": "signed_in",
    "mfa_view_recovery_codes": "signed_in",
    "mfa_generate_recovery_codes": "signed_in",
    "mfa_download_recovery_codes": "signed_in",
    "mfa_list_webauthn": "signed_in",
    "mfa_add_webauthn": "signed_in",
    "mfa_edit_webauthn": "signed_in",
    "mfa_remove_webauthn": "signed_in",
}
LIBRARY_PREFIXES = ("account_", "mfa_")


def access_rule(rule: Rule) -> Callable[[View], View]:
    """State the rule of a view function or view class.

    `public`: anybody. `signed_in`: a logged-in person, without an organisation yet. `member`: a
    logged-in person acting for an organisation (`request.actor` is set). `administrator`: such
    a person who is an administrator. `closed`: nobody, answered as not found.
    """

    def mark(view: View) -> View:
        view.access_rule = rule  # type: ignore[attr-defined]
        return view

    return mark


def stated_rule(view: Callable[..., Any], name: str | None) -> Rule | None:
    """Return the rule a view or library address states, None when it states none."""
    view_class = getattr(view, "view_class", None)
    own: Rule | None = getattr(view, "access_rule", None) or getattr(
        view_class, "access_rule", None
    )
    if own:
        return own
    if name and name.startswith(LIBRARY_PREFIXES):
        return LIBRARY_RULES.get(name, "closed")
    return None


def rule_of(view: Callable[..., Any], match: ResolverMatch | None) -> Rule:
    """Return the rule to enforce; `closed` where none is stated."""
    name = match.url_name if match and not match.namespaces else None
    return stated_rule(view, name) or "closed"
