# SPDX-License-Identifier: EUPL-1.2

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("thread", "0005_involvement_by_purpose"),
    ]

    operations = [
        migrations.AlterField(
            model_name="identity",
            name="alias",
            field=models.TextField(blank=True),
        ),
        migrations.AlterField(
            model_name="identity",
            name="family_name",
            field=models.TextField(blank=True),
        ),
        migrations.AlterField(
            model_name="identity",
            name="given_name",
            field=models.TextField(blank=True),
        ),
        migrations.AlterField(
            model_name="identity",
            name="note",
            field=models.TextField(blank=True),
        ),
        migrations.AlterField(
            model_name="identity",
            name="phone",
            field=models.TextField(blank=True),
        ),
    ]
