# SPDX-License-Identifier: EUPL-1.2
"""Row security of the intake room: a draft is for its writer, in one organisation.

The mark of a row of a file that came in (keyed hashes and ids) is for the organisation that
brought it in. Also who only tries a file, and acts for nobody, may ask whether a hash is known.
"""

from middenstip.database.embedded import APP_ROLE, WORKER_ROLE

MINE = "writer_id = (SELECT wall_user()) AND organisation_id = (SELECT wall_organisation())"
OWN = "organisation_id = (SELECT wall_organisation())"
# SECURITY DEFINER: looks past the policies, answers for hashes that the caller has, fixes its
# search path.
KNOWN = """
CREATE OR REPLACE FUNCTION intake_known(hashes text[])
RETURNS TABLE (key text, content text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT r.key, r.content FROM intake_importedrow r WHERE r.key = ANY (hashes)
$$
"""
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
    "intake_importedrow": {
        "wall_own": f"FOR SELECT TO {APP_ROLE} USING ({OWN})",
        "wall_add": f"FOR INSERT TO {APP_ROLE} WITH CHECK ({OWN})",
        "worker": f"FOR SELECT TO {WORKER_ROLE} USING (true)",
        "worker_delete": f"FOR DELETE TO {WORKER_ROLE} USING (true)",
    },
}


def statements() -> list[str]:
    """Return what makes the wall, in order; doing it again changes nothing."""
    made = [KNOWN]
    for table, rules in POLICIES.items():
        made.append(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        for name, rule in rules.items():
            made.append(f"DROP POLICY IF EXISTS {name} ON {table}")
            made.append(f"CREATE POLICY {name} ON {table} {rule}")
    return made
