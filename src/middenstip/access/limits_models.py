# SPDX-License-Identifier: EUPL-1.2
"""The table behind the limits, shared by all web processes."""

from django.db import models


class LimitEntry(models.Model):
    """How far one key has used a limit; the key is a keyed digest, so it names nobody.

    `until` is the moment up to which the allowance is used, or for a delay the moment from
    which a next try is taken. `failures` counts only for a delay. A row may go after
    `forget_at`.
    """

    key = models.CharField(primary_key=True, max_length=64)
    until = models.DateTimeField()
    failures = models.PositiveIntegerField(default=0)
    forget_at = models.DateTimeField(db_index=True)

    class Meta:
        app_label = "access"

    def __str__(self) -> str:
        return self.key
