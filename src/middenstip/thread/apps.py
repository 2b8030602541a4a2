# SPDX-License-Identifier: EUPL-1.2
"""The thread room."""

from django.apps import AppConfig


class ThreadConfig(AppConfig):
    """Registers the room under its own name."""

    name = "middenstip.thread"
    label = "thread"
