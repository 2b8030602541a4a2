# SPDX-License-Identifier: EUPL-1.2
"""What people decided about two files, and which pairs nobody looked at yet.

Other rooms use services and selectors, never these models. No row here holds a word about a
person, and no `__str__` shows more than an id.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from middenstip import clock

IDENTIFIER = 60  # codes of the country pack


class Answer(models.TextChoices):
    """What somebody decided about two persons of the register."""

    SAME = "same"
    DIFFERENT = "different"
    UNKNOWN = "unknown"


class Verdict(models.Model):
    """What one human decided about two persons; written once, the latest of a pair holds.

    `one` and `two` in the order of their ids; `number` counts the verdicts of the pair from 1.
    `ground` is a code of the pack (`linkage_ground`), empty where nothing was settled; `score`
    what the comparison spoke for at that moment (log-odds). `undoes` names the verdict that
    this one takes back: `verdict` is then what held before it.
    """

    append_only: ClassVar[bool] = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    one = models.ForeignKey("thread.Person", on_delete=models.PROTECT, related_name="+")
    two = models.ForeignKey("thread.Person", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    verdict = models.CharField(max_length=10, choices=Answer.choices)
    ground = models.CharField(max_length=IDENTIFIER, blank=True)
    score = models.FloatField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        "access.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(default=clock.now, editable=False)
    undoes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="undone_by"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "two", "number"], name="verdict_once"),
            models.CheckConstraint(
                condition=models.Q(one__lt=models.F("two")), name="verdict_in_order"
            ),
            models.CheckConstraint(
                condition=models.Q(number__gte=1), name="verdict_number_from_one"
            ),
            models.CheckConstraint(
                condition=models.Q(verdict__in=Answer.values), name="verdict_known_answer"
            ),
        ]

    def __str__(self) -> str:
        return f"verdict {self.pk}"


class Likeness(models.Model):
    """Two persons that a search or a notification found alike. Disposable: found again at will.

    `one` and `two` in the order of their ids; `score` in log-odds; `weights` names the table of
    weights it was found with. Goes when who one of them is goes (`linkage.walls`).
    """

    one = models.ForeignKey("thread.Person", on_delete=models.CASCADE, related_name="+")
    two = models.ForeignKey("thread.Person", on_delete=models.CASCADE, related_name="+")
    score = models.FloatField()
    found_at = models.DateTimeField(default=clock.now, editable=False)
    weights = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "two"], name="likeness_once"),
            models.CheckConstraint(
                condition=models.Q(one__lt=models.F("two")), name="likeness_in_order"
            ),
        ]
        indexes = [models.Index(fields=["-score", "id"], name="likeness_most_alike")]

    def __str__(self) -> str:
        return f"likeness {self.pk}"
