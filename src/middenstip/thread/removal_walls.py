# SPDX-License-Identifier: EUPL-1.2
"""What PostgreSQL itself holds about removing a person: two people, each for themselves.

Part of `thread.walls`. The coordination point decides about cases that it need not see, so the
database tells it what a proposal is about and does the removal; the key of the person, which
makes it final, the program destroys in the same transaction.
"""

# All of a person: who has several cases is removed from all of them.
ASKED = """
CREATE OR REPLACE FUNCTION wall_removals(wanted uuid[])
RETURNS TABLE (proposal uuid, person uuid, pseudonym varchar, last_on date, version bigint,
    running bigint, named boolean, held boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT r.id, p.id, p.pseudonym,
        (SELECT max(greatest(e.on, (e.recorded_at AT TIME ZONE 'Europe/Amsterdam')::date))
            FROM thread_event e JOIN thread_case k ON k.id = e.case_id
            WHERE k.person_id = p.id),
        (SELECT sum(k.version) FROM thread_case k WHERE k.person_id = p.id),
        (SELECT count(*) FROM thread_dutyrun d JOIN thread_case k ON k.id = d.case_id
            WHERE k.person_id = p.id AND d.state = 'running'),
        EXISTS (SELECT FROM thread_identity i WHERE i.person_id = p.id),
        EXISTS (SELECT FROM thread_retentionhold h JOIN thread_case k ON k.id = h.case_id
            WHERE k.person_id = p.id AND h.lifted_at IS NULL)
    FROM thread_removalproposal r
    JOIN thread_case c ON c.id = r.case_id JOIN thread_person p ON p.id = c.person_id
    WHERE r.id = ANY (wanted) AND wall_reviews()
$$;
CREATE OR REPLACE FUNCTION wall_lock_removal(proposal uuid)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT wall_reviews() THEN
        RETURN false;
    END IF;
    PERFORM FROM thread_case c
    WHERE c.person_id = (SELECT k.person_id FROM thread_removalproposal r
        JOIN thread_case k ON k.id = r.case_id WHERE r.id = proposal)
    ORDER BY c.id FOR UPDATE;
    RETURN FOUND;
END
$$;
CREATE OR REPLACE FUNCTION wall_held(here uuid)
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM thread_retentionhold h
        JOIN thread_case k ON k.id = h.case_id
        JOIN thread_case c ON c.person_id = k.person_id
        WHERE c.id = here AND h.lifted_at IS NULL)
$$;
"""

# Not SECURITY DEFINER: what is asked is who acts now.
DECIDED = """
CREATE OR REPLACE FUNCTION thread_removalproposal_decide()
RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before jsonb := '{}';
    after jsonb := to_jsonb(NEW);
    deciding text[] := '{first_yes_by_id,first_yes_at,second_yes_by_id,second_yes_at,
        said_no_by_id,said_no_at,said_no_because,lapsed_at,done_at}';
    who text;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        before := to_jsonb(OLD);
        IF (after - deciding) IS DISTINCT FROM (before - deciding)
            OR coalesce(OLD.said_no_at, OLD.lapsed_at, OLD.done_at) IS NOT NULL
        THEN
            RAISE EXCEPTION 'a proposal to remove somebody is decided once, and not changed'
                USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    FOREACH who IN ARRAY ARRAY['first_yes_by_id', 'second_yes_by_id', 'said_no_by_id'] LOOP
        IF (after ->> who) IS DISTINCT FROM (before ->> who) AND (
            (before ->> who) IS NOT NULL OR (after ->> who)::uuid IS DISTINCT FROM wall_user()
            OR NOT wall_reviews()
            OR (who <> 'said_no_by_id' AND wall_held(NEW.case_id)))
        THEN
            RAISE EXCEPTION 'the coordination point decides, each for themselves, and nothing'
                ' that must be kept' USING ERRCODE = 'restrict_violation';
        END IF;
    END LOOP;
    RETURN NEW;
END
$$;
DROP TRIGGER IF EXISTS thread_removalproposal_decide ON thread_removalproposal;
CREATE TRIGGER thread_removalproposal_decide BEFORE INSERT OR UPDATE ON thread_removalproposal
    FOR EACH ROW EXECUTE FUNCTION thread_removalproposal_decide();

CREATE OR REPLACE FUNCTION thread_retentionhold_keep()
RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.lifted_at IS NOT NULL OR NEW.lifted_at IS NULL
        OR (to_jsonb(NEW) - '{lifted_at,lifted_by_id}'::text[])
            IS DISTINCT FROM (to_jsonb(OLD) - '{lifted_at,lifted_by_id}'::text[])
    THEN
        RAISE EXCEPTION 'that data must be kept is lifted once, and not changed'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
DROP TRIGGER IF EXISTS thread_retentionhold_keep ON thread_retentionhold;
CREATE TRIGGER thread_retentionhold_keep BEFORE UPDATE ON thread_retentionhold
    FOR EACH ROW EXECUTE FUNCTION thread_retentionhold_keep();

CREATE OR REPLACE FUNCTION thread_person_removed()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.removed_at IS NOT NULL OR NOT EXISTS (
        SELECT FROM vault_destruction d WHERE d.person_id = NEW.id)
    THEN
        RAISE EXCEPTION 'a person is removed once, by destroying the key'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
DROP TRIGGER IF EXISTS thread_person_removed ON thread_person;
CREATE TRIGGER thread_person_removed BEFORE UPDATE ON thread_person
    FOR EACH ROW WHEN ((OLD.removed_at, OLD.removed_because)
        IS DISTINCT FROM (NEW.removed_at, NEW.removed_because))
    EXECUTE FUNCTION thread_person_removed();
"""

# Both start from a key that was destroyed: calling them with nothing destroyed does nothing.
REMOVED = """
CREATE OR REPLACE FUNCTION wall_remove(proposal uuid)
RETURNS uuid[] LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    asked thread_removalproposal;
    who uuid;
    theirs uuid[];
    moment timestamptz := statement_timestamp();
BEGIN
    SELECT r.* INTO asked FROM thread_removalproposal r WHERE r.id = proposal;
    IF asked.second_yes_by_id IS NULL OR asked.done_at IS NOT NULL OR wall_held(asked.case_id)
    THEN
        RAISE EXCEPTION 'two people must say yes first' USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT person_id INTO who FROM thread_case WHERE id = asked.case_id;
    SELECT array_agg(c.id ORDER BY c.id) INTO theirs FROM thread_case c WHERE c.person_id = who;
    UPDATE thread_person SET removed_at = moment, removed_because = asked.why WHERE id = who;
    DELETE FROM thread_identity WHERE person_id = who;
    -- A last day may tell a birthday: what ends at eighteen.
    DELETE FROM thread_notice WHERE case_id = ANY (theirs);
    DELETE FROM thread_casestate WHERE case_id = ANY (theirs);
    UPDATE thread_removalproposal SET done_at = moment WHERE id = asked.id;
    UPDATE thread_removalproposal SET lapsed_at = moment
    WHERE case_id = ANY (theirs) AND done_at IS NULL AND said_no_at IS NULL
        AND lapsed_at IS NULL;
    INSERT INTO thread_accessnotice (organisation_id, case_id, pseudonym, kind, purpose)
    SELECT DISTINCT ON (i.organisation_id) i.organisation_id, i.case_id, p.pseudonym,
        'person_removed', ''
    FROM thread_involvement i JOIN thread_person p ON p.id = who
    WHERE i.case_id = ANY (theirs) AND (i.until IS NULL OR i.until > moment)
    ORDER BY i.organisation_id, i.case_id;
    PERFORM set_config('middenstip.cases', array_to_string(theirs, ','), true);
    RETURN theirs;
END
$$;
CREATE OR REPLACE FUNCTION wall_settle_removals()
RETURNS SETOF uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE gone uuid[];
BEGIN
    WITH removed AS (
        UPDATE thread_person p SET removed_at = d.at, removed_because = d.because
        FROM vault_destruction d WHERE d.person_id = p.id AND p.removed_at IS NULL
        RETURNING p.id
    ) SELECT array_agg(id) INTO gone FROM removed;
    DELETE FROM thread_identity WHERE person_id = ANY (gone);
    DELETE FROM thread_notice n USING thread_case c
    WHERE c.id = n.case_id AND c.person_id = ANY (gone);
    DELETE FROM thread_casestate s USING thread_case c
    WHERE c.id = s.case_id AND c.person_id = ANY (gone);
    UPDATE thread_removalproposal r SET lapsed_at = statement_timestamp()
    FROM thread_case c
    WHERE c.id = r.case_id AND c.person_id = ANY (gone) AND r.done_at IS NULL
        AND r.said_no_at IS NULL AND r.lapsed_at IS NULL;
    RETURN QUERY SELECT c.id FROM thread_case c WHERE c.person_id = ANY (gone) ORDER BY c.id;
END
$$;
"""


def statements() -> list[str]:
    """Return what makes this part of the wall, in order; doing it again changes nothing."""
    return [ASKED, DECIDED, REMOVED]


def policies(opened: str, emergency: str) -> dict[str, dict[str, tuple[str, str]]]:
    """Return per table and command which rows the program sees, and which it may write.

    `opened`: the condition that the thread of the row's case is open; `emergency`: that one
    acts in an emergency, in which one records nothing.
    """
    reviews = "(SELECT wall_reviews())"
    return {
        "thread_removalproposal": {
            "SELECT": (f"{opened} OR {reviews}", ""),
            "INSERT": (
                "",
                f"{opened} AND proposed_by_id = (SELECT wall_user())"
                " AND organisation_id = (SELECT wall_organisation())"
                " AND why = 'own_request' AND first_yes_by_id IS NULL"
                f" AND done_at IS NULL AND NOT {emergency}",
            ),
            "UPDATE": (reviews, f"{reviews} AND done_at IS NULL AND lapsed_at IS NULL"),
        },
        "thread_retentionhold": {
            "SELECT": (f"{opened} OR {reviews}", ""),
            "INSERT": ("", f"{reviews} AND by_id = (SELECT wall_user())"),
            "UPDATE": (reviews, f"{reviews} AND lifted_by_id = (SELECT wall_user())"),
        },
    }
