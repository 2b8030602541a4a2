# SPDX-License-Identifier: EUPL-1.2
"""The WSGI entry that Granian serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "middenstip.settings.production")
application = get_wsgi_application()
