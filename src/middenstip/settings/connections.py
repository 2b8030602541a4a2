# SPDX-License-Identifier: EUPL-1.2
"""Limits of time on the connections of the program's roles, and a connection for counting."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

Databases = dict[str, dict[str, Any]]
# No page and no command of the program waits longer for one answer of the database, or keeps a
# transaction open while it does something else. The nightly worker may take longer, and the
# owner, who migrates, as long as it takes.
STATEMENT = {"app": "60s", "worker": "30min"}
# As on a disk without moving parts: row security asks for few rows through an index, and a
# planner that thinks of a turning disk reads whole tables instead.
RANDOM_PAGE_COST = 1.1
IDLE_IN_TRANSACTION = {"app": "5min", "worker": "30min"}


def with_limits(
    databases: Mapping[str, dict[str, Any]], environ: Mapping[str, str]
) -> Databases:
    """Return DATABASES with limits of time on each, and with the connection `limits`.

    There is counted how often something is tried: that stays counted when a request is rolled
    back. The role is that of MIDDENSTIP_DB_ROLE, else the program's.
    MIDDENSTIP_STATEMENT_TIMEOUT (as PostgreSQL writes it) replaces the limit of one statement.
    """
    role = environ.get("MIDDENSTIP_DB_ROLE", "").strip() or "app"
    result = {name: deepcopy(entry) for name, entry in databases.items()}
    result["limits"] = deepcopy(databases["default"])
    if result["limits"]["OPTIONS"].get("pool"):
        result["limits"]["OPTIONS"]["pool"] = {"min_size": 0, "max_size": 4}
    if role in STATEMENT:
        statement = environ.get("MIDDENSTIP_STATEMENT_TIMEOUT", "").strip() or STATEMENT[role]
        for entry in result.values():
            options = entry["OPTIONS"]
            options["options"] = (
                f"{options.get('options', '')} -c random_page_cost={RANDOM_PAGE_COST}"
                f" -c statement_timeout={statement}"
                f" -c idle_in_transaction_session_timeout={IDLE_IN_TRANSACTION[role]}"
            ).strip()
    return result
