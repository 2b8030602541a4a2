# SPDX-License-Identifier: EUPL-1.2
"""What the database itself refuses: losing a key by accident, and bringing back a destroyed one."""

from typing import ClassVar

from django.db import migrations

# A statement trigger: it also refuses a statement that would touch no row, and TRUNCATE knows no
# rows. It holds for the owner of the tables too.
KEPT = """
CREATE FUNCTION vault_refuse_removal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never removed (% refused); a key is destroyed instead',
        TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER vault_personkey_kept BEFORE DELETE OR TRUNCATE ON vault_personkey
    FOR EACH STATEMENT EXECUTE FUNCTION vault_refuse_removal();
CREATE TRIGGER vault_secret_kept BEFORE DELETE OR TRUNCATE ON vault_secret
    FOR EACH STATEMENT EXECUTE FUNCTION vault_refuse_removal();
"""
KEPT_REVERSE = """
DROP TRIGGER vault_personkey_kept ON vault_personkey;
DROP TRIGGER vault_secret_kept ON vault_secret;
DROP FUNCTION vault_refuse_removal();
"""

DESTROYED = """
CREATE FUNCTION vault_refuse_return() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a destroyed key stays destroyed, and a key stays with its person'
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER vault_personkey_destroyed BEFORE UPDATE ON vault_personkey
    FOR EACH ROW WHEN (OLD.destroyed_at IS NOT NULL OR NEW.person_id <> OLD.person_id)
    EXECUTE FUNCTION vault_refuse_return();
"""
DESTROYED_REVERSE = """
DROP TRIGGER vault_personkey_destroyed ON vault_personkey;
DROP FUNCTION vault_refuse_return();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("vault", "0001_initial")]

    operations: ClassVar = [
        migrations.RunSQL(KEPT, KEPT_REVERSE),
        migrations.RunSQL(DESTROYED, DESTROYED_REVERSE),
    ]
