# SPDX-License-Identifier: EUPL-1.2
"""What the roles of the program may do with the read log; set after each migration.

They read it (`read_only` on the models gives no more) and call two functions: one adds looks at
the moment of the database's own clock, the other makes the anchor of a day that is over. Who
acts reads the looks of the own organisation, those at cases opened for it (`deriving`, which
the database refuses for a case it does not see), and, where it reviews, what was seen in an
emergency. The worker, with which the log is checked and exported, reads it whole. Anchors hold
ids and hashes only.
"""

from middenstip.database.embedded import APP_ROLE, WORKER_ROLE

FUNCTIONS = ("audit_append(jsonb)", "audit_close_day(date)")
LOOKS = """organisation_id = (SELECT wall_organisation())
    OR chain = ANY ((SELECT wall_cases())::uuid[])
    OR cases && (SELECT wall_cases())::uuid[]
    OR (kind = 'break_glass' AND (SELECT wall_reviews()))"""
POLICIES = {
    "wall_select": f"FOR SELECT TO {APP_ROLE} USING ({LOOKS})",
    "worker": f"FOR SELECT TO {WORKER_ROLE} USING (true)",
}


def statements() -> list[str]:
    """Return SQL that grants exactly this, and can be done again."""
    made = ["ALTER TABLE audit_readentry ENABLE ROW LEVEL SECURITY"]
    for name, rule in POLICIES.items():
        made.append(f"DROP POLICY IF EXISTS {name} ON audit_readentry")
        made.append(f"CREATE POLICY {name} ON audit_readentry {rule}")
    for function in FUNCTIONS:
        made.append(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
        made.append(f"GRANT EXECUTE ON FUNCTION {function} TO {APP_ROLE}, {WORKER_ROLE}")
    return made
