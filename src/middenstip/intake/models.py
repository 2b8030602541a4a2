# SPDX-License-Identifier: EUPL-1.2
"""Notifications that are being written, and what already came in. Other rooms use services.

No `__str__` here shows more than an id: representations end up in logs and error reports.
"""

from __future__ import annotations

import uuid
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.signals import post_delete
from django.dispatch import receiver

from middenstip import clock
from middenstip.vault.errors import NoSuchKey
from middenstip.vault.fields import SealedJSONField
from middenstip.vault.services import destroy_key


class Draft(models.Model):
    """A notification that somebody is writing.

    In a table of its own, because `answers` holds personal data of somebody who is not in the
    register yet: step -> field -> the texts as they were typed, sealed with a key of the draft
    that is destroyed with it. Nobody but the writer, acting for the same organisation, ever
    sees it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    writer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    organisation = models.ForeignKey(
        "access.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    answers = SealedJSONField(default=dict)
    begun_on = models.DateField(default=clock.today)
    saved_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-begun_on", "id"]
        indexes = [
            models.Index(fields=["writer", "organisation"], name="draft_of_writer"),
            models.Index(fields=["begun_on"], name="draft_begun_on"),
        ]

    def __str__(self) -> str:
        return f"draft {self.pk}"


@receiver(post_delete, sender=Draft)
def _forget(sender: type[Draft], instance: Draft, **_: Any) -> None:
    """Destroy the key with the draft, so that no backup of the row can be read."""
    with suppress(NoSuchKey):
        destroy_key(instance.pk, "draft_removed")


class SentDraft(models.Model):
    """Which case a draft became, so that sending it twice makes one case. No personal data."""

    draft_id = models.UUIDField(primary_key=True, editable=False)
    case = models.ForeignKey("thread.Case", on_delete=models.CASCADE, related_name="+")
    writer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    organisation = models.ForeignKey(
        "access.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    sent_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"draft {self.pk} became case {self.case_id}"


class ImportedRow(models.Model):
    """A row of a file that came in, so that the same row never comes in twice.

    `key` and `content` are keyed hashes (HMAC-SHA-256, hexadecimal): without the secret of the
    installation nobody can find out from them who was notified.
    """

    key = models.CharField(max_length=64, primary_key=True)
    content = models.CharField(max_length=64)
    organisation = models.ForeignKey(
        "access.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    case = models.ForeignKey("thread.Case", on_delete=models.CASCADE, related_name="+")
    imported_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"imported row of case {self.case_id}"
