# SPDX-License-Identifier: EUPL-1.2
"""Proposals to remove who a person is, and what keeps such a proposal from being made."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from middenstip import clock

IDENTIFIER = 60
OWN_REQUEST = "own_request"


class RemovalProposal(models.Model):
    """That the data of a person be removed: a term of the pack has passed, or the person asks.

    `why` is the id of a retention item or `own_request`; `version` counts the events of the
    person when it was proposed, so that something new makes it lapse. Two different people say
    yes, or one says no with a reason. `reason` and `said_no_because` are sealed with the key of
    the person. Who decides is held by the database too (`thread.removal_walls`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(
        "thread.Case", on_delete=models.PROTECT, related_name="removal_proposals"
    )
    why = models.CharField(max_length=IDENTIFIER)
    reason = models.TextField(blank=True)
    version = models.PositiveIntegerField()
    due_on = models.DateField(null=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    organisation = models.ForeignKey(
        "access.Organisation", on_delete=models.PROTECT, null=True, related_name="+"
    )
    proposed_at = models.DateTimeField(default=clock.now, editable=False)
    first_yes_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    first_yes_at = models.DateTimeField(null=True)
    second_yes_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    second_yes_at = models.DateTimeField(null=True)
    said_no_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    said_no_at = models.DateTimeField(null=True)
    said_no_because = models.TextField(blank=True)
    lapsed_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "thread"
        indexes = [models.Index(fields=["-proposed_at"], name="removal_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "why"],
                condition=Q(
                    said_no_at__isnull=True, lapsed_at__isnull=True, done_at__isnull=True
                ),
                name="removal_open_once",
            ),
            models.CheckConstraint(
                condition=Q(second_yes_by__isnull=True)
                | (Q(first_yes_by__isnull=False) & ~Q(second_yes_by=F("first_yes_by"))),
                name="removal_two_people",
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(second_yes_by__isnull=False),
                name="removal_done_by_two",
            ),
        ]

    def __str__(self) -> str:
        return f"removal {self.pk}"


class RetentionHold(models.Model):
    """That the data of a case must stay for now: by whom, and why (sealed with the key).

    Stands until it is lifted; nobody is removed meanwhile.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(
        "thread.Case", on_delete=models.PROTECT, related_name="retention_holds"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)
    reason = models.TextField()
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "thread"
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(lifted_at__isnull=True), name="hold_once"
            ),
        ]

    def __str__(self) -> str:
        return f"hold {self.pk}"
