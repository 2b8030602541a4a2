# SPDX-License-Identifier: EUPL-1.2
"""What was done for which day."""

import uuid

from django.db import models

from middenstip import clock


class DailyRun(models.Model):
    """The mark that a daily task was done for a legal day; written with the work itself."""

    append_only = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100)
    day = models.DateField()
    done_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "day"], name="daily_run_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.day}"
