# SPDX-License-Identifier: EUPL-1.2
"""How django-allauth behaves here."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from middenstip.access import limits, limits_login
from middenstip.access.limits_page import when
from middenstip.access.second_factor import just_logged_in


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by an administrator, never by signing up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse every sign-up."""
        return False

    def is_reauthentication_required(self, *, app: str, **_: Any) -> bool:
        """Ask the password again for what is sensitive, but not of who logged in just now."""
        asked: bool = super().is_reauthentication_required(app=app)
        return asked and not just_logged_in(self.request)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address of the visitor as our own proxies saw it."""
        return limits.client_ip(request)

    def get_login_stages(self) -> list[str]:
        """Return the steps of a login; ours asks no second factor that a provider proved."""
        library, ours = "allauth.mfa.stages.AuthenticateStage", "oidc_client.SecondStep"
        stages = super().get_login_stages()
        return [f"middenstip.access.{ours}" if stage == library else stage for stage in stages]

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse to look at a password while this browser must wait; counts nothing."""
        until = limits_login.wait_before_login(request, _address(credentials))
        if until is not None:
            request.limited_until = until  # type: ignore[attr-defined]
            raise ValidationError(
                _(
                    "There were too many tries. Try again after %(time)s. "
                    "Forgot your password? Then set a new one."
                ),
                params={"time": when(until)},
            )

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Return the user whose password this is, None otherwise; counts what failed."""
        user = super().authenticate(request, **credentials)
        if user is not None:
            limits_login.forget_failed_logins(request, _address(credentials))
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Count a wrong password; the next ones may have to wait."""
        limits_login.count_failed_login(request, _address(credentials))

    def _delete_login_attempts_cached_email(
        self, request: HttpRequest, **credentials: Any
    ) -> None:
        """Start anew for this browser after a password was set by mail."""
        limits_login.forget_failed_logins(request, _address(credentials))


def _address(credentials: dict[str, Any]) -> str:
    return str(credentials.get("email") or "")
