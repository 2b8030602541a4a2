# SPDX-License-Identifier: EUPL-1.2
"""What a person decided about sharing, as it is stored."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from middenstip import clock

IDENTIFIER = 60


class Decision(models.TextChoices):
    """What a person decided about sharing."""

    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Consents(models.QuerySet["Consent"]):
    """Decisions, as they are asked for."""

    def given(self) -> Consents:
        """Return what a person agreed to and did not take back, also where it ran out."""
        return self.filter(decision=Decision.GIVEN, withdrawal__isnull=True)

    def holding(self) -> Consents:
        """Return what a person agreed to, did not take back, and has not run out today."""
        until = models.Q(valid_until__isnull=True) | models.Q(valid_until__gte=clock.today())
        return self.given().filter(until)


class Consent(models.Model):
    """What a person decided about one recipient, one purpose and some data categories.

    Written once. A withdrawal is a row of its own that names what it withdraws. `withholding`
    is what must not be told, in the person's words (sealed with the person's key).
    """

    append_only: ClassVar[bool] = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("thread.Case", on_delete=models.CASCADE, related_name="consents")
    recipient = models.ForeignKey(
        "access.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    purpose = models.CharField(max_length=IDENTIFIER)
    categories = ArrayField(models.CharField(max_length=IDENTIFIER))
    decision = models.CharField(max_length=10, choices=Decision.choices)
    withdraws = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="withdrawal"
    )
    withholding = models.TextField(blank=True)
    form = models.CharField(max_length=IDENTIFIER)
    form_version = models.CharField(max_length=40)
    language = models.CharField(max_length=10)
    interpreter = models.BooleanField()
    how = models.CharField(max_length=IDENTIFIER)
    explained_by = models.CharField(max_length=IDENTIFIER)
    on = models.DateField()
    valid_until = models.DateField(null=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    organisation = models.ForeignKey(
        "access.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = Consents.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(decision="withdrawn") ^ models.Q(withdraws__isnull=True),
                name="consent_withdrawal_names_consent",
            ),
        ]
        indexes = [
            models.Index(fields=["case", "recipient", "purpose"], name="consent_of_recipient"),
        ]

    def __str__(self) -> str:
        return f"consent {self.pk}"
