# SPDX-License-Identifier: EUPL-1.2
"""The web room: design system, layout and shared components, no data of its own."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Registers the room for its templates, static files and template tags."""

    name = "middenstip.web"
    label = "web"
