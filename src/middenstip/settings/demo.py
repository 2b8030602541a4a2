# SPDX-License-Identifier: EUPL-1.2
"""The demo: fictional data, one-click accounts, loopback only, the program's narrow role."""

import os

from middenstip import database
from middenstip.audit.connections import with_log
from middenstip.settings.base import *  # noqa: F403
from middenstip.settings.connections import with_limits
from middenstip.vault import master

DEMO = True
# The same as in development: both serve the database of this checkout, and a row of a file that
# came in before is known again by a hash with this key.
SECRET_KEY = os.environ.get("SECRET_KEY") or "local-only-holds-fictional-data"
# The published key, unless one is named.
VAULT_KEYS = master.sources(os.environ, local=True)
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
# The program's narrow role, unless a command that migrates asks for the owner.
_connection = database.django_connection({"MIDDENSTIP_DB_ROLE": "app", **os.environ})
_connection["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 16}
DATABASES = with_limits(with_log({"default": _connection}), os.environ)
LIMITS_CONNECTION = "limits"
