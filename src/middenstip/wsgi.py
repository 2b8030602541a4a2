# SPDX-License-Identifier: EUPL-1.2
"""The WSGI entry that Granian serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "middenstip.settings.production")
application = get_wsgi_application()


def _warm_up() -> None:
    """Read the addresses, views and country pack before anybody waits for them.

    They stay as long as the process: the collector of garbage need not look at them again, nor
    as often as it does by itself (a page makes thousands of short-lived objects).
    """
    from django.urls import get_resolver

    from middenstip.rules.engine import engine_for
    from middenstip.thread.country import pack

    _ = get_resolver().url_patterns
    engine_for(pack())
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


_warm_up()
