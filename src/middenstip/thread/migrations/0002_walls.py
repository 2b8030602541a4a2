# SPDX-License-Identifier: EUPL-1.2
"""What the database itself refuses and keeps: no change of an event; which state changed when."""

from typing import ClassVar

from django.db import migrations

# Statement triggers: they also refuse a statement that would touch no row, and TRUNCATE knows no
# rows. They hold for the owner of the table, on top of the right that the program's role lacks.
# Only a superuser who deliberately turns triggers off gets past them.
REFUSE = """
CREATE FUNCTION thread_event_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an event is never changed or removed (% refused); record a correction',
        TG_OP USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER thread_event_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON thread_event
    FOR EACH STATEMENT EXECUTE FUNCTION thread_event_refuse_change();
"""
REFUSE_REVERSE = """
DROP TRIGGER thread_event_append_only ON thread_event;
DROP FUNCTION thread_event_refuse_change();
"""

# A correction belongs to the case of the event it names; a foreign key alone cannot say so.
SAME_CASE = """
CREATE FUNCTION thread_event_correct_own_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM thread_event
        WHERE id = NEW.corrects_id AND case_id = NEW.case_id AND seq < NEW.seq
    ) THEN
        RAISE EXCEPTION 'a correction names an earlier event of the same case'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER thread_event_correction
    BEFORE INSERT ON thread_event
    FOR EACH ROW WHEN (NEW.corrects_id IS NOT NULL)
    EXECUTE FUNCTION thread_event_correct_own_case();
"""
SAME_CASE_REVERSE = """
DROP TRIGGER thread_event_correction ON thread_event;
DROP FUNCTION thread_event_correct_own_case();
"""

# The number of the changing transaction, compared with a snapshot's oldest running transaction,
# tells a reader what is new without missing rows that were committed late.
CHANGED = """
CREATE FUNCTION thread_state_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' OR NEW.facts IS DISTINCT FROM OLD.facts
        OR NEW.outcomes IS DISTINCT FROM OLD.outcomes
    THEN
        NEW.changed_in := pg_current_xact_id()::text::bigint;
    ELSE
        NEW.changed_in := OLD.changed_in;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER thread_state_changed
    BEFORE INSERT OR UPDATE ON thread_casestate
    FOR EACH ROW EXECUTE FUNCTION thread_state_changed();
"""
CHANGED_REVERSE = """
DROP TRIGGER thread_state_changed ON thread_casestate;
DROP FUNCTION thread_state_changed();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("thread", "0001_initial")]

    operations: ClassVar = [
        migrations.RunSQL(REFUSE, REFUSE_REVERSE),
        migrations.RunSQL(SAME_CASE, SAME_CASE_REVERSE),
        migrations.RunSQL(CHANGED, CHANGED_REVERSE),
    ]
