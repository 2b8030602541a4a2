# SPDX-License-Identifier: EUPL-1.2
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0002_invitation_and_session"),
        ("access", "0002_limits"),
    ]

    operations = []
