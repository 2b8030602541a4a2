# SPDX-License-Identifier: EUPL-1.2
"""Row security of the linkage room: a pair is seen by who may know who both persons are.

The policies ask `thread_identity`, which its own policy filters: no case in sight, a name under
number, an involvement that ended or a person that was removed, and the pair is gone as well.
What people decided is written in their own name and never changed, also not by the owner.
"""

from middenstip.database.embedded import APP_ROLE

KNOWN = "EXISTS (SELECT FROM thread_identity i WHERE i.person_id = {})"
BOTH = f"{KNOWN.format('one_id')} AND {KNOWN.format('two_id')}"
MINE = "by_id = (SELECT wall_user()) AND organisation_id = (SELECT wall_organisation())"
RECORDS = "NOT (SELECT wall_in_emergency())"
POLICIES = {
    "linkage_verdict": {
        "wall_both": f"FOR SELECT TO {APP_ROLE} USING ({BOTH})",
        "wall_add": f"FOR INSERT TO {APP_ROLE} WITH CHECK ({BOTH} AND {MINE} AND {RECORDS})",
    },
    "linkage_likeness": {
        "wall_both": f"FOR ALL TO {APP_ROLE} USING ({BOTH}) WITH CHECK ({BOTH})",
    },
}
# SECURITY DEFINER: whoever removes a person need not see whom that person was like.
FORGET = """
CREATE OR REPLACE FUNCTION linkage_forget()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM linkage_likeness WHERE OLD.person_id IN (one_id, two_id);
    RETURN NULL;
END
$$;
DROP TRIGGER IF EXISTS linkage_forget ON thread_identity;
CREATE TRIGGER linkage_forget AFTER DELETE ON thread_identity
    FOR EACH ROW EXECUTE FUNCTION linkage_forget();
"""
# A statement trigger: it holds for the owner too, and also refuses TRUNCATE.
KEEP = """
CREATE OR REPLACE FUNCTION linkage_verdict_keep()
RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a verdict is never changed or removed (% refused); decide again', TG_OP
        USING ERRCODE = 'restrict_violation';
END
$$;
DROP TRIGGER IF EXISTS linkage_verdict_keep ON linkage_verdict;
CREATE TRIGGER linkage_verdict_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON linkage_verdict
    FOR EACH STATEMENT EXECUTE FUNCTION linkage_verdict_keep();
"""


def statements() -> list[str]:
    """Return what makes the wall, in order; doing it again changes nothing."""
    made = [FORGET, KEEP]
    for table, rules in POLICIES.items():
        made.append(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        for name, rule in rules.items():
            made.append(f"DROP POLICY IF EXISTS {name} ON {table}")
            made.append(f"CREATE POLICY {name} ON {table} {rule}")
    return made
