# SPDX-License-Identifier: EUPL-1.2
"""The suite: a database of its own for each run and worker, fast hashing, mail in memory."""

import os

from middenstip import database
from middenstip.settings.base import *  # noqa: F403
from middenstip.settings.base import DATABASES
from middenstip.vault import master

SECRET_KEY = "test-only-never-in-production"  # noqa: S105 - no secret is kept with it
VAULT_KEYS = master.sources({}, local=True)
GALLERY = True
ACTING_ROLE = database.APP_ROLE
# Most tests log in with `force_login`; those of the second factor switch it on again.
SECOND_FACTOR_REQUIRED = False
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True

# Several people may run the suite on one server: a run never shares its database. The name
# carries the process that owns it, so that conftest can drop what a killed run left behind.
_RUN = os.environ.setdefault("MIDDENSTIP_TEST_RUN", str(os.getpid()))
DATABASES["default"]["TEST"] = {"NAME": f"test_middenstip_{_RUN}"}
# The read log is written on the connection of the test, and goes with it when the test ends;
# `tests/audit` also writes it on the second connection, as the program does.
READ_LOG_CONNECTION = "default"
PROCESSING_REGISTER = "https://register.example/"
