# SPDX-License-Identifier: EUPL-1.2
"""The demo's settings for a server without walls, so that walls can be measured against it.

Only on databases that `bench.country` made, which hold made-up people, and only where
MIDDENSTIP_BENCH=1 says so. This folder is no part of the package that is installed.
"""

import os

from django.core.exceptions import ImproperlyConfigured

from bench.country import NAME
from middenstip.settings.demo import *  # noqa: F403
from middenstip.settings.demo import DATABASES

if os.environ.get("MIDDENSTIP_BENCH") != "1":
    raise ImproperlyConfigured("a server without walls is for measuring only (script/bench)")
if not str(DATABASES["default"]["NAME"]).startswith(NAME.format("")):
    raise ImproperlyConfigured(
        f"without walls only databases named {NAME.format('...')} are served"
    )
