# SPDX-License-Identifier: EUPL-1.2
"""What the roles of the program may do with the read log; set after each migration.

They read it (`read_only` on the models gives no more) and call two functions: one adds looks at
the moment of the database's own clock, the other makes the anchor of a day that is over.
"""

from middenstip.database.embedded import APP_ROLE, WORKER_ROLE

FUNCTIONS = ("audit_append(jsonb)", "audit_close_day(date)")


def statements() -> list[str]:
    """Return SQL that grants exactly this, and can be done again."""
    return [
        statement
        for function in FUNCTIONS
        for statement in (
            f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC",
            f"GRANT EXECUTE ON FUNCTION {function} TO {APP_ROLE}, {WORKER_ROLE}",
        )
    ]
