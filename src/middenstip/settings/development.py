# SPDX-License-Identifier: EUPL-1.2
"""Work at the code: tracebacks on screen, mail to the console, the gallery of components."""

import os

from middenstip.settings.base import *  # noqa: F403
from middenstip.settings.base import LOGGING
from middenstip.vault import master

SECRET_KEY = "local-only-holds-fictional-data"  # noqa: S105 - no secret is kept with it
# The published key, unless one is named.
VAULT_KEYS = master.sources(os.environ, local=True)
DEBUG = True
LOGGING = {
    **LOGGING,
    "formatters": {"plain": {"format": "{levelname} {name}: {message}", "style": "{"}},
}
GALLERY = True
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
