# SPDX-License-Identifier: EUPL-1.2
"""The second connection: what was looked at stays written when the request is rolled back.

Read by the settings, so it knows no Django.
"""

from copy import deepcopy
from typing import Any

DEFAULT, LOG = "default", "audit"
SECONDS_TO_WAIT = 5.0


def with_log(databases: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return DATABASES with a connection for the log: the server and role of `default`.

    A pool of `default` becomes a pool of its own of the same size, in which nobody waits long:
    without the log there is no answer anyway. The test suite makes no second database for it.
    """
    log = deepcopy(databases[DEFAULT])
    log["TEST"] = {"MIRROR": DEFAULT}
    if pool := log.get("OPTIONS", {}).get("pool"):
        pool["timeout"] = SECONDS_TO_WAIT
    return {**databases, LOG: log}
