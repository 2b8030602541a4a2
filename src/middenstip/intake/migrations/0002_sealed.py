# SPDX-License-Identifier: EUPL-1.2
from django.db import migrations

import middenstip.vault.fields


class Migration(migrations.Migration):
    """Seal what is in a draft. Drafts of before stood readable: they go."""

    dependencies = [
        ("intake", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL("DELETE FROM intake_draft", migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="draft",
            name="answers",
            field=middenstip.vault.fields.SealedJSONField(default=dict),
        ),
    ]
