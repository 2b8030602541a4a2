# SPDX-License-Identifier: EUPL-1.2
"""System checks of the vault room."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from middenstip.vault import keyring, master
from middenstip.vault.errors import NotInitialised, VaultProblem


@register(Tags.database)
def the_master_key_fits_the_database(
    app_configs: Sequence[Any] | None, databases: Sequence[str] | None = None, **_: Any
) -> list[CheckMessage]:
    """Report vault.E001 when the given master key does not open what is stored.

    A vault that was never set up is a warning, vault.W001: the migration that comes before the
    set-up runs the checks too.
    """
    if "default" not in (databases or ()):
        return []
    try:
        keyring.require_ready()
    except NotInitialised as problem:
        return [Warning(str(problem), id="vault.W001")]
    except VaultProblem as problem:
        return [Error(str(problem), id="vault.E001")]
    return []


@register(Tags.security, deploy=True)
def the_master_key_is_not_the_published_one(
    app_configs: Sequence[Any] | None, **_: Any
) -> list[CheckMessage]:
    """Report vault.E002 when production would use the key that stands in the source code."""
    source = settings.VAULT_KEYS.current
    if settings.SETTINGS_MODULE == "middenstip.settings.production" and (
        source is None or source.value == master.LOCAL_KEY
    ):
        return [
            Error(
                "The master key of the vault is the published one of development, or missing.",
                hint="Make one: middenstip vault new-key FILE",
                id="vault.E002",
            )
        ]
    return []
