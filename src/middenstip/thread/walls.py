# SPDX-License-Identifier: EUPL-1.2
"""Row security of the thread: what PostgreSQL itself shows to whom, and refuses.

Applied by the owner after every migration. The policies hold for the program's role; the worker
that derives at night has its own, without names. An owner is held by none of this: the program
never connects as one.

`wall_enter` checks the membership and the purpose and writes down who acts, for the transaction
only. Without it every policy compares with NULL and shows nothing.
"""

from middenstip.access.purposes import pack
from middenstip.database.embedded import APP_ROLE, WORKER_ROLE
from middenstip.thread import emergency_walls, removal_walls
from middenstip.thread.models import PurposeRight

WHO = """
CREATE OR REPLACE FUNCTION wall_user() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT nullif(current_setting('middenstip.user', true), '')::uuid
$$;
CREATE OR REPLACE FUNCTION wall_organisation() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT nullif(current_setting('middenstip.organisation', true), '')::uuid
$$;
CREATE OR REPLACE FUNCTION wall_purpose() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT nullif(current_setting('middenstip.purpose', true), '')
$$;
CREATE OR REPLACE FUNCTION wall_cases() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT string_to_array(nullif(current_setting('middenstip.cases', true), ''), ',')::uuid[]
$$;
"""

# An involvement `i` that holds now, of who acts.
# `(SELECT ...)` around what does not differ by row: asked once for a statement, not per row.
HELD = """i.organisation_id = (SELECT wall_organisation())
        AND (i.until IS NULL OR i.until > statement_timestamp())
        AND (i.user_id IS NULL OR i.user_id = (SELECT wall_user()))"""

# SECURITY DEFINER: they look past the policies to answer yes or no, and fix their search path.
ENTER = f"""
CREATE OR REPLACE FUNCTION wall_enter(who uuid, organisation uuid, purpose text)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF who IS NOT NULL AND NOT EXISTS (
        SELECT FROM access_membership m
        JOIN access_user u ON u.id = m.user_id
        JOIN access_organisation o ON o.id = m.organisation_id
        JOIN thread_purposeright r ON r.kind = o.kind AND r.purpose = wall_enter.purpose
        WHERE m.user_id = who AND m.organisation_id = wall_enter.organisation
            AND m.is_active AND u.is_active AND o.is_active AND NOT u.is_administrator
            AND m.since <= (statement_timestamp() AT TIME ZONE 'Europe/Amsterdam')::date
            AND (m.until IS NULL
                OR m.until >= (statement_timestamp() AT TIME ZONE 'Europe/Amsterdam')::date)
            AND (NOT r.emergency OR EXISTS (
                SELECT FROM thread_involvement i
                WHERE i.user_id = who AND i.organisation_id = o.id
                    AND i.purpose = r.purpose AND i.until > statement_timestamp()))
    ) THEN
        RAISE EXCEPTION 'no such membership or purpose' USING ERRCODE = 'MW001';
    END IF;
    PERFORM set_config('middenstip.user', coalesce(who::text, ''), true),
        set_config('middenstip.organisation', coalesce(organisation::text, ''), true),
        set_config('middenstip.purpose', coalesce(purpose, ''), true),
        set_config('middenstip.cases', '', true);
END
$$;
CREATE OR REPLACE FUNCTION wall_derive(cases uuid[])
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM thread_case c
        WHERE c.id = ANY (cases) AND NOT EXISTS (
            SELECT FROM thread_involvement i
            WHERE i.case_id = c.id AND i.purpose IN (wall_purpose(), 'own_record')
                AND {HELD}
        ) AND NOT (c.opened_by_id = wall_organisation()
            AND NOT EXISTS (SELECT FROM thread_involvement i WHERE i.case_id = c.id))
    ) THEN
        RAISE EXCEPTION 'a case that is not shared' USING ERRCODE = 'MW001';
    END IF;
    PERFORM set_config('middenstip.cases', array_to_string(cases, ','), true);
END
$$;
CREATE OR REPLACE FUNCTION wall_sees(wanted uuid, category text)
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM thread_involvement i
        WHERE i.case_id = wanted AND i.purpose = wall_purpose()
            AND wall_sees.category = ANY (i.categories) AND {HELD}
    )
$$;
CREATE OR REPLACE FUNCTION wall_pseudonyms(patterns text[])
RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT id FROM thread_person WHERE pseudonym ILIKE ALL (patterns)
$$;
CREATE OR REPLACE FUNCTION wall_names_under_number()
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(bool_or(r.names_under_number), false)
    FROM thread_purposeright r JOIN access_organisation o ON o.kind = r.kind
    WHERE o.id = wall_organisation() AND r.purpose = wall_purpose()
$$;
"""  # noqa: S608 - a constant of ours

# An involvement carries no more than its basis: the pack's table, a consent, an override.
BASIS = """
CREATE OR REPLACE FUNCTION thread_involvement_check()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE allowed thread_purposeright;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF (to_jsonb(NEW) - 'until') IS DISTINCT FROM (to_jsonb(OLD) - 'until')
            OR NEW.until IS NULL OR (OLD.until IS NOT NULL AND NEW.until > OLD.until)
        THEN
            RAISE EXCEPTION 'an involvement can only end, or end earlier'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    SELECT r.* INTO allowed FROM thread_purposeright r
    JOIN access_organisation o ON o.kind = r.kind
    WHERE o.id = NEW.organisation_id AND r.purpose = NEW.purpose;
    IF allowed.id IS NULL OR NOT NEW.basis = ANY (allowed.bases)
        OR NOT NEW.categories <@ allowed.categories
    THEN
        RAISE EXCEPTION 'this kind of organisation has no such purpose, basis or category'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.basis = 'consent' AND NOT EXISTS (
        SELECT FROM thread_consent c
        WHERE c.id = NEW.consent_id AND c.case_id = NEW.case_id AND c.decision = 'given'
            AND c.recipient_id = NEW.organisation_id AND c.purpose = NEW.purpose
            AND NEW.categories <@ c.categories
            AND (c.valid_until IS NULL OR (NEW.until IS NOT NULL
                AND NEW.until <= (c.valid_until + 1)::timestamp
                    AT TIME ZONE 'Europe/Amsterdam'))
            AND NOT EXISTS (SELECT FROM thread_consent w WHERE w.withdraws_id = c.id)
            -- Nobody lets themselves in on a consent that they wrote down themselves.
            AND (c.organisation_id <> c.recipient_id OR wall_organisation() IS NULL
                OR wall_reviews())
    ) THEN
        RAISE EXCEPTION 'no matching consent' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.basis = 'vital_interest' AND NOT wall_override_carries(NEW) THEN
        RAISE EXCEPTION 'no matching override' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.basis = 'own_record' AND NOT EXISTS (
        SELECT FROM thread_event e
        WHERE e.case_id = NEW.case_id AND e.organisation_id = NEW.organisation_id
    ) THEN
        RAISE EXCEPTION 'nothing recorded by this organisation'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
DROP TRIGGER IF EXISTS thread_involvement_check ON thread_involvement;
CREATE TRIGGER thread_involvement_check BEFORE INSERT OR UPDATE ON thread_involvement
    FOR EACH ROW EXECUTE FUNCTION thread_involvement_check();

CREATE OR REPLACE FUNCTION thread_consent_ends()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE thread_involvement SET until = greatest(statement_timestamp(), since)
    WHERE consent_id = NEW.withdraws_id
        AND (until IS NULL OR until > statement_timestamp());
    RETURN NULL;
END
$$;
DROP TRIGGER IF EXISTS thread_consent_ends ON thread_consent;
CREATE TRIGGER thread_consent_ends AFTER INSERT ON thread_consent
    FOR EACH ROW WHEN (NEW.decision = 'withdrawn')
    EXECUTE FUNCTION thread_consent_ends();
"""

OPEN = "{case} = ANY ((SELECT wall_cases())::uuid[])"
INVOLVED = """EXISTS (
    SELECT FROM thread_involvement i
    WHERE i.case_id = {case} AND i.purpose IN ((SELECT wall_purpose()), 'own_record')
        AND {held}{more}
)"""
SHARED = " AND {table}.category = ANY (i.categories)"
OWN_OR_SHARED = """ AND CASE WHEN i.purpose = 'own_record'
            THEN {table}.organisation_id = i.organisation_id
            ELSE {table}.category = ANY (i.categories) END"""
DUTY_SHARED = """ AND (
            thread_dutyrun.owner_id = (SELECT wall_organisation())
            OR (i.purpose <> 'own_record' AND thread_dutyrun.category = ANY (i.categories))
            OR (i.reason = 'register' AND thread_dutyrun.owner_id IS NULL))"""
FLAG_SHARED = """ AND i.purpose <> 'own_record'
            AND thread_flagrun.category = ANY (i.categories)"""
# Asked of each case that is looked at. Otherwise the planner first collects all cases of an
# organisation, to show a page of 25.
ROW_BY_ROW = "\n    OFFSET 0"
OURS = "organisation_id = (SELECT wall_organisation())"
BY_ME = "recorded_by_id = (SELECT wall_user())"
# Who did it, and who looks back at everything: the coordination point.
REVIEWED = "(by_organisation_id = (SELECT wall_organisation()) OR (SELECT wall_reviews()))"
# In an emergency one looks, and records nothing that would let one look on.
EMERGENCY = "(SELECT wall_in_emergency())"


def _involved(table: str, more: str = "", case: str = "") -> str:
    asked = case or f"{table}.case_id"
    return INVOLVED.format(case=asked, held=HELD, more=more.format(table=table))


def _policies() -> dict[str, dict[str, tuple[str, str]]]:
    """Return per table and command: which rows are seen, and which may be written."""
    by_row = _involved("", ROW_BY_ROW, case="thread_case.id")
    case = f"({OPEN.format(case='thread_case.id')} OR {by_row})"
    opened = OPEN.format(case="case_id")
    person = "EXISTS (SELECT FROM thread_case c WHERE c.person_id = {0})"
    opened_person = (
        "EXISTS (SELECT FROM thread_case c WHERE c.person_id = thread_identity.person_id"
        " AND c.id = ANY ((SELECT wall_cases())::uuid[]))"
    )
    identity = (
        "EXISTS (SELECT FROM thread_case c WHERE c.person_id = thread_identity.person_id"
        " AND wall_sees(c.id, 'identity')"
        " AND (NOT c.under_number OR (SELECT wall_names_under_number())))"
    )
    event = _involved("thread_event", OWN_OR_SHARED)
    seen_here = "wall_sees(case_id, 'coordination')"
    return {
        **removal_walls.policies(opened, EMERGENCY),
        "thread_person": {
            "SELECT": (person.format("thread_person.id"), ""),
            "INSERT": ("", "true"),
            "UPDATE": (person.format("thread_person.id"), "true"),
        },
        "thread_identity": {
            "SELECT": (identity, ""),
            "INSERT": ("", opened_person),
            "UPDATE": (identity, opened_person),
            "DELETE": (identity, ""),
        },
        "thread_case": {
            "SELECT": (case, ""),
            "INSERT": (
                "",
                f"{OPEN.format(case='id')} AND opened_by_id = (SELECT wall_organisation())",
            ),
            "UPDATE": (case, OPEN.format(case="id")),
        },
        "thread_event": {
            "SELECT": (f"{opened} OR {event}", ""),
            "INSERT": ("", f"{opened} AND {OURS} AND {BY_ME} AND NOT {EMERGENCY}"),
        },
        "thread_involvement": {
            "SELECT": (f"{OURS} OR {opened} OR {seen_here}", ""),
            "INSERT": ("", opened),
            "UPDATE": (opened, opened),
        },
        "thread_consent": {
            "SELECT": (
                f"{opened} OR {seen_here} OR ({_involved('thread_consent')}"
                f" AND (recipient_id = (SELECT wall_organisation()) OR {OURS}))",
                "",
            ),
            "INSERT": ("", f"{opened} AND {OURS} AND {BY_ME} AND NOT {EMERGENCY}"),
        },
        "thread_override": {
            "SELECT": (f"{opened} OR {OURS} OR {REVIEWED}", ""),
            "INSERT": (
                "",
                f"{opened} AND by_id = (SELECT wall_user()) AND NOT glass AND NOT {OURS}"
                " AND by_organisation_id = (SELECT wall_organisation())"
                f" AND answered_by_id IS NULL AND outcome = '' AND NOT {EMERGENCY}",
            ),
            "UPDATE": (REVIEWED, "true"),
        },
        "thread_accessnotice": {
            "SELECT": (f"{opened} OR {OURS}", ""),
            "INSERT": ("", opened),
            "UPDATE": (OURS, OURS),
        },
        "thread_casestate": {"ALL": (opened, opened)},
        "thread_dutyrun": {
            "SELECT": (f"{opened} OR {_involved('thread_dutyrun', DUTY_SHARED)}", ""),
            "INSERT": ("", opened),
            "UPDATE": (opened, opened),
            "DELETE": (opened, ""),
        },
        "thread_flagrun": {
            "SELECT": (f"{opened} OR {_involved('thread_flagrun', FLAG_SHARED)}", ""),
            "INSERT": ("", opened),
            "UPDATE": (opened, opened),
            "DELETE": (opened, ""),
        },
        "thread_notice": {
            "SELECT": (f"{opened} OR ({OURS} AND {_involved('thread_notice')})", ""),
            "INSERT": ("", opened),
            "UPDATE": (
                f"{opened} OR ({OURS} AND {_involved('thread_notice')})",
                f"{opened} OR {OURS}",
            ),
            "DELETE": (opened, ""),
        },
    }


# What the worker needs to derive every case and to remind; no names, no consents' words.
WORKER = {
    "thread_case": "ALL",
    "thread_event": "SELECT",
    "thread_person": "SELECT",
    "thread_involvement": "ALL",
    "thread_casestate": "ALL",
    "thread_dutyrun": "ALL",
    "thread_flagrun": "ALL",
    "thread_notice": "ALL",
    "thread_accessnotice": "ALL",
    "thread_override": "SELECT",
    "thread_consent": "SELECT",
    "thread_removalproposal": "ALL",
    "thread_retentionhold": "SELECT",
}


def statements() -> list[str]:
    """Return what makes the wall, in order; doing it again changes nothing."""
    made = [WHO, ENTER, *emergency_walls.statements(), *removal_walls.statements(), BASIS]
    for table, rules in _policies().items():
        made.append(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        for command, (using, check) in rules.items():
            made += _policy(table, f"wall_{command.lower()}", command, APP_ROLE, using, check)
    for table, command in WORKER.items():
        check = "" if command == "SELECT" else "true"
        made += _policy(table, "worker", command, WORKER_ROLE, "true", check)
    return made


def _policy(
    table: str, name: str, command: str, role: str, using: str, check: str
) -> list[str]:
    text = f"CREATE POLICY {name} ON {table} FOR {command} TO {role}"
    text += f" USING ({using})" if using else ""
    text += f" WITH CHECK ({check})" if check else ""
    return [f"DROP POLICY IF EXISTS {name} ON {table}", text]


def sync() -> None:
    """Bring the table of purposes in the database in line with the pack."""
    wanted = {
        (kind, purpose_id): PurposeRight(
            kind=kind,
            purpose=purpose_id,
            categories=list(purpose.categories),
            bases=list(purpose.basis),
            names_under_number=purpose.names_under_number,
            whole_register=purpose.whole_register,
            emergency=purpose.emergency,
        )
        for purpose_id, purpose in pack().purposes.items()
        for kind in purpose.organisation_kinds
    }
    found = {(right.kind, right.purpose): right for right in PurposeRight.objects.all()}
    gone = [right.pk for key, right in found.items() if key not in wanted]
    PurposeRight.objects.filter(pk__in=gone).delete()
    PurposeRight.objects.bulk_create(
        wanted.values(),
        update_conflicts=True,
        unique_fields=["kind", "purpose"],
        update_fields=[
            "categories",
            "bases",
            "names_under_number",
            "whole_register",
            "emergency",
        ],
    )
