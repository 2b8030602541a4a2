# SPDX-License-Identifier: EUPL-1.2
"""Row security of the intake room: a draft is for its writer, in one organisation.

A row of a file that came in holds keyed hashes and ids only, and is asked for by hash.
"""

from middenstip.database.embedded import APP_ROLE, WORKER_ROLE

MINE = "writer_id = (SELECT wall_user()) AND organisation_id = (SELECT wall_organisation())"
# The worker deletes what expired; it may not write what a draft says.
POLICIES = {
    "intake_draft": {
        "wall_own": f"FOR ALL TO {APP_ROLE} USING ({MINE}) WITH CHECK ({MINE})",
        "worker": f"FOR SELECT TO {WORKER_ROLE} USING (true)",
        "worker_delete": f"FOR DELETE TO {WORKER_ROLE} USING (true)",
    },
    "intake_sentdraft": {
        "wall_own": f"FOR ALL TO {APP_ROLE} USING ({MINE}) WITH CHECK ({MINE})",
    },
}


def statements() -> list[str]:
    """Return what makes the wall, in order; doing it again changes nothing."""
    made = []
    for table, rules in POLICIES.items():
        made.append(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        for name, rule in rules.items():
            made.append(f"DROP POLICY IF EXISTS {name} ON {table}")
            made.append(f"CREATE POLICY {name} ON {table} {rule}")
    return made
