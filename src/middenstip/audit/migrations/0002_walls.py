# SPDX-License-Identifier: EUPL-1.2
"""What the database itself does and refuses: it alone writes the log, nobody changes it.

`audit.canonical` in Python computes the same canonical form and the same hashes. A later change
of a form needs a new function beside the old one: what was hashed stays as it is.
"""

from typing import ClassVar

from django.db import migrations

# Statement triggers: they also refuse TRUNCATE, and hold for the owner of the table. Only a
# superuser who deliberately turns triggers off gets past them; `audit verify` then finds it.
REFUSE = """
CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the read log is never changed or removed (% refused)', TG_OP
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER audit_readentry_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_readentry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER audit_anchor_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_anchor
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER audit_anchorhead_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_anchorhead
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
"""
REFUSE_REVERSE = """
DROP TRIGGER audit_readentry_append_only ON audit_readentry;
DROP TRIGGER audit_anchor_append_only ON audit_anchor;
DROP TRIGGER audit_anchorhead_append_only ON audit_anchorhead;
DROP FUNCTION audit_refuse_change();
"""

# Each value with its length in front, so that no two rows have one form. Moments are UTC with
# microseconds, lists are canonical forms themselves.
CANONICAL = """
CREATE FUNCTION audit_canonical(parts text[]) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(string_agg(length(part) || ':' || part, '' ORDER BY place), '')
    FROM unnest(parts) WITH ORDINALITY AS t (part, place)
$$;
CREATE FUNCTION audit_moment(moment timestamptz) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
$$;
CREATE FUNCTION audit_midnight(day date) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT day::timestamp AT TIME ZONE 'Europe/Amsterdam'
$$;
CREATE FUNCTION audit_entry_hash(entry audit_readentry) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT sha256(convert_to(public.audit_canonical(ARRAY[
        entry.id::text, entry.chain::text, entry.seq::text,
        public.audit_canonical(entry.cases::text[]), entry.user_id::text,
        entry.organisation_id::text, entry.purpose,
        public.audit_canonical(entry.categories::text[]), entry.operation, entry.kind,
        entry.trace::text, CASE WHEN entry.failed THEN 'failed' ELSE 'done' END,
        public.audit_moment(entry.started_at), public.audit_moment(entry.at),
        encode(entry.previous, 'hex')
    ]), 'UTF8'))
$$;
"""
CANONICAL_REVERSE = """
DROP FUNCTION audit_entry_hash(audit_readentry);
DROP FUNCTION audit_midnight(date);
DROP FUNCTION audit_moment(timestamptz);
DROP FUNCTION audit_canonical(text[]);
"""

# One writer per chain at a time (chains in one order, so that no two wait for each other). The
# moment is taken after the wait and never lies before the last entry of the chain or in a day
# that has its anchor. The program may call `audit_append` only: it cannot choose the moment.
APPEND = """
CREATE FUNCTION audit_append_at(looks jsonb, moment timestamptz) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $$
DECLARE
    entry public.audit_readentry;
    last public.audit_readentry;
    open_from timestamptz;
    written integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtextextended('audit anchor', 0));
    SELECT public.audit_midnight(max(day) + 1) INTO open_from FROM public.audit_anchor;
    FOR entry IN
        SELECT * FROM jsonb_populate_recordset(NULL::public.audit_readentry, looks) look
        ORDER BY look.chain
    LOOP
        PERFORM pg_advisory_xact_lock(hashtextextended(entry.chain::text, 0));
        SELECT * INTO last FROM public.audit_readentry e
            WHERE e.chain = entry.chain ORDER BY e.seq DESC LIMIT 1;
        entry.id := nextval('public.audit_readentry_id_seq');
        entry.seq := coalesce(last.seq, 0) + 1;
        entry.previous := coalesce(last.hash, decode(repeat('00', 32), 'hex'));
        entry.at := greatest(coalesce(moment, clock_timestamp()), last.at, open_from);
        entry.started_at := least(entry.started_at, entry.at);
        entry.hash := public.audit_entry_hash(entry);
        INSERT INTO public.audit_readentry SELECT (entry).*;
        written := written + 1;
    END LOOP;
    RETURN written;
END
$$;
CREATE FUNCTION audit_append(looks jsonb) RETURNS integer
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT public.audit_append_at(looks, NULL)
$$;
REVOKE ALL ON FUNCTION audit_append_at(jsonb, timestamptz) FROM PUBLIC;
REVOKE ALL ON FUNCTION audit_append(jsonb) FROM PUBLIC;
"""
APPEND_REVERSE = """
DROP FUNCTION audit_append(jsonb);
DROP FUNCTION audit_append_at(jsonb, timestamptz);
"""

# Waits for entries that are being written; those that come after are of a later day. A day that
# is not over yet is not closed: the last that is over is closed instead.
CLOSE = """
CREATE FUNCTION audit_close_day(wanted date) RETURNS date
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    before public.audit_anchor;
    made public.audit_anchor;
    heads bytea;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('audit anchor', 0));
    SELECT * INTO before FROM public.audit_anchor a ORDER BY a.day DESC LIMIT 1;
    made.day := least(wanted, (clock_timestamp() AT TIME ZONE 'Europe/Amsterdam')::date - 1);
    IF before.day >= made.day THEN
        RETURN before.day;
    END IF;
    INSERT INTO public.audit_anchorhead (day, chain, seq, hash)
        SELECT DISTINCT ON (e.chain) made.day, e.chain, e.seq, e.hash
        FROM public.audit_readentry e
        WHERE e.at < public.audit_midnight(made.day + 1)
            AND e.at >= coalesce(public.audit_midnight(before.day + 1), '-infinity')
        ORDER BY e.chain, e.seq DESC;
    SELECT count(*), coalesce(max(e.id), before.last_id, 0) INTO made.entries, made.last_id
        FROM public.audit_readentry e
        WHERE e.at < public.audit_midnight(made.day + 1)
            AND e.at >= coalesce(public.audit_midnight(before.day + 1), '-infinity');
    SELECT coalesce(string_agg(uuid_send(h.chain) || int8send(h.seq) || h.hash, ''::bytea
        ORDER BY h.chain), ''::bytea) INTO heads
        FROM public.audit_anchorhead h WHERE h.day = made.day;
    made.previous := coalesce(before.hash, decode(repeat('00', 32), 'hex'));
    made.hash := sha256(convert_to(public.audit_canonical(ARRAY[
        made.day::text, made.entries::text, made.last_id::text, encode(made.previous, 'hex'),
        encode(sha256(heads), 'hex')
    ]), 'UTF8'));
    INSERT INTO public.audit_anchor SELECT (made).*;
    RETURN made.day;
END
$$;
REVOKE ALL ON FUNCTION audit_close_day(date) FROM PUBLIC;
"""
CLOSE_REVERSE = "DROP FUNCTION audit_close_day(date);"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("audit", "0001_initial")]

    operations: ClassVar = [
        migrations.RunSQL(REFUSE, REFUSE_REVERSE),
        migrations.RunSQL(CANONICAL, CANONICAL_REVERSE),
        migrations.RunSQL(APPEND, APPEND_REVERSE),
        migrations.RunSQL(CLOSE, CLOSE_REVERSE),
    ]
