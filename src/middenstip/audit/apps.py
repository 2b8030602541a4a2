# SPDX-License-Identifier: EUPL-1.2
"""The room of the read log."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Registers the room under its own name."""

    name = "middenstip.audit"
    label = "audit"
