# SPDX-License-Identifier: EUPL-1.2
"""Let a count of involvements read the index alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("thread", "0002_walls")]

    operations = [
        migrations.RemoveIndex(model_name="involvement", name="involvement_of_purpose"),
        migrations.AddIndex(
            model_name="involvement",
            index=models.Index(
                fields=["organisation", "purpose", "case"],
                include=("until", "user"),
                name="involvement_of_purpose",
            ),
        ),
    ]
