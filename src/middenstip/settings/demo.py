# SPDX-License-Identifier: EUPL-1.2
"""The demo: fictional data, one-click accounts, loopback only, the program's narrow role."""

import os

from middenstip.settings.base import *  # noqa: F403
from middenstip.settings.base import DATABASES

DEMO = True
SECRET_KEY = os.environ.get("SECRET_KEY") or "demo-only-holds-fictional-data"
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {"min_size": 2, "max_size": 16}
