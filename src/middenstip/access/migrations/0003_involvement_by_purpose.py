# SPDX-License-Identifier: EUPL-1.2
from django.db import migrations


class Migration(migrations.Migration):
    """Changes nothing; `thread` builds its involvements on it."""

    dependencies = [
        ("access", "0003_merge_invitation_limits"),
    ]

    operations = []
