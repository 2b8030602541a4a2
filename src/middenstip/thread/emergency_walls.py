# SPDX-License-Identifier: EUPL-1.2
"""What PostgreSQL itself holds about sharing without consent: how long, by whom, and for whom.

Part of `thread.walls`. Breaking the glass is done by the database, because the program's role
cannot see the case before. An answer of the second person ends or lengthens what it is about,
also when that person does not see the case.
"""

from datetime import timedelta

from django.conf import settings

from middenstip.access.purposes import pack
from middenstip.thread.models import Outcome

# A clock of the program that runs a little ahead is no reason to refuse a rescue.
SKEW = "interval '1 minute'"

REVIEWS = """
CREATE OR REPLACE FUNCTION wall_reviews()
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM thread_purposeright r JOIN access_organisation o ON o.kind = r.kind
        WHERE o.id = wall_organisation() AND r.whole_register
    )
$$;
CREATE OR REPLACE FUNCTION wall_in_emergency()
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM thread_purposeright r JOIN access_organisation o ON o.kind = r.kind
        WHERE o.id = wall_organisation() AND r.purpose = wall_purpose() AND r.emergency
    )
$$;
CREATE OR REPLACE FUNCTION wall_reviewed(overrides uuid[])
RETURNS TABLE (override uuid, person uuid, pseudonym varchar)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT v.id, p.id, p.pseudonym
    FROM thread_override v
    JOIN thread_case c ON c.id = v.case_id JOIN thread_person p ON p.id = c.person_id
    WHERE v.id = ANY (overrides)
        AND (v.by_organisation_id = wall_organisation() OR wall_reviews())
$$;
CREATE OR REPLACE FUNCTION wall_override_counts(since timestamptz, before timestamptz)
RETURNS TABLE (glass boolean, outcome varchar, number bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT v.glass, v.outcome, count(*) FROM thread_override v
    WHERE v.at >= since AND v.at < before GROUP BY v.glass, v.outcome
$$;
"""

# What carries an involvement on vital interest, and for how long at most.
CHECK = """
CREATE OR REPLACE FUNCTION wall_override_carries(held thread_involvement)
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT NOT 'shelter_address' = ANY (held.categories) AND EXISTS (
        SELECT FROM thread_override v
        WHERE v.id = held.override_id AND v.case_id = held.case_id
            AND v.organisation_id = held.organisation_id AND v.purpose = held.purpose
            AND v.ground = ANY ({grounds}) AND v.at <= statement_timestamp() + {skew}
            AND CASE
                WHEN v.outcome = '{refused}' THEN false
                WHEN v.glass THEN held.user_id = v.by_id AND held.until <= v.at + {glass}
                WHEN v.outcome = '{confirmed}' THEN held.until <= v.at + {lasts}
                ELSE held.until <= v.at + {waits}
            END
    )
$$;
"""

ANSWERED = """
CREATE OR REPLACE FUNCTION thread_override_answer()
RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.answered_by_id IS NOT NULL
        OR (to_jsonb(NEW) - '{{answered_by_id,answered_at,outcome,answer,text}}'::text[])
            IS DISTINCT FROM
            (to_jsonb(OLD) - '{{answered_by_id,answered_at,outcome,answer,text}}'::text[])
        OR (NEW.text IS DISTINCT FROM OLD.text AND OLD.text <> '')
        OR ((NEW.outcome, NEW.answer) IS DISTINCT FROM (OLD.outcome, OLD.answer)
            AND NEW.answered_by_id IS NULL)
    THEN
        RAISE EXCEPTION 'an override is answered once, and not changed'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.answered_by_id IS NOT NULL AND wall_user() IS NOT NULL AND NOT EXISTS (
        SELECT FROM access_membership m JOIN access_organisation o ON o.id = m.organisation_id
        WHERE m.user_id = wall_user() AND m.user_id = NEW.answered_by_id
            AND m.organisation_id = wall_organisation() AND m.is_active
            AND ((o.id = NEW.by_organisation_id AND m.role = 'manager') OR wall_reviews())
    ) THEN
        RAISE EXCEPTION 'only a manager or the coordination point answers, for itself'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
DROP TRIGGER IF EXISTS thread_override_answer ON thread_override;
CREATE TRIGGER thread_override_answer BEFORE UPDATE ON thread_override
    FOR EACH ROW EXECUTE FUNCTION thread_override_answer();

CREATE OR REPLACE FUNCTION thread_override_answered()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.outcome = '{refused}' THEN
        UPDATE thread_involvement SET until = greatest(statement_timestamp(), since)
        WHERE override_id = NEW.id AND until > statement_timestamp();
        INSERT INTO thread_accessnotice
            (organisation_id, case_id, pseudonym, kind, purpose, override_id)
        SELECT NEW.organisation_id, NEW.case_id, p.pseudonym, 'removed', NEW.purpose, NEW.id
        FROM thread_case c JOIN thread_person p ON p.id = c.person_id
        WHERE c.id = NEW.case_id AND NOT NEW.glass;
    ELSIF NEW.outcome = '{confirmed}' AND NOT NEW.glass THEN
        INSERT INTO thread_involvement
            (case_id, organisation_id, purpose, basis, categories, reason, until, override_id)
        SELECT DISTINCT ON (i.override_id) i.case_id, i.organisation_id, i.purpose, i.basis,
            i.categories, i.reason, NEW.at + {lasts}, i.override_id
        FROM thread_involvement i
        WHERE i.override_id = NEW.id AND i.until > statement_timestamp();
    END IF;
    RETURN NULL;
END
$$;
DROP TRIGGER IF EXISTS thread_override_answered ON thread_override;
CREATE TRIGGER thread_override_answered AFTER UPDATE ON thread_override
    FOR EACH ROW WHEN (OLD.answered_by_id IS NULL AND NEW.answered_by_id IS NOT NULL)
    EXECUTE FUNCTION thread_override_answered();
"""

# The words of the reason are added by the program in the same transaction: they are sealed with
# the key of a person whom only this function can find.
GLASS = """
CREATE OR REPLACE FUNCTION wall_break_glass(told text, emergency text, why text)
RETURNS TABLE (override uuid, broken_case uuid, person uuid, ends timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    allowed thread_purposeright;
    made uuid := gen_random_uuid();
    here uuid;
    who uuid;
    moment timestamptz := statement_timestamp();
BEGIN
    SELECT r.* INTO allowed FROM thread_purposeright r
    JOIN access_organisation o ON o.kind = r.kind
    WHERE o.id = wall_organisation() AND r.purpose = wall_break_glass.emergency
        AND r.emergency;
    IF wall_user() IS NULL OR allowed.id IS NULL OR NOT why = ANY ({grounds}) THEN
        RAISE EXCEPTION 'no such purpose' USING ERRCODE = 'MW001';
    END IF;
    SELECT c.id, p.id INTO here, who
    FROM thread_case c JOIN thread_person p ON p.id = c.person_id
    WHERE p.pseudonym = told AND p.removed_at IS NULL ORDER BY c.opened_on DESC, c.id LIMIT 1;
    IF here IS NULL THEN
        RETURN;
    END IF;
    INSERT INTO thread_override
        (id, case_id, glass, organisation_id, purpose, ground, text, by_id,
         by_organisation_id, at, outcome, answer)
    VALUES (made, here, true, wall_organisation(), allowed.purpose, why, '', wall_user(),
        wall_organisation(), moment, '', '');
    INSERT INTO thread_involvement
        (case_id, organisation_id, user_id, purpose, basis, categories, reason, since, until,
         override_id)
    VALUES (here, wall_organisation(), wall_user(), allowed.purpose, 'vital_interest',
        array_remove(allowed.categories, 'shelter_address'), 'notified', moment,
        moment + {glass}, made);
    INSERT INTO thread_accessnotice
        (organisation_id, case_id, pseudonym, kind, purpose, override_id)
    SELECT o.id, here, told, 'glass_broken', allowed.purpose, made
    FROM access_organisation o
    WHERE o.is_active AND (o.id = wall_organisation() OR EXISTS (
        SELECT FROM thread_purposeright r WHERE r.kind = o.kind AND r.whole_register));
    RETURN QUERY SELECT made, here, who, moment + {glass};
END
$$;
CREATE OR REPLACE FUNCTION wall_open_glass(member uuid, organisation uuid)
RETURNS TABLE (emergency varchar, ends timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT i.purpose, max(i.until) FROM thread_involvement i
    JOIN thread_override v ON v.id = i.override_id
    WHERE v.glass AND i.user_id = member AND i.organisation_id = organisation
        AND i.until > statement_timestamp()
    GROUP BY i.purpose
$$;
"""


def statements() -> list[str]:
    """Return what makes this part of the wall, in order; doing it again changes nothing."""
    words = {
        "confirmed": Outcome.JUSTIFIED.value,
        "refused": Outcome.NOT_JUSTIFIED.value,
        "grounds": _grounds(),
        "skew": SKEW,
        "glass": _interval(settings.GLASS_LASTS),
        "waits": _interval(settings.OVERRIDE_WAITS),
        "lasts": _interval(settings.OVERRIDE_LASTS),
    }
    return [REVIEWS, *(part.format(**words) for part in (CHECK, ANSWERED, GLASS))]


def _grounds() -> str:
    codes = ", ".join(f"'{code}'" for code in pack().codes_of("override_ground"))
    return f"ARRAY[{codes}]::text[]"


def _interval(length: timedelta) -> str:
    return f"interval '{int(length.total_seconds())} seconds'"
