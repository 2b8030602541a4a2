# SPDX-License-Identifier: EUPL-1.2
"""Row security of the blind check: nobody reads codes, an organisation reads its own questions.

Who asks needs the codes of everybody who counts, sealed and without a word on where: these come
from functions, which give nothing while nobody acts. The coordination point, which keeps the
register, also sees who asked when and what was answered.
"""

from middenstip.database.embedded import APP_ROLE, WORKER_ROLE
from middenstip.thread.models import Reason

# Who counts: notified, not removed, and nobody whose name the coordination point may not know.
# SECURITY DEFINER: they look past the policies, and fix their search path.
STANDING = f"""
CREATE OR REPLACE FUNCTION blindcheck_standing()
RETURNS TABLE (person uuid, version bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c.person_id, c.version
    FROM blindcheck_code c JOIN thread_person p ON p.id = c.person_id
    WHERE wall_user() IS NOT NULL AND p.removed_at IS NULL
        AND NOT EXISTS (SELECT FROM vault_destruction d WHERE d.person_id = p.id)
        AND NOT EXISTS (SELECT FROM thread_case k WHERE k.person_id = p.id AND k.under_number)
        AND EXISTS (
            SELECT FROM thread_case k JOIN thread_involvement i ON i.case_id = k.id
            WHERE k.person_id = p.id AND i.reason = '{Reason.REGISTER}'
                AND (i.until IS NULL OR i.until > statement_timestamp()))
$$;
CREATE OR REPLACE FUNCTION blindcheck_mark()
RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(*) || ' '
        || coalesce(bit_xor(hashtextextended(s.person::text || s.version::text, 0)), 0)
    FROM blindcheck_standing() s
$$;
CREATE OR REPLACE FUNCTION blindcheck_codes()
RETURNS TABLE (persons bytea, names bytea, births bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(string_agg(uuid_send(c.person_id), '' ORDER BY c.person_id), ''),
        coalesce(string_agg(c.names, '' ORDER BY c.person_id), ''),
        coalesce(string_agg(c.birth, '' ORDER BY c.person_id), '')
    FROM blindcheck_standing() s JOIN blindcheck_code c ON c.person_id = s.person
$$;
"""  # noqa: S608 - a constant of ours
# What is not given stays as it is.
KEEP = """
CREATE OR REPLACE FUNCTION blindcheck_keep(persons uuid[], names bytea[], named boolean[],
    births bytea[], born boolean[])
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO blindcheck_code (person_id, names, birth, version)
    SELECT m.person, CASE WHEN m.named OR c.person_id IS NULL THEN m.names ELSE c.names END,
        CASE WHEN m.born OR c.person_id IS NULL THEN m.birth ELSE c.birth END,
        hashtextextended(gen_random_uuid()::text, 0)
    FROM unnest(persons, names, named, births, born) AS m (person, names, named, birth, born)
    JOIN thread_person p ON p.id = m.person AND p.removed_at IS NULL
    LEFT JOIN blindcheck_code c ON c.person_id = m.person
    ON CONFLICT (person_id) DO UPDATE SET names = excluded.names, birth = excluded.birth,
        version = excluded.version
$$;
CREATE OR REPLACE FUNCTION blindcheck_forget()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM blindcheck_code WHERE person_id = NEW.id;
    RETURN NULL;
END
$$;
DROP TRIGGER IF EXISTS blindcheck_forget ON thread_person;
CREATE TRIGGER blindcheck_forget AFTER UPDATE OF removed_at ON thread_person
    FOR EACH ROW WHEN (NEW.removed_at IS NOT NULL) EXECUTE FUNCTION blindcheck_forget();
"""

OURS = "organisation_id = (SELECT wall_organisation())"
BY_ME = f"{OURS} AND by_id = (SELECT wall_user()) AND NOT (SELECT wall_in_emergency())"
REVIEWS = "(SELECT wall_reviews())"
ASKED = "EXISTS (SELECT FROM blindcheck_question q WHERE q.id = question_id AND q.{})"
# The worker empties and deletes what is old; it seals and opens nothing.
POLICIES = {
    "blindcheck_code": {
        "wall_nobody": f"FOR SELECT TO {APP_ROLE} USING (false)",
    },
    "blindcheck_question": {
        "wall_own": f"FOR SELECT TO {APP_ROLE} USING ({OURS} OR {REVIEWS})",
        "wall_add": f"FOR INSERT TO {APP_ROLE} WITH CHECK ({BY_ME})",
        "worker": f"FOR SELECT TO {WORKER_ROLE} USING (true)",
        "worker_empty": f"FOR UPDATE TO {WORKER_ROLE} USING (true)",
        "worker_delete": f"FOR DELETE TO {WORKER_ROLE} USING (true)",
    },
    "blindcheck_callback": {
        "wall_own": f"FOR SELECT TO {APP_ROLE} USING ({OURS} OR {REVIEWS})",
        "wall_add": f"FOR INSERT TO {APP_ROLE}"
        f" WITH CHECK ({BY_ME} AND {ASKED.format(OURS)} AND done_at IS NULL)",
        "wall_done": f"FOR UPDATE TO {APP_ROLE} USING ({REVIEWS} AND done_at IS NULL)"
        f" WITH CHECK ({REVIEWS} AND done_by_id = (SELECT wall_user()))",
        "worker": f"FOR SELECT TO {WORKER_ROLE} USING (true)",
        "worker_delete": f"FOR DELETE TO {WORKER_ROLE} USING (true)",
    },
}


def statements() -> list[str]:
    """Return what makes the wall, in order; doing it again changes nothing."""
    made = [STANDING, KEEP]
    for table, rules in POLICIES.items():
        made.append(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        for name, rule in rules.items():
            made.append(f"DROP POLICY IF EXISTS {name} ON {table}")
            made.append(f"CREATE POLICY {name} ON {table} {rule}")
    return made
